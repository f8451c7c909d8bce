"""A network without non-linear activations is one linear layer: compose its layers and see (course 1)."""

from dataclasses import dataclass

import torch

from core.errors import InvalidInput
from core.inspect.model import blocks
from core.nets.mlp import Mlp


@dataclass(frozen=True, eq=False)
class Folded:
    """The one layer y = A·x + b that does what all layers did.

    Attributes:
        matrix: float32 (outputs, inputs).
        bias: float32 (outputs,).
        layers: how many were folded.
        difference: largest |A·x + b − network(x)| on the samples; rounding only.
        samples: how many were compared.
    """

    matrix: torch.Tensor
    bias: torch.Tensor
    layers: int
    difference: float
    samples: int


@torch.no_grad()
def fold(model: Mlp, samples: torch.Tensor) -> Folded:
    """Fold a network whose activations are all the identity into one layer.

    W₂(W₁x + b₁) + b₂ = (W₂W₁)x + (W₂b₁ + b₂), again and again; batch normalisation, as it is tested, is a factor and a
    summand of each neuron. In float64, so that what remains is the network's own rounding.

    Args:
        model: in eval mode.
        samples: float32 (n, inputs), n ≥ 1, on which both are compared.

    Raises:
        InvalidInput: a layer has an activation that bends.
    """
    parts = blocks(model)
    matrix = torch.eye(parts[0].linear.in_features, dtype=torch.float64)
    bias = torch.zeros(parts[0].linear.in_features, dtype=torch.float64)
    for number, block in enumerate(parts, 1):
        if block.activation not in ("", "identity"):
            raise InvalidInput(
                "Layer {number} has the activation {activation}, which bends; only layers without activation "
                "(identity) fold into one matrix: choose it for every hidden layer.",
                number=number,
                activation=block.activation,
            )
        weight, shift = block.linear.weight.double(), block.linear.bias.double()
        matrix, bias = weight @ matrix, weight @ bias + shift
        norm = block.norm
        if norm is not None and norm.running_mean is not None and norm.running_var is not None:
            factor = norm.weight.double() / (norm.running_var.double() + norm.eps).sqrt()
            matrix = factor[:, None] * matrix
            bias = factor * (bias - norm.running_mean.double()) + norm.bias.double()
    folded, shifted = matrix.float(), bias.float()
    difference = (samples @ folded.T + shifted - model(samples)).abs().max()
    return Folded(folded, shifted, len(parts), float(difference), len(samples))
