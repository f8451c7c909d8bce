"""The shipped weights of LeNet-5 and the MNIST DNN: read with every check, handed out frozen."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from torch import nn

from core.errors import InvalidInput
from core.nets.lenet import lenet5
from core.nets.mlp import mnist_dnn

WEIGHTS = Path(__file__).parent / "weights"
MODELS: dict[str, Callable[[int], nn.Module]] = {"lenet5": lenet5, "mnist-dnn": mnist_dnn}
MAX_BYTES, MAX_HEADER_BYTES = 4_000_000, 64_000


def pretrained(name: str, device: torch.device | str = "cpu", folder: Path | None = None) -> nn.Module:
    """Return a network with the weights that the project ships.

    Args:
        name: a key of MODELS.
        device: where it shall compute.
        folder: where NAME.safetensors lies; the project's own weights when left out.

    Returns:
        The network in eval mode; no parameter requires a gradient. float32 (B, 1, 28, 28), normalised →
        logits float32 (B, 10).

    Raises:
        InvalidInput: an unknown name, or a file that is not exactly this network's weights.
    """
    payload = _read(name, folder)
    model = MODELS[name](0)
    fill(model, payload)
    return model.eval().requires_grad_(False).to(device)


def about(name: str, folder: Path | None = None) -> dict[str, str]:
    """Return what the file says of itself: data, checksum, seed, epochs, test accuracy, recipe, versions.

    Args:
        name: a key of MODELS.
        folder: as for pretrained.
    """
    payload = _read(name, folder)
    return {str(key): str(value) for key, value in _header(payload).get("__metadata__", {}).items()}


def fill(model: nn.Module, payload: bytes) -> None:
    """Copy a safetensors file into a network, if it holds that network's tensors and nothing else.

    Args:
        model: changed in place.
        payload: the file's bytes.

    Raises:
        InvalidInput: too large, not safetensors, or a key, shape, type or value that does not belong.
    """
    if len(payload) > MAX_BYTES:
        raise InvalidInput(
            "The weights file has {size} bytes, more than the {limit} allowed; choose another.",
            size=len(payload),
            limit=MAX_BYTES,
        )
    _header(payload)
    try:
        tensors = load(payload)
    except (SafetensorError, ValueError, KeyError) as error:
        raise InvalidInput("This is not a safetensors file; choose one with a network's weights.") from error
    wanted = model.state_dict()
    if set(tensors) != set(wanted):
        odd = sorted(set(tensors) ^ set(wanted))[0]
        raise InvalidInput(
            "The weights file does not fit this network: {name} is missing or not wanted; choose another.", name=odd
        )
    for name, tensor in tensors.items():
        if tensor.dtype != torch.float32 or tensor.shape != wanted[name].shape:
            raise InvalidInput(
                "{name} is {found} of type {dtype} in the weights file, but {wanted} of float32 in this network.",
                name=name,
                found=tuple(tensor.shape),
                dtype=str(tensor.dtype).removeprefix("torch."),
                wanted=tuple(wanted[name].shape),
            )
        if not bool(torch.isfinite(tensor).all()):
            raise InvalidInput("{name} holds NaN or infinite weights; train again and save again.", name=name)
    model.load_state_dict(tensors)


def _read(name: str, folder: Path | None) -> bytes:
    if name not in MODELS:
        raise InvalidInput("model (={name}) is not known; choose one of {names}.", name=name, names=", ".join(MODELS))
    path = (folder or WEIGHTS) / f"{name}.safetensors"
    if not path.is_file():
        raise InvalidInput("The weights of {name} are missing; make them with `python -m core pretrain`.", name=name)
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _header(payload: bytes) -> dict[str, dict[str, object]]:
    """Read the header: 8 bytes little-endian length, then JSON (the safetensors format, section "Format")."""
    length = int.from_bytes(payload[:8], "little")
    try:
        if length > MAX_HEADER_BYTES:
            raise ValueError(length)
        header: dict[str, dict[str, object]] = json.loads(payload[8 : 8 + length])
        if not isinstance(header, dict):
            raise ValueError(type(header))
    except ValueError as error:
        raise InvalidInput("This is not a safetensors file; choose one with a network's weights.") from error
    return header
