"""Follows the browser between light and dark: charts are made of fixed colours, so the page has to be run anew."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from ui import design

_COMPONENT = st.components.v2.component(
    "chalknet_theme",
    html='<i class="probe" aria-hidden="true"></i>',
    # A colour that takes a moment to change tells when it has.
    css=".probe { position: absolute; width: 0; color: var(--st-background-color); transition: color 1ms; }",
    js=(Path(__file__).parent / "theme.js").read_text(encoding="utf-8"),
)
KEY = "ck_theme"


def follow_theme() -> None:
    """Run the page anew whenever the browser's ground is not the one that the page was drawn for."""
    with st.container(key=KEY):
        _COMPONENT(data={"dark": design.dark()}, key=f"{KEY}_probe", on_theme_change=lambda: None)
