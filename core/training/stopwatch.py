"""How long a run has been running, and how fast it was."""

from __future__ import annotations

from collections.abc import Callable


class Stopwatch:
    """Counts the seconds of running. Not safe between threads: the run's lock guards it.

    Args:
        clock: seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._since: float | None = clock()
        self._before = 0.0
        self._from = (0, 0.0)

    @property
    def seconds(self) -> float:
        """Of running so far, pauses left out."""
        return self._before + (self._clock() - self._since if self._since is not None else 0.0)

    def run(self, on: bool) -> None:
        """Go on or stand still; twice is once."""
        if on and self._since is None:
            self._since = self._clock()
        elif not on and self._since is not None:
            self._before, self._since = self.seconds, None

    def measure_anew(self, step: int) -> None:
        """Let the speed count from update ``step``, which is now."""
        self._from = (step, self.seconds)

    def speed(self, step: int) -> float:
        """Return the updates a second up to update ``step``; 0 before any time has passed."""
        from_step, from_s = self._from
        seconds = self.seconds - from_s
        return max(0.0, (step - from_step) / seconds) if seconds > 0 else 0.0
