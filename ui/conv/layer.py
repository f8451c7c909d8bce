"""Lesson 3, one layer: its controls, its size with every number put in, and its window step by step."""

import streamlit as st

from core.conv.check import torch_outputs
from core.conv.edits import parse_edits
from core.conv.example import Example
from core.conv.filters import MAX_DRAWN
from core.conv.nearby import same_padding, to_divide, to_fit
from core.conv.sizes import LayerTrace
from core.errors import InvalidInput
from core.export.layer_script import layer_script
from ui import lesson, server
from ui.components.conv_stepper import conv_stepper
from ui.conv import blocks, formula, layer_outline, settings
from ui.conv.settings import Settings
from ui.drawing import drawing
from ui.state.controls import Controls
from ui.take_away import download_script
from ui.text import _, aside, catalogue, language, together


def panel(controls: Controls[Settings]) -> None:
    """Draw the controls of one layer."""
    operations = {"conv": _("Convolution"), "avgpool": _("Avg pool"), "maxpool": _("Max pool")}
    convolves = controls.segmented("operation", _("Operation"), operations) == "conv"
    left, right = st.columns(2)
    with left:
        controls.number("height", _("Input side H"), help=_("Rows and columns of the input, in pixels."))
        controls.number("stride", _("Stride S"), help=_("The step of the window."))
    with right:
        controls.number("kernel_size", _("Window side F"), help=_("Rows and columns of the kernel or pooling window."))
        controls.number("padding", _("Padding P"), help=_("Rings of zeros around the input."))
    _why_padding(controls.settings)
    with st.container():  # also an empty one keeps its place: an expander that moves closes
        if convolves:
            kernels(controls)
    _paddings(controls)
    with lesson.more():
        _more(controls, convolves)


def _why_padding(now: Settings) -> None:
    """Say why there is padding, with what the window takes at these settings."""
    with st.container():  # also an empty one keeps its place: an expander that moves closes
        window = (now.kernel_size - 1) * (now.dilation if now.operation == "conv" else 1) + 1
        if window > 1:
            aside(
                "Why padding: without it a window of {f} takes {n} rows and columns away at every layer, and reads "
                "the edge less often.",
                f=window,
                n=window - 1,
            )


def kernels(controls: Controls[Settings]) -> None:
    """Draw the choice of a kernel; another one drops the weights that were typed over the last one."""
    controls.select(
        "kernel",
        _("Kernel"),
        settings.kernel_names(),
        help=_("The weights that the window is multiplied with. Further filters have the menu's next kernels."),
        on_change=lambda: drop(controls, "w"),
    )


def _more(controls: Controls[Settings], convolves: bool) -> None:
    inputs = {"counting": _("Course"), "edge": _("Bright half"), "square": _("Bright square")}
    controls.segmented("picture", _("Input"), inputs, on_change=lambda: drop(controls, "x"))
    left, right = st.columns(2)
    with left:
        controls.number("channels", _("Input channels C"))
        if convolves:
            controls.number("filters", _("Filters FN"), help=_("Each filter gives one output channel."))
            controls.number("bias", _("Bias b"), help=_("Added to every sum; one per output channel."))
        else:
            controls.toggle("ceil_mode", _("Round up"), help="`ceil_mode=True`")
    with right:
        if convolves:
            controls.number("dilation", _("Dilation D"), help=_("Distance between neighbouring kernel elements."))
            controls.number("groups", _("Groups"), help=_("Channels are split into groups that do not see each other."))
            controls.number("seed", _("Seed of random kernels"), on_change=lambda: drop(controls, "w"))
        elif controls.settings.operation == "avgpool":
            controls.toggle(
                "count_include_pad", _("Padding counts in the mean"), help=_("PyTorch: `count_include_pad`, on there.")
            )
    if controls.toggle("square", _("Square: the same down and across")):
        return
    left, right = st.columns(2)
    with left:
        controls.number("width", _("Input width W"))
        controls.number("stride_width", _("Stride across"))
    with right:
        controls.number("kernel_width", _("Window width FW"))
        controls.number("padding_width", _("Padding left and right"))


def _paddings(controls: Controls[Settings]) -> None:
    """Draw the buttons for the two named paddings."""
    now = controls.settings
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="conv_paddings"):
        try:
            down, across = (same_padding(axis) for axis in settings.example(now).axes)
        except InvalidInput:
            return
        fits = down is not None and across is not None and max(down, across) <= 16
        keep = settings.changes(now, "padding", (down or 0, across or 0))
        st.button(
            _("“same”: P = {p}", p=_pair((down or 0, across or 0))) if fits else _("“same”"),
            key="conv_same",
            disabled=not fits,
            on_click=lambda: controls.change(**keep),
            help=_("P = D·(F − 1)/2 keeps the size at stride 1; a window of even length has no such padding."),
        )
        none = settings.changes(now, "padding", (0, 0))
        st.button(
            _("“valid”: P = 0"),
            key="conv_valid",
            on_click=lambda: controls.change(**none),
            help=_("No padding: the window stays inside the input."),
        )


