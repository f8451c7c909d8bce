"""Kernels and inputs to convolve by hand: small whole numbers where that is possible."""

import random
from collections.abc import Callable, Mapping
from math import comb

from core.conv.layers import shown, whole
from core.errors import InvalidInput

Grid = tuple[tuple[float, ...], ...]
"""Rows of numbers, top to bottom."""

MAX_KERNEL = 11
"""Largest side of a kernel that is drawn, in pixels."""
MAX_DRAWN = 32
"""Largest side of an input that is drawn, in pixels."""

_COUNTING = ((2, 0, 1), (0, 1, 2), (1, 0, 2))


Rule = Callable[[int, int, int, int], float]
"""Value at (row, column) of a grid of (height, width)."""


def _at_middle(i: int, j: int, height: int, width: int) -> bool:
    return (i, j) == (height // 2, width // 2)


def _sharpen(i: int, j: int, height: int, width: int) -> int:
    row, column = height // 2, width // 2
    beside = {(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)}
    beside = {(i, j) for i, j in beside if 0 <= i < height and 0 <= j < width}
    return 1 + len(beside) if (i, j) == (row, column) else -int((i, j) in beside)


def _smooth(side: int) -> list[int]:
    return [comb(side - 1, k) for k in range(side)]


def _slope(side: int) -> list[int]:
    if side == 1:
        return [1]
    ramp = [comb(side - 2, k) for k in range(side - 1)]
    return [before - after for before, after in zip([0, *ramp], [*ramp, 0], strict=True)]


KERNELS: dict[str, Rule | None] = {
    "counting": lambda i, j, height, width: _COUNTING[i % 3][j % 3],
    "identity": lambda i, j, height, width: int(_at_middle(i, j, height, width)),
    "blur": lambda i, j, height, width: 1 / (height * width),
    "edge": lambda i, j, height, width: height * width - 1 if _at_middle(i, j, height, width) else -1,
    # Smooth down the columns, difference along the rows: columns that get brighter to the right come out positive.
    "sobel": lambda i, j, height, width: _smooth(height)[i] * _slope(width)[j],
    # The same turned: rows that get brighter downwards come out positive.
    "sobel_y": lambda i, j, height, width: _slope(height)[i] * _smooth(width)[j],
    "sharpen": _sharpen,
    # Light from the lower right: what lies on the diagonal's one side minus the other, plus the pixel itself.
    "emboss": lambda i, j, height, width: int(_at_middle(i, j, height, width)) + i - height // 2 + j - width // 2,
    "random": None,
}
"""Name → its rule, None for a kernel drawn by a seed; a menu is filled from this dictionary."""

INPUTS: dict[str, Rule] = {
    "counting": lambda i, j, height, width: (j - i + 1) % 4,
    "edge": lambda i, j, height, width: 3 if j >= width // 2 else 0,
    "square": lambda i, j, height, width: 3 if _inner(i, height) and _inner(j, width) else 0,
}
"""Name → its rule; a menu is filled from this dictionary."""


def kernel(name: str, height: int, width: int | None = None, seed: str = "0") -> Grid:
    """Return a kernel.

    Args:
        name: one of ``KERNELS``.
        height: rows, 1 to ``MAX_KERNEL``.
        width: columns, 1 to ``MAX_KERNEL``; None for a square.
        seed: of "random", which draws whole numbers from −2 to 2; any text.

    Raises:
        InvalidInput: no such kernel, or a side out of range.

    >>> kernel("sobel", 3)
    ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1))
    """
    columns = height if width is None else width
    whole("kernel_size", height, 1, MAX_KERNEL)
    whole("kernel_size", columns, 1, MAX_KERNEL)
    _must_be_in("kernel", name, KERNELS)
    rule = KERNELS[name]
    if rule is not None:
        return _grid(rule, height, columns)
    draw = random.Random(seed)
    return tuple(tuple(draw.randint(-2, 2) for _ in range(columns)) for _ in range(height))


def following(name: str, steps: int) -> str:
    """Return the kernel so many entries after ``name`` in the menu, going round; random stays random.

    >>> following("sobel", 1)
    'sobel_y'
    """
    names = list(KERNELS)
    return name if KERNELS[name] is None else names[(names.index(name) + steps) % len(names)]


def image(name: str, height: int, width: int, channel: int = 0) -> Grid:
    """Return one channel of an input to convolve by hand.

    Args:
        name: one of ``INPUTS``.
        height: rows, 1 to ``MAX_DRAWN``.
        width: columns, 1 to ``MAX_DRAWN``.
        channel: from 0; each further channel has the picture one pixel further left.

    Raises:
        InvalidInput: no such input, or a side out of range.

    >>> image("counting", 2, 4)
    ((1, 2, 3, 0), (0, 1, 2, 3))
    """
    whole("height", height, 1, MAX_DRAWN)
    whole("width", width, 1, MAX_DRAWN)
    _must_be_in("input", name, INPUTS)
    return _grid(INPUTS[name], height, width, channel)


def _grid(rule: Rule, height: int, width: int, shift: int = 0) -> Grid:
    return tuple(tuple(rule(i, j + shift, height, width) for j in range(width)) for i in range(height))


def _inner(index: int, size: int) -> bool:
    return size // 4 <= index < size - size // 4


def _must_be_in(field: str, name: str, table: Mapping[str, object]) -> None:
    if name not in table:
        raise InvalidInput(
            "{field} (={value}) must be one of {known}.", field=field, value=shown(name), known=", ".join(table)
        )
