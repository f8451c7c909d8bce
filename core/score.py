"""How far an accuracy can be trusted: the 95 % interval of a share."""

import math
from dataclasses import dataclass

Z = 1.959963984540054  # 97.5 % of a normal distribution lie below this many standard deviations


@dataclass(frozen=True)
class Score:
    """How many of some samples a network got right.

    Attributes:
        correct: 0 … samples.
        samples: at least 1.
    """

    correct: int
    samples: int

    @property
    def accuracy(self) -> float:
        """Share of right answers, 0 … 1."""
        return self.correct / self.samples

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the accuracy; see wilson."""
        return wilson(self.correct, self.samples)


def wilson(correct: int, samples: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share (E. B. Wilson, JASA 22, 1927, p. 209; no continuity correction).

    It stays within 0 … 1 and is right for few samples and for shares near 1, where the usual ±1.96·σ is not.

    Args:
        correct: 0 … samples.
        samples: at least 1.

    Returns:
        Lower and upper end.

    >>> [round(end, 4) for end in wilson(9, 10)]
    [0.5958, 0.9821]
    """
    share, spread = correct / samples, Z * Z / samples
    middle = (share + spread / 2) / (1 + spread)
    half = Z * math.sqrt(share * (1 - share) / samples + spread / (4 * samples)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)
