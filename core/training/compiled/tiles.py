"""Tiles of vectors that stay in registers: what numba needs to know to compile the kernels.

A vector is 16 numbers of float32 whatever the processor (two AVX registers, four of NEON, one of AVX-512): its lanes
are 16 samples. A ``Tile`` is rows × columns of such vectors. The compiler may reorder and contract nothing, and all
operations are +, −, ×, ÷, √ and the fused multiply-add, which IEEE 754 rounds the same everywhere: so a kernel has the
same bits on every processor, however it is cut into tiles. lanes.py moves tiles, arithmetic.py computes with them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
from llvmlite import binding, ir
from numba import njit, types
from numba.core import cgutils, errors
from numba.extending import models, register_model

from core.training.compiled.ops import LANES

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

FLOAT = ir.FloatType()
VECTOR = ir.VectorType(FLOAT, LANES)
INT32 = ir.IntType(32)
AT = types.int64


class Tile(types.Type):
    """rows × columns vectors."""

    def __init__(self, rows: int, columns: int) -> None:
        self.rows, self.columns, self.size = rows, columns, rows * columns
        super().__init__(name=f"Tile({rows}, {columns})")


@register_model(Tile)
class _TileModel(models.PrimitiveModel):
    def __init__(self, manager: Any, tile: Tile) -> None:
        super().__init__(manager, tile, ir.ArrayType(VECTOR, tile.size))


def literal(size: Any) -> int:
    """Return the number that a literal type stands for."""
    if not isinstance(size, types.IntegerLiteral):
        raise errors.RequireLiteralValue("a tile's size must be a literal")
    return int(size.literal_value)


def vectors_of(builder: Any, value: Any, tile: Tile) -> list[Any]:
    """Return the vectors of a tile, row by row."""
    return [builder.extract_value(value, index) for index in range(tile.size)]


def packed(builder: Any, vectors: list[Any]) -> Any:
    """Return vectors as one tile."""
    value = ir.Constant(ir.ArrayType(VECTOR, len(vectors)), ir.Undefined)
    for index, vector in enumerate(vectors):
        value = builder.insert_value(value, vector, index)
    return value


def broadcast(builder: Any, number: Any) -> Any:
    """Return a vector with a number in every lane."""
    one = builder.insert_element(ir.Constant(VECTOR, ir.Undefined), number, ir.Constant(INT32, 0))
    zeros = ir.Constant(ir.VectorType(INT32, LANES), [0] * LANES)
    return builder.shuffle_vector(one, ir.Constant(VECTOR, ir.Undefined), zeros)


def llvm_function(builder: Any, name: str, arguments: int) -> Any:
    """Return one of LLVM's functions of vectors."""
    return cgutils.get_or_insert_function(builder.module, ir.FunctionType(VECTOR, [VECTOR] * arguments), name)


def fused(builder: Any, a: Any, b: Any, c: Any) -> Any:
    """Return a·b + c, rounded once."""
    return builder.call(llvm_function(builder, "llvm.fma.v16f32", 3), [a, b, c])