def stage(controls: Controls[Settings]) -> None:
    """Draw the layer: sizes, formula, what does not divide, and the stepper; or why there is no such layer."""
    now = controls.settings
    example = settings.example(now)
    try:
        size = example.size()
    except InvalidInput as error:
        lesson.problem(error)
        st.markdown(formula.no_place(example))
        _offer(controls, example, fits=False)
        return
    st.markdown(f"## {formula.shape(example.input)} → {formula.shape(size.output)}")
    st.markdown(formula.size(example.axes))
    if rounding := formula.remainder(example.axes):
        st.markdown(rounding)
        _offer(controls, example, fits=True)
    if example.channels > 1 or example.outputs > 1:
        _blocks(example, size)
    _picture(controls, example)
    if rule := formula.course_rule(example):
        st.markdown(rule)
    st.caption(together(formula.costs(size), checked(example, size)))


def _blocks(example: Example, size: LayerTrace) -> None:
    rows, columns = example.axes
    convolves = example.operation == "conv"
    biases = [example.filter_bias(number) for number in range(example.filters)] if convolves else []
    window = rows.kernel, columns.kernel
    drawing(*blocks.svg(example.input, window, size.output, example.reads if convolves else 0, biases))


def _picture(controls: Controls[Settings], example: Example) -> None:
    if not example.drawn:
        drawing(*layer_outline.svg(*example.axes))
        aside("Too large to draw number by number (at most {n}×{n}, few channels): to scale instead.", n=MAX_DRAWN)
        return
    try:
        conv_stepper(example, on_edit=lambda text: _edit(controls, text), key="conv_stepper")
    except InvalidInput as error:
        lesson.problem(error)
        st.button(_("Undo my numbers"), key="conv_undo", on_click=lambda: controls.change(edits=""))
        return
    if part := formula.caption(example):
        st.caption(part)
    if example.edits:
        st.button(_("Undo my numbers"), key="conv_undo", on_click=lambda: controls.change(edits=""))


def _edit(controls: Controls[Settings], text: object) -> None:
    """Take over what the picture sent: the text of all edits."""
    try:
        parse_edits(str(text))
    except InvalidInput:
        return  # not from our picture, which sends nothing else
    controls.change(edits=str(text))


def drop(controls: Controls[Settings], kind: str) -> None:
    """Forget the numbers of one kind that were typed over; for callbacks."""
    items = controls.settings.edits.split("~")
    controls.change(edits="~".join(item for item in items if not item.startswith(kind)))


def _offer(controls: Controls[Settings], example: Example, *, fits: bool) -> None:
    """Draw what would mend the layer as buttons that do it."""
    try:
        rows, columns = example.axes
    except InvalidInput:
        return
    find = to_divide if fits else to_fit
    found = find(rows, columns, pooling=example.operation != "conv")
    shown = [(change, settings.changes(controls.settings, change.field, change.value)) for change in found]
    shown = [(change, values) for change, values in shown if settings.allowed(values)]
    if not shown:
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="conv_offers"):
        st.markdown(_("It divides with") if fits else _("It fits with"), width="content")
        for change, values in shown:
            st.button(
                f"{formula.letter(change.field)} = {_pair(change.value)} → {_pair(change.output, always=True)}",
                key=f"conv_offer_{change.field}",
                on_click=controls.change,
                kwargs=values,
            )


def _pair(value: tuple[int, int], always: bool = False) -> str:
    return str(value[0]) if value[0] == value[1] and not always else f"{value[0]}×{value[1]}"


def checked(example: Example, size: LayerTrace) -> str:
    """Ask torch for the same layer in this very run, and say what it answers; empty while torch is being loaded."""
    if not server.ready():
        return ""
    ((theirs, _parameters),) = torch_outputs([example.layer], example.input)
    if theirs == size.output:
        return _("Checked with torch: its layer gives {shape}, too.", shape=formula.shape(theirs))
    return _("torch gives {shape}; please report these settings.", shape=formula.shape(theirs))


def code(controls: Controls[Settings]) -> None:
    """Draw the same layer in PyTorch."""
    example = settings.example(controls.settings)
    try:
        size = example.size()
        lines = layer_script(example, catalogue(language()).gettext)
    except InvalidInput:
        st.info(_("There is no such layer: change the settings as the red sentence says."))
        return
    download_script("conv_layer", f"layer-{example.operation}", lines)
    st.code(lines, language="python")
    st.caption(checked(example, size))
