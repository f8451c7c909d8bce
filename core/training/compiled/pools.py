"""Average and max pooling and their gradients, one group of samples at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from core.training.compiled.arithmetic import if_less, if_same
from core.training.compiled.lanes import load, put, store, vector, zeros
from core.training.compiled.tiles import INLINE, INT, MEMORY, kernel

AVERAGE, MAXIMUM = range(2)
TOGETHER = 4  # windows side by side


@njit(**INLINE)
def larger_of(found: Any, value: Any) -> Any:
    """Return the larger one, or what is no number if one of them is none, as torch does."""
    return if_less(found, value, value, if_same(value, value, found, value))


@kernel(MEMORY, *[INT] * 15)
def pool(memory, kind, deep, high, wide, out, out_c, out_y, out_x, x, x_c, x_y, kernel_y, kernel_x, stride_y, stride_x):
    """Write the mean or the largest of each window.

    Args:
        memory: all numbers.
        kind: AVERAGE or MAXIMUM.
        deep, high, wide: of the output.
        out, out_c, out_y, out_x: where it goes, and how far its vectors lie apart.
        x, x_c, x_y: where the input lies, and how far its channels and rows lie apart.
        kernel_y, kernel_x, stride_y, stride_x: of the windows.
    """
    share = np.float32(1) / np.float32(kernel_y * kernel_x)
    usual = kind == AVERAGE and kernel_y == 2 and kernel_x == 2  # the same sums without loops
    for c in range(deep):
        for y in range(high):
            o, begin, done = out + c * out_c + y * out_y, x + c * x_c + y * stride_y * x_y, 0
            while usual and done + TOGETHER <= wide:
                apart, first = stride_x * 16, begin + done * stride_x * 16
                below = first + x_y
                found = load(memory, first, 0, apart, 1, TOGETHER) + load(memory, first + 16, 0, apart, 1, TOGETHER)
                found = found + load(memory, below, 0, apart, 1, TOGETHER)
                found = found + load(memory, below + 16, 0, apart, 1, TOGETHER)
                store(memory, o, 0, out_x, found * share)
                o += TOGETHER * out_x
                done += TOGETHER
            for column in range(done, wide):
                first = begin + column * stride_x * 16
                found = vector(memory, first)
                for i in range(kernel_y):
                    for j in range(kernel_x):
                        if i + j:
                            value = vector(memory, first + i * x_y + j * 16)
                            larger = larger_of(found, value)
                            found = found + value if kind == AVERAGE else larger
                put(memory, o, found * share if kind == AVERAGE else found)
                o += out_x


@kernel(MEMORY, *[INT] * 20)
def unpool(
    memory,
    kind,
    deep,
    high,
    wide,
    out,
    out_c,
    out_y,
    g,
    g_c,
    g_y,
    g_x,
    x,
    y_,
    y_c,
    y_y,
    y_x,
    kernel_y,
    kernel_x,
    stride_y,
    stride_x,
):
    """Write the gradient by the input, which lies as the input does, from that by the output, g.

    Args:
        memory: all numbers.
        kind: AVERAGE or MAXIMUM.
        deep, high, wide: of the output.
        out, out_c, out_y: where the gradient goes, and how far its channels and rows lie apart.
        g, g_c, g_y, g_x: where the gradient by the output lies.
        x: where the input lies.
        y_, y_c, y_y, y_x: where the output lies.
        kernel_y, kernel_x, stride_y, stride_x: of the windows.
    """
    part, apart = np.float32(1) / np.float32(kernel_y * kernel_x), kernel_y <= stride_y and kernel_x <= stride_x
    if not apart:
        for c in range(deep):
            for y in range((high - 1) * stride_y + kernel_y):
                for column in range((wide - 1) * stride_x + kernel_x):
                    put(memory, out + c * out_c + y * out_y + column * 16, zeros(1, 1))
    for c in range(deep):
        for y in range(high):
            for column in range(wide):
                left = vector(memory, g + c * g_c + y * g_y + column * g_x)
                answer = left
                if kind == AVERAGE:
                    left = left * part
                else:
                    answer = vector(memory, y_ + c * y_c + y * y_y + column * y_x)
                at = c * out_c + y * stride_y * out_y + column * stride_x * 16
                for i in range(kernel_y):
                    for j in range(kernel_x):
                        place = at + i * out_y + j * 16
                        share = left
                        if kind == MAXIMUM:  # all of it to the first that is the largest
                            value = vector(memory, x + place)
                            share = if_same(value, answer, left, zeros(1, 1))
                            left = if_same(value, answer, zeros(1, 1), left)
                        put(memory, out + place, share if apart else vector(memory, out + place) + share)
