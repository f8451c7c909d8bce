"""Digits as small pictures with what was answered; each can be a button."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
import torch

from ui import design
from ui.packed import packed
from ui.state import session

_HERE = Path(__file__).parent
_COMPONENT = st.components.v2.component(
    "chalknet_digits",
    html='<div class="digits"></div>',
    css=(_HERE / "style.css").read_text(encoding="utf-8"),
    js=(_HERE / "digits.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Shown:
    """One picture.

    Attributes:
        id: told when it is chosen.
        caption: below it, short.
        label: read out, and shown on pointing at it.
    """

    id: int
    caption: str
    label: str


def digits(
    pictures: torch.Tensor,
    shown: Sequence[Shown],
    *,
    key: str,
    label: str,
    on_choose: Callable[[int], None] | None = None,
) -> None:
    """Draw digits in rows; they change in place.

    Args:
        pictures: float32 (n, 28, 28), any range; each image's darkest is its paper.
        shown: one for each.
        key: keeps it mounted.
        label: what the pictures are, for those who do not see them.
        on_choose: called with the id of the one that was chosen; without it none can be.
    """
    paper = pictures.flatten(1).amin(dim=1)[:, None, None] if len(pictures) else pictures
    inked = pictures - paper
    most = float(inked.max()) if len(pictures) else 1.0
    coded = (inked / (most or 1.0) * 255).round().to(torch.uint8)
    data = {
        "pixels": packed(coded),
        "shown": [[one.id, one.caption, one.label] for one in shown],
        "label": label,
        "open": on_choose is not None,
        "colours": {
            name: "light-dark({}, {})".format(*design.PALETTE[name])
            for name in ("text", "ground", "line", "accent", "muted")
        },
    }

    def chosen() -> None:
        sent = session.sent(key, "choose")
        if on_choose is not None and isinstance(sent, int) and any(one.id == sent for one in shown):
            on_choose(sent)

    _COMPONENT(data=data, key=key, height="content", on_choose_change=chosen)
