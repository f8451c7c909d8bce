"""What a page sees of a run: immutable and bounded."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import torch

from core.errors import InvalidInput
from core.training.evaluate import Evaluation


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
        updates_per_second: over the whole run, waiting for other runs included.
        eta_s: seconds still to go at that speed, None when unknown.
        not_learning: see health.py.
        error: why it failed, when it did.
        parked: paused because no page asked for it; resume goes on from a checkpoint.
        weights: copies on the CPU by parameter name, at most 4 times a second, at update ``weights_at``.
        weights_at: the update of these weights.
        parameters: (name, requires_grad, device) of each parameter of the live model.
        replaced: stopped because its owner started another one of the same kind.
    """

    run_id: str
    job: object
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
    weights: dict[str, torch.Tensor]
    weights_at: int
    parameters: tuple[tuple[str, bool, str], ...]
    replaced: bool = False
