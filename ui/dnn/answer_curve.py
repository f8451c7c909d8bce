"""The answer of a network with one input: a curve for each output, with the samples on it."""

import math
from typing import Any

import torch

from core.data.playground import PlaygroundData
from core.inspect import surface
from core.inspect.surface import Marks
from core.nets.mlp import Mlp
from ui import charts
from ui.components.plane import colours
from ui.design import colour
from ui.text import _

STEPS = 160  # places where the curve is computed
STYLES = ("solid", "dashed", "dotted")
Point = list[float | None]


def draw(data: PlaygroundData, model: Mlp, output: int, *, key: str) -> None:
    """Draw what a network answers over its only input.

    A sample of a regression lies at its truth; a sample of a class on the curve of its class, a triangle where another
    curve is above it.

    Args:
        data: with one raw input.
        model: in eval mode.
        output: which output of a regression; of classes all are drawn.
        key: keeps the chart mounted.
    """
    raw = surface.line(data, STEPS)
    outputs = surface.answers(model, data, raw)
    marks = surface.marks(data)
    said = surface.answers(model, data, marks.raw)
    columns = range(data.outputs) if data.class_names else [output]
    palette = colours(len(data.class_names)) if data.class_names else [colour("accent")] * data.outputs
    series: list[dict[str, Any]] = [
        charts.line(
            data.output_names[column],
            _points(raw[:, 0], outputs[:, column]),
            palette[column],
            STYLES[column % len(STYLES)],
            2.5,
            z=3,
        )
        for column in columns
    ]
    series += _regression(marks, output) if data.regression else _classes(marks, said, palette)
    charts.chart(
        series,
        charts.axis(data.input_names[0], 26, min=data.low[0], max=data.high[0]),
        charts.axis(data.output_names[output] if data.regression else _("output"), 40, scale=True),
        margins=(26, 16, 40, 26),
        legend=charts.legend(itemWidth=28),
        tooltip={"trigger": "item", "valueFormatter": "%.4f"},
        height=380,
        key=key,
        alt=_("What the network answers over {x}, with {n} samples.", x=data.input_names[0], n=len(marks.test)),
    )


def _regression(marks: Marks, output: int) -> list[dict[str, Any]]:
    return [
        _scatter(
            name,
            _points(marks.raw[chosen, 0], marks.truth[chosen, output]),
            {"color": colour(meaning)}
            if meaning == "train"
            else {"color": "transparent", "borderColor": colour(meaning), "borderWidth": 1.8},
        )
        for name, meaning, chosen in (
            (_("training samples"), "train", ~marks.test),
            (_("test samples"), "test", marks.test),
        )
    ]


def _classes(marks: Marks, said: torch.Tensor, palette: list[str]) -> list[dict[str, Any]]:
    missed = surface.wrong(said, marks.truth)
    height = said.gather(1, marks.truth[:, None])[:, 0]
    found = []
    for name, symbol, chosen in ((_("right"), "circle", ~missed), (_("wrong"), "triangle", missed)):
        points = [
            {"value": value, "itemStyle": {"color": palette[int(truth)]}}
            for value, truth in zip(_points(marks.raw[chosen, 0], height[chosen]), marks.truth[chosen], strict=True)
        ]
        found.append(_scatter(name, points, {"color": colour("muted")}) | {"symbol": symbol})
    return found


def _scatter(name: str, points: list[Any], style: dict[str, Any]) -> dict[str, Any]:
    return charts.scatter(name, points, 7, style, emphasis={"disabled": True})


def _points(x: torch.Tensor, y: torch.Tensor) -> list[Point]:
    """Return pairs for ECharts; None for what is not finite."""
    pairs = zip(x.tolist(), y.tolist(), strict=True)
    return [[round(at, 6), float(f"{value:.6g}") if math.isfinite(value) else None] for at, value in pairs]
