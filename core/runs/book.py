"""The book of runs: every run of the DNN playground that has ended is a row, kept for its owner's later visits.

The scheduler writes it; pages read it, name rows and strike them out. An owner is a cookie, so rows survive a reload.
Everything is bounded, and nothing here refers to weights or to a live run.
"""

from __future__ import annotations

import hashlib
import math
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime
from typing import Final, TypeVar

from core.data.number_table import NumberTable
from core.errors import InvalidInput
from core.nets.files import Weights
from core.runs.job import Dataclass
from core.runs.playground_job import PlaygroundJob
from core.runs.snapshot import Snapshot, State
from core.training.changes import Change, timetable

MAX_ENTRIES: Final = 40  # of one owner
MAX_OWNERS: Final = 500
MAX_IN_ALL: Final = 2000  # some 150 MB of curves at the very most
MAX_POINTS: Final = 200  # of one curve
MAX_NAME: Final = 40
KEPT: Final = (State.FINISHED, State.STOPPED, State.DIVERGED)

T = TypeVar("T")
Look = tuple[int, float, float]


@dataclass(frozen=True)
class Entry:
    """A run that has ended.

    Attributes:
        id: names the row; tells nothing about the run's id.
        number: counts the owner's rows from 1; never given twice.
        name: what its owner calls it; empty at first.
        settings: (name, value) of everything that was set, see plain_settings.
        job: the frozen job; None when it carried a visitor's file.
        state: "finished", "early" (finished by early stopping), "stopped" or "diverged".
        seconds: of computing.
        step: updates done.
        epoch: passes over the training set, fractional.
        updates_per_epoch: at the batch size in the end.
        loss: of the last update; may be nan or infinite after a divergence.
        train_accuracy: share of right answers in the last look, None for a regression or without a look.
        test_accuracy: the same of the test set.
        train_loss: mean loss over the training set in the last look, None without one.
        test_loss: mean loss over the test set in the last look, None without one.
        losses: (update, loss of that update), at most MAX_POINTS.
        evaluations: (update, accuracy on the test set, mean test loss), at most MAX_POINTS.
        train_evaluations: the same of the training set.
        changes: what was changed by hand while it ran.
        started_at: UTC.
        ended_at: UTC.
    """

    id: str
    number: int
    name: str
    settings: tuple[tuple[str, Plain], ...]
    job: PlaygroundJob | None
    state: str
    seconds: float
    step: int
    epoch: float
    updates_per_epoch: int
    loss: float | None
    train_accuracy: float | None
    test_accuracy: float | None
    train_loss: float | None
    test_loss: float | None
    losses: tuple[tuple[int, float], ...]
    evaluations: tuple[Look, ...]
    train_evaluations: tuple[Look, ...]
    changes: tuple[Change, ...]
    started_at: datetime | None
    ended_at: datetime


def epochs_at(entry: Entry) -> Callable[[int], float]:
    """Return a function from an update of a run to the epochs done after it, at the batch sizes that it had."""
    if entry.job is not None and any(change.what == "batch_size" for change in entry.changes):
        return timetable(entry.job.data.train_size, entry.job.train, entry.changes).epoch
    return lambda step: step * entry.epoch / entry.step


