"""Is an answer that is 90 % sure right 90 times in 100? The reliability diagram."""

import math
from typing import Any

from core.exam.calibration import Exam
from ui import charts
from ui.design import colour
from ui.text import _, aside


def draw(found: Exam) -> None:
    """Draw how right the network is, against how sure it is.

    Args:
        found: its answers to the test set.
    """
    measured = found.calibration()
    bins = [each for each in measured.bins if math.isfinite(each.sure)]
    points = [[round(100 * each.sure, 2), round(100 * each.accuracy, 2)] for each in bins]
    spans: list[dict[str, Any]] = [
        charts.line(
            "",
            [[round(100 * each.sure, 2), round(100 * end, 2)] for end in each.interval],
            colour("test"),
            width=1.5,
            silent=True,
            showSymbol=True,
            symbol="rect",
            symbolSize=[9, 1.5],
            tooltip={"show": False},
        )
        for each in bins
    ]
    series = [
        charts.line("", [[0, 0], [100, 100]], colour("muted"), "dotted", 1.5, silent=True),
        *spans,
        charts.line(_("right"), points, colour("test"), "dashed", symbolSize=9, showSymbol=True),
    ]
    charts.chart(
        series,
        charts.axis(_("how sure"), 26, "{value}%", min=0, max=100),
        charts.axis(_("how often right"), 46, "{value}%", min=0, max=100),
        margins=(34, 20, 14, 34),
        tooltip={"trigger": "item", "valueFormatter": "%.2f%%"},
        height=320,
        key="chart_lenet_calibration",
        alt=_("How often answers are right against how sure they are; on the dotted line both are the same."),
    )
    aside(
        "{n} test digits in ten bins of sureness, with 95 % intervals. On the dotted line sureness is earned. "
        "Mean sureness {sure}, accuracy {right}; expected calibration error {error}.",
        n=f"{found.samples:,}",
        sure=f"{measured.sure:.2%}",
        right=f"{found.score.accuracy:.2%}",
        error=f"{100 * measured.error:.2f}%",
    )
