"""Sizes, parameters, multiply-adds and receptive fields of a chain of layers; no torch needed.

Receptive fields: Araujo, Norris, Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, prod

from core.conv.axis import Axis, layer_axes
from core.conv.layers import (
    MAX_CHANNELS,
    MAX_LAYERS,
    MAX_SIDE,
    Activation,
    AdaptivePool,
    BatchNorm,
    Conv,
    Flatten,
    Layer,
    Linear,
    pair,
    whole,
)
from core.errors import InvalidInput

Shape = tuple[int, int, int]
"""(channels, height, width); a flat row of N features is (N, 1, 1)."""


@dataclass(frozen=True)
class LayerTrace:
    """What one layer does to the shape, and what it costs.

    Args:
        number: position in the chain, from 1.
        name: given, or the kind with a running number.
        layer: the layer itself.
        input: (C, H, W) before it.
        output: (C, H, W) after it; (features, 1, 1) once flat.
        parameters: weights and biases.
        multiply_adds: products that are summed, per image; biases, pooling, batch norm and activations not counted.
        receptive_field: (rows, columns) of the chain's input that one output value depends on, padding included.
    """

    number: int
    name: str
    layer: Layer
    input: Shape
    output: Shape
    parameters: int
    multiply_adds: int
    receptive_field: tuple[int, int]

    @property
    def kind(self) -> str:
        """The layer's type as written in JSON."""
        return self.layer.kind

    @property
    def memory(self) -> tuple[int, int, int]:
        """Bytes of the input, the parameters and the output of one image in float32, 4 bytes a number."""
        return 4 * prod(self.input), 4 * self.parameters, 4 * prod(self.output)

    def as_json(self) -> dict[str, object]:
        """Return the layer's row of the ``sizes`` command."""
        return {
            "name": self.name,
            "type": self.kind,
            "output": list(self.output),
            "parameters": self.parameters,
            "multiply_adds": self.multiply_adds,
            "receptive_field": list(self.receptive_field),
        }


@dataclass(frozen=True)
class Trace:
    """A chain followed from its input to its output."""

    input: Shape
    layers: tuple[LayerTrace, ...]

    @property
    def output(self) -> Shape:
        """The last layer's output, or the input of an empty chain."""
        return self.layers[-1].output if self.layers else self.input

    @property
    def parameters(self) -> int:
        """Weights and biases of all layers."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds of all layers for one image."""
        return sum(layer.multiply_adds for layer in self.layers)

    def as_json(self) -> dict[str, object]:
        """Return plain values for one JSON line."""
        return {
            "input": list(self.input),
            "layers": [layer.as_json() for layer in self.layers],
            "output": list(self.output),
            "parameters": self.parameters,
            "multiply_adds": self.multiply_adds,
        }


@dataclass(frozen=True)
class _State:
    """What the next layer needs to know of all layers before it."""

    shape: Shape
    flat: bool = False
    # One output value sees `field` input rows/columns; its neighbour sees the same, `jump` further on.
    # `span` counts the map that was flattened, so that a fully connected layer sees all of it.
    # Adaptive pooling may be uneven: its jump is the mean one.
    field: tuple[Fraction | int, Fraction | int] = (1, 1)
    jump: tuple[Fraction | int, Fraction | int] = (1, 1)
    span: tuple[int, int] = (1, 1)


def trace(chain: Sequence[Layer], shape: Shape) -> Trace:
    """Follow a (C, H, W) image through a chain of layers.

    Args:
        chain: the layers, at most ``MAX_LAYERS``.
        shape: (channels, height, width) of the input.

    Returns:
        Output, parameters, multiply-adds and receptive field of every layer.

    Raises:
        InvalidInput: if a layer cannot take what it is given; the sentence names the layer.

    >>> trace([Conv(6, 5, stride=2, padding=2)], (1, 28, 28)).output
    (6, 14, 14)
    """
    check_input(shape)
    if len(chain) > MAX_LAYERS:
        raise InvalidInput(
            "a chain of {layers} layers is longer than {most}; shorten it.", layers=len(chain), most=MAX_LAYERS
        )
    state, traced, counts = _State(shape), [], dict[str, int]()
    for number, layer in enumerate(chain, 1):
        counts[layer.kind] = counts.get(layer.kind, 0) + 1
        name = layer.name or f"{layer.kind}{counts[layer.kind]}"
        try:
            row, state = _step(layer, state)
        except InvalidInput as error:
            raise in_layer(error, number, layer.kind, layer.name) from error
        traced.append(replace(row, number=number, name=name))
    return Trace(shape, tuple(traced))


def check_input(shape: Shape) -> None:
    """Refuse an input that is not (channels, height, width) of sensible size."""
    if len(shape) != 3:
        raise InvalidInput("the input (={value}) must be channels, height and width; try 1x28x28.", value=shape)
    whole("input channels", shape[0], 1, MAX_CHANNELS)
    whole("input height", shape[1], 1, MAX_SIDE)
    whole("input width", shape[2], 1, MAX_SIDE)


