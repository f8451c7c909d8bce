"""Checkpoints in safetensors: tensors and plain JSON, never a pickle."""

import json
import math
import re
from dataclasses import asdict, dataclass, field
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from core.checks import is_whole
from core.errors import InvalidInput
from core.nets.files import header, header_bytes
from core.training.changes import MAX_CHANGES, Change
from core.training.config import TrainConfig

VERSION = "1"
MAX_HEADER = 64 * 1024  # bytes of JSON; ours need about 5 kB, and 100 bytes a change
MAX_BYTES = 16 * 1024 * 1024  # the MNIST DNN with Adam's memory is 7 MB

_PLACE = re.compile(r"(?P<name>[\w.]+)\[(?P<index>[0-9]+(, [0-9]+)*)\]")


@dataclass(frozen=True)
class Checkpoint:
    """A run, frozen between two updates.

    Attributes:
        config: the run's hyperparameters.
        step: updates done.
        seconds: time spent so far.
        tensors: model, optimiser and batch order on the CPU, named as Engine.state names them.
        numbers: whole numbers beside them.
        changes: what was changed by hand, in order.
        masks: state of dropout's generator; stays in this process (a file's would have to be trusted, and torch does
            not check one well enough), and without it the masks so far are drawn again.

    Raises:
        InvalidInput: step, seconds or a number is not one, or the changes are not in order.
    """

    config: TrainConfig
    step: int
    seconds: float
    tensors: dict[str, torch.Tensor]
    numbers: dict[str, int]
    changes: tuple[Change, ...] = ()
    masks: torch.Tensor | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not all(is_whole(value, 0) for value in (self.step, *self.numbers.values())):
            raise unfit("a whole number")
        if not isinstance(self.seconds, int | float) or not 0 <= self.seconds < math.inf:
            raise unfit("the seconds")
        steps = [0, *(change.step for change in self.changes), self.step]
        if steps != sorted(steps) or len(self.changes) > MAX_CHANGES:
            raise unfit("the changes")

    def weights(self) -> dict[str, torch.Tensor]:
        """Return the network's state by its own names; the very tensors."""
        return {name.removeprefix("model."): value for name, value in self.tensors.items() if name.startswith("model.")}

    def to_bytes(self) -> bytes:
        """Return the checkpoint as a safetensors file."""
        about = {
            "config": asdict(self.config),
            "step": self.step,
            "seconds": self.seconds,
            "numbers": self.numbers,
            "changes": [(change.step, change.what, change.place, change.value) for change in self.changes],
        }
        tensors = {name: value.contiguous() for name, value in self.tensors.items()}
        return save(tensors, metadata={"chalknet": json.dumps(about), "version": VERSION})


def from_bytes(payload: bytes) -> Checkpoint:
    """Read what to_bytes wrote.

    Raises:
        InvalidInput: too large, not a safetensors file, or not one of ours.
    """
    if len(payload) > MAX_BYTES or header_bytes(payload) > MAX_HEADER:
        raise InvalidInput(
            "This file is too large for a checkpoint ({size} bytes; at most {most}, of which {header} are its header); "
            "choose a .safetensors file that this app saved.",
            size=len(payload),
            most=MAX_BYTES,
            header=MAX_HEADER,
        )
    try:
        about = header(payload, MAX_HEADER)["__metadata__"]
        tensors = load(payload)
        if about["version"] != VERSION:
            raise InvalidInput(
                "This checkpoint has version {found}, this app reads {wanted}; train again and save again.",
                found=about["version"],
                wanted=VERSION,
            )
        if not all(bool(value.isfinite().all()) for value in tensors.values()):
            raise unfit("a value that is not finite")
        run = json.loads(about["chalknet"])
        changes = tuple(_change(*change) for change in run.get("changes", ()))
        return Checkpoint(TrainConfig(**run["config"]), run["step"], run["seconds"], tensors, run["numbers"], changes)
    except (SafetensorError, LookupError, AttributeError, TypeError, ValueError, RuntimeError) as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput(
            "This is not a checkpoint of this app ({why}); choose a .safetensors file that it saved.",
            why=type(error).__name__,
        ) from error


def _change(step: Any, what: Any, place: Any, value: Any) -> Change:
    """Return a change as a file has it: with the place of a weight as text, see Change.place."""
    found = _PLACE.fullmatch(place)
    if (found is not None) != (what == "weight"):
        raise unfit("the changes")
    if found is None:
        return Change(step, what, value)
    return Change(step, what, value, found["name"], tuple(map(int, found["index"].split(", "))))


def unfit(what: str) -> InvalidInput:
    """Return the error for a checkpoint that is well formed but not this run's."""
    return InvalidInput(
        "This checkpoint does not fit this training ({what}); choose the one that was saved from it, or start anew.",
        what=what,
    )
