"""Markup of our own, SVG or pictures, that scrolls sideways where it is too wide; st.html would strip it."""

from __future__ import annotations

import streamlit as st

from ui import design

_COMPONENT = st.components.v2.component(
    "chalknet_drawing",
    html="<div class='drawing' tabindex='0'></div>\n",
    css="""
.drawing { overflow-x: auto; color: var(--st-text-color); font-family: var(--st-font); }
.drawing:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.maps { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.25rem, 1fr)); gap: 0.75rem; }
.maps.large { grid-template-columns: repeat(2, minmax(0, 1fr)); }
figure { margin: 0; }
figcaption { font-size: 0.875rem; line-height: 1.3; }
figcaption small { display: block; color: var(--muted); font-size: 0.75rem; }
.map { position: relative; border: 1px solid var(--line); }
img { display: block; width: 100%; image-rendering: pixelated; }
img.inset { position: absolute; right: 0; bottom: 0; width: 22%; border: 1px solid var(--line); }
svg { display: block; margin-inline: auto; font-variant-numeric: tabular-nums; }
""",
    js="""
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".drawing")
  for (const [name, value] of Object.entries(data.colours)) root.style.setProperty(`--${name}`, value)
  if (root.markup === data.markup) return
  root.markup = data.markup
  root.innerHTML = data.markup
}
""",
)


def drawing(markup: str, *, key: str) -> None:
    """Draw markup made by our own code, every text in it escaped.

    Args:
        markup: SVG with role="img" and an aria-label, or figures whose pictures have an alt text;
            colours as ``var(--name)`` of the design language.
        key: of this place on the page.
    """
    colours = {name: "light-dark({}, {})".format(*pair) for name, pair in design.PALETTE.items()}
    _COMPONENT(data={"markup": markup, "colours": colours}, key=key)
