"""Which digit is it? From a picture to ten probabilities."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy.typing as npt
import torch
from PIL import Image
from torch import nn

from core.data.pictures import decode_image
from core.errors import InvalidInput
from core.nets.pretrained import pretrained
from core.sketch.preprocess import preprocess

MAX_FILE_BYTES = 20_000_000
_MODEL = cache(pretrained)


@dataclass(frozen=True)
class Prediction:
    """A network's answer.

    Attributes:
        digit: the most probable one.
        probabilities: of the digits 0 … 9; they sum to 1.
    """

    digit: int
    probabilities: tuple[float, ...]


def predict(image: Path | str | Image.Image | npt.NDArray[Any], model: nn.Module) -> Prediction:
    """Read one sketch.

    Args:
        image: the path of a PNG or JPEG file, a PIL image, or an array as core.sketch.preprocess takes it.
        model: float32 (B, 1, 28, 28), normalised → logits (B, 10), in eval mode.

    Returns:
        Digit and probabilities.

    Raises:
        Blank: when there is no digit to be seen.
        InvalidInput: when the file or array is no picture, or too large.
    """
    picture = open_image(Path(image)) if isinstance(image, (Path, str)) else image
    return classify(preprocess(picture).normalised, model)


def classify(normalised: torch.Tensor, model: nn.Module) -> Prediction:
    """Answer for one image that is already in MNIST's form.

    Args:
        normalised: float32 (1, 1, 28, 28).
        model: as for predict.

    Returns:
        Softmax of the model's ten outputs (course 3), and where it is largest.
    """
    device = next(model.parameters()).device
    with torch.inference_mode():
        shares = model(normalised.to(device)).softmax(dim=1)[0].cpu().double()
    return Prediction(int(shares.argmax()), tuple(shares.tolist()))


def predict_file(path: Path, model_name: str) -> Prediction:
    """Read one image file with a shipped network; loaded once, on the CPU. Raises as predict does."""
    return predict(path, _MODEL(model_name))


def open_image(path: Path) -> Image.Image:
    """Open and decode a PNG or JPEG file, turned as its EXIF data says.

    Args:
        path: a file of at most 20 MB and 50 million pixels.

    Raises:
        InvalidInput: missing, too large, of another format, or damaged.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise InvalidInput("There is no file {path}; check the name.", path=str(path)) from error
    if size > MAX_FILE_BYTES:
        raise InvalidInput(
            "The file has {size} MB, more than the {limit} MB allowed; make the picture smaller.",
            size=round(size / 1e6, 1),
            limit=MAX_FILE_BYTES // 1_000_000,
        )
    return decode_image(path)
