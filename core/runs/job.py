"""What is submitted to the scheduler."""

import hashlib
from dataclasses import Field, fields, is_dataclass, replace
from typing import Any, ClassVar, Protocol, TypeVar

import torch

from core.training.checkpoints import Checkpoint
from core.training.compiled import cache
from core.training.config import TrainConfig
from core.training.fit import Fit


class Dataclass(Protocol):
    """Any instance of a dataclass."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


class Job(Dataclass, Protocol):
    """A training, described: a frozen dataclass that is checked when it is made. Equal ones compute the same bits."""

    @property
    def kind(self) -> str:
        """Which lesson it belongs to; an owner has one living run of each kind."""

    @property
    def train(self) -> TrainConfig:
        """Hyperparameters."""

    def make(self, resume: Checkpoint | None = None) -> Fit:
        """Build network and data and return the training, from its start or from a checkpoint; on a worker thread."""


J = TypeVar("J", bound=Job)


def retuned(job: J, lr: float | None, batch_size: int | None) -> J:
    """Return the job with another learning rate or batch size, checked as every job is; None: as it is.

    Raises:
        InvalidInput: it may not have them: the budget, or what its network needs of a batch.
    """
    lr = job.train.lr if lr is None else lr
    batch_size = job.train.batch_size if batch_size is None else batch_size
    return replace(job, train=replace(job.train, lr=lr, batch_size=batch_size))


def alike_but_tuned(one: Job, other: Job) -> bool:
    """Return whether two jobs are equal, learning rate and batch size aside."""
    return type(one) is type(other) and _rest(one) == _rest(other)


def _rest(job: Job) -> list[object]:
    others = [getattr(job, field.name) for field in fields(job) if field.compare and field.name != "train"]
    return [replace(job.train, lr=1.0, batch_size=0), *others]


def fingerprint(job: Job) -> str | None:
    """Return what is equal for jobs that compute the same bits in this process, None for one that is nobody else's.

    A job that others may have, too, says with ``data_digest`` what its data is, as far as its settings do not.
    """
    data = getattr(job, "data_digest", None)
    if data is None:
        return None
    said = (_value(job), data, cache.machine() is not None, torch.__version__)
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _value(thing: object) -> object:
    """Return a setting as plain values in a fixed order: what counts when jobs are compared, a file as its digest."""
    if is_dataclass(thing):
        named = ((field.name, _value(getattr(thing, field.name))) for field in fields(thing) if field.compare)
        return (type(thing).__name__, *named)
    if isinstance(thing, bytes):
        return hashlib.sha256(thing).hexdigest()
    if isinstance(thing, tuple):
        return tuple(map(_value, thing))
    return int(thing) if isinstance(thing, float) and thing.is_integer() else thing
