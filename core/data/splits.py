"""Splitting a data set into training and test samples (course 1), with sample numbers that stay with their sample."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import InvalidInput


@dataclass(frozen=True)
class SplitConfig:
    """How a data set is split.

    Args:
        samples: number of samples, at least 2.
        ratio: share of the training set, above 0 and below 1.
        shuffle: whether the rows are put into random order first.
        seed: of the random order, 0 … 2**63 - 1.

    Raises:
        InvalidInput: a value breaks its rule, or one of the two sets would be empty.
    """

    samples: int = 1_000
    ratio: float = 0.8
    shuffle: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        if self.samples < 2:
            raise InvalidInput("samples (={samples}) must be at least 2; try 1000.", samples=self.samples)
        if not 0 < self.ratio < 1:
            raise InvalidInput("ratio (={ratio}) must be above 0 and below 1; try 0.8.", ratio=self.ratio)
        if not 0 <= self.seed < 2**63:
            raise InvalidInput("seed (={seed}) must be a whole number from 0 to 2^63 − 1; try 0.", seed=self.seed)
        if not 0 < self.train_size < self.samples:
            raise InvalidInput(
                "ratio (={ratio}) of {samples} samples leaves {train} for training and {test} for testing; "
                "both sets need at least 1. Take more samples or another ratio.",
                ratio=self.ratio,
                samples=self.samples,
                train=self.train_size,
                test=self.samples - self.train_size,
            )

    @property
    def train_size(self) -> int:
        """Number of training samples: ``int(samples * ratio)``, as the course computes it.

        >>> SplitConfig(1_000, 0.8).train_size, SplitConfig(10_000, 0.7).train_size
        (800, 7000)
        """
        return int(self.samples * self.ratio)

    @property
    def test_size(self) -> int:
        """Number of test samples: all that are not for training."""
        return self.samples - self.train_size


@dataclass(frozen=True)
class Split:
    """Which sample went where.

    Attributes:
        config: what was asked for.
        order: sample numbers, counted from 1, in the order of the table's rows; the first ``config.train_size`` of
            them are the training set. A sample keeps its number when the rows are shuffled.
    """

    config: SplitConfig
    order: tuple[int, ...]

    @property
    def train(self) -> tuple[int, ...]:
        """Sample numbers of the training set, in row order."""
        return self.order[: self.config.train_size]

    @property
    def test(self) -> tuple[int, ...]:
        """Sample numbers of the test set, in row order."""
        return self.order[self.config.train_size :]


def split(config: SplitConfig) -> Split:
    """Split a data set as the course does: permute the rows if asked, then cut after the training share.

    The permutation is ``torch.randperm`` of a local generator, so that the lesson's PyTorch lines give the same rows.

    >>> split(SplitConfig(samples=5, ratio=0.6)).train
    (1, 2, 3)
    """
    if not config.shuffle:
        return Split(config, tuple(range(1, config.samples + 1)))
    import torch

    generator = torch.Generator().manual_seed(config.seed)
    rows: list[int] = torch.randperm(config.samples, generator=generator).tolist()
    return Split(config, tuple(row + 1 for row in rows))
