"""Moving a digit: a board on which it is dragged, turned, scaled and thickened while the answers follow."""

import numpy as np
import streamlit as st
from PIL import ImageColor

from core.sketch.form import Bytes, middle
from core.sketch.reading import Sheet, moved
from core.sketch.transform import Change
from ui.board import BOARD, CHALK, shown
from ui.components.mover import Place, mover
from ui.sketch.settings import MOVES, Settings
from ui.state.controls import Controls
from ui.text import _


def draw(controls: Controls[Settings], page: Sheet, key: str, alt: str) -> None:
    """Draw the board with the digit where it is.

    Args:
        controls: of the page; keeps the place.
        page: the sketch as it was.
        key: of this place on the page.
        alt: what it shows, translated.
    """
    now = controls.settings
    # The smallest change that brings every sheet onto a fine square, so that all look alike.
    thick = moved(page, Change(thickness=now.thick)) if now.thick else page

    def move(place: Place) -> None:
        controls.change(right=place.right, down=place.down, turn=round(place.turn), size=place.size, thick=place.thick)

    mover(
        chalked(thick),
        Place(now.right, now.down, now.turn, now.size, now.thick),
        key=key,
        alt=alt,
        side=shown(),
        on_move=move,
    )


def exact(controls: Controls[Settings]) -> None:
    """Draw the moves as numbers, for those who want them exactly."""
    left, right = st.columns(2)
    with left:
        controls.number("right", _("To the right"), format="%.1f", help=_("In pixels of the 28×28 input."))
        controls.number("turn", _("Turned by"), help=_("In degrees, counter-clockwise."))
        controls.number("thick", _("Thicker by"), format="%.2f", help=_("In pixels of the 28×28 input, at each side."))
    with right:
        controls.number("down", _("Down"), format="%.1f", help=_("In pixels of the 28×28 input."))
        controls.number("size", _("Size"), format="%.1f", help=_("1 is as it was."))
    st.button(
        _("Put it back"),
        icon=":material/home:",
        on_click=lambda: controls.change(**{name: _START[name] for name in MOVES}),
        key="sketch_back",
    )


_START = {"right": 0.0, "down": 0.0, "turn": 0, "size": 1.0, "thick": 0.0}


def chalked(page: Sheet) -> Bytes:
    """Return ink as chalk on the board, uint8 (side, side, 3), laid into the middle of a square."""
    ground, chalk = (np.array(ImageColor.getrgb(colour)[:3], dtype=np.float32) for colour in (BOARD, CHALK))
    square = middle(page.ink, max(page.ink.shape))
    return (ground + square[:, :, None] * (chalk - ground)).round().astype(np.uint8)
