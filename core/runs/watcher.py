"""A visitor's run while it is the same as others': it is computed once, and each watches it at a place of their own.

=======  ==========================  ==================================================================
method   called by                   what it does
=======  ==========================  ==================================================================
direct   its owner                   plays on, or stands at a moment of what was computed before; else,
                                     and for updates, epochs and looks, a run of its own is asked for
order    its owner                   a run of its own is asked for, which then has the change
pace     its owner                   likewise, but for full speed, which it has
end      its owner; the scheduler    a run of its own that ends there
to_end   its owner                   jumps to the present, or to the end
park     the sweep, if nobody has it stands at the newest moment
arrive   the shelf                   has ended as the computation did, once everything was played
told     the scheduler               the book knows, for good
=======  ==========================  ==================================================================

What is asked of a run of its own waits in ``acts`` until the shelf has made it: at once, or after the slice under way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.errors import InvalidInput
from core.runs.history import Moment
from core.runs.orders import MAX_WAITING, Order
from core.runs.run import Run
from core.runs.snapshot import Snapshot, State
from core.runs.visit import Visit

PLAY_S = 4.0  # that everything computed before is played in, at most


@dataclass(frozen=True)
class Play:
    """How a visitor goes through what was computed before.

    Attributes:
        begin: share of it, 0 … 1, where it began.
        since: when, on the clock.
        length_s: seconds for all of it.
        held: the moment where it stands instead.
    """

    begin: float
    since: float
    length_s: float
    held: Moment | None = None


class Shared:
    """A computation and those who watch it.

    Args:
        key: of its job, see core.runs.job.fingerprint.
        run: does it.
    """

    def __init__(self, key: str, run: Run) -> None:
        self.key, self.run = key, run
        self.watchers: dict[str, Watcher] = {}

    def others(self, owner: str) -> int:
        """Return how many other visitors' run it is."""
        return len({watcher.owner for watcher in list(self.watchers.values())} - {owner})

    @property
    def alone(self) -> bool:
        """Whether one visitor watches, at most."""
        return len(self.watchers) < 2

    @property
    def following(self) -> int:
        """Visitors for whom it shall go on."""
        return sum(watcher.state is State.RUNNING for watcher in list(self.watchers.values()))

    def part(self, watcher: Watcher, at_work: bool) -> Run | None:
        """Return a run of a watcher's own, with everything done to it that was asked for.

        Args:
            watcher: of this computation, and not any more.
            at_work: whether a worker is in the middle of a slice.

        Returns:
            The run; this computation itself, when nobody else watches it. None: it has to wait for the slice.
        """
        place, ended = watcher.place, not watcher.state.alive
        if place is None and self.alone:
            run = self.run
            run.adopt(watcher)
        elif place is None and at_work and not ended:
            return None
        else:
            run = Run(watcher.run_id, watcher.job, watcher.owner, watcher.clock)
            run.begin(self.run, place, watcher, rests=not at_work)
        del self.watchers[watcher.run_id]
        for act in watcher.acts:
            act(run)
        return run


