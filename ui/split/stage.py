"""The stage of lesson 1's first topic: the strip, what it counts, and one look at it."""

from pathlib import Path
from typing import Final

import streamlit as st

from core.data.sets import DataSet
from core.data.splits import Split
from ui import design, own_table
from ui.components.split_strip import split_strip
from ui.split import looks, pictures, rows
from ui.split.settings import Settings, views
from ui.state.controls import Controls
from ui.text import _

_CSS: Final = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")


def style() -> None:
    """Add the lesson's CSS."""
    st.html(f"<style>:root {{ --ck-line: {design.colour('line')}; }}{_CSS}</style>")


def empty(settings: Settings) -> None:
    """Say what is missing while there is no data."""
    if settings.data == "csv" and own_table.kept() is None:
        own_table.ask()


def draw(data: DataSet, result: Split, controls: Controls[Settings]) -> None:
    """Draw the strip with its legends, the warning, and the chosen look."""
    settings = controls.settings
    by_class = settings.by_class and data.classes is not None
    st.html(rows.legend(result) + (rows.class_legend(data) if by_class else ""))
    split_strip(data, result, by_class=by_class, stop=settings.stop, key="split_strip")
    looks.warn(data, result, settings)
    view = controls.segmented("view", _("Look at"), views(settings.data), label_visibility="collapsed")
    if view == "rows":
        st.html(rows.short_table(data, result))
        st.caption(rows.rounding(result.config))
    elif view == "classes":
        looks.classes(data, result)
    elif view == "picture":
        pictures.draw(data, result, controls)
    elif view == "leaks":
        looks.leaks(data, result)
    else:
        controls.slider("folds", _("Folds k"), width=320)
        looks.folds(result, controls.settings.folds)
