"""Lesson 5: two networks read the visitor's own handwriting, and show what they see of it."""

from dataclasses import dataclass
from typing import ClassVar

import streamlit as st

from ui import lesson
from ui.state import Controls, choice, number
from ui.text import _


@dataclass(frozen=True)
class Settings:
    """What a link to this lesson sets."""

    PREFIX: ClassVar[str] = "sketch_"
    source: str = choice("draw", ("draw", "sample"))
    pen: int = number(20, 4, 48)
    index: int = number(0, 0, 9999)


lesson.header(5, _("Sketch pad"), _("Does a network read your handwriting, and what does it see of it?"))
controls = Controls(Settings)
stage, panel = lesson.layout()

with stage:
    lesson.wait_for_torch()

from ui import sketch, sketch_inside

with panel:
    sources = {"draw": _("Draw"), "sample": _("MNIST test sample")}
    drawing = controls.segmented("source", _("Digit from"), sources) == "draw"
    if drawing:
        controls.slider("pen", _("Width of the chalk"), help=_("In pixels of the 280×280 board."))
    else:
        controls.number("index", _("Test sample"), help=_("Number 0 to 9999 in MNIST's test set."))
        st.button(
            _("Next sample"),
            type="primary",
            icon=":material/skip_next:",
            on_click=lambda: controls.change(index=(controls.settings.index + 1) % 10_000),
        )

now = controls.settings
with stage:
    if drawing:
        sketch.lesson_pad(now.pen)
    else:
        sketch.sample_pad(now.index)

lesson.try_this(sketch_inside.experiments(), controls)
lesson.inside(
    [
        (_("The two networks"), sketch_inside.numbers),
        (_("Why"), sketch_inside.why),
        (_("Code"), lambda: sketch_inside.code(None if drawing else now.index)),
    ]
)
