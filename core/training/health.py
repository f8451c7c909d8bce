"""Telling a run that learns from one that does not: NaN and infinity are not the only ways to fail.

A network that ignores its inputs can still get the training loss down to that of the best constant answer:
the entropy of the class shares for cross-entropy, the variance for the mean squared error. LeNet-5 with
lr 0.9 and momentum 0.9 can stay there for epochs, near or above ln 10, without ever being non-finite (course 5).
"""

import math
from collections import deque

import torch

from core.nets import rbf

MIN_UPDATES = 100  # before this, a slow start is not a verdict
WINDOW = 50  # updates whose mean loss is judged
MARGIN = 0.97  # a network counts as learning when its loss is below 97 % of the constant answer's


def constant_answer_loss(labels: torch.Tensor, classes: int, loss: str) -> float:
    """Return the lowest mean training loss that a network can reach without looking at its inputs.

    Args:
        labels: int64 (n,), or float32 (n, outputs) for a regression.
        classes: number of classes, 0 for a regression.
        loss: "cross_entropy" (the entropy of the class shares, in nats), "mse" (the variance; of a one-hot output
            p(1−p)), "l1" (mean distance from the median; of a one-hot output min(p, 1−p)) or "smooth_l1" (torch's,
            half the square of a distance up to 1, which those of one-hot outputs are), a mean over the outputs; or
            "rbf" (see core.nets.rbf).

    >>> round(constant_answer_loss(torch.arange(10), 10, "cross_entropy"), 4)  # ln 10
    2.3026
    """
    if not classes:
        columns = labels.double().T
        return sum(_constant_loss(column, loss) for column in columns) / len(columns)
    shares: list[float] = (torch.bincount(labels, minlength=classes).double() / len(labels)).tolist()
    if loss == "mse":
        return sum(p * (1 - p) for p in shares) / classes
    if loss == "l1":
        return sum(min(p, 1 - p) for p in shares) / classes
    if loss == "smooth_l1":
        return sum(0.5 * p * (1 - p) for p in shares) / classes
    if loss == "rbf":
        return rbf.constant_answer_loss(shares)
    return -sum(p * math.log(p) for p in shares if p > 0)


def _constant_loss(values: torch.Tensor, loss: str) -> float:
    """Return the loss of the best constant for one output, float64 (n,)."""
    if loss == "mse":
        return float(values.var(correction=0))
    if loss == "l1":
        return float((values - values.median()).abs().mean())
    # smooth L1 is convex in the constant, and its slope is the mean of the distances, each cut to −1 … 1
    low, high = float(values.min()), float(values.max())
    for _ in range(60):  # halved until float64 cannot tell them apart
        middle = (low + high) / 2
        if float((values - middle).clamp(-1, 1).mean()) > 0:
            low = middle
        else:
            high = middle
    return float(torch.nn.functional.smooth_l1_loss(values, torch.full_like(values, (low + high) / 2)))


class Watch:
    """Follows the losses of one run.

    Args:
        baseline: constant_answer_loss of the run's training set.
        updates_per_epoch: nothing is judged before every sample was seen once.
    """

    def __init__(self, baseline: float, updates_per_epoch: int) -> None:
        self.baseline = baseline
        self.patience = max(MIN_UPDATES, updates_per_epoch)
        self.diverged = False  # whether a loss was NaN or infinite
        self.recent: deque[float] = deque(maxlen=WINDOW)

    def add(self, losses: list[float]) -> None:
        """Take note of the losses of some updates."""
        self.recent.extend(losses)
        self.diverged = self.diverged or not all(map(math.isfinite, losses))

    def not_learning(self, step: int) -> bool:
        """Return whether, after ``step`` updates, the loss is still no better than a constant answer's."""
        if step < self.patience or not self.recent or self.baseline <= 0:
            return False  # where all true answers are alike, ignoring the inputs is right
        return sum(self.recent) / len(self.recent) > MARGIN * self.baseline
