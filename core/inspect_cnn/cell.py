"""One cell of a feature map, taken apart: its window, its filter, every product, the sum, the bias, the activation."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from core.checks import is_whole
from core.errors import InvalidInput
from core.inspect_cnn.layers import Block, block_of, padding_of, stride_of, walk, window_of
from core.inspect_cnn.maps import one_image
from core.nets.rbf import PATTERNS


@dataclass(frozen=True, eq=False)
class Cell:
    """How one number of a layer comes about.

    Attributes:
        layer: name of the layer.
        kind: as in layers.Block.
        channel: of the cell, from 0; the neuron of a fully connected layer.
        row: of the cell, 0 for a neuron.
        column: likewise.
        top: row of the layer's input where the window begins; negative where it reaches into the padding.
        left: likewise its column.
        window: float32 (channels, rows, columns), what the layer sees here, zeros where it is padding; of a pooling
            layer one channel; of a neuron (inputs,), all values of the layer before.
        filter: float32 of the same shape, the weights; the pattern of an RBF output; None for pooling.
        products: window · filter, element by element; (window − filter)² of an RBF output; None for pooling.
        channel_sums: float32 (channels,), the products' sums; of a neuron all in one; None for pooling.
        bias: added to them; None where there is none.
        sum: what the layer returns here, from torch: products and bias, the mean or the largest of the window, or
            minus the sum of the squares (RBF).
        activation: its name, "" where there is none.
        value: after the activation: what the feature map shows.
    """

    layer: str
    kind: str
    channel: int
    row: int
    column: int
    top: int
    left: int
    window: torch.Tensor
    filter: torch.Tensor | None
    products: torch.Tensor | None
    channel_sums: torch.Tensor | None
    bias: float | None
    sum: float
    activation: str
    value: float


@torch.no_grad()
def explain(model: nn.Module, image: torch.Tensor, layer: str, channel: int, row: int = 0, column: int = 0) -> Cell:
    """Take one cell of one layer apart, with the numbers that the layer really has there.

    Args:
        model: a LeNet5 or the MNIST DNN, in eval mode, on any device.
        image: float32 (1, 28, 28), normalised.
        layer: its name, see layers.Block.
        channel: of the cell, from 0; a fully connected layer's neuron.
        row: of the cell, from 0.
        column: likewise.

    Returns:
        All tensors are on the CPU; ``channel_sums.sum() + bias`` is ``sum`` to float32 rounding.

    Raises:
        InvalidInput: there is no such layer or cell.
    """
    wanted = block_of(model, layer)
    way = walk(model, one_image(image).to(next(model.parameters()).device))
    inputs, sums, values = next(
        tuple(value[0].cpu() for value in found) for block, *found in way if block.name == layer
    )
    place = (channel, row, column)[: sums.ndim]
    beyond = any(not is_whole(at, 0, size - 1) for at, size in zip(place, sums.shape, strict=True))
    if beyond or any((row, column)[sums.ndim - 1 :]):
        raise InvalidInput(
            "Layer {layer} has {shape} cells, counted from 0; there is none at {place}.",
            layer=layer,
            shape="×".join(map(str, sums.shape)),
            place=f"({channel}, {row}, {column})",
        )
    top, left, window = _window(wanted, inputs, channel, row, column)
    weights, products, bias = _weighed(wanted, window, channel)
    parts = None if products is None else products.flatten(1).sum(dim=1) if products.ndim == 3 else products.sum()[None]
    return Cell(
        layer,
        wanted.kind,
        channel,
        row,
        column,
        top,
        left,
        window,
        weights,
        products,
        parts,
        bias,
        float(sums[place]),
        wanted.activation_name,
        float(values[place]),
    )


def _window(block: Block, inputs: torch.Tensor, channel: int, row: int, column: int) -> tuple[int, int, torch.Tensor]:
    """Return where the window begins, and what is in it."""
    if not window_of(block.layer):
        return 0, 0, inputs
    height, width = window_of(block.layer)
    stride, padding = stride_of(block.layer), padding_of(block.layer)
    padded = F.pad(inputs, (padding,) * 4)
    if block.kind != "convolution":
        padded = padded[channel : channel + 1]
    top, left = row * stride, column * stride
    return top - padding, left - padding, padded[:, top : top + height, left : left + width].clone()


def _weighed(
    block: Block, window: torch.Tensor, channel: int
) -> tuple[torch.Tensor | None, torch.Tensor | None, float | None]:
    """Return the filter, the products and the bias, None where the layer has none."""
    if block.kind == "rbf":
        pattern = PATTERNS[channel]
        return pattern, (window - pattern).square(), None
    weight, bias = getattr(block.layer, "weight", None), getattr(block.layer, "bias", None)
    if weight is None or bias is None:
        return None, None, None
    weights = weight[channel].detach().cpu().clone()
    return weights, window * weights, float(bias[channel])
