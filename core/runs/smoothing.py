"""Smoothing a curve for the eye; the numbers themselves stay as the run produced them."""

import math
from collections.abc import Sequence


def smoothed(points: Sequence[tuple[float, float]], weight: float) -> list[tuple[float, float]]:
    """Return the exponential moving average of a curve, corrected for its start.

    The average m ← weight·m + (1 − weight)·y is divided by 1 − weightⁿ after n points, as in Kingma & Ba 2015
    (Adam), section 3, so that the first point is not pulled to 0. A value that is not finite is passed on as it is.

    Args:
        points: (x, y) in rising order.
        weight: of the past, 0 ≤ weight < 1; 0 changes nothing.

    >>> smoothed([(1, 1.0), (2, 1.0), (3, 4.0)], 0.5)
    [(1, 1.0), (2, 1.0), (3, 2.7142857142857144)]
    """
    mean, share, found = 0.0, 1.0, []
    for at, value in points:
        if not math.isfinite(value):
            found.append((at, value))
            continue
        mean = weight * mean + (1 - weight) * value
        share *= weight
        found.append((at, mean / (1 - share)))
    return found
