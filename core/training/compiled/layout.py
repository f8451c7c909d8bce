"""Where numbers lie, and how instructions become a program: what program.py writes its layers with."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from core.errors import InvalidInput
from core.training.compiled import ops
from core.training.compiled.chain import Unsupported
from core.training.compiled.ops import LANES

MOST_BYTES = 512 * 2**20
_SCRATCH = 1 << 40  # where scratch begins, until all else has its place

TABLES = {ops.LINEAR: (8, 11), ops.CONV: (6, 14, 19), ops.CORRELATE: (17,), ops.SAMPLES: (8, 10)}
"""Columns that hold the place of a table."""


def flat(numbers: int) -> tuple[int, int, int]:
    """Return the shape of so many numbers of each sample."""
    return numbers, 1, 1


def padded(numbers: int) -> int:
    """Return the next multiple of a vector's length."""
    return -(-numbers // LANES) * LANES


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

    def views(self, memory: np.ndarray, shift: int = 0) -> list[np.ndarray]:
        """Return all parameters, rows × width each, in an array in which they lie so far behind their places."""
        found = []
        for each in self.parameters:
            rows = memory[each.begin + shift : each.begin + shift + each.rows * each.row]
            found.append(rows.reshape(each.rows, each.row)[:, : each.width])
        return found


def loops(groups: bool, *views: View) -> tuple[int, int, int]:
    """Return how an instruction goes over these views: over all groups at once where they are flat (deep is 0)."""
    return (0, 1, views[0].size) if groups else (1, 1, views[0].size) if _plain(views) else views[0].shape


def strides(groups: bool, view: View, *views: View) -> tuple[int, ...]:
    """Return where a view begins and its strides, for loops."""
    return (view.begin, view.group, 0, 0, LANES) if groups or _plain(views) else view.places


def _plain(views: tuple[View, ...]) -> bool:
    return all(view.plain for view in views)


@dataclass
class Section:
    """Instructions that are done together for so many groups."""

    kind: int
    block: int
    rows: list[tuple[int, ...]] = field(default_factory=list)


class Layout:
    """Room in memory, tables and sections of a program under way.

    Args:
        batch: most samples in an update.
        train: how the network is trained; None: it only answers.
    """

    def __init__(self, batch: int, train: Training | None) -> None:
        self.train = train
        self.groups = -(-batch // LANES)
        self.sections: list[Section] = []
        self.once = Section(ops.ONCE, 0)
        self.tables: list[int] = []
        self.known: dict[tuple[int, ...], int] = {}
        self.preset: list[tuple[np.ndarray, float]] = []
        self.shared = False  # whether all groups have their vectors in the same place
        self.size, self.scratch = LANES, 0  # the numbers 0 … 15 stand at the start

    def room(self, numbers: int) -> int:
        """Return the place of so many numbers."""
        at, self.size = self.size, self.size + padded(numbers)
        return at

    def view(self, shape: tuple[int, int, int], edge: tuple[int, int] = (0, 0), value: float = 0.0) -> View:
        """Return room for vectors of every group, or for all in the same place, within a frame of a value."""
        deep, high, wide = shape[0], shape[1] + 2 * edge[0], shape[2] + 2 * edge[1]
        group, groups = deep * high * wide * LANES, self.groups
        if self.shared:  # nobody asks for it again: one after the other in the same room
            groups = 1
        begin = self.room(group * groups)
        if self.size * 4 > MOST_BYTES:
            raise Unsupported(InvalidInput("more than {most} MB for a batch", most=MOST_BYTES // 2**20))
        if value:
            mask = np.ones((groups, deep, high, wide, LANES), dtype=bool)
            mask[:, :, edge[0] : high - edge[0], edge[1] : wide - edge[1]] = False
            self.preset.append((np.flatnonzero(mask) + begin, value))
        apart = 0 if self.shared else group
        return View(begin, apart, high * wide * LANES, wide * LANES, LANES, (deep, high, wide)).inside(edge)

    def passing(self, shape: tuple[int, int, int], block: int = 0) -> View:
        """Return room in scratch for a block of groups; nothing outlives it there. 0: for pictures, one by one."""
        deep, high, wide = shape
        group = deep * high * wide * LANES
        at, self.scratch = self.scratch, self.scratch + group * max(1, block)
        return View(_SCRATCH + at, group if block else 0, high * wide * LANES, wide * LANES, LANES, shape)

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
            self.sections.append(Section(ops.BY_GROUPS, block))
        self.sections[-1].rows.append((op, *columns))

    def program(self, parameters: Iterable[Parameter], apart: int, outputs: View) -> Program:
        """Put everything in its place: header, sections, instructions, tables; scratch behind all else."""
        sections = [*self.sections, self.once] if self.once.rows else self.sections
        rows = [row for section in sections for row in section.rows]
        tables = ops.HEADER + ops.SECTION * len(sections) + ops.WIDTH * len(rows)
        parts = 1 if self.train is None or self.train.loss == ops.LOSSES["cross_entropy"] else outputs.size
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
                value + tables
                if column + 1 in held
                else value - _SCRATCH + self.size
                if value >= _SCRATCH // 2
                else value
                for column, value in enumerate(columns)
            ]
            at = tables - ops.WIDTH * (len(rows) - place)
            code[at : at + 1 + len(columns)] = op, *moved
        code[tables:] = self.tables
        return Program(
            code,
            self.size + 2 * self.scratch,
            tuple(self.preset),
            tuple(parameters),
            apart,
            outputs,
            self.train is not None,
        )
