"""Weights of LeNet-5, its variants and the MNIST DNN, read with every check from whatever class they were saved."""

from collections.abc import Mapping

import torch
from torch import nn

from core.errors import InvalidInput
from core.nets.building import shape_only
from core.nets.files import Weights, checked, described
from core.nets.initialisation import undrawn
from core.nets.networks import DIGITS, NETWORKS, checked_network


def read_digit_weights(payload: bytes, network: str) -> Weights:
    """Check a file's bytes and return them as the weights of a network.

    Args:
        payload: a safetensors file or the .pth of a ``state_dict``, of at most 1 MB, 4 MB for the DNN.
        network: one of core.nets.networks.DIGITS.

    Raises:
        InvalidInput: an unknown network, a file of another kind, too large, or a layer, type or value that is not this
            network's; another network is named if the file says what it is.
    """
    checked_network(network)
    said = network_of(payload)
    if said is not None and said != network:
        raise InvalidInput(
            "The file holds the weights of {found}, and this network is {wanted}; choose that network, or another "
            "file.",
            found=said,
            wanted=network,
        )
    with torch.device("meta"):
        wanted = shape_only(network).state_dict()
    return checked(payload, wanted, NETWORKS[network].file_bytes)


def network_of(payload: bytes) -> str | None:
    """Return the network that a file says it belongs to, None if it says nothing known.

    Raises:
        InvalidInput: neither a safetensors nor a .pth file, or too large for any network.
    """
    most = max(NETWORKS[name].file_bytes for name in DIGITS)
    said = described(payload, most).get("name")
    return said if isinstance(said, str) and said in DIGITS else None


def model_of(weights: Mapping[str, torch.Tensor], network: str) -> nn.Module:
    """Return a network of its own with some weights, in eval mode, on the CPU; no parameter requires a gradient.

    Args:
        weights: by parameter name, as a snapshot, a moment of a rewind or ``Weights.tensors()`` has them; copied.
        network: one of core.nets.networks.DIGITS.
    """
    model = undrawn(lambda: shape_only(network))
    model.load_state_dict(dict(weights))
    return model.eval().requires_grad_(False)
