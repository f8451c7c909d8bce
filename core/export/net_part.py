"""The network as a class, and where its first weights come from."""

from itertools import pairwise
from typing import Final

from core.export.notes_lines import START, module
from core.export.parts import LAYOUT, N_, Part
from core.nets.mlp import MlpConfig

ACTIVATION: Final = {
    "relu": "nn.ReLU()",
    "leaky_relu": "nn.LeakyReLU()",
    "tanh": "nn.Tanh()",
    "sigmoid": "nn.Sigmoid()",
    "gelu": "nn.GELU()",
    "identity": "nn.Identity()",
}
# How an initialisation other than PyTorch's fills each fully connected layer; the calls of core.nets.initialisation.
_FILL: Final = {
    "xavier": "nn.init.xavier_uniform_(layer.weight)",
    "he": 'nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")',
    "zeros": "nn.init.zeros_(layer.weight)",
    "large": "nn.init.normal_(layer.weight, 0.0, 3.0)",
}
SEED: Final = "torch.manual_seed({seed})  # decides the first weights\n"


def network(net: MlpConfig, loaded: bool = False) -> Part:
    """Return the part that builds the network.

    Args:
        net: the network.
        loaded: its first weights are read from START_FILE instead of drawn.
    """
    code = module("DNN", _layers(net))
    if loaded:
        code += "model = DNN()\n" + START
    elif net.initialisation == "default":
        code += SEED.format(seed=net.seed) + "model = DNN()\n"
    else:
        code += "model = DNN()\n"
        if net.initialisation != "zeros":  # building the layers drew numbers already: begin anew
            code += SEED.format(seed=net.seed)
        code += f"""for layer in model.net:
    if isinstance(layer, nn.Linear):
        {_FILL[net.initialisation]}
        nn.init.zeros_(layer.bias)
"""
    code += "model = model.to(device)\nprint(model)"
    return Part(
        N_("The network"),
        N_(
            "Each `nn.Linear` holds a layer's weights, one row for each neuron, and its biases. After the output layer "
            "there is no activation function. The seed decides the first weights: the same seed, the same run."
        ),
        code,
        "In [5]-[6]",
    )


def parameters_part() -> Part:
    """Return the part that prints each parameter as the notes do: name, shape and values (三 3.3)."""
    return Part(
        N_("The parameters: every weight and every bias"),
        N_(
            "A weight's shape is (neurons of this layer, neurons of the layer before). `requires_grad` says that it "
            "is learned."
        ),
        f"""for name, param in model.named_parameters():
    print(f"{LAYOUT}")""",
        "In [7]",
    )


def _layers(net: MlpConfig) -> list[str]:
    """Return one line for each layer: linear, batch norm, activation, dropout."""
    lines = []
    last = len(net.widths) - 2
    for index, (into, out) in enumerate(pairwise(net.widths)):
        modules = [f"nn.Linear({into}, {out})"]
        if index < last:
            modules += [f"nn.BatchNorm1d({out})"] if net.batch_norm else []
            modules += [ACTIVATION[net.hidden_activations[index]]]
            modules += [f"nn.Dropout({net.dropout})"] if net.dropout else []
        lines.append(", ".join(modules) + ",")
    return lines
