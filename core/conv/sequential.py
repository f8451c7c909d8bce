"""``nn.Sequential(...)`` as text → chain. The text is parsed with ast and never run.

What ``print(network)`` shows is read as well.
"""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass, replace
from typing import Any

from core.conv.layers import MAX_LAYERS, Activation, AvgPool, Chain, Conv, Flatten, Layer, Linear, MaxPool, shown
from core.conv.sizes import Shape, in_layer, trace
from core.errors import InvalidInput

MAX_PASTED = 20_000
"""Longest text that is read, in characters."""

ACTIVATION_MODULES = {
    "relu": "ReLU",
    "tanh": "Tanh",
    "sigmoid": "Sigmoid",
    "leaky_relu": "LeakyReLU",
    "elu": "ELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "softmax": "Softmax",
}
"""Our activation → torch's module; none of them changes a size."""
_ACTIVATIONS = {module: name for name, module in ACTIVATION_MODULES.items()}
# The order of torch's own positional arguments (PyTorch documentation).
_ARGUMENTS = {
    "Conv2d": "in_channels out_channels kernel_size stride padding dilation groups bias padding_mode device dtype",
    "AvgPool2d": "kernel_size stride padding ceil_mode count_include_pad divisor_override",
    "MaxPool2d": "kernel_size stride padding dilation return_indices ceil_mode",
    "Flatten": "start_dim end_dim",
    "Linear": "in_features out_features bias device dtype",
}
_LEFT_OUT = ("Dropout", "Dropout2d", "Identity")
"""Modules that change neither a size nor a count: they are skipped, and said to be."""


@dataclass(frozen=True)
class Pasted:
    """What a text says.

    Args:
        chain: its layers; an activation belongs to the convolution or fully connected layer before it.
        inputs: per layer the input channels or features that it was written for, None where it says none.
        left_out: modules that were skipped, because they change no size.
    """

    chain: Chain
    inputs: tuple[int | None, ...]
    left_out: tuple[str, ...]


def parse_sequential(text: str) -> Pasted:
    """Return the chain of the first ``nn.Sequential`` in a text.

    Raises:
        InvalidInput: if there is none, or one of its modules is unknown here; the sentence names the module.

    >>> parse_sequential("nn.Sequential(nn.Flatten(), nn.Linear(784, 10), nn.ReLU())").chain[1].activation
    'relu'
    """
    layers: list[tuple[Layer, int | None]] = []
    left_out: list[str] = []
    for number, (name, call) in enumerate(_modules(_sequential(text)), 1):
        module = _called(call)
        if module in _LEFT_OUT:
            left_out.append(module)
            continue
        try:
            layer, inputs = _layer(module, call, name)
        except InvalidInput as error:
            raise in_layer(error, number, module) from error
        last = layers[-1][0] if layers else None
        if isinstance(layer, Activation) and isinstance(last, Conv | Linear) and last.activation is None:
            layers[-1] = (replace(last, activation=layer.activation), layers[-1][1])
        else:
            layers.append((layer, inputs))
    if not 1 <= len(layers) <= MAX_LAYERS:
        raise InvalidInput("a chain has 1 to {most} layers, not {layers}.", most=MAX_LAYERS, layers=len(layers))
    return Pasted(tuple(layer for layer, _ in layers), tuple(inputs for _, inputs in layers), tuple(left_out))


def check_inputs(pasted: Pasted, shape: Shape) -> None:
    """Refuse a network whose layers were written for other inputs than they get.

    Raises:
        InvalidInput: if a layer is impossible, or gets another number of channels or features than it says.
    """
    for row, inputs in zip(trace(pasted.chain, shape).layers, pasted.inputs, strict=True):
        if inputs is not None and inputs != row.input[0]:
            reason = InvalidInput(
                "it is written for {written} input channels or features, but gets {given}; write {given}.",
                written=inputs,
                given=row.input[0],
            )
            raise in_layer(reason, row.number, row.kind, row.layer.name)


def _sequential(text: str) -> ast.Call:
    if len(text) > MAX_PASTED:
        raise InvalidInput(
            "the text is {length} characters long; at most {most} are read.", length=len(text), most=MAX_PASTED
        )
    if re.search(r"^\s*\(\w+\): ", text, re.MULTILINE):  # as print(network) shows it
        text = re.sub(r"\)[ \t]*$", "),", re.sub(r"^\s*\(\w+\): ", "", text, flags=re.MULTILINE), flags=re.MULTILINE)
        text = text.strip().removesuffix(",")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about code such as 1(2), which is never run
            tree = ast.parse(text.strip())
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        line = error.lineno if isinstance(error, SyntaxError) and error.lineno else 1
        raise InvalidInput(
            "the text is not Python (line {line}); paste a whole nn.Sequential(…) with its last bracket.", line=line
        ) from error
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node) == "Sequential":
            return node
    raise InvalidInput("there is no nn.Sequential(…) in the text; paste one, such as nn.Sequential(nn.Flatten()).")


