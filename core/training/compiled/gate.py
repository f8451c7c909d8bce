"""Where two threads meet: numbers that one writes and the other waits for, in an order that both see (atomics).

The second thread comes when the system lets it. The first waits for it no earlier than it has come: from the next
update on each does its part, and they meet twice an update (``meet``). Where other programs have the second core, the
first would wait long and often: it then lets the second go after that update, and does the rest alone. All that either
does in between is finite, so neither waits for ever; should one be stopped from outside, the other gives up and tells.
"""

from __future__ import annotations

import ctypes
import platform
import sys
from typing import Any

from llvmlite import binding, ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

from core.training.compiled import ops
from core.training.compiled.tiles import INLINE

SPINS = 500  # looks before the first pause: a few µs, in which an even half is done
YIELDS = 1 << 26  # pauses before one gives up: half a minute of an idle machine, more of a busy one
HERE, COME, START, BROKEN, PATIENCE, APART = ops.HERE, ops.COME, ops.START, ops.BROKEN, ops.PATIENCE, ops.APART
SOON, LATE, NOT_AT_ALL = range(3)

_INT64 = ir.IntType(64)
_YIELD = "chalknet_yield"
_system = ctypes.windll.kernel32.SwitchToThread if sys.platform == "win32" else ctypes.CDLL(None).sched_yield
binding.add_symbol(_YIELD, ctypes.cast(_system, ctypes.c_void_p).value)


def _place(builder: Any, array: Any, at: Any) -> Any:
    return builder.bitcast(builder.gep(array, [at], source_etype=_INT64), _INT64.as_pointer())


@intrinsic
def tell(_typing: Any, array: Any, _at: Any, _value: Any) -> Any:
    """Write array[at] = value; who reads it sees all that was written before."""

    def generate(context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        builder.store_atomic(given[2], _place(builder, given[0], given[1]), "release", 8)
        return context.get_dummy_value()

    return types.none(array, types.int64, types.int64), generate


@intrinsic
def told(_typing: Any, array: Any, _at: Any) -> Any:
    """Return array[at], and see all that was written before it was."""

    def generate(_context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        return builder.load_atomic(_place(builder, given[0], given[1]), "acquire", 8, typ=_INT64)

    return types.int64(array, types.int64), generate


@intrinsic
def rest(_typing: Any) -> Any:
    """Let a thread that shares this core's units go on; nothing where the processor has no word for it."""

    def generate(context: Any, builder: Any, _signature: Any, _given: Any) -> Any:
        if platform.machine() in ("x86_64", "AMD64"):
            kind = ir.FunctionType(ir.VoidType(), [])
            builder.call(cgutils.get_or_insert_function(builder.module, kind, "llvm.x86.sse2.pause"), [])
        return context.get_dummy_value()

    return types.none(), generate


@intrinsic
def give_way(_typing: Any) -> Any:
    """Let another thread have this core for a moment."""

    def generate(context: Any, builder: Any, _signature: Any, _given: Any) -> Any:
        kind = ir.FunctionType(ir.IntType(32), [])
        builder.call(cgutils.get_or_insert_function(builder.module, kind, _YIELD), [])
        return context.get_dummy_value()

    return types.none(), generate


@njit(**INLINE)
def begin(gate):
    """Return the first update that the second thread has a part in, once the first says so; −1: none."""
    tell(gate, COME, 1)
    while told(gate, START) == 0:
        give_way()
    return told(gate, START) - 1


@njit(**INLINE)
def meet(gate, part, number):
    """Wait until the other thread is as far, too: SOON, or LATE; NOT_AT_ALL: it never was, and neither goes on."""
    other = HERE + (1 - part) * APART
    tell(gate, HERE + part * APART, number)
    for _ in range(SPINS):
        if told(gate, other) >= number:
            return SOON
        rest()
    for done in range(YIELDS):
        if told(gate, other) >= number:
            return SOON if done <= gate[PATIENCE] else LATE
        if told(gate, BROKEN):
            return NOT_AT_ALL
        give_way()
    tell(gate, BROKEN, 1)
    return NOT_AT_ALL
