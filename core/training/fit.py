"""Training as an iterator: each ``next`` does one slice of work and says how things stand.

Stopping is ceasing to iterate. fit knows nothing of threads, pages or clocks on the wall beyond its own speed.
"""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import torch
from torch import nn

from core.training.checkpoints import Checkpoint, unfit
from core.training.config import TrainConfig
from core.training.data import ClassData
from core.training.engine import AutogradEngine, Engine
from core.training.evaluate import Evaluation, evaluate_in_slices
from core.training.health import Watch, constant_answer_loss

SLICE_S = 0.04  # seconds of work between two looks at the outside world


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


class Fit(Iterator[Progress]):
    """A training run in progress. Make it with ``fit``."""

    def __init__(
        self, model: nn.Module, data: ClassData, config: TrainConfig, engine: Engine, resume: Checkpoint | None
    ) -> None:
        self.model, self.data, self.config, self.engine = model, data, config, engine
        samples = len(data.train_labels)
        self.updates_per_epoch = math.ceil(samples / (config.batch_size or samples))
        self.steps = self.updates_per_epoch * config.epochs
        self.step = 0
        self.seconds = 0.0
        self._update_s = SLICE_S  # first guess: one update a slice
        self._watch = Watch(constant_answer_loss(data.train_labels, data.classes, config.loss), self.updates_per_epoch)
        self._done = False
        self._looking: Generator[None, None, Evaluation] | None = None
        if resume is not None:
            self._resume(resume)
        else:
            self._look()

    def __next__(self) -> Progress:
        """Do one slice (about 40 ms of updates, or a part of a look at the test set)."""
        return self.take(self.slice_updates)

    @property
    def slice_updates(self) -> int:
        """How many updates fit into one slice at the speed of the last one."""
        return max(1, int(SLICE_S / self._update_s))

    def take(self, updates: int, look: bool = False) -> Progress:
        """Do at most ``updates`` updates now.

        Args:
            updates: at least 1; fewer are done at the end and where the test set is due, none while a look at it is
                under way.
            look: look at the test set after the updates, in one go.
        """
        if self._done:
            raise StopIteration
        started = time.perf_counter()
        evaluation: Evaluation | None = None
        losses: list[float] = []
        if self._looking is not None:
            evaluation = self._go_on_looking(to_the_end=False)
        elif self.step < self.steps:
            losses = self._advance(updates)
            if look:
                if self._looking is None:
                    self._look()
                evaluation = self._go_on_looking(to_the_end=True)
        self.seconds += time.perf_counter() - started
        self._done = self._watch.diverged or (self.step >= self.steps and self._looking is None)
        return Progress(
            step=self.step,
            steps=self.steps,
            epoch=self.step / self.updates_per_epoch,
            losses=tuple(losses),
            evaluation=evaluation,
            seconds=self.seconds,
            diverged=self._watch.diverged,
            not_learning=self._watch.not_learning,
            done=self._done,
        )

    def checkpoint(self) -> Checkpoint:
        """Return everything needed to go on bit for bit from here."""
        tensors, numbers = self.engine.state()
        tensors["watch.recent"] = torch.tensor(list(self._watch.recent))
        numbers["looking"] = int(self._looking is not None)
        return Checkpoint(self.config, self.step, self.seconds, tensors, numbers)

    def _resume(self, checkpoint: Checkpoint) -> None:
        recent = checkpoint.tensors.get("watch.recent", torch.empty(()))
        if checkpoint.config != self.config:
            raise unfit("its settings")
        if checkpoint.step != checkpoint.numbers.get("updates") or recent.ndim != 1 or recent.dtype != torch.float32:
            raise unfit("its updates")
        self.engine.restore(checkpoint.tensors, checkpoint.numbers)
        self.step, self.seconds = checkpoint.step, checkpoint.seconds
        self._watch.add(recent.tolist())
        self._watch.seen = self.step
        if checkpoint.numbers.get("looking"):  # a look that was under way starts again
            self._look()

    def _advance(self, updates: int) -> list[float]:
        updates = min(updates, self._next_look() - self.step)
        started = time.perf_counter()
        losses = self.engine.advance(updates)
        self._update_s = (time.perf_counter() - started) / updates
        self.step += updates
        self._watch.add(losses)
        if self.step >= self._next_look(self.step - 1) and not self._watch.diverged:
            self._look()
        return losses

    def _next_look(self, after: int | None = None) -> int:
        """Return the first update after ``after`` (now) at which the test set is due; the last update is one."""
        step = self.step if after is None else after
        looks = self.config.evaluations  # more than there are updates: one after each
        done = step * looks // self.steps
        return -(-(done + 1) * self.steps // looks)  # rounded up

    def _look(self) -> None:
        self._looking = evaluate_in_slices(
            self.model, self.data.test_inputs, self.data.test_labels, self.data.classes, self.config.loss
        )

    def _go_on_looking(self, to_the_end: bool) -> Evaluation | None:
        assert self._looking is not None
        while True:
            try:
                next(self._looking)
            except StopIteration as stop:
                self._looking = None
                result: Evaluation = stop.value
                return result
            if not to_the_end:
                return None


def fit(
    model: nn.Module,
    data: ClassData,
    config: TrainConfig,
    *,
    engine: Engine | None = None,
    resume: Checkpoint | None = None,
) -> Fit:
    """Train a model in place, a slice at a time.

    The same model, data and config give the same losses, bit for bit on one device and one thread, from local
    generators only; they are also those of the plain loop over ``DataLoader(shuffle=True, generator=…)``.

    Args:
        model: inputs → float32 (B, classes), on the data's device.
        data: training set for the updates, test set for the evaluations (one before the first update).
        config: hyperparameters.
        engine: does the updates; None: the reference engine, plain autograd.
        resume: go on from here instead of from the start; saved from a run of the same model, data and config.

    Returns:
        An iterator of Progress. The last one has ``done``.

    Raises:
        InvalidInput: ``resume`` is another run's.
    """
    return Fit(model, data, config, engine or AutogradEngine(model, data, config), resume)
