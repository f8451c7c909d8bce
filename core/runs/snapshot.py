"""What a page sees of a run: immutable and bounded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import torch

from core.errors import InvalidInput
from core.runs.history import Kept
from core.runs.job import Job
from core.training.changes import Change
from core.training.evaluate import Evaluation
from core.training.progress import EngineNote
from core.training.trace import StepTrace


class State(StrEnum):
    """Where a run is in its life."""

    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    DIVERGED = "diverged"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def alive(self) -> bool:
        """Whether more updates may follow."""
        return self in (State.RUNNING, State.PAUSED)


@dataclass(frozen=True)
class Snapshot:
    """A run at one moment.

    Attributes:
        run_id: names the run in a URL.
        job: the frozen job that was submitted: its settings are what is shown.
        state: see State.
        mine: whether the owner token that was shown may pause, step and cancel it.
        step: updates done.
        steps: updates in all; 0 until the first slice.
        epoch: passes over the training set so far.
        losses: (update, loss of that update), at most 500.
        evaluations: (update, accuracy on the test set, mean test loss), at most 500.
        evaluation: the newest look at the test set, with its confusion counts.
        evaluated_at: the update of that look.
        seconds: time spent computing.
        updates_per_second: since its start, or since another speed was chosen; waiting for other runs included.
        eta_s: seconds still to go at that speed, None when unknown.
        not_learning: see health.py.
        error: why it failed, when it did.
        parked: paused, and out of memory but for a checkpoint, from which resume goes on.
        weights: copies on the CPU by parameter name, at most 4 times a second, at update ``weights_at``.
        weights_at: the update of these weights.
        weights_copy: counts the copies: a weight that was written by hand makes a new one at the same update.
        parameters: (name, requires_grad, device) of each parameter of the live model.
        replaced: stopped because its owner started another one of the same kind.
        train_evaluations: like ``evaluations``, of the training set (of what of it is looked at).
        train_evaluation: the newest look at the training set, at update ``evaluated_at``.
        lr: the learning rate in force; nan until the first slice.
        changes: what was changed while it ran, in order.
        trace: the last update taken apart, when it was done alone (One update).
        speed: updates a second that its owner allows at most; None: as fast as it can.
        early: finished by early stopping.
        started_at: when it was submitted, UTC.
        updates_per_epoch: at the batch size in force; 0 until the first slice.
        busy: something that was asked for is still to happen: a pause, updates, the end of an epoch, a change.
        refused: why the last change asked for could not be made, None when it was.
        engine: who does its updates; None until the first slice.
        kept: moments to go back to, and the end to go on from.
        origin: names the computation that this run shows, if others can show it, too.
        shared: other visitors whose run it is, too: computed once for all.
        playing: what was computed before is being played, quickly, up to the present or the end.
        trainings: that want a processor now, this one included; 1 while each has its own.
        workers: processors that they share.
    """

    run_id: str
    job: Job
    state: State
    mine: bool
    step: int
    steps: int
    epoch: float
    losses: tuple[tuple[int, float], ...]
    evaluations: tuple[tuple[int, float, float], ...]
    evaluation: Evaluation | None
    evaluated_at: int
    seconds: float
    updates_per_second: float
    eta_s: float | None
    not_learning: bool
    error: InvalidInput | None
    parked: bool
    weights: Mapping[str, torch.Tensor]
    weights_at: int
    parameters: tuple[tuple[str, bool, str], ...]
    replaced: bool = False
    train_evaluations: tuple[tuple[int, float, float], ...] = ()
    train_evaluation: Evaluation | None = None
    lr: float = float("nan")
    changes: tuple[Change, ...] = ()
    trace: StepTrace | None = None
    speed: float | None = None
    early: bool = False
    started_at: datetime | None = None
    updates_per_epoch: int = 0
    busy: bool = False
    refused: InvalidInput | None = None
    engine: EngineNote | None = None
    weights_copy: int = 0
    kept: Kept = field(default_factory=Kept)
    origin: str = ""
    shared: int = 0
    playing: bool = False
    trainings: int = 1
    workers: int = 1

    @property
    def shows(self) -> tuple[str, int]:
        """What changes whenever the weights do that are shown."""
        return self.origin or self.run_id, self.weights_copy
