"""The network behind "this does not look like a digit": ten yes-or-no answers, all of which may be no."""

import torch
from torch import nn

from core.nets.initialisation import built


class Doubter(nn.Module):
    """Input float32 (B, 1, 28, 28), normalised; output float32 (B, 10), logits of "it is a 0" … "it is a 9".

    A small convolutional network, 46 650 parameters; each output is for a sigmoid of its own.
    """

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(1, 12, kernel_size=5, padding=2),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(12, 24, kernel_size=5),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(24 * 5 * 5, 64),
            nn.ReLU(),
            nn.Linear(64, 10),
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return ten logits per image."""
        logits: torch.Tensor = self.net(images)
        return logits


def doubter(seed: int = 0) -> Doubter:
    """Build the network on the CPU with PyTorch's default initialisation from a local generator."""
    return built(Doubter, seed)
