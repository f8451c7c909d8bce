"""What may be changed while a run is under way, and the record of it."""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import nn

from core.checks import checked_choice, checked_number, is_whole
from core.data.timetable import Timetable
from core.errors import InvalidInput
from core.training.config import TrainConfig, checked_batch, checked_rate
from core.training.schedules import next_rate

KINDS = ("lr", "batch_size", "weight")
MAX_CHANGES = 300  # a checkpoint's header has to hold them
MAX_WEIGHT = 1e6


@dataclass(frozen=True)
class Change:
    """Something that was changed by hand.

    Attributes:
        step: updates done before.
        what: "lr" (from the next update on), "batch_size" (from the next epoch on) or "weight" (at once).
        value: the new one; of a weight, as float32 holds it.
        name: of the parameter that a weight is in, e.g. "net.0.weight"; empty for the others.
        index: its place there, one number for each axis.

    Raises:
        InvalidInput: step, what or value cannot be.
    """

    step: int
    what: str
    value: float
    name: str = ""
    index: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not is_whole(self.step, 0):
            raise InvalidInput("A change after {step} updates cannot be; choose another checkpoint.", step=self.step)
        checked_choice("{value} cannot be changed while a run is under way; choose one of {names}.", self.what, KINDS)
        if self.what == "lr":
            checked_rate(self.value)
        elif self.what == "batch_size":
            checked_batch(self.value)
        else:
            checked_weight(self.value)

    @property
    def place(self) -> str:
        """Which number of which parameter, as it is written, e.g. "net.0.weight[2, 1]"; empty for the others."""
        return f"{self.name}[{', '.join(map(str, self.index))}]" if self.name else ""

    @property
    def subject(self) -> tuple[int, str, str, tuple[int, ...]]:
        """What was changed, and when: of two changes with one subject only the later one counts."""
        return self.step, self.what, self.name, self.index


def checked_weight(value: float) -> float:
    """Return a weight, or say what it may be.

    Raises:
        InvalidInput: not a number, or too large.
    """
    return checked_number(
        "A weight (={value}) must be a number from −{most:.0f} to {most:.0f}; try 0.", value, -MAX_WEIGHT, MAX_WEIGHT
    )


def parameter(model: nn.Module, name: str, index: tuple[int, ...]) -> nn.Parameter:
    """Return a parameter of a model, after checking that it has that number.

    Args:
        model: any.
        name: as in named_parameters.
        index: one number for each axis of its shape.

    Raises:
        InvalidInput: there is no such parameter, or no such place in it.
    """
    found = dict(model.named_parameters()).get(name) if isinstance(name, str) else None
    if found is None:
        raise InvalidInput("The network has no parameter {name}; choose one of its table.", name=name)
    fits = isinstance(index, tuple) and len(index) == found.ndim
    if not fits or not all(is_whole(at, 0, size - 1) for at, size in zip(index, found.shape, strict=True)):
        raise InvalidInput(
            "{name} has the shape {shape}, so that there is no place {index} in it; count from 0.",
            name=name,
            shape=tuple(found.shape),
            index=index,
        )
    return found


def write(model: nn.Module, name: str, index: tuple[int, ...], value: float) -> float:
    """Set one number of one parameter, and return what float32 made of it."""
    place = parameter(model, name, index)
    with torch.no_grad():
        place[index] = checked_weight(value)
        return float(place[index])


def added(changes: tuple[Change, ...], change: Change) -> tuple[Change, ...]:
    """Return the record with one more change; an earlier one of the same thing at the same update is replaced.

    Raises:
        InvalidInput: there are too many.
    """
    kept = tuple(old for old in changes if old.subject != change.subject)
    if len(kept) >= MAX_CHANGES:
        raise InvalidInput(
            "{count} changes were made to this run, and no more are kept; start another one to go on.", count=len(kept)
        )
    return (*kept, change)


def timetable(samples: int, config: TrainConfig, changes: Iterable[Change] = ()) -> Timetable:
    """Return a run's timetable with the batch sizes that were changed.

    Raises:
        InvalidInput: a change that could not have been made.
    """
    table = Timetable(samples, config.batch_size, config.epochs)
    for change in changes:
        if change.what == "batch_size":
            table.change(change.step, int(change.value))
    return table


def rate(table: Timetable, config: TrainConfig, changes: Iterable[Change], step: int) -> float:
    """Return the learning rate of the update after ``step`` updates: schedule and changes in their order.

    Args:
        table: of the run, with its changes.
        config: of the run.
        changes: in their order.
        step: updates done.
    """
    given = [change for change in changes if change.what == "lr"]
    lr, at = config.lr, 0
    for epoch in range(1, min(table.epochs_done(step), config.epochs - 1) + 1):
        at = table.end_of(at + 1)
        while given and given[0].step < at:
            lr = given.pop(0).value
        lr = next_rate(config.schedule, lr, epoch, config.epochs)
    return given[-1].value if given else lr
