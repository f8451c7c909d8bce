"""The home page's pad: LeNet-5 alone, its answer large."""

import numpy as np
import streamlit as st

from ui import board
from ui.components.answers import Picture, answers
from ui.sketch.answer import ask, columns
from ui.sketch.readers import shipped
from ui.text import _, paragraph


def draw() -> None:
    """Draw the pad."""
    board.keep()
    _home_pad()


@st.fragment
def _home_pad() -> None:
    with st.container(horizontal=True, gap="medium", key="sketch_home"):
        with st.container(width=board.shown(), gap="xxsmall"):
            paragraph("Draw a digit")
            image = board.draw("home", board.CHALK_WIDTH)
        with st.container(width="stretch"):
            page, note = board.sheet_of(image)
            readers = shipped(("lenet5",))
            answered = ask(page, readers)
            stages = answered.reading.stages if answered.reading is not None else None
            centred = stages.centred if stages else np.zeros((28, 28), np.uint8)
            seen = Picture(centred, _("What it sees"), _("The sketch as the network sees it: 28×28 grey pixels."))
            answers(
                columns(answered, readers, sure=False),
                key="home_answers",
                note=note or answered.note,
                big=True,
                pictures=[seen],
            )
