"""Kernels and inputs to convolve by hand: small whole numbers where that is possible."""

from __future__ import annotations

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


def _counting(side: int) -> Grid:
    return _grid(side, side, lambda i, j: _COUNTING[i % 3][j % 3])


def _identity(side: int) -> Grid:
    return _grid(side, side, lambda i, j: int(i == j == side // 2))


def _blur(side: int) -> Grid:
    return _grid(side, side, lambda i, j: 1 / side**2)


def _edge(side: int) -> Grid:
    return _grid(side, side, lambda i, j: side**2 - 1 if i == j == side // 2 else -1)


def _sharpen(side: int) -> Grid:
    centre = side // 2
    beside = {(centre + i, centre + j) for i, j in ((-1, 0), (1, 0), (0, -1), (0, 1)) if max(i, j) + centre < side}
    beside = {place for place in beside if min(place) >= 0}
    return _grid(side, side, lambda i, j: 1 + len(beside) if i == j == centre else -int((i, j) in beside))


def _sobel(side: int) -> Grid:
    """Smooth down the columns, difference along the rows: columns that get brighter to the right come out positive."""
    if side == 1:
        return ((1,),)
    smooth = [comb(side - 1, k) for k in range(side)]
    ramp = [comb(side - 2, k) for k in range(side - 1)]
    slope = [before - after for before, after in zip([0, *ramp], [*ramp, 0], strict=True)]
    return _grid(side, side, lambda i, j: smooth[i] * slope[j])


KERNELS: dict[str, Callable[[int], Grid]] = {
    "counting": _counting,
    "identity": _identity,
    "blur": _blur,
    "edge": _edge,
    "sobel": _sobel,
    "sharpen": _sharpen,
}
"""Name → kernel of a given side; a menu is filled from this dictionary."""

INPUTS: dict[str, Callable[[int, int, int, int], float]] = {
    "counting": lambda i, j, height, width: (j - i + 1) % 4,
    "edge": lambda i, j, height, width: 3 if j >= width // 2 else 0,
    "square": lambda i, j, height, width: 3 if _inner(i, height) and _inner(j, width) else 0,
}
"""Name → value at (row, column) of an input of (height, width); a menu is filled from this dictionary."""


def kernel(name: str, side: int) -> Grid:
    """Return a square kernel.

    Args:
        name: one of ``KERNELS``.
        side: rows and columns, 1 to ``MAX_KERNEL``.

    Raises:
        InvalidInput: no such kernel, or a side out of range.

    >>> kernel("sobel", 3)
    ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1))
    """
    whole("kernel_size", side, 1, MAX_KERNEL)
    _must_be_in("kernel", name, KERNELS)
    return KERNELS[name](side)


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
