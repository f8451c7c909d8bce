"""One run inside the scheduler: its iterator, its history, its life."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Protocol

import torch

from core.errors import InvalidInput
from core.training.checkpoints import Checkpoint
from core.training.evaluate import Evaluation
from core.training.fit import Fit, Progress
from core.training.history import Curve
from core.training.snapshot import Snapshot, State

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
        self.asked_updates = 0
        self.last_asked = clock()
        self.fit: Fit | None = None
        self.parked: Checkpoint | None = None
        self.losses: Curve[float] = Curve()
        self.evaluations: Curve[tuple[float, float]] = Curve()
        self.evaluation: Evaluation | None = None
        self.evaluated_at = 0
        self.progress: Progress | None = None
        self.error: InvalidInput | None = None
        self.weights: dict[str, torch.Tensor] = {}
        self.weights_at = 0
        self.parameters: tuple[tuple[str, bool, str], ...] = ()
        self._copied = float("-inf")
        self._running_since: float | None = clock()
        self._running_s = 0.0
        self.ended_at: float | None = None
        self.replaced = False

    @property
    def wanted(self) -> bool:
        """Whether a worker has something to do here."""
        return self.state is State.RUNNING or (self.state is State.PAUSED and self.asked_updates > 0)

    def advance(self) -> None:
        """Do one slice on the calling worker thread, if one is wanted; never raises."""
        try:
            if self.wanted:
                self._slice()
            self._settle()
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

    def _slice(self) -> None:
        fit = self.fit or self.job.make(self.parked)
        with self.lock:
            if not self.state.alive:
                return
            self.fit, self.parked = fit, None
            asked = self.asked_updates
        if not asked:
            self._note(fit, next(fit))
            return
        updates = min(asked, fit.slice_updates)
        progress = fit.take(updates, look=updates == asked)
        with self.lock:  # more may have been asked for, or none any more, in the meantime
            self.asked_updates = max(0, self.asked_updates - len(progress.losses))
        self._note(fit, progress)

    def _settle(self) -> None:
        """Show the weights of the very update at which a run pauses."""
        fit = self.fit
        if self.state is State.PAUSED and not self.wanted and fit is not None and self.weights_at != fit.step:
            self._show(fit)

    def _show(self, fit: Fit) -> None:
        weights = {name: value.detach().to("cpu", copy=True) for name, value in fit.model.state_dict().items()}
        parameters = tuple((name, p.requires_grad, str(p.device)) for name, p in fit.model.named_parameters())
        with self.lock:
            self.weights, self.weights_at, self._copied = weights, fit.step, self.clock()
            self.parameters = parameters

    def _note(self, fit: Fit, progress: Progress) -> None:
        with self.lock:
            first = progress.step - len(progress.losses) + 1
            for offset, loss in enumerate(progress.losses):
                self.losses.add(first + offset, loss)
            if progress.evaluation is not None:
                self.evaluation, self.evaluated_at = progress.evaluation, progress.step
                self.evaluations.add(progress.step, (progress.evaluation.accuracy, progress.evaluation.loss))
            self.progress = progress
        now = self.clock()
        watched = now - self.last_asked < WATCHED_S and now - self._copied >= COPY_EVERY_S
        if watched or progress.done or not self.weights:
            self._show(fit)
        if progress.done:
            self.end(State.DIVERGED if progress.diverged else State.FINISHED)

    def set_state(self, state: State) -> None:
        """Change the state and keep the clock of running time right; call it with the lock held."""
        now = self.clock()
        if self._running_since is not None and state is not State.RUNNING:
            self._running_s += now - self._running_since
            self._running_since = None
        elif self._running_since is None and state is State.RUNNING:
            self._running_since = now
        self.state = state

    def end(self, state: State) -> None:
        """Give the iterator's memory back; history and last weights stay for the page."""
        with self.lock:
            if not self.state.alive:
                return
            self.set_state(state)
            self.fit = None
            self.parked = None
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
        with self.lock:
            self.last_asked = now = self.clock()
            running = self._running_s + (now - self._running_since if self._running_since is not None else 0.0)
            step = self.progress.step if self.progress else 0
            steps = self.progress.steps if self.progress else 0
            speed = step / running if running > 0 else 0.0
            return Snapshot(
                run_id=self.run_id,
                job=self.job,
                state=self.state,
                mine=owner == self.owner,
                step=step,
                steps=steps,
                epoch=self.progress.epoch if self.progress else 0.0,
                losses=self.losses.points(),
                evaluations=tuple((at, *values) for at, values in self.evaluations.points()),
                evaluation=self.evaluation,
                evaluated_at=self.evaluated_at,
                seconds=self.progress.seconds if self.progress else 0.0,
                updates_per_second=speed,
                eta_s=(steps - step) / speed if speed > 0 and steps else None,
                not_learning=self.progress.not_learning if self.progress else False,
                error=self.error,
                parked=self.parked is not None,
                weights=self.weights,
                weights_at=self.weights_at,
                parameters=self.parameters,
                replaced=self.replaced,
            )


def monotonic() -> float:
    """Return seconds from a clock that never goes back."""
    return time.monotonic()
