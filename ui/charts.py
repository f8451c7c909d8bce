"""Core results → figures: curves are a component of ours, the rest ECharts; all have a text alternative."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.components.curves import Points, Stroke
from ui.components.curves import curves as curves
from ui.design import colour
from ui.text import _

if TYPE_CHECKING:
    from core.runs.snapshot import Snapshot


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
