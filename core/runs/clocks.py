"""How fast a run may go: updates are saved up over time, so that a slow run waits outside the workers' hands."""

import math
from collections.abc import Callable

from core.checks import checked_number

LEAST, MOST = 0.1, 1e6  # updates a second
TURN_S = 0.04  # between two turns of a run that does several updates in each
SAVED_S = 0.25  # what was missed longer ago than this, on a busy machine, is not made up for


class Pace:
    """One run's allowance. Not safe between threads: the run's lock guards it.

    Args:
        clock: seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.speed: float | None = None
        self.due = -math.inf  # when the next turn makes sense, on the clock
        self._credit = 1.0
        self._at = clock()

    def set(self, speed: float | None) -> None:
        """Allow that many updates a second from now on; None: any number."""
        self.speed = speed
        self.due = -math.inf
        self._credit, self._at = 1.0, self._clock()

    def allowed(self, most: int) -> int:
        """Return how many updates may be done now, at most ``most``; with 0 ``due`` says when to come again."""
        if self.speed is None:
            return most
        now = self._clock()
        self._credit = min(self._credit + (now - self._at) * self.speed, max(1.0, self.speed * SAVED_S))
        self._at = now
        updates = min(most, int(self._credit + 1e-9))
        self._wait(0 if updates else 1)
        return updates

    def spend(self, updates: int, at_once: bool = False) -> None:
        """Take note of updates done since ``allowed``.

        Args:
            updates: done.
            at_once: the next turn does no update (a look at the test set is under way) and need not wait.
        """
        if self.speed is not None:
            self._credit -= updates
            self._wait(0 if at_once else 1)

    def _wait(self, updates: int) -> None:
        """Set ``due`` to when that many updates will be allowed."""
        assert self.speed is not None
        missing = max(0.0, updates - self._credit)
        self.due = self._at + max(missing / self.speed, TURN_S) if missing else -math.inf


def checked_speed(speed: float | None) -> float | None:
    """Return a speed that a run can have.

    Raises:
        InvalidInput: not a number of updates a second, too slow or too fast.
    """
    if speed is None:
        return None
    speed = checked_number(
        "The speed (={value}) must be from {least} to {most:.0f} updates a second, or empty for as fast as possible; "
        "try 10.",
        speed,
        LEAST,
        MOST,
    )
    return float(speed)


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
