"""A run's record as a page sees it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from core.runs.history import Record
from core.runs.snapshot import Snapshot


@dataclass(frozen=True)
class Shown:
    """The weights that a page may draw.

    Attributes:
        weights: on the CPU, by parameter name; never written to.
        step: updates done.
        copy: counts the copies of one run; negative: of a kept moment.
        parameters: (name, requires_grad, device) of each parameter of the live model.
    """

    weights: Mapping[str, torch.Tensor] = field(default_factory=dict)
    step: int = 0
    copy: int = 0
    parameters: tuple[tuple[str, bool, str], ...] = ()


def portrait(record: Record, shown: Shown, **life: Any) -> Snapshot:
    """Return a snapshot.

    Args:
        record: what was computed.
        shown: the weights.
        life: the fields of Snapshot that are not of these two.
    """
    progress = record.progress
    return Snapshot(
        step=progress.step if progress else 0,
        steps=progress.steps if progress else 0,
        epoch=progress.epoch if progress else 0.0,
        losses=record.losses.points(),
        evaluations=tuple((at, *values) for at, values in record.evaluations.points()),
        evaluation=record.evaluation,
        evaluated_at=record.evaluated_at,
        seconds=progress.seconds if progress else 0.0,
        not_learning=progress.not_learning if progress else False,
        weights=shown.weights,
        weights_at=shown.step,
        weights_copy=shown.copy,
        parameters=shown.parameters,
        train_evaluations=tuple((at, *values) for at, values in record.train_evaluations.points()),
        train_evaluation=record.train_evaluation,
        lr=progress.lr if progress else math.nan,
        changes=record.changes,
        trace=record.trace,
        early=progress.early if progress else False,
        updates_per_epoch=record.updates_per_epoch,
        refused=record.refused,
        engine=progress.engine if progress else None,
        kept=record.kept(),
        **life,
    )
