"""Samples into lanes, and lanes into rows."""

from __future__ import annotations

from core.training.compiled.lanes import (
    crossed,
    load,
    load_column,
    load_rows,
    number,
    prefetch,
    put,
    store,
    strided,
    vector,
)
from core.training.compiled.ops import LANES
from core.training.compiled.tiles import CODE, INT, MEMORY, PIXELS, kernel

AHEAD = 64  # bytes that come into the cache together


def _gather(memory, data, rows, first, count, group, deep, high, wide, out, out_c, out_y, whole):
    """Put the samples of one group into lanes: deep × high × wide vectors.

    Lanes without a sample repeat the last one: what is no number there (∞·0, from a 0) would be one nowhere else.

    Args:
        memory: all numbers.
        data: the samples, a row each; as bytes they are normalised.
        rows: their numbers, for all updates.
        first: where this update's begin.
        count: how many this update has.
        group: number of the group.
        deep, high, wide: of a sample.
        out, out_c, out_y: where vector (0, 0, 0) goes; how far channels and rows lie apart.
        whole: whether the rows are taken as they are.
    """
    size = deep * high * wide
    begin = group * LANES
    quick = begin + LANES <= count
    if not whole:  # the next group's lie anywhere
        for n in range(begin + LANES, min(count, begin + 2 * LANES)):
            for x in range(0, size, AHEAD):
                prefetch(data, rows[first + n] * size + x)
    for c in range(deep):
        for y in range(high):
            source, place = (c * high + y) * wide, out + c * out_c + y * out_y
            if quick and wide < LANES:
                for x in range(wide):
                    if whole:
                        put(memory, place + x * LANES, strided(data, begin * size + source + x, size))
                    else:
                        put(memory, place + x * LANES, load_column(data, rows, first + begin, size, source + x))
                continue
            for some in range(0, wide, LANES):
                if quick:
                    x = min(some, wide - LANES)  # the last ones overlap those before
                    if whole:
                        tile = load(data, begin * size + source + x, size, 0, LANES, 1)
                    else:
                        tile = load_rows(data, rows, first + begin, size, source + x)
                    store(memory, place + x * LANES, LANES, 0, crossed(tile))
                    continue
                for lane in range(LANES):
                    n = min(begin + lane, count - 1)
                    row = n if whole else rows[first + n]
                    for x in range(some, min(wide, some + LANES)):
                        memory[place + x * LANES + lane] = number(data, row * size + source + x)


def _gather_rows(memory, data, rows, first, begin, end, width, out, out_r, whole):
    """Copy the samples begin … end − 1 of an update, a row each."""
    for n in range(begin, end):
        row, place = n if whole else rows[first + n], out + n * out_r
        if width < LANES:
            for k in range(width):
                memory[place + k] = number(data, row * width + k)
        else:
            for some in range(0, width, LANES):
                k = min(some, width - LANES)  # the last ones overlap those before
                store(memory, place + k, 0, 0, load(data, row * width + k, 0, 0, 1, 1))


gather, gather_pixels = (kernel(MEMORY, kind, CODE, *[INT] * 10)(_gather) for kind in (MEMORY, PIXELS))
gather_rows, gather_rows_of_pixels = (kernel(MEMORY, kind, CODE, *[INT] * 7)(_gather_rows) for kind in (MEMORY, PIXELS))


@kernel(MEMORY, *[INT] * 4)
def turned(memory, width, x, out, out_r):
    """Write out[lane, k] from the vectors x[k] of one group, 16 or more."""
    for some in range(0, width, LANES):
        k = min(some, width - LANES)
        store(memory, out + k, out_r, 0, crossed(load(memory, x + k * LANES, LANES, 0, LANES, 1)))


@kernel(MEMORY, MEMORY, *[INT] * 4)
def answers(memory, results, outputs, z, place, apart):
    """Write the answers to the samples of one group, outputs that lie so far apart."""
    for o in range(outputs):
        put(results, o * apart + place, vector(memory, z + o * LANES))
