"""The network as a class, and where its first weights come from."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from core.export.parts import N_, Part
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
_CLASS: Final = """\
class DNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            {layers}
        )

    def forward(self, x):
        return self.net(x)


"""
START_FILE: Final = "weights.safetensors"


def network(net: MlpConfig, loaded: bool = False) -> Part:
    """Return the part that builds the network.

    Args:
        net: the network.
        loaded: its first weights are read from START_FILE instead of drawn.
    """
    code = _CLASS.format(layers="\n            ".join(_layers(net)))
    if loaded:
        code += f'net = DNN()\nnet.load_state_dict(load_file("{START_FILE}"))  # the first weights, from a file\n'
    elif net.initialisation == "default":
        code += f"torch.manual_seed({net.seed})  # decides the first weights\nnet = DNN()\n"
    else:
        code += "net = DNN()\n"
        if net.initialisation != "zeros":  # building the layers drew numbers already: begin anew
            code += f"torch.manual_seed({net.seed})  # decides the first weights\n"
        code += f"""for layer in net.net:
    if isinstance(layer, nn.Linear):
        {_FILL[net.initialisation]}
        nn.init.zeros_(layer.bias)
"""
    code += 'print(sum(p.numel() for p in net.parameters()), "parameters")'
    return Part(
        N_("The network"),
        N_(
            "Each `nn.Linear` holds a layer's weights, one row for each neuron, and its biases. After the output layer "
            "there is no activation function. The seed decides the first weights: the same seed, the same run."
        ),
        code,
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
