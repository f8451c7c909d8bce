"""A scratch page around the curves, for test_curves.py and benchmarks/curves.py.

The address says what: lines, points, live (seconds between looks), end, height, percent, log, smooth, level, title,
long (labels), explode (the first line does).
"""

import math
from typing import Any

import numpy as np
import streamlit as st

from ui import charts, design

st.set_page_config(layout="wide")
design.apply()
asked = st.query_params
STROKES: Any = ("solid", "dashed", "dotted", [12, 4, 2, 4], [2, 7], [16, 6])
count, points = int(asked.get("lines", "2")), int(asked.get("points", "50"))
percent = "percent" in asked


def value(line: int, at: int) -> float:
    if "gap" in asked and 10 < at < 20:
        return math.nan
    if "explode" in asked and not line:
        return 0.5 * 1.3**at
    noise = 0.08 * float(np.random.default_rng(10_000 * line + at).standard_normal())
    fall = math.exp(-at / (15 + 4 * line))
    return 0.9 - 0.8 * fall + noise / 4 if percent else (1 + 0.15 * line) * fall + 0.2 + noise * fall


@st.fragment(run_every=float(asked["live"]) if "live" in asked else None)
def live() -> None:
    grown = st.session_state["grown"] = st.session_state.get("grown", 0) + ("live" in asked)
    name = "run {n}: circle, tanh, test set" if "long" in asked else "line {n}"
    lines = [
        (
            name.format(n=line + 1),
            ("train", "test", "validation")[line % 3] if count < 4 else "test",
            STROKES[line],
            [(float(at * 10), value(line, at)) for at in range(points + grown)][:: 1 + (line == 1)],
        )
        for line in range(count)
    ]
    charts.curves(
        lines,
        x="update",
        x_max=float(asked["end"]) if "end" in asked else None,
        key="scratch",
        alt="Some lines.",
        percent=percent,
        height=int(asked.get("height", "230")),
        level=("always the same", float(asked["level"])) if "level" in asked else None,
        log="log" in asked,
        smooth=float(asked.get("smooth", "0")),
        title=asked.get("title", ""),
    )


left, right = st.columns([0.62, 0.38])
with left:
    if "none" not in asked:
        live()