class Book:
    """Rows of many owners; every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owners: OrderedDict[str, list[Entry]] = OrderedDict()  # the one that was heard of last comes last
        self._numbers: dict[str, int] = {}
        self._count = 0

    def write(self, snapshot: Snapshot, owner: str) -> None:
        """Add a row for a run that has ended; does nothing for other lessons' runs and for those without an update."""
        job = snapshot.job
        if not isinstance(job, PlaygroundJob) or snapshot.step < 1 or snapshot.state not in KEPT:
            return
        with self._lock:
            entries = self._owners.setdefault(owner, [])
            self._owners.move_to_end(owner)
            number = self._numbers[owner] = self._numbers.get(owner, 0) + 1
            entries.append(_entry(snapshot, job, number))
            self._count += 1
            while len(entries) > MAX_ENTRIES:
                self._drop_oldest(owner)
            while len(self._owners) > MAX_OWNERS:
                self._forget(next(iter(self._owners)))
            while self._count > MAX_IN_ALL:
                self._drop_oldest(next(iter(self._owners)))

    def entries(self, owner: str) -> tuple[Entry, ...]:
        """Return an owner's rows, the newest first."""
        with self._lock:
            if owner in self._owners:
                self._owners.move_to_end(owner)
            return tuple(reversed(self._owners.get(owner, ())))

    def rename(self, owner: str, id: str, name: str) -> None:
        """Name a row; one that is gone is left alone.

        Raises:
            InvalidInput: the name is too long or not printable.
        """
        name = name.strip()
        if len(name) > MAX_NAME or not name.isprintable():
            raise InvalidInput(
                "The name “{name}” has {length} characters; write at most {most} that can be printed.",
                name=name[:MAX_NAME] if name.isprintable() else "…",
                length=len(name),
                most=MAX_NAME,
            )
        with self._lock:
            entries = self._owners.get(owner, [])
            for place, entry in enumerate(entries):
                if entry.id == id:
                    entries[place] = replace(entry, name=name)

    def delete(self, owner: str, id: str) -> None:
        """Strike out a row; one that is gone already stays gone."""
        with self._lock:
            entries = self._owners.get(owner, [])
            kept = [entry for entry in entries if entry.id != id]
            self._count -= len(entries) - len(kept)
            entries[:] = kept

    def _drop_oldest(self, owner: str) -> None:
        entries = self._owners[owner]
        if entries:
            del entries[0]
            self._count -= 1
        if not entries:
            self._forget(owner)

    def _forget(self, owner: str) -> None:
        self._count -= len(self._owners.pop(owner))
        self._numbers.pop(owner, None)


def _entry(snapshot: Snapshot, job: PlaygroundJob, number: int) -> Entry:
    tested, trained = snapshot.evaluation, snapshot.train_evaluation
    return Entry(
        id=hashlib.sha256(snapshot.run_id.encode()).hexdigest()[:16],
        number=number,
        name="",
        settings=tuple(plain_settings(job).items()),
        job=job if job.start is None and job.data.table is None else None,  # forty files would fill the memory
        state="early" if snapshot.early else snapshot.state.value,
        seconds=snapshot.seconds,
        step=snapshot.step,
        epoch=snapshot.epoch,
        updates_per_epoch=snapshot.updates_per_epoch,
        loss=snapshot.losses[-1][1] if snapshot.losses else None,
        train_accuracy=None if trained is None else _number(trained.accuracy),
        test_accuracy=None if tested is None else _number(tested.accuracy),
        train_loss=None if trained is None else trained.loss,
        test_loss=None if tested is None else tested.loss,
        losses=_thinned(snapshot.losses),
        evaluations=_thinned(snapshot.evaluations),
        train_evaluations=_thinned(snapshot.train_evaluations),
        changes=snapshot.changes,
        started_at=snapshot.started_at,
        ended_at=datetime.now(UTC),
    )


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value


def _thinned(points: tuple[T, ...]) -> tuple[T, ...]:
    """Return at most MAX_POINTS of them, evenly picked, the first and the last among them."""
    if len(points) <= MAX_POINTS:
        return points
    last = len(points) - 1
    return tuple(points[round(place * last / (MAX_POINTS - 1))] for place in range(MAX_POINTS))


BOOK: Final = Book()
"""The one book of this process."""


Plain = str | int | float | bool


def plain_settings(job: Dataclass) -> dict[str, Plain]:
    """Return every setting of a frozen job, or of a part of one.

    Args:
        job: a dataclass; what does not count when jobs are compared is left out, a visitor's file becomes its digest.

    Returns:
        Names such as "train.lr"; tuples of numbers as "3-5-3", of texts as "x1,x2"; what is None as "".

    >>> from core.training.config import TrainConfig
    >>> plain_settings(TrainConfig(lr=0.5))["lr"]
    0.5
    """
    found: dict[str, Plain] = {}
    for field in fields(job):
        if not field.compare:
            continue
        value = getattr(job, field.name)
        if isinstance(value, Weights | NumberTable):
            found[field.name] = value.digest
        elif is_dataclass(value) and not isinstance(value, type):
            found |= {f"{field.name}.{name}": inner for name, inner in plain_settings(value).items()}
        else:
            found[field.name] = _plain(value)
    return found


def _plain(value: object) -> Plain:
    if isinstance(value, str | int | float):
        return value
    if isinstance(value, tuple | list):
        return ("," if any(isinstance(item, str) for item in value) else "-").join(map(str, value))
    return "" if value is None else str(value)
