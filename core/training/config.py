"""What a training run is told: plain values, checked before anything starts."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import nn

from core.data.synthetic import checked_seed
from core.errors import InvalidInput

MAX_EPOCHS, MAX_BATCH, MAX_LR, MAX_EVALUATIONS = 10_000, 70_000, 100.0, 500


def _mse(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return nn.functional.mse_loss(outputs, targets)


def _cross_entropy(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return nn.functional.cross_entropy(outputs, targets)


@dataclass(frozen=True)
class Loss:
    """A loss function of (outputs float32 (B, classes), targets) → scalar, and whether targets are one-hot rows."""

    function: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
    one_hot: bool


LOSSES = {"mse": Loss(_mse, one_hot=True), "cross_entropy": Loss(_cross_entropy, one_hot=False)}

Parameters = Iterable[nn.Parameter]


def _sgd(parameters: Parameters, config: TrainConfig) -> torch.optim.Optimizer:
    return torch.optim.SGD(parameters, lr=config.lr, momentum=config.momentum)


def _adam(parameters: Parameters, config: TrainConfig) -> torch.optim.Optimizer:
    return torch.optim.Adam(parameters, lr=config.lr)


OPTIMISERS: dict[str, Callable[[Parameters, TrainConfig], torch.optim.Optimizer]] = {"sgd": _sgd, "adam": _adam}


@dataclass(frozen=True)
class TrainConfig:
    """The hyperparameters of one run.

    Attributes:
        loss: a key of LOSSES.
        optimiser: a key of OPTIMISERS.
        lr: learning rate, above 0 and at most 100.
        momentum: 0 ≤ momentum < 1; only "sgd" uses it.
        batch_size: samples per update; 0 means the whole training set (batch gradient descent, never reshuffled).
        epochs: passes over the training set, 1 … 10 000.
        seed: of the batch order; the same numbers as DataLoader(shuffle=True, generator=manual_seed(seed)).
        evaluations: how many times the test set is looked at during the run, spread evenly, 1 … 500.

    Raises:
        InvalidInput: naming the value, the rule and the remedy.
    """

    loss: str = "cross_entropy"
    optimiser: str = "sgd"
    lr: float = 0.01
    momentum: float = 0.0
    batch_size: int = 64
    epochs: int = 5
    seed: int = 0
    evaluations: int = 20

    def __post_init__(self) -> None:
        if self.loss not in tuple(LOSSES):
            raise InvalidInput(
                "The loss (={value}) is not known; choose one of {names}.", value=self.loss, names=", ".join(LOSSES)
            )
        if self.optimiser not in tuple(OPTIMISERS):
            raise InvalidInput(
                "The optimiser (={value}) is not known; choose one of {names}.",
                value=self.optimiser,
                names=", ".join(OPTIMISERS),
            )
        if not _is_number(self.lr) or not 0 < self.lr <= MAX_LR:
            raise InvalidInput(
                "The learning rate (={value}) must be above 0 and at most {most}; try 0.01.",
                value=self.lr,
                most=f"{MAX_LR:g}",
            )
        if not _is_number(self.momentum) or not 0 <= self.momentum < 1:
            raise InvalidInput(
                "The momentum (={value}) must be at least 0 and below 1; try 0.9 or 0.", value=self.momentum
            )
        if not _is_whole(self.batch_size, 0, MAX_BATCH):
            raise InvalidInput(
                "The batch size (={value}) must be a whole number from 1 to {most}, or 0 for the whole training set; "
                "try 64.",
                value=self.batch_size,
                most=MAX_BATCH,
            )
        if not _is_whole(self.epochs, 1, MAX_EPOCHS):
            raise InvalidInput(
                "The number of epochs (={value}) must be a whole number from 1 to {most}; try 5.",
                value=self.epochs,
                most=MAX_EPOCHS,
            )
        if not _is_whole(self.evaluations, 1, MAX_EVALUATIONS):
            raise InvalidInput(
                "The number of evaluations (={value}) must be a whole number from 1 to {most}; try 20.",
                value=self.evaluations,
                most=MAX_EVALUATIONS,
            )
        checked_seed(self.seed)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -math.inf < value < math.inf


def _is_whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
