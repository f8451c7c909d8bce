"""Loss functions and their gradients, one group of samples at a time."""

from __future__ import annotations

import numpy as np

from core.training.compiled.arithmetic import if_less, if_not_at_most, if_same, lane_sum
from core.training.compiled.functions import exp, log
from core.training.compiled.lanes import put, vector, zeros
from core.training.compiled.ops import LOSSES
from core.training.compiled.tiles import INT, MEMORY, kernel

MSE, CROSS_ENTROPY, L1 = LOSSES["mse"], LOSSES["cross_entropy"], LOSSES["l1"]
NONE = np.float32(0)
NUMBERS = 0  # where 0 … 15 lie
TOGETHER = 32  # groups whose losses are added in float32 before they go to float64


@kernel(MEMORY, *[INT] * 8)
def loss_of(memory, kind, outputs, z, g, target, total, left, parts):
    """Write the gradient of the mean loss by the outputs of one group, and each sample's share of the loss.

    Args:
        memory: all numbers.
        kind: MSE, CROSS_ENTROPY, L1 or SMOOTH_L1.
        outputs: how many.
        z: where they lie.
        g: where the gradient goes.
        target: where as many targets lie; for CROSS_ENTROPY the number of the class.
        total: where the losses go.
        left: samples of the batch from this group's first on; further lanes have no part in anything.
        parts: what the sum is divided by.
    """
    loss = zeros(1, 1)
    share = if_less(vector(memory, NUMBERS), np.float32(left), loss + np.float32(1) / np.float32(parts), loss)
    if kind == CROSS_ENTROPY:
        most, wanted = vector(memory, z), vector(memory, target)
        for c in range(1, outputs):
            value = vector(memory, z + c * 16)
            most = if_not_at_most(value, most, value, most)
        powers, own = zeros(1, 1), zeros(1, 1)
        for c in range(outputs):
            value = vector(memory, z + c * 16) - most
            own = if_same(wanted, np.float32(c), value, own)
            power = exp(value)
            put(memory, g + c * 16, power)
            powers = powers + power
        loss = log(powers) - own
        scale = share / powers
        for c in range(outputs):
            value = vector(memory, g + c * 16) * scale
            put(memory, g + c * 16, if_same(wanted, np.float32(c), value - share, value))
    else:
        for c in range(outputs):
            error = vector(memory, z + c * 16) - vector(memory, target + c * 16)
            size = if_less(error, NONE, error * np.float32(-1), error)
            sign = if_less(error, NONE, share * np.float32(-1), if_less(NONE, error, share, zeros(1, 1)))
            if kind == MSE:
                loss = loss + error * error
                put(memory, g + c * 16, error * np.float32(2) * share)
            elif kind == L1:
                loss = loss + size
                put(memory, g + c * 16, sign)
            else:
                small, large = error * error * np.float32(0.5), size - np.float32(0.5)
                loss = loss + if_less(size, np.float32(1), small, large)
                put(memory, g + c * 16, if_less(size, np.float32(1), error * share, sign))
    put(memory, total, if_less(NONE, share, loss, zeros(1, 1)))


@kernel(MEMORY, MEMORY, INT, INT, INT, INT)
def loss_sum(memory, losses, update, total, groups, parts):
    """Write the mean loss of an update: vectors of a few groups in float32, then a sum in float64."""
    found = 0.0
    for first in range(0, groups, TOGETHER):
        some = vector(memory, total + first * 16)
        for g in range(first + 1, min(groups, first + TOGETHER)):
            some = some + vector(memory, total + g * 16)
        found += np.float64(lane_sum(some))
    losses[update] = np.float32(found / np.float64(parts))
