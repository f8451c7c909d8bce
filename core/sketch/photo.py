"""A photographed digit on paper, or on a board, → MNIST's own form.

The file comes from a stranger: its size, kind and dimensions are known from the header before a pixel is decoded, a
JPEG is decoded at the scale that is needed, and of an animation only the first picture.

A photo differs from a sketch in its light. The paper's own brightness under each stroke is found by a morphological
closing (what is darker and narrower than a fifth of the picture is filled up from its edges; Serra 1982), which keeps
the edge of a shadow where it is; dividing by it leaves ink alone. For chalk on a board the negative is taken first.
"""

import io
import warnings

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps
from PIL.ExifTags import Base
from scipy import ndimage

from core.errors import InvalidInput
from core.sketch.ink import Blank, Floats
from core.sketch.preprocess import flat

MAX_PHOTO_BYTES = 4_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
MAX_PIXELS = {"JPEG": 50_000_000, "PNG": 8_000_000, "WEBP": 6_000_000}
"""By format, so that decoding takes less than 100 MB: a JPEG is decoded at an eighth of its size, the others whole."""
MAX_PROGRESSIVE = 12_500_000
"""Pixels of a progressive JPEG, whose coefficients are all held in memory at whatever scale it is decoded."""
MAX_SCANS = 40
"""Passes of a progressive JPEG; usual are 10. Each goes over the whole picture, however few bytes it has."""
SIDE = 480
"""Pixels of the longer side that the digit is looked for on."""
LEAST_CONTRAST = 0.12
"""Share of the paper's light that ink takes away at least; a pencil takes a third."""


