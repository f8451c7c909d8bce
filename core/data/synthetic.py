"""The synthetic one-hot data set of course 2.1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.checks import checked_seed, checked_whole

if TYPE_CHECKING:
    import torch

MAX_SAMPLES = 1_000_000


@dataclass(frozen=True)
class OneHot:
    """Samples of the one-hot problem.

    Attributes:
        inputs: float32 (n, 3), independent and uniform on [0, 1).
        targets: float32 (n, 3), one-hot by s = x1+x2+x3: s < 1, 1 < s < 2, s > 2.
    """

    inputs: torch.Tensor
    targets: torch.Tensor


def one_hot(samples: int = 10_000, seed: int = 0) -> OneHot:
    """Draw the course's one-hot data set (course 2.1) from a local generator.

    A sum that is exactly 1 or 2 belongs to no class in the course; such a row (probability below 1e-6 in
    float32) is counted to class 2, so that every row stays one-hot.

    Args:
        samples: number of rows, 1 … 1 000 000.
        seed: 0 … 2**63 - 1; the same seed gives the same rows.

    Raises:
        InvalidInput: samples or seed out of range.
    """
    import torch

    checked_samples(samples)
    generator = torch.Generator().manual_seed(checked_seed(seed))
    inputs = torch.rand(samples, 3, generator=generator)
    total = inputs.sum(dim=1)
    low, high = total < 1, total > 2
    targets = torch.stack([low, ~(low | high), high], dim=1).to(torch.float32)
    return OneHot(inputs=inputs, targets=targets)


def checked_samples(samples: int) -> int:
    """Return the number of samples, or say what it may be.

    Raises:
        InvalidInput: not a whole number from 1 to MAX_SAMPLES.
    """
    return checked_whole(
        "samples (={value}) must be a whole number from 1 to {most}; try 10000.", samples, 1, MAX_SAMPLES
    )
