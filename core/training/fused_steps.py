"""Loss, its gradient and the optimisers' steps of the quick engine: torch's own operations, in torch's own order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import torch

aten = torch.ops.aten
MEAN: Final = 1  # ATen's number for reduction="mean"
IGNORED: Final = -100  # cross_entropy's ignore_index; no class has it
ONE: Final = torch.ones(())  # what backward() begins with

LossStep = Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]
"""(outputs, targets, where ∂L/∂outputs is written) → the loss."""
Step = Callable[[float], None]
"""Takes the learning rate and changes the parameters."""
Tensors = list[torch.Tensor]


def _mse(outputs: torch.Tensor, targets: torch.Tensor, grad: torch.Tensor) -> torch.Tensor:
    loss: torch.Tensor = aten.mse_loss.default(outputs, targets, MEAN)
    aten.mse_loss_backward.grad_input(ONE, outputs, targets, MEAN, grad_input=grad)
    return loss


def _cross_entropy(outputs: torch.Tensor, targets: torch.Tensor, grad: torch.Tensor) -> torch.Tensor:
    logs = aten._log_softmax.default(outputs, 1, False)
    loss: torch.Tensor
    loss, total = aten.nll_loss_forward.default(logs, targets, None, MEAN, IGNORED)
    inner = aten.nll_loss_backward.default(ONE, logs, targets, None, MEAN, IGNORED, total)
    aten._log_softmax_backward_data.out(inner, logs, 1, torch.float32, out=grad)
    return loss


LOSSES: dict[str, LossStep] = {"mse": _mse, "cross_entropy": _cross_entropy}


def _sgd(optimiser: torch.optim.Optimizer, values: Tensors, grads: Tensors) -> Step | None:
    # torch/optim/sgd.py, _single_tensor_sgd, without weight decay, dampening and Nesterov
    momentum: float = optimiser.param_groups[0]["momentum"]
    if not momentum:
        return lambda lr: torch._foreach_add_(values, grads, alpha=-lr)
    buffers = _kept(optimiser, "momentum_buffer")
    if not buffers:
        return None

    def step(lr: float) -> None:
        torch._foreach_mul_(buffers, momentum)
        torch._foreach_add_(buffers, grads, alpha=1)
        torch._foreach_add_(values, buffers, alpha=-lr)

    return step


def _adam(optimiser: torch.optim.Optimizer, values: Tensors, grads: Tensors) -> Step | None:
    # torch/optim/adam.py, _single_tensor_adam, neither amsgrad nor capturable
    first, second, steps = (_kept(optimiser, name) for name in ("exp_avg", "exp_avg_sq", "step"))
    if not steps:
        return None
    beta1, beta2 = optimiser.param_groups[0]["betas"]
    eps: float = optimiser.param_groups[0]["eps"]
    done = steps[0].item()

    def step(lr: float) -> None:
        nonlocal done
        done += 1
        torch._foreach_lerp_(first, grads, 1 - beta1)
        torch._foreach_mul_(second, beta2)
        torch._foreach_addcmul_(second, grads, grads, 1 - beta2)
        below = torch._foreach_sqrt(second)
        torch._foreach_div_(below, (1 - beta2**done) ** 0.5)
        torch._foreach_add_(below, eps)
        torch._foreach_addcdiv_(values, first, below, -(lr / (1 - beta1**done)))

    return step


OPTIMISERS: dict[str, Callable[[torch.optim.Optimizer, Tensors, Tensors], Step | None]] = {"sgd": _sgd, "adam": _adam}


def finish(optimiser: torch.optim.Optimizer, updates: int) -> None:
    """Let the optimiser know how many updates were done."""
    for step in _kept(optimiser, "step"):
        step += updates


def _kept(optimiser: torch.optim.Optimizer, name: str) -> Tensors:
    """Return what the optimiser remembers of each parameter under that name; empty before its first step."""
    parameters = optimiser.param_groups[0]["params"]
    found = [optimiser.state[value][name] for value in parameters if name in optimiser.state.get(value, {})]
    return found if len(found) == len(parameters) else []
