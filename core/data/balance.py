"""Class shares of each set of a split, and when they are worth a warning."""

from dataclasses import dataclass

import numpy as np

from core.data.splits import Numbers, Split

# A share is worth a warning when a random split would be as far off less often than this.
UNLIKELY = 1 / 1000


@dataclass(frozen=True)
class Oddity:
    """A class whose share in one set is off.

    Attributes:
        part: "train", "validation" or "test".
        label: number of the class.
        count: its samples in that set.
        expected: what its share of all samples would give, not rounded.
        probability: of a random split being at least as far off on that side, doubled (at most 1).
        missing: the set has no sample of it at all.
    """

    part: str
    label: int
    count: int
    expected: float
    probability: float
    missing: bool


def counts(result: Split, classes: Numbers, kinds: int) -> dict[str, Numbers]:
    """Return each non-empty set's samples per class: int64 (kinds,)."""
    return {name: np.bincount(classes[numbers - 1], minlength=kinds) for name, numbers in result.parts}


def oddities(result: Split, classes: Numbers, kinds: int) -> list[Oddity]:
    """Return the classes that a set misses or has far too many or too few of, the worst first.

    In a random split the count of a class with K of all n samples in a set of m is hypergeometric: mean mK/n. The rule:
    a set misses a class although it could hold one, or a random split would be as far off less than once in 1000 times.
    A class that is missing from a set so small that this is to be expected is named as well.
    """
    found = []
    n = result.config.samples
    whole = np.bincount(classes, minlength=kinds)
    for part, per_class in counts(result, classes, kinds).items():
        m = int(per_class.sum())
        for label in range(kinds):
            total, count = int(whole[label]), int(per_class[label])
            if not total:
                continue
            chance = min(1.0, 2 * tail(n, total, m, count))
            if count == 0 or chance < UNLIKELY:
                found.append(Oddity(part, label, count, m * total / n, chance, count == 0))
    return sorted(found, key=lambda odd: (not odd.missing, odd.probability))


def tail(n: int, marked: int, drawn: int, count: int) -> float:
    """Return the smaller tail of a hypergeometric variable: P(X ≤ count) or P(X ≥ count).

    Args:
        n: samples in all.
        marked: those of the class.
        drawn: samples of the set.
        count: of the class in the set, max(0, marked + drawn − n) … min(marked, drawn).

    >>> round(tail(10, 5, 2, 0), 6)  # 5/10 · 4/9
    0.222222
    """
    low, high = max(0, marked + drawn - n), min(marked, drawn)
    k = np.arange(low, high, dtype=np.float64)
    # log of p(k+1)/p(k); sums of logarithms do not underflow
    steps = np.log((marked - k) * (drawn - k)) - np.log((k + 1) * (n - marked - drawn + k + 1))
    logs = np.concatenate([[0.0], np.cumsum(steps)])
    weights = np.exp(logs - logs.max())
    at = count - low
    below, above = weights[: at + 1].sum(), weights[at:].sum()
    return float(min(below, above) / weights.sum())
