"""Follows the browser between light and dark: charts are made of fixed colours, so the page has to be run anew."""

import streamlit as st

from ui import design
from ui.components import component

_COMPONENT = component("theme")
KEY = "ck_theme"


def follow_theme() -> None:
    """Run the page anew whenever the browser's ground is not the one that the page was drawn for."""
    with st.container(key=KEY):
        _COMPONENT(data={"dark": design.dark()}, key=f"{KEY}_probe", on_theme_change=lambda: None)
