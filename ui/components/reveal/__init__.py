"""Brings what a link asks for into view: the open tab under Inside lies below the stage."""

import streamlit as st

from ui.components import component

_COMPONENT = component("reveal")
KEY = "ck_reveal"


def reveal(link: int, key: str) -> None:
    """Scroll to an element, once for each link.

    Args:
        link: which one asked for it, counted from 1; 0: none did.
        key: of the element.
    """
    with st.container(key=KEY):
        _COMPONENT(data={"link": link, "key": key}, key=f"{KEY}_place")
