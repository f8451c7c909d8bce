"""Learning rates that fall with the epochs: torch's own schedules, written as plain arithmetic.

Each is the recursive form of torch.optim.lr_scheduler, which goes on from whatever the learning rate is: after a change
by hand it falls from there. Tests hold that they are torch's numbers bit for bit. Plain functions, because a torch
scheduler can only be brought to an epoch by stepping its optimiser there.
"""

import math
from collections.abc import Callable


def _cosine(lr: float, epoch: int, epochs: int) -> float:
    # CosineAnnealingLR(T_max=epochs); Loshchilov & Hutter 2017, eq. 5, without restarts
    before = 1 + math.cos(math.pi * (epoch - 1) / epochs)
    return (1 + math.cos(math.pi * epoch / epochs)) / before * (lr - 0.0) + 0.0


SCHEDULES: dict[str, Callable[[float, int, int], float]] = {
    "constant": lambda lr, _epoch, _epochs: lr,
    # StepLR(step_size=max(1, epochs // 4), gamma=0.5)
    "step": lambda lr, epoch, epochs: lr * 0.5 if epoch % max(1, epochs // 4) == 0 else lr,
    # ExponentialLR(gamma=0.01 ** (1 / epochs)): a hundredth is left in the end
    "exponential": lambda lr, _epoch, epochs: lr * float(0.01 ** (1 / epochs)),
    "cosine": _cosine,
}
"""Name → (learning rate during an epoch, how many epochs are done, of how many) → learning rate after it."""


def next_rate(schedule: str, lr: float, epoch: int, epochs: int) -> float:
    """Return the learning rate after an epoch.

    Args:
        schedule: a key of SCHEDULES.
        lr: during that epoch.
        epoch: how many are done, 1 … epochs − 1 (nothing follows the last one).
        epochs: of the whole run.

    >>> next_rate("step", 0.1, 250, 1000), next_rate("step", 0.1, 251, 1000)
    (0.05, 0.1)
    """
    return SCHEDULES[schedule](lr, epoch, epochs)
