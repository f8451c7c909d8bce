"""The layers of LeNet-5, its variants and the MNIST DNN, by the course's names, each with its activation."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import torch
from torch import nn

from core.errors import InvalidInput
from core.nets.building import shape_only
from core.nets.lenet import LeNet5
from core.nets.mlp import Mlp
from core.nets.pooling import AvgPool
from core.nets.rbf import Rbf, ScaledTanh

ACTIVATIONS: dict[type[nn.Module], str] = {
    nn.Tanh: "tanh",
    nn.Sigmoid: "sigmoid",
    nn.ReLU: "relu",
    ScaledTanh: "scaled tanh",
}
KINDS: dict[type[nn.Module], str] = {
    nn.Conv2d: "convolution",
    AvgPool: "average pooling",
    nn.MaxPool2d: "max pooling",
    nn.Linear: "fully connected",
    Rbf: "rbf",
}


@dataclass(frozen=True, eq=False)
class Block:
    """A layer with the activation that follows it.

    Attributes:
        name: "c1", "s2", "c3", "s4", "c5", "f6", "out"; of the DNN "h1" … "h4", "out".
        kind: a value of KINDS.
        prefix: of its parameters, e.g. "net.c1".
        layer: the module.
        activation: the module after it, None where there is none.
    """

    name: str
    kind: str
    prefix: str
    layer: nn.Module
    activation: nn.Module | None

    @property
    def activation_name(self) -> str:
        """A value of ACTIVATIONS, or "" where nothing follows."""
        return ACTIVATIONS[type(self.activation)] if self.activation is not None else ""


def blocks(model: nn.Module) -> tuple[Block, ...]:
    """Return a network's layers from the input to the outputs.

    Args:
        model: a LeNet5 or an Mlp.
    """
    net = model.net
    assert isinstance(net, nn.Sequential)
    parts = list(net.named_children())
    found: list[Block] = []
    linear = sum(isinstance(module, nn.Linear) for _, module in parts)
    for place, (key, module) in enumerate(parts):
        kind = KINDS.get(type(module))
        if kind is None:
            continue
        name = key
        if isinstance(model, Mlp):
            name = f"h{len(found) + 1}" if len(found) < linear - 1 else "out"
        after = parts[place + 1][1] if place + 1 < len(parts) else None
        found.append(Block(name, kind, f"net.{key}", module, after if type(after) in ACTIVATIONS else None))
    return tuple(found)


def block_of(model: nn.Module, name: str) -> Block:
    """Return one layer of a network.

    Raises:
        InvalidInput: it has no layer of that name.
    """
    found = {block.name: block for block in blocks(model)}
    if name not in found:
        raise InvalidInput(
            "This network has no layer {name}; choose one of {names}.", name=str(name)[:40], names=", ".join(found)
        )
    return found[name]


def walk(model: nn.Module, images: torch.Tensor) -> Iterator[tuple[Block, torch.Tensor, torch.Tensor, torch.Tensor]]:
    """Send images through a network layer by layer, with its own modules.

    Args:
        model: a LeNet5 or an Mlp, in eval mode.
        images: float32 (B, 1, 28, 28), normalised.

    Yields:
        (layer, its input, its output before the activation, the same after it). The last one's is what the network
        returns, bit for bit.
    """
    values = model.framed(images) if isinstance(model, LeNet5) else images.flatten(1)
    for block in blocks(model):
        if block.kind in ("fully connected", "rbf"):
            values = values.flatten(1)
        sums = block.layer(values)
        out = sums if block.activation is None else block.activation(sums)
        yield block, values, sums, out
        values = out


@dataclass(frozen=True)
class LayerRow:
    """A line of the layer table (course 5), traced.

    Attributes:
        name: "in", then as in Block.
        kind: "input" or a value of KINDS.
        filters: shape of the weights, (filters, channels, height, width) or (neurons, inputs); () without any.
        window: rows and columns of the window; () where there is none.
        stride: of the window, 0 where there is none.
        padding: rows and columns of zeros around the layer's input.
        activation: a value of ACTIVATIONS or "".
        output: (channels, height, width) or (neurons,).
        parameters: numbers that are learned.
        multiply_adds: of one image.
    """

    name: str
    kind: str
    filters: tuple[int, ...]
    window: tuple[int, ...]
    stride: int
    padding: int
    activation: str
    output: tuple[int, ...]
    parameters: int
    multiply_adds: int


@cache
def layer_table(network: str) -> tuple[LayerRow, ...]:
    """Return every layer of a network with its sizes, found by sending an image without numbers through it.

    Args:
        network: one of core.nets.networks.DIGITS.
    """
    with torch.device("meta"), torch.no_grad():
        model = shape_only(network).eval()
        image = torch.empty(1, 1, 28, 28)
        first = model.framed(image) if isinstance(model, LeNet5) else image
        rows = [LayerRow("in", "input", (), (), 0, 0, "", tuple(first.shape[1:]), 0, 0)]
        for block, _, sums, _ in walk(model, image):
            layer, output = block.layer, tuple(sums.shape[1:])
            weight = getattr(layer, "weight", None)
            filters = tuple(weight.shape) if isinstance(weight, torch.Tensor) else ()
            each = weight[0].numel() if isinstance(weight, torch.Tensor) else 0
            if isinstance(layer, Rbf):
                each = 84
            rows.append(
                LayerRow(
                    block.name,
                    block.kind,
                    filters,
                    window_of(layer),
                    stride_of(layer),
                    padding_of(layer),
                    block.activation_name,
                    output,
                    sum(value.numel() for value in layer.parameters()),
                    each * sums[0].numel(),
                )
            )
    return tuple(rows)


def window_of(layer: nn.Module) -> tuple[int, ...]:
    """Return rows and columns of a layer's window, () where it has none."""
    size = getattr(layer, "kernel_size", ())
    return (size, size) if isinstance(size, int) else tuple(size)


def stride_of(layer: nn.Module) -> int:
    """Return the step of a layer's window, the same down and across; 0 where it has none."""
    stride = getattr(layer, "stride", 0)
    return stride if isinstance(stride, int) else int(stride[0])


def padding_of(layer: nn.Module) -> int:
    """Return the rows and columns of zeros around a layer's input."""
    padding = getattr(layer, "padding", 0)
    return padding if isinstance(padding, int) else int(padding[0])
