"""Weights of LeNet-5, its variants and the MNIST DNN as safetensors files, read with every check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import torch
from torch import nn

from core.errors import InvalidInput
from core.nets.files import MAX_BYTES, Weights, checked, described
from core.nets.lenet import VARIANTS, LeNet5
from core.nets.mlp import MNIST_DNN_WIDTHS, Mlp

DNN: Final = "mnist-dnn"
MAX_DNN_BYTES: Final = 4_000_000
NETWORKS: Final[dict[str, Callable[[], nn.Module]]] = {
    **{name: partial(LeNet5, name) for name in VARIANTS},
    DNN: partial(Mlp, MNIST_DNN_WIDTHS),
}
"""Name → a network without weights worth having."""


def read_digit_weights(payload: bytes, network: str) -> Weights:
    """Check a file's bytes and return them as the weights of a network.

    Args:
        payload: a safetensors file of at most 1 MB, 4 MB for the DNN.
        network: a key of NETWORKS.

    Raises:
        InvalidInput: an unknown network, a pickle, no safetensors file, too large, or a header, name, shape, type or
            value that is not this network's; another network is named if the file says what it is.
    """
    if network not in tuple(NETWORKS):
        raise InvalidInput(
            "The network (={name}) is not known; choose one of {names}.", name=network, names=", ".join(NETWORKS)
        )
    most = MAX_DNN_BYTES if network == DNN else MAX_BYTES
    said = network_of(payload)
    if said is not None and said != network:
        raise InvalidInput(
            "The file holds the weights of {found}, and this network is {wanted}; choose that network, or another "
            "file.",
            found=said,
            wanted=network,
        )
    with torch.device("meta"):
        wanted = NETWORKS[network]().state_dict()
    return checked(payload, wanted, most)


def network_of(payload: bytes) -> str | None:
    """Return the network that a file says it belongs to, None if it says nothing known.

    Raises:
        InvalidInput: no safetensors file, or too large for any network.
    """
    said = described(payload, MAX_DNN_BYTES).get("name")
    return said if isinstance(said, str) and said in NETWORKS else None


def model_of(weights: Mapping[str, torch.Tensor], network: str) -> nn.Module:
    """Return a network of its own with some weights, in eval mode, on the CPU; no parameter requires a gradient.

    Args:
        weights: by parameter name, as a snapshot, a moment of a rewind or ``Weights.tensors()`` has them; copied.
        network: a key of NETWORKS.
    """
    with torch.device("meta"):
        model = NETWORKS[network]()
    model = model.to_empty(device="cpu")
    model.load_state_dict(dict(weights))
    return model.eval().requires_grad_(False)
