"""Curves of a training: the axes hold what a lesson speaks of, with 0 among their labels."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st

from ui import charts


@pytest.fixture
def drawn(monkeypatch) -> list[dict[str, Any]]:
    specs: list[dict[str, Any]] = []
    monkeypatch.setattr(st, "echarts_chart", lambda spec, **_more: specs.append(spec))
    return specs


def curves(*values: float, **more: Any) -> None:
    points = list(enumerate(values))
    charts.curves([("test", "test", "solid", points)], x="update", x_max=None, key="k", alt="a", **more)


def test_an_over_fitting_loss_stays_in_the_picture_and_an_exploding_one_does_not(drawn) -> None:
    curves(0.6, 0.48, 3.25)  # “Too few samples” ends at more than five times its first loss
    curves(0.6, 0.48, 1e9)
    fitting, exploding = (spec["yAxis"] for spec in drawn)
    assert "max" not in fitting
    assert exploding["max"] == 10
    assert fitting["min"] == exploding["min"] == 0


def test_a_low_chart_has_few_labels_so_that_0_is_among_them(drawn) -> None:
    curves(1.0, 0.5, height=165)
    curves(1.0, 0.5, height=300)
    curves(0.1, 0.9, height=165, percent=True)
    low, high, shares = (spec["yAxis"] for spec in drawn)
    assert (low["splitNumber"], high["splitNumber"]) == (3, 5)
    assert (shares["max"] / shares["interval"]) % 1 == 0
