"""Every network that is trained here, by name: a new one is one entry of NETWORKS.

Menus, trainings, weights files and the command line take their lists from it; it loads no torch.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.checks import checked_choice


@dataclass(frozen=True)
class Variant:
    """In what a LeNet differs from the course's.

    Attributes:
        activation: a key of core.nets.mlp.ACTIVATIONS, after C1, C3, C5 and F6.
        pooling: a key of core.nets.lenet.POOLINGS.
        frame: rows and columns of background put around the image, in place of C1's padding with zeros.
        rbf: whether F6 and the outputs are those of 1998 (core.nets.rbf).
    """

    activation: str = "tanh"
    pooling: str = "average"
    frame: int = 0
    rbf: bool = False


@dataclass(frozen=True)
class Network:
    """A network and how it is trained.

    Attributes:
        training: its settings, as core.training.config.TrainConfig takes them.
        shape: a LeNet, or the widths of a fully connected network, input first.
        taught: where the course trains it with these settings; empty for what the course does not have.
        pretraining: how the weights that the app ships are made, as core.pretraining.networks.Recipe takes it; None:
            none are shipped.
        data: "mnist" or "one-hot".
        sample_shape: of one input.
        classes: number of classes.
        file_bytes: what a visitor's file of its weights may have.
    """

    training: Mapping[str, Any]
    shape: Variant | tuple[int, ...]
    taught: str = ""
    pretraining: Mapping[str, Any] | None = None
    data: str = "mnist"
    sample_shape: tuple[int, ...] = (1, 28, 28)
    classes: int = 10
    file_bytes: int = 1_000_000


def _lenet(lr: float, variant: Variant, taught: str = "", pretraining: Any = None, **training: Any) -> Network:
    settings = {"lr": lr, "batch_size": 256, "epochs": 5, "evaluations": 20, **training}
    return Network(settings, variant, taught, pretraining)


NETWORKS: Final[dict[str, Network]] = {
    "lenet5": _lenet(0.9, Variant(), "course 5", {"epochs": 60}),
    "mnist-dnn": Network(
        {"lr": 0.01, "momentum": 0.5, "batch_size": 64, "epochs": 5, "evaluations": 20},
        (784, 512, 256, 128, 64, 10),
        "course 3",
        {"epochs": 80, "lr": 0.002},
        file_bytes=4_000_000,
    ),
    "one-hot": Network(
        {"loss": "mse", "lr": 0.01, "batch_size": 0, "epochs": 1000, "evaluations": 100},
        (3, 5, 5, 5, 3),
        "course 2.4",
        data="one-hot",
        sample_shape=(3,),
        classes=3,
    ),
    # LeNet-5's variants, with learning rates that suit them; what they reach: benchmarks/lenet_variants.py
    "lenet5-sigmoid": _lenet(0.003, Variant(activation="sigmoid"), optimiser="adam"),
    "lenet5-relu-max": _lenet(0.1, Variant(activation="relu", pooling="max")),
    "lenet5-32": _lenet(0.9, Variant(frame=2)),
    "lenet5-rbf": _lenet(0.03, Variant(rbf=True), loss="rbf"),
}

VARIANTS: Final = {name: network.shape for name, network in NETWORKS.items() if isinstance(network.shape, Variant)}
"""LeNet-5 and what differs from it."""
_OTHERS = (name for name, network in NETWORKS.items() if network.data == "mnist" and name not in VARIANTS)
DIGITS: Final = (*VARIANTS, *_OTHERS)
"""Those that read digits, which lesson 4 trains."""
SHIPPED: Final = tuple(name for name, network in NETWORKS.items() if network.pretraining is not None)
"""Those whose weights come with the app."""


def variant_of(name: str) -> Variant:
    """Return a variant by its name, or say which ones there are.

    Raises:
        InvalidInput: not a key of VARIANTS.
    """
    return VARIANTS[checked_network(name, tuple(VARIANTS))]


def checked_network(name: str, names: tuple[str, ...] = DIGITS) -> str:
    """Return the name of a network, or say which ones there are.

    Raises:
        InvalidInput: not one of ``names``.
    """
    return checked_choice("The network (={value}) is not known; choose one of {names}.", name, names)
