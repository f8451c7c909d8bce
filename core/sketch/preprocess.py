"""Any sketch → MNIST's own form: ink found, cropped, fitted into 20×20, centred by mass in 28×28, normalised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from core.data.pictures import MAX_PIXELS
from core.errors import InvalidInput
from core.sketch.form import BOX, SIDE, Bytes, as_bytes, centre, fit, ink_box, middle
from core.sketch.ink import Blank, Floats, find_ink

if TYPE_CHECKING:
    import torch


WORK_SIDE = 560
"""Larger pictures are first averaged down to about this side: 20 times the network's input is plenty."""


@dataclass(frozen=True)
class Steps:
    """Which of the steps are taken; each can be left out to see what it is good for.

    Attributes:
        crop: cut the ink's box out; else the whole board is used.
        fit: the longer side becomes 20 pixels, a border of 4 stays around it; else 28, without a border.
        centre: the centre of mass is moved to the middle; else the box lies in the middle.
        normalise: subtract MNIST's mean and divide by its standard deviation; else grey values stay 0 to 1.
    """

    crop: bool = True
    fit: bool = True
    centre: bool = True
    normalise: bool = True


@dataclass(frozen=True, eq=False)
class Stages:
    """What became of a sketch on its way to the network, each stage as a picture.

    Attributes:
        raw: uint8 (H, W, 3), the sketch on its background, at most about 560 pixels a side.
        crop: uint8 (h, w), the ink's box, light on dark; the whole board where cropping is left out.
        fitted: uint8 (20, 20), the crop at MNIST's size, in the middle; (28, 28) where fitting is left out.
        centred: uint8 (28, 28), its centre of mass at (14, 14): what the network sees.
        normalised: float32 (1, 1, 28, 28), what it computes with.
    """

    raw: Bytes
    crop: Bytes
    fitted: Bytes
    centred: Bytes
    normalised: torch.Tensor


def preprocess(
    image: Image.Image | npt.NDArray[Any], paper: tuple[int, int, int] | None = None, steps: Steps | None = None
) -> Stages:
    """Bring any sketch into the form that MNIST's own digits were given.

    Follows LeCun's description (http://yann.lecun.com/exdb/mnist): size-normalised into 20×20 with the ratio
    kept, then moved by whole pixels until the centre of mass lies at the centre of 28×28.

    Args:
        image: a PIL image of any mode, or an array (H, W), (H, W, 1), (H, W, 3) or (H, W, 4), uint8, bool,
            uint16, or float from 0 to 1; light on dark or dark on light, transparent or not.
        paper: the background's red, green and blue, 0 to 255, where it is known; None: it is found.
        steps: which steps to take; all when left out.

    Returns:
        Every stage, the last one normalised as in training.

    Raises:
        Blank: when there is no digit to be seen.
        InvalidInput: when the picture has no pixels, too many, or is no picture.
    """
    ink, raw = sketched_ink(image, paper)
    return finish(ink, raw, steps)


def sketched_ink(
    image: Image.Image | npt.NDArray[Any], paper: tuple[int, int, int] | None = None
) -> tuple[Floats, Bytes]:
    """Find the ink of a sketch. Takes and raises what preprocess does.

    Returns:
        ink: float32 (H, W), 0 = paper, 1 = full stroke; a large picture is averaged down to about 560 pixels a side.
        raw: uint8 (H, W, 3), the picture on its background.
    """
    raw = flat(_as_pil(image))
    known = None if paper is None else np.asarray(paper, dtype=np.float32) / np.float32(255)
    return find_ink(_colours(raw), known), np.asarray(raw)


def finish(ink: Floats, raw: Bytes, steps: Steps | None = None) -> Stages:
    """Take the steps that follow once the ink has been found.

    Args:
        ink: float32 (H, W), 0 = paper, 1 = full stroke.
        raw: uint8 (H, W, 3), the picture it was found in, to be shown.
        steps: which to take; all when left out.

    Returns:
        Every stage.

    Raises:
        Blank: when there is too little ink for a digit.
    """
    steps = steps or Steps()
    box = _checked_box(ink)
    crop = box if steps.crop else ink
    side = BOX if steps.fit else SIDE
    small = fit(crop, side)
    centred = as_bytes(centre(small) if steps.centre else middle(small))
    return Stages(
        raw=raw,
        crop=as_bytes(crop),
        fitted=as_bytes(middle(small, side)),
        centred=centred,
        normalised=_tensor(centred, steps.normalise),
    )


