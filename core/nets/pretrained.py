"""The shipped weights of LeNet-5 and the MNIST DNN: read with every check, handed out frozen."""

from pathlib import Path

import torch
from torch import nn

from core.checks import checked_choice
from core.errors import InvalidInput
from core.nets.building import build
from core.nets.files import checked, remarks
from core.nets.networks import SHIPPED

WEIGHTS = Path(__file__).parent / "weights"
MAX_BYTES = 4_000_000


def pretrained(name: str, device: torch.device | str = "cpu", folder: Path | None = None) -> nn.Module:
    """Return a network with the weights that the project ships.

    Args:
        name: one of SHIPPED.
        device: where it shall compute.
        folder: where NAME.safetensors lies; the project's own weights when left out.

    Returns:
        The network in eval mode; no parameter requires a gradient. float32 (B, 1, 28, 28), normalised →
        logits float32 (B, 10).

    Raises:
        InvalidInput: an unknown name, or a file that is not exactly this network's weights.
    """
    payload = _read(name, folder)
    model = build(name)
    fill(model, payload)
    return model.eval().requires_grad_(False).to(device)


def about(name: str, folder: Path | None = None) -> dict[str, str]:
    """Return what the file says of itself: data, checksum, seed, epochs, test accuracy, recipe, versions.

    Args:
        name: one of SHIPPED.
        folder: as for pretrained.
    """
    return remarks(_read(name, folder), MAX_BYTES)


def fill(model: nn.Module, payload: bytes) -> None:
    """Copy a safetensors file into a network, if it holds that network's tensors and nothing else.

    Args:
        model: changed in place.
        payload: the file's bytes, at most 4 MB.

    Raises:
        InvalidInput: too large, not safetensors, or a key, shape, type or value that does not belong.
    """
    checked(payload, model.state_dict(), MAX_BYTES).fill(model)


def _read(name: str, folder: Path | None) -> bytes:
    checked_choice("model (={value}) is not known; choose one of {names}.", name, SHIPPED)
    path = (folder or WEIGHTS) / f"{name}.safetensors"
    if not path.is_file():
        raise InvalidInput("The weights of {name} are missing; make them with `python -m core pretrain`.", name=name)
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)
