"""Telling a run that learns from one that does not: NaN and infinity are not the only ways to fail.

A network that ignores its inputs can still get the training loss down to that of the best constant answer:
the entropy of the class shares for cross-entropy, their variance for the mean squared error. LeNet-5 with
lr 0.9 and momentum 0.9 can stay there for epochs, near or above ln 10, without ever being non-finite (course 5).
"""

from __future__ import annotations

import math
from collections import deque

import torch

MIN_UPDATES = 100  # before this, a slow start is not a verdict
WINDOW = 50  # updates whose mean loss is judged
MARGIN = 0.97  # a network counts as learning when its loss is below 97 % of the constant answer's


def constant_answer_loss(labels: torch.Tensor, classes: int, loss: str) -> float:
    """Return the lowest mean training loss that a network can reach without looking at its inputs.

    Args:
        labels: int64 (n,).
        classes: number of classes.
        loss: "cross_entropy" (entropy of the class shares, in nats) or "mse" (mean of p(1−p) over the outputs).

    >>> round(constant_answer_loss(torch.arange(10), 10, "cross_entropy"), 4)  # ln 10
    2.3026
    """
    shares: list[float] = (torch.bincount(labels, minlength=classes).double() / len(labels)).tolist()
    if loss == "mse":
        return sum(p * (1 - p) for p in shares) / classes
    return -sum(p * math.log(p) for p in shares if p > 0)


class Watch:
    """Follows the losses of one run.

    Args:
        baseline: constant_answer_loss of the run's training set.
        updates_per_epoch: nothing is judged before every sample was seen once.
    """

    def __init__(self, baseline: float, updates_per_epoch: int) -> None:
        self.baseline = baseline
        self.patience = max(MIN_UPDATES, updates_per_epoch)
        self.seen = 0
        self.diverged = False  # whether a loss was NaN or infinite
        self.recent: deque[float] = deque(maxlen=WINDOW)

    def add(self, losses: list[float]) -> None:
        """Take note of the losses of some updates."""
        self.seen += len(losses)
        self.recent.extend(losses)
        self.diverged = self.diverged or any(not math.isfinite(loss) for loss in losses)

    @property
    def not_learning(self) -> bool:
        """Whether, after enough updates, the loss is still no better than a constant answer's."""
        if self.seen < self.patience or not self.recent:
            return False
        return sum(self.recent) / len(self.recent) > MARGIN * self.baseline
