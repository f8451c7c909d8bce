"""Brings what a link asks for into view: the open tab under Inside lies below the stage."""

import streamlit as st

from ui.components import component

_COMPONENT = component("reveal")
KEY = "ck_reveal"


def reveal(turn: int) -> None:
    """Scroll to the place where this stands, once for each turn.

    Args:
        turn: counts the links that asked for it; 0: none did.
    """
    with st.container(key=KEY):
        _COMPONENT(data={"turn": turn}, key=f"{KEY}_place")
