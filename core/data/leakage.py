"""Two ways in which a test set leaks into training: the same sample on both sides, and statistics of the whole set."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from core.data.sets import DataSet, Source
from core.data.splits import Numbers, Split

Doubles = np.ndarray[Any, np.dtype[np.float64]]
CHUNK = 512  # images at a time, so that they stay in the processor's cache


@dataclass(frozen=True)
class Duplicates:
    """How many samples stand more than once in a data set.

    Attributes:
        groups: different samples (inputs and outputs) that occur at least twice.
        samples: samples in these groups.
        leaked: validation and test samples that also stand in the training set.
        held_out: validation and test samples in all.
    """

    groups: int
    samples: int
    leaked: int
    held_out: int


def duplicates(data: DataSet, result: Split) -> Duplicates:
    """Count the samples that are equal in every input and output, and those on both sides of the cut."""
    codes = _codes(data.source)[data.rows]
    sizes = np.bincount(codes)
    rest = np.concatenate([result.validation, result.test]) - 1
    in_training = np.zeros(len(sizes), dtype=bool)
    in_training[codes[result.train - 1]] = True
    twice = sizes[sizes > 1]
    return Duplicates(len(twice), int(twice.sum()), int(in_training[codes[rest]].sum()), len(rest))


@dataclass(frozen=True)
class Statistics:
    """Mean and standard deviation of inputs, of the whole set and of the training set alone.

    Attributes:
        names: of the inputs; for images one entry for all pixels.
        whole: float64 (2, len(names)): mean, standard deviation.
        train: the same, of the training samples.
    """

    names: tuple[str, ...]
    whole: Doubles
    train: Doubles


def statistics(data: DataSet, result: Split) -> Statistics:
    """Return what normalising would subtract and divide by, if it saw all samples and if it saw the training set only.

    The standard deviation is the population's (divided by n). Inputs of images are taken together, over all pixels.
    """
    first, second = _moments(data.source)
    names = data.input_names if first.shape[1] == len(data.input_names) else ("",)

    def of(numbers: Numbers) -> Doubles:
        rows = data.rows[numbers - 1]
        mean = first[rows].mean(axis=0)
        return np.stack([mean, np.sqrt(np.maximum(second[rows].mean(axis=0) - mean**2, 0))])

    return Statistics(names, of(result.order), of(result.train))


@lru_cache(maxsize=4)
def _moments(source: Source) -> tuple[Doubles, Doubles]:
    """Return each row's mean and mean square: of every input, or over all pixels of an image."""
    if source.key[0] != "mnist":
        values = source.inputs[:].astype(np.float64)
        return values, values**2
    from core.data.grey import MEAN, STD

    count = len(source.inputs)
    first, second = np.empty((count, 1)), np.empty((count, 1))
    for start in range(0, count, CHUNK):
        part = source.inputs[start : start + CHUNK]
        first[start : start + CHUNK, 0] = part.mean(axis=1)
        second[start : start + CHUNK, 0] = np.einsum("ij,ij->i", part, part) / part.shape[1]
    # Back from the normalised tensor to grey values 0 … 1: x = z·s + m, x² = z²s² + 2zsm + m²
    return first * STD + MEAN, second * STD**2 + 2 * first * STD * MEAN + MEAN**2


@lru_cache(maxsize=4)
def _codes(source: Source) -> Numbers:
    """Return one whole number per row, equal for equal rows; for others with a probability of 2**-64 or so."""
    zero = np.float32(0)  # −0 + 0 is 0: they are equal, and so shall their bytes be
    rows = ((source.inputs[row], source.outputs[row]) for row in range(len(source.inputs)))
    hashes = (hash(((x + zero).tobytes(), (y + zero).tobytes())) for x, y in rows)
    return pd.factorize(np.fromiter(hashes, np.int64, len(source.inputs)))[0]
