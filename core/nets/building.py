"""A network of the registry as a torch module: with its first weights, or as a shape without any."""

from torch import nn

from core.nets.initialisation import built
from core.nets.lenet import LeNet5
from core.nets.mlp import Mlp
from core.nets.networks import NETWORKS, Variant


def shape_only(name: str) -> nn.Module:
    """Return a network whose weights nobody has drawn with care; for the meta device, or to be filled from a file.

    Args:
        name: a key of core.nets.networks.NETWORKS.
    """
    shape = NETWORKS[name].shape
    return LeNet5(name) if isinstance(shape, Variant) else Mlp(shape)


def build(name: str, seed: int = 0) -> nn.Module:
    """Return a network on the CPU with PyTorch's default initialisation, from a local generator.

    Args:
        name: a key of core.nets.networks.NETWORKS.
        seed: of the first weights.

    Raises:
        InvalidInput: the seed is out of range.
    """
    return built(lambda: shape_only(name), seed)
