"""How much faster our training is than the course's notebook: paired blocks of updates, taken in turns, on one thread.

    python -m benchmarks.training [--rounds 12] [--only NAME …] [--threads 2] [--peers]

Three ways to the same updates: the notebook's loop, our reference engine (plain autograd, the very losses of the
notebook), and the compiled engine, whose losses agree to rounding: the last column has the largest relative difference
of the first block. "whole" are trainings as lessons 2 and 4 run them, with all slices, progress and looks at both sets,
against the notebook's bare loop; of the digits one epoch with its quarter of the course's looks.

Seconds are those of the processor, and ratios those of neighbouring blocks, because a shared machine changes its speed
from minute to minute. With --threads 2 ours may use two, and seconds are the clock's: only where nothing else runs.
With --peers the digits' updates are also compared with those of Keras, JAX and tinygrad, where these are installed.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch
from torch import nn

from benchmarks import _notebook as notebook
from core.data import grey, mnist
from core.data.playground import DataConfig
from core.data.problem import ClassData, from_mnist
from core.nets.building import build as first
from core.nets.mlp import MlpConfig, mlp
from core.runs.digits_job import MnistJob
from core.runs.playground_job import MAX_TRAIN_LOOK, PlaygroundJob
from core.training.compiled import cache
from core.training.courses import COURSES
from core.training.engine import AutogradEngine
from core.training.engines import engine_for
from core.training.fit import fit


@dataclass(frozen=True)
class Trio:
    """Three ways to do the same updates, each giving its losses, and how many rounds are enough."""

    name: str
    updates: int
    ours: Callable[[], list[float]]
    reference: Callable[[], list[float]]
    notebook: Callable[[], list[float]]
    most_rounds: int = 1000


def trios(threads: int) -> Iterator[Trio]:
    """Yield the three trainings of the course with the course's settings; ours may use so many threads."""
    yield on_one_hot(threads)
    yield whole_one_hot(threads)
    digits = mnist.load()
    print(f"digits: {digits.provenance.train} from {digits.provenance.source}")
    pixels = grey.denormalise(digits.train_images).squeeze(1)
    theirs = {"mnist-dnn": (notebook.mnist_dnn, 60), "lenet5": (notebook.lenet5, 6)}
    for name, (build, updates) in theirs.items():
        data, dataset = from_mnist(digits), notebook.Digits(pixels, digits.train_labels)
        yield on_digits(name, data, dataset, build, updates, threads)
        yield whole_digits(name, data, dataset, build, threads)


def on_digits(
    name: str, data: ClassData, dataset: notebook.Digits, build: Callable[[], nn.Module], updates: int, threads: int
) -> Trio:
    """Compare a training on MNIST."""
    config = COURSES[name]
    ours, reference = (make(first(name), data, config) for make in (engine_for, AutogradEngine))
    ours.threads = threads
    torch.manual_seed(0)
    model = build()

    def loop() -> list[float]:
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

    return Trio(name, updates, lambda: ours.advance(updates), lambda: reference.advance(updates), loop)


