"""Writes programs for the machine: from a chain of layers to a table of instructions, and where every number lies.

Per batch: the groups of samples go through the layers and back (sections BY_GROUPS; one group at a time where there
are pictures, so that they stay in the cache), then the weights' gradients are summed and the weights take their step
(ONCE). What nobody needs after a block of groups is in scratch.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from core.training.compiled import ops
from core.training.compiled.chain import Activation, Affine, Frame, Link, Pool, Unsupported
from core.training.compiled.layout import Layout, Parameter, Program, Training, View, flat, loops, padded, strides
from core.training.compiled.ops import LANES

RELU, RELU_COLUMN, NOWHERE = 1, 12, (-1, 0)
GELU = 5  # keeps what came in, for its gradient
BLOCK_BYTES = 96 * 1024  # of a block of groups on their way through fully connected layers
CHUNK = 32 * 1024  # numbers whose gradient and step follow each other, so that they stay in the cache
WIDE = 16  # inputs from which a Linear layer's gradient is summed a sample at a time, in vectors along the inputs

CROSS_ENTROPY = ops.LOSSES["cross_entropy"]


@dataclass(frozen=True)
class _Unit:
    """A layer on its way back.

    Attributes:
        back: (gradient by its answers, where that by its inputs goes or None) → nothing.
        room: makes room for the gradient by its answers.
        strict: whether it wants that gradient in this room alone.
        writes: makes the room into which alone it can write the gradient by its inputs; None: it writes anywhere.
        parametric: whether it has weights.
        gate: answers of a ReLU, of which the layer above it lets the gradient through where they are above 0.
    """

    back: Callable[[View, View | None], None]
    room: Callable[[], View]
    strict: bool = False
    writes: Callable[[], View] | None = None
    parametric: bool = False
    gate: View | None = None


class _Writer(Layout):
    """A program under way."""

    def __init__(self, chain: tuple[Link, ...], shape: tuple[int, ...], batch: int, train: Training | None) -> None:
        super().__init__(batch, train)
        self.chain = chain
        self.units: list[_Unit] = []
        self.gate: View | None = None
        self.parameters: list[Parameter] = []
        sizes = [size for link in chain if isinstance(link, Affine) for size in _parameter_sizes(link)]
        total = sum(rows * padded(width) for rows, width in sizes)
        copies = 1 if train is None else 2 + ops.MEMORIES[train.step]
        begin = self.room(total * copies)
        for rows, width in sizes:
            self.parameters.append(Parameter(begin, rows, width, padded(width)))
            begin += rows * padded(width)
        self.total, self._next = total, iter(self.parameters)
        self.flat = isinstance(chain[0], Affine) and chain[0].kernel is None  # no longer pictures
        self.shared = train is None and not self.flat  # nobody asks for a picture again, where there is no way back
        self.block = self._block(shape)

    def _block(self, shape: tuple[int, ...]) -> int:
        widths = math.prod(shape) + sum(link.outputs for link in self.chain if isinstance(link, Affine))
        return max(4, BLOCK_BYTES // (2 * LANES * 4 * widths) // 4 * 4)

    # --- layers ------------------------------------------------------------------------------------------------------

    def write(self, shape: tuple[int, ...]) -> Program:
        """Return the program of a chain for samples of a shape."""
        deep, high, wide = shape if len(shape) == 3 else flat(math.prod(shape))
        first = self.chain[0]
        edge, value = self._frame(0)
        if isinstance(first, Frame):
            edge, value = (first.edge, first.edge), first.value
        x = self.view((deep, high, wide), edge, value)
        self.do(self.pace, ops.GATHER, *loops(False, x), *x.places[:4])
        if isinstance(first, Frame):
            if self._frame(1)[0] != (0, 0):
                raise Unsupported("a frame and a padding")
            x = x.inside((-first.edge, -first.edge))
        for index, link in enumerate(self.chain):
            frame, after = self._frame(index + 1), self.chain[index + 1] if index + 1 < len(self.chain) else None
            if isinstance(link, Affine):
                x = self._affine(link, x, frame)
            elif isinstance(link, Pool):
                x = self._pool(link, x, frame)
            elif isinstance(link, Activation):
                x = self._activation(link, x, frame, isinstance(after, Affine))
        if not self.flat:
            raise Unsupported("a network whose answers are pictures")
        if self.train is None:
            self.do(self.block, ops.ANSWERS, x.size, x.begin, x.group)
        else:
            self._back(x, self.train)
        return self.program(self.parameters, self.total, x)

    @property
    def pace(self) -> int:
        """How many groups go together: pictures one by one."""
        return self.block if self.flat else 1

    def _frame(self, index: int) -> tuple[tuple[int, int], float]:
        """Return the frame that a layer wants around its input; an activation wants what the next layer wants."""
        while index < len(self.chain):
            link = self.chain[index]
            if isinstance(link, Activation) and link.kind != GELU:
                index += 1
                continue
            if isinstance(link, Affine) and link.kernel is not None:
                return link.padding, 0.0
            if isinstance(link, Pool):
                return link.padding, -math.inf if link.kind else 0.0
            break
        return (0, 0), 0.0

    def _affine(self, link: Affine, x: View, frame: tuple[tuple[int, int], float]) -> View:
        weight, bias = next(self._next), next(self._next)
        whole = link.kernel is not None and x.shape == (link.inputs, *link.kernel) and link.padding == (0, 0)
        if link.kernel is None or whole:
            return self._linear(link, x, weight, bias)
        if self.flat:
            raise Unsupported("a convolution of single numbers")
        if x.shape[0] != link.inputs:
            raise Unsupported("a layer that does not fit its input")
        (high, wide), (down, across), (top, left) = link.kernel, link.stride, link.padding
        deep, tall, broad = x.shape
        base = x.begin - top * x.y - left * x.x
        shape = (link.outputs, (tall + 2 * top - high) // down + 1, (broad + 2 * left - wide) // across + 1)
        out = self.view(shape, *frame)
        taps = [(c, i, j) for i in range(high) for c in range(deep) for j in range(wide)]
        self.do(
            1, ops.CONV, link.outputs, len(taps), bias.begin, *shape[1:], self.table((0, len(taps)) * shape[1]),
            *out.places, weight.begin, weight.row, self.table((c * high + i) * wide + j for c, i, j in taps),
            base, x.group, down * x.y, across * x.x, self.table(c * x.c + i * x.y + j * x.x for c, i, j in taps),
        )  # fmt: skip

        def wants() -> View:
            """Zeros between the gradients, as many as the stride left out, and before and after each row."""
            rows, columns = (shape[1] - 1) * down + 1, broad + 2 * left + wide - 1
            room = self.passing((link.outputs, rows, columns))
            spread = replace(room, begin=room.begin + (wide - 1) * LANES, shape=shape)
            return replace(spread, y=room.y * down, x=room.x * across)

        def back(g: View, into: View | None) -> None:
            self._sums_of(
                weight, bias, g, (0, shape[1], shape[2]), (base, x.group, down * x.y, across * x.x),
                (c * x.c + i * x.y + j * x.x for c in range(deep) for i in range(high) for j in range(wide)),
            )  # fmt: skip
            if into is None:
                return
            row, each = g.y // down, link.outputs * wide
            reach = [(max(0, y - (shape[1] - 1) * down), min(high - 1, y) + 1) for y in range(top, top + tall)]
            taps = [(o, i, j) for i in range(high) for o in range(link.outputs) for j in range(wide)]
            self.do(
                1, ops.CONV, deep, len(taps), -1, tall, broad,
                self.table(k * each for ends in reach for k in ends), *into.places,
                weight.begin, high * wide, self.table(o * weight.row + i * wide + j for o, i, j in taps),
                g.begin + top * row + left * LANES, 0, row, LANES,
                self.table(o * g.c - i * row - j * LANES for o, i, j in taps),
            )  # fmt: skip

        self.units.append(_Unit(back, wants, strict=True, parametric=True))
        return out

    def _linear(self, link: Affine, x: View, weight: Parameter, bias: Parameter) -> View:
        if not x.plain or weight.width != x.size:
            raise Unsupported("a layer that does not fit its input")
        if not self.flat and not x.group:  # answers alone: the last pictures of all groups, side by side
            every = replace(x, begin=self.room(x.size * LANES * self.groups), group=x.size * LANES)
            self.do(1, ops.ACTIVATE, 0, *x.shape, *every.places, *x.places)
            x = every
        pictures, width, last = not self.flat, x.size, bias is self.parameters[-1]
        self.flat, self.shared = True, False
        out = self.view(flat(link.outputs)) if last else self.passing(flat(link.outputs), self.block)
        turned = -1
        if self.train is not None and width >= WIDE:
            turned = self.room(self.groups * LANES * weight.row)
            if not self.units:
                self.do(self.block, ops.ROWS, width, turned, weight.row)
            else:
                self.do(self.block, ops.TURN, width, x.begin, x.group, turned, weight.row)
        inputs = self.table(k * LANES for k in range(width))
        self.do(
            self.block, ops.LINEAR, link.outputs, width, bias.begin, out.begin, out.group,
            weight.begin, weight.row, self.table(range(width)), x.begin, x.group, inputs, 0, *NOWHERE,
        )  # fmt: skip

        def back(g: View, into: View | None) -> None:
            if into is not None:
                self.do(
                    self.block, ops.LINEAR, width, link.outputs, -1, into.begin, into.group,
                    weight.begin, 1, self.table(o * weight.row for o in range(link.outputs)),
                    g.begin, g.group, self.table(o * LANES for o in range(link.outputs)), 0,
                    *(NOWHERE if self.gate is None else self.gate.places[:2]),
                )  # fmt: skip
            if turned < 0:
                self._sums_of(weight, bias, g, (1, 1, 0), (x.begin, x.group, 0, 0), (k * LANES for k in range(width)))
                return
            self._sums_of(None, bias, g, (1, 1, 0), (), ())
            samples = range(self.groups * LANES)
            places = self.table(n // LANES * g.group + n % LANES for n in samples)
            every_row = self.table(n * weight.row for n in samples)
            lines = max(1, CHUNK // weight.row // 6) * 6
            for top in range(0, weight.rows, lines):
                ends = (top, min(weight.rows, top + lines))
                self.once.rows.append(
                    (ops.SAMPLES, 0, *ends, weight.begin + self.total, weight.row,
                     g.begin, LANES, places, turned, every_row, weight.row // LANES)
                )  # fmt: skip
                self._step(weight, *ends)

        def writes() -> View:
            _deep, high, wide = x.shape
            return replace(self.view(flat(width)), c=high * wide * LANES, y=wide * LANES, shape=x.shape)

        def room() -> View:
            return self.view(out.shape) if turned >= 0 else self.passing(out.shape, self.block)

        self.units.append(_Unit(back, room, writes=writes if pictures else None, parametric=True))
        return out

    def _sums_of(
        self,
        weight: Parameter | None,
        bias: Parameter,
        g: View,
        places: tuple[int, int, int],
        x: tuple[int, ...],
        taps: Iterable[int],
    ) -> None:
        """Sum the gradients of a weight and of its bias over places and samples, then take the step."""
        carry, high, wide = places
        block = self.block if carry else 1
        if weight is not None:
            half = weight.rows * weight.width * LANES
            total = self.room(2 * half)
            self.do(
                block, ops.CORRELATE, carry, weight.rows, weight.width, total, half, high, wide, *g.places, *x,
                self.table(taps),
            )  # fmt: skip
            self.once.rows.append(
                (ops.GATHERED, 0, 0, weight.rows, weight.begin + self.total, weight.row, total, weight.width, half)
            )
            self._step(weight, 0, weight.rows)
        half = bias.width * LANES
        total = self.room(2 * half)
        self.do(block, ops.SUMS, carry, bias.width, 0, total, half, high, wide, *g.places)
        self.once.rows.append((ops.GATHERED, 1, 0, bias.width, bias.begin + self.total, 1, total, 1, half))
        self._step(bias, 0, 1)

    def _step(self, parameter: Parameter, top: int, rows: int) -> None:
        assert self.train is not None
        begin, weight = parameter.begin, self.parameters.index(parameter) % 2 == 0
        self.once.rows.append(
            (ops.STEP, not weight, top, rows, parameter.row, self.train.step, begin,
             *(begin + copy * self.total for copy in (1, 2, 3)), self.train.penalised and weight)
        )  # fmt: skip

    def _pool(self, link: Pool, x: View, frame: tuple[tuple[int, int], float]) -> View:
        if self.flat:
            raise Unsupported("a pooling of single numbers")
        base = x.inside((-link.padding[0], -link.padding[1]))
        sides = [
            (size - kernel) // stride + 1
            for size, kernel, stride in zip(base.shape[1:], link.kernel, link.stride, strict=True)
        ]
        out = self.view((x.shape[0], sides[0], sides[1]), *frame)
        about = (link.kind, *out.shape, *link.kernel, *link.stride)
        self.do(1, ops.POOL, *about, *out.places, *base.places[:4])

        def writes() -> View:
            room = self.passing(base.shape)  # lies as the input does, so that one place serves both
            return room.inside(link.padding)

        def back(g: View, into: View | None) -> None:
            if into is not None:
                whole = into.inside((-link.padding[0], -link.padding[1]))
                self.do(
                    1, ops.UNPOOL, *about, whole.begin, whole.c, whole.y, *g.places, base.begin, base.group, *out.places
                )

        self.units.append(_Unit(back, lambda: self.passing(out.shape), writes=writes))
        return out

    def _activation(self, link: Activation, x: View, frame: tuple[tuple[int, int], float], followed: bool) -> View:
        if not self.units:
            raise Unsupported("a network that begins with an activation")
        pace, block = self.pace, self.block if self.flat else 0
        out = x
        if link.kind == GELU or not self.units[-1].parametric:  # else nobody needs what came in
            out = self.passing(x.shape, block) if block and link is not self.chain[-1] else self.view(x.shape, *frame)
        if link.kind == RELU and block and out is x and followed:
            row = self.sections[-1].rows[-1]  # of the layer that has just been written: it does this, too
            self.sections[-1].rows[-1] = (*row[:RELU_COLUMN], 1, *row[RELU_COLUMN + 1 :])
            self.units.append(_Unit(lambda g, into: None, lambda: out, gate=out))
            return out
        pair = (x, out)
        self.do(
            pace,
            ops.ACTIVATE,
            link.kind,
            *loops(block > 0, *pair),
            *strides(block > 0, out, *pair),
            *strides(block > 0, x, *pair),
        )
        kept = x if link.kind == GELU else out

        def back(g: View, into: View | None) -> None:
            if into is not None:
                all_three = (into, kept, g)
                self.do(
                    pace, ops.DEACTIVATE, link.kind, *loops(block > 0, *all_three),
                    *(number for each in all_three for number in strides(block > 0, each, *all_three)),
                )  # fmt: skip

        self.units.append(_Unit(back, lambda: self.passing(out.shape, block)))
        return out

    # --- and back ----------------------------------------------------------------------------------------------------

    def _back(self, z: View, train: Training) -> None:
        target = self.view(flat(1 if train.loss == CROSS_ENTROPY else z.size))
        losses, g = self.room(self.groups * LANES), self.view(z.shape)
        self.do(self.block, ops.TARGETS, 1, 1, target.size, *target.places[:4])
        self.do(
            self.block, ops.LOSS, train.loss, z.size,
            z.begin, z.group, g.begin, g.group, target.begin, target.group, losses,
        )  # fmt: skip
        lowest = next(place for place, unit in enumerate(self.units) if unit.parametric)
        units = self.units[lowest:]
        while len(units) > 1:
            unit, below = units.pop(), units[-1]
            self.gate = below.gate
            if self.gate is not None:
                units.pop()
                below = units[-1]
            into = below.room() if unit.writes is None else unit.writes()
            unit.back(g, into)
            if unit.writes is not None and below.strict:
                g, into = into, below.room()
                self.do(1, ops.DEACTIVATE, 0, *into.shape, *into.places, *g.places, *g.places)
            g = into
        self.units[lowest].back(g, None)
        self.once.rows.append((ops.LOSS_SUM, 1, 0, 1, losses))


def _parameter_sizes(link: Affine) -> tuple[tuple[int, int], tuple[int, int]]:
    return (link.outputs, link.inputs * math.prod(link.kernel or (1,))), (1, link.outputs)


@lru_cache(maxsize=64)
def program(chain: tuple[Link, ...], shape: tuple[int, ...], batch: int, train: Training | None = None) -> Program:
    """Return the program of a network.

    Args:
        chain: its layers.
        shape: of a sample.
        batch: most samples in an update.
        train: how it is trained; None: it only answers.

    Raises:
        Unsupported: it cannot be written.
    """
    return _Writer(chain, shape, batch, train).write(shape)
