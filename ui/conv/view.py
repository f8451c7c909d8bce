"""Lesson 3's words: the size formula with the numbers put in, what is left over, and a chain as a table."""

from __future__ import annotations

import streamlit as st

from core.conv.axis import Axis
from core.conv.example import Example
from core.conv.sizes import LayerTrace, Shape
from core.errors import InvalidInput
from ui.lesson import Experiment
from ui.text import _


def shape(size: Shape) -> str:
    """Return channels × height × width as text."""
    return " × ".join(map(str, size))


def formula(axes: tuple[Axis, Axis]) -> str:
    """Return the size formula with the numbers put in, as Markdown; columns only where they differ from rows."""
    rows, columns = axes
    # Two formulas in one line of text, so that a phone can break it between them.
    letters, numbers, last = _line(rows)
    text = f"$OH = {letters}$ ${numbers}$ ${last}$"
    if columns == rows:
        return text
    _letters, numbers, last = _line(columns)
    return f"{text}\n\n$OW {numbers}$ ${last}$"


def no_place(example: Example) -> str:
    """Return the formula of a window that does not fit, or an empty text when there is no such layer at all."""
    try:
        return formula(example.axes)
    except InvalidInput:
        return ""


def _line(axis: Axis) -> tuple[str, str, str]:
    """Return the formula in letters, with the numbers, and with the subtraction done."""
    left, right = "", ""
    if not axis.divides:
        left, right = (r"\left\lceil ", r"\right\rceil ") if axis.ceil_mode else (r"\left\lfloor ", r"\right\rfloor ")
    window, number = "FH", str(axis.kernel)
    if axis.dilation > 1:
        window, number = "D(FH-1) - 1", rf"{axis.dilation}\cdot({axis.kernel}-1) - 1"
    strut = r"\rule[-0.95em]{0pt}{2.4em}"  # keeps wrapped lines apart
    letters = rf"{strut}{left}\dfrac{{H + 2P - {window}}}{{S}}{right} + 1"
    numbers = rf"{strut}{left}\dfrac{{{axis.size} + 2\cdot {axis.padding} - {number}}}{{{axis.stride}}}{right} + 1"
    # ceil_mode leaves out a last window that would start outside: then the formula alone gives one too many
    cut = " - 1" if axis.ceil_mode and -(-axis.slack // axis.stride) + 1 > axis.output else ""
    last = rf"{strut}{left}\dfrac{{{axis.slack}}}{{{axis.stride}}}{right} + 1{cut}"
    return letters, rf"{{= {numbers}{cut}}}", rf"{{= {last} = \mathbf{{{axis.output}}}}}"  # braces: no break inside


def remainder(axes: tuple[Axis, Axis]) -> str:
    """Say what the rounding does where the stride does not divide; empty where it does."""
    rows, columns = axes
    if rows.divides and columns.divides:
        return ""
    axis = rows if not rows.divides else columns
    start = _("S = {stride} does not divide {slack}.", stride=axis.stride, slack=axis.slack)
    if rows.overhang or columns.overhang:
        return f"{start} " + _("Rounded up (ceil): the last window sticks out; what lies outside does not count.")
    cut = (
        _("Rounded up (ceil), but a window that starts outside is left out.")
        if axis.ceil_mode
        else _("Rounded down (floor).")
    )
    return f"{start} {cut} " + _(
        "No window reads the end of the padded input; number of rows: {rows}, of columns: {columns}.",
        rows=rows.leftover,
        columns=columns.leftover,
    )


def caption(example: Example) -> str:
    """Say which part of a layer with several channels or filters is drawn; empty when all of it is."""
    parts = []
    if example.drawn < example.outputs:
        parts.append(_("Drawn: the first {drawn} of {all} output channels.", drawn=example.drawn, all=example.outputs))
    if example.operation != "conv":
        return " ".join([*parts, _("Each channel is pooled by itself.")] if example.channels > 1 else parts)
    read = example.reads
    if example.groups > 1:
        parts.append(_("Each filter reads the {read} channels of its group.", read=read))
    if read > 1:
        parts.append(_("The products of all {read} channels are summed, then one bias is added.", read=read))
    return " ".join(parts)


def costs(size: LayerTrace) -> str:
    """Say the layer's parameters, multiply-adds, memory and receptive field."""
    inputs, weights, outputs = size.memory
    return _(
        "{parameters:,} parameters, {multiply_adds:,} multiply-adds per image; float32: input {inputs}, "
        "weights {weights}, output {outputs}. One output number sees {field} pixels.",
        parameters=size.parameters,
        multiply_adds=size.multiply_adds,
        inputs=memory(inputs),
        weights=memory(weights),
        outputs=memory(outputs),
        field="×".join(map(str, size.receptive_field)),
    )


def memory(count: int) -> str:
    """Return a number of bytes with its unit.

    >>> memory(1024), memory(61_706 * 4)
    ('1 KiB', '241 KiB')
    """
    for unit in ("B", "KiB", "MiB", "GiB"):
        if count < 1024 or unit == "GiB":
            return f"{count:.3g} {unit}" if count < 1000 else f"{count:.0f} {unit}"
        count /= 1024  # type: ignore[assignment]
    raise AssertionError


def course_rule(example: Example) -> str:
    """Compare the course's OH = H/S with the general formula; empty for a convolution."""
    if example.operation == "conv":
        return ""
    rows, columns = example.axes
    axis = next((axis for axis in (rows, columns) if axis.size != axis.output * axis.stride), rows)
    size, stride = axis.size, axis.stride
    if axis.size == axis.output * axis.stride:
        return _("The course's rule says the same: H/S = {h}/{s} = {o}.", h=size, s=stride, o=axis.output)
    reason = (
        _("it holds only when the window equals the stride, without padding")
        if axis.window != stride or axis.padding
        else _("it holds only when S divides H")
    )
    return _(
        "The course's rule would say H/S = {h}/{s} = {rule}; {reason}.",
        h=size,
        s=stride,
        rule=f"{size / stride:.4g}",
        reason=reason,
    )


def letter(field: str) -> str:
    """Return a setting's letter in the formula."""
    return {"kernel_size": "F", "stride": "S", "padding": "P", "dilation": "D", "size": "H"}[field]


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


def experiments(mode: str) -> list[Experiment]:
    """Return what to try in one of the page's modes."""
    return {"layer": _layer_experiments, "chain": _chain_experiments, "picture": _picture_experiments}[mode]()


def _layer_experiments() -> list[Experiment]:
    return [
        Experiment(_("4×4 with 3×3"), _("The window has two places down and two across: 2×2 numbers come out.")),
        Experiment(
            _("Three channels, two filters"),
            _("Each filter sums its products over all three channels and adds its own bias; one ring of zeros."),
            {"padding": 1, "channels": 3, "filters": 2, "edits": "b1_3"},
        ),
        Experiment(
            _("A stride that does not divide"),
            _("8 − 3 = 5 is odd: the last row and the last column are never read."),
            {"height": 8, "stride": 2},
        ),
        Experiment(
            _("Pooling 2×2"),
            _("Each window keeps its largest number; there is nothing to learn."),
            {"operation": "maxpool", "kernel_size": 2, "stride": 2},
        ),
        Experiment(
            _("Find an edge"),
            _("0 where the input is uniform, far from 0 where it changes. Play it to the end."),
            {"height": 8, "kernel": "sobel", "picture": "edge"},
        ),
        Experiment(
            _("An impossible one"),
            _("The window is larger than its input: read what to change."),
            {"height": 2},
        ),
    ]


def _chain_experiments() -> list[Experiment]:
    return [
        Experiment(
            _("LeNet-5 in a row"),
            _("Each layer's output is the next one's input: 1×28×28 becomes ten numbers with 61,706 parameters."),
            {"mode": "chain"},
        ),
        Experiment(
            _("A chain that breaks"),
            _("AlexNet was made for 224×224: on a digit its second pooling no longer fits. Mend it."),
            {"mode": "chain", "chain": "alexnet-28"},
        ),
        Experiment(
            _("Where the parameters are"),
            _("VGG-16: compare the parameters of its 13 convolutions with those of the first fully connected layer."),
            {"mode": "chain", "chain": "vgg16"},
        ),
    ]


def _picture_experiments() -> list[Experiment]:
    return [
        Experiment(
            _("Edges of a digit"),
            _("Sobel x answers where it gets brighter to the right: blue on left edges, orange on right ones."),
            {"mode": "picture", "maps": "one", "kernel": "sobel", "padding": 1},
        ),
        Experiment(
            _("What LeNet-5 looks for"),
            _("Nobody chose these six kernels: training did. Which of them answer to edges, and of which direction?"),
            {"mode": "picture", "maps": "c1"},
        ),
        Experiment(
            _("Half the size"),
            _("A blur with stride 2 keeps every second pixel: 28×28 becomes 14×14, and the digit can still be read."),
            {"mode": "picture", "maps": "one", "kernel": "blur", "stride": 2, "padding": 1},
        ),
    ]


def why() -> None:
    """The theory in short."""
    st.markdown(
        _(
            "A fully connected layer flattens the image and forgets which pixels were neighbours. A **convolution** "
            "keeps them: it multiplies a window element by element with the kernel, adds everything up, adds one bias, "
            "and moves on by the stride. The same few weights are used everywhere, so the number of parameters does "
            "not depend on the image's size.\n\n"
            "**Sizes.** The window can travel H + 2P − F pixels; with steps of S that makes (H + 2P − F)/S steps and "
            "one position more, the first. When S does not divide, frameworks round down. With S = 1 and P = (F − 1)/2 "
            "the size stays.\n\n"
            "**Channels.** A filter has as many channels as its input; the channels' products are summed. FN filters "
            "give FN output channels, each with its own bias: FN · (C · F · F + 1) parameters.\n\n"
            "**Pooling** takes the mean or the maximum of a window, channel by channel, without parameters. "
            "OH = H/S holds when the window equals the stride and S divides H; in general the same formula holds."
        )
    )
