"""Core results → figures: curves are a component of ours, the rest ECharts; all have a text alternative."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from ui.components.curves import Points, Stroke, grown
from ui.components.curves import curves as curves
from ui.design import colour
from ui.live.hub import part
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
    """Draw a run's training and test loss against updates, growing with it; ``more`` is for :func:`curves`."""
    _grow(now, key, (_losses, _test_losses), height=height, title=_("Loss"), alt=_("Loss against updates."), **more)


def accuracies(now: Snapshot, key: str, height: int, **more: Any) -> None:
    """Draw a run's training and test accuracy against updates, as losses; ``more`` is for :func:`curves`."""
    title, alt = _("Accuracy in %"), _("Accuracy against updates.")
    _grow(now, key, (_shares, _test_shares), height=height, title=title, alt=alt, percent=True, **more)


def _losses(now: Snapshot) -> Points:
    return now.losses


def _test_losses(now: Snapshot) -> Points:
    return [(at, loss) for at, _share, loss in now.evaluations]


def _shares(now: Snapshot) -> Points:
    return [(at, share) for at, share, _loss in now.train_evaluations]


def _test_shares(now: Snapshot) -> Points:
    return [(at, share) for at, share, _loss in now.evaluations]


def _grow(now: Snapshot, key: str, of: Sequence[Callable[[Snapshot], Points]], **more: Any) -> None:
    looks = ((_("training"), "train", "solid"), (_("test"), "test", "dashed"))
    lines: list[tuple[str, str, Stroke, Points]] = [(*look, ()) for look in looks]

    def live(now: Snapshot | None) -> dict[str, Any]:
        return {"points": [grown(points(now)) for points in of], "end": now.steps or None} if now else {}

    name = ("curves", *(points.__name__ for points in of))
    curves(lines, x=_("update"), x_max=None, key=key, live=part(now, name, live), **more)
