"""Arithmetic with tiles: what the kernels write as +, −, ·, / and by these names."""

from __future__ import annotations

import operator
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload

from core.training.compiled.ops import LANES
from core.training.compiled.tiles import INT32, VECTOR, Tile, broadcast, fused, llvm_function, packed, vectors_of


@intrinsic
def outer(_typing: Any, tile: Any, left: Any, right: Any) -> Any:
    """Return tile[i, j] + left[i]·right[j]."""

    def generate(_context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        sums, down, across = (vectors_of(builder, *pair) for pair in zip(given, (tile, left, right), strict=True))
        places = [(i, j) for i in range(left.size) for j in range(right.size)]
        return packed(builder, [fused(builder, down[i], across[j], sums[i * right.size + j]) for i, j in places])

    return tile(tile, left, right), generate


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
                    vector, vector, ir.Constant(ir.VectorType(INT32, width), list(range(first, first + width)))
                )
                for first in (0, width)
            ]
            vector = builder.fadd(*parts)
        return builder.extract_element(vector, ir.Constant(INT32, 0))

    return types.float32(tile), generate


def _elementwise(work: Any, arguments: int) -> Any:
    """Return an intrinsic of tiles of one size, or numbers, which become float32 in every lane."""

    def typed(kinds: tuple[Any, ...]) -> Any:
        tiles = [kind for kind in kinds if isinstance(kind, Tile)]
        tile = max(tiles, key=lambda kind: kind.size)

        def generate(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            columns = []
            for value, kind in zip(given, signature.args, strict=True):
                if isinstance(kind, Tile):
                    vectors = vectors_of(builder, value, kind)
                    columns.append(vectors * (tile.size // kind.size))
                else:
                    number = context.cast(builder, value, kind, types.float32)
                    columns.append([broadcast(builder, number)] * tile.size)
            return packed(builder, [work(builder, *vectors) for vectors in zip(*columns, strict=True)])

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


fma = _elementwise(fused, 3)
"""a·b + c, rounded once."""
root = _elementwise(lambda builder, a: builder.call(llvm_function(builder, "llvm.sqrt.v16f32", 1), [a]), 1)
"""√a."""
magnitude = _elementwise(lambda builder, a: builder.call(llvm_function(builder, "llvm.fabs.v16f32", 1), [a]), 1)
"""|a|."""
with_sign = _elementwise(
    lambda builder, a, b: builder.call(llvm_function(builder, "llvm.copysign.v16f32", 2), [a, b]), 2
)
"""(a, b): |a| with the sign of b."""
if_less = _choice("<")
"""(a, b, yes, no): yes where a < b, else no, also where one of them is no number."""
if_at_most = _choice("<=")
if_same = _choice("==")
if_not_at_most = _choice(">", ordered=False)
"""(a, b, yes, no): yes where a > b or where one of them is no number."""


nearest = _elementwise(lambda builder, a: builder.call(llvm_function(builder, "llvm.rint.v16f32", 1), [a]), 1)
"""The nearest whole number, ties to even."""


def _power_of_two(builder: Any, a: Any) -> Any:
    bits = ir.VectorType(INT32, LANES)
    shifted = builder.add(builder.fptosi(a, bits), ir.Constant(bits, [127] * LANES))
    return builder.bitcast(builder.shl(shifted, ir.Constant(bits, [23] * LANES)), VECTOR)


power_of_two = _elementwise(_power_of_two, 1)
"""2 to a whole number from −126 to 127."""


def _exponent(builder: Any, a: Any) -> Any:
    bits = ir.VectorType(INT32, LANES)
    shifted = builder.lshr(builder.bitcast(a, bits), ir.Constant(bits, [23] * LANES))
    return builder.sitofp(builder.sub(shifted, ir.Constant(bits, [127] * LANES)), VECTOR)


exponent = _elementwise(_exponent, 1)
"""e of a = m·2**e with 1 ≤ m < 2, for positive normal a."""


def _mantissa(builder: Any, a: Any) -> Any:
    bits = ir.VectorType(INT32, LANES)
    low = builder.and_(builder.bitcast(a, bits), ir.Constant(bits, [0x007FFFFF] * LANES))
    return builder.bitcast(builder.or_(low, ir.Constant(bits, [0x3F800000] * LANES)), VECTOR)


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
