"""What if one filter were not there: a network with some channels switched off."""

import copy
from collections.abc import Collection

import torch
from torch import nn

from core.checks import is_whole
from core.errors import InvalidInput
from core.inspect_cnn.layers import Block, block_of, walk


def without(model: nn.Module, layer: str, channels: Collection[int]) -> nn.Module:
    """Return a copy of a network in which some channels of a layer are 0 after its activation.

    Args:
        model: a LeNet5 or the MNIST DNN, in eval mode; left as it is.
        layer: name of a layer but the outputs, see layers.Block.
        channels: of the layer, from 0; neurons of a fully connected layer; none: the network as it is.

    Raises:
        InvalidInput: there is no such layer or channel.
    """
    model = copy.deepcopy(model)
    block = _checked(model, layer, channels)
    silent = sorted(channels)

    def silence(_module: nn.Module, _inputs: object, values: torch.Tensor) -> torch.Tensor:
        values = values.clone()
        values[:, silent] = 0
        return values

    if silent:
        (block.activation or block.layer).register_forward_hook(silence)
    return model


def _checked(model: nn.Module, layer: str, channels: Collection[int]) -> Block:
    """Return the layer, after checking that it has these channels."""
    block = block_of(model, layer)
    if block.name == "out":
        raise InvalidInput("The outputs are the answers themselves; switch off channels of a layer before them.")
    blank = torch.zeros(1, 1, 28, 28, device=next(model.parameters()).device)
    size = next(sums.shape[1] for found, _, sums, _ in walk(model, blank) if found.name == layer)
    for channel in channels:
        if not is_whole(channel, 0, size - 1):
            raise InvalidInput(
                "Layer {layer} has the channels 0 to {last}; there is none of number {channel}.",
                layer=layer,
                last=size - 1,
                channel=channel,
            )
    return block
