"""Activations and their gradients, from a place to a place."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from core.training.compiled.arithmetic import fma, if_at_most, if_less
from core.training.compiled.functions import erf, exp, sigmoid, tanh
from core.training.compiled.lanes import load, put, store, vector
from core.training.compiled.tiles import INLINE, INT, MEMORY, kernel

f = np.float32
ONE, SLOPE = f(1), f(0.01)
TOGETHER = 4  # vectors that are computed side by side: each waits for itself alone
COPY, RELU, LEAKY, TANH, SIGMOID, GELU = range(6)


@njit(**INLINE)
def _copy(z: Any) -> Any:
    return z


@njit(**INLINE)
def _relu(z: Any) -> Any:
    return if_less(z, f(0), f(0), z)


@njit(**INLINE)
def _leaky(z: Any) -> Any:
    return if_less(f(0), z, z, z * SLOPE)


@njit(**INLINE)
def _share(z: Any) -> Any:
    """Return how much of the normal distribution lies below z."""
    return fma(erf(z * f(0.7071067811865476)), f(0.5), f(0.5))


@njit(**INLINE)
def _gelu(z: Any) -> Any:
    return z * _share(z)


@njit(**INLINE)
def _d_copy(g: Any, y: Any) -> Any:
    return g


@njit(**INLINE)
def _d_relu(g: Any, y: Any) -> Any:
    return if_at_most(y, f(0), f(0), g)


@njit(**INLINE)
def _d_leaky(g: Any, y: Any) -> Any:
    return if_less(f(0), y, g, g * SLOPE)


@njit(**INLINE)
def _d_tanh(g: Any, y: Any) -> Any:
    return g * (ONE - y * y)


@njit(**INLINE)
def _d_sigmoid(g: Any, y: Any) -> Any:
    return g * ((ONE - y) * y)


@njit(**INLINE)
def _d_gelu(g: Any, z: Any) -> Any:
    bell = exp(z * z * f(-0.5)) * f(0.3989422804014327)
    return g * fma(z, bell, _share(z))


def _forward(function: Any) -> Any:
    @njit(**INLINE)
    def loop(memory, deep, high, wide, out, out_c, out_y, out_x, z, z_c, z_y, z_x):
        for c in range(deep):
            for y in range(high):
                o, a = out + c * out_c + y * out_y, z + c * z_c + y * z_y
                for x in range(0, wide - TOGETHER + 1, TOGETHER):
                    found = function(load(memory, a + x * z_x, 0, z_x, 1, TOGETHER))
                    store(memory, o + x * out_x, 0, out_x, found)
                for x in range(wide // TOGETHER * TOGETHER, wide):
                    put(memory, o + x * out_x, function(vector(memory, a + x * z_x)))

    return loop


def _backward(function: Any) -> Any:
    @njit(**INLINE)
    def loop(memory, deep, high, wide, out, out_c, out_y, out_x, z, z_c, z_y, z_x, g, g_c, g_y, g_x):
        for c in range(deep):
            for y in range(high):
                o, a, d = out + c * out_c + y * out_y, z + c * z_c + y * z_y, g + c * g_c + y * g_y
                for _x in range(wide):
                    put(memory, o, function(vector(memory, d), vector(memory, a)))
                    o += out_x
                    a += z_x
                    d += g_x

    return loop


_f0, _f1, _f2, _f3, _f4, _f5 = (_forward(way) for way in (_copy, _relu, _leaky, tanh, sigmoid, _gelu))
_b0, _b1, _b2, _b3, _b4, _b5 = (_backward(way) for way in (_d_copy, _d_relu, _d_leaky, _d_tanh, _d_sigmoid, _d_gelu))


@kernel(MEMORY, *[INT] * 12)
def activate(memory, kind, deep, high, wide, out, out_c, out_y, out_x, z, z_c, z_y, z_x):
    """Write the activation of z; both are deep × high × wide vectors that lie so far apart as is said."""
    if kind == COPY:
        _f0(memory, deep, high, wide, out, out_c, out_y, out_x, z, z_c, z_y, z_x)
    elif kind == RELU:
        _f1(memory, deep, high, wide, out, out_c, out_y, out_x, z, z_c, z_y, z_x)
    elif kind == LEAKY:
        _f2(memory, deep, high, wide, out, out_c, out_y, out_x, z, z_c, z_y, z_x)
    elif kind == TANH:
        _f3(memory, deep, high, wide, out, out_c, out_y, out_x, z, z_c, z_y, z_x)
    elif kind == SIGMOID:
        _f4(memory, deep, high, wide, out, out_c, out_y, out_x, z, z_c, z_y, z_x)
    else:
        _f5(memory, deep, high, wide, out, out_c, out_y, out_x, z, z_c, z_y, z_x)


@kernel(MEMORY, *[INT] * 16)
def deactivate(memory, kind, deep, high, wide, out, out_c, out_y, out_x, z, z_c, z_y, z_x, g, g_c, g_y, g_x):
    """Write the gradient by z from that by the answers, g; ``z`` is the answers themselves, for GELU what came in."""
    if kind == COPY:
        _b0(memory, deep, high, wide, out, out_c, out_y, out_x, z, z_c, z_y, z_x, g, g_c, g_y, g_x)
    elif kind == RELU:
        _b1(memory, deep, high, wide, out, out_c, out_y, out_x, z, z_c, z_y, z_x, g, g_c, g_y, g_x)
    elif kind == LEAKY:
        _b2(memory, deep, high, wide, out, out_c, out_y, out_x, z, z_c, z_y, z_x, g, g_c, g_y, g_x)
    elif kind == TANH:
        _b3(memory, deep, high, wide, out, out_c, out_y, out_x, z, z_c, z_y, z_x, g, g_c, g_y, g_x)
    elif kind == SIGMOID:
        _b4(memory, deep, high, wide, out, out_c, out_y, out_x, z, z_c, z_y, z_x, g, g_c, g_y, g_x)
    else:
        _b5(memory, deep, high, wide, out, out_c, out_y, out_x, z, z_c, z_y, z_x, g, g_c, g_y, g_x)
