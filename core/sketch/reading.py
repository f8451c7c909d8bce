"""A sketch, found once and read many times: moved, with steps of the preprocessing left out, by several networks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import nn

from core.errors import InvalidInput
from core.sketch.doubt import Doubt, doubt
from core.sketch.form import Bytes, middle
from core.sketch.ink import Floats
from core.sketch.photo import open_photo, photo_ink
from core.sketch.predict import Prediction, classify
from core.sketch.preprocess import Stages, Steps, finish, sketched_ink
from core.sketch.transform import Change, transform_ink

STEPS = ("crop", "fit", "centre", "normalise")
"""What can be left out, in the order in which it happens; the fields of Steps."""

FINE = 280
"""Pixels of a side on which a small digit is moved, so that it is not blurred by that."""

MOST_READ = 32
"""Sheets whose readings are kept for the next redraw."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """A picture and the ink that was found in it.

    Attributes:
        ink: float32 (H, W), 0 = paper, 1 = full stroke.
        raw: uint8 (H, W, 3), the picture itself.
    """

    ink: Floats
    raw: Bytes


@dataclass(frozen=True, eq=False)
class Reading:
    """What became of a sheet, and what networks make of it.

    Attributes:
        stages: the steps that were taken.
        answers: one prediction for each network.
        doubt: how little it looks like a digit, judged after all steps; None where that is not asked.
    """

    stages: Stages
    answers: tuple[Prediction, ...]
    doubt: Doubt | None


def sheet(image: Image.Image | npt.NDArray[Any], paper: tuple[int, int, int] | None = None) -> Sheet:
    """Find the ink of a sketch; the arguments and what is raised are those of core.sketch.preprocess.preprocess."""
    ink, raw = sketched_ink(image, paper)
    return Sheet(ink, raw)


def digit_sheet(pixels: Bytes) -> Sheet:
    """Return a digit that is in MNIST's form already, uint8 (28, 28), as a sheet whose ink is known."""
    return Sheet(pixels.astype(np.float32) / np.float32(255), np.repeat(pixels[:, :, None], 3, axis=2))


def photo_sheet(payload: bytes) -> Sheet:
    """Find the digit in a photo's file.

    Args:
        payload: a JPEG, PNG or WebP file of at most 4 MB.

    Returns:
        The ink, and the photo as it is to be seen, at most 480 pixels a side.

    Raises:
        Blank: when there is no digit to be seen.
        InvalidInput: too large, of another format, or damaged.
    """
    picture = np.asarray(open_photo(payload))
    return Sheet(photo_ink(picture), picture)


def moved(page: Sheet, change: Change) -> Sheet:
    """Drag, turn, scale or thicken the ink on its sheet.

    Args:
        page: not changed; one that is not square is laid into the middle of a square first.
        change: what to do; nothing at all returns the sheet itself.

    Returns:
        The new ink, and it alone as a picture, white on black.
    """
    if change == Change(seed=change.seed):
        return page
    ink = torch.from_numpy(_fine(middle(page.ink, max(page.ink.shape))))[None, None]
    found: Floats = transform_ink(ink, change)[0, 0].numpy()
    grey = (found * 255).round().astype(np.uint8)
    return Sheet(found, np.repeat(grey[:, :, None], 3, axis=2))


def read(page: Sheet, models: Sequence[nn.Module], steps: Steps | None = None, change: Change | None = None) -> Reading:
    """Read a sheet.

    Args:
        page: the sketch.
        models: networks, float32 (B, 1, 28, 28) → logits (B, 10), in eval mode.
        steps: of the preprocessing; all when left out.
        change: what is done to the ink first; nothing when left out.

    Raises:
        Blank: there is no digit to be seen.
    """
    return _read(page, tuple(models), steps or Steps(), change or Change())


@lru_cache(maxsize=MOST_READ)
def _read(page: Sheet, models: tuple[nn.Module, ...], steps: Steps, change: Change) -> Reading:
    found = moved(page, change)
    stages = finish(found.ink, found.raw, steps)
    whole = stages if steps == Steps() else finish(found.ink, found.raw)
    return Reading(stages, tuple(classify(stages.normalised, model) for model in models), _doubt(whole))


def flipped(
    page: Sheet, models: Sequence[nn.Module], steps: Steps, change: Change
) -> dict[str, tuple[Prediction, ...]]:
    """Read a sheet once for each step with that step alone switched the other way.

    Args:
        page: the sketch.
        models: as for read.
        steps: as they are now.
        change: as for read.

    Returns:
        Step → each network's answer; a step is missing where nothing can be seen without it.
    """
    return dict(_flipped(page, tuple(models), steps, change))


@lru_cache(maxsize=MOST_READ)
def _flipped(
    page: Sheet, models: tuple[nn.Module, ...], steps: Steps, change: Change
) -> dict[str, tuple[Prediction, ...]]:
    found = moved(page, change)
    results = {}
    for name in STEPS:
        other = replace(steps, **{name: not getattr(steps, name)})
        try:
            seen = finish(found.ink, found.raw, other).normalised
        except InvalidInput:
            continue
        results[name] = tuple(classify(seen, model) for model in models)
    return results


def entropy(probabilities: Sequence[float]) -> float:
    """Return how undecided an answer is, in bits: 0 = sure, log2(10) ≈ 3.32 = a blind guess (Shannon 1948).

    >>> entropy([0.5, 0.5, 0.0])
    1.0
    >>> round(entropy([0.1] * 10), 2)
    3.32
    """
    return 0.0 - sum(share * math.log2(share) for share in probabilities if share > 0)


def _doubt(stages: Stages) -> Doubt | None:
    try:
        return doubt(stages.normalised)
    except InvalidInput:  # its weights are missing
        return None


def _fine(ink: Floats) -> Floats:
    if len(ink) >= FINE:
        return ink
    large = Image.fromarray(ink).resize((FINE, FINE), Image.Resampling.BICUBIC)
    return np.asarray(large, dtype=np.float32).clip(0, 1)
