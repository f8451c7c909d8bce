"""The scheduler: interleaves the runs of a whole class on at most two worker threads.

It is a module-level object (any visitor can clear Streamlit's caches), started and joined by the app's lifespan.
Workers take runs in the order of Turns and advance each by one slice: paused = not taken, a step = taken once,
cancelled = let go.

A run that begins unpaused at full speed is a Watcher of what the shelf computes for all equal jobs. What its owner
asks for that others do not makes it a Run of its own, under the same id: in ``_enqueue``, which everything goes through
that changes a run, and which never does so while a worker is in the middle of a slice.
"""

import hmac
import logging
import math
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from core.errors import InvalidInput
from core.runs.book import BOOK
from core.runs.clocks import checked_speed
from core.runs.job import Job, fingerprint
from core.runs.orders import EditWeight, Order, Retune
from core.runs.pool import Turns, Workers, check_room
from core.runs.run import Run
from core.runs.shelf import Shelf
from core.runs.snapshot import Snapshot, State
from core.runs.visit import Visit
from core.runs.watcher import Watcher
from core.training.compiled.pair import cores

log = logging.getLogger(__name__)

MAX_ALIVE = 256  # runs that may be running or paused at once
PARK_AFTER_S = 120.0  # without a page asking
DROP_AFTER_S = 600.0
SWEEP_EVERY_S = 1.0
COUNT_EVERY_S = 0.25  # how often it is looked how many trainings want a worker


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
        self._shelf = Shelf(clock)
        self._runs: dict[str, Run | Watcher] = {}
        self._at_work: set[Run] = set()
        self._stopping = False
        self._swept = clock()
        self._left = (-math.inf, [0.0])  # when it was looked, and what each training has left, in seconds of computing

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
        key = None if updates or paused or speed is not None else fingerprint(job)
        with self._condition:
            self._sweep()
            self._end_earlier(job.kind, owner)
            check_room([run for run in self._runs.values() if run.state.alive], owner, self.max_alive)
            run_id = secrets.token_urlsafe(16)
            if key is not None:
                self._runs[run_id] = self._shelf.watch(key, Visit(run_id, job, owner, self.clock))
            else:
                run = self._runs[run_id] = Run(run_id, job, owner, self.clock)
                run.pace(speed)
                if updates or paused:
                    run.direct(State.PAUSED, updates, look=paused)
            self._enqueue(self._runs[run_id])
            return run_id

    def snapshot(self, run_id: str, owner: str = "") -> Snapshot | None:
        """Return a run as it stands, or None when there is none of that id (any more)."""
        run = self._runs.get(run_id)
        if isinstance(run, Watcher) and run.arrived:
            with self._condition:
                self._enqueue(run)
            run = self._runs.get(run_id)
        return self._estimated(run, run.snapshot(owner)) if run is not None else None

    def losses(self, run_id: str) -> tuple[float, ...]:
        """Return the loss of each update of a run so far, which a snapshot has thinned out; see Run.losses."""
        run = self._runs.get(run_id)
        return run.losses() if run is not None else ()

    def newest(self, owner: str, kind: str) -> Snapshot | None:
        """Return an owner's newest run of a kind as it stands, or None when there is none (any more)."""
        own = [run for run in list(self._runs.values()) if run.owner == owner and run.job.kind == kind]
        return self.snapshot(own[-1].run_id, owner) if own else None

    def pause(self, run_id: str, owner: str) -> None:
        """Stop taking the run; its slice under way (about 40 ms) is finished."""
        self._steer(run_id, owner, lambda run: run.direct(State.PAUSED))

    def resume(self, run_id: str, owner: str) -> None:
        """Take the run again, from its checkpoint if it was parked; an untouched one may join equal ones."""
        run = self._runs.get(run_id)
        key = fingerprint(run.job) if isinstance(run, Run) and run.fresh else None

        def act(run: Run | Watcher) -> None:
            if key is not None and isinstance(run, Run) and run.fresh:
                self._runs[run_id] = self._shelf.watch(key, run)
            else:
                run.direct(State.RUNNING)

        self._steer(run_id, owner, act)

    def to_end(self, run_id: str, owner: str) -> None:
        """Play no more of what was computed before, and go to the present, or to the end."""
        self._steer(run_id, owner, lambda run: run.to_end() if isinstance(run, Watcher) else None)

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
                run = self._enqueue(run)
                run.told()
                run.end(State.STOPPED)
                self._drop(run)

    def settle(self, run_id: str, timeout_s: float) -> bool:
        """Return whether all that was asked of a run happens within so many seconds: paused, stepped, changed."""
        with self._condition:
            return self._condition.wait_for(lambda: (run := self._runs.get(run_id)) is None or run.still, timeout_s)

    def _mine(self, run_id: str, owner: str) -> Run | Watcher | None:
        run = self._runs.get(run_id)
        if run is not None and not hmac.compare_digest(run.owner.encode(), owner.encode()):
            raise InvalidInput("This training belongs to another visitor; start your own to control it.")
        if run is not None:
            run.seen()  # who controls a run is there
        return run

    def _steer(self, run_id: str, owner: str, act: Callable[[Run | Watcher], object]) -> None:
        with self._condition:
            run = self._mine(run_id, owner)
            if run is not None:
                act(self._enqueue(run))
                self._enqueue(self._runs[run_id])

    def _order(self, run_id: str, owner: str, order: Order) -> None:
        run = self._mine(run_id, owner)
        if run is None:
            raise InvalidInput("This run is not there any more and cannot be changed; press Train to start another.")
        if isinstance(run, Watcher):
            order.check(run.job, run.shared.run.fit)  # takes milliseconds; not while others wait
        self._steer(run_id, owner, lambda run: run.order(order))

    def _end_earlier(self, kind: str, owner: str) -> None:
        earlier = [run for run in self._runs.values() if run.owner == owner and run.job.kind == kind]
        for run in earlier:
            self._enqueue(run).end(State.STOPPED, replaced=True)
            self._enqueue(self._runs[run.run_id])
        for run in earlier[:-1]:  # the last one's curve may still be on a screen; more would only fill the memory
            self._drop(run)

    def _drop(self, visit: Run | Watcher) -> None:
        """Forget a run that was ended, after its end was told."""
        run = self._enqueue(self._runs.get(visit.run_id, visit))
        self._shelf.leave(run)
        del self._runs[run.run_id]
        self._condition.notify_all()

    def _enqueue(self, run: Run | Watcher) -> Run | Watcher:
        """Put a run where it belongs after something changed about it, and return what it is now.

        Called with the condition held.
        """
        if isinstance(run, Watcher) and self._runs.get(run.run_id) is run:
            source = run.shared.run
            run = self._runs[run.run_id] = self._shelf.settle(run, source in self._at_work)
            self._turns.add(source, self.clock())
        if isinstance(run, Run):
            self._turns.add(run, self.clock())
        if run.untold:
            self._tell(run)
            run.told()  # after it is in the book: a page waits for this
        self._condition.notify_all()
        return run

    def _tell(self, run: Run | Watcher) -> None:
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
            threads, begun = self._threads(run), self.clock()
            self._at_work.add(run)
        run.advance(threads)
        with self._condition:
            self._at_work.discard(run)
            shared = self._shelf.get(run)
            self._turns.charge(run, (self.clock() - begun) / max(1, shared.following if shared else 1))
            run.returned()
            for watcher in list(shared.watchers.values()) if shared else ():
                if watcher.acts or watcher.arrived:
                    self._enqueue(watcher)
            self._enqueue(run)  # also wakes those who wait in settle
        return True

    def computations(self) -> list[Run]:
        """Return everything that may want a worker: visitors' own runs and what is computed for many."""
        return [*(run for run in list(self._runs.values()) if isinstance(run, Run)), *self._shelf.runs]

    def _threads(self, run: Run) -> int:
        """Return how many threads may work on a run's next slice: two where no other run wants a worker."""
        alone = not any(other.queued or other.wanted for other in self.computations() if other is not run)
        return min(2, cores()) if alone else 1

    def _estimated(self, run: Run | Watcher, now: Snapshot) -> Snapshot:
        """Return a snapshot with the time to go of a run that has to share the workers.

        Where each gets as much as any other, all of it is done when each has computed as much as it, or is over.
        """
        looked, left = self._left
        if self.clock() - looked > COUNT_EVERY_S:
            left = [seconds for each in self.computations() if (seconds := each.left_s)]
            self._left = self.clock(), left
        own = (run.shared.run if isinstance(run, Watcher) else run).left_s
        if not own or len(left) <= self.workers:
            return now
        seconds = sum(min(own, other) for other in left) / self.workers
        eta_s = max(own, seconds) if own < math.inf else None
        return replace(now, eta_s=eta_s, trainings=len(left), workers=self.workers)

    def _sweep(self) -> None:
        """Park runs that no page asked for, drop them later; called with the condition held."""
        now = self.clock()
        if now - self._swept < SWEEP_EVERY_S:
            return
        self._swept = now
        for run in list(self._runs.values()):
            silent = run.silent_s
            if isinstance(run, Watcher) and run.arrived:
                run = self._enqueue(run)
            if silent > DROP_AFTER_S:
                run.end(State.STOPPED)
                self._drop(run)
            elif silent > PARK_AFTER_S and run.state.alive and not run.queued and not run.parked:
                run.park()
                self._enqueue(run)
            elif silent > PARK_AFTER_S and run.state is State.RUNNING:
                run.direct(State.PAUSED)  # parked at the next sweep, when no worker holds it
                self._enqueue(run)
        self._shelf.sweep([run for run in self._runs.values() if isinstance(run, Run)], PARK_AFTER_S, DROP_AFTER_S)


SCHEDULER = Scheduler(on_end=BOOK.write)
"""The one scheduler of this process."""
