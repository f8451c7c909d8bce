"""Fully connected networks: the course's 3-5-5-5-3 and its MNIST DNN are two settings of one class."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from core.checks import checked_choice, checked_flag, checked_number, checked_seed, checked_whole
from core.errors import InvalidInput
from core.nets.dropout import Dropout
from core.nets.initialisation import built, checked_initialisation

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "gelu": nn.GELU,
    "identity": nn.Identity,
}
MAX_LAYERS, MAX_WIDTH, MAX_PARAMETERS, MAX_DROPOUT = 16, 4096, 2_000_000, 0.9


@dataclass(frozen=True)
class MlpConfig:
    """Widths from input to output, with one activation after each hidden layer and nothing after the output.

    A hidden layer is Linear → (BatchNorm1d) → activation → (Dropout).

    Attributes:
        widths: neurons per layer, input first; at least input and output.
        activation: of all hidden layers, a key of ACTIVATIONS.
        initialisation: a key of core.nets.initialisation.INITIALISATIONS.
        seed: of the first weights.
        activations: one for each hidden layer, instead of ``activation``; empty: they are all alike.
        dropout: share of the hidden answers that is set to 0 at each update, 0 … 0.9.
        batch_norm: whether each hidden layer's sums are normalised over the batch (Ioffe & Szegedy 2015).

    Raises:
        InvalidInput: a width, the depth, an activation, the initialisation, the share of dropout, the number of
            parameters or the seed is out of range.
    """

    widths: tuple[int, ...] = (3, 5, 5, 5, 3)
    activation: str = "relu"
    initialisation: str = "default"
    seed: int = 0
    activations: tuple[str, ...] = ()
    dropout: float = 0.0
    batch_norm: bool = False

    def __post_init__(self) -> None:
        if not 2 <= len(self.widths) <= MAX_LAYERS:
            raise InvalidInput(
                "widths (={widths}) must name 2 to {most} layers, input and output included; remove or add some.",
                widths="-".join(map(str, self.widths)),
                most=MAX_LAYERS,
            )
        for index, width in enumerate(self.widths):
            checked_whole(
                "layer {index} has {value} neurons; a layer has 1 to {most}: try 5.", width, 1, MAX_WIDTH, index=index
            )
        for name in (self.activation, *self.activations):
            checked_choice("activation (={value}) is not known; choose one of {names}.", name, ACTIVATIONS)
        if self.activations and len(self.activations) != len(self.widths) - 2:
            raise InvalidInput(
                "{count} activations are named (={names}), but the network has {hidden} hidden layers; "
                "name one for each hidden layer, or none.",
                count=len(self.activations),
                names="-".join(self.activations),
                hidden=len(self.widths) - 2,
            )
        checked_number(
            "dropout (={value}) must be at least 0 and at most {most}; try 0.2, or 0 for none.",
            self.dropout,
            0,
            MAX_DROPOUT,
        )
        checked_flag("batch_norm", self.batch_norm)
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
    def hidden_activations(self) -> tuple[str, ...]:
        """Activation of each hidden layer, in order.

        >>> MlpConfig((2, 8, 4, 1), activation="tanh").hidden_activations
        ('tanh', 'tanh')
        """
        return self.activations or (self.activation,) * (len(self.widths) - 2)

    @property
    def parameters(self) -> int:
        """Number of weights and biases, and of batch norm's scales and shifts.

        >>> MlpConfig((3, 5, 5, 5, 3)).parameters
        98
        >>> MlpConfig((3, 5, 5, 5, 3), batch_norm=True).parameters  # two more for each hidden neuron
        128
        """
        linear = sum(into * out + out for into, out in itertools.pairwise(self.widths))
        return linear + (2 * sum(self.widths[1:-1]) if self.batch_norm else 0)


class Mlp(nn.Module):
    """Linear layers with an activation after each but the last; parameters are named net.0.weight, net.0.bias, …

    Input float32 (B, widths[0]) or any shape that flattens to it; output float32 (B, widths[-1]).

    Args:
        shape: a config, or only widths.
        activation: of all hidden layers, beside widths only.
    """

    def __init__(self, shape: MlpConfig | tuple[int, ...], activation: str = "relu") -> None:
        super().__init__()
        config = shape if isinstance(shape, MlpConfig) else MlpConfig(shape, activation)
        layers: list[nn.Module] = []
        names: tuple[str | None, ...] = (*config.hidden_activations, None)
        for (into, out), name in zip(itertools.pairwise(config.widths), names, strict=True):
            layers.append(nn.Linear(into, out))
            if name is None:
                break
            layers += [nn.BatchNorm1d(out)] if config.batch_norm else []
            layers.append(ACTIVATIONS[name]())
            layers += [Dropout(config.dropout, out)] if config.dropout else []
        self.net = nn.Sequential(*layers)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return float32 (B, outputs) for inputs that flatten to (B, widths[0])."""
        outputs: torch.Tensor = self.net(inputs.flatten(1))
        return outputs


def mlp(config: MlpConfig) -> Mlp:
    """Build the network that a config describes, on the CPU, from its own seed."""
    return built(lambda: Mlp(config), config.seed, config.initialisation)
