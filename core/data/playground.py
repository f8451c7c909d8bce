"""The data of lesson 2: the course's one-hot samples, problems in the plane, or a visitor's own table; split in two."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from core.checks import checked_choice, checked_number, checked_seed, checked_whole
from core.data.features import checked_features, expand
from core.data.number_table import NumberTable as NumberTable  # part of this module's interface
from core.data.synthetic import one_hot
from core.errors import InvalidInput

if TYPE_CHECKING:
    import torch

    from core.data.problem import ClassData

DATA_SETS: Final = ("onehot", "circle", "xor", "gauss", "spiral", "moons", "blobs", "plane", "hills", "csv")
PLANE: Final = DATA_SETS[1:-1]  # points (x1, x2); the only ones with a choice of features
REGRESSIONS: Final = ("plane", "hills")
MIN_SAMPLES, MAX_SAMPLES, MAX_NOISE = 20, 20_000, 0.5
MIN_SHARE, MAX_SHARE = 0.05, 0.95
CUBE: Final = ("x1", "x2", "x3")


@dataclass(frozen=True)
class DataConfig:
    """What the samples are and how they are split.

    Attributes:
        name: one of DATA_SETS.
        samples: in all, 20 … 20 000, before the split; "csv" takes all rows of its table instead.
        noise: 0 … 0.5. "onehot": share of labels that are drawn anew; "circle", "xor", "plane", "hills": how far from a
            point its answer is looked up, as a share of 5 or 6; "gauss", "blobs": a variance of 0.5 + 7·noise;
            "spiral": how far a point moves; "moons": standard deviation, as a share of the radius. See core.data.toys.
            "csv" has none.
        train_share: share of the training set, 0.05 … 0.95, cut off to whole samples.
        seed: of the samples and of their shuffling.
        features: what the network is given of a point; only for the sets in the plane. Keys of FEATURES.
        table: the visitor's rows; only for "csv".

    Raises:
        InvalidInput: naming the value, the rule and the remedy.
    """

    name: str = "onehot"
    samples: int = 10_000
    noise: float = 0.0
    train_share: float = 0.7
    seed: int = 0
    features: tuple[str, ...] = ("x1", "x2")
    table: NumberTable | None = None

    def __post_init__(self) -> None:
        checked_choice("The data set (={value}) is not known; choose one of {names}.", self.name, DATA_SETS)
        checked_whole(
            "samples (={value}) must be a whole number from {least} to {most}; try 500.",
            self.samples,
            MIN_SAMPLES,
            MAX_SAMPLES,
        )
        checked_number("noise (={value}) must be from 0 to {most}; try 0 or 0.1.", self.noise, 0.0, MAX_NOISE)
        checked_number(
            "The share of the training set (={value}) must be from {least} to {most}; try 0.7.",
            self.train_share,
            MIN_SHARE,
            MAX_SHARE,
        )
        checked_seed(self.seed)
        checked_features(self.features)
        if self.name == "csv":
            if not isinstance(self.table, NumberTable):
                raise InvalidInput("The data set is csv, but no file was read; choose a CSV file, or another data set.")
            if not 2 <= self.train_size < self.rows:
                raise InvalidInput(
                    "A training share of {ratio} leaves {train} training and {test} test samples of {n}; training "
                    "needs at least 2 and testing 1: change the share, or add rows.",
                    ratio=self.train_share,
                    train=self.train_size,
                    test=self.rows - self.train_size,
                    n=self.rows,
                )

    @property
    def rows(self) -> int:
        """Samples in all."""
        return self.samples if self.table is None or self.name != "csv" else len(self.table)

    @property
    def train_size(self) -> int:
        """Samples of the training set.

        >>> DataConfig().train_size
        7000
        """
        return int(self.rows * self.train_share)


@dataclass(frozen=True, eq=False)
class PlaygroundData:
    """Samples as they were drawn, and as a network gets them.

    Attributes:
        config: what was asked for.
        data: what a training reads. classes == 0 means a regression: its labels are float32 (n, outputs).
        raw_train: float32 (n, d), the training set before features or standardisation.
        raw_test: float32 (m, d), the test set alike.
        input_names: one per raw column.
        feature_names: one per input of the network.
        class_names: one per class; empty for a regression.
        output_names: one per output of the network.
        low: lower bound of the picture, one per raw column.
        high: upper bound alike; all samples lie within.
        shift: float64 (d,), is taken from the raw inputs; 0 but for "csv", where it is the training set's mean.
        scale: float64 (d,), divides them then; 1 but for "csv", where it is the training set's standard deviation
            (dividing by n; 1 for a column that never changes).
    """

    config: DataConfig
    data: ClassData
    raw_train: torch.Tensor
    raw_test: torch.Tensor
    input_names: tuple[str, ...]
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]
    output_names: tuple[str, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    shift: torch.Tensor = field(repr=False)
    scale: torch.Tensor = field(repr=False)

    def expand(self, raw: torch.Tensor) -> torch.Tensor:
        """Return a network's inputs, float32 (n, inputs), for raw float32 (n, d)."""
        return _expand(self.config, raw, self.shift, self.scale)

    @property
    def inputs(self) -> int:
        """Inputs of the network."""
        return len(self.feature_names)

    @property
    def outputs(self) -> int:
        """Outputs of the network: the classes, or the columns of a regression."""
        return len(self.output_names)

    @property
    def regression(self) -> bool:
        """Whether the answers are numbers on a scale."""
        return not self.class_names


