"""Sums of products: the one loop behind Linear and Conv2d, forwards and backwards, and the sums over samples.

Every sum is sequential: over k in ``product``, over positions within each lane in ``correlate``. How wide a tile is
decides the speed alone, never the order.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from core.training.compiled.arithmetic import if_at_most, if_less, lane_sum, outer
from core.training.compiled.lanes import load, load_at, spread, store, vector, zeros
from core.training.compiled.ops import LANES
from core.training.compiled.tiles import CODE, INLINE, INT, MEMORY, WIDE, kernel

# rows × columns of vectors that fit into the registers: 32 of 16 numbers, or 16 of 8
COLUMNS = (4, 2, 1) if WIDE else (1, 1, 1)
PAIR_COLUMNS = (5, 3, 1) if WIDE else (2, 1, 1)
NONE, TOGETHER = np.float32(0), 48
MOST_ROWS, MOST_PAIR_ROWS = 6, 5 if WIDE else 3


def _product_tile(rows: int, columns: int) -> Any:
    @njit(**INLINE)
    def tile(memory, code, out, out_r, out_q, w, w_r, w_k, x, x_q, x_k, first, last, bias, relu, gate, gate_q):
        total = spread(memory, bias, 1, rows, columns) if bias >= 0 else zeros(rows, columns)
        for k in range(first, last):
            weights = spread(memory, w + code[w_k + k], w_r, rows, 1)
            total = outer(total, weights, load(memory, x + code[x_k + k], 0, x_q, 1, columns))
        if relu:
            total = if_less(total, NONE, zeros(rows, columns), total)
        elif gate >= 0:
            total = if_at_most(load(memory, gate, out_r, gate_q, rows, columns), NONE, zeros(rows, columns), total)
        store(memory, out, out_r, out_q, total)

    return tile


def _product_strip(columns: int) -> Any:
    tile6, tile5, tile4, tile3, tile2, tile1 = (_product_tile(rows, columns) for rows in (6, 5, 4, 3, 2, 1))

    @njit(**INLINE)
    def strip(
        memory, code, top, rows, out, out_r, out_q, w, w_r, w_k, x, x_q, x_k, first, last, bias, relu, gate, gate_q
    ):
        for r in range(top, rows, MOST_ROWS):
            o, v, b = out + r * out_r, w + r * w_r, bias + r if bias >= 0 else bias
            y = gate + r * out_r if gate >= 0 else gate
            left = rows - r
            if left >= 6:
                tile6(memory, code, o, out_r, out_q, v, w_r, w_k, x, x_q, x_k, first, last, b, relu, y, gate_q)
            elif left == 5:
                tile5(memory, code, o, out_r, out_q, v, w_r, w_k, x, x_q, x_k, first, last, b, relu, y, gate_q)
            elif left == 4:
                tile4(memory, code, o, out_r, out_q, v, w_r, w_k, x, x_q, x_k, first, last, b, relu, y, gate_q)
            elif left == 3:
                tile3(memory, code, o, out_r, out_q, v, w_r, w_k, x, x_q, x_k, first, last, b, relu, y, gate_q)
            elif left == 2:
                tile2(memory, code, o, out_r, out_q, v, w_r, w_k, x, x_q, x_k, first, last, b, relu, y, gate_q)
            else:
                tile1(memory, code, o, out_r, out_q, v, w_r, w_k, x, x_q, x_k, first, last, b, relu, y, gate_q)

    return strip


_wide, _middle, _narrow = (_product_strip(columns) for columns in COLUMNS)
_W, _M, _N = COLUMNS


@kernel(MEMORY, CODE, *[INT] * 18)
def product(
    memory, code, top, rows, q, out, out_r, out_q, w, w_r, w_k, x, x_q, x_k, first, last, bias, relu, gate, gate_q
):
    """Write out[r, q] = bias[r] + Σ w[r, k]·x[k, q], from k = first to last − 1 in this order; x[k, q] is a vector.

    Args:
        memory: all numbers.
        code: holds the tables.
        top, rows: r goes from top to rows − 1.
        q: how many vectors.
        out, out_r, out_q: where vector (0, 0) goes, and how far rows and columns lie apart.
        w, w_r, w_k: where number (0, 0) lies; how far rows lie apart; table of the places by k.
        x, x_q, x_k: where vector (0, 0) lies; how far columns lie apart; table of the places by k.
        first, last: of k.
        bias: where its numbers lie; −1: none.
        relu: whether what is negative becomes 0.
        gate, gate_q: where vectors lie, in rows as the output's, where not above 0 the sum becomes 0; −1: nowhere.
    """
    for r in range(top, rows, TOGETHER):  # so many rows of w stay in the cache while all columns go by
        end, done = min(rows, r + TOGETHER), 0
        while done + _W <= q:
            o, v, y = out + done * out_q, x + done * x_q, gate + done * gate_q if gate >= 0 else gate
            _wide(memory, code, r, end, o, out_r, out_q, w, w_r, w_k, v, x_q, x_k, first, last, bias, relu, y, gate_q)
            done += _W
        while done + _M <= q:
            o, v, y = out + done * out_q, x + done * x_q, gate + done * gate_q if gate >= 0 else gate
            _middle(memory, code, r, end, o, out_r, out_q, w, w_r, w_k, v, x_q, x_k, first, last, bias, relu, y, gate_q)
            done += _M
        while done < q:
            o, v, y = out + done * out_q, x + done * x_q, gate + done * gate_q if gate >= 0 else gate
            _narrow(memory, code, r, end, o, out_r, out_q, w, w_r, w_k, v, x_q, x_k, first, last, bias, relu, y, gate_q)
            done += _N


def _pair_tile(rows: int, columns: int) -> Any:
    @njit(**INLINE)
    def tile(memory, code, fresh, carry, total, width, g, g_r, x, x_k, high, wide, g_y, g_x, x_y, x_x):
        down = width * LANES
        found = zeros(rows, columns)
        if carry and not fresh:
            found = load(memory, total, down, LANES, rows, columns)
        for y in range(high):
            gy, xy = g + y * g_y, x + y * x_y
            for _place in range(wide):
                found = outer(found, load(memory, gy, g_r, 0, rows, 1), load_at(memory, xy, code, x_k, columns))
                gy += g_x
                xy += x_x
        if not carry and not fresh:
            found = load(memory, total, down, LANES, rows, columns) + found
        store(memory, total, down, LANES, found)

    return tile


def _pair_strip(rows: int) -> Any:
    width0, width1, _ = PAIR_COLUMNS
    tile0, tile1, tile2 = (_pair_tile(rows, width) for width in PAIR_COLUMNS)

    @njit(**INLINE)
    def strip(memory, code, fresh, carry, total, width, g, g_r, x, x_k, high, wide, g_y, g_x, x_y, x_x):
        k = 0
        while k < width:
            t, table = total + k * LANES, x_k + k
            if k + width0 <= width:
                tile0(memory, code, fresh, carry, t, width, g, g_r, x, table, high, wide, g_y, g_x, x_y, x_x)
                k += width0
            elif k + width1 <= width:
                tile1(memory, code, fresh, carry, t, width, g, g_r, x, table, high, wide, g_y, g_x, x_y, x_x)
                k += width1
            else:
                tile2(memory, code, fresh, carry, t, width, g, g_r, x, table, high, wide, g_y, g_x, x_y, x_x)
                k += 1

    return strip


_pair5, _pair4, _pair3, _pair2, _pair1 = (_pair_strip(min(rows, MOST_PAIR_ROWS)) for rows in (5, 4, 3, 2, 1))


@kernel(MEMORY, CODE, *[INT] * 15)
def correlate(memory, code, fresh, carry, rows, total, width, g, g_r, x, x_k, high, wide, g_y, g_x, x_y, x_x):
    """Add Σ g[r, place]·x[place + k] over all places to total[r, k], lane by lane.

    Args:
        memory: all numbers.
        code: holds the table.
        fresh: whether nothing is in ``total`` yet.
        carry: whether the sum goes on from ``total``; else it is summed by itself and then added.
        rows: how many r.
        total: where vector (0, 0) of the sums lies, row by row.
        width: how many k.
        g, g_r: where vector (0, first place) lies; how far rows lie apart.
        x, x_k: where vector (first place) lies; table of how far from it k lies.
        high, wide: places down and across.
        g_y, g_x, x_y, x_x: how far places lie apart in both.
    """
    r = 0
    while r < rows:
        t, d, left = total + r * width * LANES, g + r * g_r, min(rows - r, MOST_PAIR_ROWS)
        if left == 5 and rows - r != 6:  # 6 are better as twice 3
            _pair5(memory, code, fresh, carry, t, width, d, g_r, x, x_k, high, wide, g_y, g_x, x_y, x_x)
        elif left == 4:
            _pair4(memory, code, fresh, carry, t, width, d, g_r, x, x_k, high, wide, g_y, g_x, x_y, x_x)
        elif left >= 3:
            left = 3
            _pair3(memory, code, fresh, carry, t, width, d, g_r, x, x_k, high, wide, g_y, g_x, x_y, x_x)
        elif left == 2:
            _pair2(memory, code, fresh, carry, t, width, d, g_r, x, x_k, high, wide, g_y, g_x, x_y, x_x)
        else:
            _pair1(memory, code, fresh, carry, t, width, d, g_r, x, x_k, high, wide, g_y, g_x, x_y, x_x)
        r += left


@kernel(MEMORY, *[INT] * 10)
def sums(memory, fresh, carry, rows, total, g, g_r, high, wide, g_y, g_x):
    """Add Σ g[r, place] over all places to the vectors total[r], lane by lane; see correlate."""
    for r in range(rows):
        at = total + r * LANES
        found = zeros(1, 1)
        if carry and not fresh:
            found = vector(memory, at)
        for y in range(high):
            place = g + r * g_r + y * g_y
            for _place in range(wide):
                found = found + vector(memory, place)
                place += g_x
        if not carry and not fresh:
            found = vector(memory, at) + found
        store(memory, at, 0, 0, found)


@kernel(MEMORY, *[INT] * 8)
def gathered(memory, out, out_r, top, rows, total, width, half, halves):
    """Write out[r, k] = the sum over the lanes of total[r, k], of both halves of the batch where there are two."""
    for r in range(top, rows):
        at = total + r * width * LANES
        for k in range(width):
            found = vector(memory, at)
            if halves > 1:
                found = found + vector(memory, at + half)
            memory[out + r * out_r + k] = lane_sum(found)
            at += LANES
