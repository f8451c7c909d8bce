"""How each layer's weights and gradients are spread: two columns of histograms, in place while a run is live."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.inspect import histograms as counted
from core.inspect.histograms import Histogram
from core.inspect.model import blocks
from core.inspect.neurons import gradients
from core.inspect.view import few
from core.training.jobs import PlaygroundJob
from core.training.snapshot import Snapshot
from ui.design import colour
from ui.dnn.diagram import activation_names, subject
from ui.dnn.words import plain
from ui.text import _

ROW, HEAD = 74, 26  # pixels of a layer's row, and of the line above all rows


def histograms(now: Snapshot | None, planned: PlaygroundJob | None, *, key: str = "dnn_spread") -> None:
    """Draw histograms of every layer's weights and of the gradients that the training set gives them.

    Args:
        now: the run, or None: then of the plan's first weights.
        planned: what Train would start, or None.
        key: keeps the chart mounted.
    """
    seen = subject(now, planned)
    if seen is None:
        return
    data = seen.data.data
    chosen = few(len(data.train_inputs), seen.rows)
    inputs, labels = data.train_inputs[chosen], data.train_labels[chosen]
    parts = blocks(seen.model)
    slopes = gradients(seen.model, inputs, labels, seen.job.train.loss)
    names = activation_names()
    labelled = [
        _("layer {layer}, {activation}", layer=number, activation=names[part.activation])
        if part.activation
        else _("output layer")
        for number, part in enumerate(parts, 1)
    ]
    weights = counted.histograms(tuple(part.linear.weight.detach() for part in parts))
    sizes = [float(slope.abs().mean()) for slope in slopes]
    left = [_("{name}: spread {std}", name=name, std=plain(h.std)) for name, h in zip(labelled, weights, strict=True)]
    right = [_("mean size {size}", size=plain(size)) for size in sizes]
    cells = [(row, 0, left[row], found) for row, found in enumerate(weights)]
    cells += [(row, 1, right[row], found) for row, found in enumerate(counted.histograms(slopes))]
    st.echarts_chart(
        _spec(cells, (_("Weights"), _("Gradients ∂L/∂ω"))),
        height=HEAD + ROW * len(parts),
        key=key,
        alt=_("Histograms of each layer’s weights and gradients: {sizes}.", sizes="; ".join([*left, *right])),
    )
    st.caption(
        _(
            "Each histogram has its own scale. Gradients of the loss over {n:,} of {all:,} training samples.",
            n=len(inputs),
            all=len(data.train_inputs),
        )
    )


def _spec(cells: list[tuple[int, int, str, Histogram]], heads: tuple[str, str]) -> dict[str, Any]:
    text, muted, line = colour("text"), colour("muted"), colour("line")
    spec: dict[str, Any] = {"animation": False, "tooltip": {"trigger": "axis"}, "series": []}
    spec["title"] = [
        {"text": head, "left": f"{50 * column}%", "top": 0, "textStyle": {"fontSize": 13, "color": text}}
        for column, head in enumerate(heads)
    ]
    for kind in ("grid", "xAxis", "yAxis"):
        spec[kind] = []
    for number, (row, column, name, found) in enumerate(cells):
        top = HEAD + ROW * row
        left = {"left": f"{50 * column}%"}
        style = {"fontSize": 12, "fontWeight": "normal", "color": muted}
        spec["title"].append({"text": name, "top": top, "padding": [2, 5], "textStyle": style, **left})
        spec["grid"].append({"top": top + 20, "height": ROW - 42, "width": "46%", "left": f"{50 * column + 1}%"})
        low, high = found.edges[0], found.edges[-1]
        spec["xAxis"].append(
            {
                "type": "value",
                "gridIndex": number,
                "min": low,
                "max": high,
                "interval": high - low,
                "splitLine": {"show": False},
                "axisTick": {"show": False},
                "axisLine": {"onZero": False, "lineStyle": {"color": line}},
                "axisLabel": {"color": muted, "fontSize": 11, "alignMinLabel": "left", "alignMaxLabel": "right"},
            }
        )
        spec["yAxis"].append({"type": "value", "gridIndex": number, "show": False, "min": 0})
        spec["series"] += _bars(found, number)
    return spec


def _bars(found: Histogram, number: int) -> list[dict[str, Any]]:
    """Return the bins below 0 and those above as steps: two colours, and on either side of 0."""
    width = found.edges[1] - found.edges[0]
    points = [(edge + width / 2, count) for edge, count in zip(found.edges, found.counts, strict=False)]
    below = [(at, count) for at, count in points if at < 0]
    above = [(at, count) for at, count in points if at >= 0]
    series = []
    for meaning, name, bars in (("negative", _("negative"), below), ("positive", _("positive"), above)):
        series.append(
            {
                "name": name,
                "type": "bar",
                "xAxisIndex": number,
                "yAxisIndex": number,
                "data": [[float(f"{at:.4g}"), count] for at, count in bars],
                "barWidth": f"{90 / len(found.counts):.1f}%",
                "barGap": "-100%",
                "itemStyle": {"color": colour(meaning)},
                "emphasis": {"disabled": True},
            }
        )
    return series
