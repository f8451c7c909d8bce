"""Milliseconds of small things that a page does at every redraw, on one thread: ``python -m benchmarks.pieces``.

A chain of layers traced (lesson 3), VGG-16 traced, and the live picture of a network of 8 × 16 neurons at 10 000
samples (lesson 2), whose goal is 25 ms. Medians; the load of the machine is printed.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

import torch

from core.conv.presets import PRESETS
from core.conv.sizes import trace
from core.inspect.model import model_of
from core.inspect.surface import SIDE
from core.inspect.view import LIVE_ROWS, view
from core.nets.mlp import MlpConfig, mlp


def milliseconds(work: Callable[[], object], times: int) -> float:
    """Return the median of so many calls."""
    spent = []
    for _number in range(times):
        start = time.perf_counter()
        work()
        spent.append(1000 * (time.perf_counter() - start))
    return statistics.median(spent)


def main() -> None:
    """Measure and print."""
    torch.set_num_threads(1)
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for name in ("lenet5", "vgg16"):
        preset = PRESETS[name]
        print(f"chain {name} traced: {milliseconds(lambda p=preset: trace(p.chain, p.input), 50):.2f} ms")  # type: ignore[misc]
    config = MlpConfig((2, *(16,) * 8, 2))
    weights = mlp(config).state_dict()
    x, points = torch.randn(10_000, 2), torch.rand(SIDE * SIDE, 2)
    labels = (x.sum(dim=1) > 0).long()

    def picture() -> None:
        model = model_of(weights, config)
        view(model, x, labels, "mse", points=points, sample=x[:1], with_gradients=True, rows=LIVE_ROWS)

    print(f"live picture of 2-(16×8)-2, 10 000 samples: {milliseconds(picture, 25):.1f} ms (goal: 25)")


if __name__ == "__main__":
    main()
