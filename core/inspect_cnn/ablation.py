"""What if one filter were not there: the answer and the accuracy of a network with some channels switched off."""

from __future__ import annotations

import copy
from collections.abc import Collection
from dataclasses import dataclass

import torch
from torch import nn

from core.errors import InvalidInput
from core.inspect_cnn.layers import Block, block_of, walk
from core.inspect_cnn.maps import one_image

SLICE = 1_000  # images at a time: LeNet-5 needs 40 ms for them


@dataclass(frozen=True, eq=False)
class Ablation:
    """A digit's answer with and without some channels.

    Attributes:
        before: float32 (10,), the probabilities with all channels.
        after: the same without them.
    """

    before: torch.Tensor
    after: torch.Tensor

    @property
    def changed(self) -> bool:
        """Whether the answer is another digit."""
        return int(self.before.argmax()) != int(self.after.argmax())


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
    block, _ = _checked(model, layer, channels)
    silent = sorted(channels)

    def silence(_module: nn.Module, _inputs: object, values: torch.Tensor) -> torch.Tensor:
        values = values.clone()
        values[:, silent] = 0
        return values

    if silent:
        (block.activation or block.layer).register_forward_hook(silence)
    return model


@torch.no_grad()
def ablate(model: nn.Module, image: torch.Tensor, layer: str, channels: Collection[int]) -> Ablation:
    """Return how one digit's probabilities change when some channels are switched off.

    Args:
        model: as for without.
        image: float32 (1, 28, 28), normalised.
        layer: as for without.
        channels: as for without.

    Raises:
        InvalidInput: as for without, or not one image.
    """
    one = one_image(image).to(next(model.parameters()).device)
    silent = without(model, layer, channels)
    return Ablation(model(one)[0].softmax(dim=0).cpu(), silent(one)[0].softmax(dim=0).cpu())


@torch.no_grad()
def right_without_each(
    model: nn.Module, layer: str, images: torch.Tensor, labels: torch.Tensor
) -> tuple[int, tuple[int, ...]]:
    """Return how many images are read right with all channels of a layer, and without each one of them.

    The part of the network before the layer is computed once.

    Args:
        model: as for without.
        layer: as for without.
        images: float32 (n, 1, 28, 28), normalised, on the model's device.
        labels: int64 (n,).

    Returns:
        Right answers with all channels, and a number for each channel that is switched off alone.

    Raises:
        InvalidInput: there is no such layer, or it is the outputs.
    """
    block, size = _checked(model, layer, ())
    whole, single = 0, [0] * size
    for start in range(0, len(images), SLICE):
        truth = labels[start : start + SLICE]
        way = walk(model, images[start : start + SLICE])
        values = next(values for found, _, _, values in way if found.name == layer)
        rest = _rest(model, block)
        whole += int((rest(values).argmax(dim=1) == truth).sum())
        for channel in range(size):
            kept = values[:, channel].clone()
            values[:, channel] = 0
            single[channel] += int((rest(values).argmax(dim=1) == truth).sum())
            values[:, channel] = kept
    return whole, tuple(single)


def _rest(model: nn.Module, block: Block) -> nn.Sequential:
    """Return the layers after a block: the same modules."""
    assert isinstance(model.net, nn.Sequential)
    parts = list(model.net)
    return nn.Sequential(*parts[parts.index(block.activation or block.layer) + 1 :])


def _checked(model: nn.Module, layer: str, channels: Collection[int]) -> tuple[Block, int]:
    """Return the layer and how many channels it has."""
    block = block_of(model, layer)
    if block.name == "out":
        raise InvalidInput("The outputs are the answers themselves; switch off channels of a layer before them.")
    shape = next(sums.shape for found, _, sums, _ in walk(model, _blank(model)) if found.name == layer)
    size = int(shape[1])
    for channel in channels:
        if isinstance(channel, bool) or not isinstance(channel, int) or not 0 <= channel < size:
            raise InvalidInput(
                "Layer {layer} has the channels 0 to {last}; there is none of number {channel}.",
                layer=layer,
                last=size - 1,
                channel=channel,
            )
    return block, size


def _blank(model: nn.Module) -> torch.Tensor:
    return torch.zeros(1, 1, 28, 28, device=next(model.parameters()).device)
