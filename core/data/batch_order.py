"""Which samples each update sees: DataLoader's order for the same seed."""

from __future__ import annotations

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
        samples: in the training set.
        batch_size: 0: all of them, in their order.
        seed: of the order.
        reshuffle: False: the rows keep their order in every epoch.
        table: the run's timetable; None: one batch size for ever.
    """

    def __init__(
        self, samples: int, batch_size: int, seed: int, reshuffle: bool = True, table: Timetable | None = None
    ) -> None:
        self.samples, self.seed, self.reshuffle = samples, seed, reshuffle
        self.table = table or Timetable(samples, batch_size, 1)
        self.restore(0, self.table)

    def next(self) -> torch.Tensor | None:
        """Return the next update's row numbers, int64 (≤ batch_size,), or None for "all rows as they are"."""
        part = self.table.part(self.updates)
        place = (self.updates - part.step) % part.updates_per_epoch
        self.updates += 1
        if not part.batch_size:
            return None
        if place == 0:
            self._shuffle()
        return self.permutation[place * part.batch_size : (place + 1) * part.batch_size]

    def restore(self, updates: int, table: Timetable) -> None:
        """Go to the place after that many updates, by drawing again what the epochs so far drew.

        A generator's own state is not stored: torch does not check one well enough to take it from a file.
        """
        self.updates, self.table = updates, table
        self.generator = torch.Generator().manual_seed(self.seed)
        self.permutation = torch.arange(self.samples)
        for part, end in zip(table.parts, [*(part.step for part in table.parts[1:]), updates], strict=True):
            done = min(end, updates) - part.step
            for _ in range(math.ceil(done / part.updates_per_epoch) if part.batch_size and self.reshuffle else 0):
                self._shuffle()

    def _shuffle(self) -> None:
        if not self.reshuffle:
            return
        torch.empty((), dtype=torch.int64).random_(generator=self.generator)
        self.permutation = torch.randperm(self.samples, generator=self.generator)
        torch.randperm(self.samples, generator=self.generator)
