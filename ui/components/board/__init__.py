"""The blackboard's manners: a stroke is sent at once, the board says what it is, and its tools are the page's own.

The drawing itself is streamlit-drawable-canvas. It waits 200 ms after a stroke before it sends, so that quick strokes
are sent together; its toolbar has a button that sends at once. This component presses that button when the pen is
lifted. Should a later version have no such button, the canvas goes on sending by itself, only later.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui.text import _

_HERE = Path(__file__).parent
_COMPONENT = st.components.v2.component(
    "chalknet_board",
    html='<span class="manners"></span>',
    css=".manners { display: none; }",
    js=(_HERE / "board.js").read_text(encoding="utf-8"),
)


def manners(place: str) -> None:
    """Look after the board of a place; draw it just below.

    Args:
        place: key of the container that holds the board.
    """
    _COMPONENT(
        data={
            "place": place,
            "words": {"board": _("Blackboard: draw with mouse, pen or finger. MNIST sample works with the keyboard.")},
        },
        key=f"manners_{place}",
        height="content",
    )
