"""The network drawn live: neurons as circles, weights as lines whose width is their size and colour their sign."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from ui.design import colour
from ui.text import _

_HERE = Path(__file__).parent
_COMPONENT = st.components.v2.component(
    "chalknet_network",
    html="<figure><svg role='img'></svg>\n<figcaption aria-live='off'></figcaption></figure>\n",
    css=(_HERE / "network.css").read_text(),
    js=(_HERE / "network.js").read_text(),
)
MOST_DRAWN = 16  # neurons of one layer; more would be a smear of lines


def network(
    widths: Sequence[int],
    weights: Sequence[Sequence[Sequence[float]]],
    biases: Sequence[Sequence[float]],
    *,
    key: str,
) -> None:
    """Draw a fully connected network; hover or focus a neuron for its exact weights and bias.

    Args:
        widths: neurons per layer, input first.
        weights: per layer (neurons of this layer, neurons of the layer before); empty before the first update.
        biases: per layer, one per neuron.
        key: keeps the drawing mounted, so that lines move instead of being drawn anew.
    """
    data = {
        "widths": list(widths),
        "weights": [[_numbers(row) for row in layer[:MOST_DRAWN]] for layer in weights],
        "biases": [_numbers(layer) for layer in biases],
        "most": MOST_DRAWN,
        "positive": colour("positive"),
        "negative": colour("negative"),
        "label": _("Network {widths}", widths="-".join(map(str, widths))),
        "words": {
            "input": _("input"),
            "hidden": _("hidden layer"),
            "output": _("output"),
            "neuron": _("neuron"),
            "bias": _("bias"),
            "weights": _("weights"),
            "hint": _("Blue: positive; orange, dashed: negative; width: size. Point at or tap a neuron."),
            "not_yet": _("No weights yet: press Train."),
        },
    }
    _COMPONENT(data=data, key=key, height="content")


def _numbers(values: Sequence[float]) -> list[float | None]:
    """Return what JSON can carry of a row: None for what is not finite after a divergence."""
    return [round(value, 4) if math.isfinite(value) else None for value in values[:MOST_DRAWN]]
