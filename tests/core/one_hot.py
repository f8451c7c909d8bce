"""The one-hot table of course 2.1 as a problem of any size and share, which the app asks core.data.playground for."""

from __future__ import annotations

import torch

from core.data.problem import ClassData
from core.data.synthetic import OneHot


def from_one_hot(data: OneHot, ratio: float, seed: int) -> ClassData:
    """Shuffle the table with a random permutation and cut it at int(n·ratio)."""
    cut = int(len(data.inputs) * ratio)
    order = torch.randperm(len(data.inputs), generator=torch.Generator().manual_seed(seed))
    inputs, labels = data.inputs[order], data.targets[order].argmax(dim=1)
    return ClassData(inputs[:cut], labels[:cut], inputs[cut:], labels[cut:], 3, f"one-hot, seed {seed}")


def table(data: OneHot) -> torch.Tensor:
    """Return the course's table: float32 (n, 6), columns In1…In3, Out1…Out3."""
    return torch.cat([data.inputs, data.targets], dim=1)
