"""Overfitting: the fit through the points, and both errors against the degree."""

import math
from typing import Any

import streamlit as st

from core.data.overfitting import MAX_DEGREE, Fit
from ui import charts
from ui.design import colour
from ui.text import _, aside, together

SMALLEST, LARGEST = 1e-4, 1e4  # the error axis is logarithmic; what lies outside is drawn at its edge


def draw(found: Fit) -> None:
    """Draw the points with the fitted polynomial, the errors by degree, and what they say."""
    config = found.config
    st.markdown(verdict(found))
    _curve(found)
    _errors(found)
    aside(
        "Mean squared error; training on the {points} points, test on 200 others of the same kind that the fit has "
        "not seen (the noise alone is {noise:.4f}). Least squares in float64.",
        points=config.points,
        noise=config.noise**2,
    )


def verdict(found: Fit) -> str:
    """Return in words whether the fit is right, too simple or over-fitted, as Markdown."""
    config = found.config
    train, test = found.train_errors[config.degree], found.test_errors[config.degree]
    numbers = _(
        "Degree {degree}: training error **{train:.3g}**, test error **{test:.3g}**.",
        degree=config.degree,
        train=train,
        test=test,
    )
    least = found.test_errors[found.best]
    if test <= 1.5 * least + 1e-9:
        words = _("A right fit: on new points it is about as good as any degree can be here.")
    elif config.degree < found.best:
        words = _("Too simple: both errors are large, the curve cannot bend as the points do.")
    else:
        words = _("Over-fitted: the parameters suit these points only, noise included.")
    if config.degree + 1 > config.points:
        more = _("There are more parameters than points: many curves pass through all; this is the smallest.")
        words = together(words, more)
    return together(numbers, words)


def _curve(found: Fit) -> None:
    def line(name: str, values: Any, meaning: str, kind: str, width: float) -> dict[str, Any]:
        # What leaves the picture is cut at its edge, so that the curve's flight does not flatten the points.
        points = [[round(x, 3), round(min(max(y, -9), 9), 4)] for x, y in zip(found.grid, values, strict=True)]
        return charts.line(name, points, colour(meaning), kind, width)

    points = [[round(x, 4), round(y, 4)] for x, y in zip(found.x.tolist(), found.y.tolist(), strict=True)]
    reach = max(1.5, float(abs(found.y).max()) * 1.15)
    series = [
        line(_("truth: sin πx"), found.truth.tolist(), "muted", "dotted", 1.5),
        line(_("fitted polynomial"), found.curve.tolist(), "accent", "solid", 2.5),
        charts.scatter(_("training points"), points, 8, {"color": colour("train")}),
    ]
    charts.chart(
        series,
        charts.axis("", min=-1, max=1),
        charts.axis("", min=round(-reach, 1), max=round(reach, 1)),
        margins=(8, 14, 32, 8),
        legend=charts.legend(itemHeight=8),
        height=260,
        key="split_fit",
        alt=_("Noisy points with a polynomial of degree {n}.", n=found.config.degree),
    )


def _errors(found: Fit) -> None:
    top = 10.0 ** math.ceil(math.log10(min(max(found.test_errors), LARGEST)))

    def line(name: str, values: tuple[float, ...], meaning: str, kind: str, symbol: str) -> dict[str, Any]:
        data = [[degree, float(f"{min(max(value, SMALLEST), LARGEST):.4g}")] for degree, value in enumerate(values)]
        return charts.line(name, data, colour(meaning), kind, symbol=symbol, symbolSize=6, showSymbol=True)

    test = line(_("test error"), found.test_errors, "test", "dashed", "rect")
    test["markLine"] = {
        "silent": True,
        "symbol": "none",
        "lineStyle": {"color": colour("accent"), "width": 2, "type": "solid"},
        "label": {
            "formatter": _("degree {n}", n=found.config.degree),
            "color": colour("accent"),
            "position": "insideEndTop",
        },
        "data": [{"xAxis": found.config.degree}],
    }
    charts.chart(
        [line(_("training error"), found.train_errors, "train", "solid", "circle"), test],
        charts.axis(_("degree"), min=0, max=MAX_DEGREE, interval=2),
        charts.axis("", type="log", min=SMALLEST, max=top),
        margins=(8, 20, 32, 22),
        legend=charts.legend(itemHeight=8),
        tooltip={"trigger": "axis"},
        height=220,
        key="split_errors",
        alt=_("Training and test error against the degree of the polynomial."),
    )