def open_photo(payload: bytes) -> Image.Image:
    """Decode a photo: upright as its EXIF data says, on white where transparent, RGB, at most 480 pixels a side.

    Args:
        payload: the file's bytes, unchecked.

    Raises:
        InvalidInput: too large, of another format, or damaged.
    """
    if len(payload) > MAX_PHOTO_BYTES:
        raise InvalidInput(
            "The photo has {size} MB, more than the {limit} MB allowed; make it smaller.",
            size=round(len(payload) / 1e6, 1),
            limit=MAX_PHOTO_BYTES // 1_000_000,
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd EXIF; the size is checked here, more strictly than Pillow warns
            with Image.open(io.BytesIO(payload), formats=FORMATS) as image:
                _check(image, payload)
                image.draft("RGB", (2 * SIDE, 2 * SIDE))
                return _plain(image)
    except InvalidInput:
        raise
    except Image.DecompressionBombError as error:
        raise _too_large("JPEG") from error
    except (OSError, SyntaxError, ValueError, EOFError, KeyError, OverflowError, IndexError, TypeError) as error:
        raise InvalidInput("The file is no readable photo; save it as JPEG, PNG or WebP.") from error


def _check(image: Image.Image, payload: bytes) -> None:
    """Refuse by the header alone what would take too much time or memory."""
    kind = "JPEG" if image.format in ("JPEG", "MPO") else str(image.format)
    if min(image.size) < 8:
        raise InvalidInput(
            "The picture ({width}×{height}) is too small to hold a digit.", width=image.width, height=image.height
        )
    if image.width * image.height > MAX_PIXELS[kind] or max(image.size) > 20 * min(image.size):
        raise _too_large(kind)
    if image.info.get("progressive") or image.info.get("progression"):
        if image.width * image.height > MAX_PROGRESSIVE:
            raise _too_large("JPEG", MAX_PROGRESSIVE)
        if payload.count(b"\xff\xda") > MAX_SCANS:
            raise InvalidInput("The photo is stored in too many passes; save it again as JPEG.")


def _too_large(kind: str, most: int | None = None) -> InvalidInput:
    return InvalidInput(
        "The photo has more than {limit} million pixels, or is a mere strip; make it smaller or save it as JPEG.",
        limit=(most or MAX_PIXELS[kind]) // 1_000_000,
    )


def _plain(image: Image.Image) -> Image.Image:
    """Load the first picture and make it small, upright and RGB; deep greys keep their shades."""
    image.load()
    orientation = image.getexif().get(Base.Orientation, 1)
    if image.mode[0] in "IF":  # 16-bit or float grey
        deep = np.asarray(image, dtype=np.float32)
        deep = np.nan_to_num(deep[:: max(1, deep.shape[0] // 1000), :: max(1, deep.shape[1] // 1000)])
        image = Image.fromarray((np.clip(deep / max(float(deep.max()), 1.0), 0, 1) * 255).astype(np.uint8))
    picture = flat(image)
    picture.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    picture.getexif()[Base.Orientation] = orientation  # lost on the way
    return ImageOps.exif_transpose(picture)


def photo_ink(picture: npt.NDArray[np.uint8]) -> Floats:
    """Find the digit's ink in a photo, whatever the light.

    Args:
        picture: uint8 (H, W, 3), small.

    Returns:
        float32 (H, W): 0 = all that is not the digit, 1 = full stroke.

    Raises:
        Blank: when nothing stands out from the paper.
    """
    light = ndimage.gaussian_filter(_brightness(picture), 1.0)
    contrast = _contrast(light)
    strong = _otsu(contrast)
    # What is left of grain: several times the spread of what is surely paper.
    paper = contrast[contrast <= strong]
    floor = float(np.median(paper) + 4 * 1.4826 * np.median(np.abs(paper - np.median(paper))))
    strong = max(strong, floor, LEAST_CONTRAST)
    kept = _digit(contrast > max(strong / 2, floor), contrast, strong)
    full = float(np.percentile(contrast[kept & (contrast > strong)], 60))
    low = min(floor, strong / 2)
    ink: Floats = (np.clip((contrast - low) / max(full - low, 1e-3), 0, 1) * kept).astype(np.float32)
    return ink


def _brightness(picture: npt.NDArray[np.uint8]) -> Floats:
    """Grey from 0 to 1, taken from the colours in the direction in which the picture differs most: red pen on white
    paper is darker in green and blue, white chalk on a green board is brighter in red.
    """
    colours = picture.reshape(-1, 3).astype(np.float32) / 255
    away = colours - np.median(colours, axis=0)
    values, vectors = np.linalg.eigh(away.T @ away + 1e-9 * np.eye(3, dtype=np.float32))
    direction = np.abs(vectors[:, int(np.argmax(values))]) + 0.2
    grey: Floats = (colours @ (direction / direction.sum())).reshape(picture.shape[:2]).astype(np.float32)
    return grey


def _contrast(light: Floats) -> Floats:
    """How much of the paper's own brightness is missing (dark ink) or has been added (chalk), 0 to 1."""
    reach = max(3, round(0.2 * max(light.shape)) | 1)
    coarse = ndimage.zoom(light, 64 / max(light.shape), order=1)
    lot = coarse - ndimage.median_filter(coarse, size=33, mode="nearest")
    if float((lot**3).sum()) > 0:  # the rare pixels are bright ones
        light = 1 - light
    filled = ndimage.gaussian_filter(ndimage.grey_closing(light, size=(reach, reach), mode="nearest"), 2.0)
    missing: Floats = np.clip((filled - light) / np.maximum(filled, 0.05), 0, 1).astype(np.float32)
    return missing


def _otsu(values: Floats) -> float:
    """The threshold that parts values from 0 to 1 into the two most different groups (Otsu 1979)."""
    counts, edges = np.histogram(values, bins=128, range=(0, 1))
    middles = (edges[:-1] + edges[1:]) / 2
    below, total = np.cumsum(counts), counts.sum()
    sums = np.cumsum(counts * middles)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (sums[-1] * below / total - sums) ** 2 / (below * (total - below))
    return float(edges[int(np.nanargmax(np.nan_to_num(between))) + 1])


def _digit(mask: npt.NDArray[np.bool_], contrast: Floats, strong: float) -> npt.NDArray[np.bool_]:
    """Keep the strokes of one digit: the one with most ink that does not touch the picture's edge, and its neighbours.

    Shadows, the paper's edge and printed lines touch the picture's edge or are pale; grain is small.
    """
    labels, count = ndimage.label(mask, structure=np.ones((3, 3)))
    numbers = np.arange(1, count + 1)
    weight = ndimage.sum_labels(contrast * (contrast > strong), labels, numbers) if count else np.zeros(0)
    rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    free = ~np.isin(numbers, rim) if not np.isin(numbers, rim).all() else np.ones(count, dtype=bool)
    if not count or float((weight * free).max()) < 4 * strong:
        raise Blank("The picture is blank: nothing stands out from its background. Draw a digit with a clear pen.")
    boxes = ndimage.find_objects(labels)
    main = int(np.argmax(weight * free))
    rows, columns = boxes[main]
    reach = 0.35 * max(rows.stop - rows.start, columns.stop - columns.start)
    keep = [main + 1]
    for number in range(count):
        (up, down), (left, right) = ((edge.start, edge.stop) for edge in boxes[number])
        away = max(up - rows.stop, rows.start - down, left - columns.stop, columns.start - right)
        if free[number] and number != main and weight[number] > 0.08 * weight[main] and away < reach:
            keep.append(number + 1)
    chosen: npt.NDArray[np.bool_] = np.isin(labels, keep)
    grown = ndimage.binary_dilation(chosen, iterations=1)
    return np.asarray(grown & ((labels == 0) | chosen))
