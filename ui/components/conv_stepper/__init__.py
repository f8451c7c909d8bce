"""The step-by-step window: every product and sum of one convolution or pooling, played in the browser.

All steps are worked out in Python and sent once; playing, stepping and scrubbing then cost the server nothing. Only a
number that is typed over goes to the server, which works everything out again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from core.conv.edits import MAX_EDITS_TEXT
from core.conv.steps import Worked
from ui import design, state
from ui.text import _

_HERE = Path(__file__).parent
_PARTS = ("player.js", "picture.js", "edit.js", "words.js")
_COMPONENT = st.components.v2.component(
    "chalknet_conv_stepper",
    html='<section class="stepper"></section>',
    css=(_HERE / "style.css").read_text(encoding="utf-8"),
    js="\n".join((_HERE / name).read_text(encoding="utf-8") for name in _PARTS),
)


def conv_stepper(
    pictures: Sequence[Worked],
    *,
    firsts: Sequence[int],
    edits: str,
    on_edit: Callable[[object], None],
    key: str,
) -> None:
    """Draw worked output channels, of which one is shown at a time, with a player.

    Args:
        pictures: what core.conv.steps.work_out gives, one per output channel; all of one layer.
        firsts: the first input channel that each of them reads, from 0.
        edits: the numbers typed over, as core.conv.edits reads them.
        on_edit: called with the new text of edits, unchecked, when a number was typed.
        key: of this place on the page.
    """
    data = {
        "pictures": [worked.as_data() for worked in pictures],
        "firsts": list(firsts),
        "edits": edits,
        "most": MAX_EDITS_TEXT,
        "words": _words(pictures[0]),
        "colours": _colours(),
    }
    _COMPONENT(data=data, key=key, on_edit_change=lambda: on_edit(state.sent(key, "edit")))


def _colours() -> dict[str, str]:
    """Return CSS that follows the theme by itself, so that switching it needs no rerun."""
    names = ("positive", "negative", "accent", "muted", "line")
    return {name: "light-dark({}, {})".format(*design.PALETTE[name]) for name in names}


def _words(worked: Worked) -> dict[str, str]:
    """Return every word of the picture in the session's language; the script fills {fields} in at each step."""
    rows, columns = worked.rows, worked.columns
    padding = _(", padding {p}", p=rows.padding) if rows.padding or columns.padding else ""
    if rows.padding != columns.padding:
        padding = _(", padding {p}", p=f"{rows.padding}×{columns.padding}")
    convolves = worked.operation == "conv"
    return {
        "title": _("Step through the window"),
        "play": _("Play"),
        "pause": _("Pause"),
        "back": _("One step back"),
        "forward": _("One step forward"),
        "scrub": _("Step"),
        "speed": _("Speed"),
        "fastest": _("fastest"),
        "count": _("Step {n} of {all}"),
        "filter": _("Filter") if convolves else _("Channel"),
        "channel": _("Channel"),
        "input": _("Input {h}×{w}{padding}", h=rows.size, w=columns.size, padding=padding),
        "kernel": _("Kernel {h}×{w}", h=rows.kernel, w=columns.kernel),
        "products": _("Window × kernel") if convolves else _("Window"),
        "output": _("Output {h}×{w}", h=rows.output, w=columns.output),
        "cell": _("Row {row}, column {column}: {value}"),
        "pending": _("Row {row}, column {column}: not yet"),
        "place": _("Row {row}, column {column}"),
        "zero": _("padding"),
        "reaches": _("Input row {row}, column {column} reaches {n} output numbers."),
        "full": _("No more numbers fit into the link; undo some first."),
        "bias": _("bias"),
        "sum": _("sum of {n} products"),
        "mean": _("mean"),
        "largest": _("largest"),
        "channels": _("channel {n}"),
        "spoken": _("Output row {row}, column {column}: {sum}"),
        "keys": _(
            "Arrow keys step, space plays. Choose an input cell to see where it reaches; "
            "type or double-click to change a number."
        ),
        "poolKeys": _("Arrow keys step, space plays. Choose an input cell to see where it reaches; type to change it."),
    }
