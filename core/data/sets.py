"""The data sets of lesson 1 in one form: numbered samples with inputs, outputs, and classes where they exist."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from core.checks import checked_seed
from core.data.splits import Numbers
from core.data.synthetic import checked_samples, one_hot
from core.errors import InvalidInput

if TYPE_CHECKING:
    from core.data.mnist import Mnist

Floats = np.ndarray[Any, np.dtype[np.float32]]
MOST: Final = 60_000  # samples; as many as MNIST has for training
SHOWN_PIXELS: Final = (377, 378, 379)  # three neighbours in the middle of a digit; its corners are always 0


class Grey:
    """float32 rows of normalised pixels that are kept as bytes, read as an array of NumPy is.

    Args:
        pixels: uint8 (rows, pixels), not copied.
        levels: float32 (256,), what each grey value becomes.
    """

    def __init__(self, pixels: np.ndarray[Any, np.dtype[np.uint8]], levels: Floats) -> None:
        self.pixels, self.levels, self.shape = pixels, levels, pixels.shape

    def __len__(self) -> int:
        return len(self.pixels)

    def __getitem__(self, key: Any) -> Floats:
        found: Floats = self.levels[self.pixels[key]]
        return found


@dataclass(frozen=True)
class Source:
    """Where samples come from: rows of numbers that several data sets share, equal when their keys are.

    Attributes:
        key: tells sources apart without comparing their numbers; begins with "onehot", "mnist", "regression" or "csv".
        inputs: float32 (rows, inputs).
        outputs: float32 (rows, outputs).
    """

    key: tuple[object, ...]
    inputs: Floats | Grey = field(compare=False, repr=False)
    outputs: Floats = field(compare=False, repr=False)


@dataclass(frozen=True, eq=False, kw_only=True)
class DataSet:
    """Numbered samples; sample i is row i − 1 of ``classes`` and ``rows``, and row ``rows[i − 1]`` of the source.

    Attributes:
        source: the numbers.
        input_names: one per input column that is shown, with ``shown``.
        output_names: one per output column.
        shown: which input columns the table shows.
        classes: int64 (n,) 0 … kinds − 1, or None when the output is no class.
        class_names: one per class.
        rows: int64 (n,), the row of the source that each sample came from.
    """

    source: Source
    input_names: tuple[str, ...]
    output_names: tuple[str, ...]
    shown: tuple[int, ...]
    classes: Numbers | None = None
    class_names: tuple[str, ...] = ()
    rows: Numbers

    @property
    def name(self) -> str:
        """The kind of source: "onehot", "mnist", "regression" or "csv"."""
        return str(self.source.key[0])

    @property
    def inputs(self) -> Floats | Grey:
        """The source's inputs, float32 (source rows, inputs)."""
        return self.source.inputs

    @property
    def outputs(self) -> Floats:
        """The source's outputs, float32 (source rows, outputs)."""
        return self.source.outputs

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def kinds(self) -> int:
        """Number of classes; 0 without classes."""
        return len(self.class_names)

    def output_of(self, samples: Numbers) -> Floats:
        """Return the outputs of sample numbers, float32 (len(samples), outputs)."""
        return self.outputs[self.rows[samples - 1]]

    def input_of(self, samples: Numbers, columns: tuple[int, ...] | None = None) -> Floats:
        """Return the inputs of sample numbers, float32 (len(samples), columns); all columns by default."""
        rows = self.rows[samples - 1]
        return self.inputs[rows] if columns is None else self.inputs[np.ix_(rows, np.array(columns))]

    def copied(self, percent: int) -> DataSet:
        """Return the set with that share of its last samples replaced by copies of its first ones.

        Args:
            percent: 0 … 50, cut off to whole samples.
        """
        if not 0 <= percent <= 50:
            raise InvalidInput("copies (={percent} %) must be from 0 to 50 %; try 10.", percent=percent)
        count = int(len(self) * (percent / 100))
        if not count:
            return self
        rows = self.rows.copy()
        rows[-count:] = rows[:count]
        return self._take(rows)

    def sorted_by_class(self) -> DataSet:
        """Return the samples sorted by class, or by the first output without classes, and numbered in that order."""
        by = self.classes if self.classes is not None else self.outputs[self.rows, 0]
        return self._take(self.rows[np.argsort(by, kind="stable")])

    def _take(self, rows: Numbers) -> DataSet:
        classes = None
        if self.classes is not None:
            of_row = np.zeros(len(self.inputs), dtype=np.int64)
            of_row[self.rows] = self.classes
            classes = of_row[rows]
        return replace(self, rows=rows, classes=classes)


@lru_cache(maxsize=8)
def one_hot_set(samples: int, seed: int = 0) -> DataSet:
    """Return the course's one-hot samples (course 2.1)."""
    data = one_hot(samples, seed)
    return DataSet(
        source=Source(("onehot", samples, seed), data.inputs.numpy(), data.targets.numpy()),
        input_names=("In1", "In2", "In3"),
        output_names=("Out1", "Out2", "Out3"),
        shown=(0, 1, 2),
        classes=data.targets.argmax(dim=1).numpy(),
        class_names=("Out1", "Out2", "Out3"),
        rows=np.arange(samples),
    )


@lru_cache(maxsize=8)
def regression_set(samples: int, noise: float = 0.2, seed: int = 0) -> DataSet:
    """Return y = sin(πx) + noise·ε: x uniform on [−1, 1), ε standard normal, from a local generator.

    Args:
        samples: number of samples, 1 … 1 000 000.
        noise: standard deviation of the noise.
        seed: 0 … 2**63 - 1.
    """
    import torch

    checked_samples(samples)
    generator = torch.Generator().manual_seed(checked_seed(seed))
    x = torch.rand(samples, 1, generator=generator) * 2 - 1
    y = torch.sin(torch.pi * x) + noise * torch.randn(samples, 1, generator=generator)
    return DataSet(
        source=Source(("regression", samples, noise, seed), x.numpy(), y.numpy()),
        input_names=("In1",),
        output_names=("Out1",),
        shown=(0,),
        rows=np.arange(samples),
    )


def mnist_set(digits: Mnist, samples: int) -> DataSet:
    """Return MNIST's first training images without copying them; the label is the one output, a number 0 … 9.

    Args:
        digits: the shared tensors.
        samples: at most as many as there are training images; more are cut down to all of them.
    """
    import torch

    from core.data.grey import normalise

    samples = min(samples, len(digits.train_labels))
    pixels = digits.train_images.pixels.cpu()
    levels = normalise(torch.arange(256, dtype=torch.uint8)).numpy()
    labels = digits.train_labels.cpu().numpy()
    key = ("mnist", digits.provenance.checksum)
    return DataSet(
        source=Source(key, Grey(pixels.flatten(1).numpy(), levels), labels[:, None].astype(np.float32)),
        input_names=tuple(f"In{pixel + 1}" for pixel in SHOWN_PIXELS),
        output_names=("Out1",),
        shown=SHOWN_PIXELS,
        classes=labels[:samples],
        class_names=tuple(str(digit) for digit in range(10)),
        rows=np.arange(samples),
    )
