"""A chain as ``nn.Sequential`` code."""

from __future__ import annotations

from dataclasses import replace

from core.conv.layers import (
    Activation,
    AdaptivePool,
    AvgPool,
    BatchNorm,
    Chain,
    Conv,
    Flatten,
    Layer,
    Linear,
    MaxPool,
    Size,
    Weighted,
)
from core.conv.sequential import ACTIVATION_MODULES
from core.conv.sizes import LayerTrace, Shape, takes_row, trace


def sequential_script(chain: Chain, shape: Shape) -> str:
    """Return a Python script that builds a chain and prints its output shape and number of parameters.

    Args:
        chain: the layers; one that is impossible raises InvalidInput.
        shape: (C, H, W) of the input.

    >>> print(sequential_script((Conv(6, 5, padding=2, activation="tanh", name="C1"),), (1, 28, 28)))
    import torch
    from torch import nn
    <BLANKLINE>
    net = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(),  # C1: 6×28×28
    )
    <BLANKLINE>
    x = torch.rand(1, 1, 28, 28)
    print(tuple(net(x).shape[1:]), sum(p.numel() for p in net.parameters()))
    <BLANKLINE>
    """
    lines = ["import torch", "from torch import nn", "", "net = nn.Sequential("]
    flat = row_first = takes_row(chain, shape)
    for row in trace(plain(chain, shape), shape).layers:
        flat = flat or isinstance(row.layer, Flatten)
        comment = f"{row.name}: {'×'.join(map(str, row.output if row.output[1:] != (1, 1) else row.output[:1]))}"
        lines.append(f"    {_modules(row, flat)}  # {comment}")
    # batch norm in training compares samples, so that it needs two
    samples = 2 if any(isinstance(layer, BatchNorm) for layer in chain) else 1
    sizes = shape[:1] if row_first else shape
    lines += [")", "", f"x = torch.rand({samples}, {', '.join(map(str, sizes))})"]
    lines.append("print(tuple(net(x).shape[1:]), sum(p.numel() for p in net.parameters()))")
    return "\n".join(lines) + "\n"


def plain(chain: Chain, shape: Shape) -> Chain:
    """Return the same chain as ``nn.Sequential`` has it.

    An activation layer after a convolution, fully connected or batch norm layer without one becomes that layer's own,
    and a fully connected layer on a C×1×1 map gets the flatten that torch needs; not the first one, which takes a row.
    """
    found: list[Layer] = []
    flat = takes_row(chain, shape)
    for row in trace(chain, shape).layers:
        layer, last = row.layer, found[-1] if found else None
        if isinstance(layer, Activation) and isinstance(last, Weighted) and last.activation is None:
            found[-1] = replace(last, activation=layer.activation)
            continue
        if isinstance(layer, Linear) and not flat:
            found.append(Flatten())
        flat = flat or isinstance(layer, Flatten | Linear)
        found.append(layer)
    return tuple(found)


def _modules(row: LayerTrace, flat: bool) -> str:
    layer = row.layer
    if isinstance(layer, Activation):
        return _activation(layer.activation)
    if isinstance(layer, Flatten):
        return "nn.Flatten(),"
    if isinstance(layer, AdaptivePool):
        return f"nn.AdaptiveAvgPool2d({_size(layer.output_size)}),"
    if isinstance(layer, AvgPool | MaxPool):
        return _pool(layer)
    if isinstance(layer, BatchNorm):
        own = f"nn.BatchNorm{1 if flat else 2}d({row.input[0]}),"
    else:
        own = _conv(layer, row.input[0]) if isinstance(layer, Conv) else _linear(layer, row.input[0])
    return own if layer.activation is None else f"{own} {_activation(layer.activation)}"


def _activation(name: str) -> str:
    return f"nn.{ACTIVATION_MODULES[name]}({'dim=1' if 'softmax' in name else ''}),"


def _conv(layer: Conv, channels: int) -> str:
    given: dict[str, tuple[Size | None, object]] = {}
    given |= {"stride": (layer.stride, 1), "padding": (layer.padding, 0), "dilation": (layer.dilation, 1)}
    words = [str(channels), str(layer.filters), _size(layer.kernel_size), *_sizes(given)]
    words += [f"groups={layer.groups}"] if layer.groups > 1 else []
    words += [] if layer.bias else ["bias=False"]
    return f"nn.Conv2d({', '.join(words)}),"


def _linear(layer: Linear, features: int) -> str:
    return f"nn.Linear({features}, {layer.features}{'' if layer.bias else ', bias=False'}),"


def _pool(layer: AvgPool | MaxPool) -> str:
    given: dict[str, tuple[Size | None, object]] = {"stride": (layer.stride, layer.kernel_size)}
    given["padding"] = (layer.padding, 0)
    if isinstance(layer, MaxPool):
        given["dilation"] = (layer.dilation, 1)
    words = [_size(layer.kernel_size), *_sizes(given)]
    words += ["ceil_mode=True"] if layer.ceil_mode else []
    words += ["count_include_pad=False"] if isinstance(layer, AvgPool) and not layer.count_include_pad else []
    return f"nn.{'MaxPool2d' if isinstance(layer, MaxPool) else 'AvgPool2d'}({', '.join(words)}),"


def _sizes(given: dict[str, tuple[Size | None, object]]) -> list[str]:
    return [
        f"{name}={_size(value)}"
        for name, (value, default) in given.items()
        if value not in (default, (default, default))
    ]


def _size(value: Size | None) -> str:
    return str(value[0] if isinstance(value, tuple) and value[0] == value[1] else value)
