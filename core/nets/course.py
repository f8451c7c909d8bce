"""The notes' classes: a network of the app as ``class DNN`` or ``class CNN``, printed and saved as theirs."""

from collections.abc import Iterable
from copy import deepcopy

import torch
from torch import nn

from core.nets.dropout import Dropout
from core.nets.lenet import LeNet5
from core.nets.mlp import Mlp
from core.nets.pooling import AvgPool


class DNN(nn.Module):
    """A network as the notes write it, its layers in ``net``; at the top of a module, so that it can be pickled.

    Args:
        layers: from the first to the last.
    """

    def __init__(self, layers: Iterable[nn.Module] = ()) -> None:
        super().__init__()
        self.net = nn.Sequential(*layers)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return what the last layer answers, float32 (B, outputs)."""
        y: torch.Tensor = self.net(x)
        return y


class CNN(DNN):
    """The same under the name that it has for LeNet-5; where the variant wants 32×32, the frame is not part of it."""


def in_course_class(model: nn.Module, images: bool = False) -> DNN:
    """Return a copy of a network in the notes' class, made of PyTorch's own layers, on the same device.

    Args:
        model: an Mlp or a LeNet5.
        images: whether an Mlp is given images, which it flattens first.
    """
    assert isinstance(model, (Mlp, LeNet5))
    layers = [_plain(layer) for layer in deepcopy(model.net).children()]
    if isinstance(model, LeNet5):
        return CNN(layers).train(model.training)
    return DNN([nn.Flatten(), *layers] if images else layers).train(model.training)


def _plain(layer: nn.Module) -> nn.Module:
    """Return the layer of PyTorch's that one of the app's computes faster, or without the global generator."""
    if isinstance(layer, AvgPool):
        return nn.AvgPool2d(kernel_size=2, stride=2)
    return nn.Dropout(layer.p) if isinstance(layer, Dropout) else layer
