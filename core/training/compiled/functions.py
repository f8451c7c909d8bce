"""exp, log, tanh, sigmoid and erf of tiles, in float32: polynomials, never the system's library, whose bits differ.

Coefficients: exp and log from Cephes (S. Moshier, expf.c, logf.c), erf from Eigen's rational function.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from core.training.compiled.arithmetic import (
    exponent,
    fma,
    if_less,
    magnitude,
    mantissa,
    nearest,
    power_of_two,
    with_sign,
)
from core.training.compiled.tiles import INLINE

f = np.float32
HALF, ONE = f(0.5), f(1)
LOG2E, LN2_HIGH, LN2_LOW = f(1.4426950408889634), f(0.693359375), f(-2.12194440e-4)
LEAST, MOST = f(-87.33654), f(88.02969)
ERF_END, TANH_END = f(4), f(44)


@njit(**INLINE)
def clamped(x: Any, low: Any, high: Any) -> Any:
    """Return x between two numbers; no number stays none."""
    x = if_less(x, low, low, x)
    return if_less(high, x, high, x)


@njit(**INLINE)
def _split(x: Any) -> Any:
    """Return n and r of e to the x = 2 to the n · e to the r."""
    n = nearest(x * LOG2E)
    return n, fma(n, -LN2_LOW, fma(n, -LN2_HIGH, x))


@njit(**INLINE)
def _series(r: Any) -> Any:
    """Return what (e to the r − 1 − r) is of r²."""
    p = fma(r, f(1.9875691500e-4), f(1.3981999507e-3))
    p = fma(p, r, f(8.3334519073e-3))
    p = fma(p, r, f(4.1665795894e-2))
    p = fma(p, r, f(1.6666665459e-1))
    return fma(p, r, f(5.0000001201e-1))


@njit(**INLINE)
def exp(x: Any) -> Any:
    """Return e to the x; below −87.3 it is 0, above 88.0 infinite."""
    given = x
    x = clamped(x, LEAST, MOST)
    n, r = _split(x)
    found = if_less(given, LEAST, f(0), fma(_series(r), r * r, r + ONE) * power_of_two(n))
    return if_less(MOST, given, f(np.inf), found)


@njit(**INLINE)
def log(x: Any) -> Any:
    """Return the natural logarithm of positive normal numbers; inf and no number give no number."""
    e, m = exponent(x), mantissa(x)
    e = if_less(f(1.41421356), m, e + ONE, e)
    m = if_less(f(1.41421356), m, m * HALF, m) - ONE
    z = m * m
    p = fma(m, f(7.0376836292e-2), f(-1.1514610310e-1))
    p = fma(p, m, f(1.1676998740e-1))
    p = fma(p, m, f(-1.2420140846e-1))
    p = fma(p, m, f(1.4249322787e-1))
    p = fma(p, m, f(-1.6668057665e-1))
    p = fma(p, m, f(2.0000714765e-1))
    p = fma(p, m, f(-2.4999993993e-1))
    p = fma(p, m, f(3.3333331174e-1))
    y = fma(e, LN2_LOW, p * m * z) - z * HALF
    return fma(e, LN2_HIGH, m + y) + (x - x)


@njit(**INLINE)
def tanh(x: Any) -> Any:
    """Return the hyperbolic tangent: 1 where that is nearest, so that a saturated neuron's gradient is 0.

    It is m/(m + 2), with m = e to the 2x − 1 of which no digit is lost near 0; far from there 1 − 2/(m + 2) is nearer.
    """
    size = magnitude(x)
    twice = size + size
    n, r = _split(if_less(TANH_END, twice, TANH_END, twice))
    scale = power_of_two(n)
    m = fma(fma(_series(r), r * r, r), scale, scale - ONE)
    q = ONE / (m + f(2))
    return with_sign(if_less(size, f(0.625), m * q, fma(q, f(-2), ONE)), x)


@njit(**INLINE)
def sigmoid(x: Any) -> Any:
    """Return 1/(1 + e^−x)."""
    return ONE / (exp(x * -ONE) + ONE)


@njit(**INLINE)
def erf(x: Any) -> Any:
    """Return the error function; ±1 where that is nearest."""
    given = x
    x = clamped(x, -ERF_END, ERF_END)
    s = x * x
    p = fma(s, f(-2.72614225801306e-10), f(2.77068142495902e-08))
    p = fma(p, s, f(-2.10102402082508e-06))
    p = fma(p, s, f(-5.69250639462346e-05))
    p = fma(p, s, f(-7.34990630326855e-04))
    p = fma(p, s, f(-2.95459980854025e-03))
    p = fma(p, s, f(-1.60960333262415e-02))
    q = fma(s, f(-1.45660718464996e-05), f(-2.13374055278905e-04))
    q = fma(q, s, f(-1.68282697438203e-03))
    q = fma(q, s, f(-7.37332916720468e-03))
    q = fma(q, s, f(-1.42647390514189e-02))
    return if_less(f(3.83), given, ONE, if_less(given, f(-3.83), -ONE, clamped(p * x / q, -ONE, ONE)))
