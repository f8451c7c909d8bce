"""Whose turn it is: a fair round-robin, and beside it the slow runs that wait for their time."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.training.run import Run


class Turns:
    """The runs that want a worker. Not safe between threads: the scheduler's lock guards it."""

    def __init__(self) -> None:
        self._ready: deque[Run] = deque()
        self._later: dict[str, Run] = {}

    def add(self, run: Run, now: float) -> None:
        """Put a run in where it belongs, if it wants a worker and is neither in the queue nor in a worker's hands."""
        self._later.pop(run.run_id, None)
        if run.queued or not run.wanted:
            return
        if run.due > now:
            self._later[run.run_id] = run
        else:
            run.queued = True
            self._ready.append(run)

    def take(self, now: float) -> Run | None:
        """Return the next run, which is then in the caller's hands, or None when it is nobody's turn."""
        for run in [run for run in self._later.values() if run.due <= now]:
            self.add(run, now)
        return self._ready.popleft() if self._ready else None

    def wait_s(self, now: float) -> float:
        """Return the seconds until the first slow run's turn; infinite when there is none."""
        return max(0.0, min((run.due for run in self._later.values()), default=math.inf) - now)
