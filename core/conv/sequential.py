"""A network as Python text → chain: each module that core.conv.source finds becomes a layer."""

import ast
from dataclasses import dataclass, replace
from typing import Any, Final

from core.conv.layers import (
    ACTIVATION_MODULES,
    MAX_LAYERS,
    Activation,
    AdaptivePool,
    AvgPool,
    BatchNorm,
    Chain,
    Conv,
    Flatten,
    Layer,
    Linear,
    MaxPool,
    Weighted,
    shown,
)
from core.conv.names import Module, at, value
from core.conv.sizes import Shape, in_layer, trace
from core.conv.source import read_source
from core.errors import InvalidInput

_ACTIVATIONS: Final = {module: name for name, module in ACTIVATION_MODULES.items()}
# The order of torch's own positional arguments (PyTorch documentation). A lazy layer has all but the first.
_ARGUMENTS: Final = {
    "Conv2d": "in_channels out_channels kernel_size stride padding dilation groups bias padding_mode device dtype",
    "AvgPool2d": "kernel_size stride padding ceil_mode count_include_pad divisor_override",
    "MaxPool2d": "kernel_size stride padding dilation return_indices ceil_mode",
    "AdaptiveAvgPool2d": "output_size",
    "BatchNorm1d": "num_features eps momentum affine track_running_stats device dtype",
    "BatchNorm2d": "num_features eps momentum affine track_running_stats device dtype",
    "Flatten": "start_dim end_dim",
    "Linear": "in_features out_features bias device dtype",
}
_LAZY: Final = ("Conv2d", "Linear", "BatchNorm1d", "BatchNorm2d")
_LEFT_OUT: Final = ("Dropout", "Dropout2d", "Identity")
"""Modules that change neither a size nor a count: they are skipped, and said to be."""
_SIDES: Final = (28, 32, 64, 96, 224, 227, 299)
"""Usual sides of images: MNIST, CIFAR, …, ImageNet."""


@dataclass(frozen=True)
class Pasted:
    """What a text says.

    Args:
        chain: its layers; an activation belongs to the convolution, fully connected or batch norm layer before it.
        inputs: per layer the input channels or features that it was written for, None where it says none.
        modules: per layer the class that the text calls it by.
        left_out: modules that were skipped, because they change no size.
        decided_by: what says the order of the layers: Sequential, forward, __init__ or print.
        line: where that stands in the text, from 1.
    """

    chain: Chain
    inputs: tuple[int | None, ...]
    modules: tuple[str, ...]
    left_out: tuple[str, ...]
    decided_by: str
    line: int


def parse_sequential(text: str) -> Pasted:
    """Return the chain of the network in a text: an ``nn.Sequential``, a class, or what ``print(network)`` shows.

    Raises:
        InvalidInput: if there is none, or one of its modules is unknown here; the sentence names line and module.

    >>> parse_sequential("nn.Sequential(nn.Flatten(), nn.Linear(28 * 28, 10), nn.ReLU())").chain[1].activation
    'relu'
    """
    source = read_source(text)
    layers: list[tuple[Layer, int | None, str]] = []
    left_out: list[str] = []
    for number, module in enumerate(source.modules, 1):
        if module.kind in _LEFT_OUT:
            left_out.append(module.kind)
            continue
        try:
            layer, inputs = _layer(module)
        except InvalidInput as error:
            raise at(module.line, in_layer(error, number, module.kind)) from error
        last = layers[-1][0] if layers else None
        if isinstance(layer, Activation) and isinstance(last, Weighted) and last.activation is None:
            layers[-1] = (replace(last, activation=layer.activation), *layers[-1][1:])
        else:
            layers.append((layer, inputs, module.kind))
    if not 1 <= len(layers) <= MAX_LAYERS:
        raise InvalidInput("a chain has 1 to {most} layers, not {layers}.", most=MAX_LAYERS, layers=len(layers))
    chain, written, modules = zip(*layers, strict=True)
    return Pasted(chain, written, modules, tuple(left_out), source.decided_by, source.line)


def check_inputs(pasted: Pasted, shape: Shape) -> None:
    """Refuse a network whose layers were written for other inputs than they get.

    Raises:
        InvalidInput: if a layer is impossible, or gets another number of channels or features than it says.
    """
    flat = False
    for row, inputs, module in zip(trace(pasted.chain, shape).layers, pasted.inputs, pasted.modules, strict=True):
        given = row.output[0] if isinstance(row.layer, Flatten) else row.input[0]
        reason = None
        if inputs is not None and inputs != given:
            reason = InvalidInput(
                "it is written for {written} input channels or features, but gets {given}; write {given}.",
                written=inputs,
                given=given,
            )
        elif module.endswith("BatchNorm2d" if flat else "BatchNorm1d"):
            reason = InvalidInput(
                "{module} is for {written}, but the input is {given}; write {remedy}.",
                module=module,
                written="C×H×W" if flat else "N",
                given=row.input[0] if flat else "×".join(map(str, row.input)),
                remedy=module.replace("2d", "1d") if flat else module.replace("1d", "2d"),
            )
        if reason:
            raise in_layer(reason, row.number, row.kind, row.layer.name)
        flat = flat or isinstance(row.layer, Flatten | Linear)


