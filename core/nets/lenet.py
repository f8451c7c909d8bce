"""LeNet-5 as course 5 has it (LeCun et al. 1998, fig. 2, with softmax instead of RBF outputs)."""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import nn

from core.nets.initialisation import empty, initialise


class LeNet5(nn.Module):
    """Input float32 (B, 1, 28, 28), normalised; output float32 (B, 10), logits; 61 706 parameters.

    The layers carry the course's names: c1, s2, c3, s4, c5, f6, out.
    """

    def __init__(self) -> None:
        super().__init__()
        self.net = nn.Sequential(
            OrderedDict(
                [
                    ("c1", nn.Conv2d(1, 6, kernel_size=5, padding=2)),
                    ("c1_tanh", nn.Tanh()),
                    ("s2", nn.AvgPool2d(2, stride=2)),
                    ("c3", nn.Conv2d(6, 16, kernel_size=5)),
                    ("c3_tanh", nn.Tanh()),
                    ("s4", nn.AvgPool2d(2, stride=2)),
                    ("c5", nn.Conv2d(16, 120, kernel_size=5)),
                    ("c5_tanh", nn.Tanh()),
                    ("flatten", nn.Flatten()),
                    ("f6", nn.Linear(120, 84)),
                    ("f6_tanh", nn.Tanh()),
                    ("out", nn.Linear(84, 10)),
                ]
            )
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return logits float32 (B, 10) for normalised images float32 (B, 1, 28, 28)."""
        logits: torch.Tensor = self.net(images)
        return logits


def lenet5(seed: int = 0) -> LeNet5:
    """Build LeNet-5 on the CPU with PyTorch's default initialisation from a local generator."""
    model = empty(LeNet5)
    initialise(model, seed)
    assert isinstance(model, LeNet5)
    return model
