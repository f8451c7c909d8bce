"""Small digits in rows, with a word below each; they come and go in place, and can be chosen.

All pictures travel as one PNG, made once for everybody who looks at the same ones.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from core.classroom.entries import Bytes
from ui.components import component
from ui.packed import png
from ui.state import session
from ui.text import _

if TYPE_CHECKING:
    import torch

SIDE = 28
_COMPONENT = component("gallery", "section")


@dataclass(frozen=True)
class Tile:
    """One digit.

    Attributes:
        id: told when it is chosen; a tile that stays keeps its place in the browser.
        note: below the picture, short; may have lines, and may be empty.
        spoken: the same for those who cannot see it, and shown on pointing at it.
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
    tiles: Sequence[Tile]


def gallery(
    rows: Sequence[Row],
    images: Sequence[Bytes] | Bytes,
    *,
    key: str,
    label: str,
    look: Literal["paper", "board", "large"] = "board",
    on_choose: Callable[[int], None] | None = None,
    on_chosen: Callable[[], None] | None = None,
    forget: int = 0,
) -> None:
    """Draw digits in rows.

    Args:
        rows: what is shown.
        images: uint8 (28, 28), ink bright; one for each tile of all rows, in their order.
        key: keeps it mounted.
        label: what the pictures are, for those who do not see them.
        look: "paper": ink on the page's ground; "board": white on black; "large": so, and twice as large.
        on_choose: called with the id of the one that was clicked.
        on_chosen: tiles are chosen and let go, as many as one likes; called when others are, which
            ui.state.session.sent(key, "chosen") returns.
        forget: another number than before: nothing is chosen any more.
    """
    columns = max(1, math.ceil(math.sqrt(len(images))))
    data = {
        "rows": [{"title": row.title, "tiles": [vars(tile) for tile in row.tiles]} for row in rows],
        "sheet": _sheet(np.stack(list(images)).tobytes(), columns) if len(images) else "",
        "columns": columns,
        "label": label,
        "look": look,
        "many": on_chosen is not None,
        "forget": forget,
        "mine": _("yours"),
    }

    def choose() -> None:
        sent = session.sent(key, "choose")
        if on_choose is not None and any(tile.choosable and tile.id == sent for row in rows for tile in row.tiles):
            on_choose(sent)

    _COMPONENT(data=data, key=key, on_choose_change=choose, on_chosen_change=on_chosen or (lambda: None))


def inked(pictures: torch.Tensor) -> Bytes:
    """Return pictures as a gallery has them.

    Args:
        pictures: float32 (n, 28, 28), any range; each image's darkest is its paper, the brightest of all full ink.

    Returns:
        uint8 (n, 28, 28).
    """
    ink = pictures - pictures.flatten(1).amin(dim=1)[:, None, None] if len(pictures) else pictures
    most = float(ink.max()) if len(pictures) else 1.0
    return (ink / (most or 1.0) * 255).round().byte().numpy()


@lru_cache(maxsize=32)
def _sheet(pixels: bytes, columns: int) -> str:
    """Return all pictures side by side, row by row, as the address of a PNG that is clear where there is no ink."""
    images = np.frombuffer(pixels, dtype=np.uint8).reshape(-1, SIDE, SIDE)
    sheet = np.zeros((math.ceil(len(images) / columns) * SIDE, columns * SIDE, 2), dtype=np.uint8)
    for place, image in enumerate(images):
        top, left = place // columns * SIDE, place % columns * SIDE
        sheet[top : top + SIDE, left : left + SIDE, 1] = image
    return png(sheet)