def fitting_input(pasted: Pasted, usual: Shape) -> Shape:
    """Return an input that a network was written for: the usual one if it fits, else one of a usual size.

    Args:
        pasted: the network.
        usual: (C, H, W) to try first, and to keep to as far as possible when nothing fits.

    >>> fitting_input(parse_sequential("nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 3))"), (1, 28, 28))
    (3, 1, 1)
    """
    first = next((i for layer, i in zip(pasted.chain, pasted.inputs, strict=True) if layer.kind != "activation"), None)
    image = not isinstance(pasted.chain[0], Flatten | Linear)
    sizes = [usual[1:], *((side, side) for side in _SIDES)]
    channels = [first] if image and first else [usual[0], 1, 3]
    shapes = [(c, *size) for c in channels for size in sizes]
    flat = next((i for layer, i in zip(pasted.chain, pasted.inputs, strict=True) if i and layer.kind == "linear"), None)
    if not image and flat:
        shapes = [(flat, 1, 1)] if isinstance(pasted.chain[0], Linear) else [*shapes, (flat, 1, 1)]
    for shape in shapes:
        try:
            check_inputs(pasted, shape)
        except InvalidInput:
            continue
        return shape
    return shapes[0]


def _layer(module: Module) -> tuple[Layer, int | None]:
    kind, name = module.kind, module.name
    if kind in _ACTIVATIONS:
        return Activation(_ACTIVATIONS[kind], name=name), None
    if kind in ("flatten", "view"):
        return Flatten(), _flattened(module)
    base = kind.removeprefix("Lazy")
    if base not in _ARGUMENTS or (base != kind and base not in _LAZY):
        known = [*_ARGUMENTS, *(f"Lazy{each}" for each in _LAZY), *_ACTIVATIONS, *_LEFT_OUT]
        raise InvalidInput(
            "{module} is not among {known}; write it with these, or leave it out.",
            module=shown(kind),
            known=", ".join(known),
        )
    given = _given(module, _ARGUMENTS[base].split()[base != kind :])
    given = {key: each for key, each in given.items() if key not in ("device", "dtype", "return_indices")}
    if base == "Flatten":
        if (given.get("start_dim", 1), given.get("end_dim", -1)) != (1, -1):
            raise InvalidInput("only nn.Flatten() with its own start_dim=1 and end_dim=-1 is read.")
        return Flatten(name=name), None
    if base == "AdaptiveAvgPool2d":
        return AdaptivePool(_need(given, "output_size"), name=name), None
    if base.startswith("BatchNorm"):
        if given.get("affine", True) is not True:
            raise InvalidInput("affine (={value}) is read as True only; leave it out.", value=shown(given["affine"]))
        return BatchNorm(name=name), None if kind != base else _need(given, "num_features")
    if base == "Linear":
        written = None if kind != base else _need(given, "in_features")
        return Linear(_need(given, "out_features"), given.get("bias", True), name=name), written
    if given.pop("padding_mode", "zeros") != "zeros" or given.pop("divisor_override", None) is not None:
        raise InvalidInput("padding_mode and divisor_override are not read; leave them out.")
    if base != "Conv2d":
        _need(given, "kernel_size")
        return (AvgPool if base == "AvgPool2d" else MaxPool)(**given, name=name), None
    inputs = None if kind != base else _need(given, "in_channels")
    filters, kernel, padding = _need(given, "out_channels"), _need(given, "kernel_size"), given.get("padding")
    if isinstance(padding, str):
        given["padding"] = _named_padding(padding, kernel, given)
    rest = {key: each for key, each in given.items() if key not in ("in_channels", "out_channels")}
    layer = Conv(filters, **rest, name=name)
    if isinstance(inputs, int) and inputs % layer.groups:
        raise InvalidInput(
            "The input's channels (={channels}) must be divisible by groups (={groups}); try groups = 1.",
            channels=inputs,
            groups=layer.groups,
        )
    return layer, inputs


def _flattened(module: Module) -> int | None:
    """Return the features that ``view(-1, 320)`` says, None for ``view(x.size(0), -1)`` and ``flatten(x, 1)``."""
    texts = [ast.unparse(node) for node in (*module.args, *(word.value for word in module.keywords))]
    if module.kind == "flatten":
        if texts not in (["1"], ["1", "-1"]):
            raise InvalidInput(
                "without start_dim 1 the samples of a batch are flattened into one row; write torch.flatten(x, 1)."
            )
        return None
    batch = texts and (texts[0] == "-1" or texts[0].isidentifier() or texts[0].endswith((".size(0)", ".shape[0]")))
    if len(texts) != 2 or not batch:
        raise InvalidInput(
            "view and reshape are read where they flatten only; write torch.flatten(x, 1), or give the input that "
            "shape."
        )
    try:
        found = value(module.args[1], module.names)
    except ValueError:
        return None
    return found if isinstance(found, int) and found > 0 else None


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


def _given(module: Module, names: list[str]) -> dict[str, Any]:
    """Return a module's arguments by name."""
    words = ((keyword.arg, keyword.value) for keyword in module.keywords)
    given: dict[str, Any] = {}
    for name, node in [*zip(names, module.args, strict=False), *words]:
        if len(module.args) > len(names) or name not in names or name in given:
            raise InvalidInput(
                "{module} has no such argument; it takes {known}.", module=module.kind, known=", ".join(names)
            )
        try:
            given[name] = None if name in ("device", "dtype") else value(node, module.names)
        except (ValueError, RecursionError) as error:
            raise InvalidInput(
                "{name} (={value}) must be a number, pair or word, or a sum or product of numbers; write it out.",
                name=name,
                value=shown(ast.unparse(node)),
            ) from error
    return given


def _need(given: dict[str, Any], name: str) -> Any:
    if name not in given:
        raise InvalidInput("{key} is missing; add it to the layer.", key=name)
    return given[name]
