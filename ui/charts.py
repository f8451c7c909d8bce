"""Core results → figures. Live figures are ECharts options, which update in place; all have a text alternative."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.runs.smoothing import smoothed
from ui.design import colour
from ui.text import _

if TYPE_CHECKING:
    from core.runs.snapshot import Snapshot

MOST_GROWTH = 20.0  # a loss is drawn up to this many times its first value; an over-fitting one rises to five times
Points = Sequence[tuple[float, float]]
Stroke = str | list[int]


def axis(name: str, gap: int = 24, label: str = "{value}", **more: Any) -> dict[str, Any]:
    """Return an axis in the page's colours.

    Args:
        name: beside its middle.
        gap: pixels between it and its name.
        label: what stands at a step, such as "{value}%".
        **more: of ECharts' options.
    """
    text, line = colour("muted"), colour("line")
    return {
        "type": "value",
        "name": name,
        "nameLocation": "middle",
        "nameGap": gap,
        "nameTextStyle": {"color": text},
        "axisLabel": {"color": text, "hideOverlap": True, "formatter": label},
        "axisLine": {"lineStyle": {"color": line}},
        "splitLine": {"lineStyle": {"color": line, "opacity": 0.6}},
        **more,
    }


def chart(
    series: list[dict[str, Any]],
    x: dict[str, Any],
    y: dict[str, Any],
    *,
    margins: tuple[int, int, int, int],
    key: str,
    alt: str,
    height: int,
    **more: Any,
) -> None:
    """Draw series over two axes.

    Args:
        series: as ECharts has them.
        x: the horizontal axis.
        y: the vertical one.
        margins: left, right, top, bottom: pixels beside the axes' labels.
        key: keeps the chart mounted between updates.
        alt: what the picture says, for those who do not see it.
        height: pixels.
        **more: of ECharts' options, such as the legend.
    """
    grid = dict(zip(("left", "right", "top", "bottom"), margins, strict=True)) | {"containLabel": True}
    spec = {"animation": False, "grid": grid, "xAxis": x, "yAxis": y, "series": series, **more}
    st.echarts_chart(spec, height=height, key=key, alt=alt)


def line(name: str, data: Any, tint: str, kind: Stroke = "solid", width: float = 2, **more: Any) -> dict[str, Any]:
    """Return a series of points that are joined, by default without signs at them; ``more`` is of ECharts' options."""
    return {
        "type": "line",
        "name": name,
        "data": data,
        "showSymbol": False,
        "lineStyle": {"color": tint, "width": width, "type": kind},
        "itemStyle": {"color": tint},
        "emphasis": {"disabled": True},
        **more,
    }


