"""The layers that a chain is made of: frozen, plain values, validated when they are made."""

from dataclasses import dataclass, fields
from typing import ClassVar

from core.checks import is_whole
from core.errors import InvalidInput

MAX_SIDE = 4096
"""Largest side of an image, kernel, stride, padding or dilation, in pixels."""
MAX_CHANNELS = 65_536
"""Largest number of channels, filters, groups or features."""
MAX_LAYERS = 64
"""Longest chain."""
MAX_NAME = 40
"""Longest name of a layer, in characters."""
ACTIVATION_MODULES = {
    "relu": "ReLU",
    "tanh": "Tanh",
    "sigmoid": "Sigmoid",
    "leaky_relu": "LeakyReLU",
    "elu": "ELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "softmax": "Softmax",
    "log_softmax": "LogSoftmax",
}
"""Functions that may follow a layer → torch's modules; none of them has parameters or changes a size."""
ACTIVATIONS = tuple(ACTIVATION_MODULES)

Size = int | tuple[int, int]
"""One number for both directions, or (rows, columns)."""


def whole(field: str, value: object, low: int, high: int) -> int:
    """Return ``value`` when it is a whole number from ``low`` to ``high``.

    Args:
        field: the name that the sentence uses.
        value: what was given; bools, floats and strings are refused.
        low: smallest value allowed.
        high: largest value allowed.

    Raises:
        InvalidInput: naming field, value and range.

    >>> whole("stride", 2, 1, 4096)
    2
    """
    if not is_whole(value, low, high):
        raise InvalidInput(
            "{field} (={value}) must be a whole number from {low} to {high}; try {example}.",
            field=field,
            value=shown(value),
            low=low,
            high=high,
            example=low,
        )
    return value


def pair(field: str, value: object, low: int) -> tuple[int, int]:
    """Return (rows, columns) from one whole number or two of them.

    >>> pair("kernel_size", 5, 1)
    (5, 5)
    >>> pair("kernel_size", [3, 5], 1)
    (3, 5)
    """
    if isinstance(value, list | tuple):
        if len(value) != 2:
            raise InvalidInput(
                "{field} (={value}) must be one whole number or a [height, width] pair; try 3 or [3, 3].",
                field=field,
                value=shown(value),
            )
        return whole(field, value[0], low, MAX_SIDE), whole(field, value[1], low, MAX_SIDE)
    number = whole(field, value, low, MAX_SIDE)
    return number, number


def shown(value: object) -> str:
    """Return ``value`` as a sentence can show it: short, on one line.

    >>> shown("a" * 100)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…"
    """
    if isinstance(value, int) and abs(value) >= 10**30:
        return "a number of more than 30 digits"
    text = repr(value)
    return text if len(text) <= 40 else text[:38] + "…"


def _flag(field: str, value: object) -> None:
    if not isinstance(value, bool):
        raise InvalidInput("{field} (={value}) must be true or false.", field=field, value=shown(value))


def _activation(value: object) -> None:
    if value is not None and value not in ACTIVATIONS:
        raise InvalidInput(
            "activation (={value}) must be one of {known}; leave it out for none.",
            value=shown(value),
            known=", ".join(ACTIVATIONS),
        )


def _name(value: object) -> None:
    if not isinstance(value, str) or len(value) > MAX_NAME or not (value == "" or value.isprintable()):
        raise InvalidInput(
            "name (={value}) must be printable text of at most {most} characters; try a short one such as C1.",
            value=shown(value),
            most=MAX_NAME,
        )


