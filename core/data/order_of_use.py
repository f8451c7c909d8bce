"""Which sample is in which update of which epoch, in DataLoader's own order for a seed."""

from dataclasses import dataclass

import numpy as np

from core.data.batches import Batches
from core.data.splits import Numbers
from core.data.timetable import Timetable


@dataclass(frozen=True, eq=False)
class OrderOfUse:
    """The order in which the first epochs use the training samples.

    Attributes:
        batches: sizes and counts.
        epochs: one int64 (samples,) per epoch: sample numbers in the order of use; those that are dropped come last.
    """

    batches: Batches
    epochs: tuple[Numbers, ...]

    def update(self, epoch: int, place: int) -> Numbers:
        """Return the sample numbers of one update, both counted from 0."""
        size = self.batches.batch_size
        return self.epochs[epoch][place * size : (place + 1) * size]

    def place_of(self, sample: int, epoch: int) -> int | None:
        """Return in which update of an epoch (from 0) a sample is used; None: not at all."""
        found = np.flatnonzero(self.epochs[epoch] == sample)
        if not len(found):
            return None
        place = int(found[0]) // self.batches.batch_size
        return place if place < self.batches.updates_per_epoch else None


def order_of_use(batches: Batches, train: Numbers, seed: int, reshuffle: bool, epochs: int = 3) -> OrderOfUse:
    """Return the order of use of the first epochs.

    Args:
        batches: how the training set is fed.
        train: int64 (samples,), the training set's sample numbers in row order.
        seed: of the DataLoader's generator.
        reshuffle: ``shuffle=True``, a new order in every epoch; else the rows as they come, the same every time.
        epochs: at most so many.
    """
    count = min(epochs, batches.epochs)
    if not reshuffle:
        return OrderOfUse(batches, (train,) * count)
    from core.data.batch_order import BatchOrder  # loads torch

    order = BatchOrder(Timetable(len(train), len(train), count), seed)  # one update per epoch: a whole permutation
    rows = [order.next() for _epoch in range(count)]
    return OrderOfUse(batches, tuple(train[row.numpy()] for row in rows if row is not None))
