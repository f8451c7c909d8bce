"""What was changed by hand while a run was under way, as tables that its script looks into."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.training.changes import Change, timetable
from core.training.config import TrainConfig

MOST_WEIGHTS: Final = 40
"""Weights written by hand that a script repeats; more could not be read."""


@dataclass(frozen=True)
class Hand:
    """A run's changes for its script.

    Attributes:
        sizes: epoch → batch size from that epoch on; one entry when it never changed.
        updates: in all, at the end.
        looks: an expression: after which updates the test set is looked at.
        tables: lines above the loop.
        lines: at the top of each update.
    """

    sizes: dict[int, int]
    updates: int
    looks: str
    tables: str
    lines: tuple[str, ...]


def changed(train: TrainConfig, samples: int, changes: Sequence[Change]) -> Hand:
    """Return a run's changes for its script.

    Args:
        train: hyperparameters.
        samples: in the training set.
        changes: in their order.
    """
    table = timetable(samples, train, changes)
    rates = {change.step: change.value for change in changes if change.what == "lr"}
    weights = [change for change in changes if change.what == "weight"]
    tables, lines = "", []
    if rates:
        tables += f"new_rates = {rates}  # after so many updates: learning rate, as changed by hand\n"
        lines += ["if len(losses) in new_rates:", '    optimizer.param_groups[0]["lr"] = new_rates[len(losses)]']
    if len(weights) > MOST_WEIGHTS:
        tables += "# Too many weights were written by hand to repeat them here, so that the losses are others.\n"
    elif weights:
        tables += "new_weights = {  # after so many updates: weights that were written by hand\n"
        tables += "".join(_written(weights)) + "}\n"
        lines += [
            "for name, place, value in new_weights.get(len(losses), []):",
            "    with torch.no_grad():",
            "        model.get_parameter(name)[place] = value",
        ]
    return Hand(
        sizes={part.epoch: part.batch_size for part in table.parts},
        updates=table.steps,
        looks=_looks(train, samples, changes),
        tables=tables,
        lines=tuple(lines),
    )


def _written(weights: Sequence[Change]) -> list[str]:
    """Return one line for each update at which weights were written."""
    steps: dict[int, list[str]] = {}
    for change in weights:
        # The shortest decimal that is the same float32.
        value = float(str(np.float32(change.value)))
        steps.setdefault(change.step, []).append(f'("{change.name}", {change.index}, {value})')
    return [f"    {step}: [{', '.join(entries)}],\n" for step, entries in steps.items()]


def _looks(train: TrainConfig, samples: int, changes: Sequence[Change]) -> str:
    """Return when the test set is looked at; the same spacing as core.training.fit."""
    sized = [change for change in changes if change.what == "batch_size"]
    if not sized:
        return f"{{-(-updates * k // {train.evaluations}) for k in range(1, {train.evaluations + 1})}}"
    found: set[int] = set()
    for upto in range(len(sized) + 1):  # a new batch size means other updates in all, and so another spacing
        first = sized[upto - 1].step if upto else 0
        last = sized[upto].step if upto < len(sized) else None
        steps = timetable(samples, train, sized[:upto]).steps
        due = {-(-steps * k // train.evaluations) for k in range(1, train.evaluations + 1)}
        found |= {step for step in due if first < step and (last is None or step <= last)}
    return str(sorted(found))
