"""Tiles of vectors that stay in registers: what numba needs to know to compile the kernels.

A vector is 16 numbers of float32 whatever the processor (two AVX registers, four of NEON, one of AVX-512): its lanes
are 16 samples. A ``Tile`` is rows × columns of such vectors. The compiler may reorder and contract nothing, and all
operations are +, −, ×, ÷, √ and the fused multiply-add, which IEEE 754 rounds the same everywhere: so a kernel has the
same bits on every processor, however it is cut into tiles.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from llvmlite import binding, ir
from numba import njit, types
from numba.core import cgutils, errors
from numba.extending import intrinsic, models, overload, register_model

from core.data.grey import MEAN, STD

LANES = 16
OPTIONS = {"nogil": True, "error_model": "numpy", "boundscheck": False}
INLINE = {**OPTIONS, "forceinline": True}
MEMORY, CODE, INT = types.CPointer(types.float32), types.CPointer(types.int64), types.int64
PIXELS = types.CPointer(types.uint8)
KERNELS: list[tuple[Any, Any]] = []
"""Every kernel and its signature; cache.py compiles them in this order."""


def kernel(*arguments: Any) -> Callable[[Any], Any]:
    """Decorate a function that the machine calls: compiled once, for these types, when the machine is."""

    def decorate(function: Any) -> Any:
        compiled = njit(**OPTIONS)(function)
        KERNELS.append((compiled, types.void(*arguments)))
        return compiled

    return decorate


def _wide() -> bool:
    """Whether the processor that is compiled for has 32 registers of 16 numbers."""
    asked = numba.config.CPU_FEATURES
    features = asked.split(",") if asked else [name for name, has in binding.get_host_cpu_features().items() if has]
    return any(name.lstrip("+") == "avx512f" and not name.startswith("-") for name in features)


WIDE = _wide()

_FLOAT = ir.FloatType()
_VECTOR = ir.VectorType(_FLOAT, LANES)
_INT32, _BYTE = ir.IntType(32), ir.IntType(8)
_AT = types.int64


class Tile(types.Type):
    """rows × columns vectors."""

    def __init__(self, rows: int, columns: int) -> None:
        self.rows, self.columns, self.size = rows, columns, rows * columns
        super().__init__(name=f"Tile({rows}, {columns})")


@register_model(Tile)
class _TileModel(models.PrimitiveModel):
    def __init__(self, manager: Any, tile: Tile) -> None:
        super().__init__(manager, tile, ir.ArrayType(_VECTOR, tile.size))


def _literal(size: Any) -> int:
    if not isinstance(size, types.IntegerLiteral):
        raise errors.RequireLiteralValue("a tile's size must be a literal")
    return int(size.literal_value)


def _vectors(builder: Any, value: Any, tile: Tile) -> list[Any]:
    return [builder.extract_value(value, index) for index in range(tile.size)]


def _packed(builder: Any, vectors: list[Any]) -> Any:
    value = ir.Constant(ir.ArrayType(_VECTOR, len(vectors)), ir.Undefined)
    for index, vector in enumerate(vectors):
        value = builder.insert_value(value, vector, index)
    return value


def _element(array: Any) -> Any:
    return _BYTE if array == PIXELS else _FLOAT


def _broadcast(builder: Any, number: Any) -> Any:
    one = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), number, ir.Constant(_INT32, 0))
    zeros = ir.Constant(ir.VectorType(_INT32, LANES), [0] * LANES)
    return builder.shuffle_vector(one, ir.Constant(_VECTOR, ir.Undefined), zeros)


def _pointers(builder: Any, data: Any, places: Any, tile: Tile, kind: Any = _FLOAT) -> list[Any]:
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
    return _fused(builder, _fused(builder, first, _constant(-by), x), inverse, first)


def _constant(value: Any) -> Any:
    return ir.Constant(_VECTOR, [float(np.float32(value))] * LANES)


def _loaded(builder: Any, array: Any, pointer: Any) -> Any:
    """Return the vector at a place: of pixels as core.data.grey.normalise has them, bit for bit."""
    if array != PIXELS:
        return builder.load(pointer, align=4, typ=_VECTOR)
    grey = builder.uitofp(builder.load(pointer, align=1, typ=ir.VectorType(_BYTE, LANES)), _VECTOR)
    return _quotient(builder, builder.fsub(_quotient(builder, grey, 255), _constant(MEAN)), STD)


@intrinsic(prefer_literal=True)
def zeros(_typing: Any, rows: Any, columns: Any) -> Any:
    """Return a tile of zeros."""
    tile = Tile(_literal(rows), _literal(columns))
    return tile(rows, columns), lambda _c, _b, _s, _a: ir.Constant(ir.ArrayType(_VECTOR, tile.size), None)


@intrinsic(prefer_literal=True)
def load(_typing: Any, array: Any, _at: Any, _down: Any, _across: Any, rows: Any, columns: Any) -> Any:
    """Return the tile of array[at + row·down + column·across :][:16]."""
    tile = Tile(_literal(rows), _literal(columns))

    def generate(_context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        pointers = _pointers(builder, given[0], given[1:4], tile, _element(array))
        return _packed(builder, [_loaded(builder, array, pointer) for pointer in pointers])

    return tile(array, _AT, _AT, _AT, rows, columns), generate


@intrinsic(prefer_literal=True)
def load_at(_typing: Any, array: Any, _at: Any, places: Any, _first: Any, columns: Any) -> Any:
    """Return the one-row tile of array[at + places[first + column] :][:16]."""
    tile = Tile(1, _literal(columns))

    def generate(context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        data, table = given[0], given[2]
        found = []
        for column in range(tile.columns):
            entry = builder.add(given[3], ir.Constant(given[3].type, column))
            place = builder.load(builder.gep(table, [entry], source_etype=ir.IntType(64)), typ=ir.IntType(64))
            pointer = builder.gep(data, [builder.add(given[1], place)], source_etype=_FLOAT)
            found.append(builder.load(pointer, align=4, typ=_VECTOR))
        return _packed(builder, found)

    return tile(array, _AT, places, _AT, columns), generate


@intrinsic(prefer_literal=True)
def spread(_typing: Any, array: Any, _at: Any, _down: Any, rows: Any, columns: Any) -> Any:
    """Return the tile whose rows hold array[at + row·down] in every lane of every column."""
    tile = Tile(_literal(rows), _literal(columns))

    def generate(context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        none = ir.Constant(given[1].type, 0)
        pointers = _pointers(builder, given[0], (given[1], given[2], none), Tile(tile.rows, 1))
        rows = [_broadcast(builder, builder.load(pointer, typ=_FLOAT)) for pointer in pointers]
        return _packed(builder, [rows[index // tile.columns] for index in range(tile.size)])

    return tile(array, _AT, _AT, rows, columns), generate


@intrinsic
def store(_typing: Any, array: Any, _at: Any, _down: Any, _across: Any, tile: Any) -> Any:
    """Write a tile to array[at + row·down + column·across :][:16]."""

    def generate(_context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        pointers = _pointers(builder, given[0], given[1:4], tile)
        for vector, pointer in zip(_vectors(builder, given[4], tile), pointers, strict=True):
            builder.store(vector, builder.bitcast(pointer, _VECTOR.as_pointer()), align=4)
        return _context.get_dummy_value()

    return types.none(array, _AT, _AT, _AT, tile), generate


def _function(builder: Any, name: str, arguments: int) -> Any:
    return cgutils.get_or_insert_function(builder.module, ir.FunctionType(_VECTOR, [_VECTOR] * arguments), name)


def _fused(builder: Any, a: Any, b: Any, c: Any) -> Any:
    """Return a·b + c, rounded once."""
    return builder.call(_function(builder, "llvm.fma.v16f32", 3), [a, b, c])


@intrinsic
def outer(_typing: Any, tile: Any, left: Any, right: Any) -> Any:
    """Return tile[i, j] + left[i]·right[j]."""

    def generate(_context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        sums, down, across = (_vectors(builder, *pair) for pair in zip(given, (tile, left, right), strict=True))
        places = [(i, j) for i in range(left.size) for j in range(right.size)]
        return _packed(builder, [_fused(builder, down[i], across[j], sums[i * right.size + j]) for i, j in places])

    return tile(tile, left, right), generate


@intrinsic
def crossed(_typing: Any, tile: Any) -> Any:
    """Return the 16 × 1 tile whose row i has lane i of every row."""

    def generate(_context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        rows, kind = _vectors(builder, given[0], tile), ir.VectorType(_INT32, LANES)
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
        return _packed(builder, rows)

    return tile(tile), generate


@intrinsic
def load_rows(_typing: Any, array: Any, rows: Any, _first: Any, _size: Any, _at: Any) -> Any:
    """Return the 16 × 1 tile of array[rows[first + i]·size + at :][:16]."""
    tile = Tile(LANES, 1)

    def generate(_context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        found = []
        for row in range(LANES):
            entry = builder.add(given[2], ir.Constant(given[2].type, row))
            number = builder.load(builder.gep(given[1], [entry], source_etype=ir.IntType(64)), typ=ir.IntType(64))
            place = builder.add(builder.mul(number, given[3]), given[4])
            found.append(_loaded(builder, array, builder.gep(given[0], [place], source_etype=_element(array))))
        return _packed(builder, found)

    return tile(array, rows, _AT, _AT, _AT), generate


@intrinsic
def number(_typing: Any, array: Any, _at: Any) -> Any:
    """Return array[at]: of pixels as core.data.grey.normalise has it."""

    def generate(_context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        value = builder.load(builder.gep(given[0], [given[1]], source_etype=_element(array)), typ=_element(array))
        if array != PIXELS:
            return value
        _255, mean, std = (ir.Constant(_FLOAT, float(np.float32(each))) for each in (255, MEAN, STD))
        return builder.fdiv(builder.fsub(builder.fdiv(builder.uitofp(value, _FLOAT), _255), mean), std)

    return types.float32(array, _AT), generate


@intrinsic
def lane_sum(_typing: Any, tile: Any) -> Any:
    """Return the sum over the lanes of a 1 × 1 tile, as a fixed tree: lanes 8 apart, then 4, 2 and 1."""

    def generate(_context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        vector = builder.extract_value(given[0], 0)
        width = LANES
        while width > 1:
            width //= 2
            parts = [
                builder.shuffle_vector(
                    vector, vector, ir.Constant(ir.VectorType(_INT32, width), list(range(first, first + width)))
                )
                for first in (0, width)
            ]
            vector = builder.fadd(*parts)
        return builder.extract_element(vector, ir.Constant(_INT32, 0))

    return types.float32(tile), generate


@intrinsic
def address(_typing: Any, array: Any) -> Any:
    """Return where the numbers of an array lie; kernels take that alone, for arrays are slow to hand on."""

    def generate(context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        return context.make_array(array)(context, builder, given[0]).data

    return types.CPointer(array.dtype)(array), generate


def _elementwise(work: Any, arguments: int) -> Any:
    """Return an intrinsic of tiles of one size, or numbers, which become float32 in every lane."""

    def typed(kinds: tuple[Any, ...]) -> Any:
        tiles = [kind for kind in kinds if isinstance(kind, Tile)]
        tile = max(tiles, key=lambda kind: kind.size)

        def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            columns = []
            for value, kind in zip(given, signature.args, strict=True):
                if isinstance(kind, Tile):
                    vectors = _vectors(builder, value, kind)
                    columns.append(vectors * (tile.size // kind.size))
                else:
                    number = context.cast(builder, value, kind, types.float32)
                    columns.append([_broadcast(builder, number)] * tile.size)
            return _packed(builder, [work(builder, *vectors) for vectors in zip(*columns, strict=True)])

        return tile(*kinds), generate

    # numba reads the number of arguments from the function
    if arguments == 1:
        return intrinsic(lambda _typing, a: typed((a,)))
    if arguments == 2:
        return intrinsic(lambda _typing, a, b: typed((a, b)))
    if arguments == 3:
        return intrinsic(lambda _typing, a, b, c: typed((a, b, c)))
    return intrinsic(lambda _typing, a, b, c, d: typed((a, b, c, d)))


def _choice(comparison: str, ordered: bool = True) -> Any:
    def work(builder: Any, a: Any, b: Any, yes: Any, no: Any) -> Any:
        compare = builder.fcmp_ordered if ordered else builder.fcmp_unordered
        return builder.select(compare(comparison, a, b), yes, no)

    return _elementwise(work, 4)


fma = _elementwise(_fused, 3)
"""a·b + c, rounded once."""
root = _elementwise(lambda builder, a: builder.call(_function(builder, "llvm.sqrt.v16f32", 1), [a]), 1)
"""√a."""
if_less = _choice("<")
"""(a, b, yes, no): yes where a < b, else no, also where one of them is no number."""
if_at_most = _choice("<=")
if_same = _choice("==")
if_not_at_most = _choice(">", ordered=False)
"""(a, b, yes, no): yes where a > b or where one of them is no number."""


nearest = _elementwise(lambda builder, a: builder.call(_function(builder, "llvm.rint.v16f32", 1), [a]), 1)
"""The nearest whole number, ties to even."""


def _power_of_two(builder: Any, a: Any) -> Any:
    bits = ir.VectorType(_INT32, LANES)
    shifted = builder.add(builder.fptosi(a, bits), ir.Constant(bits, [127] * LANES))
    return builder.bitcast(builder.shl(shifted, ir.Constant(bits, [23] * LANES)), _VECTOR)


power_of_two = _elementwise(_power_of_two, 1)
"""2 to a whole number from −126 to 127."""


def _exponent(builder: Any, a: Any) -> Any:
    bits = ir.VectorType(_INT32, LANES)
    shifted = builder.lshr(builder.bitcast(a, bits), ir.Constant(bits, [23] * LANES))
    return builder.sitofp(builder.sub(shifted, ir.Constant(bits, [127] * LANES)), _VECTOR)


exponent = _elementwise(_exponent, 1)
"""e of a = m·2**e with 1 ≤ m < 2, for positive normal a."""


def _mantissa(builder: Any, a: Any) -> Any:
    bits = ir.VectorType(_INT32, LANES)
    low = builder.and_(builder.bitcast(a, bits), ir.Constant(bits, [0x007FFFFF] * LANES))
    return builder.bitcast(builder.or_(low, ir.Constant(bits, [0x3F800000] * LANES)), _VECTOR)


mantissa = _elementwise(_mantissa, 1)
"""m of a = m·2**e with 1 ≤ m < 2, for positive normal a."""


def _operator(symbol: Any, name: str) -> None:
    work = _elementwise(lambda builder, a, b: getattr(builder, name)(a, b), 2)

    @overload(symbol)
    def typed(left, right):  # numba wants the very signature of what it returns
        if isinstance(left, Tile) or isinstance(right, Tile):
            return lambda left, right: work(left, right)
        return None


for _symbol, _name in (
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
):
    _operator(_symbol, _name)


@njit(**INLINE)
def vector(memory: Any, at: int) -> Any:
    """Return the 1 × 1 tile at a place."""
    return load(memory, at, 0, 0, 1, 1)


@njit(**INLINE)
def put(memory: Any, at: int, value: Any) -> None:
    """Write a 1 × 1 tile to a place."""
    store(memory, at, 0, 0, value)