def _called(call: ast.Call) -> str:
    function = call.func
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else "?"
    )


def _modules(sequential: ast.Call, depth: int = 0) -> list[tuple[str, ast.Call]]:
    """Return (name, module) of everything in a Sequential, those in it flattened; names come from an OrderedDict."""
    entries: list[tuple[str, ast.expr]] = [("", node) for node in sequential.args]
    only = sequential.args[0] if len(sequential.args) == 1 else None
    if isinstance(only, ast.Call) and _called(only) == "OrderedDict" and len(only.args) == 1:
        pairs = only.args[0].elts if isinstance(only.args[0], ast.List | ast.Tuple) else []
        entries = [
            (str(pair.elts[0].value), pair.elts[1])
            for pair in pairs
            if isinstance(pair, ast.Tuple) and len(pair.elts) == 2 and isinstance(pair.elts[0], ast.Constant)
        ]
    found: list[tuple[str, ast.Call]] = []
    for name, node in entries:
        if not isinstance(node, ast.Call):
            raise InvalidInput(
                "{value} in nn.Sequential is not a module such as nn.ReLU(); write each one out.",
                value=shown(ast.unparse(node)),
            )
        if _called(node) == "Sequential" and depth < 20:
            found += _modules(node, depth + 1)
        else:
            found.append((name, node))
    return found


def _layer(module: str, call: ast.Call, name: str) -> tuple[Layer, int | None]:
    if module in _ACTIVATIONS:
        return Activation(_ACTIVATIONS[module], name=name), None
    if module not in _ARGUMENTS:
        known = [*_ARGUMENTS, *_ACTIVATIONS, *_LEFT_OUT]
        raise InvalidInput("{module} is not among {known}.", module=shown(module), known=", ".join(known))
    given = _given(module, call)
    if module == "Flatten":
        if (given.get("start_dim", 1), given.get("end_dim", -1)) != (1, -1):
            raise InvalidInput("only nn.Flatten() with its own start_dim=1 and end_dim=-1 is read.")
        return Flatten(name=name), None
    given = {key: value for key, value in given.items() if key not in ("device", "dtype", "return_indices")}
    if module == "Linear":
        return Linear(_need(given, "out_features"), given.get("bias", True), name=name), _need(given, "in_features")
    if given.pop("padding_mode", "zeros") != "zeros" or given.pop("divisor_override", None) is not None:
        raise InvalidInput("padding_mode and divisor_override are not read; leave them out.")
    if module != "Conv2d":
        _need(given, "kernel_size")
        return (AvgPool if module == "AvgPool2d" else MaxPool)(**given, name=name), None
    inputs, filters = _need(given, "in_channels"), _need(given, "out_channels")
    kernel, padding = _need(given, "kernel_size"), given.get("padding")
    if isinstance(padding, str):
        given["padding"] = _named_padding(padding, kernel, given)
    rest = {key: value for key, value in given.items() if key not in ("in_channels", "out_channels")}
    layer = Conv(filters, **rest, name=name)
    if isinstance(inputs, int) and inputs % layer.groups:
        raise InvalidInput(
            "The input's channels (={channels}) must be divisible by groups (={groups}); try groups = 1.",
            channels=inputs,
            groups=layer.groups,
        )
    return layer, inputs


def _named_padding(name: str, kernel: Any, given: dict[str, Any]) -> object:
    """Return the numbers that torch puts for "valid" and "same"."""
    if name == "valid":
        return 0
    probe = Conv(1, kernel, dilation=given.get("dilation", 1))
    assert isinstance(probe.kernel_size, tuple)
    assert isinstance(probe.dilation, tuple)
    spans = [d * (k - 1) for d, k in zip(probe.dilation, probe.kernel_size, strict=True)]
    if name != "same" or any(span % 2 for span in spans):
        raise InvalidInput(
            'padding (={value}) must be a number, "valid", or "same" with a window of odd length.', value=shown(name)
        )
    return spans[0] // 2, spans[1] // 2


def _given(module: str, call: ast.Call) -> dict[str, Any]:
    """Return a call's arguments by name; literals only."""
    names = _ARGUMENTS[module].split()
    pairs = [*zip(names, call.args, strict=False), *((keyword.arg, keyword.value) for keyword in call.keywords)]
    given: dict[str, Any] = {}
    for name, node in pairs:
        if len(call.args) > len(names) or name not in names or name in given:
            raise InvalidInput(
                "{module} has no such argument; it takes {known}.", module=module, known=", ".join(names)
            )
        try:
            given[name] = None if name in ("device", "dtype") else ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as error:
            raise InvalidInput(
                "{name} (={value}) must be a plain number, pair or word.", name=name, value=shown(ast.unparse(node))
            ) from error
    return given


def _need(given: dict[str, Any], name: str) -> Any:
    if name not in given:
        raise InvalidInput("{key} is missing; add it to the layer.", key=name)
    return given[name]
