"""The table of instructions: their numbers and what stands in their columns. Needs no compiler."""

from __future__ import annotations

from typing import Final

LANES: Final = 16
WIDTH: Final = 24
"""Columns of an instruction; the first is its number."""

SECTIONS, SCRATCH, SCRATCH_SIZE, PARTS, HEADER = 0, 1, 2, 3, 8
"""Numbers at the start of a program: how many sections; where scratch begins and how long it is; what a loss is divided
by beside the samples. Then four numbers a section: kind, first row, last row + 1, groups at a time."""
SECTION: Final = 4
BY_GROUPS, ONCE = 0, 1
"""Kinds of sections."""

LOSSES: Final = {"mse": 0, "cross_entropy": 1, "l1": 2, "smooth_l1": 3}
SGD, MOMENTUM, NESTEROV, ADAM, RMSPROP, RMSPROP_MOMENTUM = range(6)
MEMORIES: Final = (0, 1, 1, 2, 2, 2)
"""How many numbers an optimiser remembers of each weight."""

RATE, KEPT, NEW, KEPT_SQUARE, NEW_SQUARE, EPS, UNBIAS, SHRINK, L1, L2, SCALARS = range(11)
"""Columns of an update's numbers, and how many. SHRINK: what AdamW multiplies weights with; UNBIAS: what divides Adam's
root."""

APART: Final = 16
HERE, COME, START, STOP, BROKEN, PATIENCE, GATE = (APART * number for number in (0, 2, 3, 4, 5, 6, 7))
"""Numbers by which two threads meet, cache lines apart: how far each part is (HERE, HERE + APART); whether the second
has come; the first and the last update that it has a part in, + 1, 0: not yet known; whether one gave up; how often the
first gives way to others before it finds the second too slow; how many numbers."""
NEVER: Final = -1
"""START where the second came too late."""

# For each group of samples. A view is where it begins and how far groups, channels, rows and columns lie apart.
GATHER: Final = 1  # deep high wide, out(begin group c y)                               inputs into lanes
TARGETS: Final = 2  # the same                                                          targets into lanes
ROWS: Final = 3  # width, out(begin row)                                                inputs into rows
TURN: Final = 4  # width, x(begin group), out(begin row)                                lanes into rows
LINEAR: Final = 5  # rows last bias, out(begin group), w(begin row table), x(begin group table), relu, gate(begin group)
CONV: Final = 6  # rows last bias, high wide, ranges, out(begin group c y x), w(begin row table), x(begin group y x t.)
ACTIVATE: Final = 7  # kind, deep high wide, out(begin group c y x), z(begin group c y x)
DEACTIVATE: Final = 8  # kind, deep high wide, out(…), z(…), g(…)
POOL: Final = 9  # kind, deep high wide, kernel_y kernel_x stride_y stride_x, out(begin group c y x), x(begin group c y)
UNPOOL: Final = 10  # kind, deep high wide, kernel and stride as above, out(begin c y), g(begin group c y x), x, y(…)
LOSS: Final = 11  # kind, outputs, z(begin group), g(begin group), target(begin group), losses
ANSWERS: Final = 14  # outputs, z(begin group)                                           lanes into the results
CORRELATE: Final = 12  # carry, rows width, total half, high wide, g(begin group r y x), x(begin group y x t.)
SUMS: Final = 13  # carry, rows 0, total half, high wide, g(begin group r y x)

# Once an update; rows are divided between the parts, but where "alone" is 1 the first part does them all.
SAMPLES: Final = (
    20  # alone, top rows, out(begin row), w(begin row table), x(begin table), q   products over the samples
)
GATHERED: Final = 21  # alone, top rows, out(begin row), total width half                         lanes into sums
STEP: Final = 22  # alone, top rows, width, kind, weights grads first second, penalised
LOSS_SUM: Final = 23  # alone, 0 1, losses
