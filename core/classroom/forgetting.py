"""What a network in training still knows of MNIST, looked at from outside while it learns something else."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic

import torch

from core.classroom.report import mnist_score
from core.data.mnist import Mnist
from core.nets.digit_files import model_of
from core.nets.pretrained import pretrained
from core.score import Score

SAMPLE = 1_000  # test digits of a look on the way: 40 ms of one core
EVERY_S = 1.0


@dataclass
class _Run:
    """What was seen of one run: (update, accuracy on the sample), and the last full look."""

    points: list[tuple[int, float]] = field(default_factory=list)
    looked_at: float = float("-inf")
    full: tuple[int, Score] | None = None


class Forgetting:
    """Accuracy on MNIST's test digits along runs, shared by all pages that watch them.

    Args:
        clock: seconds; a test may pass its own.
        runs: how many are remembered.
        points: how many looks of one run are kept; beyond that every second one goes.
    """

    def __init__(self, clock: Callable[[], float] = monotonic, runs: int = 64, points: int = 200) -> None:
        self._clock, self._most_runs, self._most_points = clock, runs, points
        self._runs: OrderedDict[str, _Run] = OrderedDict()
        self._lock = threading.Lock()

    def look(self, run_id: str, update: int, weights: Mapping[str, torch.Tensor], digits: Mnist) -> None:
        """Have LeNet-5 with these weights read MNIST's first 1 000 test digits, at most once a second a run.

        The shipped network, from which every run starts, is looked at first.

        Args:
            run_id: whose weights these are.
            update: when they were so.
            weights: of a snapshot.
            digits: MNIST.
        """
        with self._lock:
            run = self._run(run_id)
            now = self._clock()
            if now - run.looked_at < EVERY_S or (run.points and run.points[-1][0] >= update):
                return
            run.looked_at = now
            start = not run.points and update > 0
        before = (
            mnist_score(pretrained("lenet5", digits.test_images.device), digits, SAMPLE).accuracy if start else None
        )
        share = mnist_score(model_of(weights, "lenet5").to(digits.test_images.device), digits, SAMPLE).accuracy
        with self._lock:
            if before is not None:
                run.points.append((0, before))
            run.points.append((update, share))
            run.points.sort()
            if len(run.points) > self._most_points:
                # The first and the last stay.
                run.points = [point for place, point in enumerate(run.points[:-1]) if place % 2 == 0] + run.points[-1:]

    def points(self, run_id: str) -> tuple[tuple[int, float], ...]:
        """Return (update, accuracy on the first 1 000 test digits) of every look at a run."""
        with self._lock:
            run = self._runs.get(run_id)
            return tuple(run.points) if run else ()

    def in_full(self, run_id: str, update: int, weights: Mapping[str, torch.Tensor], digits: Mnist) -> Score:
        """Return how many of all of MNIST's test digits LeNet-5 reads with these weights; computed once an update."""
        with self._lock:
            run = self._run(run_id)
            if run.full is not None and run.full[0] == update:
                return run.full[1]
        score = mnist_score(model_of(weights, "lenet5").to(digits.test_images.device), digits)
        with self._lock:
            run.full = (update, score)
        return score

    def _run(self, run_id: str) -> _Run:
        run = self._runs.setdefault(run_id, _Run())
        self._runs.move_to_end(run_id)
        while len(self._runs) > self._most_runs:
            self._runs.popitem(last=False)
        return run


FORGETTING = Forgetting()
"""This process's."""
