"""Smoothing for the eye."""

import doctest
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.runs import smoothing
from core.runs.smoothing import smoothed


def test_the_docstring_s_numbers():
    assert doctest.testmod(smoothing).failed == 0


@given(st.lists(st.floats(-1e6, 1e6), max_size=50), st.floats(0, 0.99))
def test_a_smoothed_curve_stays_within_the_values_so_far(values, weight):
    points = list(enumerate(values))
    found = smoothed(points, weight)
    assert [at for at, _ in found] == [at for at, _ in points]
    for place, (_at, value) in enumerate(found):
        seen = values[: place + 1]
        assert min(seen) - 1e-3 <= value <= max(seen) + 1e-3
    if not weight:
        assert [value for _, value in found] == pytest.approx(values)


def test_what_is_not_finite_is_passed_on_and_does_not_spoil_the_rest():
    found = smoothed([(0, 1.0), (1, math.nan), (2, 1.0)], 0.9)
    assert math.isnan(found[1][1])
    assert found[2][1] == pytest.approx(1.0)
