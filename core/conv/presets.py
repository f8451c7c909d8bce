"""Well-known networks as chains, each with the input it was made for."""

from dataclasses import dataclass

from core.conv.layers import AvgPool, Chain, Conv, Flatten, Layer, Linear, MaxPool
from core.conv.sizes import Shape
from core.nets.networks import NETWORKS, variant_of


@dataclass(frozen=True)
class Preset:
    """A chain and the input that it expects."""

    chain: Chain
    input: Shape
    source: str


def _lenet(name: str) -> Chain:
    variant = variant_of(name)
    activation, pool = variant.activation, AvgPool if variant.pooling == "average" else MaxPool
    return (
        Conv(6, 5, padding=0 if variant.frame else 2, activation=activation, name="C1"),
        pool(2, 2, name="S2"),
        Conv(16, 5, activation=activation, name="C3"),
        pool(2, 2, name="S4"),
        Conv(120, 5, activation=activation, name="C5"),
        Linear(84, activation=activation, name="F6"),
        Linear(10, name="Out"),
    )


def _dnn(name: str) -> Chain:
    widths = NETWORKS[name].shape
    assert isinstance(widths, tuple)
    return (Flatten(), *_linears(*widths[1:]))


def _linears(*features: int) -> Chain:
    hidden = tuple(Linear(width, activation="relu") for width in features[:-1])
    return (*hidden, Linear(features[-1]))


def _vgg16() -> Chain:
    layers: list[Layer] = []
    for block, (convolutions, filters) in enumerate(((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)), 1):
        layers += [
            Conv(filters, 3, padding=1, activation="relu", name=f"conv{block}-{i}") for i in range(1, convolutions + 1)
        ]
        layers.append(MaxPool(2, name=f"pool{block}"))
    return (*layers, Flatten(), *_linears(4096, 4096, 1000))


_ALEXNET: Chain = (
    Conv(64, 11, stride=4, padding=2, activation="relu"),
    MaxPool(3, 2),
    Conv(192, 5, padding=2, activation="relu"),
    MaxPool(3, 2),
    Conv(384, 3, padding=1, activation="relu"),
    Conv(256, 3, padding=1, activation="relu"),
    Conv(256, 3, padding=1, activation="relu"),
    MaxPool(3, 2),
    Flatten(),
    *_linears(4096, 4096, 1000),
)

PRESETS: dict[str, Preset] = {
    "lenet5": Preset(_lenet("lenet5"), (1, 28, 28), "LeCun et al. 1998, on 28×28 with padding 2"),
    "lenet5-32": Preset(_lenet("lenet5-32"), (1, 32, 32), "LeCun et al. 1998, on 32×32 as published"),
    "lenet5-relu-max": Preset(_lenet("lenet5-relu-max"), (1, 28, 28), "LeNet-5 with today's ReLU and max pooling"),
    "mnist-dnn": Preset(_dnn("mnist-dnn"), (1, 28, 28), "the course's DNN for MNIST"),
    "alexnet": Preset(_ALEXNET, (3, 224, 224), "Krizhevsky 2014 (one weird trick), as in torchvision"),
    "vgg16": Preset(_vgg16(), (3, 224, 224), "Simonyan and Zisserman 2014, configuration D"),
    "alexnet-28": Preset(_ALEXNET, (1, 28, 28), "AlexNet on a digit of 28×28: impossible, on purpose"),
}
"""Name → chain and input; a menu is filled from this dictionary."""