def _tensor(centred: Bytes, standard: bool) -> torch.Tensor:
    import torch

    from core.data.grey import normalise

    pixels = torch.from_numpy(centred.copy()).reshape(1, 1, SIDE, SIDE)
    return normalise(pixels) if standard else pixels.to(torch.float32) / 255


def _as_pil(image: Image.Image | npt.NDArray[Any]) -> Image.Image:
    """Check size and type, and bring 16-bit and float pixels to 8 bits."""
    if isinstance(image, Image.Image):
        _check_size(image.height, image.width)
        return _as_pil(np.asarray(image)) if image.mode[0] in "IF" else image
    array = np.asarray(image)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise InvalidInput(
            "A sketch of shape {shape} is no picture; give (height, width), or 3 or 4 channels last.", shape=array.shape
        )
    _check_size(array.shape[0], array.shape[1])
    most = {"b": 1, "u": 65535, "i": 65535, "f": 1}.get(array.dtype.kind)  # PIL's 16-bit greys are uint16 or int32
    if most is None:
        raise InvalidInput("Pixels of type {dtype} are no picture; give uint8.", dtype=str(array.dtype))
    if array.dtype.kind == "f":
        if not bool(np.isfinite(array).all()):
            raise InvalidInput("The sketch holds NaN or infinite values; give finite numbers from 0 to 1.")
        if array.min() < 0 or array.max() > 1:
            raise InvalidInput(
                "The sketch holds values from {low} to {high}; floats must lie between 0 and 1, or give uint8.",
                low=float(array.min()),
                high=float(array.max()),
            )
    if array.dtype != np.uint8:
        array = (np.clip(array, 0, most) / most * 255).round().astype(np.uint8)
    return Image.fromarray(np.ascontiguousarray(array))


def _check_size(height: int, width: int) -> None:
    if height < 1 or width < 1:
        raise InvalidInput(
            "The picture ({width}×{height}) has no pixels; draw at least 8×8.", width=width, height=height
        )
    if height * width > MAX_PIXELS:
        raise InvalidInput(
            "The picture ({width}×{height}) has more than {limit} million pixels; make it smaller.",
            width=width,
            height=height,
            limit=MAX_PIXELS // 1_000_000,
        )


def flat(image: Image.Image) -> Image.Image:
    """Lay a transparent picture on the tone that its ink stands out from; average large pictures down."""
    if image.mode in ("1", "L", "RGB") and "transparency" not in image.info:
        return _smaller(image.convert("RGB"))
    try:
        rgba = _smaller(image.convert("RGBA").convert("RGBa")).convert("RGBA")  # averaged with their own opacity
    except ValueError as error:
        raise InvalidInput("A picture of mode {mode} cannot be read; save it as RGB.", mode=image.mode) from error
    alpha = np.asarray(rgba.getchannel("A"), dtype=np.float32)
    if alpha.min() < 255:
        grey = np.asarray(rgba.convert("L"), dtype=np.float32)
        ink_tone = float((grey * alpha).sum() / alpha.sum()) if alpha.any() else 0.0
        paper = (255, 255, 255, 255) if ink_tone < 128 else (0, 0, 0, 255)
        rgba = Image.alpha_composite(Image.new("RGBA", rgba.size, paper), rgba)
    return rgba.convert("RGB")


def _smaller(image: Image.Image) -> Image.Image:
    factor = min(max(image.size) // WORK_SIDE, min(image.size))
    return image.reduce(factor) if factor > 1 else image


def _colours(rgb: Image.Image) -> Floats:
    """Pixels as float32 (H, W, 3) from 0 to 1, or (H, W, 1) when all are grey: three times as fast."""
    pixels = np.asarray(rgb)
    grey = bool((pixels[..., 0] == pixels[..., 1]).all() and (pixels[..., 1] == pixels[..., 2]).all())
    return np.asarray(pixels[..., :1] if grey else pixels, dtype=np.float32) / np.float32(255)


def _checked_box(ink: Floats) -> Floats:
    """Cut the ink's box out; refuse what is too little to be a digit."""
    box = ink_box(ink)
    if box is None:
        raise Blank("The picture is blank: nothing stands out from its background. Draw a digit with a clear pen.")
    height, width = box.shape
    solid = box > 0.5
    tiny = max(height, width) < max(ink.shape) / 8
    dot = tiny and min(height, width) > 0.6 * max(height, width) and float(solid.mean()) > 0.6
    if solid.sum() < 6 or max(height, width) < max(4, max(ink.shape) / 40) or dot:
        raise Blank("The picture is almost blank: there is only a dot. Draw a digit from 0 to 9.")
    return box
