"""Fitting noisy points with a polynomial: a right fit, and one that has learned the noise (course 1)."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np

from core.checks import checked_seed
from core.errors import InvalidInput

Doubles = np.ndarray[Any, np.dtype[np.float64]]
MAX_DEGREE: Final = 20
TEST_POINTS: Final = 200


@dataclass(frozen=True)
class FitConfig:
    """Noisy points of y = sin(πx) on [−1, 1], and the polynomial that is fitted to them.

    Args:
        points: number of training points, 3 … 500.
        degree: of the polynomial, 0 … 20.
        noise: standard deviation of the noise, 0 … 2.
        ridge: λ ≥ 0 of the penalty λ·Σc², on every coefficient but the constant.
        seed: of the points, 0 … 2**63 - 1.

    Raises:
        InvalidInput: a value breaks its rule.
    """

    points: int = 15
    degree: int = 3
    noise: float = 0.2
    ridge: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not 3 <= self.points <= 500:
            raise InvalidInput("points (={points}) must be from 3 to 500; try 15.", points=self.points)
        if not 0 <= self.degree <= MAX_DEGREE:
            raise InvalidInput(
                "degree (={degree}) must be from 0 to {most}; try 3.", degree=self.degree, most=MAX_DEGREE
            )
        if not 0 <= self.noise <= 2:
            raise InvalidInput("noise (={noise}) must be from 0 to 2; try 0.2.", noise=self.noise)
        if not 0 <= self.ridge <= 1e6:
            raise InvalidInput("ridge (={ridge}) must be from 0 to 1000000; try 0.1.", ridge=self.ridge)
        checked_seed(self.seed)


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted polynomial and how good every degree would be.

    Attributes:
        config: what was asked for.
        x: float64 (points,), sorted.
        y: float64 (points,).
        grid: float64 (201,), where the curves are drawn.
        truth: float64 (201,), sin(πx).
        curve: float64 (201,), the polynomial.
        train_errors: mean squared error on the points, one per degree 0 … 20.
        test_errors: the same on 200 other noisy points.
    """

    config: FitConfig
    x: Doubles
    y: Doubles
    grid: Doubles
    truth: Doubles
    curve: Doubles
    train_errors: tuple[float, ...]
    test_errors: tuple[float, ...]

    @property
    def best(self) -> int:
        """The degree with the smallest test error."""
        return int(np.argmin(self.test_errors))


def draw(points: int, noise: float, seed: int) -> tuple[Doubles, Doubles]:
    """Return noisy points of sin(πx), x from left to right on [−1, 1]; float64 (points,) each.

    One x lies at random in each of as many equal stretches: wholly random points leave gaps in which a high degree
    swings so far that nothing else is to be seen.
    """
    random = np.random.default_rng(seed)
    x = (np.arange(points) + random.uniform(size=points)) * 2 / points - 1
    return x, np.sin(np.pi * x) + noise * random.standard_normal(points)


def coefficients(x: Doubles, y: Doubles, degree: int, ridge: float = 0.0) -> Doubles:
    """Return the Legendre coefficients that minimise Σ(p(x) − y)² + λ·Σc² (the constant is not penalised).

    Legendre polynomials are orthogonal on [−1, 1], so that degree 20 is still solved exactly; powers of x are nearly
    parallel there (Bishop, Pattern Recognition and Machine Learning, section 1.1, has the example in powers). With
    fewer points than coefficients it is the smallest solution of all that pass through the points.

    Args:
        x: float64 (n,) in [−1, 1].
        y: float64 (n,).
        degree: at least 0.
        ridge: λ, at least 0.

    Returns:
        float64 (degree + 1,).
    """
    matrix = np.polynomial.legendre.legvander(x, degree)
    if ridge:
        penalty = np.sqrt(ridge) * np.eye(degree + 1)[1:]
        matrix, y = np.vstack([matrix, penalty]), np.concatenate([y, np.zeros(degree)])
    return np.asarray(np.linalg.lstsq(matrix, y, rcond=None)[0], dtype=np.float64)


def seed_of_test(seed: int) -> int:
    """Return the seed of the test points: another one, so that more training points do not change them."""
    return (seed + 1) * 1_000_003


@lru_cache(maxsize=32)
def fit(config: FitConfig) -> Fit:
    """Fit the polynomial, and every other degree for comparison."""
    x, y = draw(config.points, config.noise, config.seed)
    test_x, test_y = draw(TEST_POINTS, config.noise, seed_of_test(config.seed))
    value = np.polynomial.legendre.legval
    train, test = [], []
    grid: Doubles = np.linspace(-1, 1, 201)
    curve: Doubles = grid
    for degree in range(MAX_DEGREE + 1):
        solved = coefficients(x, y, degree, config.ridge)
        train.append(float(np.mean((value(x, solved) - y) ** 2)))
        test.append(float(np.mean((value(test_x, solved) - test_y) ** 2)))
        if degree == config.degree:
            curve = np.asarray(value(grid, solved), dtype=np.float64)
    return Fit(config, x, y, grid, np.sin(np.pi * grid), curve, tuple(train), tuple(test))
