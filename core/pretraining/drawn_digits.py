"""Digits as drawn with a mouse or taught in other countries: plain lines, a 1 with a flag, a crossed 7, an open 4.

MNIST's writers were from the United States; such digits are rare there, and must not be doubted for it.
"""

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from core.sketch.form import Bytes, ink_box, to_form

PAD = 112


def _arc(x: float, y: float, rx: float, ry: float, begin: float, end: float) -> list[tuple[float, float]]:
    """Points on an ellipse about (x, y), from one angle to another: degrees, clockwise on the screen, 0 = right."""
    angles = np.deg2rad(np.linspace(begin, end, 16))
    return [(x + rx * float(np.cos(a)), y + ry * float(np.sin(a))) for a in angles]


_RING = _arc(0.5, 0.5, 0.5, 0.5, -90, 270)
_TOP_RING, _LOW_RING = _arc(0.5, 0.27, 0.4, 0.27, 90, 450), _arc(0.5, 0.76, 0.5, 0.24, -90, 270)
_STEM = [(0.6, 0.0), (0.6, 1.0)]
_SEVEN, _BAR = [(0.0, 0.0), (1.0, 0.0), (0.35, 1.0)], [(0.15, 0.5), (0.9, 0.5)]

SHAPES: dict[int, list[list[list[tuple[float, float]]]]] = {
    0: [[_RING], [_RING, [(0.1, 0.9), (0.9, 0.1)]]],
    1: [
        [_STEM],
        [[(0.35, 0.2), *_STEM]],
        [[(0.15, 0.3), *_STEM]],
        [[(0.0, 0.45), *_STEM]],
        [[(0.25, 0.25), *_STEM], [(0.3, 1.0), (0.9, 1.0)]],
        [_STEM, [(0.3, 1.0), (0.9, 1.0)]],
    ],
    2: [[[*_arc(0.5, 0.3, 0.48, 0.3, 190, 380), (0.0, 1.0), (1.0, 1.0)]]],
    3: [
        [[*_arc(0.45, 0.25, 0.45, 0.25, 200, 450), *_arc(0.45, 0.74, 0.52, 0.26, -90, 160)]],
        [[(0.05, 0.0), (0.95, 0.0), (0.45, 0.4), *_arc(0.45, 0.7, 0.52, 0.3, -80, 160)]],
    ],
    4: [
        [[(0.2, 0.0), (0.0, 0.6), (1.0, 0.6)], [(0.75, 0.25), (0.7, 1.0)]],
        [[(0.7, 1.0), (0.7, 0.0), (0.0, 0.65), (1.0, 0.65)]],
        [[(0.0, 0.0), (0.0, 0.55), (0.8, 0.55)], [(0.8, 0.0), (0.8, 1.0)]],
    ],
    5: [
        [[(0.9, 0.0), (0.15, 0.0), (0.1, 0.45), *_arc(0.45, 0.7, 0.5, 0.3, -110, 150)]],
        [[(0.15, 0.05), (0.1, 0.45), *_arc(0.45, 0.7, 0.5, 0.3, -110, 150)], [(0.2, 0.0), (1.0, 0.0)]],
    ],
    6: [[[(0.75, 0.0), (0.3, 0.3), (0.05, 0.7), *_arc(0.5, 0.72, 0.45, 0.28, 180, 540)]]],
    7: [[_SEVEN], [_SEVEN, _BAR], [[(0.0, 0.2), *_SEVEN]], [[(0.0, 0.2), *_SEVEN], _BAR]],
    8: [[_TOP_RING, _LOW_RING]],
    9: [
        [[*_arc(0.45, 0.28, 0.45, 0.28, 0, 360), (0.9, 1.0)]],
        [[*_arc(0.45, 0.28, 0.45, 0.28, 0, 360), (0.85, 0.7), (0.5, 0.95), (0.1, 1.0)]],
    ],
}
"""Polylines in a unit square, y down; every digit with its variants."""


def drawn_digits(count: int, seed: int) -> tuple[Bytes, npt.NDArray[np.int64]]:
    """Draw digits with pens of all widths; no two are alike.

    Args:
        count: how many; every digit and every variant of it is as frequent as the others.
        seed: the same seed gives the same digits.

    Returns:
        uint8 (count, 28, 28), fitted and centred as MNIST's are, and their labels, int64 (count,).
    """
    random = np.random.default_rng(seed)
    labels = random.integers(0, 10, count)
    pictures = []
    for label in labels:
        variants = SHAPES[int(label)]
        pictures.append(_drawn(variants[int(random.integers(len(variants)))], random))
    return np.stack(pictures), labels


def _drawn(strokes: list[list[tuple[float, float]]], random: np.random.Generator) -> Bytes:
    board = Image.new("L", (PAD, PAD))
    draw, width = ImageDraw.Draw(board), int(random.integers(3, 15))
    height = random.uniform(60, 90)
    size = np.array([height * random.uniform(0.45, 0.9), height])
    slant = random.normal(0, 0.12)
    for stroke in strokes:
        points = np.array(stroke) + random.normal(0, 0.02, 2) + random.normal(0, 0.012, (len(stroke), 2))
        points = (points - 0.5) * size
        points[:, 0] -= slant * points[:, 1]
        at = [(float(x), float(y)) for x, y in points + PAD / 2]
        draw.line(at, fill=255, width=width, joint="curve")
        for x, y in (at[0], at[-1]):
            draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=255)
    box = ink_box(np.asarray(board, dtype=np.float32) / np.float32(255))
    assert box is not None
    return to_form(box)
