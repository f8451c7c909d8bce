"""Several digits on one board: found, framed where they were written, and read as a number."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from core.sketch.doubt import doubt
from core.sketch.predict import Prediction, classify
from core.sketch.segment import Digit, as_number, read_number
from ui import board, lesson
from ui.components.gallery import Row, Tile, gallery
from ui.drawing import drawing
from ui.sketch.newest import newest
from ui.sketch.readers import Reader, readers
from ui.sketch.settings import Settings
from ui.state.controls import Controls
from ui.text import _, aside, named

HEIGHT: Final = 220
WIDE: Final = 620
WHAT: Final = "number"


def draw(controls: Controls[Settings]) -> None:
    """Draw the topic: a wide board, frames around the digits, the number, and each digit as the networks see it."""
    stage, panel = lesson.layout(0.72)
    with panel:
        controls.slider("pen", _("Width of the chalk"), help=_("In pixels of the board."))
        aside(
            "Leave a little room between the digits. Where two touch, the board is cut where that makes the more "
            "likely digits."
        )
    with stage:
        width = board.shown(WIDE)
        with st.container(key="sketch_several", gap="xxsmall"):
            image = board.draw("several", controls.settings.pen, WHAT, width, HEIGHT)
            who = readers()
            digits, note = _read(image, who[0])
            newest().digits = tuple(digit.stages.centred for digit in digits)
            with st.container(key="sketch_frames"):
                drawing(*_frames(digits, width))
        _number(digits, who, note)


def _read(image: bytes | None, who: Reader) -> tuple[list[Digit], str]:
    if image is None:
        return [], _("Write a number with two digits or more, such as 1998.")
    found, why = board.attempted(lambda: read_number(board.decode(image), who.model, board.PAPER))
    return found or [], why


def _frames(digits: Sequence[Digit], width: int) -> tuple[str, str]:
    """Return the frames as SVG that lies on the board, and what it shows in words."""
    parts = []
    for digit in digits:
        left, top, right, bottom = digit.box
        best = digit.prediction.digit
        parts.append(
            f'<rect x="{left - 4}" y="{top - 4}" width="{right - left + 8}" height="{bottom - top + 8}" rx="4" '
            'fill="none" stroke="#F0C04A" stroke-width="2"/>'
            f'<text x="{left}" y="{_beside(top, bottom)}" fill="#F0C04A" font-size="18" font-weight="700">{best}</text>'
        )
    label = _("Frames around {n} digits", n=len(digits)) if digits else _("No frames: nothing is written")
    return f'<svg width="{width}" height="{HEIGHT}" viewBox="0 0 {width} {HEIGHT}">{"".join(parts)}</svg>', label


def _beside(top: int, bottom: int) -> int:
    """Return where a digit's answer stands: above its frame, or below where there is no room."""
    return max(top - 9, 16) if top >= 26 or bottom + 24 > HEIGHT else bottom + 24


def _number(digits: Sequence[Digit], who: Sequence[Reader], note: str) -> None:
    """Draw the number large, and below it each digit as the networks see it, with what each answers."""
    if not digits:
        st.markdown(note)
        return
    with st.container(horizontal=True, gap="medium", vertical_alignment="center", key="sketch_number"):
        st.title(as_number(list(digits)), anchor=False, width="content")
        said = _("{n} digits, read from left to right by {network}.", n=len(digits), network=who[0].name)
        st.markdown(said)
    tiles = []
    for place, digit in enumerate(digits, start=1):
        seen = _("Digit {n} as the networks see it, read as “{digit}”", n=place, digit=digit.prediction.digit)
        caption = _caption(digit, who)
        tiles.append(Tile(place, caption, named(seen, caption)))
    images = [digit.stages.centred for digit in digits]
    gallery([Row("", tiles)], images, key="sketch_several_digits", label=said, look="large")


def _caption(digit: Digit, who: Sequence[Reader]) -> str:
    """Say what every network reads, how surely, and whether it looks like a digit."""
    lines = [_said(who[0].short, digit.prediction)]
    lines += [_said(reader.short, classify(digit.stages.normalised, reader.model)) for reader in who[1:]]
    found = doubt(digit.stages.normalised)
    if found.doubtful:
        lines.append(_("not a digit? (doubt {share})", share=f"{100 * found.score:.0f}%"))
    return "\n".join(lines)


def _said(network: str, answer: Prediction) -> str:
    return f"{network} {answer.digit} · {100 * max(answer.probabilities):.0f}%"
