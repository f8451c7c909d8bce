"""A window sliding over one direction of an input: the size formula, and what it leaves over.

OH = ⌊(H + 2P − D·(FH − 1) − 1)/S⌋ + 1 is the shape rule of ``torch.nn.Conv2d`` and ``torch.nn.MaxPool2d`` (PyTorch
documentation); the course writes it for D = 1.
"""

from dataclasses import dataclass

from core.conv.layers import AvgPool, Conv, MaxPool, pair


@dataclass(frozen=True)
class Axis:
    """A window sliding along one direction, rows or columns.

    Args:
        size: H or W of the input.
        kernel: FH or FW.
        stride: S.
        padding: P, on each side.
        dilation: D.
        ceil_mode: round up instead of down (pooling only).

    >>> Axis(size=28, kernel=5, padding=2).output
    28
    >>> Axis(size=8, kernel=3, stride=2).leftover
    1
    """

    size: int
    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    ceil_mode: bool = False

    @property
    def window(self) -> int:
        """Pixels from the window's first to its last element: D·(F − 1) + 1."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def padded(self) -> int:
        """The input with its padding: H + 2P."""
        return self.size + 2 * self.padding

    @property
    def slack(self) -> int:
        """How far the window can travel: H + 2P − window; negative when it does not fit."""
        return self.padded - self.window

    @property
    def divides(self) -> bool:
        """Whether the stride divides the way that the window travels."""
        return self.slack % self.stride == 0

    @property
    def output(self) -> int:
        """Number of positions of the window; 0 or less when there is none."""
        if not self.ceil_mode:
            return self.slack // self.stride + 1
        positions = -(-self.slack // self.stride) + 1
        # torch: "sliding windows that would start in the right padded region are ignored"
        return positions - 1 if (positions - 1) * self.stride >= self.size + self.padding else positions

    @property
    def leftover(self) -> int:
        """Rows (columns) at the end of the padded input that no window reaches."""
        return max(0, self.padded - self._reach)

    @property
    def overhang(self) -> int:
        """Rows (columns) by which the last window sticks out of the padded input (``ceil_mode``)."""
        return max(0, self._reach - self.padded)

    @property
    def _reach(self) -> int:
        return (self.output - 1) * self.stride + self.window


def layer_axes(layer: Conv | AvgPool | MaxPool, height: int, width: int) -> tuple[Axis, Axis]:
    """Return the window's way down and across an input of height × width."""
    kernel, padding = pair("kernel_size", layer.kernel_size, 1), pair("padding", layer.padding, 0)
    stride = pair("stride", layer.stride, 1)
    dilation = (1, 1) if isinstance(layer, AvgPool) else pair("dilation", layer.dilation, 1)
    ceil_mode = not isinstance(layer, Conv) and layer.ceil_mode
    down, across = (
        Axis(size, kernel[i], stride[i], padding[i], dilation[i], ceil_mode) for i, size in enumerate((height, width))
    )
    return down, across
