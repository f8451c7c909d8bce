"""The chain as a table that can be edited: one row a layer, to be added, removed, moved and changed.

The browser sends the whole chain as JSON text when a field was changed; Python reads it, follows it and sends back what
each layer makes of its input. What makes no sense stays in its field, marked, until it is mended. The next change need
not wait for the answer: the browser keeps its own rows until its last edit is answered (see standing.py and editor.js).
"""

from collections.abc import Callable
from typing import Any

from core.conv.follow import Followed
from core.conv.layers import ACTIVATIONS, MAX_LAYERS
from core.conv.sizes import LayerTrace
from core.conv.writing import MAX_CHAIN_TEXT
from ui.components import component
from ui.components.chain_editor.standing import Standing
from ui.state import session
from ui.text import _

_COMPONENT = component("chain_editor", "section", "chain")
KINDS = ("conv", "avgpool", "maxpool", "adaptivepool", "batchnorm", "flatten", "linear", "activation")


def chain_editor(followed: Followed, *, present: Callable[[], str], on_change: Callable[[str], bool], key: str) -> None:
    """Draw a chain as a table to edit.

    Args:
        followed: the chain as written, and what became of it.
        present: returns the chain's JSON text at any time, also in a callback.
        on_change: called with the new chain as JSON text, unchecked, when something was changed; returns whether
            ``present`` returns it from now on.
        key: of this place on the page.
    """

    def standing() -> Standing:
        text = present()
        known: Standing = session.recall(key, Standing(text))
        return known.now(text)

    def receive() -> None:
        session.remember(key, standing().edited(session.sent(key, "chain"), on_change))

    stands = standing()
    session.remember(key, stands)
    data = {
        "edit": stands.edit,
        "base": stands.base,
        "rows": [row if isinstance(row, dict) else {} for row in followed.rows],
        "results": [_result(layer) for layer in followed.trace.layers],
        "stopped": followed.stopped,
        "mostLayers": MAX_LAYERS,
        "most": MAX_CHAIN_TEXT,
        "kinds": dict(zip(KINDS, _kinds(), strict=True)),
        "activations": list(ACTIVATIONS),
        "words": _words(),
    }
    _COMPONENT(data=data, key=key, on_chain_change=receive)


def _result(layer: LayerTrace) -> dict[str, Any]:
    flat = layer.output[1:] == (1, 1) and layer.kind in ("flatten", "linear")
    return {
        "name": layer.name,
        "output": str(layer.output[0]) if flat else "×".join(map(str, layer.output)),
        "parameters": _short(layer.parameters),
        "multiply_adds": _short(layer.multiply_adds),
        "exact": {"parameters": f"{layer.parameters:,}", "multiply_adds": f"{layer.multiply_adds:,}"},
        "field": "×".join(map(str, layer.receptive_field)),
    }


def _kinds() -> tuple[str, ...]:
    pools = _("Avg pool"), _("Max pool"), _("Pool to a size")
    return _("Convolution"), *pools, _("Batch norm"), _("Flatten"), _("Linear"), _("Activation")


def _short(number: int) -> str:
    """Return a count that a narrow column can hold."""
    if number < 10**7:
        return f"{number:,}"
    return f"{number / 10**6:,.1f} M" if number < 10**9 else f"{number / 10**9:,.2f} G"


def _words() -> dict[str, str]:
    return {
        "title": _("The chain, layer by layer"),
        "number": _("No."),
        "name": _("Name"),
        "type": _("Kind"),
        "filters": _("Filters FN"),
        "features": _("Neurons"),
        "many": _("Filters, neurons"),
        "kernel_size": _("Window"),
        "output_size": _("Output size"),
        "stride": _("Stride"),
        "padding": _("Padding"),
        "activation": _("Activation"),
        "dilation": _("Dilation"),
        "groups": _("Groups"),
        "bias": _("Bias"),
        "ceil_mode": _("Round up"),
        "count_include_pad": _("Padding counts"),
        "output": _("Output"),
        "parameters": _("Parameters"),
        "multiply_adds": _("Multiply-adds"),
        "field": _("Receptive field"),
        "none": _("none"),
        "impossible": _("impossible"),
        "up": _("Move layer {n} up"),
        "down": _("Move layer {n} down"),
        "remove": _("Remove layer {n}"),
        "add": _("Add a layer after layer {n}"),
        "more": _("More of layer {n}"),
        "of": _("{field} of layer {n}"),
        "full": _("The chain would be too long for a link: remove a layer or shorten names."),
        "hint": _("A window is one number or two, such as 3×5: rows and columns."),
    }
