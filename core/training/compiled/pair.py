"""The second thread: one for the whole process, lent to whichever run is alone. Needs no compiler.

It calls the machine as the first one does, for the other part of the same work, and is welcome whenever it comes
(gate.py). So nobody ever waits for a thread that has not begun, is busy for another run or could not be made.

Whether two are quicker is measured all the time: they are not where an update takes a few µs, where two cores are one
with two names, or where other programs have the second core.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from core.training.compiled import ops
from core.training.compiled.cache import Machine

ALONE = np.zeros(0, dtype=np.int64)
GAIN = 0.9  # of the time that one thread takes is what two may take at most
MOST_REST = 64  # slices with one thread, after two were often in vain
ANEW = 32  # slices with two, after which one alone is measured again
YIELD_S = 1e-6  # about as long as the system needs to find nobody to whom one could give way

_second = ThreadPoolExecutor(1, "second part")


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Pair:
    """What one engine has learnt about working with two threads. The numbers are the same with one and with two.

    Attributes:
        helped: how often a second thread took part.
    """

    def __init__(self) -> None:
        self.helped = 0
        self._alone_s = 0.0  # an update with one thread
        self._rest = 1  # slices with one thread to come
        self._vain = self._good = 0  # tries in a row

    def work(self, machine: Machine, given: tuple[Any, ...], updates: int, threads: int) -> None:
        """Have the machine do some updates.

        Args:
            machine: from compiled.cache.
            given: what it takes, but for the last two.
            updates: how many it does.
            threads: 1, or 2 where a second one is tried.

        Raises:
            RuntimeError: one of the threads was stopped from outside; what lies in memory is good for nothing.
        """
        two = threads > 1 and not self._rest
        started = time.perf_counter()
        if two:
            self.helped += _together(machine, given, int(self._alone_s / YIELD_S))
        else:
            machine(*given, ALONE, 0)
        took = (time.perf_counter() - started) / updates
        if not two:
            self._alone_s, self._rest = took, max(0, self._rest - 1)
        elif took > GAIN * self._alone_s:
            self._vain, self._good = self._vain + 1, 0
            self._rest = min(MOST_REST, 2**self._vain)
        else:
            self._vain, self._good = 0, self._good + 1
            self._rest = int(self._good % ANEW == 0)


def _together(machine: Machine, given: tuple[Any, ...], patience: int) -> int:
    """Do the work, with a second thread from where it comes on; return whether it came."""
    gate = np.zeros(ops.GATE, dtype=np.int64)
    gate[ops.PATIENCE] = patience
    try:
        helper = _second.submit(machine, *given, gate, 1)
    except RuntimeError:  # the interpreter ends, or there can be no more threads
        machine(*given, ALONE, 0)
        return 0
    try:
        machine(*given, gate, 0)
    finally:
        helper.cancel()
        if not gate[ops.START]:
            gate[ops.START] = ops.NEVER  # it came too late for this, if at all
    if gate[ops.BROKEN]:
        raise RuntimeError("a thread of the compiled engine was stopped")
    return int(gate[ops.START] > 0)
