"""The scheduler: interleaves the runs of a whole class on at most two worker threads.

It is a module-level object (any visitor can clear Streamlit's caches), started and joined by the app's lifespan.
Workers take runs from a fair round-robin and advance each by one slice: paused = not taken, a step = taken once,
cancelled = let go.
"""

import hmac
import logging
import secrets
import threading
import time
from collections.abc import Callable

from core.errors import InvalidInput
from core.runs.book import BOOK
from core.runs.clocks import checked_speed
from core.runs.job import Job
from core.runs.orders import EditWeight, Order, Retune
from core.runs.pool import Turns, Workers, check_room
from core.runs.run import Run
from core.runs.snapshot import Snapshot, State
from core.training.compiled.pair import cores

log = logging.getLogger(__name__)

MAX_ALIVE = 256  # runs that may be running or paused at once
PARK_AFTER_S = 120.0  # without a page asking
DROP_AFTER_S = 600.0
SWEEP_EVERY_S = 1.0


class Scheduler:
    """Runs of many visitors, a slice at a time. Whoever tries to control somebody else's run gets an InvalidInput.

    Args:
        workers: threads; None: one per core, at most two.
        clock: seconds; a test may pass its own.
        max_alive: living runs that are accepted.
        on_end: told of every run that has ended, its last snapshot and its owner; not of those that are forgotten.
    """

    def __init__(
        self,
        workers: int | None = None,
        clock: Callable[[], float] = time.monotonic,
        max_alive: int = MAX_ALIVE,
        on_end: Callable[[Snapshot, str], None] | None = None,
    ) -> None:
        self.workers = workers or min(2, cores())
        self._workers = Workers(self.workers, self._turn)
        self.clock = clock
        self.max_alive = max_alive
        self._on_end = on_end
        self._condition = threading.Condition()
        self._turns = Turns()
        self._runs: dict[str, Run] = {}
        self._stopping = False
        self._swept = clock()

    @property
    def running(self) -> bool:
        """Whether workers are there."""
        return self._workers.running

    def start(self) -> None:
        """Start the workers; does nothing when they are there."""
        with self._condition:
            self._stopping = False
            self._workers.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """Let every worker finish its slice, then join them; runs stay as they are."""
        with self._condition:
            self._stopping = True
            self._condition.notify_all()
        self._workers.join(timeout_s)

    def submit(self, job: Job, owner: str, updates: int = 0, paused: bool = False, speed: float | None = None) -> str:
        """Queue a job; a living run of the same owner and kind is cancelled first, older ones are forgotten.

        Args:
            job: what to train.
            owner: token that may control it.
            updates: 0 to run; else pause after exactly that many updates (single-stepping from the start).
            paused: only draw the first weights and look at the sets, then pause.
            speed: updates a second at most, None: as fast as it can.

        Returns:
            The unguessable run id (128 bits).

        Raises:
            InvalidInput: the class is full, or the speed is none.
        """
        checked_speed(speed)
        with self._condition:
            self._sweep()
            self._end_earlier(job.kind, owner)
            check_room([run for run in self._runs.values() if run.state.alive], owner, self.max_alive)
            run = Run(secrets.token_urlsafe(16), job, owner, self.clock)
            run.pace(speed)
            if updates or paused:
                run.direct(State.PAUSED, updates, look=paused)
            self._runs[run.run_id] = run
            self._enqueue(run)
            return run.run_id

    def snapshot(self, run_id: str, owner: str = "") -> Snapshot | None:
        """Return a run as it stands, or None when there is none of that id (any more)."""
        run = self._runs.get(run_id)
        return run.snapshot(owner) if run is not None else None

    def losses(self, run_id: str) -> tuple[float, ...]:
        """Return the loss of each update of a run so far, which a snapshot has thinned out; see Run.losses."""
        run = self._runs.get(run_id)
        return run.losses() if run is not None else ()

    def newest(self, owner: str, kind: str) -> Snapshot | None:
        """Return an owner's newest run of a kind as it stands, or None when there is none (any more)."""
        own = [run for run in list(self._runs.values()) if run.owner == owner and run.job.kind == kind]
        return own[-1].snapshot(owner) if own else None

    def pause(self, run_id: str, owner: str) -> None:
        """Stop taking the run; its slice under way (about 40 ms) is finished."""
        self._steer(run_id, owner, lambda run: run.direct(State.PAUSED))

    def resume(self, run_id: str, owner: str) -> None:
        """Take the run again, from its checkpoint if it was parked."""
        self._steer(run_id, owner, lambda run: run.direct(State.RUNNING))

    def step(self, run_id: str, owner: str, updates: int = 1) -> None:
        """Pause the run and do exactly that many updates, then look at the test set; asked again: so many more."""
        self._steer(run_id, owner, lambda run: run.direct(State.PAUSED, updates))

    def step_epoch(self, run_id: str, owner: str) -> None:
        """Run on to the end of the present epoch, then look at the test set and pause; asked again: one epoch more."""
        self._steer(run_id, owner, lambda run: run.direct(State.RUNNING, epochs=1))

    def change(self, run_id: str, owner: str, lr: float | None = None, batch_size: int | None = None) -> None:
        """Have the learning rate changed at once, or the batch size from the next epoch; None leaves it.

        Raises:
            InvalidInput: somebody else's run, one that has ended, or a value that it cannot have. What only the
                worker can find out is in the snapshot as ``refused``.
        """
        if lr is not None or batch_size is not None:
            self._order(run_id, owner, Retune(lr, batch_size))

    def edit(self, run_id: str, owner: str, name: str, index: tuple[int, ...], value: float) -> None:
        """Have one number of one parameter written; a look at the test set follows, and training goes on from there.

        Raises:
            InvalidInput: as ``change``.
        """
        self._order(run_id, owner, EditWeight(name, index, value))

    def speed(self, run_id: str, owner: str, updates_per_second: float | None) -> None:
        """Choose how fast the run may go; None: as fast as it can. Updates that are asked for by number ignore it.

        Raises:
            InvalidInput: somebody else's run, or not a speed.
        """
        speed = checked_speed(updates_per_second)
        self._steer(run_id, owner, lambda run: run.pace(speed))

    def cancel(self, run_id: str, owner: str) -> None:
        """End the run for good; its history stays until it is dropped."""
        self._steer(run_id, owner, lambda run: run.end(State.STOPPED))

    def forget(self, run_id: str, owner: str) -> None:
        """End the run if it lives, and forget it; it gets no row in the book if it has none yet."""
        with self._condition:
            run = self._mine(run_id, owner)
            if run is not None:
                run.told()
                run.end(State.STOPPED)
                self._enqueue(run)
                del self._runs[run.run_id]
                self._condition.notify_all()

    def settle(self, run_id: str, timeout_s: float) -> bool:
        """Return whether all that was asked of a run happens within so many seconds: paused, stepped, changed."""
        run = self._runs.get(run_id)
        if run is None:
            return True
        with self._condition:
            return self._condition.wait_for(lambda: run.still, timeout_s)

    def _mine(self, run_id: str, owner: str) -> Run | None:
        run = self._runs.get(run_id)
        if run is not None and not hmac.compare_digest(run.owner.encode(), owner.encode()):
            raise InvalidInput("This training belongs to another visitor; start your own to control it.")
        if run is not None:
            run.seen()  # who controls a run is there
        return run

    def _steer(self, run_id: str, owner: str, act: Callable[[Run], None]) -> None:
        with self._condition:
            run = self._mine(run_id, owner)
            if run is not None:
                act(run)
                self._enqueue(run)

    def _order(self, run_id: str, owner: str, order: Order) -> None:
        run = self._mine(run_id, owner)
        if run is None:
            raise InvalidInput("This run is not there any more and cannot be changed; press Train to start another.")
        run.order(order)
        with self._condition:
            self._enqueue(run)

    def _end_earlier(self, kind: str, owner: str) -> None:
        earlier = [run for run in self._runs.values() if run.owner == owner and run.job.kind == kind]
        for run in earlier:
            run.end(State.STOPPED, replaced=True)
            self._enqueue(run)
        for run in earlier[:-1]:  # the last one's curve may still be on a screen; more would only fill the memory
            del self._runs[run.run_id]

    def _enqueue(self, run: Run) -> None:
        """Put a run where it belongs after something changed about it; called with the condition held."""
        self._turns.add(run, self.clock())
        if run.untold:
            self._tell(run)
            run.told()  # after it is in the book: a page waits for this
        self._condition.notify_all()

    def _tell(self, run: Run) -> None:
        if self._on_end is not None:
            try:
                self._on_end(run.look_back(run.owner), run.owner)
            except Exception:
                log.exception("the end of run %s could not be noted", run.run_id)

    def _turn(self) -> bool:
        """Wait for a run that wants a worker and do one slice of it; False when the workers shall end."""
        run: Run | None = None
        with self._condition:
            while run is None:
                if self._stopping:
                    return False
                self._sweep()
                run = self._turns.take(self.clock())
                if run is None:
                    self._condition.wait(min(SWEEP_EVERY_S, self._turns.wait_s(self.clock())))
            threads = self._threads(run)
        run.advance(threads)
        with self._condition:
            run.returned()
            self._enqueue(run)  # also wakes those who wait in settle
        return True

    def _threads(self, run: Run) -> int:
        """Return how many threads may work on a run's next slice: two where no other run wants a worker."""
        alone = not any(other.queued or other.wanted for other in self._runs.values() if other is not run)
        return min(2, cores()) if alone else 1

    def _sweep(self) -> None:
        """Park runs that no page asked for, drop them later; called with the condition held."""
        now = self.clock()
        if now - self._swept < SWEEP_EVERY_S:
            return
        self._swept = now
        for run in list(self._runs.values()):
            silent = run.silent_s
            if silent > DROP_AFTER_S:
                run.end(State.STOPPED)
                self._enqueue(run)
                del self._runs[run.run_id]
            elif silent > PARK_AFTER_S and run.state.alive and not run.queued and run.parked is None:
                run.park()
            elif silent > PARK_AFTER_S and run.state is State.RUNNING:
                run.direct(State.PAUSED)  # parked at the next sweep, when no worker holds it
                self._enqueue(run)


SCHEDULER = Scheduler(on_end=BOOK.write)
"""The one scheduler of this process."""
