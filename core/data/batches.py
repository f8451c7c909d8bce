"""The arithmetic of batches and epochs (course 1); no torch in here."""

from dataclasses import dataclass
from typing import Literal

from core.errors import InvalidInput


@dataclass(frozen=True)
class Batches:
    """How a training set is fed to a network.

    Args:
        samples: number of training samples, at least 1.
        batch_size: samples per update, at least 1.
        epochs: how often every sample is used, at least 1.
        drop_last: whether a smaller last batch is dropped.

    Raises:
        InvalidInput: a value breaks its rule, or every batch would be dropped.

    >>> course = Batches(samples=10_240, batch_size=1_024, epochs=5)
    >>> course.updates_per_epoch, course.updates
    (10, 50)
    """

    samples: int
    batch_size: int
    epochs: int = 1
    drop_last: bool = False

    def __post_init__(self) -> None:
        if self.samples < 1:
            raise InvalidInput("samples (={samples}) must be at least 1; try 1000.", samples=self.samples)
        if self.batch_size < 1:
            raise InvalidInput("batch_size (={batch_size}) must be at least 1; try 64.", batch_size=self.batch_size)
        if self.epochs < 1:
            raise InvalidInput("epochs (={epochs}) must be at least 1; try 5.", epochs=self.epochs)
        if self.drop_last and self.batch_size > self.samples:
            raise InvalidInput(
                "batch_size (={batch_size}) is larger than the {samples} training samples, and the only batch would "
                "be dropped: nothing would be learned. Take a smaller batch or keep the last one.",
                batch_size=self.batch_size,
                samples=self.samples,
            )

    @property
    def remainder(self) -> int:
        """Samples that do not fill a whole batch, 0 … batch_size − 1."""
        return self.samples % self.batch_size

    @property
    def updates_per_epoch(self) -> int:
        """Batches of one epoch: samples / batch_size, rounded down with drop_last and up without.

        >>> Batches(1_000, 64).updates_per_epoch, Batches(1_000, 64, drop_last=True).updates_per_epoch
        (16, 15)
        """
        whole = self.samples // self.batch_size
        return whole if self.drop_last or self.remainder == 0 else whole + 1

    @property
    def updates(self) -> int:
        """Updates in all epochs."""
        return self.updates_per_epoch * self.epochs

    @property
    def last_batch(self) -> int:
        """Samples in an epoch's last batch.

        >>> Batches(1_000, 64).last_batch, Batches(1_000, 64, drop_last=True).last_batch
        (40, 64)
        """
        return self.remainder if self.remainder and not self.drop_last else self.batch_size

    @property
    def dropped(self) -> int:
        """Samples that an epoch does not use; others in every epoch when the order is shuffled anew."""
        return self.remainder if self.drop_last else 0

    @property
    def kind(self) -> Literal["BGD", "SGD", "MBGD"]:
        """The course's name for it: batch (all samples at once), stochastic (one) or mini-batch gradient descent.

        >>> [Batches(1_000, size).kind for size in (1_000, 1, 64)]
        ['BGD', 'SGD', 'MBGD']
        """
        if self.batch_size >= self.samples:
            return "BGD"
        return "SGD" if self.batch_size == 1 else "MBGD"
