"""Curves of a training, as the browser gets them: exact numbers, and apart what a run changes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from ui import charts
from ui.components import curves as component

POINTS = [(0, 0.1), (1, math.nan), (2, math.inf), (3, 1e9)]


@pytest.fixture
def drawn(monkeypatch) -> list[dict[str, Any]]:
    given: list[dict[str, Any]] = []
    monkeypatch.setattr(component, "_COMPONENT", lambda data, **_more: given.append(data))
    return given


def curves(*lines: charts.Points, **more: Any) -> None:
    named = [(f"line {at}", ("train", "negative")[at % 2], "dashed", points) for at, points in enumerate(lines)]
    charts.curves(named, **({"x": "update", "x_max": None, "key": "k", "alt": "a"} | more))


def test_points_arrive_bit_for_bit_as_rows_of_little_endian_float64(drawn) -> None:
    curves(POINTS, [])
    first, none = (np.frombuffer(rows, "<f8") for rows in drawn[0]["points"])
    np.testing.assert_array_equal(first.reshape(-1, 2), np.array(POINTS))
    assert none.size == 0


def test_what_a_run_changes_stands_apart_from_what_the_page_decides(drawn) -> None:
    curves(POINTS[:1], percent=True, x_max=None)
    curves(POINTS, percent=True, x_max=7.0, level=("", 0.25))
    before, after = drawn
    assert {name for name in before if before[name] != after[name]} == {"points", "end", "level"}
    assert (after["end"], after["level"]) == (7.0, 0.25)


def test_only_chosen_meanings_are_smoothed(drawn) -> None:
    curves(POINTS, POINTS, smooth=0.9)
    assert [line["smooth"] for line in drawn[0]["lines"]] == [0.9, 0.0]
