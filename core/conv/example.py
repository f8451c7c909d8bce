"""One layer to look at: from the settings of a page to its size and its worked pictures."""

from dataclasses import dataclass

from core.conv.axis import Axis, layer_axes
from core.conv.edits import Edits, edited, parse_edits
from core.conv.filters import MAX_DRAWN, Grid, following, image, kernel
from core.conv.layers import AvgPool, Conv, MaxPool, Size, pair
from core.conv.sizes import LayerTrace, Shape, trace
from core.errors import InvalidInput

MAX_PICTURES = 8
"""Most output channels that are worked out, and most channels that one of them may read."""
MAX_NUMBERS = 100_000
"""Most products in a worked example; enough for LeNet-5's first layer, and still quick in a browser."""


@dataclass(frozen=True)
class Example:
    """A layer and a small input for it.

    Args:
        operation: conv, avgpool or maxpool.
        height: H of the input, in pixels.
        width: W of the input, in pixels.
        kernel_size: the window, one side or (FH, FW).
        stride: its step, one number or (down, across).
        padding: rows and columns of zeros on each side, one number or (rows, columns).
        dilation: distance between neighbouring kernel elements (conv).
        channels: C of the input.
        filters: FN (conv).
        groups: of channels (conv).
        ceil_mode: round the size up (pooling).
        count_include_pad: the padding's zeros count in a mean (avgpool).
        kernel: a name of core.conv.filters.KERNELS, for the first filter; each further one has the menu's next (conv).
        picture: a name of core.conv.filters.INPUTS.
        bias: each filter's (conv).
        seed: of random kernels.
        edits: numbers typed over, as core.conv.edits reads them.
    """

    operation: str = "conv"
    height: int = 4
    width: int = 4
    kernel_size: Size = 3
    stride: Size = 1
    padding: Size = 0
    dilation: int = 1
    channels: int = 1
    filters: int = 1
    groups: int = 1
    ceil_mode: bool = False
    count_include_pad: bool = True
    kernel: str = "counting"
    picture: str = "counting"
    bias: int = 0
    seed: int = 0
    edits: str = ""

    def __post_init__(self) -> None:
        if self.operation not in ("conv", "avgpool", "maxpool"):
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
        if self.operation == "avgpool":
            return AvgPool(
                self.kernel_size, self.stride, self.padding, self.ceil_mode, count_include_pad=self.count_include_pad
            )
        return MaxPool(self.kernel_size, self.stride, self.padding, self.ceil_mode)

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

    @property
    def reads(self) -> int:
        """How many channels each output channel depends on."""
        return self.channels // self.groups if self.operation == "conv" else 1

    @property
    def drawn(self) -> int:
        """How many output channels can be drawn, from the first; 0 if none can. Asked of a layer that fits."""
        if max(self.height, self.width) > MAX_DRAWN or self.reads > MAX_PICTURES:
            return 0
        rows, columns = self.axes
        products = rows.output * columns.output * rows.kernel * columns.kernel * self.reads
        return min(MAX_PICTURES, self.outputs) if products <= MAX_NUMBERS else 0

    @property
    def zeros(self) -> bool:
        """Whether the padding takes part as zeros; otherwise it does not count at all."""
        return self.operation == "conv" or (self.operation == "avgpool" and self.count_include_pad)

    @property
    def outputs(self) -> int:
        """The number of output channels."""
        return self.filters if self.operation == "conv" else self.channels

    def first_read(self, number: int) -> int:
        """Return the first input channel that output channel ``number`` depends on, both from 0."""
        return number // (self.filters // self.groups) * self.reads if self.operation == "conv" else number

    def input_channel(self, channel: int) -> Grid:
        """Return one channel of the input, edits included."""
        return edited(image(self.picture, self.height, self.width, channel), self._edits.inputs, channel)

    def weights(self, number: int) -> tuple[Grid, ...]:
        """Return the kernels of one filter, one per channel that it reads, edits included."""
        name = following(self.kernel, number)
        side = pair("kernel_size", self.kernel_size, 1)
        return tuple(
            edited(kernel(name, *side, seed=f"{self.seed}/{number}/{channel}"), self._edits.weights, number, channel)
            for channel in range(self.reads)
        )

    def filter_bias(self, number: int) -> float:
        """Return one filter's bias, edits included."""
        return self._edits.biases.get((number,), self.bias)

    @property
    def _edits(self) -> Edits:
        return parse_edits(self.edits)
