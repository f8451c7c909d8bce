"""How a layer's numbers are spread."""

import math
from dataclasses import dataclass

import torch

BINS = 30


@dataclass(frozen=True)
class Histogram:
    """Counts between equally spaced edges.

    Attributes:
        edges: bins + 1 of them, rising.
        counts: one per bin.
        std: standard deviation of all finite values, about their mean (n, not n − 1).
        broken: how many values are NaN or infinite; not counted.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    std: float
    broken: int


def histogram(values: torch.Tensor, bins: int = BINS) -> Histogram:
    """Count a tensor's values in equal bins from its smallest to its largest.

    Args:
        values: of any shape.
        bins: at least 1.

    >>> histogram(torch.tensor([0.0, 1.0, 1.0, 2.0]), bins=2).counts
    (1, 3)
    """
    finite = values[values.isfinite()].double().flatten()
    broken = values.numel() - finite.numel()
    if not finite.numel():
        return Histogram((-0.5, 0.5), (0,), math.nan, broken)
    low, high = float(finite.min()), float(finite.max())
    if not high > low:  # a spike still needs some width
        low, high = low - max(abs(low), 1.0) / 2, high + max(abs(high), 1.0) / 2
    counts = torch.histc(finite, bins=bins, min=low, max=high)
    edges = torch.linspace(low, high, bins + 1, dtype=torch.float64)
    return Histogram(
        tuple(edges.tolist()),
        tuple(int(count) for count in counts.tolist()),
        float(finite.std(correction=0)),
        broken,
    )


def histograms(layers: tuple[torch.Tensor, ...]) -> tuple[Histogram, ...]:
    """Return one histogram per layer, of its weights or of its gradients, with bins that suit their number."""
    return tuple(histogram(values, bins_for(values.numel())) for values in layers)


def bins_for(values: int) -> int:
    """Return how many bins so many values deserve: twice their square root, from 8 to BINS.

    >>> bins_for(15), bins_for(4096)
    (8, 30)
    """
    return max(8, min(BINS, round(2 * math.sqrt(values))))
