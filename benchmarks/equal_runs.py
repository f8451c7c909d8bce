"""A class on one training, beside as many different ones: ``python -m benchmarks.equal_runs [--visitors 30]``.

The course's LeNet-5 on few digits, one after the other in this process: thirty visitors with the same settings, then
thirty with a seed each. Printed: processor seconds of all (workers and their snapshots), seconds until the last one has
ended, updates that were done, and what the moments of all runs take.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from typing import Final

from core.data import mnist
from core.data.problem import ClassData, from_mnist
from core.runs.digits_job import MnistJob
from core.runs.scheduler import Scheduler
from core.training.compiled import cache
from core.training.courses import COURSES

NETWORK: Final = "lenet5"


def measured(jobs: list[MnistJob]) -> tuple[float, float, int, int]:
    """Train for as many visitors as there are jobs; return processor seconds, seconds, updates and bytes of moments."""
    scheduler = Scheduler()
    begun, spent = time.monotonic(), time.process_time()
    scheduler.start()
    ids = [scheduler.submit(job, f"visitor {number}") for number, job in enumerate(jobs)]
    while any((now := scheduler.snapshot(run_id)) and now.state.alive for run_id in ids):
        time.sleep(0.3)
    took, spent = time.monotonic() - begun, time.process_time() - spent
    runs = scheduler.computations()
    scheduler.stop()
    return spent, took, sum(run.step for run in runs), sum(run.spare_bytes for run in runs)


def jobs(data: ClassData, visitors: int, samples: int, equal: bool) -> list[MnistJob]:
    """Return a job for each visitor: the same one, or each with a seed of its own."""
    train = replace(COURSES[NETWORK], batch_size=64)
    return [MnistJob(NETWORK, 0 if equal else seed, train, data, samples) for seed in range(visitors)]


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visitors", type=int, default=30)
    parser.add_argument("--samples", type=int, default=2000, help="training digits (default 2000)")
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    cache.prepare(wait=True)
    data = from_mnist(mnist.load())
    measured(jobs(data, 1, options.samples, equal=True))  # what is made once for a process
    print(f"{'':12}{'processor s':>12}{'s':>8}{'updates':>10}{'moments, MB':>13}")
    for _round in range(options.rounds):
        for name, equal in (("equal", True), ("different", False)):
            spent, took, updates, size = measured(jobs(data, options.visitors, options.samples, equal))
            print(f"{name:12}{spent:12.1f}{took:8.1f}{updates:10}{size / 1e6:13.1f}", flush=True)


if __name__ == "__main__":
    main()
