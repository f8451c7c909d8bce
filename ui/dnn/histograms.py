"""How each layer's weights and gradients are spread: two columns of histograms, in place while a run is live."""

from typing import Any

import streamlit as st

from core.inspect import histograms as counted
from core.inspect.histograms import Histogram
from core.inspect.model import blocks
from core.inspect.neurons import gradients
from core.inspect.view import few
from ui.charts import line
from ui.design import colour
from ui.dnn.diagram import Subject
from ui.text import _, aside
from ui.words import plain

ROW, HEAD = 74, 26  # pixels of a layer's row, and of the line above all rows


def draw(seen: Subject, *, key: str = "dnn_spread") -> None:
    """Draw histograms of every layer's weights and of the gradients that the training set gives them.

    Args:
        seen: the network.
        key: keeps the chart mounted.
    """
    data = seen.data.data
    chosen = few(len(data.train_inputs), seen.rows)
    inputs, labels = data.train_inputs[chosen], data.train_labels[chosen]
    parts = blocks(seen.model)
    slopes = gradients(seen.model, inputs, labels, seen.job.train.loss)
    names = [_("layer {layer}", layer=number) for number in range(1, len(parts))] + [_("output")]
    weights = counted.histograms(tuple(part.linear.weight.detach() for part in parts))
    sizes = [float(slope.abs().mean()) for slope in slopes]
    left = [_spread(name, found) for name, found in zip(names, weights, strict=True)]
    right = [_("mean size {size}", size=plain(size)) for size in sizes]
    cells = [(row, 0, left[row], found) for row, found in enumerate(weights)]
    cells += [(row, 1, right[row], found) for row, found in enumerate(counted.histograms(slopes))]
    st.echarts_chart(
        _spec(cells, (_("Weights"), _("Gradients ∂L/∂ω"))),
        height=HEAD + ROW * len(parts),
        key=key,
        alt=_("Histograms of each layer’s weights and gradients: {sizes}.", sizes="; ".join([*left, *right])),
    )
    aside(
        "Each histogram has its own scale. Gradients of the loss over {n:,} of {all:,} training samples.",
        n=len(inputs),
        all=len(data.train_inputs),
    )


def _spread(name: str, found: Histogram) -> str:
    """Return what stands above a histogram: how wide it is, or how many numbers it leaves out as they are none."""
    if found.broken:
        return _("{name}: {n} not finite", name=name, n=found.broken)
    return _("{name}: spread {std}", name=name, std=plain(found.std))


def _spec(cells: list[tuple[int, int, str, Histogram]], heads: tuple[str, str]) -> dict[str, Any]:
    muted, line = colour("muted"), colour("line")
    head_style = {"fontSize": 13, "color": colour("text")}
    titles: list[dict[str, Any]] = [
        {"text": head, "left": f"{50 * column}%", "top": 0, "padding": [2, 5], "textStyle": head_style}
        for column, head in enumerate(heads)
    ]
    grids, across, up, series = [], [], [], []
    for number, (row, column, name, found) in enumerate(cells):
        top, left = HEAD + ROW * row, 50 * column
        small = {"padding": [2, 5], "textStyle": {"fontSize": 12, "fontWeight": "normal", "color": muted}}
        titles.append({"text": name, "top": top, "left": f"{left}%", **small})
        grids.append({"top": top + 20, "height": ROW - 42, "left": f"{left + 1}%", "width": "46%"})
        bounds = {"top": top + ROW - 21, **small}
        if any(found.counts):  # of nothing but NaN there is no smallest and no largest
            titles.append({"text": plain(found.edges[0]), "left": f"{left}%", **bounds})
            titles.append({"text": plain(found.edges[-1]), "right": f"{52 - left}%", **bounds})
        hidden = {"axisLabel": {"show": False}, "axisTick": {"show": False}, "splitLine": {"show": False}}
        ground = {"axisLine": {"onZero": False, "lineStyle": {"color": line}}}
        ends = {"min": found.edges[0], "max": found.edges[-1]}
        across.append({"type": "value", "gridIndex": number, **ends, **hidden, **ground})
        up.append({"type": "value", "gridIndex": number, "show": False, "min": 0})
        series += _steps(found, number)
    return {
        "animation": False,
        "title": titles,
        "grid": grids,
        "xAxis": across,
        "yAxis": up,
        "series": series,
    }


def _steps(found: Histogram, number: int) -> list[dict[str, Any]]:
    """Return the bins below 0 and those above as two filled outlines: two colours, on either side of 0."""
    bins = list(zip(found.edges, found.edges[1:], found.counts, strict=False))
    below = [bar for bar in bins if bar[0] + bar[1] < 0]
    series = []
    for meaning, name, bars in (
        ("negative", _("negative"), below),
        ("positive", _("positive"), bins[len(below) :]),
    ):
        outline = [[at, count] for low, high, count in bars for at in (low, high)]
        look: dict[str, Any] = {"silent": True, "areaStyle": {"opacity": 0.55}}
        series.append(line(name, outline, colour(meaning), width=1, xAxisIndex=number, yAxisIndex=number, **look))
    return series
