"""A teacher's task: what a run has to reach, and whether it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from core.errors import InvalidInput

if TYPE_CHECKING:
    from core.runs.snapshot import Snapshot

MAX_LOSS: Final = 100
MAX_PARAMETERS: Final = 100_000
MAX_UPDATES: Final = 1_000_000


@dataclass(frozen=True)
class Verdict:
    """How a run stands before a goal; a part that is not asked for is None.

    Attributes:
        accuracy: whether the test accuracy was reached.
        loss: whether the test loss was reached.
        parameters: whether the network is small enough.
        updates: whether it was in time: False once the updates are used up without the rest.
        at: the update of the first look at the test set with which everything was reached, or None.
    """

    accuracy: bool | None
    loss: bool | None
    parameters: bool | None
    updates: bool | None
    at: int | None

    @property
    def met(self) -> bool:
        """Whether everything asked for was reached at one look."""
        return self.at is not None


@dataclass(frozen=True)
class Goal:
    """What is asked of a run; what is None is not asked for.

    Attributes:
        accuracy: test accuracy, 0 < accuracy ≤ 1, at least.
        parameters: of the network, at most.
        updates: after which it has to be reached, at most.
        loss: test loss, 0 < loss ≤ MAX_LOSS, at most.

    Raises:
        InvalidInput: a value that nobody could reach, or everybody would.
    """

    accuracy: float | None = None
    parameters: int | None = None
    updates: int | None = None
    loss: float | None = None

    def __post_init__(self) -> None:
        if self.accuracy is not None and not 0 < self.accuracy <= 1:
            raise InvalidInput(
                "A test accuracy of {percent} % cannot be asked for: it must be above 0 % and at most 100 %; try 95 %.",
                percent=f"{100 * self.accuracy:.10g}",
            )
        if self.loss is not None and not 0 < self.loss <= MAX_LOSS:
            raise InvalidInput(
                "A test loss of {value} cannot be asked for: it must be above 0 and at most {most}; try 0.1.",
                value=f"{self.loss:.10g}",
                most=MAX_LOSS,
            )
        if self.parameters is not None and not 1 <= self.parameters <= MAX_PARAMETERS:
            raise InvalidInput(
                "A limit of {count} parameters cannot be set: it must be from 1 to {most}; try 100.",
                count=self.parameters,
                most=MAX_PARAMETERS,
            )
        if self.updates is not None and not 1 <= self.updates <= MAX_UPDATES:
            raise InvalidInput(
                "A limit of {count} updates cannot be set: it must be from 1 to {most}; try 1000.",
                count=self.updates,
                most=MAX_UPDATES,
            )

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return any(value is not None for value in (self.accuracy, self.parameters, self.updates, self.loss))

    def judge(self, parameters: int, snapshot: Snapshot) -> Verdict:
        """Return which parts a run has met.

        Args:
            parameters: of its network.
            snapshot: of the run.
        """
        looks = list(snapshot.evaluations)
        tested = snapshot.evaluation
        if tested is not None:  # the newest look is always there, also where the history is thinned out
            looks.append((snapshot.evaluated_at, tested.accuracy, tested.loss))
        return self.judge_looks(parameters, snapshot.step, looks)

    def judge_looks(self, parameters: int, step: int, looks: Sequence[tuple[int, float, float]]) -> Verdict:
        """Return which parts are met.

        Args:
            parameters: of the network.
            step: updates done so far.
            looks: (update, test accuracy 0 … 1 or nan, test loss) of each look at the test set.

        >>> Goal(accuracy=0.95, updates=100).judge_looks(98, 120, [(50, 0.9, 0.3), (100, 0.96, 0.2)]).at
        100
        """
        small = self.parameters is None or parameters <= self.parameters
        intime = [look for look in looks if self.updates is None or look[0] <= self.updates]
        accurate = [self.accuracy is None or accuracy >= self.accuracy for _at, accuracy, _loss in intime]
        low = [self.loss is None or loss <= self.loss for _at, _accuracy, loss in intime]
        reached = [look[0] for look, *good in zip(intime, accurate, low, strict=True) if small and all(good)]
        at = min(reached, default=None)
        return Verdict(
            accuracy=None if self.accuracy is None else any(accurate),
            loss=None if self.loss is None else any(low),
            parameters=None if self.parameters is None else small,
            updates=None if self.updates is None else at is not None or step < self.updates,
            at=at,
        )