@dataclass(frozen=True)
class _Checked:
    """Checks its fields, which have one meaning in all layers; sizes become pairs."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            match field.name:
                case "filters" | "groups" | "features":
                    whole(field.name, value, 1, MAX_CHANNELS)
                case "bias" | "ceil_mode" | "count_include_pad":
                    _flag(field.name, value)
                case "activation":
                    _activation(value)
                case "name":
                    _name(value)
                case size:
                    object.__setattr__(self, size, pair(size, value, 0 if size == "padding" else 1))


@dataclass(frozen=True)
class Conv(_Checked):
    """A convolution: (C, H, W) → (filters, OH, OW), like ``torch.nn.Conv2d``.

    Args:
        filters: output channels, FN.
        kernel_size: (FH, FW), or one number for both.
        stride: step of the window.
        padding: rows (columns) of zeros on each side.
        dilation: distance between neighbouring kernel elements.
        groups: the channels are split into this many groups that do not see each other.
        bias: whether each filter adds a number of its own.
        activation: a name of ``ACTIVATIONS``, or None.
        name: shown in tables; empty for an automatic one.

    Raises:
        InvalidInput: if a value is outside its range.
    """

    filters: int
    kernel_size: Size
    stride: Size = 1
    padding: Size = 0
    dilation: Size = 1
    groups: int = 1
    bias: bool = True
    activation: str | None = None
    name: str = ""
    kind: ClassVar[str] = "conv"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.filters % self.groups:
            raise InvalidInput(
                "filters (={filters}) must be divisible by groups (={groups}); try groups = 1.",
                filters=self.filters,
                groups=self.groups,
            )


@dataclass(frozen=True)
class _Pool(_Checked):
    kernel_size: Size
    stride: Size | None = None
    padding: Size = 0
    ceil_mode: bool = False
    name: str = ""
    kind: ClassVar[str] = "pool"

    def __post_init__(self) -> None:
        if self.stride is None:
            object.__setattr__(self, "stride", self.kernel_size)
        super().__post_init__()
        kernels, paddings = pair("kernel_size", self.kernel_size, 1), pair("padding", self.padding, 0)
        for kernel, padding in zip(kernels, paddings, strict=True):
            if padding > kernel // 2:
                raise InvalidInput(
                    "padding (={padding}) of a pooling layer must be at most half its window (={kernel}); "
                    "try {most} or a larger window.",
                    padding=padding,
                    kernel=kernel,
                    most=kernel // 2,
                )


@dataclass(frozen=True)
class AvgPool(_Pool):
    """Average pooling, like ``torch.nn.AvgPool2d``: channels stay, the window's mean remains.

    Args:
        kernel_size: the window.
        stride: step of the window; the window itself when None.
        padding: rows (columns) of zeros on each side, at most half the window.
        ceil_mode: round the size up: a last window may stick out, if it starts inside.
        name: shown in tables; empty for an automatic one.
        count_include_pad: whether the padding's zeros count in the mean; the size is the same.
    """

    count_include_pad: bool = True
    kind: ClassVar[str] = "avgpool"


@dataclass(frozen=True)
class MaxPool(_Pool):
    """Maximum pooling, like ``torch.nn.MaxPool2d``: channels stay, the window's largest value remains.

    Args:
        kernel_size: the window.
        stride: step of the window; the window itself when None.
        padding: rows (columns) on each side that never win, at most half the window.
        ceil_mode: round the size up: a last window may stick out, if it starts inside.
        name: shown in tables; empty for an automatic one.
        dilation: distance between neighbouring elements of the window.
    """

    dilation: Size = 1
    kind: ClassVar[str] = "maxpool"


@dataclass(frozen=True)
class AdaptivePool(_Checked):
    """Average pooling to a given (OH, OW), like ``torch.nn.AdaptiveAvgPool2d``: the windows follow the input."""

    output_size: Size
    name: str = ""
    kind: ClassVar[str] = "adaptivepool"


@dataclass(frozen=True)
class BatchNorm(_Checked):
    """Batch normalisation, like ``torch.nn.BatchNorm2d`` and ``BatchNorm1d``: a scale and a shift for each channel."""

    activation: str | None = None
    name: str = ""
    kind: ClassVar[str] = "batchnorm"


@dataclass(frozen=True)
class Flatten(_Checked):
    """(C, H, W) → C·H·W features in one row."""

    name: str = ""
    kind: ClassVar[str] = "flatten"


@dataclass(frozen=True)
class Linear(_Checked):
    """A fully connected layer on a flat input (a C×1×1 map is one already).

    Args:
        features: its neurons.
        bias: whether each neuron adds a number of its own.
        activation, name: as for a convolution.
    """

    features: int
    bias: bool = True
    activation: str | None = None
    name: str = ""
    kind: ClassVar[str] = "linear"


@dataclass(frozen=True)
class Activation(_Checked):
    """An activation function as a layer of its own; sizes stay."""

    activation: str
    name: str = ""
    kind: ClassVar[str] = "activation"

    def __post_init__(self) -> None:
        if self.activation is None:
            raise InvalidInput("an activation layer must say which; try one of {known}.", known=", ".join(ACTIVATIONS))
        super().__post_init__()


Weighted = Conv | Linear | BatchNorm  # layers that may have an activation of their own
Layer = Conv | AvgPool | MaxPool | AdaptivePool | BatchNorm | Flatten | Linear | Activation
Chain = tuple[Layer, ...]
LAYERS: dict[str, type[Layer]] = {
    layer.kind: layer for layer in (Conv, AvgPool, MaxPool, AdaptivePool, BatchNorm, Flatten, Linear, Activation)
}
"""JSON type → layer; the other JSON keys are the layer's own fields."""
