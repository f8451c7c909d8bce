"""One digit on its way through a network, with some maps hidden."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

import torch
from torch import nn

from core.inspect.seen import Seen
from core.inspect_cnn.ablation import without
from core.inspect_cnn.layers import layer_table
from core.inspect_cnn.maps import look_inside
from core.nets.lenet import LeNet5

NAMES: Final = {"in": "In", "c1": "C1", "s2": "S2", "c3": "C3", "s4": "S4", "c5": "C5", "f6": "F6", "out": "Out"}
Hidden = Mapping[str, Sequence[int]]
_SEEN: Final[Seen[dict[str, torch.Tensor]]] = Seen(16)


def answers(model: nn.Module, image: torch.Tensor) -> dict[str, torch.Tensor]:
    """Return what each layer hands on, after its activation.

    Args:
        model: a LeNet or the MNIST DNN.
        image: float32 (1, 1, 28, 28).

    Returns:
        "in", then "c1" … "out", or "h1" … "out": float32 (maps, rows, columns) or (neurons,).
    """

    def look() -> dict[str, torch.Tensor]:
        framed = model.framed(image) if isinstance(model, LeNet5) else image
        return {"in": framed[0]} | look_inside(model, image)

    return _SEEN.find((model, image), look)


def had(network: str, hidden: Hidden) -> dict[str, tuple[int, ...]]:
    """Return what of it a network has: a link may name any layer, and hides for one network what another has not.

    Args:
        network: one of core.nets.networks.DIGITS.
        hidden: layer → maps, from 0.
    """
    sizes = _sizes(network)
    found = {layer: tuple(at for at in maps if at < sizes.get(layer, 0)) for layer, maps in hidden.items()}
    return {layer: maps for layer, maps in found.items() if maps}


def silenced(model: nn.Module, network: str, hidden: Hidden) -> nn.Module:
    """Return a copy of a network in which some maps are 0 after their activation; what it has not is left out.

    Args:
        model: in eval mode; left as it is.
        network: one of core.nets.networks.DIGITS.
        hidden: layer → maps, from 0.
    """
    for layer, maps in had(network, hidden).items():
        model = without(model, layer, maps)
    return model


@cache
def _sizes(network: str) -> dict[str, int]:
    return {row.name: row.output[0] for row in layer_table(network) if row.name not in ("in", "out")}


def title(name: str) -> str:
    """Return what a layer is called on the screen."""
    return NAMES.get(name, name.upper())
