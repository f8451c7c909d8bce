"""Whose a run is: what a training of one's own and a place among those who watch a shared one have in common."""

from collections.abc import Callable
from datetime import UTC, datetime

from core.runs.job import Job
from core.runs.snapshot import State

WATCHED_S = 2.0  # a page asked this recently


class Visit:
    """A visitor's run, as others know it.

    Args:
        run_id: names it in a URL.
        job: what is trained.
        owner: token that may control it.
        clock: seconds.

    Attributes:
        state: see State; running at first.
        started_at: when it was submitted, UTC.
        last_seen: when a page asked last, on the clock.
        known: whether the book knows of its end, or never shall.
    """

    def __init__(self, run_id: str, job: Job, owner: str, clock: Callable[[], float]) -> None:
        self.run_id, self.job, self.owner, self.clock = run_id, job, owner, clock
        self.state = State.RUNNING
        self.started_at = datetime.now(UTC)
        self.known = False
        self.last_seen = clock()

    @property
    def silent_s(self) -> float:
        """Seconds since a page asked for it."""
        return self.clock() - self.last_seen

    @property
    def watched(self) -> bool:
        """Whether a page looks at it."""
        return self.silent_s < WATCHED_S

    def seen(self) -> None:
        """Take note of a page that asks."""
        self.last_seen = self.clock()

    def told(self) -> None:
        """Be in the book, or never get there."""
        self.known = True
