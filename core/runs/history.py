"""What is kept of a run for those who look at it: its curves, its newest looks, its changes, moments to go back to."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Generic, TypeVar

import torch

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
        if self.newest is None or self.newest[0] != step:
            self.extend(step, [value])
            return
        self.newest = (step, value)
        if self.kept[-1][0] == step:
            self.kept[-1] = self.newest

    def extend(self, first: int, values: Sequence[T]) -> None:
        """Append the values of steps that follow one another, the first of which is a new one."""
        at = -self.count % self.stride
        while at < len(values):
            self.kept.append((first + at, values[at]))
            if len(self.kept) >= self.most:
                self.kept = self.kept[::2]
                self.stride *= 2
            at += 1
            at += -(self.count + at) % self.stride
        if values:
            self.count += len(values)
            self.newest = (first + len(values) - 1, values[-1])

    def copy(self) -> Curve[T]:
        """Return a curve that goes on from here by itself; the values are shared."""
        other: Curve[T] = Curve(self.most)
        other.stride, other.count, other.kept, other.newest = self.stride, self.count, list(self.kept), self.newest
        return other

    def until(self, step: int) -> Curve[T]:
        """Return a curve that goes on from an earlier step by itself: what was kept up to there."""
        other = self.copy()
        other.kept = [point for point in self.kept if point[0] <= step]
        other.newest = other.kept[-1] if other.kept else None
        other.count = max(0, (len(other.kept) - 1) * self.stride + 1)
        return other

    def points(self) -> tuple[tuple[int, T], ...]:
        """Return at most ``most`` points in rising order, the first and the newest among them."""
        points = tuple(self.kept)
        if self.newest is not None and (not points or points[-1][0] != self.newest[0]):
            points += (self.newest,)
        return points


MOST = 80  # moments of one run
MAX_BYTES = 50_000_000  # of one run's moments: 80 of LeNet-5 take 20 MB; the DNN's, with momentum, allow 10
TENSOR_BYTES = 600  # that torch and Python need for a tensor, be it ever so small


def next_place(step: int) -> int:
    """Return the first update after ``step`` at which a small network's weights are kept: each √2 times the last.

    >>> next_place(0), next_place(1), next_place(2), next_place(16), next_place(1000)
    (1, 2, 3, 23, 1024)
    """
    power = int(2 * math.log2(step)) if step else 0
    while (place := round(2 ** (power / 2))) <= step:
        power += 1
    return place


@dataclass(frozen=True, eq=False)
class Moment:
    """A run at one look at its sets.

    Attributes:
        step: updates done.
        epoch: passes over the training set, fractional.
        test: the look at the test set.
        train: the look at the training set (at what of it is looked at).
        weights: float32, on the CPU, by parameter name; never written to.
        progress: how the run stood, losses aside.
        checkpoint: where it can go on; shares its memory with the weights.
    """

    step: int
    epoch: float
    test: Evaluation
    train: Evaluation | None
    weights: Mapping[str, torch.Tensor]
    progress: Progress | None = field(default=None, repr=False)
    checkpoint: Checkpoint | None = field(default=None, repr=False)


@dataclass(frozen=True, eq=False)
class Kept:
    """What is kept of a run beside its curves.

    Attributes:
        moments: in order, the first and the newest look among them; at most 80, and of large networks fewer.
        end: where a finished run of lesson 4 can go on; None before its last update, and after a divergence.
        record: of that run, which is not written to any more; with ``end`` only.
    """

    moments: tuple[Moment, ...] = ()
    end: Checkpoint | None = None
    record: Record | None = None


class RewindableFit(Fit):
    """A training that can go on after its end.

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
        self.moment_bytes = 0
        self.end: Checkpoint | None = None

    @property
    def spare_bytes(self) -> int:
        """What the moments take, but for two that every run may have."""
        return self.moment_bytes * max(0, len(self.moments.kept) - 2)

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
        self.losses.extend(first, progress.losses)
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
        if tested is not None:
            self.keep(fit, progress)
        over = progress.done and progress.step == progress.steps and not progress.diverged
        if over and isinstance(fit, RewindableFit) and self.moments.newest is not None:
            self.end = self.moments.newest[1].checkpoint

    def kept(self) -> Kept:
        """Return the moments, and the end of a run that has one."""
        return Kept(tuple(moment for _, moment in self.moments.points()), self.end, self if self.end else None)

    def keep(self, fit: Fit, progress: Progress) -> None:
        """Keep a network's weights, and where it can go on.

        Args:
            fit: the training.
            progress: how it stands, with a look at the sets.
        """
        assert progress.evaluation is not None
        checkpoint = fit.checkpoint()
        self.moment_bytes = sum(
            value.numel() * value.element_size() + TENSOR_BYTES for value in checkpoint.tensors.values()
        )
        self.moments.most = max(2, min(MOST, MAX_BYTES // self.moment_bytes))
        kept = Moment(
            progress.step,
            progress.epoch,
            progress.evaluation,
            progress.train_evaluation,
            MappingProxyType(checkpoint.weights()),
            replace(progress, losses=()),
            checkpoint,
        )
        self.moments.add(progress.step, kept)

    def thin(self) -> None:
        """Give half of the moments up."""
        self.moments.kept = self.moments.kept[::2]
        self.moments.stride *= 2

    def until(self, moment: Moment | None) -> Record:
        """Return what this was at a moment, None for now: a record that goes on by itself."""
        other, step = Record(), moment.step if moment is not None else self.evaluated_at
        other.go_on(self)
        other.moment_bytes, other.updates_per_epoch = self.moment_bytes, self.updates_per_epoch
        other.progress, other.changes, other.refused = self.progress, self.changes, self.refused
        if moment is None:
            other.trace, other.end = self.trace, self.end
            return other
        other.losses = _curve_of(self.each_loss, step) if step <= len(self.each_loss) else self.losses.until(step)
        other.each_loss = self.each_loss[:step]
        other.evaluations, other.train_evaluations = self.evaluations.until(step), self.train_evaluations.until(step)
        other.moments = self.moments.until(step)
        other.progress = moment.progress
        other.evaluation, other.train_evaluation, other.evaluated_at = moment.test, moment.train, step
        return other

    def go_on(self, earlier: Record) -> None:
        """Begin with the history of the run that this one goes on from."""
        self.losses, self.evaluations = earlier.losses.copy(), earlier.evaluations.copy()
        self.each_loss = earlier.each_loss[:]
        self.train_evaluations, self.moments = earlier.train_evaluations.copy(), earlier.moments.copy()
        self.evaluation, self.train_evaluation = earlier.evaluation, earlier.train_evaluation
        self.evaluated_at = earlier.evaluated_at


def _curve_of(losses: array[float], step: int) -> Curve[float]:
    """Return the curve of the first ``step`` losses, as adding one after the other makes it."""
    curve: Curve[float] = Curve()
    while -(-step // curve.stride) >= curve.most:
        curve.stride *= 2
    curve.count = step
    curve.kept = [(at + 1, losses[at]) for at in range(0, step, curve.stride)]
    curve.newest = (step, losses[step - 1]) if step else None
    return curve
