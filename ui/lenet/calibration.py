"""Is an answer that is 90 % sure right 90 times in 100? The reliability diagram."""

from __future__ import annotations

import math
from typing import Any

import streamlit as st

from core.exam.calibration import Exam
from ui.design import colour
from ui.text import _


def calibration(found: Exam) -> None:
    """Draw how right the network is, against how sure it is.

    Args:
        found: its answers to the test set.
    """
    measured = found.calibration()
    filled = [(b.sure, b.accuracy, b.interval, b.samples) for b in measured.bins]
    points = [
        [round(100 * sure, 2), round(100 * right, 2)]
        for sure, right, _i, _n in filled
        if sure is not None and right is not None and math.isfinite(sure)
    ]
    text, line = colour("muted"), colour("line")
    axis: dict[str, Any] = {
        "type": "value",
        "min": 0,
        "max": 100,
        "nameLocation": "middle",
        "nameTextStyle": {"color": text},
        "axisLabel": {"color": text, "formatter": "{value} %"},
        "axisLine": {"lineStyle": {"color": line}},
        "splitLine": {"lineStyle": {"color": line, "opacity": 0.6}},
    }
    spans: list[dict[str, Any]] = [
        {
            "type": "line",
            "silent": True,
            "symbol": "rect",
            "symbolSize": [9, 1.5],
            "data": [[round(100 * sure, 2), round(100 * end, 2)] for end in interval],
            "lineStyle": {"color": colour("test"), "width": 1.5},
            "itemStyle": {"color": colour("test")},
            "tooltip": {"show": False},
        }
        for sure, _right, interval, _n in filled
        if sure is not None and interval is not None and math.isfinite(sure)
    ]
    spec = {
        "animation": False,
        "grid": {"left": 34, "right": 20, "top": 14, "bottom": 34, "containLabel": True},
        "tooltip": {"trigger": "item", "valueFormatter": "%.2f %%"},
        "xAxis": {**axis, "name": _("how sure"), "nameGap": 26},
        "yAxis": {**axis, "name": _("how often right"), "nameGap": 46},
        "series": [
            {
                "type": "line",
                "silent": True,
                "symbol": "none",
                "data": [[0, 0], [100, 100]],
                "lineStyle": {"type": "dotted", "color": text, "width": 1.5},
            },
            *spans,
            {
                "type": "line",
                "name": _("right"),
                "symbolSize": 9,
                "data": points,
                "lineStyle": {"type": "dashed", "color": colour("test"), "width": 2},
                "itemStyle": {"color": colour("test")},
            },
        ],
    }
    st.echarts_chart(
        spec,
        height=320,
        key="chart_lenet_calibration",
        alt=_("How often answers are right against how sure they are; on the dotted line both are the same."),
    )
    st.caption(
        _(
            "{n} test digits in ten bins of sureness, with 95 % intervals. On the dotted line sureness is earned. "
            "Mean sureness {sure}, accuracy {right}; expected calibration error {error}.",
            n=f"{found.samples:,}",
            sure=f"{measured.sure:.2%}",
            right=f"{found.score.accuracy:.2%}",
            error=f"{100 * measured.error:.2f} %",
        )
    )
