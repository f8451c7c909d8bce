"""Where a picture of a network's answers cuts through its inputs, and what the network answers there."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import torch
from torch import nn

from core.checks import checked_choice, checked_number
from core.data.playground import CUBE, PlaygroundData
from core.errors import InvalidInput

SIDE: Final = 41  # points in each direction: odd, so that 0 is one of them; in between the picture interpolates
NEAR: Final = 0.02  # samples of the cube that lie this close to a slice are drawn on it
MOST: Final = 500  # samples of each set that are drawn
AXES: Final = ("s", *CUBE)

Corner = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Cut:
    """A flat piece of the input space: two raw inputs vary, the others are fixed or follow from them.

    Attributes:
        across: the two columns that vary, horizontal first.
        names: of these two.
        low: (horizontal, vertical) bound.
        high: alike.
        side: points in each direction.
        points: float32 (side², d), raw; row by row, the lowest row first, each from left to right.
        axis: what is fixed: "" nothing, "s" or "x1"… of the cube, "mean" the other columns of a table.
        level: of that axis.
        outline: corners of the part that exists (s = const is no square); empty: all of it.
        borders: straight lines where the true class changes.
    """

    across: tuple[int, int]
    names: tuple[str, str]
    low: Corner
    high: Corner
    side: int
    points: torch.Tensor
    axis: str = ""
    level: float = 0.0
    outline: tuple[Corner, ...] = ()
    borders: tuple[tuple[Corner, Corner], ...] = ()

    def near(self, raw: torch.Tensor) -> torch.Tensor:
        """Return which samples are drawn on this piece, bool (n,); all where nothing is fixed or it is a mean.

        Args:
            raw: float32 (n, d).
        """
        if self.axis not in AXES:
            return torch.ones(len(raw), dtype=torch.bool)
        value = raw.sum(dim=1) if self.axis == "s" else raw[:, CUBE.index(self.axis)]
        return (value - self.level).abs() <= NEAR


@dataclass(frozen=True, eq=False)
class Marks:
    """Samples that are drawn on a picture.

    Attributes:
        raw: float32 (n, d).
        truth: int64 (n,) classes, or float32 (n, outputs).
        test: bool (n,), whether a sample is of the test set.
        row: int64 (n,), its row in its set, counted from 0.
        left_out: how many near ones are not drawn because there are too many.
    """

    raw: torch.Tensor
    truth: torch.Tensor
    test: torch.Tensor
    row: torch.Tensor
    left_out: int


@lru_cache(maxsize=64)
def cut(data: PlaygroundData, across: tuple[int, int] = (0, 1), side: int = SIDE) -> Cut:
    """Cut along two raw inputs; those of a table's other columns are at the training set's mean.

    Args:
        data: with at least two raw inputs.
        across: columns, horizontal first.
        side: points in each direction, 2 … 201.

    Raises:
        InvalidInput: the two columns are one, or not there.
    """
    count = len(data.input_names)
    if across[0] == across[1] or not all(0 <= column < count for column in across):
        raise InvalidInput(
            "A picture needs two different inputs of {count}, not {first} and {second}; choose two.",
            count=count,
            first=across[0] + 1,
            second=across[1] + 1,
        )
    low, high = tuple(data.low[column] for column in across), tuple(data.high[column] for column in across)
    points = data.shift.float().repeat(side * side, 1)
    points[:, across[0]], points[:, across[1]] = _mesh(low, high, side)
    names = (data.input_names[across[0]], data.input_names[across[1]])
    return Cut(across, names, (low[0], low[1]), (high[0], high[1]), side, points, axis="mean" if count > 2 else "")


@lru_cache(maxsize=64)
def cube_cut(axis: str, share: float, side: int = SIDE) -> Cut:
    """Cut the one-hot cube where one input, or the sum s, has one value.

    With s fixed the third input is s − x1 − x2: a triangle, or a hexagon, on which the truth is one class.

    Args:
        axis: "s", "x1", "x2" or "x3".
        share: 0 … 1, how far along that axis: the value itself, or s / 3.
        side: points in each direction, 2 … 201.

    Raises:
        InvalidInput: there is no such axis, or no such place on it.
    """
    checked_choice("The axis (={value}) is not known; choose one of {names}.", axis, AXES)
    checked_number("The place of the slice (={value}) must be from 0 to 1; try 0.5.", share, 0, 1)
    first, second = _mesh((0.0, 0.0), (1.0, 1.0), side)
    if axis == "s":
        level = 3 * share
        points = torch.stack([first, second, level - first - second], dim=1)
        outline = _sum_outline(level)
        return Cut((0, 1), ("x1", "x2"), (0.0, 0.0), (1.0, 1.0), side, points, axis, level, outline)
    fixed = CUBE.index(axis)
    across = tuple(column for column in range(3) if column != fixed)
    points = torch.full((side * side, 3), share)
    points[:, across[0]], points[:, across[1]] = first, second
    borders = tuple(
        ((max(0.0, c - 1), min(1.0, c)), (min(1.0, c), max(0.0, c - 1))) for c in (1 - share, 2 - share) if 0 < c < 2
    )
    names = (CUBE[across[0]], CUBE[across[1]])
    return Cut((across[0], across[1]), names, (0.0, 0.0), (1.0, 1.0), side, points, axis, share, (), borders)


@lru_cache(maxsize=64)
def marks(data: PlaygroundData, piece: Cut | None = None, most: int = MOST) -> Marks:
    """Return the samples that lie on a piece: the first ones of each set, in the order of the sets.

    Args:
        data: both of its sets.
        piece: of this data's inputs; None: all samples count.
        most: of each set.
    """
    found, left_out = [], 0
    for raw, labels in ((data.raw_train, data.data.train_labels), (data.raw_test, data.data.test_labels)):
        near = torch.arange(len(raw)) if piece is None else piece.near(raw).nonzero()[:, 0]
        rows = near[:most]
        left_out += len(near) - len(rows)
        found.append((raw[rows], labels[rows], rows))
    raw, truth, rows = (torch.cat(parts) for parts in zip(*found, strict=True))
    return Marks(raw, truth, torch.arange(len(rows)) >= len(found[0][2]), rows, left_out)


def answers(model: nn.Module, data: PlaygroundData, raw: torch.Tensor) -> torch.Tensor:
    """Return what a network answers at raw inputs.

    Args:
        model: float32 (n, data.inputs) → float32 (n, data.outputs), in eval mode.
        data: knows how raw inputs become the network's.
        raw: float32 (n, d).

    Returns:
        float32 (n, outputs).
    """
    with torch.inference_mode():
        outputs: torch.Tensor = model(data.expand(raw))
    return outputs


def wrong(outputs: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Return which samples' largest output is not at their class, bool (n,); none for a regression.

    An answer that is NaN or infinite is never right: there is no largest of such outputs.

    Args:
        outputs: float32 (n, classes).
        truth: int64 (n,), or float32 (n, outputs).
    """
    if truth.is_floating_point():
        return torch.zeros(len(truth), dtype=torch.bool)
    return (outputs.argmax(dim=1) != truth) | ~outputs.isfinite().all(dim=1)


def line(data: PlaygroundData, steps: int = 200) -> torch.Tensor:
    """Return raw inputs from the lowest to the highest, float32 (steps, 1), for data with one input."""
    return torch.linspace(data.low[0], data.high[0], steps)[:, None]


def _mesh(low: tuple[float, ...], high: tuple[float, ...], side: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return horizontal and vertical coordinates, float32 (side²,) each; computed in float64."""
    horizontal = torch.linspace(low[0], high[0], side, dtype=torch.float64).float()
    vertical = torch.linspace(low[1], high[1], side, dtype=torch.float64).float()
    return horizontal.repeat(side), vertical.repeat_interleave(side)


def _sum_outline(s: float) -> tuple[Corner, ...]:
    """Return the corners of the part of the square 0 ≤ x1, x2 ≤ 1 where 0 ≤ s − x1 − x2 ≤ 1."""
    if s <= 1:
        return ((0.0, 0.0), (s, 0.0), (0.0, s))
    if s >= 2:
        return ((s - 2, 1.0), (1.0, s - 2), (1.0, 1.0))
    return ((s - 1, 0.0), (1.0, 0.0), (1.0, s - 1), (s - 1, 1.0), (0.0, 1.0), (0.0, s - 1))
