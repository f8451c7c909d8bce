"""Which samples each update sees: DataLoader's order for the same seed."""

import math

import torch

from core.data.timetable import Timetable


class BatchOrder:
    """Which samples each update sees.

    ``DataLoader(shuffle=True, generator=g)`` draws from g per epoch: one int64 (its workers' base seed), the
    permutation, and at the end a second permutation of which it uses nothing (torch.utils.data.RandomSampler's last
    line). This class draws the same, so that a notebook gets the same batches in every epoch. Epochs of the whole set
    at once draw nothing.

    Args:
        table: how many samples, and in batches of which size; it is this order's from now on.
        seed: of the order.
        reshuffle: False: the rows keep their order in every epoch.

    Attributes:
        table: of the run; changes with its batch size.
        step: updates that were given their samples.
    """

    def __init__(self, table: Timetable, seed: int, reshuffle: bool = True) -> None:
        self.seed, self.reshuffle = seed, reshuffle
        self.restore(0, table)

    def next(self) -> torch.Tensor | None:
        """Return the next update's row numbers, int64 (≤ batch_size,), or None for "all rows as they are"."""
        part = self.table.part(self.step)
        place = (self.step - part.step) % part.updates_per_epoch
        self.step += 1
        if not part.batch_size:
            return None
        if place == 0:
            self._shuffle()
        return self.permutation[place * part.batch_size : (place + 1) * part.batch_size]

    def take(self, updates: int) -> tuple[torch.Tensor, list[int]]:
        """Return what ``next`` gives for the next updates, at most so many and none of another epoch, at one go.

        Args:
            updates: at least 1; not of epochs of the whole set at once.

        Returns:
            Row numbers of all of them one after another, int64, and how many each of them has.
        """
        part = self.table.part(self.step)
        place = (self.step - part.step) % part.updates_per_epoch
        count = min(updates, part.updates_per_epoch - place)
        if place == 0:
            self._shuffle()
        self.step += count
        rows = self.permutation[place * part.batch_size : (place + count) * part.batch_size]
        sizes = [part.batch_size] * (count - 1)
        return rows, [*sizes, len(rows) - sum(sizes)]

    def restore(self, step: int, table: Timetable) -> None:
        """Go to the place after ``step`` updates, by drawing again what the epochs so far drew.

        A generator's own state is not stored: torch does not check one well enough to take it from a file.
        """
        self.step, self.table = step, table
        self.generator = torch.Generator().manual_seed(self.seed)
        self.permutation = torch.arange(table.samples)
        for part, end in zip(table.parts, [*(part.step for part in table.parts[1:]), step], strict=True):
            done = min(end, step) - part.step
            for _ in range(math.ceil(done / part.updates_per_epoch) if part.batch_size and self.reshuffle else 0):
                self._shuffle()

    def _shuffle(self) -> None:
        if not self.reshuffle:
            return
        torch.empty((), dtype=torch.int64).random_(generator=self.generator)
        self.permutation = torch.randperm(self.table.samples, generator=self.generator)
        torch.randperm(self.table.samples, generator=self.generator)
