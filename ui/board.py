"""The blackboard: drawn on, undone, wiped; kept through page changes; its picture checked before it is decoded."""

import io
import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, TypeVar

import streamlit as st
from PIL import Image, ImageColor
from streamlit_drawable_canvas import CanvasResult

from core.errors import InvalidInput
from core.sketch.ink import Blank
from core.sketch.reading import Sheet, sheet
from ui import lesson
from ui.components.board import drawable
from ui.state.session import recall, remember, sent
from ui.text import _, explain

T = TypeVar("T")
SIDE: Final = 280
ON_A_PHONE: Final = 328
BOARD, CHALK, CHALK_WIDTH = "#1E3A32", "#F7F5EC", 20
PAPER: Final = ImageColor.getrgb(BOARD)[:3]
MAX_PNG_BYTES: Final = 3_000_000
MAX_PNG_SIDE: Final = 4 * 640  # a screen with four device pixels per pixel
MAX_DRAWING_BYTES: Final = 300_000


def draw(place: str, pen: int, what: str = "digit", width: int = SIDE, height: int = SIDE) -> bytes | None:
    """Draw the blackboard with its Undo and Clear.

    Args:
        place: which page it is on.
        pen: width of the chalk in pixels.
        what: is drawn; boards of the same name show the same drawing, wherever they are.
        width: of the board in pixels.
        height: of the board in pixels.

    Returns:
        The picture as PNG bytes, None while the board is empty. Not checked: it comes from the browser.
    """
    key = f"board_{place}_{recall(f'sketch_{what}_clears', 0)}"
    with st.container(key=f"board_{place}", gap="xsmall", width=shown(width)):
        drawn = drawable(
            stroke_width=pen,
            stroke_color=CHALK,
            background_color=BOARD,
            width=width,
            height=height,
            drawing_mode="freedraw",
            initial_drawing=recall(f"sketch_{what}_initial"),
            return_image_data=True,
            on_change=lambda: _arrived(key, what),
            key=key,
        )
        found = _taken(*_sent(drawn), what)
        with st.container(horizontal=True, gap="xsmall", key=f"board_tools_{place}"):
            tools = (("undo", _("Undo"), "undo", undo), ("clear", _("Clear"), "ink_eraser", clear))
            for name, label, icon, act in tools:
                off = found is None and name == "undo"
                more: dict[str, Any] = {"icon": f":material/{icon}:", "disabled": off, "width": "stretch"}
                st.button(label, key=f"{name}_{place}", on_click=act, args=(what,), **more)
    return found


def clear(what: str = "digit") -> None:
    """Wipe the board; for callbacks. A new key mounts an empty one."""
    for name in ("drawing", "initial", "picture"):
        remember(f"sketch_{what}_{name}", None)
    remember(f"sketch_{what}_clears", recall(f"sketch_{what}_clears", 0) + 1)


def undo(what: str) -> None:
    """Take the last stroke off; for callbacks. The board draws what is left, and sends its picture."""
    drawing = recall(f"sketch_{what}_drawing")
    strokes = list(drawing.get("objects", ())) if isinstance(drawing, dict) else []
    if len(strokes) <= 1:
        clear(what)
        return
    # With a number of its own: the canvas loads nothing that equals what it was given before.
    remember(f"sketch_{what}_undone", recall(f"sketch_{what}_undone", 0) + 1)
    left = {**drawing, "objects": strokes[:-1], "undone": recall(f"sketch_{what}_undone")}
    remember(f"sketch_{what}_drawing", left)
    remember(f"sketch_{what}_initial", left)
    remember(f"sketch_{what}_stale", strokes)


def keep(what: str = "digit") -> None:
    """Hand the last drawing, from whatever page, to the board that a full run of the page is about to mount.

    Not at a fragment's run: there the board itself holds the truth, and a new value would load it again.
    """
    remember(f"sketch_{what}_initial", recall(f"sketch_{what}_drawing"))


def picture(what: str = "digit") -> bytes | None:
    """Return what is on a board, as it was last sent, without drawing the board."""
    found: bytes | None = recall(f"sketch_{what}_picture")
    return found


def _arrived(key: str, what: str) -> None:
    """Keep what the browser has sent before anything is drawn: the run may be that of another page already."""
    drawing = sent(key, "drawing")
    raw, data = (drawing.get("raw"), drawing.get("data")) if isinstance(drawing, dict) else (None, None)
    _taken(*_sent(CanvasResult(raw, data, return_image_data=True)), what)


def _sent(drawn: CanvasResult) -> tuple[bytes | None, dict[str, Any]]:
    """Return the picture and the strokes that the browser sent; it may send anything."""
    try:
        image = drawn.image_bytes
    except (ValueError, AttributeError, TypeError):  # no data URL, or one that is not base64
        image = None
    drawing = drawn.json_data
    whole = isinstance(drawing, dict) and isinstance(drawing.get("objects"), list)
    return image, drawing if whole else {}


def _taken(image: bytes | None, drawing: dict[str, Any], what: str) -> bytes | None:
    """Keep what the board has sent for the next page, whose board shows it before it has sent a picture of its own."""
    if image is None:
        return picture(what)
    strokes = drawing.get("objects")
    if strokes and strokes == recall(f"sketch_{what}_stale"):
        return image  # sent before the last Undo; what the board then sends is on its way
    remember(f"sketch_{what}_stale", None)
    kept = bool(strokes) and len(image) <= MAX_PNG_BYTES and len(json.dumps(drawing)) <= MAX_DRAWING_BYTES
    remember(f"sketch_{what}_drawing", drawing if kept else None)
    remember(f"sketch_{what}_picture", image if kept else None)
    return image if strokes else None


def decode(image: bytes) -> Image.Image:
    """Decode the board's PNG; its size is checked first, since it comes from the browser and may be anything.

    Raises:
        InvalidInput: too large, or no PNG.
    """
    width, height = int.from_bytes(image[16:20], "big"), int.from_bytes(image[20:24], "big")  # PNG, section 11.2.2
    if len(image) > MAX_PNG_BYTES or not (0 < width <= MAX_PNG_SIDE and 0 < height <= MAX_PNG_SIDE):
        raise InvalidInput("The board's picture is too large; clear the board and draw again.")
    try:
        found = Image.open(io.BytesIO(image), formats=("PNG",))
        found.load()
    except (OSError, SyntaxError, ValueError) as error:
        raise InvalidInput("The board's picture cannot be read; clear the board and draw again.") from error
    return found


def sheet_of(image: bytes | None) -> tuple[Sheet | None, str]:
    """Find the ink on a board.

    Args:
        image: PNG bytes from the browser, None for an empty board.

    Returns:
        The sheet, None where there is nothing to read; and why, translated, where the board is not simply empty.
    """
    return (None, "") if image is None else attempted(lambda: _sheet(image))


@lru_cache(maxsize=32)
def _sheet(image: bytes) -> Sheet:
    return sheet(decode(image), PAPER)  # half a MB; what is read of a sheet is known by it: core/sketch/reading.py


def attempted(read: Callable[[], T]) -> tuple[T | None, str]:
    """Return what is read of a picture, None where that cannot be; and why, translated, where there is no ink in it."""
    try:
        return read(), ""
    except Blank as error:
        return None, explain(error)
    except InvalidInput as error:
        lesson.problem(error)
        return None, ""


def shown(width: int = SIDE) -> int:
    """Return how wide a board is on the screen, in pixels: on a phone as wide as the smallest ones are."""
    return ON_A_PHONE if "Mobi" in (st.context.headers.get("User-Agent") or "") else width
