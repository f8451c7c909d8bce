"""Which update belongs to which epoch, when the batch size may change between two epochs."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from core.errors import InvalidInput


@dataclass(frozen=True)
class Part:
    """Epochs with one batch size.

    Attributes:
        step: updates done before it.
        epoch: epochs done before it.
        batch_size: 0: the whole training set.
        updates_per_epoch: at that batch size, the last, smaller batch counted.
    """

    step: int
    epoch: int
    batch_size: int
    updates_per_epoch: int


class Timetable:
    """Counts the updates of a run.

    Args:
        samples: in the training set.
        batch_size: at the start; 0: the whole training set.
        epochs: in all.

    >>> course = Timetable(10_240, 1_024, 5)
    >>> course.steps, course.epoch(25)
    (50, 2.5)
    >>> course.change(25, 0)  # the third epoch is finished in batches of 1 024, then one update an epoch
    >>> course.steps, course.epoch(31)
    (32, 4.0)
    """

    def __init__(self, samples: int, batch_size: int, epochs: int) -> None:
        self.samples, self.epochs = samples, epochs
        self.parts = [Part(0, 0, batch_size, self._per_epoch(batch_size))]

    @property
    def steps(self) -> int:
        """Updates in all."""
        last = self.parts[-1]
        return last.step + (self.epochs - last.epoch) * last.updates_per_epoch

    def part(self, step: int) -> Part:
        """Return the part that the update after ``step`` updates belongs to."""
        for part in reversed(self.parts):
            if part.step <= step:
                return part
        raise AssertionError(step)

    def epoch(self, step: int) -> float:
        """Return the passes over the training set after that many updates."""
        part = self.part(step)
        return part.epoch + (step - part.step) / part.updates_per_epoch

    def epochs_done(self, step: int) -> int:
        """Return the whole passes after that many updates."""
        part = self.part(step)
        return part.epoch + (step - part.step) // part.updates_per_epoch

    def end_of(self, step: int) -> int:
        """Return the updates done at the end of the epoch under way; ``step`` itself between two epochs."""
        part = self.part(step)
        return step + (part.step - step) % part.updates_per_epoch

    def change(self, step: int, batch_size: int) -> None:
        """Take another batch size from the next epoch on; between two epochs, at once.

        Args:
            step: updates done.
            batch_size: 0: the whole training set.

        Raises:
            InvalidInput: no epoch follows.
        """
        start = self.end_of(step)
        epoch = self.epochs_done(start)
        if epoch >= self.epochs:
            raise InvalidInput(
                "A batch size changes between two epochs, and this is the last one ({epochs} in all); "
                "start anew with the batch size {size}.",
                epochs=self.epochs,
                size=batch_size,
            )
        self.parts = [part for part in self.parts if part.step < start]
        self.parts.append(Part(start, epoch, batch_size, self._per_epoch(batch_size)))

    def batches(self, step: int) -> Iterator[tuple[int, int]]:
        """Yield (how many updates, samples in each) of the first ``step`` updates, in their order."""
        for part, end in zip(self.parts, [*(part.step for part in self.parts[1:]), step], strict=True):
            updates = min(end, step) - part.step
            if updates <= 0:
                return
            size = min(part.batch_size or self.samples, self.samples)
            rest = self.samples % size
            for _ in range(updates // part.updates_per_epoch):
                yield self.samples // size, size
                if rest:
                    yield 1, rest
            if updates % part.updates_per_epoch:
                yield updates % part.updates_per_epoch, size

    def _per_epoch(self, batch_size: int) -> int:
        return math.ceil(self.samples / (batch_size or self.samples))
