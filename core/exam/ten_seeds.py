"""The course's three networks, trained with ten seeds each: what was measured, and how to measure it again.

The notes print one accuracy for each. Another seed draws other first weights, other batches and, where the data are
random, another table, so that no run is expected to print the same.
"""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import torch

from core.data import mnist
from core.data.playground import DataConfig
from core.data.problem import from_mnist
from core.nets.mlp import MlpConfig
from core.nets.networks import NETWORKS
from core.runs.digits_job import MnistJob
from core.runs.job import Job
from core.runs.playground_job import PlaygroundJob
from core.training.config import TrainConfig
from core.training.courses import COURSES
from core.training.evaluate import Evaluation, evaluate

FILE: Final = Path(__file__).with_suffix(".json")
SEEDS: Final = range(10)
NOTES: Final = {"one-hot": 0.6716667, "mnist-dnn": 0.9666, "lenet5": 0.9794}
"""Name of a network → the share of right answers that the notes print (DNN 三, DNN 六, CNN 二)."""


@dataclass(frozen=True)
class Measured:
    """What ten seeds reached.

    Attributes:
        date: of the last one, such as "2026-11-28".
        versions: of what trained them, such as {"torch": "2.14.1+cpu"}.
        settings: hyperparameters, all but the seed, as core.training.config.TrainConfig has them.
        data: what they were trained and tested on, in words.
        samples: test samples of each.
        correct: seed → how many of them were right.
    """

    date: str
    versions: dict[str, str]
    settings: dict[str, Any]
    data: str
    samples: int
    correct: dict[int, int]

    @property
    def accuracies(self) -> tuple[float, ...]:
        """Share of right answers of each seed, in the order of the seeds."""
        return tuple(right / self.samples for right in self.correct.values())


def course_job(network: str, seed: int, folder: Path | None = None) -> Job:
    """Return the training that lesson 2 or 4 starts at the course's settings, with PyTorch's own operations.

    Args:
        network: a key of NOTES.
        seed: of weights and batches, and of the table where it is random.
        folder: with MNIST's four files; None: where they are usually found.
    """
    train = replace(COURSES[network], seed=seed, engine="torch")
    if NETWORKS[network].data == "mnist":
        return MnistJob(network, seed, train, from_mnist(mnist.load(folder)))
    return PlaygroundJob(_one_hot_net(seed), train, DataConfig(seed=seed))


def of_course(job: Job) -> str | None:
    """Return the network that a job trains at the course's settings, whatever its seeds; None at other settings."""
    if isinstance(job, PlaygroundJob):
        network, whole = "one-hot", replace(job.net, seed=0) == _one_hot_net()
        whole = whole and replace(job.data, seed=0) == DataConfig()
    elif isinstance(job, MnistJob):
        network, whole = job.network, not job.samples and not job.augment
        whole = whole and len(job.data.test_labels) == 10_000  # not the few that come with the app
    else:
        return None
    alike = whole and network in NOTES and job.start is None
    return network if alike and _seedless(job.train) == _seedless(COURSES[network]) else None


def reached(job: Job) -> Evaluation:
    """Train a job to its end and test it."""
    fit = job.make(None)
    for _progress in fit:
        pass
    data = fit.data
    return evaluate(fit.model, data.test_inputs, data.test_labels, data.classes, job.train.loss)


def measure(network: str, folder: Path | None = None) -> Iterator[tuple[int, int, int]]:
    """Train the seeds that FILE does not have yet with these settings and versions; it is written after each.

    Args:
        network: a key of NOTES.
        folder: with MNIST's four files; None: where they are usually found.

    Yields:
        Each seed, how many test samples were right, and of how many.
    """
    versions = {"torch": str(torch.__version__), "ChalkNet": _version()}
    known, settings = measured().get(network), _seedless(COURSES[network])
    correct = dict(known.correct) if known and (known.versions, known.settings) == (versions, settings) else {}
    for seed in SEEDS:
        if seed not in correct:
            job = course_job(network, seed, folder)
            found = reached(job)
            correct[seed] = found.correct
            date = datetime.now(UTC).date().isoformat()
            now = Measured(date, versions, settings, _source(job), found.samples, correct)
            everything = {name: asdict(one) for name, one in (measured() | {network: now}).items()}
            FILE.write_text(json.dumps(everything, indent=1) + "\n", "utf-8")
            measured.cache_clear()
            yield seed, found.correct, found.samples


@cache
def measured() -> dict[str, Measured]:
    """Return what FILE holds: name of a network → its seeds."""
    read = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    return {
        network: Measured(**one | {"correct": {int(seed): right for seed, right in one["correct"].items()}})
        for network, one in read.items()
    }


def _one_hot_net(seed: int = 0) -> MlpConfig:
    shape = NETWORKS["one-hot"].shape
    assert isinstance(shape, tuple)
    return MlpConfig(shape, seed=seed)


def _seedless(train: TrainConfig) -> dict[str, Any]:
    """Return the hyperparameters that decide what is learned, but for the seed."""
    return {name: value for name, value in asdict(train).items() if name not in ("seed", "evaluations", "engine")}


def _version() -> str:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    return str(project["project"]["version"])


def _source(job: Job) -> str:
    return f"MNIST, {job.samples_used} to train" if isinstance(job, MnistJob) else "one-hot, a table for each seed"
