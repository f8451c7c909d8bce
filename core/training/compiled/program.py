"""Writes programs for the machine: from a chain of layers to a table of instructions, and where every number lies.

Per batch: the groups of samples go through the layers and back (sections BY_GROUPS; one group at a time where there are
pictures, so that they stay in the cache), then the weights' gradients are summed and the weights take their step (ONCE).
The gradients of pictures are in scratch: nobody needs them after the group.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from core.training.compiled import ops
from core.training.compiled.chain import Activation, Affine, Frame, Link, Pool, Unsupported
from core.training.compiled.ops import LANES

GELU = 5  # keeps what came in, for its gradient
MOST_BYTES = 512 * 2**20
BLOCK_BYTES = 96 * 1024  # of a block of groups on their way through fully connected layers
CHUNK = 32 * 1024  # numbers whose gradient and step follow each other, so that they stay in the cache
WIDE = 16  # inputs from which a Linear layer's gradient is summed a sample at a time, in vectors along the inputs

CROSS_ENTROPY = ops.LOSSES["cross_entropy"]

_SCRATCH = 1 << 40  # where scratch begins, until all else has its place


@dataclass(frozen=True)
class View:
    """Vectors in memory: where they begin; how far groups, channels, rows and columns lie apart; how many there are."""

    begin: int
    group: int
    c: int
    y: int
    x: int
    shape: tuple[int, int, int]

    @property
    def size(self) -> int:
        """How many vectors a group has."""
        return math.prod(self.shape)

    @property
    def plain(self) -> bool:
        """Whether the vectors of a group lie one after the other."""
        _, high, wide = self.shape
        return (self.c, self.y, self.x) == (high * wide * LANES, wide * LANES, LANES)

    @property
    def places(self) -> tuple[int, ...]:
        """Begin and strides."""
        return self.begin, self.group, self.c, self.y, self.x

    def inside(self, edge: tuple[int, int]) -> View:
        """Return the part without a frame."""
        deep, high, wide = self.shape
        shape = (deep, high - 2 * edge[0], wide - 2 * edge[1])
        return replace(self, begin=self.begin + edge[0] * self.y + edge[1] * self.x, shape=shape)


@dataclass(frozen=True)
class Training:
    """Numbers of a loss and of a step (ops.py), and whether weights have a penalty."""

    loss: int
    step: int
    penalised: bool = False


@dataclass(frozen=True)
class Parameter:
    """A weight (rows × width) or a bias (1 × width): where it lies, a row beginning at multiples of ``row``."""

    begin: int
    rows: int
    width: int
    row: int


@dataclass(frozen=True, eq=False)
class Program:
    """What the machine works through.

    Attributes:
        code: int64, see ops.py.
        size: numbers of memory.
        preset: (places, value) of what is not 0 at the start, beside the first sixteen.
        parameters: in the order of the network's own.
        apart: how far behind a parameter its gradient lies; twice and three times so far what the optimiser remembers.
        outputs: the last layer's answers.
        trains: whether it does more than answer.
    """

    code: np.ndarray
    size: int
    preset: tuple[tuple[np.ndarray, float], ...]
    parameters: tuple[Parameter, ...]
    apart: int
    outputs: View
    trains: bool


@dataclass
class _Section:
    kind: int
    block: int
    rows: list[tuple[int, ...]] = field(default_factory=list)


@dataclass(frozen=True)
class _Unit:
    """A layer on its way back.

    Attributes:
        back: (gradient by its answers, where that by its inputs goes or None) → nothing.
        room: makes room for the gradient by its answers.
        strict: whether it wants that gradient in this room alone.
        writes: makes the room into which alone it can write the gradient by its inputs; None: it writes anywhere.
        parametric: whether it has weights.
    """

    back: Callable[[View, View | None], None]
    room: Callable[[], View]
    strict: bool = False
    writes: Callable[[], View] | None = None
    parametric: bool = False


class _Writer:
    """A program under way."""

    def __init__(self, chain: tuple[Link, ...], shape: tuple[int, ...], batch: int, train: Training | None) -> None:
        self.chain, self.train = chain, train
        self.groups = -(-batch // LANES)
        self.sections: list[_Section] = []
        self.once = _Section(ops.ONCE, 0)
        self.tables: list[int] = []
        self.known: dict[tuple[int, ...], int] = {}
        self.preset: list[tuple[np.ndarray, float]] = []
        self.units: list[_Unit] = []
        self.parameters: list[Parameter] = []
        self.size, self.scratch = LANES, 0  # the numbers 0 … 15 stand at the start
        sizes = [size for link in chain if isinstance(link, Affine) for size in _parameter_sizes(link)]
        total = sum(rows * _padded(width) for rows, width in sizes)
        copies = 1 if train is None else 2 + ops.MEMORIES[train.step]
        begin = self.room(total * copies)
        for rows, width in sizes:
            self.parameters.append(Parameter(begin, rows, width, _padded(width)))
            begin += rows * _padded(width)
        self.total, self._next = total, iter(self.parameters)
        self.flat = isinstance(chain[0], Affine) and chain[0].kernel is None  # no longer pictures
        self.block = self._block(shape)

    def _block(self, shape: tuple[int, ...]) -> int:
        widths = math.prod(shape) + sum(link.outputs for link in self.chain if isinstance(link, Affine))
        return max(4, BLOCK_BYTES // (2 * LANES * 4 * widths) // 4 * 4)

    # --- room --------------------------------------------------------------------------------------------------------

    def room(self, numbers: int) -> int:
        at, self.size = self.size, self.size + _padded(numbers)
        return at

    def view(self, shape: tuple[int, int, int], edge: tuple[int, int] = (0, 0), value: float = 0.0) -> View:
        """Return room for vectors of every group, within a frame of a value."""
        deep, high, wide = shape[0], shape[1] + 2 * edge[0], shape[2] + 2 * edge[1]
        group, groups = deep * high * wide * LANES, self.groups
        if self.train is None and not self.flat:  # nobody asks for it again: one after the other in the same room
            groups = 1
        begin = self.room(group * groups)
        if self.size * 4 > MOST_BYTES:
            raise Unsupported(f"more than {MOST_BYTES // 2**20} MB for a batch")
        if value:
            mask = np.ones((groups, deep, high, wide, LANES), dtype=bool)
            mask[:, :, edge[0] : high - edge[0], edge[1] : wide - edge[1]] = False
            self.preset.append((np.flatnonzero(mask) + begin, value))
        apart = group if groups > 1 or self.flat else 0
        return View(begin, apart, high * wide * LANES, wide * LANES, LANES, (deep, high, wide)).inside(edge)

    def passing(self, shape: tuple[int, int, int], flat: bool = False) -> View:
        """Return room in scratch, where nothing outlives its section's block of groups; that of pictures is one."""
        deep, high, wide = shape
        group = deep * high * wide * LANES
        at, self.scratch = self.scratch, self.scratch + group * (self.block if flat else 1)
        return View(_SCRATCH + at, group if flat else 0, high * wide * LANES, wide * LANES, LANES, shape)

    def table(self, places: Iterable[int]) -> int:
        """Return where a table of numbers lies among the tables."""
        key = tuple(places)
        if key not in self.known:
            self.known[key] = len(self.tables)
            self.tables += key
        return self.known[key]

    def do(self, block: int, op: int, *columns: int) -> None:
        """Add an instruction for so many groups at a time."""
        if not self.sections or self.sections[-1].block != block:
            self.sections.append(_Section(ops.BY_GROUPS, block))
        self.sections[-1].rows.append((op, *columns))

    # --- layers ------------------------------------------------------------------------------------------------------

    def write(self, shape: tuple[int, ...]) -> Program:
        """Return the program of a chain for samples of a shape."""
        deep, high, wide = shape if len(shape) == 3 else _flat(math.prod(shape))
        first = self.chain[0]
        edge, value = self._frame(0)
        if isinstance(first, Frame):
            edge, value = (first.edge, first.edge), first.value
        x = self.view((deep, high, wide), edge, value)
        self.do(self.pace, ops.GATHER, deep, high, wide, *x.places[:4])
        if isinstance(first, Frame):
            if self._frame(1)[0] != (0, 0):
                raise Unsupported("a frame and a padding")
            x = x.inside((-first.edge, -first.edge))
        for index, link in enumerate(self.chain):
            frame = self._frame(index + 1)
            if isinstance(link, Affine):
                x = self._affine(link, x, frame)
            elif isinstance(link, Pool):
                x = self._pool(link, x, frame)
            elif isinstance(link, Activation):
                x = self._activation(link, x, frame)
        if not self.flat:
            raise Unsupported("a network whose answers are pictures")
        if self.train is None:
            self.do(self.block, ops.ANSWERS, x.size, x.begin, x.group)
        else:
            self._back(x, self.train)
        return self._program(x)

    @property
    def pace(self) -> int:
        """How many groups go together: pictures one by one."""
        return self.block if self.flat else 1

    def _frame(self, index: int) -> tuple[tuple[int, int], float]:
        """Return the frame that a layer wants around its input; an activation in place wants what the next one wants."""
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
        if self.flat or x.shape[0] != link.inputs:
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
            every, groups = View(0, x.size * LANES, *x.places[2:], x.shape), self.groups
            every = replace(every, begin=self.room(every.group * groups))
            self.do(1, ops.ACTIVATE, 0, *x.shape, *every.places, *x.places)
            x = every
        pictures, width, last = not self.flat, x.size, bias is self.parameters[-1]
        self.flat = True
        out = self.view(_flat(link.outputs)) if last else self.passing(_flat(link.outputs), flat=True)
        turned = -1
        if self.train is not None and width >= WIDE:
            turned = self.room(self.groups * LANES * weight.row)
            if not self.units:
                self.do(self.block, ops.ROWS, width, turned, weight.row)
            else:
                self.do(self.block, ops.TURN, width, x.begin, x.group, turned, weight.row)
        every = self.table(k * LANES for k in range(width))
        self.do(
            self.block, ops.LINEAR, link.outputs, width, bias.begin, out.begin, out.group,
            weight.begin, weight.row, self.table(range(width)), x.begin, x.group, every,
        )  # fmt: skip

        def back(g: View, into: View | None) -> None:
            if into is not None:
                self.do(
                    self.block, ops.LINEAR, width, link.outputs, -1, into.begin, into.group,
                    weight.begin, 1, self.table(o * weight.row for o in range(link.outputs)),
                    g.begin, g.group, self.table(o * LANES for o in range(link.outputs)),
                )  # fmt: skip
            if turned < 0:
                self._sums_of(weight, bias, g, (1, 1, 0), (x.begin, x.group, 0, 0), (k * LANES for k in range(width)))
                return
            self._sums_of(None, bias, g, (1, 1, 0), (), ())
            samples = range(self.groups * LANES)
            places = self.table(n // LANES * g.group + n % LANES for n in samples)
            rows = self.table(n * weight.row for n in samples)
            lines = max(1, CHUNK // weight.row // 6) * 6
            for top in range(0, weight.rows, lines):
                ends = (top, min(weight.rows, top + lines))
                self.once.rows.append(
                    (ops.SAMPLES, 0, *ends, weight.begin + self.total, weight.row, g.begin, LANES, places, turned, rows,
                     weight.row // LANES)
                )  # fmt: skip
                self._step(weight, *ends)

        def writes() -> View:
            deep, high, wide = x.shape
            return replace(self.view(_flat(width)), c=high * wide * LANES, y=wide * LANES, shape=x.shape)

        def room() -> View:
            return self.view(out.shape) if turned >= 0 else self.passing(out.shape, flat=True)

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
        deep, tall, broad = x.shape
        if self.flat:
            raise Unsupported("a pooling of single numbers")
        base = x.inside((-link.padding[0], -link.padding[1]))
        sides = [
            (size - kernel) // stride + 1
            for size, kernel, stride in zip(base.shape[1:], link.kernel, link.stride, strict=True)
        ]
        out = self.view((deep, *sides), *frame)
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

    def _activation(self, link: Activation, x: View, frame: tuple[tuple[int, int], float]) -> View:
        if not self.units:
            raise Unsupported("a network that begins with an activation")
        pace, flat = self.pace, self.flat
        out = x
        if link.kind == GELU or not self.units[-1].parametric:  # else nobody needs what came in
            out = self.passing(x.shape, flat) if flat and link is not self.chain[-1] else self.view(x.shape, *frame)
        pair = (x, out)
        self.do(pace, ops.ACTIVATE, link.kind, *_loops(flat, *pair), *_strides(flat, out, *pair), *_strides(flat, x, *pair))
        kept = x if link.kind == GELU else out

        def back(g: View, into: View | None) -> None:
            if into is not None:
                all_three = (into, kept, g)
                self.do(
                    pace, ops.DEACTIVATE, link.kind, *_loops(flat, *all_three),
                    *(number for each in all_three for number in _strides(flat, each, *all_three)),
                )  # fmt: skip

        self.units.append(_Unit(back, lambda: self.passing(out.shape, flat)))
        return out

    # --- and back ----------------------------------------------------------------------------------------------------

    def _back(self, z: View, train: Training) -> None:
        target = self.view(_flat(1 if train.loss == CROSS_ENTROPY else z.size))
        losses, g = self.room(self.groups * LANES), self.view(z.shape)
        self.do(self.block, ops.TARGETS, *target.shape, *target.places[:4])
        self.do(
            self.block, ops.LOSS, train.loss, z.size, z.begin, z.group, g.begin, g.group, target.begin, target.group, losses
        )  # fmt: skip
        lowest = next(place for place, unit in enumerate(self.units) if unit.parametric)
        for place in range(len(self.units) - 1, lowest, -1):
            unit, below = self.units[place], self.units[place - 1]
            into = below.room() if unit.writes is None else unit.writes()
            unit.back(g, into)
            if unit.writes is not None and below.strict:
                g, into = into, below.room()
                self.do(1, ops.DEACTIVATE, 0, *into.shape, *into.places, *g.places, *g.places)
            g = into
        self.units[lowest].back(g, None)
        self.once.rows.append((ops.LOSS_SUM, 1, 0, 1, losses))

    def _program(self, outputs: View) -> Program:
        """Put everything in its place: header, sections, instructions, tables; scratch behind all else."""
        sections = [*self.sections, self.once] if self.once.rows else self.sections
        rows = [row for section in sections for row in section.rows]
        tables = ops.HEADER + ops.SECTION * len(sections) + ops.WIDTH * len(rows)
        parts = 1 if self.train is None or self.train.loss == CROSS_ENTROPY else outputs.size
        header = [len(sections), self.size, self.scratch, parts]
        code = np.zeros(tables + len(self.tables), dtype=np.int64)
        code[: len(header)] = header
        done = 0
        for place, section in enumerate(sections):
            at = ops.HEADER + ops.SECTION * place
            code[at : at + ops.SECTION] = section.kind, done, done + len(section.rows), section.block
            done += len(section.rows)
        for place, (op, *columns) in enumerate(rows):
            held = TABLES.get(op, ())
            moved = [
                value + tables if column + 1 in held else value - _SCRATCH + self.size if value >= _SCRATCH // 2 else value
                for column, value in enumerate(columns)
            ]
            at = tables - ops.WIDTH * (len(rows) - place)
            code[at : at + 1 + len(columns)] = op, *moved
        code[tables:] = self.tables
        return Program(
            code, self.size + 2 * self.scratch, tuple(self.preset), tuple(self.parameters), self.total, outputs, self.train is not None
        )


def _flat(numbers: int) -> tuple[int, int, int]:
    return numbers, 1, 1


def _padded(numbers: int) -> int:
    return -(-numbers // LANES) * LANES


def _parameter_sizes(link: Affine) -> tuple[tuple[int, int], tuple[int, int]]:
    return (link.outputs, link.inputs * math.prod(link.kernel or (1,))), (1, link.outputs)


def _loops(flat: bool, *views: View) -> tuple[int, int, int]:
    """Return how an instruction goes over these views: over all groups at once where they are flat (deep is 0)."""
    return (0, 1, views[0].size) if flat else (1, 1, views[0].size) if _plain(views) else views[0].shape


def _strides(flat: bool, view: View, *views: View) -> tuple[int, ...]:
    return (view.begin, view.group, 0, 0, LANES) if flat or _plain(views) else view.places


def _plain(views: tuple[View, ...]) -> bool:
    return all(view.plain for view in views)


TABLES = {ops.LINEAR: (8, 11), ops.CONV: (6, 14, 19), ops.CORRELATE: (17,), ops.SAMPLES: (8, 10)}
"""Columns that hold the place of a table."""


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
