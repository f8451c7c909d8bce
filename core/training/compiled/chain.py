"""What the compiled engine is told of a network: a chain of plain tuples, or why it cannot take it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from torch import nn

from core.nets.lenet import BACKGROUND, LeNet5
from core.nets.mlp import Mlp


class Unsupported(Exception):
    """The reference engine has to do it; says what it is, a name or InvalidInput."""


@dataclass(frozen=True)
class Frame:
    """So many rows and columns of a value around the input."""

    edge: int
    value: float


@dataclass(frozen=True)
class Affine:
    """Linear, or Conv2d with a kernel, as (down, across) each."""

    inputs: int
    outputs: int
    kernel: tuple[int, int] | None = None
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Activation:
    """One of activations.py, by number."""

    kind: int


@dataclass(frozen=True)
class Pool:
    """Average (0) or max (1) pooling."""

    kind: int
    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]


Link = Frame | Affine | Activation | Pool

ACTIVATIONS: dict[type[nn.Module], int] = {nn.ReLU: 1, nn.LeakyReLU: 2, nn.Tanh: 3, nn.Sigmoid: 4, nn.GELU: 5}


def chain_of(model: nn.Module) -> tuple[Link, ...]:
    """Return a network as a chain.

    Raises:
        Unsupported: naming the layer that is none of this engine's.
    """
    return tuple(_links(model))


def _links(layer: nn.Module) -> Iterator[Link]:
    if isinstance(layer, LeNet5):
        if layer.variant.frame:
            yield Frame(layer.variant.frame, BACKGROUND)
        yield from _links(layer.net)
    elif isinstance(layer, Mlp):
        yield from _links(layer.net)
    elif type(layer) is nn.Sequential:
        for inner in layer:
            yield from _links(inner)
    elif type(layer) is nn.Linear:
        if layer.bias is None:
            raise Unsupported("Linear without bias")
        yield Affine(layer.in_features, layer.out_features)
    elif type(layer) is nn.Conv2d:
        yield _convolution(layer)
    elif isinstance(layer, nn.AvgPool2d):
        if (
            layer.ceil_mode
            or layer.divisor_override
            or (_pair(layer.padding) != (0, 0) and not layer.count_include_pad)
        ):
            raise Unsupported("AvgPool2d")
        yield Pool(0, _pair(layer.kernel_size), _pair(layer.stride), _pair(layer.padding))
    elif type(layer) is nn.MaxPool2d:
        if layer.ceil_mode or layer.return_indices or _pair(layer.dilation) != (1, 1):
            raise Unsupported("MaxPool2d")
        yield Pool(1, _pair(layer.kernel_size), _pair(layer.stride), _pair(layer.padding))
    elif type(layer) in ACTIVATIONS:
        odd = getattr(layer, "negative_slope", 0.01) != 0.01 or getattr(layer, "approximate", "none") != "none"
        if odd:
            raise Unsupported(type(layer).__name__)
        yield Activation(ACTIVATIONS[type(layer)])
    elif not isinstance(layer, nn.Identity | nn.Flatten):
        raise Unsupported(type(layer).__name__)


def _convolution(layer: nn.Conv2d) -> Affine:
    plain = layer.bias is not None and layer.groups == 1 and layer.padding_mode == "zeros"
    if not plain or _pair(layer.dilation) != (1, 1) or isinstance(layer.padding, str):
        raise Unsupported("Conv2d")
    return Affine(
        layer.in_channels, layer.out_channels, _pair(layer.kernel_size), _pair(layer.stride), _pair(layer.padding)
    )


def _pair(value: int | tuple[int, ...] | None) -> tuple[int, int]:
    if value is None:
        raise Unsupported("a pooling without a stride")
    return (value, value) if isinstance(value, int) else (value[0], value[1])
