"""Splitting a data set into training, validation and test samples (course 1).

Sample numbers, counted from 1, stay with their sample when the rows are shuffled.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from core.checks import checked_seed
from core.errors import InvalidInput

Numbers = np.ndarray[Any, np.dtype[np.int64]]
How = Literal["order", "random", "stratified"]
HOW: Final[tuple[How, ...]] = ("order", "random", "stratified")
SETS: Final = ("train", "validation", "test")


@dataclass(frozen=True)
class SplitConfig:
    """How a data set is split.

    Args:
        samples: number of samples, at least 2.
        ratio: share of the training set, above 0 and below 1.
        how: "order" cuts the rows as they come, "random" permutes them first, "stratified" permutes them and then
            cuts every class by itself, so that each set has the classes' shares of the whole.
        seed: of the random order, 0 … 2**63 - 1.
        validation: share of the validation set, at least 0; what is left over is the test set.

    Raises:
        InvalidInput: a value breaks its rule, or a set that was asked for would be empty.
    """

    samples: int = 1_000
    ratio: float = 0.8
    how: How = "order"
    seed: int = 0
    validation: float = 0.0

    def __post_init__(self) -> None:
        if self.samples < 2:
            raise InvalidInput("samples (={samples}) must be at least 2; try 1000.", samples=self.samples)
        if not 0 < self.ratio < 1:
            raise InvalidInput("ratio (={ratio}) must be above 0 and below 1; try 0.8.", ratio=self.ratio)
        if not 0 <= self.validation < 1:
            raise InvalidInput(
                "validation (={validation}) must be at least 0 and below 1; try 0.1.", validation=self.validation
            )
        if self.how not in HOW:
            raise InvalidInput("how (={how}) must be one of {options}.", how=self.how, options=", ".join(HOW))
        checked_seed(self.seed)
        if self.train_size < 1 or self.test_size < 1:
            raise InvalidInput(
                "ratio (={ratio}) of {samples} samples leaves {train} for training and {test} for testing; "
                "both sets need at least 1. Take more samples or another ratio.",
                ratio=self.ratio,
                samples=self.samples,
                train=self.train_size,
                test=self.test_size,
            )
        if self.validation and not self.validation_size:
            raise InvalidInput(
                "validation (={validation}) of {samples} samples is less than one sample. Take more samples, a "
                "larger share, or no validation set.",
                validation=self.validation,
                samples=self.samples,
            )

    @property
    def train_size(self) -> int:
        """Number of training samples: ``int(samples * ratio)``, as the course computes it.

        >>> SplitConfig(1_000, 0.8).train_size, SplitConfig(10_000, 0.7).train_size
        (800, 7000)
        """
        return int(self.samples * self.ratio)

    @property
    def validation_size(self) -> int:
        """Number of validation samples, cut off in the same way.

        >>> SplitConfig(997, 0.7, validation=0.15).validation_size  # 149.55
        149
        """
        return int(self.samples * self.validation)

    @property
    def test_size(self) -> int:
        """Number of test samples: all that are left over, so also what the rounding cut off."""
        return self.samples - self.train_size - self.validation_size

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Samples for training, validation and test."""
        return self.train_size, self.validation_size, self.test_size


@dataclass(frozen=True, eq=False)
class Split:
    """Which sample went where.

    Attributes:
        config: what was asked for.
        order: int64 (samples,), sample numbers counted from 1 in the order of the table's rows: first the training
            set, then validation, then test. A sample keeps its number when the rows are shuffled.
    """

    config: SplitConfig
    order: Numbers

    @property
    def train(self) -> Numbers:
        """Sample numbers of the training set, in row order."""
        return self.order[: self.config.train_size]

    @property
    def validation(self) -> Numbers:
        """Sample numbers of the validation set, in row order."""
        return self.order[self.config.train_size : self.config.samples - self.config.test_size]

    @property
    def test(self) -> Numbers:
        """Sample numbers of the test set, in row order."""
        return self.order[self.config.samples - self.config.test_size :]

    @property
    def parts(self) -> tuple[tuple[str, Numbers], ...]:
        """Name and sample numbers of the sets that hold any sample, in row order."""
        all_three = (("train", self.train), ("validation", self.validation), ("test", self.test))
        return tuple((name, numbers) for name, numbers in all_three if len(numbers))


def split(config: SplitConfig, classes: Numbers | None = None) -> Split:
    """Split a data set as the course does: permute the rows if asked, then cut after the training share.

    The permutation is ``torch.randperm`` of a local generator, so that the lesson's PyTorch lines give the same rows.

    Args:
        config: sizes, manner and seed.
        classes: int64 (samples,), each sample's class; needed by "stratified" alone.

    Raises:
        InvalidInput: "stratified" without classes.

    >>> split(SplitConfig(samples=5, ratio=0.6)).train.tolist()
    [1, 2, 3]
    """
    if config.how == "order":
        return Split(config, np.arange(1, config.samples + 1))
    if config.how == "stratified" and classes is None:
        raise InvalidInput(
            "how (={how}) needs classes, and this data set has none: its output is a number on a scale. "
            "Split it at random, or take data with classes.",
            how=config.how,
        )
    import torch

    generator = torch.Generator().manual_seed(config.seed)
    rows = torch.randperm(config.samples, generator=generator).numpy()
    if config.how == "stratified" and classes is not None:
        rows = _stratified(rows, classes, config.sizes)
    return Split(config, rows + 1)


def shares_of_classes(counts: Numbers, size: int) -> Numbers:
    """Return how many of each class a set of that size takes, in proportion to the counts.

    The whole part of each share first; the samples still missing go to the classes with the largest remainders
    (Hamilton's method, as scikit-learn's StratifiedShuffleSplit does; equal remainders: the lower class first).

    Args:
        counts: int64 (classes,), samples to take from.
        size: samples to take, at most the sum of counts.

    >>> shares_of_classes(np.array([10, 20, 71]), 50).tolist()  # 4.95, 9.90, 35.15
    [5, 10, 35]
    """
    exact = counts * size / max(1, int(counts.sum()))
    taken = np.floor(exact).astype(np.int64)
    missing = size - int(taken.sum())
    if missing:
        first = np.argsort(-(exact - taken), kind="stable")[:missing]
        taken[first] += 1
    return taken


def _stratified(rows: Numbers, classes: Numbers, sizes: tuple[int, int, int]) -> Numbers:
    """Return the rows as training, validation and test rows, each in its permuted order and with equal class shares."""
    _values, of_row = np.unique(classes[rows], return_inverse=True)
    counts = np.bincount(of_row)
    train = shares_of_classes(counts, sizes[0])
    validation = shares_of_classes(counts - train, sizes[1])
    # Each row's place among those of its class, in permuted order: the first ones train, the next ones validate.
    by_class = np.argsort(of_row, kind="stable")
    place = np.empty_like(by_class)
    place[by_class] = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    part = (place >= train[of_row]).astype(np.int8) + (place >= (train + validation)[of_row])
    return rows[np.argsort(part, kind="stable")]
