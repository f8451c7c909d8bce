"""One convolution or pooling worked out by hand, window by window: what the browser shows is held to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from core.conv.axis import Axis
from core.conv.example import Example
from core.conv.filters import Grid

Operation = Literal["conv", "avgpool", "maxpool"]


@dataclass(frozen=True)
class Worked:
    """A worked example.

    Args:
        operation: conv, avgpool or maxpool.
        channels: the input channels that are read, each H × W, without padding.
        kernels: one FH × FW kernel per channel; empty for pooling.
        bias: added once per output value.
        rows: the window's way down.
        columns: the window's way across.
        steps: one per output value, row by row.
    """

    operation: Operation
    channels: tuple[Grid, ...]
    kernels: tuple[Grid, ...]
    bias: float
    rows: Axis
    columns: Axis
    steps: tuple[Step, ...]

    @property
    def output(self) -> Grid:
        """The output's first (and only) channel, OH × OW."""
        width = self.columns.output
        return tuple(
            tuple(step.value for step in self.steps[row * width : (row + 1) * width]) for row in range(self.rows.output)
        )


@dataclass(frozen=True)
class Step:
    """One position of the window.

    Args:
        top: the window's first row; negative in the padding above the input.
        left: the window's first column; negative in the padding on the left.
        products: per channel FH × FW: value · weight for a convolution, the value itself for pooling;
            None where nothing counts (a maximum never takes padding, nor does a mean with count_include_pad off;
            nothing lies beyond the padded input).
        sums: per channel: the products' sum (conv, avgpool) or maximum (maxpool).
        divisor: what an average divides by; 1 otherwise.
        value: the output: sum of sums + bias, sum / divisor, or maximum.
    """

    top: int
    left: int
    products: tuple[tuple[tuple[float | None, ...], ...], ...]
    sums: tuple[float, ...]
    divisor: int
    value: float


def work_out(
    operation: Operation,
    channels: tuple[Grid, ...],
    rows: Axis,
    columns: Axis,
    kernels: tuple[Grid, ...] = (),
    bias: float = 0,
    count_padding: bool = True,
) -> Worked:
    """Work out one output channel, window by window.

    Args:
        operation: conv reads all channels with a kernel each; pooling reads the first channel alone.
        channels: H × W numbers each.
        rows: size, kernel, stride, padding and dilation down.
        columns: the same across.
        kernels: one per channel (conv).
        bias: the filter's (conv).
        count_padding: whether the padding's zeros count in a mean (avgpool).

    >>> axis = Axis(2, 2)
    >>> work_out("conv", (((1, 2), (3, 4)),), axis, axis, (((1, 0), (0, 1)),), bias=10).output
    ((15,),)
    """
    if operation != "conv":
        channels, kernels, bias = channels[:1], (), 0
    zeros = operation == "conv" or (operation == "avgpool" and count_padding)
    taken = [
        _step(operation, channels, rows, columns, kernels, bias, row * rows.stride, column * columns.stride, zeros)
        for row in range(rows.output)
        for column in range(columns.output)
    ]
    return Worked(operation, channels, kernels, bias, rows, columns, tuple(taken))


def worked(example: Example, number: int = 0) -> Worked:
    """Work out one output channel of a page's example, from 0; a filter reads the channels of its group alone."""
    rows, columns = example.axes
    if example.operation != "conv":
        read, padding = (example.input_channel(number),), example.count_include_pad
        return work_out(
            "avgpool" if example.operation == "avgpool" else "maxpool", read, rows, columns, count_padding=padding
        )
    first = example.first_read(number)
    seen = tuple(example.input_channel(first + channel) for channel in range(example.reads))
    return work_out("conv", seen, rows, columns, example.weights(number), example.filter_bias(number))


def _step(
    operation: Operation,
    channels: tuple[Grid, ...],
    rows: Axis,
    columns: Axis,
    kernels: tuple[Grid, ...],
    bias: float,
    top: int,
    left: int,
    zeros: bool,
) -> Step:
    """Work out the window whose first element is at (top, left) of the padded input."""
    products = []
    for number, channel in enumerate(channels):
        window = tuple(
            tuple(
                _tap(zeros, channel, rows, columns, top + u * rows.dilation, left + v * columns.dilation)
                for v in range(columns.kernel)
            )
            for u in range(rows.kernel)
        )
        products.append(_weighed(window, kernels[number]) if operation == "conv" else window)
    sums, divisor = tuple(_gather(operation, product) for product in products), 1
    if operation == "avgpool":  # never what lies beyond the padding
        divisor = sum(value is not None for values in products[0] for value in values)
    value = sum(sums) + bias if operation == "conv" else sums[0] / divisor
    return Step(top - rows.padding, left - columns.padding, tuple(products), sums, divisor, value)


def _tap(zeros: bool, channel: Grid, rows: Axis, columns: Axis, row: int, column: int) -> float | None:
    """Return what the padded input has at (row, column): a number, the padding's 0, or None where nothing counts."""
    if row >= rows.padded or column >= columns.padded:
        return None
    i, j = row - rows.padding, column - columns.padding
    if 0 <= i < rows.size and 0 <= j < columns.size:
        return channel[i][j]
    return 0 if zeros else None


def _weighed(window: tuple[tuple[float | None, ...], ...], kernel: Grid) -> tuple[tuple[float | None, ...], ...]:
    return tuple(
        tuple(None if value is None else value * weight for value, weight in zip(values, weights, strict=True))
        for values, weights in zip(window, kernel, strict=True)
    )


def _gather(operation: Operation, product: tuple[tuple[float | None, ...], ...]) -> float:
    counted: Iterator[float] = (value for values in product for value in values if value is not None)
    # A dilated maximum window may lie on padding alone: torch gives −∞ there.
    return max(counted, default=float("-inf")) if operation == "maxpool" else sum(counted)
