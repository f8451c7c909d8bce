"""Fully connected networks: the course's 3-5-5-5-3 and its MNIST DNN are two settings of one class."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from core.data.synthetic import checked_seed
from core.errors import InvalidInput
from core.nets.initialisation import checked_initialisation, empty, initialise

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "gelu": nn.GELU,
    "identity": nn.Identity,
}
MAX_LAYERS, MAX_WIDTH, MAX_PARAMETERS = 16, 4096, 2_000_000


@dataclass(frozen=True)
class MlpConfig:
    """Widths from input to output, with one activation after each hidden layer and nothing after the output.

    Attributes:
        widths: neurons per layer, input first; at least input and output.
        activation: a key of ACTIVATIONS.
        initialisation: a key of core.nets.initialisation.INITIALISATIONS.
        seed: of the first weights.

    Raises:
        InvalidInput: a width, the depth, the activation, the initialisation, the number of parameters or the seed
            is out of range.
    """

    widths: tuple[int, ...] = (3, 5, 5, 5, 3)
    activation: str = "relu"
    initialisation: str = "default"
    seed: int = 0

    def __post_init__(self) -> None:
        if not 2 <= len(self.widths) <= MAX_LAYERS:
            raise InvalidInput(
                "widths (={widths}) must name 2 to {most} layers, input and output included; remove or add some.",
                widths="-".join(map(str, self.widths)),
                most=MAX_LAYERS,
            )
        for index, width in enumerate(self.widths):
            if isinstance(width, bool) or not isinstance(width, int) or not 1 <= width <= MAX_WIDTH:
                raise InvalidInput(
                    "layer {index} has {width} neurons; a layer has 1 to {most}: try 5.",
                    index=index,
                    width=width,
                    most=MAX_WIDTH,
                )
        if self.activation not in tuple(ACTIVATIONS):
            raise InvalidInput(
                "activation (={name}) is not known; choose one of {names}.",
                name=self.activation,
                names=", ".join(ACTIVATIONS),
            )
        checked_initialisation(self.initialisation)
        checked_seed(self.seed)
        if self.parameters > MAX_PARAMETERS:
            raise InvalidInput(
                "{widths} has {count} parameters; this classroom allows {most}: make a layer narrower.",
                widths="-".join(map(str, self.widths)),
                count=self.parameters,
                most=MAX_PARAMETERS,
            )

    @property
    def parameters(self) -> int:
        """Number of weights and biases.

        >>> MlpConfig((3, 5, 5, 5, 3)).parameters
        98
        """
        return sum(into * out + out for into, out in itertools.pairwise(self.widths))


class Mlp(nn.Module):
    """Linear layers with an activation after each but the last; parameters are named net.0.weight, net.0.bias, …

    Input float32 (B, widths[0]) or any shape that flattens to it; output float32 (B, widths[-1]).
    """

    def __init__(self, widths: tuple[int, ...], activation: str = "relu") -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for into, out in itertools.pairwise(widths):
            layers += [nn.Linear(into, out), ACTIVATIONS[activation]()]
        self.net = nn.Sequential(*layers[:-1])

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return float32 (B, outputs) for inputs that flatten to (B, widths[0])."""
        outputs: torch.Tensor = self.net(inputs.flatten(1))
        return outputs


def mlp(config: MlpConfig) -> Mlp:
    """Build the network that a config describes, on the CPU, from its own seed."""
    model = empty(lambda: Mlp(config.widths, config.activation))
    initialise(model, config.seed, config.initialisation)
    assert isinstance(model, Mlp)
    return model


ONE_HOT_WIDTHS = (3, 5, 5, 5, 3)
MNIST_DNN_WIDTHS = (784, 512, 256, 128, 64, 10)


def mnist_dnn(seed: int = 0) -> Mlp:
    """Build the MNIST DNN of course 3: Flatten, 784-512-256-128-64-10, ReLU; 575 050 parameters."""
    return mlp(MlpConfig(MNIST_DNN_WIDTHS, seed=seed))
