"""What is kept of a run for those who look at it: its curves, its newest looks, its changes, lesson 4's moments."""

from __future__ import annotations

from core.errors import InvalidInput
from core.training.changes import Change
from core.training.checkpoints import Checkpoint
from core.training.evaluate import Evaluation
from core.training.fit import Fit, Progress
from core.training.history import Curve
from core.training.rewind import Kept, Rewind, RewindableFit
from core.training.trace import StepTrace


class Record:
    """The history of one run, bounded. Not safe between threads: the run's lock guards it."""

    def __init__(self) -> None:
        self.losses: Curve[float] = Curve()
        self.evaluations: Curve[tuple[float, float]] = Curve()
        self.train_evaluations: Curve[tuple[float, float]] = Curve()
        self.evaluation: Evaluation | None = None
        self.train_evaluation: Evaluation | None = None
        self.evaluated_at = 0
        self.progress: Progress | None = None
        self.trace: StepTrace | None = None
        self.changes: tuple[Change, ...] = ()
        self.refused: InvalidInput | None = None
        self.updates_per_epoch = 0
        self.rewind = Rewind()
        self.end: Checkpoint | None = None

    def add(self, fit: Fit, progress: Progress, trace: StepTrace | None = None) -> None:
        """Take note of a slice.

        Args:
            fit: that did it.
            progress: what came of it.
            trace: of its one update, when that was taken apart.
        """
        if self.progress is None and isinstance(fit, RewindableFit) and fit.earlier and fit.earlier.record:
            self.go_on(fit.earlier.record)
        first = progress.step - len(progress.losses) + 1
        for offset, loss in enumerate(progress.losses):
            self.losses.add(first + offset, loss)
        if progress.losses:
            self.trace = trace
        tested, trained = progress.evaluation, progress.train_evaluation
        if tested is not None:
            self.evaluation, self.train_evaluation, self.evaluated_at = tested, trained, progress.step
            self.evaluations.add(progress.step, (tested.accuracy, tested.loss))
            if trained is not None:
                self.train_evaluations.add(progress.step, (trained.accuracy, trained.loss))
        self.progress, self.changes = progress, fit.changes
        self.updates_per_epoch = fit.updates_per_epoch
        if isinstance(fit, RewindableFit):
            self.rewind.add(fit, progress)
            if progress.done and progress.step == progress.steps and not progress.diverged:
                self.end = fit.checkpoint()

    def kept(self) -> Kept:
        """Return the moments, and the end of a run that has one."""
        return Kept(self.rewind.moments(), self.end, self if self.end else None)

    def go_on(self, earlier: Record) -> None:
        """Begin with the history of the run that this one goes on from."""
        self.losses, self.evaluations = earlier.losses.copy(), earlier.evaluations.copy()
        self.train_evaluations, self.rewind = earlier.train_evaluations.copy(), earlier.rewind.copy()
        self.evaluation, self.train_evaluation = earlier.evaluation, earlier.train_evaluation
        self.evaluated_at = earlier.evaluated_at
