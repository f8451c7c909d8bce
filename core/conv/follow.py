"""A chain as far as it goes: its possible layers, the first impossible one, and what would mend it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import gcd

from core.conv.axis import layer_axes
from core.conv.layers import MAX_SIDE, AvgPool, Chain, Conv, Flatten, Layer, Linear, MaxPool
from core.conv.nearby import to_fit
from core.conv.parsing import read_layer, read_rows
from core.conv.sizes import Shape, Trace, trace
from core.errors import InvalidInput


@dataclass(frozen=True)
class Followed:
    """What became of a chain.

    Args:
        rows: the layers as they were written, one dictionary or whatever else each.
        chain: those that can be read, up to the first that cannot.
        trace: those that are possible as well.
        error: why the next one is not; None when all are.
    """

    rows: tuple[object, ...]
    chain: Chain
    trace: Trace
    error: InvalidInput | None = None

    @property
    def stopped(self) -> int | None:
        """The number of the first impossible layer, from 1; None when all are possible."""
        return None if self.error is None else len(self.trace.layers) + 1


@dataclass(frozen=True)
class Mend:
    """A change that makes the first impossible layer possible.

    Args:
        what: kernel_size, padding, dilation or groups of that layer, input, flatten (one is put before it)
            or unflatten (the one before it goes).
        value: the new value; (height, width) for input.
        chain: the mended chain.
        input: and its input.
    """

    what: str
    value: tuple[int, int]
    chain: Chain
    input: Shape


def follow(text: str, shape: Shape) -> Followed:
    """Follow the chain that a JSON text spells out as far as it is possible.

    Raises:
        InvalidInput: if the text is no list of layers at all, or the input is none.

    >>> follow('[{"type": "conv", "filters": 1, "kernel_size": 9}]', (1, 4, 4)).stopped
    1
    """
    rows = read_rows(text)
    trace((), shape)
    layers: list[Layer] = []
    unread: InvalidInput | None = None
    for number, row in enumerate(rows, 1):
        try:
            layers.append(read_layer(number, row))
        except InvalidInput as error:
            unread = error
            break
    chain = tuple(layers)
    try:
        return Followed(tuple(rows), chain, trace(chain, shape), unread)
    except InvalidInput as error:
        stopped = error.values["number"]
        assert isinstance(stopped, int)
        return Followed(tuple(rows), chain, trace(chain[: stopped - 1], shape), error)


def mends(followed: Followed) -> tuple[Mend, ...]:
    """Return changes after which the first impossible layer is possible; each was tried.

    >>> found = mends(follow('[{"type": "conv", "filters": 1, "kernel_size": 9}]', (1, 4, 4)))
    >>> [(mend.what, mend.value) for mend in found]
    [('padding', (3, 3)), ('kernel_size', (4, 4)), ('input', (9, 9))]
    """
    before, chain, shape = len(followed.trace.layers), followed.chain, followed.trace.input
    if followed.error is None or before >= len(chain):  # nothing to mend, or not even a layer
        return ()
    layer = chain[before]
    found = [
        Mend(what, value, (*chain[:before], changed, *chain[before + 1 :]), shape)
        for what, value, changed in _changes(layer, followed.trace.output)
    ]
    if isinstance(layer, Linear):
        found.append(Mend("flatten", (1, 1), (*chain[:before], Flatten(), *chain[before:]), shape))
    if before and isinstance(chain[before - 1], Flatten):
        found.append(Mend("unflatten", (1, 1), (*chain[: before - 1], *chain[before:]), shape))
    if larger := _smallest_input(chain[: before + 1], shape):
        found.append(Mend("input", larger[1:], chain, larger))
    return tuple(mend for mend in found if _possible(mend.chain[: before + 1], mend.input))


def _changes(layer: Layer, shape: Shape) -> Sequence[tuple[str, tuple[int, int], Layer]]:
    if not isinstance(layer, Conv | AvgPool | MaxPool):
        return ()
    rows, columns = layer_axes(layer, shape[1], shape[2])
    found: list[tuple[str, tuple[int, int], Layer]] = [
        (change.field, change.value, replace(layer, **{change.field: change.value}))  # type: ignore[arg-type]
        for change in to_fit(rows, columns, pooling=not isinstance(layer, Conv))
        if change.field != "size"
    ]
    if isinstance(layer, Conv) and shape[0] % layer.groups:
        groups = gcd(shape[0], layer.filters, layer.groups)
        found.append(("groups", (groups, groups), replace(layer, groups=groups)))
    return found


def _smallest_input(chain: Chain, shape: Shape) -> Shape | None:
    """Return the smallest enlargement of the input, by the same on both sides, that the chain takes."""
    channels, height, width = shape
    low, high = 0, MAX_SIDE - max(height, width)  # an output grows with its input, so halving finds the smallest
    if not _possible(chain, (channels, height + high, width + high)):
        return None
    while low < high:
        middle = (low + high) // 2
        if _possible(chain, (channels, height + middle, width + middle)):
            high = middle
        else:
            low = middle + 1
    return channels, height + low, width + low


def _possible(chain: Chain, shape: Shape) -> bool:
    try:
        trace(chain, shape)
    except InvalidInput:
        return False
    return True
