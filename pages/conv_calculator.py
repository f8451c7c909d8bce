"""Lesson 3: the size of a convolution's output, and every product and sum behind one number."""

from dataclasses import dataclass
from typing import ClassVar

import streamlit as st

from core.conv.check import torch_output
from core.conv.example import Example
from core.conv.filters import INPUTS, KERNELS, MAX_DRAWN, MAX_KERNEL
from core.conv.presets import PRESETS
from core.conv.sizes import trace
from core.errors import InvalidInput
from ui import conv_view, lesson
from ui.components.conv_stepper import conv_stepper
from ui.state import Controls, choice, flag, number
from ui.text import _


@dataclass(frozen=True)
class Settings:
    """What a link to this lesson sets."""

    PREFIX: ClassVar[str] = "conv_"
    operation: str = choice("conv", ("conv", "avgpool", "maxpool"))
    height: int = number(4, 1, 512)
    kernel_size: int = number(3, 1, MAX_KERNEL)
    stride: int = number(1, 1, 16)
    padding: int = number(0, 0, 16)
    kernel: str = choice("counting", tuple(KERNELS))
    bias: int = number(0, -99, 99)
    picture: str = choice("counting", tuple(INPUTS))
    width: int = number(0, 0, 512)
    dilation: int = number(1, 1, 8)
    channels: int = number(1, 1, 512)
    filters: int = number(1, 1, 512)
    groups: int = number(1, 1, 512)
    ceil_mode: bool = flag(False)
    chain: str = choice("lenet5", tuple(PRESETS))


lesson.header(
    3, _("Convolution calculator"), _("How large is the output of a convolution, and where does each number come from?")
)
controls = Controls(Settings)
stage, panel = lesson.layout()

with panel:
    operations = {"conv": _("Convolution"), "avgpool": _("Avg pool"), "maxpool": _("Max pool")}
    convolves = controls.segmented("operation", _("Operation"), operations) == "conv"
    left, right = st.columns(2)
    with left:
        controls.number("height", _("Input side H"), help=_("Rows and columns of the input, in pixels."))
        controls.number("stride", _("Stride S"), help=_("The step of the window."))
    with right:
        controls.number("kernel_size", _("Window side F"), help=_("Rows and columns of the kernel or pooling window."))
        controls.number("padding", _("Padding P"), help=_("Rings of zeros around the input."))
    if convolves:
        left, right = st.columns(2)
        with left:
            kernels = {"counting": _("Numbers"), "identity": _("Identity"), "blur": _("Blur"), "edge": _("Edge")}
            kernels |= {"sobel": "Sobel", "sharpen": _("Sharpen")}
            controls.select("kernel", _("Kernel"), kernels, help=_("The weights that the window is multiplied with."))
        with right:
            controls.number("bias", _("Bias b"), help=_("Added to every sum; one per output channel."))
    with lesson.more():
        inputs = {"counting": _("Numbers"), "edge": _("Bright half"), "square": _("Bright square")}
        controls.segmented("picture", _("Input"), inputs)
        left, right = st.columns(2)
        with left:
            controls.number("channels", _("Input channels C"))
            controls.number("width", _("Width W, 0 for square"))
        with right:
            if convolves:
                controls.number("filters", _("Filters FN"), help=_("Each filter gives one output channel."))
                controls.number("dilation", _("Dilation D"), help=_("Distance between neighbouring kernel elements."))
                controls.number(
                    "groups", _("Groups"), help=_("Channels are split into groups that do not see each other.")
                )
            else:
                controls.toggle("ceil_mode", _("Round up"), help="`ceil_mode=True`")

now = controls.settings
example = Example(
    operation=now.operation,
    height=now.height,
    width=now.width or now.height,
    kernel_size=now.kernel_size,
    stride=now.stride,
    padding=now.padding,
    dilation=now.dilation,
    channels=now.channels,
    filters=now.filters,
    groups=now.groups,
    ceil_mode=now.ceil_mode,
    kernel=now.kernel,
    picture=now.picture,
    bias=now.bias,
)

size = None
with stage:
    try:
        size = example.size()
        st.markdown(f"## {conv_view.shape(example.input)} → {conv_view.shape(size.output)}", help=conv_view.costs(size))
        st.markdown(conv_view.formula(example.axes))
        if rounding := conv_view.remainder(example.axes):
            st.markdown(rounding)
        if example.drawable():
            conv_stepper(example.worked(), key="conv_stepper")
            if part := conv_view.caption(example):
                st.caption(part)
        else:
            st.info(
                _(
                    "Too large to draw (at most {n}×{n}, few channels); the size above is right all the same.",
                    n=MAX_DRAWN,
                )
            )
    except InvalidInput as error:
        lesson.problem(error)
        st.markdown(conv_view.no_place(example))

lesson.try_this(conv_view.experiments(), controls)


def chain() -> None:
    """A whole network, layer by layer."""
    name = controls.select("chain", _("Network"), conv_view.networks())
    preset = PRESETS[name]
    conv_view.draw_chain(trace(preset.chain, preset.input))


def code() -> None:
    """The same layer in PyTorch, and torch's own answer."""
    if size is None:
        st.info(_("There is no such layer: change the settings as the red sentence says."))
        return
    st.code(example.script(), language="python")
    if torch_output(example.layer, example.input) == size.output:
        st.caption(_("Checked with torch: its layer gives {shape}, too.", shape=conv_view.shape(size.output)))
    else:
        st.error(_("torch gives another size; please report these settings."))


lesson.inside([(_("Networks"), chain), (_("Why"), conv_view.why), (_("Code"), code)])
