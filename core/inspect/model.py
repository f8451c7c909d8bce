"""A network that is looked at: a frozen copy, taken apart into its fully connected layers."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import nn

from core.errors import InvalidInput
from core.nets.files import Weights
from core.nets.mlp import ACTIVATIONS, Mlp, MlpConfig, mlp

_NAMES = {type(build()): name for name, build in ACTIVATIONS.items()}


@dataclass(frozen=True, eq=False)
class Block:
    """One fully connected layer with what follows it.

    Attributes:
        name: of the linear layer, such as "net.0".
        linear: weight float32 (neurons, inputs) and bias float32 (neurons,).
        norm: batch normalisation of its sums, or None.
        activation: a key of ACTIVATIONS, or "" after the output layer.
        after: every module up to the next linear layer, in order.
    """

    name: str
    linear: nn.Linear
    norm: nn.BatchNorm1d | None
    activation: str
    after: tuple[nn.Module, ...]

    def sums(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return what enters the activation, float32 (n, neurons): Wx + b, normalised where there is batch norm."""
        z: torch.Tensor = self.linear(inputs)
        return z if self.norm is None else self.norm(z)

    def answers(self, sums: torch.Tensor) -> torch.Tensor:
        """Return what the next layer sees of these sums, float32 (n, neurons)."""
        for module in self.after:
            if module is not self.norm:
                sums = module(sums)
        return sums


def model_of(weights: Mapping[str, torch.Tensor], config: MlpConfig) -> Mlp:
    """Build a network with the weights of a snapshot: in eval mode, frozen, and nobody else's.

    Args:
        weights: as state_dict names them, on the CPU; copied.
        config: of the network.

    Raises:
        InvalidInput: these are another network's weights.
    """
    model = mlp(config)
    try:
        model.load_state_dict(dict(weights))
    except RuntimeError as error:
        raise InvalidInput(
            "These weights are not those of a network {widths}; look at the run that they come from.",
            widths="-".join(map(str, config.widths)),
        ) from error
    return model.eval().requires_grad_(False)


_SEEN: deque[tuple[Mapping[str, torch.Tensor], MlpConfig, Mlp]] = deque(maxlen=16)


def shared_model(weights: Mapping[str, torch.Tensor], config: MlpConfig) -> Mlp:
    """Return ``model_of`` of a snapshot's weights, built once for all pictures that are drawn of that snapshot.

    Args:
        weights: of a snapshot, which nobody changes: the same mapping is the same network.
        config: of the network.

    Returns:
        A network that others look at as well; do not change it.

    Raises:
        InvalidInput: these are another network's weights.
    """
    for seen, shape, model in tuple(_SEEN):
        if seen is weights and shape == config:
            return model
    model = model_of(weights, config)
    _SEEN.append((weights, config, model))
    return model


@lru_cache(maxsize=32)
def first_model(config: MlpConfig, start: Weights | None = None) -> Mlp:
    """Return a network with the weights that its training begins with: in eval mode and frozen.

    Args:
        config: of the network.
        start: weights from a file, instead of those that ``config`` draws.

    Returns:
        A network that others look at as well; do not change it.
    """
    model = mlp(config)
    if start is not None:
        start.fill(model)
    return model.eval().requires_grad_(False)


def blocks(model: Mlp) -> tuple[Block, ...]:
    """Take a network apart, from its first layer to its output layer."""
    found: list[Block] = []
    modules = list(model.net.named_children())
    starts = [place for place, (_name, module) in enumerate(modules) if isinstance(module, nn.Linear)]
    for start, end in zip(starts, [*starts[1:], len(modules)], strict=True):
        name, linear = modules[start]
        after = tuple(module for _name, module in modules[start + 1 : end])
        assert isinstance(linear, nn.Linear)
        norms = [module for module in after if isinstance(module, nn.BatchNorm1d)]
        kinds = [_NAMES[type(module)] for module in after if type(module) in _NAMES]
        found.append(Block(f"net.{name}", linear, norms[0] if norms else None, kinds[0] if kinds else "", after))
    return tuple(found)
