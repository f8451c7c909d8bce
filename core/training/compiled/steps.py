"""The optimisers' steps and the penalties' gradients, over a range of numbers.

They follow torch/optim: _single_tensor_sgd, _single_tensor_adam, _single_tensor_rmsprop with torch's own defaults.
"""

from __future__ import annotations

from core.training.compiled.arithmetic import fma, if_less, root
from core.training.compiled.lanes import put, vector, zeros
from core.training.compiled.ops import (
    ADAM,
    EPS,
    KEPT,
    KEPT_SQUARE,
    L1,
    L2,
    MOMENTUM,
    NESTEROV,
    NEW,
    NEW_SQUARE,
    RATE,
    RMSPROP_MOMENTUM,
    SCALARS,
    SGD,
    SHRINK,
    UNBIAS,
)
from core.training.compiled.tiles import INT, MEMORY, kernel


@kernel(MEMORY, MEMORY, *[INT] * 8)
def step(memory, scalars, update, kind, weights, grads, first, second, count, penalised):
    """Take a step.

    Args:
        memory: all numbers.
        scalars: SCALARS numbers an update.
        update: which one.
        kind: SGD …
        weights, grads, first, second: where they lie, and what the optimiser remembers.
        count: how many numbers, a multiple of 16.
        penalised: whether l1 and l2 hold for them; the gradients then include theirs.
    """
    s = update * SCALARS
    rate, kept, new, eps = scalars[s + RATE], scalars[s + KEPT], scalars[s + NEW], scalars[s + EPS]
    kept_square, new_square = scalars[s + KEPT_SQUARE], scalars[s + NEW_SQUARE]
    unbias, shrink, l1, l2 = scalars[s + UNBIAS], scalars[s + SHRINK], scalars[s + L1], scalars[s + L2]
    none, back = zeros(1, 1), -rate
    for i in range(0, count, 16):
        w, g = vector(memory, weights + i), vector(memory, grads + i)
        if penalised:
            slope = if_less(w, none, none - l1, if_less(none, w, none + l1, none))
            g = fma(w, l2, g + slope)
            put(memory, grads + i, g)
        if kind == SGD:
            w = fma(g, back, w)
        elif kind in (MOMENTUM, NESTEROV):
            m = fma(vector(memory, first + i), kept, g)
            put(memory, first + i, m)
            w = fma(m if kind == MOMENTUM else fma(m, kept, g), back, w)
        elif kind == ADAM:
            m = vector(memory, first + i)
            m = fma(g - m, new, m)
            v = fma(g * new_square, g, vector(memory, second + i) * kept_square)
            put(memory, first + i, m)
            put(memory, second + i, v)
            w = fma(m / (root(v) / unbias + eps), back, w * shrink)
        else:
            v = fma(g * new_square, g, vector(memory, second + i) * kept_square)
            put(memory, second + i, v)
            u = g / (root(v) + eps)
            if kind == RMSPROP_MOMENTUM:
                u = fma(vector(memory, first + i), kept, u)
                put(memory, first + i, u)
            w = fma(u, back, w)
        put(memory, weights + i, w)
