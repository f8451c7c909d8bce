"""Kernels over a real picture, by torch's own convolution: feature maps."""

import io
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import nn
from torch.nn import functional

from core.conv.axis import Axis
from core.conv.filters import Grid
from core.conv.sizes import too_large
from core.data.grey import MEAN, STD
from core.data.pictures import decode_image
from core.errors import InvalidInput

MAX_UPLOAD_BYTES = 2_000_000
MAX_UPLOAD_PIXELS = 16_000_000
MAX_SIDE = 256
"""Longest side of a picture that is worked on; larger ones are averaged down to it."""

Bytes = npt.NDArray[np.uint8]
Maps = npt.NDArray[np.float32]


def colours() -> Bytes:
    """Return three overlapping discs of red, green and blue light on black, uint8 (3, 96, 96).

    >>> colours()[:, 48, 48].tolist()  # where all three meet it is white
    [255, 255, 255]
    """
    rows, columns = np.mgrid[:96, :96]
    discs = [np.hypot(rows - y, columns - x) < 28 for y, x in ((34, 48), (59, 33), (59, 63))]
    return np.stack(discs).astype(np.uint8) * 255


def grey(picture: Bytes) -> Bytes:
    """Return a picture in grey, uint8 (H, W), of one that may have three channels."""
    if picture.ndim == 2:
        return picture
    return np.asarray(Image.fromarray(picture.transpose(1, 2, 0)).convert("L"), dtype=np.uint8)


def read_upload(data: bytes, colour: bool = False) -> Bytes:
    """Return an uploaded picture.

    Args:
        data: a PNG or JPEG file, unchecked.
        colour: keep its three channels, red, green and blue; else it becomes grey.

    Returns:
        uint8 (H, W) or (3, H, W), at most ``MAX_SIDE`` pixels a side; what is transparent has become white.

    Raises:
        InvalidInput: more than 2 MB or 16 million pixels, of another format, or damaged.
    """
    if len(data) > MAX_UPLOAD_BYTES:
        raise InvalidInput(
            "The file has {size} MB, more than the {limit} MB allowed; make the picture smaller.",
            size=round(len(data) / 1e6, 1),
            limit=MAX_UPLOAD_BYTES // 1_000_000,
        )
    image = decode_image(io.BytesIO(data), MAX_UPLOAD_PIXELS)
    if image.mode.startswith("I;16"):  # Pillow would cut the upper half off, not scale
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    transparent = "A" in image.getbands() or "transparency" in image.info
    kind = "RGB" if colour else "L"
    image = image.convert("RGBA" if transparent else kind)  # before averaging: a palette's numbers have no mean
    image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.BOX)
    if transparent:
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    pixels = np.asarray(image.convert(kind), dtype=np.uint8)
    return pixels.transpose(2, 0, 1) if colour else pixels


def feature_maps(
    picture: Bytes, kernels: Sequence[Grid], stride: int = 1, padding: int = 0, biases: Sequence[float] = ()
) -> Maps:
    """Return one map per kernel.

    Args:
        picture: uint8 (H, W) or (C, H, W); 0 … 255 counts as 0 … 1.
        kernels: of one size (FH, FW); each is a filter's kernel in every channel, whose products are summed.
        stride: step of the window.
        padding: rings of zeros.
        biases: one per kernel; none means 0.

    Returns:
        float32 (kernels, OH, OW).

    Raises:
        InvalidInput: the window is larger than the padded picture.

    >>> feature_maps(np.full((3, 3), 255, np.uint8), [((1, 1), (1, 1))], padding=1)[0, 0].tolist()
    [1.0, 2.0, 2.0, 1.0]
    """
    channels = picture if picture.ndim == 3 else picture[None]
    weight = torch.tensor(kernels, dtype=torch.float32)[:, None].expand(-1, len(channels), -1, -1)
    rows, columns = (Axis(channels.shape[at], weight.shape[at + 1], padding=padding) for at in (1, 2))
    if min(rows.slack, columns.slack) < 0:
        raise too_large(rows, columns)
    bias = torch.tensor(biases, dtype=torch.float32) if biases else None
    x = torch.tensor(channels, dtype=torch.float32).div(255)[None]
    with torch.inference_mode():
        found: Maps = functional.conv2d(x, weight, bias, stride, padding)[0].numpy()
    return found


def trained_maps(picture: Bytes, network: nn.Module) -> Maps:
    """Return what LeNet-5's first layer makes of a picture: C1 with its padding and bias, then tanh.

    Args:
        picture: uint8 (H, W); normalised as in training.
        network: LeNet-5.

    Returns:
        float32 (6, H, W), from −1 to 1.
    """
    c1 = _c1(network)
    x = torch.tensor(picture, dtype=torch.float32).div(255).sub(MEAN).div(STD)[None, None]
    with torch.inference_mode():
        found: Maps = c1(x.to(c1.weight.device)).tanh()[0].cpu().numpy()
    return found


def trained_kernels(network: nn.Module) -> Maps:
    """Return LeNet-5's six trained C1 kernels, float32 (6, 5, 5)."""
    return _c1(network).weight[:, 0].detach().cpu().numpy()


def _c1(network: nn.Module) -> nn.Conv2d:
    layer = network.get_submodule("net.c1")
    assert isinstance(layer, nn.Conv2d)
    return layer
