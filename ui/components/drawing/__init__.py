"""An SVG drawing that scrolls sideways where it is wider than its place; st.html would strip it."""

from __future__ import annotations

import streamlit as st

from ui import design

_COMPONENT = st.components.v2.component(
    "chalknet_drawing",
    html="<div class='drawing' tabindex='0'></div>\n",
    css="""
.drawing { overflow-x: auto; color: var(--st-text-color); font-family: var(--st-font); }
.drawing:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
svg { display: block; margin-inline: auto; font-variant-numeric: tabular-nums; }
""",
    js="""
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".drawing")
  for (const [name, value] of Object.entries(data.colours)) root.style.setProperty(`--${name}`, value)
  if (root.dataset.svg === data.svg) return
  root.dataset.svg = data.svg
  root.innerHTML = data.svg
}
""",
)


def drawing(svg: str, *, key: str) -> None:
    """Draw an SVG made by our own code, every text in it escaped.

    Args:
        svg: with role="img" and an aria-label; colours as ``var(--name)`` of the design language.
        key: of this place on the page.
    """
    colours = {name: "light-dark({}, {})".format(*pair) for name, pair in design.PALETTE.items()}
    _COMPONENT(data={"svg": svg, "colours": colours}, key=key)
