"""Training as an iterator: each ``next`` does one slice of work and says how things stand.

Stopping is ceasing to iterate. fit knows nothing of threads, pages or clocks on the wall beyond its own speed.
"""

import math
import time
from collections.abc import Iterator

import torch
from torch import nn

from core.data.problem import ClassData
from core.training import changes as hand
from core.training.changes import Change
from core.training.checkpoints import Checkpoint, unfit
from core.training.config import TrainConfig, checked_rate
from core.training.engine import AutogradEngine
from core.training.engines import engine_for
from core.training.health import Watch, constant_answer_loss
from core.training.looks import Look, Looks
from core.training.preflight import check_batch_norm
from core.training.progress import Progress
from core.training.trace import MAX_NUMBERS, StepTrace

SLICE_S = 0.04  # seconds of work between two looks at the outside world


class Fit(Iterator[Progress]):
    """A training run in progress. Make it with ``fit``."""

    def __init__(
        self,
        model: nn.Module,
        data: ClassData,
        config: TrainConfig,
        engine: AutogradEngine,
        resume: Checkpoint | None,
        train_look: int = 0,
    ) -> None:
        self.model, self.data, self.config, self.engine = model, data, config, engine
        self.changes: tuple[Change, ...] = ()
        self.seconds = 0.0
        self._numbers = sum(value.numel() for value in model.parameters())
        self._update_s = SLICE_S  # first guess: one update a slice
        self._watch = Watch(constant_answer_loss(data.train_labels, data.classes, config.loss), self.updates_per_epoch)
        self._looks = Looks(model, data, config, train_look, engine.outputs)
        self._done = False
        if resume is not None:
            self._resume(resume)
        else:
            self._looks.begin()

    @property
    def step(self) -> int:
        """Updates done."""
        return self.engine.step

    @property
    def steps(self) -> int:
        """Updates in all, at the batch sizes that were chosen."""
        return self.engine.table.steps

    @property
    def updates_per_epoch(self) -> int:
        """Updates in the epoch of the next update; after the last one, in that."""
        return self.engine.table.part(min(self.step, self.steps - 1)).updates_per_epoch

    @property
    def left_in_epoch(self) -> int:
        """Updates to the end of the epoch under way; between two epochs, of the next one."""
        return self.engine.table.end_of(self.step + 1) - self.step if self.step < self.steps else 0

    @property
    def looking(self) -> bool:
        """Whether a look at the test set is under way: the next slice goes on with it and does no update."""
        return self._looks.under_way

    @property
    def traceable(self) -> bool:
        """Whether the network is so small that a trace keeps all its parameters and gradients."""
        return self._numbers <= MAX_NUMBERS

    @property
    def slice_updates(self) -> int:
        """How many updates fit into one slice at the speed of the last one."""
        return max(1, int(SLICE_S / self._update_s))

    def __next__(self) -> Progress:
        """Do one slice (about 40 ms of updates, or a part of a look at the test set)."""
        return self.take(self.slice_updates)

    def take(self, updates: int, look: bool = False) -> Progress:
        """Do at most ``updates`` updates now.

        Args:
            updates: at least 1; fewer are done at the end and where the test set is due, none while a look at it is
                under way.
            look: look at the test set after the updates, in one go.
        """
        started = self._begin()
        found: Look | None = None
        losses: list[float] = []
        if self._looks.under_way:
            found = self._looks.go_on()
        elif self.step < self.steps:
            losses = self._advance(updates)
            if look:
                found = self._looks.at_once()
        return self._progress(started, losses, found)

    def look(self) -> Progress:
        """Look at the test set in one go, without an update; early stopping does not count it, unless it was due."""
        started = self._begin()
        return self._progress(started, [], self._looks.at_once())

    def trace(self) -> tuple[StepTrace, Progress]:
        """Do exactly one update, take it apart, and look at the test set; its loss is that of ``take(1)``.

        Returns:
            What each line of the update did, and how things stand after it. A look that was under way before is
            finished first; only the one after the update is told.
        """
        started = self._begin()
        if self._looks.under_way:
            self._looks.at_once()
        if self.step >= self.steps or self._looks.patience_is_over:
            self._done = True
            raise StopIteration
        due = self._looks.next_due(self.step, self.steps)
        traced = self.engine.traced()
        self._note([traced.loss], due)
        return traced, self._progress(started, [traced.loss], self._looks.at_once())

    def change(self, lr: float | None = None, batch_size: int | None = None) -> None:
        """Go on with another learning rate or batch size; None: as it is.

        Args:
            lr: from the next update on; the schedule goes on from it.
            batch_size: from the next epoch on (between two epochs, at once); 0: the whole training set.

        Raises:
            InvalidInput: a value that no run can have, too many changes, or no epoch follows.
        """
        changes = self.changes
        if lr is not None:
            changes = hand.added(changes, Change(self.step, "lr", checked_rate(lr)))
        if batch_size is not None:
            changes = hand.added(changes, Change(self.step, "batch_size", batch_size))
            check_batch_norm(self.model, self.engine.table.samples, batch_size)
        self.engine.change(lr, batch_size)
        self.changes = changes

    def edit(self, name: str, index: tuple[int, ...], value: float) -> None:
        """Set one number of one parameter; training goes on from there.

        Args:
            name: as in ``model.named_parameters()``, e.g. "net.0.weight".
            index: its place, one number for each axis, counted from 0.
            value: the new one, −1 000 000 … 1 000 000.

        Raises:
            InvalidInput: there is no such number, it cannot have that value, or there are too many changes.
        """
        hand.parameter(self.model, name, index)
        hand.added(self.changes, Change(self.step, "weight", value, name, index))
        written = self.engine.edit(name, index, value)
        self.changes = hand.added(self.changes, Change(self.step, "weight", written, name, index))

    def checkpoint(self) -> Checkpoint:
        """Return everything needed to go on bit for bit from here."""
        tensors, numbers = self.engine.state()
        tensors["watch.recent"] = torch.tensor(list(self._watch.recent))
        numbers["looking"] = int(self._looks.under_way)
        if self._looks.best < math.inf:
            tensors["looks.best"] = torch.tensor(self._looks.best, dtype=torch.float64)
        numbers["worse"] = self._looks.worse
        return Checkpoint(self.config, self.step, self.seconds, tensors, numbers, self.changes, self.engine.masks)

    def _resume(self, checkpoint: Checkpoint) -> None:
        tensors, numbers = checkpoint.tensors, checkpoint.numbers
        recent = tensors.get("watch.recent", torch.empty(()))
        best = tensors.get("looks.best", torch.tensor(math.inf, dtype=torch.float64))
        if checkpoint.config != self.config:
            raise unfit("its settings")
        if checkpoint.step != numbers.get("updates") or recent.ndim != 1 or recent.dtype != torch.float32:
            raise unfit("its updates")
        if best.ndim or best.dtype != torch.float64:
            raise unfit("its looks")
        self.engine.restore(tensors, numbers, checkpoint.changes, checkpoint.masks)
        self.changes, self.seconds = checkpoint.changes, checkpoint.seconds
        self._watch.add(recent.tolist())
        self._looks.best, self._looks.worse = float(best), numbers.get("worse", 0)
        if numbers.get("looking"):  # a look that was under way starts again
            self._looks.begin()

    def _begin(self) -> float:
        if self._done:
            raise StopIteration
        return time.perf_counter()

    def _progress(self, started: float, losses: list[float], found: Look | None) -> Progress:
        self.seconds += time.perf_counter() - started
        looks, at_end = self._looks, self.step >= self.steps
        early = looks.patience_is_over and not at_end and not looks.under_way
        self._done = self._watch.diverged or early or (at_end and not looks.under_way)
        return Progress(
            step=self.step,
            steps=self.steps,
            epoch=self.engine.table.epoch(self.step),
            losses=tuple(losses),
            evaluation=found.test if found else None,
            seconds=self.seconds,
            diverged=self._watch.diverged,
            not_learning=self._watch.not_learning(self.step),
            done=self._done,
            train_evaluation=found.train if found else None,
            lr=self.engine.lr,
            early=early,
            engine=self.engine.note,
        )

    def _advance(self, updates: int) -> list[float]:
        due = self._looks.next_due(self.step, self.steps)
        updates = min(updates, due - self.step)
        started = time.perf_counter()
        losses = self.engine.advance(updates)
        self._update_s = (time.perf_counter() - started) / updates
        self._note(losses, due)
        return losses

    def _note(self, losses: list[float], due: int) -> None:
        """Take note of updates that were done; begin the look if it is due after them."""
        self._watch.add(losses)
        if self.step >= due and not self._watch.diverged:
            self._looks.begin()


def fit(
    model: nn.Module,
    data: ClassData,
    config: TrainConfig,
    *,
    engine: AutogradEngine | None = None,
    resume: Checkpoint | None = None,
    train_look: int = 0,
) -> Fit:
    """Train a model in place, a slice at a time.

    The same model, data and config give the same losses, bit for bit on one device and one thread, from local
    generators only; they are also those of the plain loop over ``DataLoader(shuffle=True, generator=…)``.

    Args:
        model: inputs → float32 (B, classes), on the data's device.
        data: training set for the updates, test set for the evaluations (one before the first update).
        config: hyperparameters.
        engine: does the updates; None: see core.training.engines.
        resume: go on from here instead of from the start; saved from a run of the same model, data and config.
        train_look: training samples that are looked at together with the test set, from the first on; 0: none.

    Returns:
        An iterator of Progress. The last one has ``done``.

    Raises:
        InvalidInput: ``resume`` is another run's.
    """
    return Fit(model, data, config, engine or engine_for(model, data, config, resume), resume, train_look)
