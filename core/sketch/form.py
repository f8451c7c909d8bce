"""MNIST's own form: the ink's box, fitted into 20×20 with its ratio kept, its centre of mass in the middle of 28×28.

After LeCun's description (http://yann.lecun.com/exdb/mnist). Ink is float32 from 0 = paper to 1 = full stroke.
"""

import numpy as np
import numpy.typing as npt
from PIL import Image

from core.sketch.ink import Floats

Bytes = npt.NDArray[np.uint8]

SIDE, BOX = 28, 20

FAINT = 0.08
"""Ink below this share of a full stroke does not stretch the box (the ringing of JPEG files, smudges)."""


def ink_box(ink: Floats) -> Floats | None:
    """Cut out the box that holds all ink, (H, W) → (h, w); None when there is none."""
    rows, columns = np.flatnonzero((ink > FAINT).any(axis=1)), np.flatnonzero((ink > FAINT).any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] if len(rows) else None


def fit(box: Floats, side: int = BOX) -> Floats:
    """Scale so that the longer side has ``side`` pixels; each new pixel is the mean of the area it covers.

    Args:
        box: (h, w), with some ink.
        side: pixels.

    Returns:
        (side, w') or (h', side), its strongest ink 1.
    """
    height, width = box.shape
    scale = side / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    resampling = Image.Resampling.BOX if scale <= 1 else Image.Resampling.BICUBIC
    small = np.asarray(Image.fromarray(box).resize(size, resampling), dtype=np.float32).clip(0, 1)
    # A thin pen is averaged to grey, but MNIST's strokes reach full white.
    return (small / max(float(small.max()), 1e-6)).astype(np.float32)


def middle(small: Floats, side: int = SIDE) -> Floats:
    """Lay a picture of at most side×side into the middle of a square, (side, side)."""
    return _laid(small, (side - small.shape[0]) // 2, (side - small.shape[1]) // 2, side)


def centre(small: Floats) -> Floats:
    """Place ink on 28×28 so that its centre of mass falls on pixel (14, 14), to the nearest whole pixel.

    The ink itself stays inside, so a very lopsided one ends up a little off the middle; bare paper may fall off.
    """
    mass = float(small.sum())
    places = []
    for axis in (0, 1):
        along = small.sum(axis=1 - axis)
        inked = np.flatnonzero((small > 0).any(axis=1 - axis))
        mean = float((along * np.arange(len(along))).sum()) / mass
        # MNIST's own centres of mass all lie in [13.5, 14.5), counted in pixels from 0
        places.append(min(max(round(SIDE / 2 - mean), -int(inked[0])), SIDE - 1 - int(inked[-1])))
    return _laid(small, places[0], places[1], SIDE)


def to_form(box: Floats) -> Bytes:
    """Bring a box of ink into MNIST's form: uint8 (28, 28)."""
    return as_bytes(centre(fit(box)))


def as_bytes(picture: Floats) -> Bytes:
    """Floats 0 to 1 as uint8 0 to 255."""
    return (np.clip(picture, 0, 1) * 255).round().astype(np.uint8)


def _laid(small: Floats, top: int, left: int, side: int) -> Floats:
    """Lay a picture on a square at (top, left), either of which may be negative; what hangs over is cut off."""
    square = np.zeros((side, side), dtype=np.float32)
    rows, columns = slice(max(top, 0), top + small.shape[0]), slice(max(left, 0), left + small.shape[1])
    inside = small[max(-top, 0) : max(-top, 0) + side, max(-left, 0) : max(-left, 0) + side]
    square[rows, columns] = inside[: side - max(top, 0), : side - max(left, 0)]
    return square
