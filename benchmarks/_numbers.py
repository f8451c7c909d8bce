"""Numbers of several digits on one pad, put together from single handwritten digits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

Bytes = npt.NDArray[np.uint8]
HEIGHT = 280


@dataclass(frozen=True)
class Layout:
    """How a number is laid out; shares of a digit's height, drawn evenly for each digit.

    Attributes:
        gap: from the right edge of one digit's ink to the left edge of the next one's, least and most.
        jitter: up or down, at most.
        size: a digit's height in pixels, least and most.
    """

    gap: tuple[float, float] = (0.08, 0.35)
    jitter: float = 0.1
    size: tuple[int, int] = (130, 180)


def number(digits: list[Bytes], random: np.random.Generator, layout: Layout | None = None) -> Bytes:
    """Write digits side by side on a black pad, uint8 (280, W).

    Args:
        digits: uint8 pictures of any size, white on black.
        random: for gaps, heights and sizes.
        layout: how far these vary.
    """
    layout = layout or Layout()
    pad = np.zeros((HEIGHT, 60 + len(digits) * (layout.size[1] + round(layout.gap[1] * layout.size[1]))), np.uint8)
    left = 30
    for digit in digits:
        height = int(random.integers(layout.size[0], layout.size[1] + 1))
        rows, columns = np.flatnonzero((digit > 40).any(1)), np.flatnonzero((digit > 40).any(0))
        ink = Image.fromarray(digit[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
        scale = height / max(ink.size)
        size = (max(1, round(ink.width * scale)), max(1, round(ink.height * scale)))
        drawn = np.asarray(ink.resize(size, Image.Resampling.BICUBIC))
        drop = (HEIGHT - size[1]) // 2 + round(random.uniform(-layout.jitter, layout.jitter) * height)
        place = pad[drop : drop + size[1], left : left + size[0]]
        np.maximum(place, drawn, out=place)
        left = max(left + size[0] + round(random.uniform(*layout.gap) * height), 0)
    return pad[:, : left + 30]
