"""The step-by-step window: every product and sum of one convolution or pooling, played in the browser.

All steps are worked out in Python and sent once; playing, stepping and scrubbing then cost the server nothing.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.conv.steps import Worked
from ui import design
from ui.text import _

_HERE = Path(__file__).parent
_COMPONENT = st.components.v2.component(
    "chalknet_conv_stepper",
    html='<section class="stepper"></section>',
    css=(_HERE / "style.css").read_text(encoding="utf-8"),
    js="\n".join((_HERE / name).read_text(encoding="utf-8") for name in ("player.js", "picture.js")),
)


def conv_stepper(worked: Worked, *, key: str) -> None:
    """Draw a worked example with its player.

    Args:
        worked: what core.conv.steps.work_out gives.
        key: of this place on the page.
    """
    _COMPONENT(
        data=worked.as_data() | {"words": _words(worked), "colours": _colours()},
        key=key,
    )


def _colours() -> dict[str, str]:
    """Return CSS that follows the theme by itself, so that switching it needs no rerun."""
    names = ("positive", "negative", "accent", "muted", "line")
    return {name: "light-dark({}, {})".format(*design.PALETTE[name]) for name in names}


def _words(worked: Worked) -> dict[str, str]:
    """Return every word of the picture in the session's language; the script fills {fields} in at each step."""
    rows, columns = worked.rows, worked.columns
    padding = _(", padding {p}", p=rows.padding) if rows.padding or columns.padding else ""
    products = {
        "conv": _("Window × kernel"),
        "avgpool": _("Window"),
        "maxpool": _("Window"),
    }[worked.operation]
    return {
        "title": _("Step through the window"),
        "play": _("Play"),
        "pause": _("Pause"),
        "back": _("One step back"),
        "forward": _("One step forward"),
        "scrub": _("Step"),
        "count": _("Step {n} of {all}"),
        "channel": _("Channel"),
        "input": _("Input {h}×{w}{padding}", h=rows.size, w=columns.size, padding=padding),
        "kernel": _("Kernel {h}×{w}", h=rows.kernel, w=columns.kernel),
        "products": products,
        "output": _("Output {h}×{w}", h=rows.output, w=columns.output),
        "cell": _("Row {row}, column {column}: {value}"),
        "pending": _("Row {row}, column {column}: not yet"),
        "bias": _("bias"),
        "sum": _("sum of {n} products"),
        "mean": _("mean"),
        "largest": _("largest"),
        "channels": _("channel {n}"),
        "spoken": _("Output row {row}, column {column}: {sum}"),
        "keys": _("Arrow keys step, space plays."),
    }
