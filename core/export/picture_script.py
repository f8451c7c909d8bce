"""Kernels over a picture as a PyTorch script."""

from __future__ import annotations

from collections.abc import Mapping

from core.conv.filters import Grid

_HEAD = """\
import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

picture = np.asarray(Image.open("picture.png").convert("L"))  # your own
x = torch.tensor(picture, dtype=torch.float32)[None, None] / 255
"""
_COLOUR = _HEAD.replace('"L"', '"RGB"').replace("[None, None]", ".permute(2, 0, 1)[None]")
_TAIL = """\
y = F.conv2d(x, {weight}, bias, stride={stride}, padding={padding})
print(tuple(y.shape[1:]))  # maps, height, width
"""
_C1 = """\
from safetensors.torch import load_file

weights = load_file("core/nets/weights/lenet5.safetensors")  # from this project's folder
x = (x - 0.1307) / 0.3081  # as in training
y = F.conv2d(x, weights["net.c1.weight"], weights["net.c1.bias"], padding=2).tanh()
print(tuple(y.shape[1:]))  # maps, height, width
"""


def picture_script(
    kernels: Mapping[str, Grid], stride: int, padding: int, bias: float | None = None, colour: bool = False
) -> str:
    """Return a script that does to a picture what the page does.

    Args:
        kernels: name → kernel, all of one size.
        stride: step of the window.
        padding: rings of zeros.
        bias: the same for each; None for none.
        colour: the picture has three channels, and each filter the same kernel in all of them.
    """
    rows = "".join(
        f"    {[[round(value, 6) for value in row] for row in grid]},  # {name}\n" for name, grid in kernels.items()
    )
    given = "None" if bias is None else f"torch.tensor([{float(bias)}] * {len(kernels)})"
    weight = f"weight = torch.tensor([\n{rows}], dtype=torch.float32)\nbias = {given}\n"
    filters = "weight[:, None].expand(-1, 3, -1, -1)" if colour else "weight[:, None]"
    return (_COLOUR if colour else _HEAD) + weight + _TAIL.format(weight=filters, stride=stride, padding=padding)


def trained_script() -> str:
    """Return a script that puts a picture through LeNet-5's trained C1."""
    return _HEAD + _C1
