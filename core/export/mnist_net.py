"""LeNet-5, its variants and the MNIST DNN as the course's nn.Sequential."""

from typing import Final

from core.export.net_part import SEED
from core.export.notes_lines import START, module
from core.export.parts import N_, Part
from core.nets.networks import VARIANTS, variant_of
from core.nets.rbf import AMPLITUDE, PATTERNS, RUBBISH, WIDTH

_DNN: Final = (
    "nn.Flatten(),",
    "nn.Linear(784, 512), nn.ReLU(),",
    "nn.Linear(512, 256), nn.ReLU(),",
    "nn.Linear(256, 128), nn.ReLU(),",
    "nn.Linear(128, 64), nn.ReLU(),",
    "nn.Linear(64, 10),",
)
_ACTIVATION: Final = {"tanh": "nn.Tanh()", "sigmoid": "nn.Sigmoid()", "relu": "nn.ReLU()"}
_POOL: Final = {"average": "nn.AvgPool2d", "max": "nn.MaxPool2d"}
_RBF: Final = '''\
drawn = """
{drawn}
"""
rows = [line.split() for line in drawn.split("\\n") if line]
patterns = torch.tensor([[letter == "#" for row in rows for letter in row[digit]] for digit in range(10)]) * 2.0 - 1


class ScaledTanh(nn.Module):
    def forward(self, sums):
        return {amplitude} * torch.tanh({slope} * sums)


class Rbf(nn.Module):  # how far F6 is from each digit's picture of 7×12, with the other sign
    def forward(self, features):
        return -(features.unsqueeze(1) - patterns.to(device)).square().sum(dim=2)


'''
RBF_LOSS: Final = f"""\
def loss_fn(outputs, labels):  # LeCun et al. 1998, eq. 9: cross-entropy with an eleventh answer, "none of them"
    none = outputs.new_full((len(outputs), 1), -{RUBBISH})
    return nn.functional.cross_entropy(torch.cat([outputs, none], dim=1), labels)


"""


def layers(network: str) -> tuple[str, ...]:
    """Return one line of code for each layer.

    Args:
        network: "mnist-dnn" or a key of VARIANTS.
    """
    if network not in VARIANTS:
        return _DNN
    variant = variant_of(network)
    act, pool = _ACTIVATION[variant.activation], _POOL[variant.pooling]
    c1 = "nn.Conv2d(1, 6, kernel_size=5)" if variant.frame else "nn.Conv2d(1, 6, kernel_size=5, padding=2)"
    return (
        f"{c1}, {act},  # C1",
        f"{pool}(kernel_size=2, stride=2),  # S2",
        f"nn.Conv2d(6, 16, kernel_size=5), {act},  # C3",
        f"{pool}(kernel_size=2, stride=2),  # S4",
        f"nn.Conv2d(16, 120, kernel_size=5), {act},  # C5",
        "nn.Flatten(),",
        f"nn.Linear(120, 84), {'ScaledTanh()' if variant.rbf else act},  # F6",
        "Rbf(),  # Out" if variant.rbf else "nn.Linear(84, 10),  # Out",
    )


def sequential(network: str) -> str:
    """Return the course's ``net = nn.Sequential(…)``.

    Args:
        network: "mnist-dnn" or a key of VARIANTS.
    """
    return "net = nn.Sequential(\n    " + "\n    ".join(layers(network)) + "\n)"


def class_name(network: str) -> str:
    """Return what the notes call a network's class."""
    return "CNN" if network in VARIANTS else "DNN"


def class_part(network: str) -> Part:
    """Return the part that defines the network.

    Args:
        network: "mnist-dnn" or a key of VARIANTS.
    """
    code = _rbf() if network in VARIANTS and variant_of(network).rbf else ""
    return Part(
        N_("The network"),
        N_(
            "Convolution layers look through small windows and keep the picture's rows and columns; pooling halves "
            "them; fully connected layers weigh what was found. The ten outputs become probabilities by softmax."
        )
        if network in VARIANTS
        else N_(
            "The image is flattened into 784 numbers, and every neuron is connected to all of them. "
            "The ten outputs become probabilities by softmax."
        ),
        code + module(class_name(network), layers(network)).rstrip(),
        "In [5]",
    )


def network_part(network: str, seed: int, loaded: bool = False) -> Part:
    """Return the part that makes the network.

    Args:
        network: "mnist-dnn" or a key of VARIANTS.
        seed: of the first weights.
        loaded: they are read from START_FILE instead of drawn.
    """
    code = SEED.format(seed=seed) + f"model = {class_name(network)}().to(device)\n"
    if loaded:
        code += START
    return Part(
        N_("Its first weights, which the seed decides"),
        N_("The same seed draws the same numbers, and so gives the same run."),
        code + "print(model)",
        "In [7]" if network in VARIANTS else "In [6]",
    )


def _rbf() -> str:
    digits = PATTERNS.reshape(10, -1, WIDTH).tolist()
    drawn = "\n".join(
        "  ".join("".join("#" if value > 0 else "." for value in digit[row]) for digit in digits)
        for row in range(len(digits[0]))
    )
    return _RBF.format(drawn=drawn, amplitude=AMPLITUDE, slope="2 / 3")