def whole_digits(
    name: str, data: ClassData, dataset: notebook.Digits, build: Callable[[], nn.Module], threads: int
) -> Trio:
    """Compare an epoch as lesson 4 runs it, looks and progress included, with the bare loop; rounds take minutes."""
    config = replace(COURSES[name], epochs=1, evaluations=COURSES[name].evaluations // COURSES[name].epochs)

    def train(engine: str) -> list[float]:
        run = MnistJob(name, 0, replace(config, engine=engine), data).make()
        run.engine.threads = threads
        return [loss for progress in run for loss in progress.losses]

    def loop() -> list[float]:
        torch.manual_seed(0)
        return notebook.train_on_digits(
            build(), dataset, lr=config.lr, momentum=config.momentum, batch_size=config.batch_size, epochs=1, seed=0
        )

    updates = -(-len(data.train_labels) // config.batch_size)
    return Trio(f"{name}, whole", updates, lambda: train("auto"), lambda: train("torch"), loop, 3)


def on_one_hot(threads: int) -> Trio:
    """Compare blocks of the full-batch training of course 2.4."""
    job, updates = PlaygroundJob(MlpConfig(), COURSES["one-hot"], DataConfig(samples=10_000)), 200
    data = job.playground().data
    ours, reference = (make(mlp(job.net), data, job.train) for make in (engine_for, AutogradEngine))
    ours.threads = threads
    loop = _one_hot_loop(data, updates)
    return Trio("one-hot", updates, lambda: ours.advance(updates), lambda: reference.advance(updates), loop())


def whole_one_hot(threads: int) -> Trio:
    """Compare the training of course 2.4 as lesson 2 runs it, looks and progress included, with the bare loop."""
    job = PlaygroundJob(MlpConfig(), COURSES["one-hot"], DataConfig(samples=10_000))
    data = job.playground().data

    def reference() -> list[float]:
        model = mlp(job.net)
        engine = AutogradEngine(model, data, job.train)
        run = fit(model, data, job.train, engine=engine, train_look=MAX_TRAIN_LOOK)
        return [loss for progress in run for loss in progress.losses]

    def ours() -> list[float]:
        run = job.make()
        run.engine.threads = threads
        return [loss for progress in run for loss in progress.losses]

    loop = _one_hot_loop(data, job.train.epochs)
    return Trio("one-hot, whole", job.train.epochs, ours, reference, lambda: loop()())


def _one_hot_loop(data: ClassData, updates: int) -> Callable[[], Callable[[], list[float]]]:
    """Return what makes a new network and a loop that goes on training it."""
    targets = nn.functional.one_hot(data.train_labels, 3).float()

    def begin() -> Callable[[], list[float]]:
        torch.manual_seed(0)
        model = notebook.one_hot_net()
        optimizer = torch.optim.SGD(model.parameters(), lr=COURSES["one-hot"].lr)
        return lambda: notebook.train_full_batch(model, data.train_inputs, targets, nn.MSELoss(), optimizer, updates)

    return begin


def timed(work: Callable[[], object], clock: Callable[[], float]) -> float:
    """Return the seconds that some work takes."""
    started = clock()
    work()
    return clock() - started


def peers(rounds: int) -> None:
    """Compare the digits' updates with those of other libraries."""
    from benchmarks import _peers

    digits = mnist.load()
    data = from_mnist(digits)
    dataset = notebook.Digits(grey.denormalise(digits.train_images).squeeze(1), digits.train_labels)
    for name, build, updates in (("lenet5", notebook.lenet5, 4), ("mnist-dnn", notebook.mnist_dnn, 30)):
        config, trio = COURSES[name], on_digits(name, data, dataset, build, updates, 1)
        inputs, labels = (part[: updates * config.batch_size] for part in (data.train_inputs, data.train_labels))
        x, y = ([each.numpy() for each in part.split(config.batch_size)] for part in (inputs, labels))
        _peers.compare(name, config, {"notebook": trio.notebook, "ours": trio.ours}, x, y, rounds)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=12, help="trios of blocks for each network (default 12)")
    parser.add_argument("--only", nargs="*", default=[], help="names such as lenet5 or 'one-hot, whole'")
    parser.add_argument("--threads", type=int, choices=(1, 2), default=1, help="ours may use (default 1)")
    parser.add_argument("--peers", action="store_true", help="only Keras, JAX and tinygrad, as far as installed")
    options = parser.parse_args()
    # The processor's time of this thread: waiting for other programs is not counted.
    clock = time.thread_time if options.threads == 1 else time.perf_counter
    torch.set_num_threads(1)
    cache.prepare(wait=True)
    if options.peers:
        return peers(options.rounds)
    print(f"{'ms per update':<18}{'notebook':>10}{'reference':>11}{'ours':>8}", end="")
    print(f"{'notebook / ours (median, all)':>34}{'reference / ours':>26}{'  largest difference'}")
    for trio in trios(options.threads):
        if options.only and trio.name not in options.only:
            continue
        ways = [trio.notebook, trio.reference, trio.ours]
        theirs, reference, ours = (way() for way in ways)  # warm up, and compare
        apart = max(abs(a - b) / abs(a) for a, b in zip(theirs, ours, strict=True))
        seconds: list[list[float]] = []
        for number in range(min(trio.most_rounds, options.rounds)):  # who goes first alternates
            took = [0.0] * 3
            for place in range(3):
                way = (place + number) % 3
                took[way] = timed(ways[way], clock)
            seconds.append(took)
        ms = [statistics.median(column) / trio.updates * 1000 for column in zip(*seconds, strict=True)]
        print(f"{trio.name:<18}{ms[0]:>10.2f}{ms[1]:>11.2f}{ms[2]:>8.3f}", end="")
        for over, width in ((0, 34), (1, 26)):
            ratios = sorted(took[over] / took[2] for took in seconds)
            print(f"{f'{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})':>{width}}", end="")
        print(f"  {apart:.0e}, reference {theirs == reference}", flush=True)


if __name__ == "__main__":
    main()
