"""Weights as an ONNX file, which runs without PyTorch: in other programs, on a phone, in a browser.

The graph is written node by node. torch.onnx.export would trace the network through torch.export, which takes seconds,
200 MB and two more packages for the same few nodes, and patches parts of torch while other visitors train.
"""

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import torch
from torch import nn

from core.data.grey import MEAN, STD
from core.inspect_cnn.layers import padding_of, stride_of, window_of
from core.nets.digit_files import model_of
from core.nets.lenet import BACKGROUND, LeNet5
from core.nets.rbf import AMPLITUDE, PATTERNS, SLOPE, Rbf, ScaledTanh

if TYPE_CHECKING:
    from onnx import NodeProto, TensorProto

OPSET: Final = 17
IR_VERSION: Final = 8  # of 2022; onnxruntime reads it from 1.12 on
INPUT, OUTPUT = "image", "logits"
_PLAIN: Final = {nn.Tanh: "Tanh", nn.Sigmoid: "Sigmoid", nn.ReLU: "Relu", nn.Flatten: "Flatten"}


def onnx_file(weights: Mapping[str, torch.Tensor], network: str) -> bytes:
    """Return a network as an ONNX model of the default operators, opset 17, IR version 8.

    Its input "image" is float32 (n, 1, 28, 28), normalised as MNIST is here, with n of any size; its output "logits"
    float32 (n, 10).

    Args:
        weights: by parameter name, as a snapshot has them.
        network: one of core.nets.networks.DIGITS.
    """
    import onnx
    from onnx import helper

    graph = _Graph()
    model = model_of(weights, network)
    if isinstance(model, LeNet5):
        edge = model.variant.frame
        if edge:
            graph.pad(edge)
    else:
        graph.node("Flatten")
    assert isinstance(model.net, nn.Sequential)
    for name, module in model.net.named_children():
        graph.add(f"net.{name}", module)
    graph.nodes[-1].output[0] = OUTPUT
    made = helper.make_model(
        helper.make_graph(
            graph.nodes,
            network,
            [helper.make_tensor_value_info(INPUT, onnx.TensorProto.FLOAT, ["n", 1, 28, 28])],
            [helper.make_tensor_value_info(OUTPUT, onnx.TensorProto.FLOAT, ["n", 10])],
            graph.tensors,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="ChalkNet",
    )
    about = {
        "network": network,
        "input": f"grey values from 0 (paper) to 1 (ink) minus {MEAN}, divided by {STD}",
        "output": "logits of the digits 0 to 9; softmax makes probabilities of them",
    }
    helper.set_model_props(made, about)
    onnx.checker.check_model(made, full_check=True)
    payload: bytes = made.SerializeToString()
    return payload


class _Graph:
    """Collects a chain of nodes, each fed with the output of the one before."""

    def __init__(self) -> None:
        from onnx import helper, numpy_helper

        self._helper, self._numpy_helper = helper, numpy_helper
        self.nodes: list[NodeProto] = []
        self.tensors: list[TensorProto] = []
        self._names = (f"value{number}" for number in itertools.count(1))
        self._last = INPUT

    def add(self, name: str, module: nn.Module) -> None:
        """Add what a module does."""
        match module:
            case nn.Conv2d():
                pads = [padding_of(module)] * 4
                self.node("Conv", self._parameters(name, module), kernel_shape=list(module.kernel_size), pads=pads)
            case nn.Linear():
                self.node("Gemm", self._parameters(name, module), transB=1)
            case nn.AvgPool2d() | nn.MaxPool2d():
                kind = "AveragePool" if isinstance(module, nn.AvgPool2d) else "MaxPool"
                window, stride = window_of(module), stride_of(module)
                self.node(kind, kernel_shape=list(window), strides=[stride, stride])
            case ScaledTanh():
                self.node("Mul", [self.tensor("slope", torch.tensor(SLOPE))])
                self.node("Tanh")
                self.node("Mul", [self.tensor("amplitude", torch.tensor(AMPLITUDE))])
            case Rbf():
                self.node("Unsqueeze", [self.tensor("axis", torch.tensor([1]))])
                self.node("Sub", [self.tensor("patterns", PATTERNS)])
                self.node("ReduceSumSquare", axes=[2], keepdims=0)
                self.node("Neg")
            case _:
                self.node(_PLAIN[type(module)])

    def pad(self, edge: int) -> None:
        """Add a frame of background."""
        sizes = self.tensor("frame", torch.tensor([0, 0, edge, edge] * 2))
        self.node("Pad", [sizes, self.tensor("background", torch.tensor(BACKGROUND))])

    def node(self, kind: str, more: list[str] | None = None, **attributes: Any) -> None:
        """Add one node after the last one."""
        out = next(self._names)
        self.nodes.append(self._helper.make_node(kind, [self._last, *(more or [])], [out], name=out, **attributes))
        self._last = out

    def tensor(self, name: str, value: torch.Tensor) -> str:
        """Add numbers under a name and return it."""
        self.tensors.append(self._numpy_helper.from_array(value.detach().cpu().contiguous().numpy(), name))
        return name

    def _parameters(self, name: str, module: nn.Conv2d | nn.Linear) -> list[str]:
        assert module.bias is not None
        return [self.tensor(f"{name}.weight", module.weight), self.tensor(f"{name}.bias", module.bias)]
