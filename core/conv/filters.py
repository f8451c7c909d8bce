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


def _counting(height: int, width: int) -> Grid:
    return _grid(height, width, lambda i, j: _COUNTING[i % 3][j % 3])


def _identity(height: int, width: int) -> Grid:
    return _grid(height, width, lambda i, j: int((i, j) == (height // 2, width // 2)))


def _blur(height: int, width: int) -> Grid:
    return _grid(height, width, lambda i, j: 1 / (height * width))


def _edge(height: int, width: int) -> Grid:
    return _grid(height, width, lambda i, j: height * width - 1 if (i, j) == (height // 2, width // 2) else -1)


def _sharpen(height: int, width: int) -> Grid:
    row, column = height // 2, width // 2
    beside = {(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)}
    beside = {(i, j) for i, j in beside if 0 <= i < height and 0 <= j < width}
    return _grid(height, width, lambda i, j: 1 + len(beside) if (i, j) == (row, column) else -int((i, j) in beside))


def _sobel(height: int, width: int) -> Grid:
    """Smooth down the columns, difference along the rows: columns that get brighter to the right come out positive."""
    smooth, slope = _smooth(height), _slope(width)
    return _grid(height, width, lambda i, j: smooth[i] * slope[j])


def _sobel_y(height: int, width: int) -> Grid:
    """The same turned: rows that get brighter downwards come out positive."""
    slope, smooth = _slope(height), _smooth(width)
    return _grid(height, width, lambda i, j: slope[i] * smooth[j])


def _emboss(height: int, width: int) -> Grid:
    """Light from the lower right: what lies on the diagonal's one side minus the other, plus the pixel itself."""
    row, column = height // 2, width // 2
    return _grid(height, width, lambda i, j: int((i, j) == (row, column)) + i - row + j - column)


def _smooth(side: int) -> list[int]:
    return [comb(side - 1, k) for k in range(side)]


def _slope(side: int) -> list[int]:
    if side == 1:
        return [1]
    ramp = [comb(side - 2, k) for k in range(side - 1)]
    return [before - after for before, after in zip([0, *ramp], [*ramp, 0], strict=True)]


KERNELS: dict[str, Callable[[int, int], Grid] | None] = {
    "counting": _counting,
    "identity": _identity,
    "blur": _blur,
    "edge": _edge,
    "sobel": _sobel,
    "sobel_y": _sobel_y,
    "sharpen": _sharpen,
    "emboss": _emboss,
    "random": None,
}
"""Name → kernel of a given height and width, None for one drawn by a seed; a menu is filled from this dictionary."""

INPUTS: dict[str, Callable[[int, int, int, int], float]] = {
    "counting": lambda i, j, height, width: (j - i + 1) % 4,
    "edge": lambda i, j, height, width: 3 if j >= width // 2 else 0,
    "square": lambda i, j, height, width: 3 if _inner(i, height) and _inner(j, width) else 0,
}
"""Name → value at (row, column) of an input of (height, width); a menu is filled from this dictionary."""


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
    make = KERNELS[name]
    if make is not None:
        return make(height, columns)
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
    value = INPUTS[name]
    return tuple(tuple(value(i, j + channel, height, width) for j in range(width)) for i in range(height))


def _grid(height: int, width: int, value: Callable[[int, int], float]) -> Grid:
    return tuple(tuple(value(i, j) for j in range(width)) for i in range(height))


def _inner(index: int, size: int) -> bool:
    return size // 4 <= index < size - size // 4


def _must_be_in(field: str, name: str, table: Mapping[str, object]) -> None:
    if name not in table:
        raise InvalidInput(
            "{field} (={value}) must be one of {known}.", field=field, value=shown(name), known=", ".join(table)
        )
