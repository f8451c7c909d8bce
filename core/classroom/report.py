"""How the networks read a class's handwriting, beside how they read MNIST's test set."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from core.classroom.entries import Collection, Numbers
from core.data.grey import normalise
from core.data.mnist import Mnist
from core.exam.calibration import Exam, examine
from core.score import Score

KEPT = 50_000  # answers of ten numbers each; ten full classes of two networks take about 15 MB
KEPT_READINGS = 16  # whole readings; two networks of eight classes


@dataclass(frozen=True, eq=False)
class Reading(Exam):
    """What one network makes of a class set: an exam whose samples are the entries, in their order.

    Attributes:
        network: its key, such as "lenet5".
        ids: int64 (n,), of the entries.
    """

    network: str
    ids: Numbers


class Readings:
    """Has class sets read by networks, every picture once: entries never change, so an answer stays.

    Safe for any number of threads; two that ask for the same at once may both compute it.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._answers: OrderedDict[tuple[str, str, int], npt.NDArray[np.float32]] = OrderedDict()
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
        keys, labels = [(*place, number) for number in found.ids.tolist()], torch.from_numpy(found.labels.copy())
        with self._lock:
            known = {key: self._answers[key] for key in keys if key in self._answers}
        new = [row for row, key in enumerate(keys) if key not in known]
        if new:
            images = normalise(torch.from_numpy(found.images[new]).unsqueeze(1)).to(next(model.parameters()).device)
            answers = examine(model, images, labels[new]).probabilities.numpy()
            fresh = dict(zip((keys[row] for row in new), answers, strict=True))
            known |= fresh
            with self._lock:
                self._answers.update(fresh)
                while len(self._answers) > self._kept:
                    self._answers.popitem(last=False)
        probabilities = torch.tensor(np.array([known[key] for key in keys], np.float32).reshape(-1, 10))
        reading = Reading(probabilities, labels, network, found.ids)
        with self._lock:
            self._last[place] = (found, reading)
            while len(self._last) > KEPT_READINGS:
                self._last.popitem(last=False)
        return reading


def mnist_score(model: nn.Module, data: Mnist, most: int | None = None) -> Score:
    """Return how many of MNIST's test digits a network reads right.

    Args:
        model: on the data's device.
        data: MNIST; its provenance says whether these are all test digits, never seen in training.
        most: only look at that many, the first ones; None: all.
    """
    return examine(model, data.test_images[:most], data.test_labels[:most]).score


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
