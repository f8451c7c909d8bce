"""A stranger's PNG or JPEG picture, decoded with every check."""

import warnings
from pathlib import Path
from typing import BinaryIO

from PIL import Image, ImageOps

from core.errors import InvalidInput

FORMATS = ("PNG", "JPEG")
MAX_PIXELS = 50_000_000
"""Larger pictures are refused before they are decoded: a phone's photo has 12 to 48 million pixels."""


def decode_image(source: Path | BinaryIO, most: int = MAX_PIXELS) -> Image.Image:
    """Decode a PNG or JPEG picture, turned as its EXIF data says.

    Args:
        source: a file, or its bytes as an open stream.
        most: pixels; a larger picture is refused before it is decoded.

    Raises:
        InvalidInput: too large, of another format, or damaged.
    """
    try:
        with warnings.catch_warnings():
            # Beyond 89 million pixels Pillow only warns; what else it warns of (odd EXIF) is no concern here.
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(source, formats=FORMATS) as image:
                if image.width * image.height > most:
                    raise Image.DecompressionBombError
                image.load()
                return ImageOps.exif_transpose(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InvalidInput(
            "The picture has more than {limit} million pixels; make it smaller.", limit=most // 1_000_000
        ) from error
    except (OSError, SyntaxError, ValueError, EOFError, KeyError, OverflowError) as error:
        raise InvalidInput("The file is no readable PNG or JPEG picture; save it again as PNG.") from error
