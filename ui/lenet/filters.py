"""The filters themselves: every weight of a network as a picture."""

from __future__ import annotations

import streamlit as st

from core.inspect_cnn.layers import blocks
from ui.components.maps import Layer, maps
from ui.lenet.forward import title
from ui.lenet.subject import Subject
from ui.text import _


def filters(seen: Subject) -> None:
    """Draw the weights of every layer that has some.

    Args:
        seen: what is looked at.
    """
    shown = []
    for block in blocks(seen.model):
        weight = getattr(block.layer, "weight", None)
        if weight is None:
            continue
        head = title(block.name)
        size = "×".join(map(str, weight.shape))
        if weight.ndim == 2:
            wide = weight if weight.shape[0] <= weight.shape[1] else weight.T
            shown.append(Layer(head, size, wide[None], open=False, most=640))
        elif len(weight) > 16:  # C5: one column of filters for each neuron
            count, channels, rows, columns = weight.shape
            mosaic = weight.permute(1, 2, 0, 3).reshape(channels * rows, count * columns)
            shown.append(Layer(head, size, mosaic[None], open=False, most=640))
        else:
            count, channels, rows, columns = weight.shape
            each = weight.transpose(0, 1).reshape(count * channels, rows, columns)
            shown.append(Layer(head, size, each, narrow=max(count, 6), most=70, open=False))
    maps(
        shown,
        label=_("The weights of every layer as pictures"),
        key="lenet_filters",
        flow="rows",
        hint=_(
            "Each filter of C3 has a window for each map of S2, so one row of pictures; point at a weight to read it."
        ),
    )
    st.caption(
        _(
            "A filter of C1 answers most to what looks like it. In C3 each column of pictures is one filter: it weighs "
            "the six maps of S2."
        )
    )
