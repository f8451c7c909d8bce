"""What the tests of the scheduler share: jobs, a clock to move, and ways to wait."""

import time
from dataclasses import dataclass, replace
from typing import Any

import torch

from core.data.playground import DataConfig
from core.nets.mlp import MlpConfig
from core.runs.playground_job import PlaygroundJob
from core.training.config import TrainConfig

SHORT = TrainConfig(lr=0.2, momentum=0.9, batch_size=10, epochs=20, seed=3, evaluations=6)  # 14 · 20 = 280 updates
LONG = replace(SHORT, batch_size=1, epochs=10_000)


def one_hot_job(net, train, data_seed=0, samples=10_000):
    """A job on the course's one-hot data, split 70/30."""
    return PlaygroundJob(net, train, DataConfig(samples=samples, seed=data_seed))


def job(seed=0, train=SHORT, samples=200):
    return one_hot_job(MlpConfig(seed=seed), train, data_seed=seed, samples=samples)


@dataclass(frozen=True)
class As:
    """A job under another kind."""

    kind: str
    inner: Any

    @property
    def train(self):
        return self.inner.train

    def make(self, resume=None):
        return self.inner.make(resume)


@dataclass(frozen=True)
class Slowly:
    """A job that does one update a slice and waits a little, so that a test is there before its end."""

    inner: Any
    kind: str = "slow"
    train: Any = None

    def __post_init__(self):
        object.__setattr__(self, "train", self.train or self.inner.train)

    def make(self, resume=None):
        run = self.inner.make(resume)
        real = run.take

        def take(updates, look=False):
            time.sleep(0.004)
            return real(1, look)

        run.take = take
        return run


class Clock:
    """Stands still unless it is told to tick; a test moves ``now``."""

    def __init__(self, ticks=False):
        self.now, self.ticks, self.made = 1000.0, ticks, time.monotonic()

    def __call__(self):
        return self.now + (time.monotonic() - self.made if self.ticks else 0)


def until(condition, seconds=20.0):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.003)
    return found


def ended(scheduler, run_id):
    return until(lambda: (now := scheduler.snapshot(run_id)) and not now.state.alive and now)


def alone(job):
    """What the job does when nothing else happens: losses, looks, final weights."""
    run, losses, looks = job.make(None), [], []
    for progress in run:
        losses += progress.losses
        if progress.evaluation:
            looks.append((progress.step, progress.evaluation.accuracy, progress.evaluation.loss))
    return tuple(enumerate(losses, 1)), tuple(looks), run.model.state_dict()


def same(snapshot, wanted, looks=True):
    losses, evaluations, weights = wanted
    assert snapshot.losses == losses
    if looks:
        assert snapshot.evaluations == evaluations
    assert snapshot.weights.keys() == weights.keys()
    assert all(torch.equal(snapshot.weights[name], weights[name]) for name in weights)


def resting(scheduler, run_id):
    """The snapshot once no worker holds the run any more."""
    return until(lambda: not scheduler._runs[run_id].queued and scheduler.snapshot(run_id))


def quiet(scheduler, run_id):
    """The run's own state: a snapshot would count as a page that asks."""
    return scheduler._runs.get(run_id)
