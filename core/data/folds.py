"""k-fold cross-validation: every fold is the validation set once (course 1); no torch in here."""

from dataclasses import dataclass

from core.errors import InvalidInput


@dataclass(frozen=True)
class Folds:
    """Samples cut into k folds of consecutive rows.

    Args:
        samples: number of samples that are not the test set, at least 2.
        k: number of folds, 2 … samples.

    Raises:
        InvalidInput: a value breaks its rule.

    >>> Folds(10, 3).sizes
    (4, 3, 3)
    >>> Folds(10, 3).bounds(1)
    (4, 7)
    """

    samples: int
    k: int = 5

    def __post_init__(self) -> None:
        if not 2 <= self.k <= self.samples:
            raise InvalidInput(
                "folds (={k}) must be from 2 to the {samples} samples that are not for testing; try 5.",
                k=self.k,
                samples=self.samples,
            )

    @property
    def sizes(self) -> tuple[int, ...]:
        """Samples of each fold; the first ``samples % k`` have one more, as in scikit-learn's KFold."""
        each, more = divmod(self.samples, self.k)
        return tuple(each + (fold < more) for fold in range(self.k))

    def bounds(self, fold: int) -> tuple[int, int]:
        """Return the first row of a fold and the first row after it, counted from 0."""
        start = sum(self.sizes[:fold])
        return start, start + self.sizes[fold]
