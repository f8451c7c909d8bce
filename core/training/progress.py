"""How a run stands, as fit tells it after each slice."""

import math
from dataclasses import dataclass, field

from core.errors import InvalidInput
from core.training.evaluate import Evaluation


@dataclass(frozen=True)
class EngineNote:
    """Who does a run's updates.

    Attributes:
        compiled: the compiled engine; else the reference engine, with PyTorch's operations.
        difference: the largest relative one between both in the first updates; None: these are still to come.
        why: why not the compiled engine; None: nobody asked.
    """

    compiled: bool
    difference: float | None = None
    why: InvalidInput | None = None


@dataclass(frozen=True)
class Progress:
    """How a run stands after a slice.

    Attributes:
        step: updates done.
        steps: updates in all.
        epoch: passes over the training set so far, fractional.
        losses: the losses of this slice's updates, in order; the last one is that of update ``step``.
        evaluation: the test set at the current weights, when this slice finished looking at it.
        seconds: time spent in this run's slices so far.
        diverged: a loss was NaN or infinite; nothing follows.
        not_learning: the loss is no better than that of a constant answer (see health.py).
        done: nothing follows.
        train_evaluation: the training set (its first ``train_look`` samples), together with ``evaluation``.
        lr: learning rate of the next update; after the last one, of that.
        early: ended by early stopping before its last update.
        engine: who does its updates.
    """

    step: int
    steps: int
    epoch: float
    losses: tuple[float, ...]
    evaluation: Evaluation | None
    seconds: float
    diverged: bool
    not_learning: bool
    done: bool
    train_evaluation: Evaluation | None = None
    lr: float = math.nan
    early: bool = False
    engine: EngineNote = field(default_factory=lambda: EngineNote(compiled=False))
