"""A loss of any kind for any truth: classes or a regression's numbers."""

import torch

from core.training.losses import LOSSES


def loss_of(outputs: torch.Tensor, truth: torch.Tensor, loss: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the mean loss, as training computes it, and the truth as rows.

    Args:
        outputs: float32 (n, outputs).
        truth: int64 (n,), classes, or float32 (n, outputs).
        loss: a key of LOSSES.

    Returns:
        The loss, a scalar with its gradient, and float32 (n, outputs): the truth, one-hot for classes.
    """
    rule = LOSSES[loss]
    if truth.dtype != torch.int64:
        return rule.function(outputs, truth), truth
    rows = torch.nn.functional.one_hot(truth, outputs.shape[1]).to(outputs.dtype)
    return rule.function(outputs, rows if rule.one_hot else truth), rows
