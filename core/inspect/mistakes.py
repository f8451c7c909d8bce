"""The notebook's test line and the right one, side by side (course 2.6).

``Pred[:, torch.argmax(Pred, axis=1)] = 1`` looks as if it set one entry of each row. Advanced indexing reads it
otherwise: all rows, and every column that is the largest of *any* row.
"""

from dataclasses import dataclass

import torch


@dataclass(frozen=True, eq=False)
class Marked:
    """Answers turned into zeros and ones, and whether each row equals the truth.

    Attributes:
        answers: float32 (n, classes), zeros and ones.
        right: bool (n,), whether the whole row equals the truth.
    """

    answers: torch.Tensor
    right: torch.Tensor

    @property
    def correct(self) -> int:
        """How many rows are right."""
        return int(self.right.sum())

    @property
    def accuracy(self) -> float:
        """Share of right rows, 0 … 1."""
        return self.correct / len(self.right)


def row_wise(outputs: torch.Tensor, targets: torch.Tensor) -> Marked:
    """Set the largest entry of each row to 1 and the others to 0.

    Args:
        outputs: float32 (n, classes), n ≥ 1.
        targets: float32 (n, classes), one-hot.

    >>> row_wise(torch.tensor([[2.0, 1.0], [0.0, 3.0]]), torch.eye(2)).accuracy
    1.0
    """
    answers = torch.nn.functional.one_hot(outputs.argmax(dim=1), outputs.shape[1]).to(outputs.dtype)
    return Marked(answers, (answers == targets).all(dim=1))


def column_wise(outputs: torch.Tensor, targets: torch.Tensor) -> Marked:
    """Run the notebook's lines as they stand there.

    Args:
        outputs: float32 (n, classes), n ≥ 1; n² entries are written, so a few thousand rows at most.
        targets: float32 (n, classes), one-hot.

    >>> column_wise(torch.tensor([[2.0, 1.0], [0.0, 3.0]]), torch.eye(2)).accuracy
    0.0
    """
    Pred, Y = outputs.clone(), targets
    Pred[:, torch.argmax(Pred, axis=1)] = 1  # type: ignore[call-arg]
    Pred[Pred != 1] = 0
    return Marked(Pred, (Pred == Y).all(1))
