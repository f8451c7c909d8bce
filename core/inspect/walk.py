"""One sample, forward through a network and backward with the gradients that autograd gives."""

import itertools
from dataclasses import dataclass

import torch

from core.inspect.model import Block, blocks
from core.inspect.targets import loss_of
from core.nets.mlp import Mlp


@dataclass(frozen=True, eq=False)
class LayerWalk:
    """One layer on the way; every tensor is float32 and detached.

    Attributes:
        block: the layer, with its weights, its batch normalisation and its activation.
        inputs: (inputs,), what the layer before answered.
        linear: (neurons,), weight · inputs + bias.
        z: (neurons,), what enters the activation: ``linear``, after batch normalisation if there is any.
        outputs: (neurons,), what the activation makes of z.
        by_outputs: (neurons,), ∂loss/∂outputs.
        by_z: (neurons,), ∂loss/∂z.
        by_weight: (neurons, inputs), ∂loss/∂weight.
        by_bias: (neurons,), ∂loss/∂bias.
    """

    block: Block
    inputs: torch.Tensor
    linear: torch.Tensor
    z: torch.Tensor
    outputs: torch.Tensor
    by_outputs: torch.Tensor
    by_z: torch.Tensor
    by_weight: torch.Tensor
    by_bias: torch.Tensor


@dataclass(frozen=True, eq=False)
class Walk:
    """A sample's way through a network.

    Attributes:
        layers: from the first to the output layer.
        target: float32 (outputs,): the truth, one-hot for a classification.
        loss: of this one sample.
    """

    layers: tuple[LayerWalk, ...]
    target: torch.Tensor
    loss: float

    @property
    def outputs(self) -> torch.Tensor:
        """What the network answers, float32 (outputs,)."""
        return self.layers[-1].outputs


def walk(model: Mlp, x: torch.Tensor, target: torch.Tensor, loss: str) -> Walk:
    """Send one sample through a network and its loss back; neither the network nor its gradients change.

    The network is used as it is tested: nothing is dropped out, batch normalisation uses its running numbers.

    Args:
        model: in eval mode.
        x: float32 (1, inputs), what the first layer sees.
        target: int64 (1,), a class, or float32 (1, outputs), a regression's truth.
        loss: a key of LOSSES.
    """
    parts = blocks(model)
    steps: list[tuple[torch.Tensor, ...]] = []
    with torch.enable_grad():
        at = x
        for block in parts:
            weight = block.linear.weight.detach().clone().requires_grad_()
            bias = block.linear.bias.detach().clone().requires_grad_()
            linear = torch.nn.functional.linear(at, weight, bias)
            z = linear if block.norm is None else block.norm(linear)
            outputs = block.answers(z)
            steps.append((at, linear, z, outputs, weight, bias))
            at = outputs
        value, truth = loss_of(at, target, loss)
        wanted = [each for _at, linear, z, outputs, weight, bias in steps for each in (outputs, z, weight, bias)]
        gradients = iter(torch.autograd.grad(value, wanted))
    layers = []
    for block, step in zip(parts, steps, strict=True):
        inputs, linear, z, outputs = (each[0].detach() for each in step[:4])
        by_outputs, by_z, by_weight, by_bias = itertools.islice(gradients, 4)
        layers.append(LayerWalk(block, inputs, linear, z, outputs, by_outputs[0], by_z[0], by_weight, by_bias))
    return Walk(tuple(layers), truth[0].detach(), float(value.detach()))
