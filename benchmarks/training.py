"""How much faster our loop is than the course's notebook: paired blocks of updates, taken in turns, on one thread.

    python -m benchmarks.training [--rounds 12]

Both do the same arithmetic (a test holds that their losses are equal bit for bit); what differs is how a batch comes
about. Ratios of neighbouring blocks are shown, because a shared machine changes its speed from minute to minute.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import nn

from benchmarks import _notebook as notebook
from core.data import mnist
from core.data.synthetic import one_hot
from core.training.courses import COURSES
from core.training.data import ClassData, from_mnist, from_one_hot
from core.training.engine import AutogradEngine


@dataclass(frozen=True)
class Pair:
    """Two ways to do the same updates."""

    name: str
    updates: int
    ours: Callable[[], object]
    notebook: Callable[[], object]


def pairs() -> Iterator[Pair]:
    """Yield the three trainings of the course with the course's settings."""
    digits = mnist.load()
    print(f"digits: {digits.provenance.train} from {digits.provenance.source}")
    pixels = mnist.denormalise(digits.train_images).squeeze(1)
    theirs = {"lenet5": (notebook.lenet5, 6), "mnist-dnn": (notebook.mnist_dnn, 60)}
    for name, (build, updates) in theirs.items():
        yield on_digits(name, from_mnist(digits), notebook.Digits(pixels, digits.train_labels), build(), updates)
    yield on_one_hot(from_one_hot(one_hot(), 0.7, 0))


def on_digits(name: str, data: ClassData, dataset: notebook.Digits, model: nn.Module, updates: int) -> Pair:
    """Pair a training on MNIST."""
    course = COURSES[name]
    config = course.config
    engine = AutogradEngine(course.build(0), data, config)

    def loop() -> object:
        return notebook.train_on_digits(
            model,
            dataset,
            lr=config.lr,
            momentum=config.momentum,
            batch_size=config.batch_size,
            epochs=1,
            seed=0,
            updates=updates,
        )

    return Pair(name, updates, lambda: engine.advance(updates), loop)


def on_one_hot(data: ClassData) -> Pair:
    """Pair the full-batch training of course 2.4."""
    course, updates = COURSES["one-hot"], 200
    engine = AutogradEngine(course.build(0), data, course.config)
    model = notebook.one_hot_net()
    targets = nn.functional.one_hot(data.train_labels, 3).float()
    optimizer = torch.optim.SGD(model.parameters(), lr=course.config.lr)

    def loop() -> object:
        return notebook.train_full_batch(model, data.train_inputs, targets, nn.MSELoss(), optimizer, updates)

    return Pair("one-hot", updates, lambda: engine.advance(updates), loop)


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that some work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=12, help="pairs of blocks for each network (default 12)")
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    print(f"{'network':<10}{'notebook':>12}{'ours':>12}{'notebook / ours (median, all pairs)':>40}")
    for pair in pairs():
        pair.ours(), pair.notebook()  # warm up
        seconds = []
        for number in range(rounds):  # who goes first alternates
            if number % 2:
                ours, theirs = timed(pair.ours), timed(pair.notebook)
            else:
                theirs, ours = timed(pair.notebook), timed(pair.ours)
            seconds.append((ours, theirs))
        ratios = sorted(theirs / ours for ours, theirs in seconds)
        ms_ours, ms_theirs = (statistics.median(column) / pair.updates * 1000 for column in zip(*seconds, strict=True))
        spread = f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        print(f"{pair.name:<10}{ms_theirs:>9.2f} ms{ms_ours:>9.2f} ms{spread:>40}")


if __name__ == "__main__":
    main()
