"""Drawings made by our own code as SVG; st.html takes none, so that each is a picture with a text of its own."""

import base64
from html import escape

import streamlit as st

from ui import design


def drawing(svg: str, alt: str) -> None:
    """Draw an SVG, which scrolls sideways where it is too wide.

    Args:
        svg: every text in it escaped; colours as ``var(--name)`` of the design language, or ``currentColor``.
        alt: what it shows, in words.
    """
    colours = "".join(f"--{name}:{design.colour(name)};" for name in design.PALETTE)
    font = "font-family:system-ui,sans-serif;font-variant-numeric:tabular-nums"
    root = f'<svg xmlns="http://www.w3.org/2000/svg" style="{colours}color:{design.colour("text")};{font}" '
    source = base64.b64encode(svg.replace("<svg ", root, 1).encode()).decode()
    image = f'<img alt="{escape(alt)}" src="data:image/svg+xml;base64,{source}">'
    st.html(f'<div class="ck-drawing" tabindex="0">{image}</div>')
