"""How a gradient becomes a step: torch's own optimisers, each with its own defaults beside what the config says."""

import inspect
from collections.abc import Callable, Iterable

import torch
from torch import nn

Parameters = Iterable[nn.Parameter]


def _plain(kind: type[torch.optim.Optimizer]) -> Callable[..., torch.optim.Optimizer]:
    """Return one of torch's optimisers, which does all that it does but asks torch.compile for nothing.

    torch imports its compiler when an optimiser is made, and again looks for it at each step: a second, and 160 MB.
    """
    names = ("add_param_group", "zero_grad", "state_dict", "load_state_dict")
    own = {name: inspect.unwrap(getattr(kind, name)) for name in names}
    return type(kind.__name__, (kind,), {**own, "step": torch.no_grad()(inspect.unwrap(kind.step))})


SGD, Adam, AdamW, RMSprop = map(_plain, (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW, torch.optim.RMSprop))

OPTIMISERS: dict[str, Callable[[Parameters, float, float], torch.optim.Optimizer]] = {
    "sgd": lambda parameters, lr, momentum: SGD(parameters, lr, momentum),
    "nesterov": lambda parameters, lr, momentum: SGD(parameters, lr, momentum, nesterov=True),
    "adam": lambda parameters, lr, _momentum: Adam(parameters, lr),
    "adamw": lambda parameters, lr, _momentum: AdamW(parameters, lr),
    "rmsprop": lambda parameters, lr, momentum: RMSprop(parameters, lr, momentum=momentum),
}
"""Name → (parameters, learning rate, momentum) → optimiser; the menus are made of these."""

WITH_MOMENTUM = ("sgd", "nesterov", "rmsprop")


def memory_names(optimiser: str, momentum: float) -> tuple[str, ...]:
    """Return the tensors that torch's optimiser keeps for each parameter: of its shape, but "step", one number."""
    if optimiser in ("adam", "adamw"):
        return ("step", "exp_avg", "exp_avg_sq")
    buffer = ("momentum_buffer",) if momentum else ()
    return ("step", "square_avg", *buffer) if optimiser == "rmsprop" else buffer
