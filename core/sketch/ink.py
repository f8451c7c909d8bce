"""Which part of a picture is ink, and how much of it: polarity, background and noise."""

import numpy as np
import numpy.typing as npt

from core.errors import InvalidInput

Floats = npt.NDArray[np.float32]

MIN_CONTRAST = 10 / 255
"""Ink that differs from its background by less than this is not told apart from paper."""

MOST_INK = 0.6
"""Share of a board of known colour that may be covered; the thickest legible digit covers less than half."""

ONE_TONE = 2.5 / 255
"""Pixels that differ by less have the same tone, but for rounding."""

NOISE_FLOOR = 4.0
"""Background noise up to this many standard deviations counts as no ink."""


class Blank(InvalidInput):
    """A picture without a digit in it: empty, of one tone, or a mere dot. It is refused, not classified."""


def find_ink(colours: Floats, paper: Floats | None = None) -> Floats:
    """Find how much ink lies on each pixel, whatever the colours of pen and paper.

    The paper is what most of the picture's border shows; a slowly varying light on it is fitted by a quadratic
    surface and taken off. Ink is the distance from the paper along the one direction in colour space in which
    the picture differs most from it, so light on dark and dark on light, grey and colour are one case.

    Args:
        colours: float32 (H, W, C), 0 to 1.
        paper: the paper's colour where it is known, float32 (C,); so nothing has to be guessed, however much is drawn.

    Returns:
        float32 (H, W): 0 = paper, 1 = full stroke.

    Raises:
        Blank: when nothing stands out from the paper, or when known paper is all but covered.
    """
    away = colours - (_paper(colours) if paper is None else paper)
    length = np.sqrt((away**2).sum(axis=2, keepdims=True))
    direction = (away * length).sum(axis=(0, 1))
    norm = float(np.sqrt((direction**2).sum()))
    if norm == 0:
        raise Blank("The picture is blank: every pixel has the same tone. Draw a digit from 0 to 9.")
    ink: Floats = (away @ (direction / norm)).astype(np.float32)
    # Between neighbours, so that soft strokes are not taken for noise; exact for Gaussian noise on even paper.
    steps = np.abs(np.diff(ink, axis=1 if ink.shape[1] > 1 else 0))
    noise = 1.4826 / 2**0.5 * float(np.median(steps)) if steps.size else 0.0
    floor = NOISE_FLOOR * noise
    strong = ink[ink > ink.max() / 2]
    full = float(np.percentile(strong, 75)) if strong.size else 0.0
    if full < max(MIN_CONTRAST, 1.5 * floor):
        raise Blank("The picture is blank: nothing stands out from its background. Draw a digit with a clear pen.")
    scaled: Floats = np.clip((ink - floor) / (full - floor), 0, 1)
    if paper is not None and scaled.mean() > MOST_INK:
        raise Blank("The board is all but covered: clear it and draw one digit from 0 to 9.")
    return scaled


def _paper(colours: Floats) -> Floats:
    """Estimate the colour of the paper under every pixel, (1, 1, C) when it is even, else (H, W, C)."""
    height, width, channels = colours.shape
    rim = max(1, min(height, width) // 40)
    border = np.concatenate(
        [
            colours[:rim].reshape(-1, channels),
            colours[-rim:].reshape(-1, channels),
            colours[:, :rim].reshape(-1, channels),
            colours[:, -rim:].reshape(-1, channels),
        ]
    )
    even: Floats = np.median(border, axis=0).astype(np.float32).reshape(1, 1, channels)
    # One tone along most of the border is no light that varies, however much is drawn and softened in between.
    if float((np.abs(border - even[0]) <= ONE_TONE).all(axis=1).mean()) > 0.5:
        return even
    scatter_even = float(np.median(np.abs(colours - even)))
    if min(height, width) < 16 or scatter_even == 0:
        return even
    surface = _light(colours)
    scatter_fit = float(np.median(np.abs(colours - surface)))
    # A surface is only believed when it explains most of what an even paper leaves; drawn pictures stay exact.
    return surface if scatter_fit < 0.5 * scatter_even else even


def _light(colours: Floats) -> Floats:
    """Fit a quadratic surface per channel to the paper, leaving out step by step what does not look like it."""
    height, width, channels = colours.shape
    v, u = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    terms = np.stack([np.ones_like(u), u, v, u * u, u * v, v * v], axis=-1).astype(np.float32)
    stride = (slice(None, None, max(1, height // 64)), slice(None, None, max(1, width // 64)))
    basis, sample = terms[stride].reshape(-1, 6), colours[stride].reshape(-1, channels)
    keep = np.ones(len(sample), dtype=bool)
    solution = np.zeros((6, channels), dtype=np.float32)
    for _ in range(6):
        solution = np.linalg.lstsq(basis[keep], sample[keep], rcond=None)[0].astype(np.float32)
        residual = np.abs(sample - basis @ solution).max(axis=1)
        keep = residual <= max(2.5 * float(np.median(residual)), 1e-4)
    return (terms @ solution).astype(np.float32)
