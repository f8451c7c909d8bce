"""One layer to look at: from the settings of a page to its size, its worked picture and its PyTorch script."""

from __future__ import annotations

from dataclasses import dataclass

from core.conv.axis import Axis, layer_axes
from core.conv.filters import MAX_DRAWN, Grid, image, kernel
from core.conv.layers import AvgPool, Conv, MaxPool
from core.conv.sizes import LayerTrace, Shape, trace
from core.conv.steps import MAX_NUMBERS, Operation, Worked, count_products, work_out
from core.errors import InvalidInput

MAX_WRITTEN = 64
"""Most input numbers that the script writes out."""
MAX_CHANNELS_DRAWN = 8
"""Most channels that a picture lets one choose from."""
OPERATIONS: dict[str, Operation] = {"conv": "conv", "avgpool": "avgpool", "maxpool": "maxpool"}
"""What a window can be put through."""


@dataclass(frozen=True)
class Example:
    """A layer and a small input for it.

    Args:
        operation: conv, avgpool or maxpool.
        height: H of the input, in pixels.
        width: W of the input, in pixels.
        kernel_size: side of the window.
        stride: its step.
        padding: rings of zeros around the input.
        dilation: distance between neighbouring kernel elements (conv).
        channels: C of the input.
        filters: FN (conv).
        groups: of channels (conv).
        ceil_mode: round the size up (pooling).
        kernel: a name of core.conv.filters.KERNELS (conv).
        picture: a name of core.conv.filters.INPUTS.
        bias: the drawn filter's (conv).
    """

    operation: str = "conv"
    height: int = 4
    width: int = 4
    kernel_size: int = 3
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    channels: int = 1
    filters: int = 1
    groups: int = 1
    ceil_mode: bool = False
    kernel: str = "counting"
    picture: str = "counting"
    bias: int = 0

    def __post_init__(self) -> None:
        if self.operation not in OPERATIONS:
            raise InvalidInput("operation (={value}) must be conv, avgpool or maxpool.", value=self.operation)

    @property
    def input(self) -> Shape:
        """(C, H, W)."""
        return self.channels, self.height, self.width

    @property
    def layer(self) -> Conv | AvgPool | MaxPool:
        """The layer; raises InvalidInput for values that no layer can have."""
        if self.operation == "conv":
            return Conv(self.filters, self.kernel_size, self.stride, self.padding, self.dilation, self.groups)
        pool = AvgPool if self.operation == "avgpool" else MaxPool
        return pool(self.kernel_size, self.stride, self.padding, self.ceil_mode)

    @property
    def axes(self) -> tuple[Axis, Axis]:
        """The window's way down and across, whether or not it fits; raises InvalidInput as ``layer`` does."""
        return layer_axes(self.layer, self.height, self.width)

    def size(self) -> LayerTrace:
        """Return what the layer makes of the input.

        Raises:
            InvalidInput: if it cannot take it; here the sentence needs no layer number.

        >>> Example().size().output
        (1, 2, 2)
        """
        layer = self.layer
        try:
            return trace([layer], self.input).layers[0]
        except InvalidInput as error:
            reason = error.values.get("reason")
            raise (reason if isinstance(reason, InvalidInput) else error) from error

    def drawable(self) -> bool:
        """Whether input, channels and products are few enough to be drawn; asked of a layer that fits."""
        few = max(self.height, self.width) <= MAX_DRAWN and self._reads <= MAX_CHANNELS_DRAWN
        return few and count_products(self._reads, *self.axes) <= MAX_NUMBERS

    def worked(self) -> Worked:
        """Work out the first output channel, window by window; a filter reads the channels of its group alone.

        Raises:
            InvalidInput: if the input is too large to draw, or there would be too many numbers.

        >>> Example().worked().output
        ((15, 16), (6, 15))
        """
        rows, columns = self.axes
        return work_out(OPERATIONS[self.operation], self._read(), rows, columns, self._kernels(), self.bias)

    def script(self) -> str:
        """Return a PyTorch script that prints this layer's output shape, and the drawn numbers when they are few."""
        written = self._writes_numbers()
        lines = ["import torch", "from torch import nn", "", f"layer = {self._call()}"]
        if written and self.operation == "conv":
            lines += [
                f"weight = {_tensor(self._kernels())}",
                "with torch.no_grad():  # the picture's, not learned ones",
            ]
            lines += ["    layer.weight.copy_(weight)", f"    layer.bias.fill_({self.bias})"]
        channels, height, width = self.input
        x = _tensor(self._inputs()) if written else f"torch.rand(1, {channels}, {height}, {width})"
        lines += ["", f"x = {x}", "y = layer(x)", "print(tuple(y.shape[1:]))  # channels, height, width"]
        return "\n".join([*lines, "print(y)"] if written else lines) + "\n"

    def _call(self) -> str:
        given: dict[str, object] = {"kernel_size": self.kernel_size, "stride": self.stride, "padding": self.padding}
        if self.operation == "conv":
            given |= {"dilation": self.dilation} if self.dilation > 1 else {}
            given |= {"groups": self.groups} if self.groups > 1 else {}
            return f"nn.Conv2d({self.channels}, {self.filters}, {_keywords(given)})"
        given |= {"ceil_mode": True} if self.ceil_mode else {}
        return f"nn.{'AvgPool2d' if self.operation == 'avgpool' else 'MaxPool2d'}({_keywords(given)})"

    def _writes_numbers(self) -> bool:
        one = self.operation != "conv" or (self.filters == 1 and self.groups == 1)
        return one and self.channels * self.height * self.width <= MAX_WRITTEN

    @property
    def _reads(self) -> int:
        """How many channels the first output channel depends on."""
        return self.channels // self.groups if self.operation == "conv" else 1

    def _inputs(self) -> tuple[Grid, ...]:
        return tuple(image(self.picture, self.height, self.width, c) for c in range(self.channels))

    def _read(self) -> tuple[Grid, ...]:
        return self._inputs()[: self._reads]

    def _kernels(self) -> tuple[Grid, ...]:
        return (kernel(self.kernel, self.kernel_size),) * (self.channels // self.groups)


def _tensor(grids: tuple[Grid, ...]) -> str:
    """Return a (1, channels, height, width) tensor as Python, one row of numbers a line."""
    blocks = [",\n".join(f"     {list(row)}" for row in grid) for grid in grids]
    text = ",\n".join(f"    [{block[5:]}]" for block in blocks)
    return f"torch.tensor([[\n{text},\n]], dtype=torch.float32)"


def _keywords(given: dict[str, object]) -> str:
    return ", ".join(f"{name}={value}" for name, value in given.items())
