"""Tiles between memory and registers."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from core.data.grey import MEAN, STD
from core.training.compiled.ops import LANES
from core.training.compiled.tiles import (
    AT,
    FLOAT,
    INLINE,
    INT32,
    PIXELS,
    VECTOR,
    Tile,
    broadcast,
    fused,
    literal,
    packed,
    vectors_of,
)

_BYTE = ir.IntType(8)


def _element(array: Any) -> Any:
    return _BYTE if array == PIXELS else FLOAT


def _pointers(builder: Any, data: Any, places: Any, tile: Tile, kind: Any = FLOAT) -> list[Any]:
    """Return where memory[at + row·down + column·across] lies, for each place of a tile."""
    at, down, across = places

    def times(stride: Any, count: int) -> Any:
        return builder.mul(stride, ir.Constant(stride.type, count))

    return [
        builder.gep(data, [builder.add(at, builder.add(times(down, row), times(across, column)))], source_etype=kind)
        for row in range(tile.rows)
        for column in range(tile.columns)
    ]


def _quotient(builder: Any, x: Any, by: float) -> Any:
    """Return x / by, rounded as a division rounds it: tested for all grey values; a division takes four times as long.

    The remainder is known to the last bit, and so mends the product with the inverse (Markstein 1990).
    """
    inverse = _constant(1 / np.float32(by))
    first = builder.fmul(x, inverse)
    return fused(builder, fused(builder, first, _constant(-by), x), inverse, first)


def _constant(value: Any) -> Any:
    return ir.Constant(VECTOR, [float(np.float32(value))] * LANES)


def _loaded(builder: Any, array: Any, pointer: Any) -> Any:
    """Return the vector at a place: of pixels as core.data.grey.normalise has them, bit for bit."""
    if array != PIXELS:
        return builder.load(pointer, align=4, typ=VECTOR)
    return _normalised(builder, builder.load(pointer, align=1, typ=ir.VectorType(_BYTE, LANES)))


def _normalised(builder: Any, pixels: Any) -> Any:
    grey = builder.uitofp(pixels, VECTOR)
    return _quotient(builder, builder.fsub(_quotient(builder, grey, 255), _constant(MEAN)), STD)


@intrinsic(prefer_literal=True)
def zeros(_typing: Any, rows: Any, columns: Any) -> Any:
    """Return a tile of zeros."""
    tile = Tile(literal(rows), literal(columns))
    return tile(rows, columns), lambda _c, _b, _s, _a: ir.Constant(ir.ArrayType(VECTOR, tile.size), None)


@intrinsic(prefer_literal=True)
def load(_typing: Any, array: Any, _at: Any, _down: Any, _across: Any, rows: Any, columns: Any) -> Any:
    """Return the tile of array[at + row·down + column·across :][:16]."""
    tile = Tile(literal(rows), literal(columns))

    def generate(_context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        pointers = _pointers(builder, given[0], given[1:4], tile, _element(array))
        return packed(builder, [_loaded(builder, array, pointer) for pointer in pointers])

    return tile(array, AT, AT, AT, rows, columns), generate


@intrinsic(prefer_literal=True)
def load_at(_typing: Any, array: Any, _at: Any, places: Any, _first: Any, columns: Any) -> Any:
    """Return the one-row tile of array[at + places[first + column] :][:16]."""
    tile = Tile(1, literal(columns))

    def generate(context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        data, table = given[0], given[2]
        found = []
        for column in range(tile.columns):
            entry = builder.add(given[3], ir.Constant(given[3].type, column))
            place = builder.load(builder.gep(table, [entry], source_etype=ir.IntType(64)), typ=ir.IntType(64))
            pointer = builder.gep(data, [builder.add(given[1], place)], source_etype=FLOAT)
            found.append(builder.load(pointer, align=4, typ=VECTOR))
        return packed(builder, found)

    return tile(array, AT, places, AT, columns), generate


@intrinsic(prefer_literal=True)
def spread(_typing: Any, array: Any, _at: Any, _down: Any, rows: Any, columns: Any) -> Any:
    """Return the tile whose rows hold array[at + row·down] in every lane of every column."""
    tile = Tile(literal(rows), literal(columns))

    def generate(context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        none = ir.Constant(given[1].type, 0)
        pointers = _pointers(builder, given[0], (given[1], given[2], none), Tile(tile.rows, 1))
        rows = [broadcast(builder, builder.load(pointer, typ=FLOAT)) for pointer in pointers]
        return packed(builder, [rows[index // tile.columns] for index in range(tile.size)])

    return tile(array, AT, AT, rows, columns), generate


@intrinsic
def store(_typing: Any, array: Any, _at: Any, _down: Any, _across: Any, tile: Any) -> Any:
    """Write a tile to array[at + row·down + column·across :][:16]."""

    def generate(_context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        pointers = _pointers(builder, given[0], given[1:4], tile)
        for vector, pointer in zip(vectors_of(builder, given[4], tile), pointers, strict=True):
            builder.store(vector, builder.bitcast(pointer, VECTOR.as_pointer()), align=4)
        return _context.get_dummy_value()

    return types.none(array, AT, AT, AT, tile), generate


@intrinsic
def crossed(_typing: Any, tile: Any) -> Any:
    """Return the 16 × 1 tile whose row i has lane i of every row."""

    def generate(_context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        rows, kind = vectors_of(builder, given[0], tile), ir.VectorType(INT32, LANES)
        apart = LANES // 2
        while apart:  # exchange between rows so far apart what lies so far apart in them
            low = [lane if not lane & apart else lane - apart + LANES for lane in range(LANES)]
            high = [lane + apart if not lane & apart else lane + LANES for lane in range(LANES)]
            for row in range(LANES):
                if not row & apart:
                    pair = rows[row], rows[row + apart]
                    rows[row] = builder.shuffle_vector(*pair, ir.Constant(kind, low))
                    rows[row + apart] = builder.shuffle_vector(*pair, ir.Constant(kind, high))
            apart //= 2
        return packed(builder, rows)

    return tile(tile), generate


def _places(builder: Any, rows: Any, first: Any, size: Any, at: Any) -> list[Any]:
    """Return rows[first + i]·size + at for all lanes."""
    kind, found = ir.IntType(64), []
    for lane in range(LANES):
        entry = builder.gep(rows, [builder.add(first, ir.Constant(first.type, lane))], source_etype=kind)
        found.append(builder.add(builder.mul(builder.load(entry, typ=kind), size), at))
    return found


@intrinsic
def load_rows(_typing: Any, array: Any, rows: Any, _first: Any, _size: Any, _at: Any) -> Any:
    """Return the 16 × 1 tile of array[rows[first + i]·size + at :][:16]."""
    tile = Tile(LANES, 1)

    def generate(_context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        pointers = [
            builder.gep(given[0], [place], source_etype=_element(array)) for place in _places(builder, *given[1:])
        ]
        return packed(builder, [_loaded(builder, array, pointer) for pointer in pointers])

    return tile(array, rows, AT, AT, AT), generate


def _collected(builder: Any, array: Any, data: Any, places: list[Any]) -> Any:
    """Return the 1 × 1 tile with a number from each place."""
    kind = _element(array)
    found = ir.Constant(ir.VectorType(kind, LANES), ir.Undefined)
    for lane, place in enumerate(places):
        value = builder.load(builder.gep(data, [place], source_etype=kind), typ=kind)
        found = builder.insert_element(found, value, ir.Constant(INT32, lane))
    return packed(builder, [_normalised(builder, found) if array == PIXELS else found])


@intrinsic
def strided(_typing: Any, array: Any, _at: Any, _size: Any) -> Any:
    """Return the vector of array[at + i·size]."""

    def generate(_context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        data, at, size = given
        places = [builder.add(at, builder.mul(size, ir.Constant(size.type, lane))) for lane in range(LANES)]
        return _collected(builder, array, data, places)

    return Tile(1, 1)(array, AT, AT), generate


@intrinsic
def load_column(_typing: Any, array: Any, rows: Any, _first: Any, _size: Any, _at: Any) -> Any:
    """Return the vector of array[rows[first + i]·size + at]."""

    def generate(_context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        return _collected(builder, array, given[0], _places(builder, *given[1:]))

    return Tile(1, 1)(array, rows, AT, AT, AT), generate


@intrinsic
def prefetch(_typing: Any, array: Any, _at: Any) -> Any:
    """Have array[at] brought into the cache meanwhile."""

    def generate(context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        pointer = builder.gep(given[0], [given[1]], source_etype=_element(array))
        kinds = [pointer.type, INT32, INT32, INT32]
        function = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(ir.VoidType(), kinds), "llvm.prefetch.p0"
        )
        builder.call(function, [pointer, *(ir.Constant(INT32, flag) for flag in (0, 3, 1))])  # to read, often, data
        return context.get_dummy_value()

    return types.none(array, AT), generate


@intrinsic
def number(_typing: Any, array: Any, _at: Any) -> Any:
    """Return array[at]: of pixels as core.data.grey.normalise has it."""

    def generate(_context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        value = builder.load(builder.gep(given[0], [given[1]], source_etype=_element(array)), typ=_element(array))
        if array != PIXELS:
            return value
        _255, mean, std = (ir.Constant(FLOAT, float(np.float32(each))) for each in (255, MEAN, STD))
        return builder.fdiv(builder.fsub(builder.fdiv(builder.uitofp(value, FLOAT), _255), mean), std)

    return types.float32(array, AT), generate


@intrinsic
def address(_typing: Any, array: Any) -> Any:
    """Return where the numbers of an array lie; kernels take that alone, for arrays are slow to hand on."""

    def generate(context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        return context.make_array(array)(context, builder, given[0]).data

    return types.CPointer(array.dtype)(array), generate


@njit(**INLINE)
def vector(memory: Any, at: int) -> Any:
    """Return the 1 × 1 tile at a place."""
    return load(memory, at, 0, 0, 1, 1)


@njit(**INLINE)
def put(memory: Any, at: int, value: Any) -> None:
    """Write a 1 × 1 tile to a place."""
    store(memory, at, 0, 0, value)
