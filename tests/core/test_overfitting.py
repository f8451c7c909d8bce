"""Least squares against numpy's own fits, ridge against the normal equations."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.overfitting import MAX_DEGREE, FitConfig, coefficients, draw, fit
from core.errors import InvalidInput


@settings(max_examples=50, deadline=None)
@given(degree=st.integers(0, 12), more=st.integers(1, 40), seed=st.integers(0, 999))
def test_it_is_numpy_s_polynomial(degree: int, more: int, seed: int) -> None:
    x, y = draw(2 * degree + more + 2, 0.3, seed)
    mine = np.polynomial.legendre.legval(x, coefficients(x, y, degree))
    theirs = np.polynomial.Polynomial.fit(x, y, degree)(x)
    assert mine == pytest.approx(theirs, abs=1e-7)


@settings(max_examples=50, deadline=None)
@given(degree=st.integers(1, 12), ridge=st.floats(1e-4, 100), seed=st.integers(0, 999))
def test_ridge_solves_the_normal_equations(degree: int, ridge: float, seed: int) -> None:
    x, y = draw(30, 0.3, seed)
    matrix = np.polynomial.legendre.legvander(x, degree)
    penalty = ridge * np.diag([0.0] + [1.0] * degree)
    expected = np.linalg.solve(matrix.T @ matrix + penalty, matrix.T @ y)
    assert coefficients(x, y, degree, ridge) == pytest.approx(expected, abs=1e-6)


def test_a_polynomial_through_every_point_has_no_training_error_and_a_large_test_error() -> None:
    over = fit(FitConfig(points=12, degree=11, noise=0.3))
    right = fit(FitConfig(points=12, degree=3, noise=0.3))
    assert over.train_errors[11] < 1e-12
    assert over.test_errors[11] > 5 * right.test_errors[3]


def test_training_error_never_rises_with_the_degree() -> None:
    errors = fit(FitConfig(points=60)).train_errors
    assert len(errors) == MAX_DEGREE + 1
    assert all(after <= before + 1e-9 for before, after in pairwise(errors))


@pytest.mark.parametrize(
    "bad", [{"points": 2}, {"degree": 21}, {"degree": -1}, {"noise": float("nan")}, {"ridge": -1.0}, {"seed": -1}]
)
def test_bad_numbers_are_named(bad) -> None:
    with pytest.raises(InvalidInput, match=next(iter(bad))):
        FitConfig(**bad)
