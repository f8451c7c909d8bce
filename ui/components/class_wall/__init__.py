"""A wall of small digits that come and go while a class looks on; updated in place, never remounted.

All pictures travel as one PNG, made once for everybody who looks at the same state of a class set.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import streamlit as st

from core.classroom.entries import Bytes
from ui import design
from ui.packed import png
from ui.text import _

SIDE = 28
_HERE = Path(__file__).parent
_COMPONENT = st.components.v2.component(
    "chalknet_class_wall",
    html='<section class="wall"></section>',
    css=(_HERE / "style.css").read_text(encoding="utf-8"),
    js=(_HERE / "wall.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Tile:
    """One digit on the wall.

    Attributes:
        id: of the entry; a tile that stays keeps its place in the browser.
        note: a few characters below the picture, such as "7→1"; may be empty.
        spoken: the same for those who cannot see it.
        odd: whether it is marked, as one that was misread.
        mine: whether the visitor gave it.
        choosable: whether a click chooses it.
    """

    id: int
    note: str
    spoken: str
    odd: bool = False
    mine: bool = False
    choosable: bool = False


@dataclass(frozen=True)
class Row:
    """Tiles that belong together.

    Attributes:
        title: above them; may be empty.
        tiles: in their order.
    """

    title: str
    tiles: tuple[Tile, ...]


def class_wall(
    rows: Sequence[Row],
    images: Sequence[Bytes],
    *,
    key: str,
    state: tuple[object, ...],
    on_chosen: Callable[[], None] | None = None,
    forget: int = 0,
) -> None:
    """Draw digits in rows.

    Args:
        rows: what is shown.
        images: uint8 (28, 28), one for each tile of all rows, in their order.
        key: of this place on the page.
        state: tells two sets of pictures apart, so that the same ones are packed once for all pages.
        on_chosen: called when the visitor has chosen other tiles; read them with ui.state.controls.sent(key, "chosen").
        forget: another number than before: nothing is chosen any more.
    """
    columns = max(1, math.ceil(math.sqrt(len(images))))
    _COMPONENT(
        data={
            "rows": [{"title": row.title, "tiles": [vars(tile) for tile in row.tiles]} for row in rows],
            "sheet": _sheet(state, columns, _Images(tuple(images))) if images else "",
            "columns": columns,
            "forget": forget,
            "words": {"mine": _("yours"), "wall": _("The class's digits")},
            "colours": {name: "light-dark({}, {})".format(*design.PALETTE[name]) for name in ("accent", "test")},
        },
        key=key,
        on_chosen_change=on_chosen or (lambda: None),
    )


@dataclass(frozen=True)
class _Images:
    """Pictures that are no part of a cache's key."""

    images: tuple[Bytes, ...]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Images)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=32)
def _sheet(state: tuple[object, ...], columns: int, packed: _Images) -> str:
    """Return all pictures side by side, row by row, as the data URL of one PNG."""
    images = packed.images
    sheet = np.zeros((math.ceil(len(images) / columns) * SIDE, columns * SIDE), dtype=np.uint8)
    for place, image in enumerate(images):
        top, left = place // columns * SIDE, place % columns * SIDE
        sheet[top : top + SIDE, left : left + SIDE] = image
    return png(sheet)
