"""Curves over two axes, drawn on a canvas: one code for a run that is live and for one that is over."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from ui.components import component
from ui.live.frames import Growing
from ui.packed import packed
from ui.text import _

_COMPONENT = component("curves", "figure")
Points = Sequence[tuple[float, float]]
Stroke = str | list[int]


def grown(points: Points) -> Growing:
    """Return points for ``live``: what a browser has of them is not sent again."""
    return Growing(packed(np.asarray(points, dtype="<f8").reshape(-1, 2)), 16)


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
    live: Mapping[str, Any] | None = None,
) -> None:
    """Draw curves. Pointing, or the arrow keys, give exact values; a legend's button hides its line.

    Args:
        lines: (label, colour's meaning, "solid", "dashed", "dotted" or lengths of dashes and gaps, points (x, y) with
            rising x) each; what is not finite is a gap.
        x: name of the horizontal axis.
        x_max: where the run will end; None: where the points end.
        key: keeps the chart mounted between updates.
        alt: what the picture says, for those who do not see it.
        percent: y values are shares 0 … 1, shown as 0–100 %.
        height: pixels; more where a legend of many lines leaves no room.
        level: (label, y) of a horizontal line to compare with.
        log: logarithmic vertical axis; what is not above 0 leaves the picture.
        smooth: 0 … below 1, weight of the past in a smoothed curve, which is then drawn over the faint true one.
        title: above the picture.
        smoothed_of: meanings of the curves that are smoothed.
        live: of a run that goes on: ``points``, see grown, and ``end`` as it has them, instead of the lines' and x_max;
            of several runs ``each``: their ``points``, one after another.
    """
    data = {
        "lines": [
            {"label": label, "colour": meaning, "dash": stroke, "smooth": smooth if meaning in smoothed_of else 0.0}
            for label, meaning, stroke, _points in lines
        ],
        # These three are what a run changes.
        "points": [packed(np.asarray(points, dtype="<f8")) for *_line, points in lines],
        "end": x_max,
        "level": level[1] if level else None,
        "height": height,
        "log": log,
        "percent": percent,
        "words": {
            "alt": alt,
            "title": title,
            "x": x,
            "level": level[0] if level else "",
            "not_finite": _("not finite"),
            "named": _("{name}: {value}"),
            "comma": _(", "),
        },
        **(live or {}),
    }
    _COMPONENT(data=data, key=key)
