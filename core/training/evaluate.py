"""Accuracy, loss, confusion counts and R²: the one place that computes them."""

import math
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import nn

from core.data.digits import part
from core.training.losses import ALL_LOSSES, targets_for

T = TypeVar("T")

SLICE_VALUES = 1024 * 784  # input values per forward pass: LeNet-5 needs about 40 ms for 1024 digits on one core

QUICKER = 5  # times as many, when others than torch answer


@dataclass(frozen=True)
class Evaluation:
    """How a network did on a set of samples.

    Attributes:
        samples: how many were looked at.
        correct: how many had their largest output at the true class; 0 for a regression.
        loss: mean loss per sample (where targets are rows of numbers: per output).
        confusion: counts; row = true class, column = answered class; empty for a regression.
        r2: for a regression, the share of the answers' variance that is explained, 1 − Σ(y − ŷ)²/Σ(y − mean)², at
            most 1; None for classes, and where all true answers are alike.
    """

    samples: int
    correct: int
    loss: float
    confusion: tuple[tuple[int, ...], ...]
    r2: float | None = None

    @property
    def accuracy(self) -> float:
        """Share of right answers, 0 … 1; nan for a regression."""
        return self.correct / self.samples if self.confusion else math.nan

    @property
    def majority(self) -> float:
        """Share of the most frequent true class: what a network scores that always gives the same answer."""
        return max(sum(row) for row in self.confusion) / self.samples if self.confusion else math.nan


def evaluate(
    model: nn.Module, inputs: torch.Tensor, labels: torch.Tensor, classes: int, loss: str = "cross_entropy"
) -> Evaluation:
    """Run a forward pass over a set, without gradients, in eval mode.

    Args:
        model: inputs → float32 (B, classes).
        inputs: float32 (n, …), n ≥ 1, on the model's device.
        labels: int64 (n,); for a regression float32 (n, outputs).
        classes: number of classes, 0 for a regression.
        loss: a key of ALL_LOSSES.

    Returns:
        Counts over all n samples; the course's row-wise test (2.6), not its column-wise line.
    """
    return at_one_go(evaluate_in_slices(model, inputs, labels, classes, loss))


def at_one_go(slices: Generator[None, None, T]) -> T:
    """Return what a generator returns in the end, without giving way."""
    while True:
        try:
            next(slices)
        except StopIteration as stop:
            result: T = stop.value
            return result


def evaluate_in_slices(
    model: nn.Module,
    inputs: torch.Tensor,
    labels: torch.Tensor,
    classes: int,
    loss: str = "cross_entropy",
    targets: torch.Tensor | None = None,
    answers: Callable[[torch.Tensor], torch.Tensor | None] = lambda inputs: None,
) -> Generator[None, None, Evaluation]:
    """Evaluate a network bit by bit: a generator that gives way between slices and returns what ``evaluate`` does.

    A slice is one forward pass of at most SLICE_VALUES input values, or of more when ``answers`` answers.

    Args:
        model: in eval mode during a slice, and in between in the mode that it was in.
        inputs: float32 (n, …), n ≥ 1.
        labels: int64 (n,), or float32 (n, outputs) of a regression.
        classes: number of classes, 0 for a regression.
        loss: a key of ALL_LOSSES.
        targets: ``targets_for(loss, labels, classes)``; None: it is computed.
        answers: returns what the model says of inputs in eval mode, float32 (n, outputs); None: the model is asked.
    """
    wanted = targets_for(loss, labels, classes) if targets is None else targets
    found: list[torch.Tensor] = []  # answers, a row an output
    usual = size = max(1, SLICE_VALUES // math.prod(inputs.shape[1:]))
    start = 0
    while start < len(inputs):
        if start:
            yield
        batch = part(inputs, slice(start, start + size))
        with torch.inference_mode():
            given = answers(batch)
            found.append((_asked(model, batch[:]) if given is None else given).T)
        start += size
        size = usual if given is None else usual * QUICKER
    with torch.inference_mode():
        outputs = (torch.cat(found, dim=1) if len(found) > 1 else found[0]).T
        mean = by_columns if loss == "cross_entropy" else ALL_LOSSES[loss].function
        table, errors = torch.zeros(0, 0), 0.0
        if classes:  # of outputs that are alike the first
            pairs = labels * classes + outputs.max(dim=1).indices
            table = torch.bincount(pairs, minlength=classes * classes).reshape(classes, classes).cpu()
        else:
            errors = float((outputs.double() - labels.double()).square().sum())
        return Evaluation(
            samples=len(inputs),
            correct=int(table.diagonal().sum()),
            loss=float(mean(outputs, wanted)),
            confusion=tuple(tuple(row) for row in table.tolist()),
            r2=None if classes else _explained(errors, labels),
        )


def by_columns(outputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return the cross-entropy of outputs (n, classes): to rounding torch's, in a tenth of its time for few classes."""
    return nn.functional.nll_loss(nn.functional.log_softmax(outputs.T, dim=0).T, labels)


def _asked(model: nn.Module, batch: torch.Tensor) -> torch.Tensor:
    was_training = model.training
    model.eval()
    outputs: torch.Tensor = model(batch)
    model.train(was_training)
    return outputs


def _explained(errors: float, truth: torch.Tensor) -> float | None:
    """Return 1 − Σ(y − ŷ)²/Σ(y − mean)² over all outputs together."""
    spread = float((truth.double() - truth.double().mean(dim=0)).square().sum())
    return 1 - errors / spread if spread > 0 else None
