"""The way from the sketch to what a network sees, step by step, each of which can be left out."""

from collections.abc import Sequence

import numpy as np

from core.errors import InvalidInput
from core.sketch.form import Bytes
from core.sketch.predict import Prediction
from core.sketch.preprocess import Stages, Steps
from core.sketch.reading import STEPS, Sheet, flipped
from core.sketch.transform import Change
from ui.components.steps import Effect, Stage, steps
from ui.sketch.answer import Answered
from ui.sketch.readers import Reader
from ui.sketch.settings import Settings
from ui.state.controls import Controls
from ui.text import _

EFFECTS = 2  # networks whose answers are compared: the two that everybody has


def draw(
    controls: Controls[Settings],
    page: Sheet | None,
    answered: Answered,
    readers: Sequence[Reader],
    taken: Steps,
    change: Change,
) -> None:
    """Draw the stages with their switches, and what each step is worth for this sketch.

    Args:
        controls: of the page; keeps the switches.
        page: the sketch, None while there is none.
        answered: what was read.
        readers: who read.
        taken: the steps as they are.
        change: how the digit is moved.
    """
    others: dict[str, tuple[Prediction, ...]] = {}
    if page is not None and answered.reading is not None:
        try:
            others = flipped(page, [reader.model for reader in readers[:EFFECTS]], taken, change)
        except InvalidInput:
            others = {}
    effects = {name: _effects(found, answered, readers) for name, found in others.items()}
    stages = answered.reading.stages if answered.reading is not None else None

    def switch(name: str) -> None:
        now = controls.settings.steps
        controls.change(steps=tuple(step for step in STEPS if (step in now) != (step == name)))

    steps(_stages(stages, taken, effects), key="sketch_strip", on_switch=switch)


def _effects(found: Sequence[Prediction], answered: Answered, readers: Sequence[Reader]) -> tuple[Effect, ...]:
    assert answered.reading is not None
    return tuple(
        Effect(reader.short, other.digit, other.probabilities[other.digit], other.digit != now.digit)
        for reader, other, now in zip(readers, found, answered.reading.answers, strict=False)
    )


def _stages(stages: Stages | None, taken: Steps, effects: dict[str, tuple[Effect, ...]]) -> list[Stage]:
    dark = np.zeros((28, 28), np.uint8)
    raw, crop, fitted, centred = (
        (stages.raw, stages.crop, stages.fitted, stages.centred) if stages else (dark, dark, dark, dark)
    )
    longer = 20 if taken.fit else 28

    def stage(step: str, pixels: Bytes, title: str, note: str, alt: str) -> Stage:
        return Stage(pixels, title, note, alt, step, getattr(taken, step), effects.get(step, ()))

    cut = _("The ink alone, light on dark, cut out along its edges.")
    whole = _("The ink alone, light on dark, on the whole board.")
    fit, ink = _("longer side {n} pixels", n=longer), _("The ink, its longer side {n} pixels long.", n=longer)
    middle = _("mass in the middle") if taken.centre else _("left where it is")
    numbers = _("The 28×28 numbers that the networks compute with, as brightness.")
    return [
        Stage(raw, _("As drawn"), _size(raw) if stages else "", _("The sketch as it came.")),
        stage("crop", crop, _("Crop"), _size(crop) if stages else "", cut if taken.crop else whole),
        stage("fit", fitted, _("Fit 20×20"), fit, ink),
        stage("centre", centred, _("Centre"), middle, _("28×28 grey pixels: what the networks see.")),
        stage("normalise", _shown(stages), _("Normalise"), _range(stages), numbers),
    ]


def _size(pixels: Bytes) -> str:
    return f"{pixels.shape[1]}×{pixels.shape[0]}"


def _shown(stages: Stages | None) -> Bytes:
    """Return the input with 0 as middle grey and one brightness for one number, whether normalised or not."""
    if stages is None:
        return np.zeros((28, 28), np.uint8)
    numbers = stages.normalised[0, 0].numpy()
    return np.clip(96 + numbers * (255 - 96) / 2.83, 0, 255).astype(np.uint8)


def _range(stages: Stages | None) -> str:
    if stages is None:
        return ""
    numbers = stages.normalised
    return _("numbers from {low} to {high}", low=_signed(float(numbers.min())), high=_signed(float(numbers.max())))


def _signed(number: float) -> str:
    return f"{number:.2f}".replace("-", "\N{MINUS SIGN}")
