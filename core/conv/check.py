"""Ask torch itself what a layer makes of an input, without computing anything (meta device)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from core.conv.layers import AdaptivePool, AvgPool, BatchNorm, Conv, Flatten, Layer, Linear, MaxPool
from core.conv.sizes import Shape

if TYPE_CHECKING:
    from torch import nn


def module_for(layer: Conv | AvgPool | MaxPool, channels: int) -> nn.Module:
    """Return the torch layer on the meta device, without its activation.

    Args:
        layer: a convolution or pooling layer.
        channels: of its input.
    """
    from torch import nn  # torch takes seconds to import; only this check needs it

    kernel, stride, padding = layer.kernel_size, layer.stride, layer.padding
    if isinstance(layer, Conv):
        more: dict[str, Any] = {"groups": layer.groups, "bias": layer.bias, "device": "meta"}
        return nn.Conv2d(channels, layer.filters, kernel, layer.stride, padding, layer.dilation, **more)
    if isinstance(layer, MaxPool):
        return nn.MaxPool2d(kernel, stride, padding, layer.dilation, ceil_mode=layer.ceil_mode)
    return nn.AvgPool2d(kernel, stride, padding, layer.ceil_mode, layer.count_include_pad)


def torch_outputs(chain: Sequence[Layer], shape: Shape) -> list[tuple[Shape, int]]:
    """Return what torch's own layers give, one after the other: (C, H, W) or (features, 1, 1), and parameters.

    Args:
        chain: layers that torch takes.
        shape: (C, H, W) of the input.

    Raises:
        RuntimeError, ValueError: whatever torch raises when it refuses.
    """
    return list(_torch_outputs(tuple(chain), shape))


@lru_cache(maxsize=64)
def _torch_outputs(chain: tuple[Layer, ...], shape: Shape) -> list[tuple[Shape, int]]:
    import torch
    from torch import nn

    x, found = torch.empty(1, *shape, device="meta"), []
    for layer in chain:
        module: nn.Module = nn.Identity()
        if isinstance(layer, Conv | AvgPool | MaxPool):
            module = module_for(layer, x.shape[1])
        elif isinstance(layer, Linear):
            x = x.flatten(1)  # a C×1×1 map is taken as flat
            module = nn.Linear(x.shape[1], layer.features, bias=layer.bias, device="meta")
        elif isinstance(layer, BatchNorm):
            norm = nn.BatchNorm1d if x.dim() == 2 else nn.BatchNorm2d
            module = norm(x.shape[1], device="meta")
        elif isinstance(layer, AdaptivePool):
            module = nn.AdaptiveAvgPool2d(layer.output_size)
        elif isinstance(layer, Flatten):
            module = nn.Flatten()
        x = module.eval()(x)
        channels, height, width = (*x.shape[1:], 1, 1)[:3]
        found.append(((channels, height, width), sum(p.numel() for p in module.parameters())))
    return found
