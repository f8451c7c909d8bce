"""What training minimises: the loss functions, the targets that they want, and penalties on the weights."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from core.nets.rbf import competitive_loss


@dataclass(frozen=True)
class Loss:
    """A loss function of (outputs float32 (B, classes), targets) → scalar, and whether targets are one-hot rows."""

    function: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
    one_hot: bool


LOSSES = {
    "mse": Loss(nn.functional.mse_loss, one_hot=True),
    "cross_entropy": Loss(nn.functional.cross_entropy, one_hot=False),
    "l1": Loss(nn.functional.l1_loss, one_hot=True),
    "smooth_l1": Loss(nn.functional.smooth_l1_loss, one_hot=True),
}
"""Losses for any network: the menus are made of these."""

ALL_LOSSES = {**LOSSES, "rbf": Loss(competitive_loss, one_hot=False)}
"""Those, and the one that belongs to LeNet-5's outputs of 1998 (core.nets.rbf)."""


def targets_for(loss: str, labels: torch.Tensor, classes: int) -> torch.Tensor:
    """Return what a loss compares the outputs with.

    Args:
        loss: a key of ALL_LOSSES.
        labels: int64 (n,), or float32 (n, outputs) for a regression.
        classes: number of classes, 0 for a regression.

    Returns:
        The labels themselves, or float32 (n, classes) one-hot rows.
    """
    if classes and ALL_LOSSES[loss].one_hot:
        return nn.functional.one_hot(labels, classes).float()
    return labels


def penalty(model: nn.Module, l1: float, l2: float) -> torch.Tensor | None:
    """Return l1·Σ|w| + l2·Σw² over all weights, or None where both are 0; biases and batch norm are left free.

    The order of the additions decides the last bit; a script has the same losses with
    ``l1 * sum(w.abs().sum() for w in weights) + l2 * sum(w.square().sum() for w in weights)``.

    Args:
        model: whose weights (parameters with two axes or more) are counted.
        l1: factor of the absolute values.
        l2: factor of the squares.
    """
    weights = [value for value in model.parameters() if value.ndim > 1]
    total: torch.Tensor | None = None
    if l1:
        total = l1 * _added([value.abs().sum() for value in weights])
    if l2:
        squares = l2 * _added([value.square().sum() for value in weights])
        total = squares if total is None else total + squares
    return total


def _added(values: list[torch.Tensor]) -> torch.Tensor:
    total = values[0]
    for value in values[1:]:
        total = total + value
    return total
