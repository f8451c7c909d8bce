"""One digit on its way through a network: every channel of every layer, and the ten outputs."""

import torch
from torch import nn

from core.errors import InvalidInput
from core.inspect_cnn.layers import walk


@torch.no_grad()
def look_inside(model: nn.Module, image: torch.Tensor) -> dict[str, torch.Tensor]:
    """Send one digit through a network and keep what each layer makes of it.

    Args:
        model: a LeNet5 or the MNIST DNN, in eval mode; only its modules are called, so that others may use it too.
        image: float32 (1, 28, 28) or (1, 1, 28, 28), normalised.

    Returns:
        Layer's name, see layers.Block → float32 (channels, height, width) or (neurons,), after the activation, on the
        CPU.

    Raises:
        InvalidInput: not one image of 28×28.
    """
    way = walk(model, one_image(image).to(next(model.parameters()).device))
    return {block.name: values[0].cpu() for block, _inputs, _sums, values in way}


def one_image(image: torch.Tensor) -> torch.Tensor:
    """Return an image as a batch of one, float32 (1, 1, 28, 28).

    Raises:
        InvalidInput: not one image of 28×28.
    """
    if image.numel() != 28 * 28 or image.shape[-2:] != (28, 28):
        raise InvalidInput("One image of 28×28 is looked at, not {shape}; choose a digit.", shape=tuple(image.shape))
    return image.reshape(1, 1, 28, 28)
