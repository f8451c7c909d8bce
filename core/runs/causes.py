"""Why a run diverged, as far as its own record tells."""

import math
from collections.abc import Mapping
from enum import StrEnum

import torch

from core.runs.snapshot import Snapshot
from core.training.changes import Change

SOON = 50  # updates after a number was put in by hand in which it is still the likeliest cause
HUGE = 1e5  # no first weight that an initialisation draws; at this size a step of 0.005 is lost in float32


class Cause(StrEnum):
    """What made a loss infinite or NaN."""

    START = "start"  # it was, before the first step was made
    HAND = "hand"  # a weight or bias was changed by hand shortly before
    STEPS = "steps"


def diverged_at(now: Snapshot) -> int:
    """Return the update of the first loss that is known not to be a finite number; the newest when all are."""
    return next((at for at, loss in now.losses if not math.isfinite(loss)), now.step)


def cause(now: Snapshot) -> tuple[Cause, Change | None]:
    """Return why a run diverged.

    The loss of an update is that of the weights before it: where the very first is not finite, no step was to blame.

    Args:
        now: a run that diverged.

    Returns:
        The cause, and for Cause.HAND the change that was made.
    """
    at = diverged_at(now)
    edits = [change for change in now.changes if change.what == "weight" and at - SOON <= change.step < at]
    if edits:
        return Cause.HAND, max(edits, key=lambda change: abs(change.value))
    return (Cause.START if at <= 1 else Cause.STEPS), None


def largest_weight(weights: Mapping[str, torch.Tensor]) -> float:
    """Return the largest size among a network's finite weights and biases; 0 when there is none."""
    sizes = [value[value.isfinite()].abs() for value in weights.values() if value.is_floating_point()]
    return max((float(size.max()) for size in sizes if size.numel()), default=0.0)
