"""Curves of bounded length: decimated, never cut off."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.runs.history import MAX_POINTS, Curve


def curve_of(count, most=MAX_POINTS):
    curve = Curve(most)
    for step in range(1, count + 1):
        curve.add(step, step * 10.0)
    return curve


def test_short_curves_are_whole():
    assert curve_of(0).points() == ()
    assert curve_of(1).points() == ((1, 10.0),)
    assert curve_of(499).points() == tuple((step, step * 10.0) for step in range(1, 500))


def test_decimation_by_hand():
    # at the fourth point every second is kept: 1, 3; then 5, 7 make four again: 1, 5; then 9
    assert curve_of(4, most=4).points() == ((1, 10.0), (3, 30.0), (4, 40.0))
    assert curve_of(9, most=4).points() == ((1, 10.0), (5, 50.0), (9, 90.0))


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 30_000), st.sampled_from([4, 7, 100, MAX_POINTS]))
def test_bounded_whole_and_evenly_spread(count, most):
    points = curve_of(count, most).points()
    assert len(points) <= most <= MAX_POINTS == 500
    assert points[0] == (1, 10.0)
    assert points[-1] == (count, count * 10.0)
    assert all(value == step * 10.0 for step, value in points)  # picked, never averaged
    kept = [step for step, _ in points[:-1]]  # the newest may stand between two strides
    gaps = {b - a for a, b in itertools.pairwise(kept)}
    assert len(gaps) <= 1
    assert len(points) >= min(count, most // 2)


@pytest.mark.parametrize("count", [500, 501, 999, 1000, 1001, 2_000_000])
def test_around_the_limit(count):
    points = curve_of(count).points()
    assert 250 <= len(points) <= 500
    assert points[-1][0] == count


def test_earlier_points_do_not_change_under_a_reader():
    curve = curve_of(400)
    seen = curve.points()
    for step in range(401, 2000):
        curve.add(step, 0.0)
    assert seen == curve_of(400).points()


def test_a_step_that_comes_again_replaces_its_point():
    curve = Curve(4)
    for step, value in ((0, 1.0), (0, 2.0), (5, 3.0), (5, 4.0), (6, 5.0), (7, 6.0), (7, 7.0)):
        curve.add(step, value)
    assert curve.points() == ((0, 2.0), (6, 5.0), (7, 7.0))
    curve.add(7, 8.0)
    assert curve.points()[-1] == (7, 8.0)
    assert curve.count == 4


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 60), max_size=12), st.integers(2, 9))
def test_many_points_at_one_go_are_the_same_as_one_by_one(sizes, most):
    at_once, step = Curve(most), 1
    for size in sizes:
        at_once.extend(step, [number * 10.0 for number in range(step, step + size)])
        step += size
    one_by_one = curve_of(step - 1, most)
    assert vars(at_once) == vars(one_by_one)
