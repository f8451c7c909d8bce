"""One digit on its way through a network: every channel of every layer, and the ten outputs."""

from dataclasses import dataclass

import torch
from torch import nn

from core.errors import InvalidInput
from core.inspect_cnn.layers import walk


@dataclass(frozen=True, eq=False)
class LayerMaps:
    """What one layer makes of the digit.

    Attributes:
        name: as in layers.Block.
        kind: likewise.
        activation: its name, "" where there is none.
        sums: float32 (channels, height, width) or (neurons,), before the activation.
        values: the same after it: what the next layer is given.
    """

    name: str
    kind: str
    activation: str
    sums: torch.Tensor
    values: torch.Tensor


@dataclass(frozen=True, eq=False)
class Maps:
    """A digit's way through a network.

    Attributes:
        image: float32 (1, 28, 28), normalised.
        layers: from the first to the outputs.
        logits: float32 (10,), the outputs.
        probabilities: float32 (10,), their softmax.
        digit: where they are largest.
    """

    image: torch.Tensor
    layers: tuple[LayerMaps, ...]
    logits: torch.Tensor
    probabilities: torch.Tensor
    digit: int

    def layer(self, name: str) -> LayerMaps:
        """Return one layer; KeyError if the network has none of that name."""
        return {layer.name: layer for layer in self.layers}[name]


@torch.no_grad()
def look_inside(model: nn.Module, image: torch.Tensor) -> Maps:
    """Send one digit through a network and keep everything on the way, on the CPU.

    Args:
        model: a LeNet5 or the MNIST DNN, in eval mode; only its modules are called, so that others may use it too.
        image: float32 (1, 28, 28) or (1, 1, 28, 28), normalised.

    Raises:
        InvalidInput: not one image of 28×28.
    """
    one = one_image(image).to(next(model.parameters()).device)
    layers = tuple(
        LayerMaps(block.name, block.kind, block.activation_name, sums[0].cpu(), values[0].cpu())
        for block, _, sums, values in walk(model, one)
    )
    logits = layers[-1].values
    return Maps(one[0].cpu(), layers, logits, logits.softmax(dim=0), int(logits.argmax()))


def one_image(image: torch.Tensor) -> torch.Tensor:
    """Return an image as a batch of one, float32 (1, 1, 28, 28).

    Raises:
        InvalidInput: not one image of 28×28.
    """
    if image.numel() != 28 * 28 or image.shape[-2:] != (28, 28):
        raise InvalidInput("One image of 28×28 is looked at, not {shape}; choose a digit.", shape=tuple(image.shape))
    return image.reshape(1, 1, 28, 28)
