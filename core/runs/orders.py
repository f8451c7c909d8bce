"""What an owner may change in a run that is under way: checked at once, carried out by the worker between updates."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from core.runs.job import Job, alike_but_tuned, retuned
from core.training.changes import Change, checked_weight, parameter
from core.training.config import checked_batch, checked_rate
from core.training.fit import Fit

MAX_WAITING = 64  # of one run, which no worker has taken up yet


@dataclass(frozen=True)
class Retune:
    """Another learning rate, at once, or another batch size, from the next epoch; None: as it is.

    Raises:
        InvalidInput: a value that no run can have.
    """

    touches_weights: ClassVar[bool] = False
    lr: float | None = None
    batch_size: int | None = None

    def __post_init__(self) -> None:
        if self.lr is not None:
            checked_rate(self.lr)
        if self.batch_size is not None:
            checked_batch(self.batch_size)

    def check(self, job: Job, fit: Fit | None) -> None:
        """Check that the job may have these settings: its budget, and what its network needs of a batch.

        Raises:
            InvalidInput: it may not, and why.
        """
        retuned(job, self.lr, self.batch_size)

    def carry_out(self, fit: Fit) -> None:
        """Do it; called by the worker that holds the run."""
        fit.change(lr=self.lr, batch_size=self.batch_size)


@dataclass(frozen=True)
class EditWeight:
    """One number of one parameter, written by hand.

    Raises:
        InvalidInput: not a number that a weight may be.
    """

    touches_weights: ClassVar[bool] = True
    name: str
    index: tuple[int, ...]
    value: float

    def __post_init__(self) -> None:
        checked_weight(self.value)

    def check(self, job: Job, fit: Fit | None) -> None:
        """Check that the network has that number; before it is made the worker will.

        Raises:
            InvalidInput: it has none.
        """
        if fit is not None:
            parameter(fit.model, self.name, self.index)

    def carry_out(self, fit: Fit) -> None:
        """Do it; called by the worker that holds the run."""
        fit.edit(self.name, self.index, self.value)


Order = Retune | EditWeight


def could_take_over(begun: Job, wanted: Job, changes: Iterable[Change]) -> dict[str, Any] | None:
    """Return what ``Scheduler.change`` must be told so that a run does what another job would from now on.

    Args:
        begun: the job that the run was started with.
        wanted: the job that the controls describe.
        changes: that were made to the run since.

    Returns:
        Learning rate and batch size where they differ from those in force; None when more than these differ.
    """
    if not alike_but_tuned(begun, wanted):
        return None
    force: dict[str, float] = {"lr": begun.train.lr, "batch_size": begun.train.batch_size}
    force |= {change.what: change.value for change in changes if change.what in force}
    asked = {"lr": wanted.train.lr, "batch_size": wanted.train.batch_size}
    return {name: value for name, value in asked.items() if value != force[name]}
