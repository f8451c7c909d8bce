"""Moments of a run that are kept, so that a slider can go back through it, and its end, from which it can go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import torch

from core.errors import InvalidInput
from core.training.checkpoints import Checkpoint
from core.training.evaluate import Evaluation
from core.training.fit import Fit
from core.training.history import Curve
from core.training.progress import Progress

if TYPE_CHECKING:
    from core.training.mnist_job import MnistJob
    from core.training.record import Record
    from core.training.snapshot import Snapshot

MOST = 40  # moments of one run
MAX_BYTES = 25_000_000  # of one run's moments: 40 of LeNet-5 take 10 MB, the DNN's allow 10


@dataclass(frozen=True, eq=False)
class Moment:
    """A run at one look at the test set.

    Attributes:
        step: updates done.
        epoch: passes over the training set, fractional.
        test: the look at the test set.
        train: the look at the training set (at what of it is looked at).
        weights: float32, on the CPU, by parameter name; never written to.
    """

    step: int
    epoch: float
    test: Evaluation
    train: Evaluation | None
    weights: Mapping[str, torch.Tensor]


@dataclass(frozen=True, eq=False)
class Kept:
    """What is kept of a run beside its curves.

    Attributes:
        moments: in order, the first and the newest look among them; at most 40, and of large networks fewer.
        end: where a finished run can go on; None before its last update, and after a divergence.
        record: of that run, which is not written to any more; with ``end`` only.
    """

    moments: tuple[Moment, ...] = ()
    end: Checkpoint | None = None
    record: Record | None = None


class Rewind:
    """Collects the moments of one run, thinned evenly. Not safe between threads: the run's lock guards it."""

    def __init__(self) -> None:
        self._moments: Curve[Moment] | None = None

    def add(self, fit: Fit, progress: Progress) -> None:
        """Keep the network's weights, if this slice finished a look at the test set.

        Args:
            fit: whose network it is; no update has followed the look.
            progress: of the slice.
        """
        if progress.evaluation is None:
            return
        weights = {name: value.detach().to("cpu", copy=True) for name, value in fit.model.state_dict().items()}
        if self._moments is None:
            size = sum(value.numel() * value.element_size() for value in weights.values())
            self._moments = Curve(max(2, min(MOST, MAX_BYTES // max(1, size))))
        moment = Moment(
            progress.step,
            progress.epoch,
            progress.evaluation,
            progress.train_evaluation,
            MappingProxyType(weights),
        )
        self._moments.add(progress.step, moment)

    def copy(self) -> Rewind:
        """Return one that goes on from here by itself; the moments are shared."""
        other = Rewind()
        other._moments = self._moments.copy() if self._moments else None
        return other

    def moments(self) -> tuple[Moment, ...]:
        """Return what is kept, in order."""
        return tuple(moment for _, moment in self._moments.points()) if self._moments else ()


class RewindableFit(Fit):
    """A training whose moments and whose end are kept.

    Attributes:
        earlier: what was kept of the run that it goes on from.
    """

    earlier: Kept | None = None


def nearest(moments: tuple[Moment, ...], step: int) -> Moment | None:
    """Return the moment nearest to an update, the earlier one of two; None when there is none."""
    return min(moments, key=lambda moment: (abs(moment.step - step), moment.step), default=None)


def continued(now: Snapshot, epochs: int) -> MnistJob:
    """Return a job that takes a finished run on, as if it had been longer from the start.

    Its losses, looks, moments and weights are those of one run of so many epochs, bit for bit; only where moments or
    points of a curve were thinned out may others be left.

    Args:
        now: the finished run.
        epochs: in all, more than it has done.

    Raises:
        InvalidInput: it has not finished, it cannot go on, or it would be over budget.
    """
    from core.training.mnist_job import MnistJob

    if not isinstance(now.job, MnistJob) or now.kept.end is None:
        raise InvalidInput("Only a run that has done all its epochs can go on for more; let this one finish first.")
    return now.job.longer(epochs, now.kept)
