"""Pictures and numbers as text, as a page carries them to the browser."""

import base64
import io
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image


def png(pixels: npt.NDArray[np.uint8], level: int = 6) -> str:
    """Return a picture as the address of a PNG.

    Args:
        pixels: uint8 (H, W), or (H, W, 3) in colour.
        level: of compression, 1 (quick) … 9 (small).
    """
    return f"data:image/png;base64,{base64.b64encode(png_file(pixels, level)).decode()}"


def png_file(pixels: npt.NDArray[np.uint8], level: int = 6) -> bytes:
    """Return a picture as a PNG file; the arguments are png's."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=level)
    return file.getvalue()


def packed(values: Any) -> bytes:
    """Return an array's or a tensor's numbers, row by row and little-endian as all browsers read them.

    >>> packed(np.array([1, 2], dtype=np.int16))
    b'\\x01\\x00\\x02\\x00'
    """
    return np.asarray(values).tobytes()
