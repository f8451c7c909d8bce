"""Looking at the test set (and at the training set) between updates: when, how, and whether it still pays to go on."""

import math
from collections.abc import Callable, Generator
from dataclasses import dataclass

import torch
from torch import nn

from core.data.digits import part
from core.data.problem import ClassData
from core.training import evaluate
from core.training.config import TrainConfig
from core.training.evaluate import Evaluation
from core.training.losses import targets_for


@dataclass(frozen=True)
class Look:
    """Both sets at the same weights.

    Attributes:
        test: the test set.
        train: the first samples of the training set, if they are looked at.
    """

    test: Evaluation
    train: Evaluation | None


class Looks:
    """The looks of one run.

    Args:
        model: is looked at in eval mode, and left in the mode that it was in.
        data: both sets.
        config: how often, and with how much patience.
        train_look: training samples to look at, from the first on; 0: none.
        outputs: see AutogradEngine.outputs.
    """

    def __init__(
        self,
        model: nn.Module,
        data: ClassData,
        config: TrainConfig,
        train_look: int,
        outputs: Callable[[torch.Tensor], torch.Tensor | None],
    ) -> None:
        self.model, self.data, self.config = model, data, config
        self.train_look = min(train_look, len(data.train_labels))
        self.best = math.inf  # lowest test loss of the looks that were due
        self.worse = 0  # of them in a row that were not lower
        self._outputs = outputs
        self._test_targets = targets_for(config.loss, data.test_labels, data.classes)
        self._train_inputs, self._train_labels = (
            part(data.train_inputs, slice(self.train_look)),
            data.train_labels[: self.train_look],
        )
        self._train_targets = targets_for(config.loss, self._train_labels, data.classes)
        self._under_way: Generator[None, None, Look] | None = None

    @property
    def under_way(self) -> bool:
        """Whether a look was begun and not finished."""
        return self._under_way is not None

    @property
    def patience_is_over(self) -> bool:
        """Whether early stopping ends the run: as many looks as its patience brought no lower test loss."""
        return 0 < self.config.patience <= self.worse

    def next_due(self, step: int, steps: int) -> int:
        """Return the first update after ``step`` at which a look is due; the last of ``steps`` updates is one."""
        looks = self.config.evaluations  # more than there are updates: one after each
        done = step * looks // steps
        return -(-(done + 1) * steps // looks)  # rounded up

    def begin(self) -> None:
        """Begin a look that is due."""
        self._under_way = self._look()

    def go_on(self) -> Look | None:
        """Do a slice of the look under way; return it when it is finished."""
        assert self._under_way is not None
        try:
            next(self._under_way)
        except StopIteration as stop:
            self._under_way = None
            look: Look = stop.value
            self._judge(look.test.loss)
            return look
        return None

    def at_once(self) -> Look:
        """Finish the look under way, or make one that was not due and does not count for early stopping."""
        while self._under_way is not None:
            if (look := self.go_on()) is not None:
                return look
        return evaluate.at_one_go(self._look())

    def _judge(self, loss: float) -> None:
        if loss < self.best:
            self.best, self.worse = loss, 0
        else:
            self.worse += 1

    def _look(self) -> Generator[None, None, Look]:
        model, data, loss = self.model, self.data, self.config.loss
        test = yield from evaluate.evaluate_in_slices(
            model, data.test_inputs, data.test_labels, data.classes, loss, self._test_targets, self._outputs
        )
        if not self.train_look:
            return Look(test, None)
        if data.test_inputs.numel() + self._train_inputs.numel() > evaluate.SLICE_VALUES:
            yield
        train = yield from evaluate.evaluate_in_slices(
            model,
            self._train_inputs,
            self._train_labels,
            data.classes,
            loss,
            self._train_targets,
            self._outputs,
        )
        return Look(test, train)
