"""The machine: works through a program, update by update. The only function that Python calls.

What a program is: ops.py; how one is written: program.py. Samples go in groups of 16, and the groups of a batch are in
two halves, whose sums over samples are added at the end: so that two parts of the work, one half each, add nothing in
another order than one part does that takes them both.
"""

from __future__ import annotations

from numba import njit, types

from core.training.compiled import ops
from core.training.compiled.activations import activate, deactivate
from core.training.compiled.gate import LATE, NOT_AT_ALL, SOON, meet, tell, told
from core.training.compiled.gate import begin as begun
from core.training.compiled.lanes import address
from core.training.compiled.losses import loss_of, loss_sum
from core.training.compiled.moves import answers, gather, gather_pixels, gather_rows, gather_rows_of_pixels, turned
from core.training.compiled.ops import HEADER, LANES, SECTION, WIDTH
from core.training.compiled.pools import pool, unpool
from core.training.compiled.products import correlate, gathered, product, sums
from core.training.compiled.steps import step
from core.training.compiled.tiles import CODE, INLINE, INT, MEMORY, OPTIONS, PIXELS, kernel

GATHER, TARGETS, ROWS, TURN, LINEAR, CONV = ops.GATHER, ops.TARGETS, ops.ROWS, ops.TURN, ops.LINEAR, ops.CONV
ACTIVATE, DEACTIVATE, POOL, UNPOOL = ops.ACTIVATE, ops.DEACTIVATE, ops.POOL, ops.UNPOOL
LOSS, CORRELATE, SUMS = ops.LOSS, ops.CORRELATE, ops.SUMS
COME, START, STOP = ops.COME, ops.START, ops.STOP
ANSWERS, SAMPLES, GATHERED, STEP, LOSS_SUM = ops.ANSWERS, ops.SAMPLES, ops.GATHERED, ops.STEP, ops.LOSS_SUM
SECTIONS, SCRATCH, SCRATCH_SIZE, PARTS, BY_GROUPS = (
    ops.SECTIONS,
    ops.SCRATCH,
    ops.SCRATCH_SIZE,
    ops.PARTS,
    ops.BY_GROUPS,
)


@njit(**INLINE)
def place(c, at, g, start, shift):
    """Return where a view has group g: scratch has room for the groups since ``start`` alone; −1: nowhere."""
    begin = c[at]
    if begin < 0:
        return begin
    return begin + g * c[at + 1] if begin < c[SCRATCH] else begin + shift + (g - start) * c[at + 1]


@kernel(MEMORY, CODE, INT, INT, INT)
def convolve(memory, c, a, out, x):
    """Do a CONV for one group: a row of the output at a time, over the range of k that it has."""
    for y in range(c[a + 4]):
        ranges = c[a + 6] + 2 * y
        product(
            memory, c, 0, c[a + 1], c[a + 5],
            out + y * c[a + 10], c[a + 9], c[a + 11],
            c[a + 12], c[a + 13], c[a + 14],
            x + y * c[a + 17], c[a + 18], c[a + 19],
            c[ranges], c[ranges + 1], c[a + 3], 0, -1, 0,
        )  # fmt: skip