class Watcher(Visit):
    """A place before a computation that others may watch, too. The scheduler's lock guards what changes it.

    Args:
        visit: whose run it is.
        shared: the computation.

    Attributes:
        acts: what shall be done to a run of its own, as soon as there is one.
        parked: whether it stands because no page asked.
    """

    queued = wanted = False  # no worker is needed to watch

    def __init__(self, visit: Visit, shared: Shared) -> None:
        super().__init__(visit.run_id, visit.job, visit.owner, visit.clock)
        self.shared = shared
        self.acts: list[Callable[[Run], None]] = []
        self.parked = False
        self._play = Play(0.0, self.clock(), min(PLAY_S, shared.run.ran_s))

    @property
    def place(self) -> Moment | None:
        """The moment that is looked at, None when it is the present, or the end."""
        play = self._play
        if play.held is not None:
            return play.held
        moments = self.shared.run.moments
        at = play.begin + (self.clock() - play.since) / play.length_s if play.length_s else 1.0
        return moments[int(at * len(moments))] if at < 1 and moments else None

    @property
    def arrived(self) -> bool:
        """Whether the computation has ended and all of it was played."""
        return self.state.alive and not self.shared.run.state.alive and self.place is None

    @property
    def still(self) -> bool:
        """Whether everything that was asked for has happened."""
        return not self.acts and (self.state.alive or self.known)

    @property
    def untold(self) -> bool:
        """Whether it has ended for good, and the book is still to be told."""
        return not (self.state.alive or self.known)

    @property
    def step(self) -> int:
        """Updates done at its place."""
        place = self.place
        return self.shared.run.step if place is None else place.step

    def seen(self) -> None:
        """Take note of a page that asks, here and at the computation."""
        super().seen()
        self.shared.run.seen()

    # --- what its owner and the scheduler do with it -----------------------------------------------------------------

    def direct(self, state: State, updates: int = 0, epochs: int = 0, look: bool = False) -> None:
        """Go on or pause; see Run.direct."""
        if not self.state.alive:
            return
        place = self.place
        if updates or epochs or look or self.acts or (state is State.PAUSED and place is None):
            self.acts.append(lambda run: run.direct(state, updates, epochs, look))
        elif place is not None:
            self._play = self._from(place) if state is State.RUNNING else replace(self._play, held=place)
        self.state, self.parked = state, False

    def order(self, order: Order) -> None:
        """Have a change carried out by a run of its own; it was checked before.

        Raises:
            InvalidInput: it has ended, or too many wait.
        """
        if not self.state.alive:
            raise InvalidInput("This run has ended and cannot be changed any more; press Train to start another.")
        if len(self.acts) >= MAX_WAITING:
            raise InvalidInput(
                "{count} changes wait to be carried out, and no more are taken; wait a moment.", count=MAX_WAITING
            )
        self.acts.append(lambda run: run.order(order))

    def pace(self, speed: float | None) -> None:
        """Choose how many updates a second it may do; full speed is what it has."""
        if self.state.alive and (speed is not None or self.acts):
            self.acts.append(lambda run: run.pace(speed))

    def end(self, state: State, replaced: bool = False) -> None:
        """Watch no more; what was seen stays for the page."""
        if self.state.alive:
            self.acts.append(lambda run: run.end(state, replaced))
            self.state = state

    def to_end(self) -> None:
        """Jump to the present, or to the end."""
        if self.state.alive and self.place is not None:
            self._play, self.state, self.parked = Play(1.0, 0.0, 0.0), State.RUNNING, False

    def park(self) -> None:
        """Stand at the newest moment, as nobody looks; the last one to leave has the computation for itself."""
        place = self.place
        if place is None and self.shared.alone:
            self.direct(State.PAUSED)
        elif self.state.alive and not self.parked:
            self._play = replace(self._play, held=place or next(iter(reversed(self.shared.run.moments)), None))
            self.state, self.parked = State.PAUSED, True

    def arrive(self) -> None:
        """Have ended as the computation did; what was asked for meanwhile came too late."""
        self.state = self.shared.run.state
        self.acts.clear()

    def _from(self, place: Moment) -> Play:
        moments, run = self.shared.run.moments, self.shared.run
        passed = sum(moment.step <= place.step for moment in moments) - 0.5  # in the middle of its turn
        return Play(max(0.0, passed) / max(1, len(moments)), self.clock(), min(PLAY_S, run.ran_s))

    # --- what a page sees --------------------------------------------------------------------------------------------

    def snapshot(self, owner: str) -> Snapshot:
        """Return what it shows, for a page that shows ``owner``."""
        self.seen()
        return self.look_back(owner)

    def losses(self) -> tuple[float, ...]:
        """Return the loss of each update up to its place."""
        losses, place = self.shared.run.losses(), self.place
        return losses if place is None else losses[: place.step]

    def look_back(self, owner: str) -> Snapshot:
        """Return what it shows; this does not count as a page that asks."""
        place = self.place
        now = self.shared.run.look_back("", place)
        return replace(
            now,
            run_id=self.run_id,
            job=self.job,
            state=self.state,
            mine=owner == self.owner,
            error=None if self.state.alive else now.error,
            parked=self.parked,
            started_at=self.started_at,
            busy=not self.still,
            origin=self.shared.key,
            shared=self.shared.others(self.owner),
            playing=place is not None and self.state is State.RUNNING,
        )
