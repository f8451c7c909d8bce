"""How the networks read a class's handwriting, beside how they read MNIST's test set."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from core.classroom.entries import Bytes, Collection, Numbers
from core.data.mnist import Mnist, normalise
from core.score import Score
from core.training.evaluate import evaluate

KEPT = 50_000  # answers; ten full classes of two networks take about 10 MB
KEPT_READINGS = 16  # whole readings; two networks of eight classes
SLICE = 1_024  # pictures in one forward pass


@dataclass(frozen=True)
class Misread:
    """A digit and what a network took it for; nearly always one that it took for another.

    Attributes:
        id: of the entry.
        label: which digit it is, as its giver says.
        answer: what the network answered.
        sure: the probability that it gave to its answer.
    """

    id: int
    label: int
    answer: int
    sure: float


@dataclass(frozen=True, eq=False)
class Reading:
    """What one network makes of a class set.

    Attributes:
        network: its key, such as "lenet5".
        ids: int64 (n,), of the entries.
        labels: int64 (n,).
        answers: int64 (n,), the digit with the largest output.
        sure: float32 (n,), that digit's probability.
    """

    network: str
    ids: Numbers
    labels: Numbers
    answers: Numbers
    sure: npt.NDArray[np.float32]

    @property
    def score(self) -> Score | None:
        """How many are read right; None when there is none to read."""
        return Score(int((self.answers == self.labels).sum()), len(self.ids)) if len(self.ids) else None

    @property
    def confusion(self) -> tuple[tuple[int, ...], ...]:
        """Counts; row = label, column = answer."""
        cells = np.bincount(self.labels * 10 + self.answers, minlength=100).reshape(10, 10)
        return tuple(tuple(int(count) for count in row) for row in cells)

    def misread(self) -> list[Misread]:
        """Return what was read wrong, the surest mistake first."""
        return self._surest(self.answers != self.labels)

    def cell(self, label: int, answer: int) -> list[Misread]:
        """Return the digits that one cell of the confusion matrix counts, the surest answer first.

        Args:
            label: the cell's row.
            answer: its column; the label itself: those that are read right.
        """
        return self._surest((self.labels == label) & (self.answers == answer))

    def _surest(self, which: npt.NDArray[np.bool_]) -> list[Misread]:
        rows = np.flatnonzero(which)
        order = rows[np.argsort(-self.sure[rows], kind="stable")]
        return [
            Misread(int(self.ids[row]), int(self.labels[row]), int(self.answers[row]), float(self.sure[row]))
            for row in order
        ]


class Readings:
    """Has class sets read by networks, every picture once: entries never change, so an answer stays.

    Safe for any number of threads; two that ask for the same at once may both compute it.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._answers: OrderedDict[tuple[str, str, int], tuple[int, float]] = OrderedDict()
        self._last: OrderedDict[tuple[str, str], tuple[Collection, Reading]] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, found: Collection, network: str, model: nn.Module) -> Reading:
        """Return what a network makes of a class set.

        Args:
            found: the class set.
            network: the model's key; another model must have another key.
            model: normalised float32 (B, 1, 28, 28) → logits (B, 10), in eval mode.
        """
        place = (found.counts.code, network)
        with self._lock:
            last = self._last.get(place)
            if last is not None and last[0] is found:  # pages that look at the same state share the collection itself
                return last[1]
        keys = [(*place, number) for number in found.ids.tolist()]
        with self._lock:
            known = {key: self._answers[key] for key in keys if key in self._answers}
        new = [row for row, key in enumerate(keys) if key not in known]
        if new:
            fresh = dict(zip((keys[row] for row in new), answer(found.images[new], model), strict=True))
            known |= fresh
            with self._lock:
                self._answers.update(fresh)
                while len(self._answers) > self._kept:
                    self._answers.popitem(last=False)
        answers = np.array([known[key][0] for key in keys], dtype=np.int64)
        sure = np.array([known[key][1] for key in keys], dtype=np.float32)
        reading = Reading(network, found.ids, found.labels, answers, sure)
        with self._lock:
            self._last[place] = (found, reading)
            while len(self._last) > KEPT_READINGS:
                self._last.popitem(last=False)
        return reading


def answer(images: Bytes, model: nn.Module) -> Iterator[tuple[int, float]]:
    """Yield a network's answer to each picture and the probability that it gives to it.

    Args:
        images: uint8 (n, 28, 28).
        model: as for Readings.read.
    """
    device = next(model.parameters()).device
    for start in range(0, len(images), SLICE):
        part = torch.from_numpy(images[start : start + SLICE].copy()).unsqueeze(1)
        with torch.inference_mode():
            sure, digits = model(normalise(part).to(device)).softmax(dim=1).max(dim=1)
        yield from zip(digits.tolist(), sure.tolist(), strict=True)


def mnist_score(model: nn.Module, data: Mnist, most: int | None = None) -> Score:
    """Return how many of MNIST's test digits a network reads right.

    Args:
        model: on the data's device.
        data: MNIST; its provenance says whether these are all test digits, never seen in training.
        most: only look at that many, the first ones; None: all.
    """
    tested = evaluate(model, data.test_images[:most], data.test_labels[:most], 10)
    return Score(tested.correct, tested.samples)


_SCORES: dict[tuple[str, str, int], Score] = {}
_SCORING = threading.Lock()


def mnist_score_once(network: str, model: nn.Module, data: Mnist) -> Score:
    """Return mnist_score of a shipped network, computed once in this process (about a second).

    Args:
        network: the model's key.
        model: with the weights that are shipped under that key.
        data: MNIST.
    """
    key = (network, data.provenance.checksum, len(data.test_labels))
    with _SCORING:  # a class that opens the page together waits for one computation
        if key not in _SCORES:
            _SCORES[key] = mnist_score(model, data)
        return _SCORES[key]


READINGS = Readings()
"""This process's."""
