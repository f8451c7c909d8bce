"""LeNet-5 as course 5 has it (LeCun et al. 1998, fig. 2, with softmax instead of RBF outputs), and its variants."""

from collections import OrderedDict

import torch
import torch.nn.functional as F
from torch import nn

from core.data.grey import MEAN, STD
from core.nets.mlp import ACTIVATIONS
from core.nets.networks import variant_of
from core.nets.pooling import AvgPool
from core.nets.rbf import Rbf, ScaledTanh

POOLINGS: dict[str, type[AvgPool] | type[nn.MaxPool2d]] = {"average": AvgPool, "max": nn.MaxPool2d}


class LeNet5(nn.Module):
    """Input float32 (B, 1, 28, 28), normalised; output float32 (B, 10), logits; 61 706 parameters.

    The layers carry the course's names: c1, s2, c3, s4, c5, f6, out. ``net`` is the network; where it wants 32×32, two
    pixels of background are put around the image before it.

    Args:
        name: a key of VARIANTS.

    Raises:
        InvalidInput: there is no such variant.
    """

    def __init__(self, name: str = "lenet5") -> None:
        super().__init__()
        self.name = name
        self.variant = variant = variant_of(name)
        act, pool = variant.activation, POOLINGS[variant.pooling]
        f6_act: tuple[str, nn.Module] = (f"f6_{act}", ACTIVATIONS[act]())
        layers: list[tuple[str, nn.Module]] = [
            ("c1", nn.Conv2d(1, 6, kernel_size=5, padding=0 if variant.frame else 2)),
            (f"c1_{act}", ACTIVATIONS[act]()),
            ("s2", pool(2, stride=2)),
            ("c3", nn.Conv2d(6, 16, kernel_size=5)),
            (f"c3_{act}", ACTIVATIONS[act]()),
            ("s4", pool(2, stride=2)),
            ("c5", nn.Conv2d(16, 120, kernel_size=5)),
            (f"c5_{act}", ACTIVATIONS[act]()),
            ("flatten", nn.Flatten()),
            ("f6", nn.Linear(120, 84)),
            ("f6_scaled_tanh", ScaledTanh()) if variant.rbf else f6_act,
            ("out", Rbf() if variant.rbf else nn.Linear(84, 10)),
        ]
        self.net = nn.Sequential(OrderedDict(layers))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return logits float32 (B, 10) for normalised images float32 (B, 1, 28, 28)."""
        logits: torch.Tensor = self.net(self.framed(images))
        return logits

    def framed(self, images: torch.Tensor) -> torch.Tensor:
        """Return what ``net`` is given: the images, with background around them where this variant wants it."""
        edge = self.variant.frame
        return F.pad(images, (edge,) * 4, value=BACKGROUND) if edge else images


# float32 in normalise's own order of operations, so that a frame is the background of MNIST to the last bit
BACKGROUND = float(torch.zeros(()).sub_(torch.tensor(MEAN)).div_(torch.tensor(STD)))
"""A black pixel, normalised."""
