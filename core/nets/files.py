"""A visitor's weights, a safetensors or .pth file, checked to the last number before a network may have them."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Final

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import nn

from core.checks import is_whole
from core.errors import InvalidInput
from core.nets.matching import matched, short
from core.nets.mlp import Mlp, MlpConfig
from core.nets.pth import is_pth, read_pth

MAX_BYTES: Final = 1_000_000
MAX_HEADER: Final = 64_000
# How a safetensors header calls the types that a network's state has; batch norm counts its batches in int64.
TYPES: Final = {"F32": torch.float32, "I64": torch.int64}


@dataclass(frozen=True)
class Weights:
    """First weights from a file, as plain bytes, so that two jobs can be compared; ``read_weights`` checks them.

    Attributes:
        payload: a safetensors file with the names of the network's own parameters.
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
        payload: the file, as for ``checked``.
        config: the network that shall have them.

    Raises:
        InvalidInput: neither a safetensors file nor a .pth of a ``state_dict``, larger than 1 MB, or a layer, type or
            value that is not this network's; another network is named if the file says what it is.
    """
    _same_network(described(payload), config)
    with torch.device("meta"):
        wanted = Mlp(config).state_dict()
    return checked(payload, wanted)


def checked(payload: bytes, wanted: dict[str, torch.Tensor], most: int = MAX_BYTES) -> Weights:
    """Check that a file holds the tensors of one network and nothing else, whatever they are called in it.

    Args:
        payload: the file: a ``state_dict`` as ``torch.save`` writes it, or a length, a JSON header and raw numbers (the
            safetensors format, section "Format").
        wanted: the network's state; only names, shapes and types are looked at.
        most: bytes that the file may have.

    Raises:
        InvalidInput: as for ``read_weights``.
    """
    payload = _with_names(payload, wanted, most)
    found = _entries(payload, most)
    for name, value in wanted.items():
        entry = found[name] if isinstance(found[name], dict) else {}
        if TYPES.get(str(entry.get("dtype"))) != value.dtype or entry.get("shape") != list(value.shape):
            raise InvalidInput(
                "{name} is {found} of type {dtype} in the weights file, but {wanted} of type {type} in this network; "
                "choose another file, or give the network the layers that the file was saved from.",
                name=name,
                found=short(entry.get("shape")),
                dtype=short(entry.get("dtype")),
                wanted=list(value.shape),
                type=next(code for code, kind in TYPES.items() if kind == value.dtype),
            )
    for name, value in _loaded(payload).items():
        if not bool(torch.isfinite(value).all()):
            raise InvalidInput("{name} holds NaN or infinite weights; train again and save again.", name=name)
        if name.endswith(("running_var", "num_batches_tracked")) and bool((value < 0).any()):
            raise InvalidInput("{name} is negative, which no variance or count is; save again.", name=name)
    return Weights(payload)


def _with_names(payload: bytes, wanted: dict[str, torch.Tensor], most: int) -> bytes:
    """Return a safetensors file with the network's own names for the tensors of a file."""
    shapes = {name: tuple(value.shape) for name, value in wanted.items()}
    if is_pth(payload):
        _check_size(payload, most)
        tensors = read_pth(payload)
        names = matched({name: tuple(value.shape) for name, value in tensors.items()}, shapes, ordered=True)
        return save(_renamed(tensors, names, shapes))
    found = _entries(payload, most)
    if found.keys() == wanted.keys():
        return bytes(payload)
    names = matched({name: _shape(entry) for name, entry in found.items()}, shapes, ordered=False)
    return save(_renamed(_loaded(payload), names, shapes), remarks(payload, most))


def _renamed(
    tensors: dict[str, torch.Tensor], names: dict[str, str], shapes: dict[str, tuple[int, ...]]
) -> dict[str, torch.Tensor]:
    if tensors.keys() == shapes.keys():  # matched by name alone: shapes are still to be checked
        return tensors
    return {own: tensors[name].reshape(shapes[own]) for own, name in names.items()}


def remarks(payload: bytes, most: int = MAX_BYTES) -> dict[str, str]:
    """Return what a file says of itself, {} if nothing, as a .pth; anybody can write anything there.

    Raises:
        InvalidInput: neither a safetensors nor a .pth file.
    """
    if is_pth(payload):
        return {}
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
    shown = "-".join(map(str, widths)) if isinstance(widths, list) else short(widths)
    if isinstance(activations, list) and activations:
        shown += ", " + " ".join(map(str, dict.fromkeys(map(str, activations))))
    return short(shown + (", batch norm" if said.get("batch_norm") else ""), 100)


def _checked_header(payload: bytes, most: int) -> dict[str, Any]:
    _check_size(payload, most)
    try:
        return header(payload)
    except ValueError as error:
        raise _no_safetensors() from error


def _check_size(payload: bytes, most: int) -> None:
    if len(payload) > most:
        raise InvalidInput(
            "The weights file has {size} bytes, more than the {limit} allowed; choose another.",
            size=len(payload),
            limit=most,
        )


def _entries(payload: bytes, most: int) -> dict[str, Any]:
    return {name: entry for name, entry in _checked_header(payload, most).items() if name != "__metadata__"}


def _shape(entry: object) -> tuple[int, ...]:
    shape = entry.get("shape") if isinstance(entry, dict) else None
    return tuple(shape) if isinstance(shape, list) and all(is_whole(size, 0) for size in shape) else ()


def _loaded(payload: bytes) -> dict[str, torch.Tensor]:
    try:
        return load(payload)
    except (SafetensorError, ValueError, KeyError, RuntimeError) as error:
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


def _no_safetensors() -> InvalidInput:
    return InvalidInput("This is neither a safetensors file nor a .pth file; choose one with a network's weights.")
