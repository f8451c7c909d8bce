"""The design language: one palette, one type scale, and the little CSS that config.toml cannot express.

Colours mean one thing in every lesson. The hues are Okabe and Ito's, which colour-blind people can tell apart
(https://jfly.uni-koeln.de/color/); each has a form for light and one for dark ground, made so that text in it reads
at WCAG AA (4.5:1) and marks at 3:1. Colour is never the only sign: shape, line style or a label goes with it.
"""

from __future__ import annotations

from typing import Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

# name: (on light ground, on dark ground)
PALETTE: Final[dict[str, tuple[str, str]]] = {
    "train": ("#0072B2", "#56B4E9"),
    "validation": ("#A8508A", "#E39CC6"),
    "test": ("#C24F00", "#FF9A4D"),
    "positive": ("#0072B2", "#56B4E9"),
    "negative": ("#C24F00", "#FF9A4D"),
    "error": ("#B3261E", "#FF8A80"),
    "text": ("#1B2430", "#E8EAED"),
    "muted": ("#5A6472", "#A7B0BD"),
    "line": ("#D9DEE5", "#39424F"),
    "ground": ("#FFFFFF", "#12161C"),
    "panel": ("#F4F6F9", "#1B212A"),
    "accent": ("#0B6E99", "#7CC4EE"),
}

# One colour per class. Three classes: the course's one-hot data; ten: the digits. Neighbours differ in lightness.
CLASSES_3: Final = (("#0072B2", "#56B4E9"), ("#00795A", "#2EC4A0"), ("#9A6700", "#F0C04A"))
CLASSES_10: Final = (
    ("#0072B2", "#56B4E9"),
    ("#9A6700", "#F0C04A"),
    ("#00795A", "#2EC4A0"),
    ("#C24F00", "#FF9A4D"),
    ("#A8508A", "#E39CC6"),
    ("#2B7BB0", "#9AD1F5"),
    ("#7A6A00", "#F0E442"),
    ("#4B4BA8", "#A9A9F5"),
    ("#8A4B2A", "#D9A58A"),
    ("#555F6B", "#B4BDC9"),
)

# rem; h1 of a lesson, its question, text, small print.
TYPE_SCALE: Final = {"title": 2.0, "question": 1.25, "text": 1.0, "small": 0.875}


def dark() -> bool:
    """Return whether the visitor's theme is dark; light outside a session."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return False
    return st.context.theme.type == "dark"


def colour(name: str) -> str:
    """Return a colour by its meaning, for the visitor's theme.

    Args:
        name: train, validation, test, positive, negative, error, text, muted, line, ground, panel or accent.
    """
    return PALETTE[name][dark()]


def class_colours(count: int) -> list[str]:
    """Return one colour per class, for the visitor's theme.

    Args:
        count: number of classes, at most 10; three classes have the colours of the one-hot data.
    """
    source = CLASSES_3 if count <= len(CLASSES_3) else CLASSES_10
    return [pair[dark()] for pair in source[:count]]


def apply() -> None:
    """Add the page's CSS; pages/index.py calls it once per run."""
    st.html(f"<style>{_CSS}</style>")


_CSS: Final = ""
