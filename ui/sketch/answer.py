"""What the networks make of a sheet: their answers side by side, and whether it looks like a digit at all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import streamlit as st

from core.sketch.doubt import Doubt
from core.sketch.predict import Prediction
from core.sketch.preprocess import Steps
from core.sketch.reading import Reading, Sheet, entropy, read
from core.sketch.transform import Change
from ui import board
from ui.components.answers import Answer, Judgement, Picture, answers
from ui.sketch.newest import newest
from ui.sketch.readers import Reader
from ui.text import _


@dataclass(frozen=True, eq=False)
class Answered:
    """A sheet read, or why not.

    Attributes:
        reading: None when there was nothing to read.
        whole: the same with all steps of the preprocessing; the same object when all are taken.
        note: one sentence about it, translated.
    """

    reading: Reading | None
    whole: Reading | None
    note: str


@dataclass(frozen=True, eq=False)
class Left:
    """What stands at the left of the answers.

    Attributes:
        page: the sketch; None: there is none.
        note: why not, translated; "" when the board is simply empty.
        change: how it is moved.
    """

    page: Sheet | None
    note: str = ""
    change: Change = field(default_factory=Change)


def beside(
    readers: Sequence[Reader], draw: Callable[[], Left], steps: Callable[[], Steps] = Steps
) -> tuple[Left, Answered]:
    """Draw a sketch and the answers beside it.

    Args:
        readers: who reads.
        draw: draws the sketch.
        steps: of the preprocessing, asked for when the sketch is drawn.
    """
    with st.container(horizontal=True, gap="medium", key="sketch_lesson"):
        with st.container(width=board.shown(), gap="xxsmall"):
            left = draw()
            newest().page, newest().change = left.page, left.change
        with st.container(width="stretch"):
            answered = ask(left.page, readers, steps(), left.change)
            answers(
                columns(answered, readers),
                key="lesson_answers",
                note=left.note or answered.note,
                judgement=judgement(answered),
                seen=seen(answered),
            )
    return left, answered


def ask(
    page: Sheet | None, readers: Sequence[Reader], steps: Steps | None = None, change: Change | None = None
) -> Answered:
    """Have a sheet read; says what is wrong where it cannot be.

    Args:
        page: the sketch; None: there is none yet.
        readers: who reads.
        steps: of the preprocessing; all when left out.
        change: what is done to the ink first.
    """
    if page is None:
        return Answered(None, None, _("Draw a digit from 0 to 9."))
    models = [reader.model for reader in readers]
    reading, why = board.attempted(lambda: read(page, models, steps, change))
    if reading is None:
        return Answered(None, None, why)
    whole = reading if steps in (None, Steps()) else read(page, models, None, change)
    return Answered(reading, whole, verdict(reading.answers))


def columns(answered: Answered, readers: Sequence[Reader], sure: bool = True) -> list[Answer]:
    """Return one column per network, empty ones where there is no answer.

    Args:
        answered: what was found.
        readers: who was asked.
        sure: whether the entropies are shown.
    """
    names = [reader.name if len(readers) <= 2 else reader.short for reader in readers]
    if answered.reading is None or answered.whole is None:
        return [Answer(name, (), reader.sub) for name, reader in zip(names, readers, strict=True)]
    same = answered.whole is answered.reading
    return [
        Answer(
            name,
            found.probabilities,
            reader.sub,
            () if same else before.probabilities,
            entropy(found.probabilities) if sure else None,
        )
        for name, reader, found, before in zip(
            names, readers, answered.reading.answers, answered.whole.answers, strict=True
        )
    ]


def judgement(answered: Answered) -> Judgement:
    """Return whether what was drawn looks like a digit at all, and how that was found out."""
    found = answered.reading.doubt if answered.reading is not None else None
    if found is None:
        return Judgement(False, "", "")
    return Judgement(found.doubtful, _doubt_words(found), doubt_method())


def seen(answered: Answered) -> Picture:
    """Return the 28×28 pixels that the networks see, black ones where there is nothing to read."""
    found = answered.reading.stages.centred if answered.reading is not None else np.zeros((28, 28), np.uint8)
    return Picture(found, "28×28", _("28×28 grey pixels: what the networks see."))


def doubt_method() -> str:
    """Say how it is decided whether something looks like a digit."""
    return _(
        "Softmax shares 100 % among the ten digits, whatever is on the board. So a small network of its own answers "
        "ten questions, “is it a 0?” … “is it a 9?”, with yes or no each; if all say no, the sketch is doubted."
    )


def _doubt_words(found: Doubt) -> str:
    share = f"{100 * found.score:.0f}%"
    if found.doubtful:
        return _(
            "This does not look like a digit: a network that has learned to say no doubts it by {share}.", share=share
        )
    return _("It looks like a digit: doubt {share}.", share=share)


def verdict(found: Sequence[Prediction]) -> str:
    """Return one sentence about what the networks answer."""
    first = found[0]
    if len(found) == 1:
        return _(
            "It reads “{digit}”, {share} sure.",
            digit=first.digit,
            share=f"{100 * first.probabilities[first.digit]:.1f}%",
        )
    digits = [answer.digit for answer in found]
    if len(set(digits)) == 1:
        return (
            _("Both networks read “{digit}”.", digit=first.digit)
            if len(found) == 2
            else _("All {n} networks read “{digit}”.", n=len(found), digit=first.digit)
        )
    if len(found) == 2:
        return _("They disagree: {one} or {other}?", one=digits[0], other=digits[1])
    return _("They disagree: {digits}", digits=" · ".join(map(str, digits)))
