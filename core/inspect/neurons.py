"""What every neuron of a network answers, which are dead, alike, or out of the gradient's reach."""

import itertools
import math
from collections.abc import Iterator

import torch

from core.inspect.model import Block, blocks
from core.inspect.targets import loss_of
from core.nets.mlp import Mlp

ALIKE = 1e-6  # relative: sums of the same numbers in another order differ by less


@torch.no_grad()
def responses(model: Mlp, points: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Return what every neuron answers at every point.

    Args:
        model: in eval mode.
        points: float32 (n, inputs), what the first layer sees.

    Returns:
        One float32 (neurons, n) per layer, from the first to the output layer; after the activation.
    """
    return tuple(answers.T for _block, answers in _layers(model, points))


@torch.no_grad()
def dead(model: Mlp, inputs: torch.Tensor) -> tuple[tuple[bool, ...], ...]:
    """Return which ReLUs answer 0 for every one of these samples: no gradient reaches their weights any more.

    One in the first layer stays so, as the samples never change (momentum that is left, or a penalty, can still move
    it); a later one can come back when a layer before it changes, which it does as long as a gradient gets there.
    A neuron that answers NaN is broken, not dead.

    Args:
        model: in eval mode.
        inputs: float32 (n, inputs), n ≥ 1; the training set.

    Returns:
        One flag per neuron, for each layer in order; always False where the activation is not ReLU.
    """
    return tuple(
        tuple((answers <= 0).all(dim=0).tolist()) if block.activation == "relu" else (False,) * answers.shape[1]
        for block, answers in _layers(model, inputs)
    )


def _layers(model: Mlp, values: torch.Tensor) -> Iterator[tuple[Block, torch.Tensor]]:
    """Yield each layer with what its neurons answer."""
    for block in blocks(model):
        values = block.answers(block.sums(values))
        yield block, values


def gradients(model: Mlp, inputs: torch.Tensor, targets: torch.Tensor, loss: str) -> tuple[torch.Tensor, ...]:
    """Return the gradient of the mean loss by every weight; neither the network nor its own gradients change.

    Args:
        model: in eval mode.
        inputs: float32 (n, inputs), n ≥ 1.
        targets: int64 (n,) or float32 (n, outputs).
        loss: a key of LOSSES.

    Returns:
        One float32 (neurons, inputs) per layer, ∂loss/∂weight.
    """
    parts = blocks(model)
    with torch.enable_grad():
        weights = [block.linear.weight.detach().requires_grad_() for block in parts]
        at = inputs
        for block, weight in zip(parts, weights, strict=True):
            at = torch.nn.functional.linear(at, weight, block.linear.bias.detach())
            at = block.answers(at if block.norm is None else block.norm(at))
        return torch.autograd.grad(loss_of(at, targets, loss)[0], weights)


@torch.no_grad()
def broken(model: Mlp) -> tuple[bool, ...]:
    """Return for each layer whether one of its weights or biases is NaN or infinite."""
    return tuple(
        not all(bool(value.isfinite().all()) for value in (block.linear.weight, block.linear.bias))
        for block in blocks(model)
    )


@torch.no_grad()
def symmetric(model: Mlp) -> tuple[tuple[tuple[int, ...], ...], ...]:
    """Return which neurons of each hidden layer are the same neuron several times.

    Two neurons are the same when their incoming weights and bias are equal, and their outgoing weights, too: then
    their gradients are equal as well, and they stay the same for ever. Equal weights, such as zeros, do that.

    What is NaN is like nothing else.

    Returns:
        For each hidden layer, groups of two or more neurons, by index; none where all differ.
    """
    parts = blocks(model)
    found = []
    for block, following in itertools.pairwise(parts):
        incoming = torch.cat([block.linear.weight, block.linear.bias[:, None]], dim=1)
        described = torch.cat([incoming, following.linear.weight.T], dim=1)
        # one row for each neuron, its group named by the first that is the same
        apart = torch.cdist(described, described, p=math.inf)
        size = described.abs().amax(dim=1)
        # by the size of the two: a number of a third one, say 1e6 put in by hand, makes no others alike
        same = apart <= ALIKE * torch.maximum(size[:, None], size[None, :])
        same |= torch.eye(len(same), dtype=torch.bool)
        first = same.to(torch.uint8).argmax(dim=1).tolist()
        groups = [tuple(neuron for neuron, name in enumerate(first) if name == one) for one in sorted(set(first))]
        found.append(tuple(group for group in groups if len(group) > 1))
    return tuple(found)
