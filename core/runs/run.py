"""One run inside the scheduler: its iterator, its history, its life."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

import torch

from core.errors import InvalidInput
from core.runs.clocks import Pace, Stopwatch
from core.runs.history import Record
from core.runs.orders import Order
from core.runs.snapshot import Snapshot, State
from core.training.checkpoints import Checkpoint
from core.training.fit import Fit, Progress
from core.training.trace import StepTrace

log = logging.getLogger(__name__)

COPY_EVERY_S = 0.25
WATCHED_S = 2.0  # weights are copied only for a page that asked this recently


class Job(Protocol):
    """What is submitted: a frozen description that knows how to make its iterator."""

    @property
    def kind(self) -> str:
        """Which lesson it belongs to; an owner has one living run of each kind."""

    def make(self, resume: Checkpoint | None) -> Fit:
        """Build model and data and return the iterator; called on a worker thread."""


class Run:
    """A job being worked on. ``lock`` guards everything that a snapshot reads; one worker at a time advances it."""

    def __init__(self, run_id: str, job: Job, owner: str, clock: Callable[[], float]) -> None:
        self.run_id, self.job, self.owner, self.clock = run_id, job, owner, clock
        self.lock = threading.Lock()
        self.state = State.RUNNING
        self.queued = False  # in the scheduler's queue or in a worker's hands
        self.recorded = False  # whether the book knows of its end, or never shall
        self.asked_updates = 0
        self.asked_epochs = 0  # ends of epochs still to run to before pausing; 0: running on
        self.asked_look = False
        self.goal: int | None = None  # the update that ends the first of the asked epochs
        self.orders: deque[Order] = deque()
        self.pace = Pace(clock)
        self.last_asked = clock()
        self.started_at = datetime.now(UTC)
        self.fit: Fit | None = None
        self.parked: Checkpoint | None = None
        self.record = Record()
        self.error: InvalidInput | None = None
        self.weights: dict[str, torch.Tensor] = {}
        self.weights_at = 0
        self.parameters: tuple[tuple[str, bool, str], ...] = ()
        self._copied = float("-inf")
        self._watch = Stopwatch(clock)
        self.ended_at: float | None = None
        self.replaced = False

    @property
    def wanted(self) -> bool:
        """Whether a worker has something to do here."""
        if self.state is State.PAUSED:
            return bool(self.asked_updates or self.asked_look or self.orders) or self._unsettled
        return self.state is State.RUNNING

    @property
    def due(self) -> float:
        """When a worker shall come, on the clock: a slow run's next turn; anything else is due at once."""
        return self.pace.due if self.state is State.RUNNING and not self.orders else -math.inf

    @property
    def still(self) -> bool:
        """Whether everything that was asked for has happened."""
        if self.state is State.RUNNING:
            return not self.orders and not self.asked_epochs
        return not self.queued and not self.wanted and (self.state.alive or self.recorded)

    @property
    def _unsettled(self) -> bool:
        fit = self.fit
        return fit is not None and self.weights_at != fit.step

    def advance(self) -> None:
        """Do one slice on the calling worker thread, if one is wanted; never raises."""
        try:
            if self.wanted:
                self._work()
            if self.state is State.PAUSED and not self.asked_updates and (fit := self.fit) and self._unsettled:
                self._show(fit)  # the weights of the very update at which it pauses
        except StopIteration:
            self.end(State.FINISHED)
        except InvalidInput as error:
            self.error = error
            self.end(State.FAILED)
        except Exception as error:
            log.exception("run %s failed", self.run_id)
            self.error = InvalidInput(
                "The training stopped because of an error inside ({why}); start it again.", why=type(error).__name__
            )
            self.end(State.FAILED)

    def _work(self) -> None:
        fit = self.fit or self.job.make(self.parked)
        with self.lock:
            if not self.state.alive:
                return
            self.fit, self.parked = fit, None
        if self.orders:
            self._obey(fit)
        with self.lock:
            running, asked, look = self.state is State.RUNNING, self.asked_updates, self.asked_look
        if running:
            self._run(fit)
        elif asked:
            self._count(fit, asked)
        elif look:
            self._look(fit)

    def _run(self, fit: Fit) -> None:
        """Do a slice of a run that goes on by itself, if its pace allows one."""
        with self.lock:
            if self.asked_epochs and self.goal is None:
                self.goal = fit.step + fit.left_in_epoch
            goal, updates = self.goal, self.pace.allowed(fit.slice_updates)
        if not updates and not fit.looking:
            return
        updates = max(1, updates)  # none is done while the test set is looked at
        left = updates if goal is None else goal - fit.step
        progress = fit.take(min(updates, left), look=goal is not None and updates >= left)
        with self.lock:
            self.pace.spend(len(progress.losses), at_once=fit.looking)
        self._note(fit, progress)
        with self.lock:
            if goal is not None and self.goal == goal and fit.step >= goal:  # nothing else was asked for meanwhile
                self.goal = None
                self.asked_epochs -= 1
                if not self.asked_epochs and self.state is State.RUNNING:
                    self.set_state(State.PAUSED)

    def _count(self, fit: Fit, asked: int) -> None:
        """Do updates that were asked for by number; the last one is taken apart when the network is small."""
        traced = int(fit.traceable)
        if asked == traced and not fit.looking:
            trace, progress = fit.trace()
            self._note(fit, progress, trace)
        else:
            updates = min(max(1, asked - traced), fit.slice_updates)
            progress = fit.take(updates, look=updates == asked)
            self._note(fit, progress)
        with self.lock:  # more may have been asked for, or none any more, in the meantime
            self.asked_updates = max(0, self.asked_updates - len(progress.losses))

    def _obey(self, fit: Fit) -> None:
        """Carry out what the owner ordered, between two updates."""
        edited, refused = False, self.record.refused
        with self.lock:
            orders = tuple(self.orders)
        for order in orders:
            try:
                order.carry_out(fit)
                edited, refused = edited or order.touches_weights, None
            except InvalidInput as error:
                refused = error
        with self.lock:
            self.record.changes, self.record.refused = fit.changes, refused
        if edited or self.state is State.PAUSED:
            self._look(fit)
        with self.lock:  # only now: settle waits until they show
            for _ in orders[: len(self.orders)]:  # none is left when the run was ended meanwhile
                self.orders.popleft()

    def _look(self, fit: Fit) -> None:
        self._note(fit, fit.look())
        with self.lock:
            self.asked_look = False
        self._show(fit)

    def _show(self, fit: Fit) -> None:
        weights = {name: value.detach().to("cpu", copy=True) for name, value in fit.model.state_dict().items()}
        parameters = tuple((name, p.requires_grad, str(p.device)) for name, p in fit.model.named_parameters())
        with self.lock:
            self.weights, self.weights_at, self._copied = weights, fit.step, self.clock()
            self.parameters = parameters

    def _note(self, fit: Fit, progress: Progress, trace: StepTrace | None = None) -> None:
        with self.lock:
            self.record.add(fit, progress, trace)
        now = self.clock()
        watched = now - self.last_asked < WATCHED_S and now - self._copied >= COPY_EVERY_S
        if watched or progress.done or not self.weights:
            self._show(fit)
        if progress.done:
            self.end(State.DIVERGED if progress.diverged else State.FINISHED)

    def set_state(self, state: State) -> None:
        """Change the state and keep the clock of running time right; call it with the lock held."""
        self._watch.run(state is State.RUNNING)
        self.state = state
        if state is not State.RUNNING:
            self.asked_epochs, self.goal = 0, None

    def set_speed(self, speed: float | None) -> None:
        """Choose how fast it may go; the measured speed starts anew. Call it with the lock held."""
        self.pace.set(speed)
        self._watch.measure_anew(self.step)

    @property
    def step(self) -> int:
        """Updates done, as far as they are noted."""
        progress = self.record.progress
        return progress.step if progress else 0

    def end(self, state: State) -> None:
        """Give the iterator's memory back; history and last weights stay for the page."""
        with self.lock:
            if not self.state.alive:
                return
            self.set_state(state)
            self.fit = None
            self.parked = None
            self.orders.clear()
            self.ended_at = self.clock()

    def park(self) -> None:
        """Pause, keep a checkpoint, and give the rest back."""
        with self.lock:
            if self.fit is not None:
                self.parked = self.fit.checkpoint()
                self.fit = None
            if self.state is State.RUNNING:
                self.set_state(State.PAUSED)

    def snapshot(self, owner: str) -> Snapshot:
        """Return the run as it stands, for a page that shows ``owner``."""
        self.last_asked = self.clock()
        return self.look_back(owner)

    def look_back(self, owner: str) -> Snapshot:
        """Return the run as it stands; this does not count as a page that asks."""
        with self.lock:
            record, progress, step = self.record, self.record.progress, self.step
            steps = progress.steps if progress else 0
            speed = self._watch.speed(step)
            soon = min(speed, self.pace.speed or math.inf)
            return Snapshot(
                run_id=self.run_id,
                job=self.job,
                state=self.state,
                mine=owner == self.owner,
                step=step,
                steps=steps,
                epoch=progress.epoch if progress else 0.0,
                losses=record.losses.points(),
                evaluations=tuple((at, *values) for at, values in record.evaluations.points()),
                evaluation=record.evaluation,
                evaluated_at=record.evaluated_at,
                seconds=progress.seconds if progress else 0.0,
                updates_per_second=speed,
                eta_s=(steps - step) / soon if soon > 0 and steps else None,
                not_learning=progress.not_learning if progress else False,
                error=self.error,
                parked=self.parked is not None,
                weights=self.weights,
                weights_at=self.weights_at,
                parameters=self.parameters,
                replaced=self.replaced,
                train_evaluations=tuple((at, *values) for at, values in record.train_evaluations.points()),
                train_evaluation=record.train_evaluation,
                lr=progress.lr if progress else math.nan,
                changes=record.changes,
                trace=record.trace,
                speed=self.pace.speed,
                early=progress.early if progress else False,
                started_at=self.started_at,
                updates_per_epoch=record.updates_per_epoch,
                busy=not self.still,
                refused=record.refused,
                kept=record.kept(),
            )


def monotonic() -> float:
    """Return seconds from a clock that never goes back."""
    return time.monotonic()