def shape_of(config: DataConfig) -> tuple[int, int]:
    """Return a network's inputs and outputs for this data, without drawing it.

    >>> shape_of(DataConfig()), shape_of(DataConfig("plane", features=("x1", "x2", "x1x2")))
    ((3, 3), (3, 1))
    """
    if config.table is not None and config.name == "csv":
        return len(config.table.input_names), config.table.outputs
    if config.name == "onehot":
        return 3, 3
    return len(config.features), 1 if config.name in REGRESSIONS else 3 if config.name == "blobs" else 2


@lru_cache(maxsize=16)
def playground(config: DataConfig) -> PlaygroundData:
    """Draw, shuffle and split the samples; shared by all who ask for the same, so nobody may write into them.

    What is drawn, in this order, from ``g = torch.Generator().manual_seed(seed)``:

    - "onehot": ``inputs = torch.rand(samples, 3, generator=g)``. With noise the same generator goes on:
      ``anew = torch.rand(samples, generator=g) < noise``, then
      ``labels = torch.where(anew, torch.randint(0, 3, (samples,), generator=g), labels)``.
      The order is ``torch.randperm(samples)`` from a fresh generator with the same seed, as in course 2.1.
    - A problem in the plane: its points (core.data.toys tells how), then ``torch.randperm(samples, generator=g)``.
      Moons and blobs are scikit-learn's (random_state=seed), so that g draws nothing but the order.
    - "csv": ``torch.randperm(rows, generator=g)``.

    Rows are put into that order; the first int(samples · train_share) are the training set. For "csv",
    ``scale, shift = torch.std_mean(raw_train.double(), dim=0, correction=0)``, where a scale of 0 becomes 1, and the
    inputs are ``((raw − shift) / scale).float()``.
    """
    import torch

    from core.data.problem import ClassData

    raw, answers, order = _drawn(config)
    raw, answers = raw[order].contiguous(), answers[order].contiguous()
    cut = config.train_size
    shift, scale = torch.zeros(raw.shape[1]).double(), torch.ones(raw.shape[1]).double()
    if config.name == "csv":
        scale, shift = torch.std_mean(raw[:cut].double(), dim=0, correction=0)  # float32 would overflow at 1e20
        scale = torch.where(scale > 0, scale, 1.0)
    inputs = _expand(config, raw, shift, scale)
    names, features, classes, outputs = _names(config)
    low, high = _bounds(config, raw)
    data = ClassData(
        inputs[:cut], answers[:cut], inputs[cut:], answers[cut:], len(classes), f"{config.name}, seed {config.seed}"
    )
    return PlaygroundData(
        config, data, raw[:cut], raw[cut:], names, features, classes, outputs, low, high, shift, scale
    )


def _drawn(config: DataConfig) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return raw inputs, answers and the order of the rows."""
    import torch

    if config.name == "onehot":
        data = one_hot(config.samples, config.seed)
        labels = data.targets.argmax(dim=1)
        if config.noise:
            generator = torch.Generator().manual_seed(config.seed)
            torch.rand(config.samples, 3, generator=generator)  # what one_hot drew; the generator goes on from there
            anew = torch.rand(config.samples, generator=generator) < config.noise
            labels = torch.where(anew, torch.randint(0, 3, (config.samples,), generator=generator), labels)
        order = torch.randperm(config.samples, generator=torch.Generator().manual_seed(config.seed))
        return data.inputs, labels, order
    if config.table is not None and config.name == "csv":
        generator = torch.Generator().manual_seed(config.seed)
        raw, answers = torch.from_numpy(config.table.inputs), torch.from_numpy(config.table.answers)
    else:
        from core.data.toys import toy

        (raw, answers), generator = toy(config.name, config.samples, config.noise, config.seed)
    return raw, answers, torch.randperm(len(raw), generator=generator)


def _expand(config: DataConfig, raw: torch.Tensor, shift: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    if config.name in PLANE:
        return expand(raw, config.features)
    return ((raw - shift) / scale).float() if config.name == "csv" else raw


def _names(config: DataConfig) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the names of raw inputs, of the network's inputs, of classes and of outputs."""
    if config.table is not None and config.name == "csv":
        table = config.table
        return table.input_names, table.input_names, table.class_names, table.class_names or table.output_names
    if config.name == "onehot":
        classes = ("s < 1", "1 < s < 2", "s > 2")
        return CUBE, CUBE, classes, classes
    if config.name in REGRESSIONS:
        return CUBE[:2], config.features, (), ("y",)
    marks = ("A", "B", "C") if config.name == "blobs" else ("−1", "+1")
    return CUBE[:2], config.features, marks, marks


def _bounds(config: DataConfig, raw: torch.Tensor) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the picture's bounds: the cube, the plane from −6 to 6 or as far as a sample lies, or a table's range."""
    if config.name == "onehot":
        return (0.0,) * 3, (1.0,) * 3
    if config.name in PLANE:
        from core.data.toys import REACH

        reach = max(REACH, float(math.ceil(raw.abs().max())))
        return (-reach,) * 2, (reach,) * 2
    low, high = raw.min(dim=0).values.double(), raw.max(dim=0).values.double()
    room = (high - low) / 20
    room[room == 0] = 0.5  # a column that never changes
    return tuple((low - room).tolist()), tuple((high + room).tolist())
