"""Checkpoints in safetensors: tensors and plain JSON, never a pickle."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from core.errors import InvalidInput
from core.training.config import TrainConfig

VERSION = "1"


@dataclass(frozen=True)
class Checkpoint:
    """A run, frozen between two updates.

    Attributes:
        config: the run's hyperparameters.
        step: updates done.
        seconds: time spent so far.
        tensors: model, optimiser and batch order on the CPU, named as Engine.state names them.
        numbers: whole numbers beside them.
    """

    config: TrainConfig
    step: int
    seconds: float
    tensors: dict[str, torch.Tensor]
    numbers: dict[str, int]

    def to_bytes(self) -> bytes:
        """Return the checkpoint as a safetensors file."""
        about = {"config": asdict(self.config), "step": self.step, "seconds": self.seconds, "numbers": self.numbers}
        tensors = {name: value.contiguous() for name, value in self.tensors.items()}
        return save(tensors, metadata={"chalknet": json.dumps(about), "version": VERSION})


def from_bytes(payload: bytes) -> Checkpoint:
    """Read what to_bytes wrote.

    Raises:
        InvalidInput: not a safetensors file, or not one of ours.
    """
    try:
        # The header: 8 bytes little-endian length, then JSON (the safetensors format, section "Format").
        length = int.from_bytes(payload[:8], "little")
        about = json.loads(payload[8 : 8 + length])["__metadata__"]
        tensors = load(payload)
        if about["version"] != VERSION:
            raise InvalidInput(
                "This checkpoint has version {found}, this app reads {wanted}; train again and save again.",
                found=about["version"],
                wanted=VERSION,
            )
        run = json.loads(about["chalknet"])
        return Checkpoint(TrainConfig(**run["config"]), run["step"], run["seconds"], tensors, run["numbers"])
    except (SafetensorError, KeyError, TypeError, ValueError, UnicodeDecodeError) as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput(
            "This is not a checkpoint of this app ({why}); choose a .safetensors file that it saved.",
            why=type(error).__name__,
        ) from error
