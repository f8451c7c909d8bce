"""Grey values 0 … 255 and the numbers that a network is given for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

# Mean and standard deviation of all pixels of the 60 000 training images, scaled to [0, 1] (course 3).
MEAN, STD = 0.1307, 0.3081


def normalise(images: torch.Tensor) -> torch.Tensor:
    """Scale grey values to [0, 1] and standardise them, with ToTensor's and Normalize's own operations.

    Args:
        images: uint8, any shape, 0 … 255.

    Returns:
        float32 of the same shape, bitwise what torchvision's ToTensor and Normalize((MEAN,), (STD,)) give.
    """
    import torch

    mean, std = torch.tensor(MEAN), torch.tensor(STD)
    return images.to(torch.float32).div_(255).sub_(mean).div_(std)


def denormalise(images: torch.Tensor) -> torch.Tensor:
    """Undo normalise: float32 of any shape → uint8 grey values 0 … 255 of the same shape."""
    import torch

    return images.mul(STD).add_(MEAN).mul_(255).round_().clamp_(0, 255).to(torch.uint8)
