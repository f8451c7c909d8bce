"""The lesson's experiments, each a link with a short guide; a test holds what they promise."""

from collections.abc import Iterable
from typing import Any, Final

import streamlit as st

from core import cache
from ui.lesson import Experiment
from ui.sketch.settings import LOOKED_AT, Settings
from ui.state.controls import Controls
from ui.state.session import recall, remember
from ui.text import _, once_a_language

FOLLOWED: Final = "sketch_followed"

# Samples of MNIST's test set. LeNet-5 right and the DNN wrong; LeNet-5 itself wrong.
DISAGREE, HARD = 9754, 625
# Six pixels to the right with nothing to undo it: LeNet-5 right, the DNN wrong. A 6 that reads as 9 upside down; a 7
# that LeNet-5 misreads without normalisation; a 9 that both take for an 8 when its strokes are thickened.
DRAGGED: Final[dict[str, Any]] = {"topic": "sample", "index": 65, "steps": ("normalise",), "right": 6.0}
TURNED: Final[dict[str, Any]] = {"topic": "sample", "index": 11, "turn": 180}
GREY: Final[dict[str, Any]] = {"topic": "sample", "index": 0, "steps": ("crop", "fit", "centre")}
THICK: Final[dict[str, Any]] = {"topic": "sample", "index": 78, "steps": ("normalise",), "thick": 1.5}


def guide(controls: Controls[Settings], every: Iterable[Experiment]) -> None:
    """Draw the guide of the experiment that the visitor follows; switching, moving and looking belong to it.

    Args:
        controls: of the page.
        every: experiment of the page.
    """
    if controls.stands_at({}):
        remember(FOLLOWED, None)
        return
    guided = [experiment for experiment in every if experiment.guide]
    here = next((experiment for experiment in guided if controls.stands_at(experiment.changes)), None)
    if here is None:
        known = recall(FOLLOWED)
        here = next((experiment for experiment in guided if experiment.changes == known), None)
        if here is None or not controls.stands_at(here.changes, LOOKED_AT):
            return
    remember(FOLLOWED, here.changes)
    with st.container(key="lesson_guide"):
        st.markdown(f":material/science: **{here.label}.** {here.guide}")


@once_a_language
def first() -> list[Experiment]:
    """Return those that are always in view: what can be drawn."""
    return [
        Experiment(
            _("As most demos do"),
            _("Only shrink the board, nothing else: a digit in a corner is misread. Then switch the steps on."),
            {"steps": ("normalise",)},
            _(
                "Draw a digit small, in a corner. The networks see a picture unlike any that they have learned from. "
                "Switch **Crop**, **Fit** and **Centre** on, one after the other: which one mends it?"
            ),
        ),
        Experiment(
            _("Thin chalk"),
            _("Write a digit with a line 4 pixels wide: what is left of it in 28×28 pixels?"),
            {"pen": 4},
            _("Draw a digit. Below, the thin line is averaged to grey and made white again, as MNIST's strokes are."),
        ),
        Experiment(
            _("Thick chalk"),
            _("Write an 8 so thick that its loops close: which network gives up first?"),
            {"pen": 44},
            _("Draw an 8 with small loops; then take Undo and draw it larger. Watch the entropy of both networks."),
        ),
        Experiment(
            _("Not a digit"),
            _("Draw a letter: the ten probabilities still sum to 100 %, as no output stands for “none”."),
            {"look": "nearest"},
            _(
                "Draw a letter or a scribble. The bars still share 100 %; whether it is a digit at all is said by "
                "another network. Below are the training digits that LeNet-5 finds most like it."
            ),
        ),
        Experiment(
            _("A whole number"),
            _("Write the year in one line: the digits are found, framed, and read one by one."),
            {"topic": "several"},
            _("Write a few digits side by side. Then let two of them touch: does the cut fall at the right place?"),
        ),
    ]


@once_a_language
def others() -> list[Experiment]:
    """Return those with samples of MNIST's test set, where all of it is at hand."""
    if not (cache.mnist_loading().ready and cache.mnist().provenance.full):
        return []
    return [
        Experiment(
            _("Two opinions"),
            _("One test sample, two readings: LeNet-5 is right, the MNIST DNN is not. Which of its strokes misled it?"),
            {"topic": "sample", "index": DISAGREE},
        ),
        Experiment(
            _("A hard one"),
            _("LeNet-5 misreads this test sample. Would you have read it?"),
            {"topic": "sample", "index": HARD},
        ),
        Experiment(
            _("Dragged aside"),
            _("Six pixels to the right, nothing to undo it: LeNet-5 still reads a 4, the DNN does not."),
            DRAGGED,
            _(
                "Drag the digit, or move it with the arrow keys. LeNet-5's filters are the same at every place, the "
                "DNN's weights are not. Then switch **Crop** and **Centre** on: both read it wherever it is."
            ),
        ),
        Experiment(
            _("Upside down"),
            _("A 6 turned by 180° is a 9 to both networks, and rightly so."),
            TURNED,
            _("Turn it on with ↺ and ↻: up to which angle is it a 6? Nothing in the preprocessing turns it back."),
        ),
        Experiment(
            _("Without normalisation"),
            _("The same 7, its grey values left between 0 and 1: LeNet-5 misreads it."),
            GREY,
            _("Switch **Normalise** on and off: only the numbers' range changes, no pixel's place."),
        ),
        Experiment(
            _("Thickened"),
            _("A 9 written with a thicker pen becomes an 8 to both."),
            THICK,
            _("Press − to thin it again, or switch **Fit** on. Which loop has closed?"),
        ),
    ]
