"""How a gradient becomes a step: torch's own optimisers, each with its own defaults beside what the config says."""

from collections.abc import Callable, Iterable

import torch
from torch import nn

Parameters = Iterable[nn.Parameter]

OPTIMISERS: dict[str, Callable[[Parameters, float, float], torch.optim.Optimizer]] = {
    "sgd": lambda parameters, lr, momentum: torch.optim.SGD(parameters, lr, momentum),
    "nesterov": lambda parameters, lr, momentum: torch.optim.SGD(parameters, lr, momentum, nesterov=True),
    "adam": lambda parameters, lr, _momentum: torch.optim.Adam(parameters, lr),
    "adamw": lambda parameters, lr, _momentum: torch.optim.AdamW(parameters, lr),
    "rmsprop": lambda parameters, lr, momentum: torch.optim.RMSprop(parameters, lr, momentum=momentum),
}
"""Name → (parameters, learning rate, momentum) → optimiser; the menus are made of these."""

WITH_MOMENTUM = ("sgd", "nesterov", "rmsprop")


def memory_names(optimiser: str, momentum: float) -> tuple[str, ...]:
    """Return the tensors that torch's optimiser keeps for each parameter: of its shape, but "step", one number."""
    if optimiser in ("adam", "adamw"):
        return ("step", "exp_avg", "exp_avg_sq")
    buffer = ("momentum_buffer",) if momentum else ()
    return ("step", "square_avg", *buffer) if optimiser == "rmsprop" else buffer
