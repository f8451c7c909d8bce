"""Which training digits a network finds most like a sketch: the nearest in the space of LeNet-5's F6 (84 numbers)."""

import threading
from dataclasses import dataclass
from typing import Final

import torch

from core.data.mnist import Mnist
from core.nets.lenet import LeNet5

CHUNK: Final = 500  # images at a time, some 20 ms: a stroke that comes meanwhile is soon answered
FEATURES: Final = 84


@dataclass(frozen=True)
class Neighbour:
    """A training digit.

    Attributes:
        row: in MNIST's training set.
        label: which digit it is.
        distance: Euclidean, between both digits' 84 features.
    """

    row: int
    label: int
    distance: float


def f6(model: LeNet5, images: torch.Tensor) -> torch.Tensor:
    """Return what F6 answers after its activation: the last layer before the ten outputs.

    Args:
        model: in eval mode.
        images: float32 (B, 1, 28, 28), normalised.

    Returns:
        float32 (B, 84).
    """
    with torch.inference_mode():
        values = model.framed(images)
        for name, layer in model.net.named_children():
            if name == "out":
                break
            values = layer(values)
        return values


def nearest(features: torch.Tensor, labels: torch.Tensor, wanted: torch.Tensor, count: int) -> list[Neighbour]:
    """Return the rows whose features are nearest, the nearest first.

    Args:
        features: (N, 84), of any float type.
        labels: int64 (N,).
        wanted: float32 (84,).
        count: how many.
    """
    parts = torch.split(features, 8192)
    distances = torch.cat([(part.float() - wanted).square().sum(dim=1) for part in parts]).sqrt()
    found = distances.topk(min(count, len(distances)), largest=False)
    return [
        Neighbour(int(row), int(labels[row]), float(distance))
        for row, distance in zip(found.indices, found.values, strict=True)
    ]


class Neighbourhood:
    """The features of all training digits: computed once, on a thread of its own, 10 MB as float16."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: str | None = None  # checksum of the data
        self._features = torch.empty(0, FEATURES, dtype=torch.float16)
        self._done = 0

    def share(self, model: LeNet5, digits: Mnist) -> float:
        """Return how much is computed, 0 to 1, and start if nobody has; never waits.

        Args:
            model: the shipped LeNet-5, on the device of the digits.
            digits: MNIST.
        """
        with self._lock:
            if self._of != digits.provenance.checksum:
                self._of, self._done = digits.provenance.checksum, 0
                features = torch.empty(len(digits.train_labels), FEATURES, dtype=torch.float16)
                self._features = features
                # No daemon: torn down in the middle of torch, the process would crash. It looks out for the end itself.
                threading.Thread(target=self._work, args=(model, digits, features), name="neighbours").start()
            return self._done / max(1, len(self._features))

    def nearest(self, model: LeNet5, digits: Mnist, image: torch.Tensor, count: int) -> list[Neighbour]:
        """Return the training digits nearest to a picture; none until all features are computed.

        Args:
            model: as for share.
            digits: as for share.
            image: float32 (1, 1, 28, 28), normalised.
            count: how many.
        """
        if self.share(model, digits) < 1:
            return []
        wanted = f6(model, image.to(next(model.parameters()).device))[0].cpu()
        return nearest(self._features, digits.train_labels.cpu(), wanted, count)

    def _work(self, model: LeNet5, digits: Mnist, features: torch.Tensor) -> None:
        for start in range(0, len(features), CHUNK):
            if self._features is not features or not threading.main_thread().is_alive():
                return  # other data since, or the process ends
            part = f6(model, digits.train_images[start : start + CHUNK]).cpu()
            features[start : start + CHUNK] = part.to(torch.float16)
            self._done = start + len(part)


NEIGHBOURHOOD: Final = Neighbourhood()
"""The one of this process."""
