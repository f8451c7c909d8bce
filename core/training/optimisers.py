"""How a gradient becomes a step: torch's own optimisers, each with its own defaults beside what the config says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import torch
from torch import nn

if TYPE_CHECKING:
    from core.training.config import TrainConfig

Parameters = Iterable[nn.Parameter]


def _sgd(parameters: Parameters, config: TrainConfig) -> torch.optim.Optimizer:
    return torch.optim.SGD(parameters, lr=config.lr, momentum=config.momentum)


def _nesterov(parameters: Parameters, config: TrainConfig) -> torch.optim.Optimizer:
    return torch.optim.SGD(parameters, lr=config.lr, momentum=config.momentum, nesterov=True)


def _adam(parameters: Parameters, config: TrainConfig) -> torch.optim.Optimizer:
    return torch.optim.Adam(parameters, lr=config.lr)


def _adamw(parameters: Parameters, config: TrainConfig) -> torch.optim.Optimizer:
    return torch.optim.AdamW(parameters, lr=config.lr)


def _rmsprop(parameters: Parameters, config: TrainConfig) -> torch.optim.Optimizer:
    return torch.optim.RMSprop(parameters, lr=config.lr, momentum=config.momentum)


OPTIMISERS: dict[str, Callable[[Parameters, TrainConfig], torch.optim.Optimizer]] = {
    "sgd": _sgd,
    "nesterov": _nesterov,
    "adam": _adam,
    "adamw": _adamw,
    "rmsprop": _rmsprop,
}
WITH_MOMENTUM = ("sgd", "nesterov", "rmsprop")


def memory_names(config: TrainConfig) -> tuple[str, ...]:
    """Return the tensors that torch's optimiser keeps for each parameter: of its shape, but "step", one number."""
    if config.optimiser in ("adam", "adamw"):
        return ("step", "exp_avg", "exp_avg_sq")
    buffer = ("momentum_buffer",) if config.momentum else ()
    return ("step", "square_avg", *buffer) if config.optimiser == "rmsprop" else buffer
