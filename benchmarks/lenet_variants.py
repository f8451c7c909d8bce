"""What lesson 4's networks reach with the settings that the lesson proposes, and side by side on the same batches.

    python -m benchmarks.lenet_variants [--seeds 1] [--only NAME …] [--moved]

Each network is trained by its own job on all of MNIST there is; then LeNet-5 and the DNN on the same batches of 64, and
both are asked for shifted, turned, thickened and noisy digits.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

import torch

from core.data import mnist
from core.data.problem import ClassData, from_mnist
from core.exam.robustness import KINDS, compare, sample
from core.nets.networks import DIGITS
from core.runs.digits_job import MnistJob
from core.training.courses import COURSES


def trained(job: MnistJob) -> tuple[torch.nn.Module, float, float]:
    """Return the network, its test accuracy and the seconds that it took."""
    run, accuracy = job.make(), 0.0
    for progress in run:
        if progress.evaluation is not None:
            accuracy = progress.evaluation.accuracy
    return run.model.eval(), accuracy, run.seconds


def variants(data: ClassData, options: Any) -> None:
    """Print each network's accuracy with its own settings."""
    for name in options.only or DIGITS:
        config = COURSES[name]
        found = [
            trained(MnistJob(name, seed, replace(config, seed=seed, evaluations=1), data, augment=options.moved))
            for seed in range(options.seeds)
        ]
        shares = " ".join(f"{accuracy:.2%}" for _, accuracy, _ in found)
        how = f"{config.optimiser} {config.lr:g}, momentum {config.momentum:g}, batch {config.batch_size}"
        print(f"{name:<16}{how:<40}{config.epochs} epochs: {shares}   {found[0][2]:.0f} s", flush=True)


def side_by_side(data: ClassData, options: Any) -> None:
    """Print LeNet-5 and the DNN on the same batches, and on changed digits."""
    config = replace(COURSES["lenet5"], evaluations=1, batch_size=64, lr=COURSES["lenet5"].lr / 4)
    ours = MnistJob("lenet5", 0, config, data, augment=options.moved)
    models = {}
    for job in (ours, ours.beside("mnist-dnn")):
        models[job.network], accuracy, seconds = trained(job)
        print(f"{job.network:<12} batch 64, lr {job.train.lr:g}: {accuracy:.2%}   {seconds:.0f} s", flush=True)
    images, labels = sample(data.test_inputs, data.test_labels)
    for kind in KINDS:
        points = list(compare(models, images, labels, kind))
        print(f"{kind:<12}" + "".join(f"{point.amount:>8g}" for point in points) + f"  {KINDS[kind].unit}")
        for name in models:
            print(f"  {name:<10}" + "".join(f"{point.scores[name].accuracy:>8.1%}" for point in points))


def main() -> None:
    """Train, test and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--only", nargs="*", choices=sorted(DIGITS))
    parser.add_argument("--moved", action="store_true", help="with augmentation")
    options = parser.parse_args()
    torch.set_num_threads(1)
    digits = mnist.load()
    print(f"digits: {digits.provenance.train} from {digits.provenance.source}; moved: {options.moved}")
    data = from_mnist(digits)
    variants(data, options)
    side_by_side(data, options)


if __name__ == "__main__":
    main()
