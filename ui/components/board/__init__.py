"""The blackboard: streamlit-drawable-canvas in a component of ours, which sends at once and says what it is."""

from typing import Any

import streamlit_drawable_canvas

from ui.components import component
from ui.text import _

_COMPONENT = component("board", style="canvas-root")


def _mount(*, data: dict[str, Any], **rest: Any) -> Any:
    named = _("Blackboard: draw with mouse, pen or finger. MNIST sample works with the keyboard.")
    return _COMPONENT(data={**data, "named": named}, **{**rest, "width": "stretch"})


# st_canvas checks its arguments, mounts this, and reads what comes back.
streamlit_drawable_canvas.out = _mount
drawable = streamlit_drawable_canvas.st_canvas
