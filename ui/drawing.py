"""Drawings made by our own code as SVG; st.html takes none, so that each is a picture with a text of its own."""

import base64
from html import escape

import streamlit as st

from ui import design


def drawing(svg: str, alt: str, narrow: str = "") -> None:
    """Draw an SVG, which scrolls sideways where it is too wide.

    Args:
        svg: every text in it escaped; colours as ``var(--name)`` of the design language, or ``currentColor``.
        alt: what it shows, in words.
        narrow: the same for phones.
    """
    st.html(_scrolling(svg, alt, "ck-wide" if narrow else "") + (narrow and _scrolling(narrow, alt, "ck-narrow")))


def _scrolling(svg: str, alt: str, where: str) -> str:
    image = f'<img alt="{escape(alt)}" src="{_encoded(svg)}">'
    return f'<div class="ck-drawing {where}" tabindex="0">{image}</div>'


def _encoded(svg: str) -> str:
    colours = "".join(f"--{name}:{design.colour(name)};" for name in design.PALETTE)
    font = "font-family:system-ui,sans-serif;font-variant-numeric:tabular-nums"
    root = f'<svg xmlns="http://www.w3.org/2000/svg" style="{colours}color:{design.colour("text")};{font}" '
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.replace('<svg ', root, 1).encode()).decode()}"