@kernel(MEMORY, CODE, INT, MEMORY, PIXELS, MEMORY, CODE, MEMORY, *[INT] * 10)
def by_groups(
    memory, c, a, data, pixels, targets, rows, results, many, grey, first, count, again, begin, end, near, groups,
    shift,
):  # fmt: skip
    """Do an instruction for the groups begin … end − 1.

    Args:
        memory: all numbers.
        c: the program.
        a: where the instruction lies.
        data, pixels, targets: of all samples, a row each.
        rows: numbers of the samples of all updates.
        results, many: where answers go, and how many numbers have room there.
        grey: whether the samples are in pixels, not in data.
        first: where this update's begin.
        count: how many samples it has.
        again: −1: the samples are given by their numbers; else the batch is the whole set, so often done before.
        begin, end: of the groups.
        near: groups in the first half.
        groups: of the batch.
        shift: how far scratch is shifted.
    """
    op = c[a]
    if op <= ROWS and again > 0:
        return  # the whole set is in its place
    if op == ROWS:
        last = min(count, end * LANES)
        top, whole = begin * LANES, again >= 0
        if grey:
            gather_rows_of_pixels(memory, pixels, rows, first, top, last, c[a + 1], c[a + 2], c[a + 3], whole)
        else:
            gather_rows(memory, data, rows, first, top, last, c[a + 1], c[a + 2], c[a + 3], whole)
        return
    if op == LINEAR:
        product(
            memory, c, 0, c[a + 1], end - begin,
            place(c, a + 4, begin, begin, shift), LANES, c[a + 5],
            c[a + 6], c[a + 7], c[a + 8],
            place(c, a + 9, begin, begin, shift), c[a + 10], c[a + 11],
            0, c[a + 2], c[a + 3], c[a + 12], place(c, a + 13, begin, begin, shift), c[a + 14],
        )  # fmt: skip
        return
    if op in (CORRELATE, SUMS):
        carry, g0 = c[a + 1], begin
        while g0 < end:
            other = g0 >= near
            g1 = g0 + 1
            high, wide, g_x, x_x = c[a + 6], c[a + 7], c[a + 12], c[a + 16]
            if carry:  # a place is a group
                g1 = min(end, groups if other else near)
                wide, g_x, x_x = g1 - g0, c[a + 9], c[a + 14]
            fresh = g0 == (near if other else 0)
            t, d = c[a + 4] + c[a + 5] * other, place(c, a + 8, g0, begin, shift)
            if op == SUMS:
                sums(memory, fresh, carry, c[a + 2], t, d, c[a + 10], high, wide, c[a + 11], g_x)
            else:
                correlate(
                    memory, c, fresh, carry, c[a + 2], t, c[a + 3], d, c[a + 10],
                    place(c, a + 13, g0, begin, shift), c[a + 17], high, wide, c[a + 11], g_x, c[a + 15], x_x,
                )  # fmt: skip
            g0 = g1
        return
    if op == ACTIVATE and c[a + 2] == 0:  # flat: a row is a group
        activate(
            memory, c[a + 1], 1, end - begin, c[a + 4],
            place(c, a + 5, begin, begin, shift), 0, c[a + 6], LANES,
            place(c, a + 10, begin, begin, shift), 0, c[a + 11], LANES,
        )  # fmt: skip
        return
    if op == DEACTIVATE and c[a + 2] == 0:
        deactivate(
            memory, c[a + 1], 1, end - begin, c[a + 4],
            place(c, a + 5, begin, begin, shift), 0, c[a + 6], LANES,
            place(c, a + 10, begin, begin, shift), 0, c[a + 11], LANES,
            place(c, a + 15, begin, begin, shift), 0, c[a + 16], LANES,
        )  # fmt: skip
        return
    for g in range(begin, end):
        if op == GATHER and grey:
            gather_pixels(
                memory, pixels, rows, first, count, g, c[a + 1], c[a + 2], c[a + 3],
                place(c, a + 4, g, begin, shift), c[a + 6], c[a + 7], again >= 0,
            )  # fmt: skip
        elif op in (GATHER, TARGETS):
            source = data if op == GATHER else targets
            gather(
                memory, source, rows, first, count, g, c[a + 1], c[a + 2], c[a + 3],
                place(c, a + 4, g, begin, shift), c[a + 6], c[a + 7], again >= 0,
            )  # fmt: skip
        elif op == TURN:
            turned(memory, c[a + 1], place(c, a + 2, g, begin, shift), c[a + 4] + g * LANES * c[a + 5], c[a + 5])
        elif op == CONV:
            convolve(memory, c, a, place(c, a + 7, g, begin, shift), place(c, a + 15, g, begin, shift))
        elif op == ACTIVATE:
            activate(
                memory, c[a + 1], c[a + 2], c[a + 3], c[a + 4],
                place(c, a + 5, g, begin, shift), c[a + 7], c[a + 8], c[a + 9],
                place(c, a + 10, g, begin, shift), c[a + 12], c[a + 13], c[a + 14],
            )  # fmt: skip
        elif op == DEACTIVATE:
            deactivate(
                memory, c[a + 1], c[a + 2], c[a + 3], c[a + 4],
                place(c, a + 5, g, begin, shift), c[a + 7], c[a + 8], c[a + 9],
                place(c, a + 10, g, begin, shift), c[a + 12], c[a + 13], c[a + 14],
                place(c, a + 15, g, begin, shift), c[a + 17], c[a + 18], c[a + 19],
            )  # fmt: skip
        elif op == POOL:
            pool(
                memory, c[a + 1], c[a + 2], c[a + 3], c[a + 4],
                place(c, a + 9, g, begin, shift), c[a + 11], c[a + 12], c[a + 13],
                place(c, a + 14, g, begin, shift), c[a + 16], c[a + 17],
                c[a + 5], c[a + 6], c[a + 7], c[a + 8],
            )  # fmt: skip
        elif op == UNPOOL:
            unpool(
                memory, c[a + 1], c[a + 2], c[a + 3], c[a + 4],
                c[a + 9] + shift, c[a + 10], c[a + 11],
                place(c, a + 12, g, begin, shift), c[a + 14], c[a + 15], c[a + 16],
                place(c, a + 17, g, begin, shift),
                place(c, a + 19, g, begin, shift), c[a + 21], c[a + 22], c[a + 23],
                c[a + 5], c[a + 6], c[a + 7], c[a + 8],
            )  # fmt: skip
        elif op == ANSWERS:
            answers(memory, results, c[a + 1], place(c, a + 2, g, begin, shift), first + g * LANES, many // c[a + 1])
        elif op == LOSS:
            loss_of(
                memory, c[a + 1], c[a + 2],
                place(c, a + 3, g, begin, shift), place(c, a + 5, g, begin, shift), place(c, a + 7, g, begin, shift),
                c[a + 9] + g * LANES, count - g * LANES, count * c[PARTS],
            )  # fmt: skip


@kernel(MEMORY, CODE, INT, MEMORY, MEMORY, *[INT] * 5)
def once(memory, c, a, scalars, losses, update, count, groups, part, parts):
    """Do this part's share of an instruction that comes once an update."""
    op, top, rows = c[a], c[a + 2], c[a + 3]
    if c[a + 1]:
        if part:
            return
    else:
        top, rows = top + (rows - top) * part // parts, top + (rows - top) * (part + 1) // parts
    if op == SAMPLES:
        product(
            memory, c, top, rows, c[a + 11],
            c[a + 4], c[a + 5], LANES,
            c[a + 6], c[a + 7], c[a + 8],
            c[a + 9], LANES, c[a + 10],
            0, count, -1, 0, -1, 0,
        )  # fmt: skip
    elif op == GATHERED:
        gathered(memory, c[a + 4], c[a + 5], top, rows, c[a + 6], c[a + 7], c[a + 8], 1 + (groups > 1))
    elif op == STEP:
        width = c[a + 4]
        s = top * width
        step(
            memory,
            scalars,
            update,
            c[a + 5],
            c[a + 6] + s,
            c[a + 7] + s,
            c[a + 8] + s,
            c[a + 9] + s,
            (rows - top) * width,
            c[a + 10],
        )
    elif op == LOSS_SUM:
        loss_sum(memory, losses, update, c[a + 4], groups, count * c[PARTS])


_INTS, _FLOATS, _TABLE = types.int64[::1], types.float32[::1], types.float32[:, ::1]
_PIXELS = types.uint8[:, ::1]
ADVANCE = types.void(_INTS, _FLOATS, _TABLE, _PIXELS, _TABLE, _INTS, _INTS, _FLOATS, _FLOATS, _INTS, INT)


@njit(cache=True, **OPTIONS)
def advance(code, memory, data, pixels, targets, rows, starts, scalars, losses, gate, part):
    """Work through a program once for each update.

    Args:
        code: the program, int64.
        memory: all numbers, float32; begins at a multiple of 64 bytes.
        data: float32 (n, values), the samples; none where they are kept as bytes.
        pixels: uint8 (n, values), the samples, where data has none.
        targets: float32 (n, outputs), or (n, 1) class numbers.
        rows: int64, numbers of the samples of all updates, one after the other.
        starts: int64 (updates + 1,), where each update's begin; an update that has none there sees the whole set.
        scalars: float32, steps.SCALARS numbers an update.
        losses: float32 (updates,), written; for answers (outputs·n,), n a multiple of 16 as all of ``starts`` are then.
        gate: int64, ops.GATE zeros, where a second thread that does the other part may be met; none: there is no other.
        part: 0, or 1 on the second thread, which takes the same arguments.
    """
    c, m, d, t = address(code), address(memory), address(data), address(targets)
    p, grey = address(pixels), len(pixels) > 0
    r, numbers, results = address(rows), address(scalars), address(losses)
    table, many = HEADER + SECTION * c[SECTIONS], len(losses)
    shift, meeting, parts, start, other = part * c[SCRATCH_SIZE], address(gate), 1, 0, SOON
    if part:
        parts, start = 2, begun(meeting)
        if start < 0:
            return
    for update in range(start, len(starts) - 1):
        if parts == 1 and len(gate) and told(meeting, COME) and not told(meeting, STOP):
            parts = 2
            tell(meeting, START, update + 1)
        first, count, again = starts[update], starts[update + 1] - starts[update], -1
        if count == 0:
            count, again = len(pixels) if grey else len(data), update
        groups = (count + LANES - 1) // LANES
        near = (groups + 1) // 2
        begin, end = 0, groups
        if parts > 1:
            begin, end = (near, groups) if part else (0, near)
        for section in range(c[SECTIONS]):
            s = HEADER + SECTION * section
            if c[s] == BY_GROUPS:
                for some in range(begin, end, c[s + 3]):
                    for row in range(c[s + 1], c[s + 2]):
                        by_groups(
                            m, c, table + row * WIDTH, d, p, t, r, results, many, grey, first, count, again,
                            some, min(end, some + c[s + 3]), near, groups, shift,
                        )  # fmt: skip
            else:  # needs all groups; then all of it is needed
                if parts > 1:
                    other = max(other, meet(meeting, part, 2 * update + 1))
                    if other == NOT_AT_ALL:
                        return
                for row in range(c[s + 1], c[s + 2]):
                    once(m, c, table + row * WIDTH, numbers, results, update, count, groups, part, parts)
                if parts > 1:
                    if other == LATE and part == 0:
                        tell(meeting, STOP, update + 1)
                    other = max(other, meet(meeting, part, 2 * update + 2))
                    if other == NOT_AT_ALL:
                        return
                    if told(meeting, STOP) == update + 1:
                        parts = 1
                        if part:
                            return
