"""The scheduler: interleaves the runs of a whole class on at most two worker threads.

It is a module-level object (any visitor can clear Streamlit's caches), started and joined by the app's lifespan.
Workers take runs from a fair round-robin and advance each by one slice: paused = not taken, a step = taken once,
cancelled = let go.
"""

from __future__ import annotations

import hmac
import os
import secrets
import threading
from collections import deque
from collections.abc import Callable

import torch

from core.errors import InvalidInput
from core.training.run import Job, Run, monotonic
from core.training.snapshot import Snapshot, State

MAX_ALIVE = 256  # runs that may be running or paused at once
MAX_PER_OWNER = 4
PARK_AFTER_S = 120.0  # without a page asking
DROP_AFTER_S = 600.0
SWEEP_EVERY_S = 1.0


class Scheduler:
    """Runs of many visitors, a slice at a time.

    Args:
        workers: threads; None: one per core, at most two.
        clock: seconds; a test may pass its own.
        max_alive: living runs that are accepted.
    """

    def __init__(
        self, workers: int | None = None, clock: Callable[[], float] = monotonic, max_alive: int = MAX_ALIVE
    ) -> None:
        self.workers = workers or min(2, os.cpu_count() or 1)
        self.clock = clock
        self.max_alive = max_alive
        self._condition = threading.Condition()
        self._queue: deque[Run] = deque()
        self._runs: dict[str, Run] = {}
        self._threads: list[threading.Thread] = []
        self._stopping = False
        self._swept = clock()

    @property
    def running(self) -> bool:
        """Whether workers are there."""
        return any(thread.is_alive() for thread in self._threads)

    def start(self) -> None:
        """Start the workers; does nothing when they are there."""
        with self._condition:
            self._stopping = False  # one that outlived a stop goes on
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            for index in range(len(self._threads), self.workers):
                thread = threading.Thread(target=self._work, name=f"trainer-{index}", daemon=True)
                self._threads.append(thread)
                thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """Let every worker finish its slice, then join them; runs stay as they are."""
        with self._condition:
            self._stopping = True
            self._condition.notify_all()
        for thread in self._threads:
            thread.join(timeout_s)
        self._threads = [thread for thread in self._threads if thread.is_alive()]

    def submit(self, job: Job, owner: str, updates: int = 0) -> str:
        """Queue a job; a living run of the same owner and kind is cancelled first, older ones are forgotten.

        Args:
            job: what to train.
            owner: token that may control it.
            updates: 0 to run; else pause after exactly that many updates (single-stepping from the start).

        Returns:
            The unguessable run id (128 bits).

        Raises:
            InvalidInput: the class is full.
        """
        with self._condition:
            self._sweep()
            earlier = [run for run in self._runs.values() if run.owner == owner and run.job.kind == job.kind]
            for run in earlier:
                run.replaced = run.replaced or run.state.alive
                run.end(State.STOPPED)
            for run in earlier[:-1]:  # the last one's curve may still be on a screen; more would only fill the memory
                del self._runs[run.run_id]
            alive = [run for run in self._runs.values() if run.state.alive]
            if len(alive) >= self.max_alive:
                raise InvalidInput(
                    "{count} networks are being trained here and no more than {most} can be; "
                    "wait until one is finished, then press Train again.",
                    count=len(alive),
                    most=self.max_alive,
                )
            if sum(run.owner == owner for run in alive) >= MAX_PER_OWNER:
                raise InvalidInput(
                    "You have {count} trainings under way and no more than {most} are allowed; stop one of them first.",
                    count=sum(run.owner == owner for run in alive),
                    most=MAX_PER_OWNER,
                )
            run = Run(secrets.token_urlsafe(16), job, owner, self.clock)
            if updates:
                run.set_state(State.PAUSED)
                run.asked_updates = updates
            self._runs[run.run_id] = run
            self._enqueue(run)
            return run.run_id

    def snapshot(self, run_id: str, owner: str = "") -> Snapshot | None:
        """Return a run as it stands, or None when there is none of that id (any more)."""
        run = self._runs.get(run_id)
        return run.snapshot(owner) if run is not None else None

    def pause(self, run_id: str, owner: str) -> None:
        """Stop taking the run; its slice under way (about 40 ms) is finished.

        Raises:
            InvalidInput: somebody else's run.
        """
        with self._condition:
            run = self._mine(run_id, owner)
            if run is not None and run.state.alive:
                with run.lock:
                    run.set_state(State.PAUSED)
                    run.asked_updates = 0

    def resume(self, run_id: str, owner: str) -> None:
        """Take the run again, from its checkpoint if it was parked.

        Raises:
            InvalidInput: somebody else's run.
        """
        with self._condition:
            run = self._mine(run_id, owner)
            if run is not None and run.state is State.PAUSED:
                with run.lock:
                    run.set_state(State.RUNNING)
                    run.asked_updates = 0
                self._enqueue(run)

    def step(self, run_id: str, owner: str, updates: int = 1) -> None:
        """Pause the run and do exactly that many updates, then look at the test set.

        Raises:
            InvalidInput: somebody else's run.
        """
        with self._condition:
            run = self._mine(run_id, owner)
            if run is not None and run.state.alive:
                with run.lock:
                    run.set_state(State.PAUSED)
                    run.asked_updates += updates
                self._enqueue(run)

    def cancel(self, run_id: str, owner: str) -> None:
        """End the run for good; its history stays until it is dropped.

        Raises:
            InvalidInput: somebody else's run.
        """
        with self._condition:
            run = self._mine(run_id, owner)
            if run is not None:
                run.end(State.STOPPED)

    def settle(self, run_id: str, timeout_s: float) -> bool:
        """Wait until a paused run stands still: no slice under way, no update still asked for.

        Args:
            run_id: of the run.
            timeout_s: seconds to wait at most.

        Returns:
            Whether it stands still.
        """
        run = self._runs.get(run_id)
        if run is None:
            return True
        with self._condition:
            return self._condition.wait_for(lambda: not run.queued, timeout_s)

    def _mine(self, run_id: str, owner: str) -> Run | None:
        run = self._runs.get(run_id)
        if run is not None and not hmac.compare_digest(run.owner.encode(), owner.encode()):
            raise InvalidInput("This training belongs to another visitor; start your own to control it.")
        return run

    def _enqueue(self, run: Run) -> None:
        if not run.queued and run.wanted:
            run.queued = True
            self._queue.append(run)
            self._condition.notify_all()

    def _work(self) -> None:
        torch.set_num_threads(1)  # two threads per job are slower on a shared machine (measured)
        while True:
            with self._condition:
                while not self._queue and not self._stopping:
                    self._sweep()
                    self._condition.wait(SWEEP_EVERY_S)
                if self._stopping:
                    return
                self._sweep()
                run = self._queue.popleft()
            run.advance()
            with self._condition:
                run.queued = False
                self._enqueue(run)
                self._condition.notify_all()  # for settle

    def _sweep(self) -> None:
        """Park runs that no page asked for, drop them later; called with the condition held."""
        now = self.clock()
        if now - self._swept < SWEEP_EVERY_S:
            return
        self._swept = now
        for run in list(self._runs.values()):
            silent = now - run.last_asked
            if silent > DROP_AFTER_S:
                run.end(State.STOPPED)
                del self._runs[run.run_id]
            elif silent > PARK_AFTER_S and run.state.alive and not run.queued and run.parked is None:
                run.park()
            elif silent > PARK_AFTER_S and run.state is State.RUNNING:
                with run.lock:
                    run.set_state(State.PAUSED)  # parked at the next sweep, when no worker holds it


SCHEDULER = Scheduler()
"""The one scheduler of this process."""
