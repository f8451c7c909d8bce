"""What to change when a window does not fit, or when its stride does not divide: the nearest value of each setting."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.conv.axis import Axis
from core.conv.layers import MAX_SIDE

_FARTHEST = 64
_FIELDS = (("padding", "padding", 0), ("kernel_size", "kernel", 1), ("stride", "stride", 1), ("size", "size", 1))


@dataclass(frozen=True)
class Change:
    """One setting that would do.

    Args:
        field: padding, kernel_size, stride, dilation or size (of the input).
        value: its new (rows, columns).
        output: (OH, OW) that it gives.
    """

    field: str
    value: tuple[int, int]
    output: tuple[int, int]


def to_divide(rows: Axis, columns: Axis, pooling: bool = False) -> tuple[Change, ...]:
    """Return the nearest change of each setting after which the stride divides, and the window fits.

    >>> [(change.field, change.value[0]) for change in to_divide(Axis(8, 3, stride=2), Axis(8, 3, stride=2))]
    [('kernel_size', 2), ('stride', 1), ('size', 9)]
    """
    return _changes(rows, columns, pooling, lambda axis: axis.slack >= 0 and axis.output >= 1 and axis.divides)


def to_fit(rows: Axis, columns: Axis, pooling: bool = False) -> tuple[Change, ...]:
    """Return the nearest change of each setting after which the window fits.

    >>> [(change.field, change.value) for change in to_fit(Axis(2, 3), Axis(2, 3))]
    [('padding', (1, 1)), ('kernel_size', (2, 2)), ('size', (3, 3))]
    """
    return _changes(rows, columns, pooling, lambda axis: axis.slack >= 0 and axis.output >= 1)


def same_padding(axis: Axis) -> int | None:
    """Return the padding that keeps the size at stride 1, or None for a window of even length: D·(F − 1)/2.

    >>> same_padding(Axis(28, 5)), same_padding(Axis(28, 2))
    (2, None)
    """
    return None if axis.window % 2 == 0 else (axis.window - 1) // 2


def _changes(rows: Axis, columns: Axis, pooling: bool, good: Callable[[Axis], bool]) -> tuple[Change, ...]:
    if good(rows) and good(columns):
        return ()
    fields = [*_FIELDS] if rows.dilation == columns.dilation == 1 else [*_FIELDS, ("dilation", "dilation", 1)]
    found = []
    for name, attribute, low in fields:
        both = [_nearest(axis, attribute, low, pooling, good) for axis in (rows, columns)]
        down, across = both
        if down is not None and across is not None:
            value = (getattr(down, attribute), getattr(across, attribute))
            found.append(Change(name, value, (down.output, across.output)))
    return tuple(found)


def _nearest(axis: Axis, attribute: str, low: int, pooling: bool, good: Callable[[Axis], bool]) -> Axis | None:
    start = getattr(axis, attribute)
    for distance in range(_FARTHEST + 1):
        # A larger input or more padding loses nothing; a smaller kernel, stride or dilation costs least.
        signs = (1, -1) if attribute in ("size", "padding") else (-1, 1)
        for value in dict.fromkeys(start + sign * distance for sign in signs):
            if not low <= value <= MAX_SIDE:
                continue
            changed = replace(axis, **{attribute: value})
            if (not pooling or changed.padding <= changed.kernel // 2) and good(changed):
                return changed
    return None
