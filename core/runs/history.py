"""What is kept of a run for those who look at it: its curves, its newest looks, its changes, lesson 4's moments."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Generic, TypeVar

import torch
from torch import nn

from core.errors import InvalidInput
from core.training.changes import Change
from core.training.checkpoints import Checkpoint
from core.training.evaluate import Evaluation
from core.training.fit import Fit
from core.training.progress import Progress
from core.training.trace import StepTrace

T = TypeVar("T")

MAX_POINTS = 500
MAX_EACH = 20_000  # updates whose losses are kept one by one, for the curve that plt.plot(losses) would draw: 160 kB


class Curve(Generic[T]):
    """Keeps every k-th (step, value), with k doubling whenever 500 are kept; the newest is always shown.

    Points are picked, not averaged: every number on the screen is one that the run produced.

    >>> curve = Curve(most=4)
    >>> for step in range(1, 10):
    ...     curve.add(step, step * 10)
    >>> curve.points()
    ((1, 10), (5, 50), (9, 90))
    """

    def __init__(self, most: int = MAX_POINTS) -> None:
        self.most = most
        self.stride = 1
        self.count = 0
        self.kept: list[tuple[int, T]] = []
        self.newest: tuple[int, T] | None = None

    def add(self, step: int, value: T) -> None:
        """Append a point; steps come in rising order, and one that comes again replaces the point that it had."""
        again = self.newest is not None and self.newest[0] == step
        self.newest = (step, value)
        if again:
            if self.kept[-1][0] == step:
                self.kept[-1] = self.newest
            return
        if self.count % self.stride == 0:
            self.kept.append(self.newest)
        self.count += 1
        if len(self.kept) >= self.most:
            self.kept = self.kept[::2]
            self.stride *= 2

    def copy(self) -> Curve[T]:
        """Return a curve that goes on from here by itself; the values are shared."""
        other: Curve[T] = Curve(self.most)
        other.stride, other.count, other.kept, other.newest = self.stride, self.count, list(self.kept), self.newest
        return other

    def points(self) -> tuple[tuple[int, T], ...]:
        """Return at most ``most`` points in rising order, the first and the newest among them."""
        points = tuple(self.kept)
        if self.newest is not None and (not points or points[-1][0] != self.newest[0]):
            points += (self.newest,)
        return points


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


class RewindableFit(Fit):
    """A training whose moments and whose end are kept.

    Attributes:
        earlier: what was kept of the run that it goes on from.
    """

    earlier: Kept | None = None


def nearest(moments: tuple[Moment, ...], step: int) -> Moment | None:
    """Return the moment nearest to an update, the earlier one of two; None when there is none."""
    return min(moments, key=lambda moment: (abs(moment.step - step), moment.step), default=None)


class Record:
    """The history of one run, bounded. Not safe between threads: the run's lock guards it."""

    def __init__(self) -> None:
        self.losses: Curve[float] = Curve()
        self.each_loss = array("d")
        self.evaluations: Curve[tuple[float, float]] = Curve()
        self.train_evaluations: Curve[tuple[float, float]] = Curve()
        self.evaluation: Evaluation | None = None
        self.train_evaluation: Evaluation | None = None
        self.evaluated_at = 0
        self.progress: Progress | None = None
        self.trace: StepTrace | None = None
        self.changes: tuple[Change, ...] = ()
        self.refused: InvalidInput | None = None
        self.updates_per_epoch = 0
        self.moments: Curve[Moment] = Curve(MOST)
        self.end: Checkpoint | None = None

    def add(self, fit: Fit, progress: Progress, trace: StepTrace | None = None) -> None:
        """Take note of a slice.

        Args:
            fit: that did it.
            progress: what came of it.
            trace: of its one update, when that was taken apart.
        """
        if self.progress is None and isinstance(fit, RewindableFit) and fit.earlier and fit.earlier.record:
            self.go_on(fit.earlier.record)
        first = progress.step - len(progress.losses) + 1
        for offset, loss in enumerate(progress.losses):
            self.losses.add(first + offset, loss)
        if len(self.each_loss) == first - 1 < MAX_EACH:
            self.each_loss.extend(progress.losses)
        if progress.losses:
            self.trace = trace
        tested, trained = progress.evaluation, progress.train_evaluation
        if tested is not None:
            self.evaluation, self.train_evaluation, self.evaluated_at = tested, trained, progress.step
            self.evaluations.add(progress.step, (tested.accuracy, tested.loss))
            if trained is not None:
                self.train_evaluations.add(progress.step, (trained.accuracy, trained.loss))
        self.progress, self.changes = progress, fit.changes
        self.updates_per_epoch = fit.updates_per_epoch
        if isinstance(fit, RewindableFit):
            self.keep(fit.model, progress)
            if progress.done and progress.step == progress.steps and not progress.diverged:
                self.end = fit.checkpoint()

    def kept(self) -> Kept:
        """Return the moments, and the end of a run that has one."""
        return Kept(tuple(moment for _, moment in self.moments.points()), self.end, self if self.end else None)

    def keep(self, model: nn.Module, progress: Progress) -> None:
        """Keep a network's weights, if the slice that was just done finished a look at the test set."""
        test = progress.evaluation
        if test is None:
            return
        weights = {name: value.detach().to("cpu", copy=True) for name, value in model.state_dict().items()}
        if self.moments.newest is None:
            size = sum(value.numel() * value.element_size() for value in weights.values())
            self.moments = Curve(max(2, min(MOST, MAX_BYTES // max(1, size))))
        kept = Moment(progress.step, progress.epoch, test, progress.train_evaluation, MappingProxyType(weights))
        self.moments.add(progress.step, kept)

    def go_on(self, earlier: Record) -> None:
        """Begin with the history of the run that this one goes on from."""
        self.losses, self.evaluations = earlier.losses.copy(), earlier.evaluations.copy()
        self.each_loss = earlier.each_loss[:]
        self.train_evaluations, self.moments = earlier.train_evaluations.copy(), earlier.moments.copy()
        self.evaluation, self.train_evaluation = earlier.evaluation, earlier.train_evaluation
        self.evaluated_at = earlier.evaluated_at
