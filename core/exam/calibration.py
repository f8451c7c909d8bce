"""The test in full: each answer with its probability, per class, the surest mistakes, and how sure is how right."""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import nn

from core.checks import checked_whole
from core.score import Score, wilson

SLICE = 1_000  # samples at a time
BINS = 10


@dataclass(frozen=True)
class Reading:
    """One test sample and its answer.

    Attributes:
        index: row of the test set.
        label: the truth.
        answer: the class of the largest output.
        sure: its probability, 0 … 1.
    """

    index: int
    label: int
    answer: int
    sure: float


@dataclass(frozen=True)
class ClassScore:
    """How one class is read.

    Attributes:
        label: the class.
        samples: of the class.
        answered: how often it was the answer.
        correct: how often it was the right answer.
    """

    label: int
    samples: int
    answered: int
    correct: int

    @property
    def recall(self) -> float | None:
        """Share of the class's samples that were answered so; None if there are none."""
        return self.correct / self.samples if self.samples else None

    @property
    def precision(self) -> float | None:
        """Share of these answers that were right; None if there was none."""
        return self.correct / self.answered if self.answered else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of both, 2·correct / (samples + answered); None if there is neither."""
        total = self.samples + self.answered
        return 2 * self.correct / total if total else None


@dataclass(frozen=True)
class Bin:
    """Answers of about the same sureness.

    Attributes:
        high: the greatest sureness of the bin, which belongs to it; the least belongs to the bin below.
        samples: how many, at least one.
        sure: their mean sureness.
        accuracy: the share of right ones.
        interval: its 95 % interval (Wilson).
    """

    high: float
    samples: int
    sure: float
    accuracy: float
    interval: tuple[float, float]


@dataclass(frozen=True)
class Calibration:
    """Whether answers that are 90 % sure are right 90 times in 100.

    Attributes:
        bins: of equal width, from 0 to 1.
        error: expected calibration error, Σ samples/n · |accuracy − sure| (Guo et al. 2017, arXiv 1706.04599, eq. 3).
        sure: mean sureness of all answers; above the accuracy the network is too sure of itself.
    """

    bins: tuple[Bin, ...]
    error: float
    sure: float


@dataclass(frozen=True, eq=False)
class Exam:
    """A network's answers to a whole test set.

    Attributes:
        probabilities: float32 (n, classes), on the CPU.
        labels: int64 (n,).
    """

    probabilities: torch.Tensor
    labels: torch.Tensor

    @property
    def samples(self) -> int:
        """How many were asked."""
        return len(self.labels)

    @property
    def classes(self) -> int:
        """How many there are to choose from."""
        return self.probabilities.shape[1]

    @cached_property
    def answers(self) -> torch.Tensor:
        """The class of the largest output, int64 (n,)."""
        return self.probabilities.argmax(dim=1)

    @cached_property
    def sure(self) -> torch.Tensor:
        """The answers' probabilities, float32 (n,)."""
        return self.probabilities.amax(dim=1)

    @cached_property
    def score(self) -> Score:
        """Right answers, with the accuracy and its 95 % interval."""
        return Score(int((self.answers == self.labels).sum()), self.samples)

    @cached_property
    def confusion(self) -> tuple[tuple[int, ...], ...]:
        """Counts; row = true class, column = answer."""
        size = self.classes
        counts = torch.bincount(self.labels * size + self.answers, minlength=size * size).reshape(size, size)
        return tuple(tuple(row) for row in counts.tolist())

    def per_class(self) -> tuple[ClassScore, ...]:
        """Return each class's samples, answers and right answers."""
        table = self.confusion
        return tuple(
            ClassScore(label, sum(table[label]), sum(row[label] for row in table), table[label][label])
            for label in range(self.classes)
        )

    def readings(self, label: int, answer: int) -> tuple[Reading, ...]:
        """Return the samples of one cell of the confusion matrix, the surest first.

        Args:
            label: the true class, its row.
            answer: its column.

        Raises:
            InvalidInput: there is no such cell.
        """
        for value in (label, answer):
            checked_whole("The class (={value}) must be one of 0 … {most}.", value, 0, self.classes - 1)
        return self._sorted((self.labels == label) & (self.answers == answer))

    def surest_mistakes(self, most: int | None = 50) -> tuple[Reading, ...]:
        """Return the wrong answers that the network was surest of, the surest first, at most so many."""
        return self._sorted(self.answers != self.labels)[:most]

    def calibration(self, bins: int = BINS) -> Calibration:
        """Return how sure the network is, and how right, in bins of sureness.

        Args:
            bins: of equal width from 0 to 1, at least 1.
        """
        sure = self.sure.double()
        right = (self.answers == self.labels).double()
        place = (sure * bins).ceil().long().clamp(1, bins) - 1  # a bin holds its upper end, as in the paper
        counts = torch.bincount(place, minlength=bins)
        sums = torch.bincount(place, weights=sure, minlength=bins)
        rights = torch.bincount(place, weights=right, minlength=bins)
        error = float((rights - sums).abs().sum() / self.samples)
        found = tuple(
            Bin(at / bins, int(count), float(total / count), float(hits / count), wilson(int(hits), int(count)))
            for at, (count, total, hits) in enumerate(zip(counts, sums, rights, strict=True), 1)
            if count
        )
        return Calibration(found, error, float(sure.mean()))

    def _sorted(self, chosen: torch.Tensor) -> tuple[Reading, ...]:
        rows = chosen.nonzero()[:, 0]
        rows = rows[self.sure[rows].sort(descending=True, stable=True).indices]
        columns = (rows, self.labels[rows], self.answers[rows], self.sure[rows])
        return tuple(Reading(*values) for values in zip(*(column.tolist() for column in columns), strict=True))


def examine(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> Exam:
    """Ask a network for every sample of a test set.

    Args:
        model: float32 (B, …) → logits float32 (B, classes), in eval mode; nothing of it is changed.
        images: float32 (n, …), n ≥ 1, on the model's device.
        labels: int64 (n,).
    """
    with torch.inference_mode():
        found = [model(images[start : start + SLICE]).softmax(dim=1).cpu() for start in range(0, len(images), SLICE)]
    return Exam(torch.cat(found).clone(), labels.cpu())
