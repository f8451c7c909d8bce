"""How each layer's weights and gradients are spread: two columns of histograms, in place while a run is live."""

from typing import Any

import streamlit as st

from core.inspect import histograms as counted
from core.inspect.histograms import Histogram
from core.inspect.model import blocks
from core.inspect.neurons import gradients
from core.inspect.view import few
from core.runs.playground_job import PlaygroundJob
from core.runs.snapshot import Snapshot
from ui.components.histograms import histograms, numbers
from ui.dnn.diagram import look_at, subject
from ui.live.hub import part
from ui.text import _
from ui.words import plain


def draw(now: Snapshot | None, planned: PlaygroundJob | None, *, key: str = "dnn_spread") -> None:
    """Draw histograms of every layer's weights and of the gradients that the training set gives them.

    Args:
        now: the run, or None: then of the plan's first weights.
        planned: what Train would start, or None.
        key: keeps them mounted.
    """
    seen = subject(now, planned)
    if seen is None:
        return
    data, job = seen.data.data, seen.job
    chosen = few(len(data.train_inputs), seen.rows)
    inputs, labels = data.train_inputs[chosen], data.train_labels[chosen]

    def shown(now: Snapshot | None) -> dict[str, Any]:
        model = look_at(now, job).model
        slopes = gradients(model, inputs, labels, job.train.loss)
        weights = counted.histograms(tuple(block.linear.weight.detach() for block in blocks(model)))
        sizes = [plain(float(slope.abs().mean())) for slope in slopes]
        right = [
            numbers(found, "size", size=size) for found, size in zip(counted.histograms(slopes), sizes, strict=True)
        ]
        return {"rows": list(zip(map(_spread, weights), right, strict=True))}

    histograms(
        part(now, ("histograms", seen.rows), shown),
        heads=(_("Weights"), _("Gradients ∂L/∂ω")),
        names=[*(_("layer {layer}", layer=number) for number in range(1, len(job.net.widths) - 1)), _("output")],
        words={
            "spread": _("{name}: spread {std}"),
            "broken": _("{name}: {n} not finite"),
            "size": _("mean size {size}"),
        },
        key=key,
    )
    st.caption(
        _(
            "Each histogram has its own scale. Gradients of the loss over {n:,} of {all:,} training samples.",
            n=len(inputs),
            all=len(data.train_inputs),
        )
    )


def _spread(found: Histogram) -> dict[str, Any]:
    """Return a histogram with how wide it is, or with how many numbers it leaves out as they are none."""
    if found.broken:
        return numbers(found, "broken", n=str(found.broken))
    return numbers(found, "spread", std=plain(found.std))
