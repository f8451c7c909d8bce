"""What is inside lesson 4: the table of layers, why, and what can be taken away."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from core import cache
from core.conv.parsing import parse_chain
from core.conv.sizes import Trace, trace
from core.export.train_script import mnist_script
from core.training.mnist_job import MnistJob
from ui.lenet.settings import Settings
from ui.state import Controls
from ui.text import _


def tabs(controls: Controls[Settings], job: MnistJob | None) -> list[tuple[str, Callable[[], None]]]:
    """Return the tabs, for lesson.inside.

    Args:
        controls: of the page.
        job: what Train would start, or None.
    """
    return [
        (_("Layers"), lambda: layer_table(controls.settings.network)),
        (_("Why"), theory),
        (_("Code"), lambda: code(job)),
    ]


def chain(network: str) -> Trace:
    """Return a network's layers with their sizes traced."""
    return trace(parse_chain(network), (1, 28, 28))


def layer_table(network: str) -> None:
    """Draw course 5's table, computed: each layer's kind, output and parameters, and the total."""
    traced = chain(network)
    rows = [
        {
            _("layer"): layer.name,
            _("kind"): layer.kind,
            _("output"): "×".join(map(str, layer.output)),
            _("parameters"): layer.parameters,
            _("multiply-adds"): layer.multiply_adds,
        }
        for layer in traced.layers
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=_("Table of layers"))
    st.caption(_("{count} parameters in all.", count=f"{traced.parameters:,}"))


def theory() -> None:
    """Draw the theory in short."""
    st.markdown(
        _(
            "A convolution layer looks at the image through small windows and keeps its rows and columns; pooling "
            "makes the picture smaller; the last layers weigh what was found. The same few weights are used at every "
            "place, so LeNet-5 needs far fewer of them than a fully connected network."
        )
    )
    st.markdown(
        _(
            "The ten outputs become probabilities by softmax; cross-entropy already contains it. Before it has learned "
            "anything a network gives every digit one tenth, and its loss is ln 10 ≈ 2.303."
        )
    )


def code(job: MnistJob | None) -> None:
    """Draw the run as one script."""
    if job is not None:
        if cache.mnist().provenance.full:
            st.caption(_("This script gives the same losses as the app, to the last digit."))
        else:
            st.caption(_("This script downloads all of MNIST: its losses differ from this page's smaller data set."))
        st.code(mnist_script(job), "python")