def scatter(name: str, data: list[Any], size: float, style: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a series of points; ``style`` and ``more`` are of ECharts' options."""
    return {"type": "scatter", "name": name, "data": data, "symbolSize": size, "itemStyle": style, **more}


def legend(side: str = "left", **more: Any) -> dict[str, Any]:
    """Return the legend above a chart, at its left or right."""
    return {"top": 0, side: 0, "textStyle": {"color": colour("text")}, **more}


def curves(
    lines: Sequence[tuple[str, str, Stroke, Points]],
    *,
    x: str,
    x_max: float | None,
    key: str,
    alt: str,
    percent: bool = False,
    height: int = 230,
    level: tuple[str, float] | None = None,
    log: bool = False,
    smooth: float = 0.0,
    title: str = "",
    smoothed_of: Collection[str] = ("train", "validation", "test"),
) -> None:
    """Draw curves that grow while a run is live.

    Args:
        lines: (label, colour's meaning, "solid", "dashed", "dotted" or lengths of dashes and gaps, points (x, y)) each.
        x: name of the horizontal axis.
        x_max: where the run will end; None: where the points end.
        key: keeps the chart mounted between updates.
        alt: what the picture says, for those who do not see it.
        percent: y values are shares 0 … 1, shown as 0–100 %.
        height: pixels.
        level: (label, y) of a horizontal line to compare with.
        log: logarithmic vertical axis; what is not above 0 leaves the picture.
        title: above the picture, where there is no room for long labels.
        smooth: 0 … below 1, weight of the past in a smoothed curve, which is then drawn over the faint true one.
        smoothed_of: meanings of the curves that are smoothed.
    """
    scale = 100.0 if percent else 1.0
    series: list[dict[str, Any]] = []
    for label, meaning, style, points in lines:
        smooths = bool(smooth) and meaning in smoothed_of
        if smooths:
            series.append(_line(label, meaning, style, points, scale, log) | _FAINT)
        shown = smoothed(points, smooth) if smooths else points
        series.append(_line(label, meaning, style, shown, scale, log))
    if level is not None and series:
        series[-1]["markLine"] = {
            "silent": True,
            "symbol": "none",
            "lineStyle": {"color": colour("muted"), "type": "dotted", "width": 1.5},
            "label": {"formatter": level[0], "position": "insideEndBottom", "color": colour("muted")},
            "data": [{"yAxis": level[1] * scale}],
        }
    chart(
        series,
        axis(x, min=0, max=x_max if x_max is not None else "dataMax"),
        axis("", type="log") if log else axis("", min=0, **_ticks(height), **_top(lines, percent)),
        margins=(6, 24, 34, 22),
        title={"text": title, "left": 0, "top": 0, "textStyle": {"fontSize": 13, "color": colour("text")}},
        legend=legend("right" if title else "left", itemWidth=28),
        tooltip={"trigger": "axis", "valueFormatter": "%.2f%%" if percent else "%.4f"},
        height=height,
        key=key,
        alt=alt,
    )


def losses(now: Snapshot, key: str, height: int, **more: Any) -> None:
    """Draw a run's training and test loss against updates; ``more`` is for :func:`curves`."""
    lines: list[tuple[str, str, Stroke, Points]] = [
        (_("training"), "train", "solid", now.losses),
        (_("test"), "test", "dashed", [(at, loss) for at, _share, loss in now.evaluations]),
    ]
    end, alt = now.steps or None, _("Loss against updates.")
    curves(lines, x=_("update"), x_max=end, height=height, title=_("Loss"), key=key, alt=alt, **more)


def accuracies(now: Snapshot, key: str, height: int, **more: Any) -> None:
    """Draw a run's training and test accuracy against updates; ``more`` is for :func:`curves`."""
    lines: list[tuple[str, str, Stroke, Points]] = [
        (_("training"), "train", "solid", [(at, share) for at, share, _loss in now.train_evaluations]),
        (_("test"), "test", "dashed", [(at, share) for at, share, _loss in now.evaluations]),
    ]
    end, title, alt = now.steps or None, _("Accuracy in %"), _("Accuracy against updates.")
    curves(lines, x=_("update"), x_max=end, height=height, title=title, key=key, alt=alt, percent=True, **more)


_FAINT: dict[str, Any] = {"lineStyle": {"width": 1, "opacity": 0.3}, "tooltip": {"show": False}, "silent": True}


def _line(label: str, meaning: str, style: Stroke, points: Points, scale: float, log: bool) -> dict[str, Any]:
    def shown(value: float) -> float | None:
        return round(value * scale, 7) if math.isfinite(value) and not (log and value <= 0) else None

    data = [[at, shown(value)] for at, value in points]
    return line(label, data, colour(meaning), style, showSymbol=len(points) < 2, symbolSize=6)


def _ticks(height: int) -> dict[str, Any]:
    """Return about how many steps an axis has room for: a label that has none is left out, 0 as well."""
    return {"splitNumber": max(2, min(5, (height - 80) // 28))}


def _top(lines: Sequence[tuple[str, str, Stroke, Points]], percent: bool) -> dict[str, Any]:
    """Return where the axis ends: an exploding loss leaves the picture instead of flattening the rest."""
    if percent:
        return {"max": 100, "interval": 25}
    values = [value for _label, _meaning, _style, points in lines for _at, value in points if math.isfinite(value)]
    if not values or not max(values) > MOST_GROWTH * values[0] > 0:
        return {}
    return {"max": float(f"{MOST_GROWTH * values[0]:.1g}")}
