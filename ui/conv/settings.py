"""Lesson 3's settings: what a link to it sets, and the example that they make."""

import dataclasses
from dataclasses import dataclass
from typing import ClassVar

from core.conv.edits import MAX_EDITS_TEXT
from core.conv.example import Example
from core.conv.filters import INPUTS, KERNELS, MAX_KERNEL
from core.conv.presets import PRESETS
from core.conv.writing import MAX_CHAIN_TEXT
from ui.state import fields
from ui.state.fields import choice, flag, number, text
from ui.text import _

MODES = ("layer", "chain", "picture")


@dataclass(frozen=True)
class Settings:
    """What a link to this lesson sets."""

    PREFIX: ClassVar[str] = "conv_"
    mode: str = choice("layer", MODES)
    # one layer
    operation: str = choice("conv", ("conv", "avgpool", "maxpool"))
    height: int = number(4, 1, 512)
    kernel_size: int = number(3, 1, MAX_KERNEL)
    stride: int = number(1, 1, 16)
    padding: int = number(0, 0, 16)
    kernel: str = choice("counting", tuple(KERNELS))
    bias: int = number(0, -99, 99)
    picture: str = choice("counting", tuple(INPUTS))
    square: bool = flag(True)
    width: int = number(4, 1, 512)
    kernel_width: int = number(3, 1, MAX_KERNEL)
    stride_width: int = number(1, 1, 16)
    padding_width: int = number(0, 0, 16)
    dilation: int = number(1, 1, 8)
    channels: int = number(1, 1, 512)
    filters: int = number(1, 1, 512)
    groups: int = number(1, 1, 512)
    ceil_mode: bool = flag(False)
    count_include_pad: bool = flag(True)
    seed: int = number(0, 0, 9999)
    edits: str = text("", MAX_EDITS_TEXT)
    # a chain
    chain: str = choice("lenet5", tuple(PRESETS))
    own: str = text("", MAX_CHAIN_TEXT)  # JSON; empty: the chain as it is known
    image: str = text("", 24)
    # on a picture; kernel, its side, stride, padding, bias and seed are the layer's
    source: str = choice("digit", ("digit", "colours", "sketch", "upload"))
    colour: bool = flag(False)
    digit: int = number(0, 0, 9999)
    maps: str = choice("all", ("all", "one", "c1"))


def example(now: Settings) -> Example:
    """Return the layer and the input that the settings describe."""

    values = {field.name: getattr(now, field.name) for field in dataclasses.fields(Example)}
    if now.operation != "conv":
        values["dilation"] = 1
    if now.square:
        values["width"] = now.height
    else:
        values["kernel_size"] = now.kernel_size, now.kernel_width
        values["stride"] = now.stride, now.stride_width
        values["padding"] = now.padding, now.padding_width
    return Example(**values)


def allowed(values: dict[str, int | bool]) -> bool:
    """Return whether every setting named may have its value."""
    rules = fields.rules(Settings)
    return all(rules[name][0].valid(value) for name, value in values.items())


def changes(now: Settings, field: str, value: tuple[int, int]) -> dict[str, int | bool]:
    """Return the settings to change so that one of the layer's sizes becomes (rows, columns).

    Args:
        now: the present settings.
        field: kernel_size, stride, padding, dilation or size, which is the input's.
        value: its new rows and columns.
    """
    down, across = {
        "size": ("height", "width"),
        "kernel_size": ("kernel_size", "kernel_width"),
        "stride": ("stride", "stride_width"),
        "padding": ("padding", "padding_width"),
        "dilation": ("dilation", "dilation"),
    }[field]
    if now.square and value[0] == value[1]:
        return {down: value[0]}
    if not now.square:
        return {down: value[0], across: value[1]}
    widths = {"width": now.height, "kernel_width": now.kernel_size}
    widths |= {"stride_width": now.stride, "padding_width": now.padding}
    return widths | {"square": False, down: value[0], across: value[1]}


def kernel_names() -> dict[str, str]:
    """Return the kernels' names."""
    return {
        "counting": _("Course"),
        "identity": _("Identity"),
        "blur": _("Blur"),
        "edge": _("Edge"),
        "sobel": "Sobel x",
        "sobel_y": "Sobel y",
        "sharpen": _("Sharpen"),
        "emboss": _("Emboss"),
        "random": _("Random"),
    }


def networks() -> dict[str, str]:
    """Return the names of the networks whose chain can be shown."""
    return {
        "lenet5": _("LeNet-5 (1998), 28×28 with padding 2"),
        "lenet5-32": _("LeNet-5 (1998), 32×32 as published"),
        "lenet5-relu-max": _("LeNet-5 with ReLU and max pooling"),
        "mnist-dnn": _("The course's DNN for MNIST"),
        "alexnet": "AlexNet",
        "vgg16": "VGG-16",
        "alexnet-28": _("AlexNet on 28×28: impossible"),
    }
