"""Pictures and numbers as text, as a page carries them to the browser."""

import base64
import io
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image

SMALL: Final = 4_096  # bytes of a picture, such as 28×28 in colour, whose file is kept for the next redraw


def png(pixels: npt.NDArray[np.uint8], level: int = 6) -> str:
    """Return a picture as the address of a PNG.

    Args:
        pixels: uint8 (H, W), or (H, W, 3) in colour.
        level: of compression, 1 (quick) … 9 (small).
    """
    return f"data:image/png;base64,{base64.b64encode(png_file(pixels, level)).decode()}"


def png_file(pixels: npt.NDArray[np.uint8], level: int = 6) -> bytes:
    """Return a picture as a PNG file; the arguments are png's."""
    make = _small_file if pixels.nbytes <= SMALL else _small_file.__wrapped__
    return make(pixels.tobytes(), pixels.shape, level)


@lru_cache(maxsize=256)
def _small_file(pixels: bytes, shape: tuple[int, ...], level: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.frombuffer(pixels, np.uint8).reshape(shape)).save(file, "PNG", compress_level=level)
    return file.getvalue()


def packed(values: Any) -> bytes:
    """Return an array's or a tensor's numbers, row by row and little-endian as all browsers read them.

    >>> packed(np.array([1, 2], dtype=np.int16))
    b'\\x01\\x00\\x02\\x00'
    """
    return np.asarray(values).tobytes()