def takes_row(chain: Sequence[Layer], shape: Shape) -> bool:
    """Return whether an input is a flat row of features, (N, 1, 1) of a fully connected layer.

    >>> takes_row([Linear(5)], (3, 1, 1)), takes_row([Flatten(), Linear(5)], (3, 1, 1))
    (True, False)
    """
    return bool(chain) and isinstance(chain[0], Linear) and shape[1:] == (1, 1)


def in_layer(error: InvalidInput, number: int, kind: str, name: str = "") -> InvalidInput:
    """Return the same refusal, saying which layer of the chain it is about."""
    return InvalidInput(
        "layer {number} ({layer}): {reason}", number=number, layer=f"{kind} {name}" if name else kind, reason=error
    )


def _step(layer: Layer, state: _State) -> tuple[LayerTrace, _State]:
    channels, height, width = state.shape
    if isinstance(layer, Activation):
        return _row(layer, state, state), state
    if isinstance(layer, BatchNorm):
        return _row(layer, state, state, 2 * channels), state
    if isinstance(layer, Flatten):
        span = state.span if state.flat else (height, width)
        after = replace(state, shape=(channels * height * width, 1, 1), flat=True, span=span)
        return _row(layer, state, after), after
    if isinstance(layer, Linear):
        return _linear(layer, state)
    if state.flat:
        raise InvalidInput(
            "a {kind} layer needs an image, but its input is already flat ({features} features); "
            "put it before the flatten or linear layer.",
            kind=layer.kind,
            features=channels,
        )
    if isinstance(layer, AdaptivePool):
        after = _adaptive(layer, state)
        return _row(layer, state, after), after
    rows, columns = layer_axes(layer, height, width)
    if isinstance(layer, Conv):
        out_channels, weights = layer.filters, _conv_weights(layer, channels, rows, columns)
        parameters = weights + (layer.filters if layer.bias else 0)
    else:
        out_channels, weights, parameters = channels, 0, 0
        if min(rows.output, columns.output) < 1:
            raise too_large(rows, columns)
    field = tuple(
        f + (axis.window - 1) * j for f, axis, j in zip(state.field, (rows, columns), state.jump, strict=True)
    )
    after = _State(
        shape=(out_channels, rows.output, columns.output),
        field=(field[0], field[1]),
        jump=(state.jump[0] * rows.stride, state.jump[1] * columns.stride),
    )
    return _row(layer, state, after, parameters, weights * rows.output * columns.output), after


def _adaptive(layer: AdaptivePool, state: _State) -> _State:
    """Window i of O on n rows goes from ⌊i·n/O⌋ to ⌈(i + 1)·n/O⌉ (torch's own rule); the largest one counts."""
    outputs, fields, jumps = pair("output_size", layer.output_size, 1), [], []
    for size, output, field, jump in zip(state.shape[1:], outputs, state.field, state.jump, strict=True):
        window = max(-(-(i + 1) * size // output) - i * size // output for i in range(output))
        fields.append(field + (window - 1) * jump)
        jumps.append(jump * (Fraction(size - window, output - 1) if output > 1 else size))
    return _State(shape=(state.shape[0], *outputs), field=(fields[0], fields[1]), jump=(jumps[0], jumps[1]))


def _conv_weights(layer: Conv, channels: int, rows: Axis, columns: Axis) -> int:
    if channels % layer.groups:
        raise InvalidInput(
            "The input's channels (={channels}) must be divisible by groups (={groups}); try groups = 1.",
            channels=channels,
            groups=layer.groups,
        )
    if min(rows.slack, columns.slack) < 0:
        raise too_large(rows, columns)
    return layer.filters * (channels // layer.groups) * rows.kernel * columns.kernel


def too_large(rows: Axis, columns: Axis) -> InvalidInput:
    """Return the refusal of a window that does not fit into its input."""
    return InvalidInput(
        "The window (={window}) is larger than the padded input (={padded}); "
        "use a smaller kernel or dilation, more padding, or a larger input.",
        window=f"{rows.window}×{columns.window}",
        padded=f"{rows.padded}×{columns.padded}",
    )


def _linear(layer: Linear, state: _State) -> tuple[LayerTrace, _State]:
    channels, height, width = state.shape
    if not state.flat and (height, width) != (1, 1):
        raise InvalidInput(
            "a linear layer needs a flat input, but gets {shape}; add a flatten layer before it.",
            shape=f"{channels}×{height}×{width}",
        )
    span = state.span
    field = (state.field[0] + (span[0] - 1) * state.jump[0], state.field[1] + (span[1] - 1) * state.jump[1])
    after = replace(state, shape=(layer.features, 1, 1), flat=True, field=field, span=(1, 1))
    weights = channels * layer.features
    return _row(layer, state, after, weights + (layer.features if layer.bias else 0), weights), after


def _row(layer: Layer, before: _State, after: _State, parameters: int = 0, multiply_adds: int = 0) -> LayerTrace:
    field = (ceil(after.field[0]), ceil(after.field[1]))
    return LayerTrace(0, "", layer, before.shape, after.shape, parameters, multiply_adds, field)
