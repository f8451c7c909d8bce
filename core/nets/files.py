"""A visitor's weights: a safetensors file, checked to the last number before a network may have it; never a pickle."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load
from torch import nn

from core.errors import InvalidInput
from core.nets.mlp import Mlp, MlpConfig

MAX_BYTES: Final = 1_000_000
MAX_HEADER: Final = 64_000
# How a safetensors header calls the types that a network's state has; batch norm counts its batches in int64.
TYPES: Final = {"F32": torch.float32, "I64": torch.int64}
# The first bytes of what torch.save writes: a zip archive, or a bare pickle (as of PyTorch before 1.6). A safetensors
# file whose header has 640 bytes begins like a pickle too, but six zeros follow, and no pickle goes on like that.
ZIP: Final = b"PK\x03\x04"
PICKLES: Final = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")


@dataclass(frozen=True)
class Weights:
    """First weights from a file, as plain bytes, so that two jobs can be compared; ``read_weights`` checks them.

    Attributes:
        payload: a safetensors file.
    """

    payload: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        """Tells files apart in a table or a script."""
        return hashlib.sha256(self.payload).hexdigest()[:16]

    def tensors(self) -> dict[str, torch.Tensor]:
        """Return copies of the tensors, by parameter name."""
        return {name: value.clone() for name, value in load(self.payload).items()}

    def fill(self, model: nn.Module) -> None:
        """Copy the weights into a network of the very shape that they were checked for."""
        model.load_state_dict(self.tensors())


def read_weights(payload: bytes, config: MlpConfig) -> Weights:
    """Check a file's bytes and return them as the weights of a network.

    Args:
        payload: the file: a length, a JSON header and raw numbers (the safetensors format, section "Format").
        config: the network that shall have them.

    Raises:
        InvalidInput: a pickle, no safetensors file, larger than 1 MB, or a header, name, shape, type or value that is
            not this network's; another network is named if the file says what it is.
    """
    _same_network(described(payload), config)
    return checked(payload, _state(config))


def checked(payload: bytes, wanted: dict[str, torch.Tensor], most: int = MAX_BYTES) -> Weights:
    """Check that a file holds the tensors of one network and nothing else.

    Args:
        payload: the file.
        wanted: the network's state; only names, shapes and types are looked at.
        most: bytes that the file may have.

    Raises:
        InvalidInput: as for ``read_weights``.
    """
    entries = _checked_header(payload, most)
    found = {name: entry for name, entry in entries.items() if name != "__metadata__"}
    if found.keys() != wanted.keys():
        raise InvalidInput(
            "The weights file does not fit this network: {name} is missing or not wanted; choose another file, or "
            "give the network the layers that the file was saved from.",
            name=_shown(min(found.keys() ^ wanted.keys())),
        )
    for name, value in wanted.items():
        entry = found[name] if isinstance(found[name], dict) else {}
        if TYPES.get(str(entry.get("dtype"))) != value.dtype or entry.get("shape") != list(value.shape):
            raise InvalidInput(
                "{name} is {found} of type {dtype} in the weights file, but {wanted} of type {type} in this network; "
                "choose another file, or give the network the layers that the file was saved from.",
                name=name,
                found=_shown(entry.get("shape")),
                dtype=_shown(entry.get("dtype")),
                wanted=list(value.shape),
                type=next(code for code, kind in TYPES.items() if kind == value.dtype),
            )
    weights = Weights(bytes(payload))
    try:
        tensors = weights.tensors()
    except (SafetensorError, ValueError, KeyError, RuntimeError) as error:
        raise _no_safetensors() from error
    for name, value in tensors.items():
        if not bool(torch.isfinite(value).all()):
            raise InvalidInput("{name} holds NaN or infinite weights; train again and save again.", name=name)
        if name.endswith(("running_var", "num_batches_tracked")) and bool((value < 0).any()):
            raise InvalidInput("{name} is negative, which no variance or count is; save again.", name=name)
    return weights


def remarks(payload: bytes, most: int = MAX_BYTES) -> dict[str, str]:
    """Return what a file says of itself, {} if nothing; anybody can write anything there.

    Raises:
        InvalidInput: no safetensors file.
    """
    about = _checked_header(payload, most).get("__metadata__")
    if not isinstance(about, dict):
        return {}
    return {name: value for name, value in about.items() if isinstance(value, str)}


def described(payload: bytes, most: int = MAX_BYTES) -> dict[str, Any]:
    """Return what a file of this app says of its network: "widths", "activations", "batch_norm"; {} if nothing.

    Raises:
        InvalidInput: no safetensors file.
    """
    text = remarks(payload, most).get("network", "{}")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def describe(config: MlpConfig) -> dict[str, Any]:
    """Return what a file says of its network, so that a wrong one can be named."""
    return {
        "widths": list(config.widths),
        "activations": list(config.hidden_activations),
        "batch_norm": config.batch_norm,
    }


def _same_network(said: dict[str, Any], config: MlpConfig) -> None:
    own = describe(config)
    if said and said != own:
        raise InvalidInput(
            "The file holds the weights of another network ({found}), and this one is {wanted}; set the controls to "
            "the file's network, or choose another file.",
            found=_named(said),
            wanted=_named(own),
        )


def _named(said: dict[str, Any]) -> str:
    widths, activations = said.get("widths"), said.get("activations")
    shown = "-".join(map(str, widths)) if isinstance(widths, list) else _shown(widths)
    if isinstance(activations, list) and activations:
        shown += ", " + " ".join(map(str, dict.fromkeys(map(str, activations))))
    return _shown(shown + (", batch norm" if said.get("batch_norm") else ""), 100)


def _checked_header(payload: bytes, most: int) -> dict[str, Any]:
    if payload.startswith(ZIP) or (payload.startswith(PICKLES) and any(payload[2:8])):
        raise InvalidInput(
            "This is a .pth file, a pickle: loading one runs whatever code is in it. Save the weights with "
            "safetensors.torch.save_file(net.state_dict(), 'weights.safetensors') and choose that file."
        )
    if len(payload) > most:
        raise InvalidInput(
            "The weights file has {size} bytes, more than the {limit} allowed; choose another.",
            size=len(payload),
            limit=most,
        )
    try:
        return header(payload)
    except ValueError as error:
        raise _no_safetensors() from error


def header(payload: bytes, most: int = MAX_HEADER) -> dict[str, Any]:
    """Read a safetensors file's header: its length in 8 bytes, little-endian, then JSON (the format, section "Format").

    Args:
        payload: the file.
        most: bytes that the header may have.

    Raises:
        ValueError: there is no such header.
    """
    length = header_bytes(payload)
    if len(payload) < 8 or length > min(most, len(payload) - 8):
        raise ValueError(length)
    try:
        found = json.loads(payload[8 : 8 + length])
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(found, dict):
        raise ValueError(type(found).__name__)
    return found


def header_bytes(payload: bytes) -> int:
    """Return how many bytes of header a safetensors file announces."""
    return int.from_bytes(payload[:8], "little")


def _state(config: MlpConfig) -> dict[str, torch.Tensor]:
    with torch.device("meta"):
        return Mlp(config).state_dict()


def _no_safetensors() -> InvalidInput:
    return InvalidInput("This is not a safetensors file; choose one with a network's weights.")


def _shown(value: object, most: int = 40) -> str:
    """Return a stranger's text short and printable."""
    text = "".join(letter if letter.isprintable() else "?" for letter in str(value)[: most + 1])
    return text if len(text) <= most else text[:most] + "…"
