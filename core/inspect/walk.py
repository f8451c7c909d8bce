"""One sample, forward through a network and backward with the gradients that autograd gives."""

from dataclasses import dataclass

import torch

from core.inspect.model import blocks
from core.inspect.targets import loss_of
from core.nets.mlp import Mlp


@dataclass(frozen=True, eq=False)
class Norm:
    """What batch normalisation does to a layer's sums when it is used: γ·(a − mean)/√(variance + ε) + β.

    Attributes:
        mean: float32 (neurons,), running mean of the training batches.
        variance: float32 (neurons,).
        gamma: float32 (neurons,), learned.
        beta: float32 (neurons,), learned.
        epsilon: keeps the root above 0.
    """

    mean: torch.Tensor
    variance: torch.Tensor
    gamma: torch.Tensor
    beta: torch.Tensor
    epsilon: float


@dataclass(frozen=True, eq=False)
class LayerWalk:
    """One layer on the way; every tensor is float32 and detached.

    Attributes:
        name: of the linear layer, such as "net.0".
        inputs: (inputs,), what the layer before answered.
        weight: (neurons, inputs).
        bias: (neurons,).
        linear: (neurons,), weight · inputs + bias.
        z: (neurons,), what enters the activation: ``linear``, after batch normalisation if there is any.
        norm: that normalisation, or None.
        activation: a key of ACTIVATIONS, or "" for the output layer.
        outputs: (neurons,), what the activation makes of z.
        by_outputs: (neurons,), ∂loss/∂outputs.
        by_z: (neurons,), ∂loss/∂z.
        by_weight: (neurons, inputs), ∂loss/∂weight.
        by_bias: (neurons,), ∂loss/∂bias.
    """

    name: str
    inputs: torch.Tensor
    weight: torch.Tensor
    bias: torch.Tensor
    linear: torch.Tensor
    z: torch.Tensor
    norm: Norm | None
    activation: str
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
            steps.append((at, weight, bias, linear, z, outputs))
            at = outputs
        value, truth = loss_of(at, target, loss)
        wanted = [step[place] for step in steps for place in (5, 4, 1, 2)]
        gradients = torch.autograd.grad(value, wanted)
    layers = []
    for place, (block, step) in enumerate(zip(parts, steps, strict=True)):
        at, weight, bias, linear, z, outputs = (value.detach() for value in step)
        by_outputs, by_z, by_weight, by_bias = gradients[4 * place : 4 * place + 4]
        layers.append(
            LayerWalk(
                name=block.name,
                inputs=at[0],
                weight=weight,
                bias=bias,
                linear=linear[0],
                z=z[0],
                norm=_norm(block.norm),
                activation=block.activation,
                outputs=outputs[0],
                by_outputs=by_outputs[0],
                by_z=by_z[0],
                by_weight=by_weight,
                by_bias=by_bias,
            )
        )
    return Walk(tuple(layers), truth[0].detach(), float(value.detach()))


def _norm(module: torch.nn.BatchNorm1d | None) -> Norm | None:
    if module is None or module.running_mean is None or module.running_var is None:
        return None
    return Norm(
        mean=module.running_mean.clone(),
        variance=module.running_var.clone(),
        gamma=module.weight.detach().clone(),
        beta=module.bias.detach().clone(),
        epsilon=module.eps,
    )
