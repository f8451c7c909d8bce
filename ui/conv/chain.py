"""Lesson 3, a chain: its controls, its boxes, its table to edit, and its code."""

from contextlib import suppress

import streamlit as st

from core.conv.check import torch_outputs
from core.conv.follow import Followed, Mend, follow, mends
from core.conv.parsing import parse_input, read_rows
from core.conv.presets import PRESETS
from core.conv.sequential import Pasted, check_inputs, fitting_input, parse_sequential
from core.conv.sizes import Shape, Trace, takes_row
from core.conv.source import MAX_PASTED
from core.conv.writing import MAX_CHAIN_TEXT, write_chain
from core.errors import InvalidInput
from core.export.sequential_script import plain, sequential_script
from ui import lesson, server
from ui.components.chain_editor import chain_editor
from ui.conv import chain_boxes
from ui.conv.formula import shape
from ui.conv.settings import Settings, networks
from ui.drawing import drawing
from ui.state.controls import Controls
from ui.state.session import sent
from ui.take_away import download_script
from ui.text import _, aside, catalogue, language, listed


def panel(controls: Controls[Settings]) -> None:
    """Draw the controls of a chain."""
    # The choice stays what it was when the table is edited: a widget that is changed from elsewhere would be changed
    # back by the next quick click, which the browser sends with the old choice.
    controls.select("chain", _("Network"), networks(), on_change=lambda: controls.change(own="", image=""))
    # Always a container, so that nothing below it moves: a moved expander closes.
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="conv_changed"):
        if controls.settings.own:
            st.markdown(_("Changed by you."), width="content")
            st.button(_("Undo"), key="conv_unchanged", on_click=lambda: controls.change(own="", image=""))
    controls.text(
        "image",
        _("Input C×H×W"),
        placeholder=_text(_input(controls)),
        help=_("Channels, height and width, or one number for a flat row; empty: the network's."),
    )
    with st.expander(_("Paste a network's code")):
        aside(
            "Read are `nn.Sequential(…)`, a class with its layers as attributes, as in PyTorch's tutorial, d2l and "
            "torchvision, and what `print(network)` shows. The text is never run."
        )
        st.text_area(_("Python text"), key="conv_paste", max_chars=MAX_PASTED, height=140, label_visibility="collapsed")
        st.button(_("Read it"), key="conv_read", on_click=lambda: _read(controls, str(sent("conv_paste") or "")))
        _note()


def _note() -> None:
    """Say what became of the last text that was pasted."""
    found = lesson.outcome("conv_pasted")
    if found is None:
        return
    pasted, written = found
    st.caption(_decided(pasted))
    st.code(written, language="python")
    if pasted.left_out:
        aside("Left out, because it changes no size: {modules}.", modules=listed(pasted.left_out))


def _decided(pasted: Pasted) -> str:
    """Say which line of a pasted text decides the order of the layers."""
    return {
        "Sequential": _("Line {n} decides the order: nn.Sequential goes through its layers as they are written."),
        "forward": _("Line {n} decides the order: forward says which layer comes next."),
        "__init__": _("Line {n} decides the order: there is no forward, so the lines of __init__ count, from the top."),
        "print": _("Line {n} decides the order: what print shows, from the top; forward may do otherwise."),
    }[pasted.decided_by].format(n=pasted.line)


def _read(controls: Controls[Settings], text: str) -> None:
    """Take over a pasted network; for callbacks."""

    def take() -> tuple[Pasted, str]:
        pasted = parse_sequential(text)
        shape = fitting_input(pasted, _input(controls))
        _keep(controls, pasted, shape)
        check_inputs(pasted, shape)
        return pasted, next((line.strip() for line in text.splitlines()[pasted.line - 1 :] if line.strip()), "")

    lesson.attempt("conv_pasted", take)


def _keep(controls: Controls[Settings], pasted: Pasted, shape: Shape) -> None:
    text = write_chain(pasted.chain)
    if len(text) > MAX_CHAIN_TEXT:
        raise InvalidInput(
            "the chain takes {length} characters in the link; at most {most} fit: shorten it.",
            length=len(text),
            most=MAX_CHAIN_TEXT,
        )
    controls.change(own=text, image=str(shape[0]) if takes_row(pasted.chain, shape) else _text(shape))


def _input(controls: Controls[Settings]) -> Shape:
    """Return the input's size: the one given, else the network's own, else the course's."""
    now = controls.settings
    if now.image:
        try:
            return _typed(controls)
        except InvalidInput:
            pass
    return PRESETS[now.chain].input


def _typed(controls: Controls[Settings]) -> Shape:
    """Return the input that was typed: C×H×W, or one number where the first layer takes a flat row."""
    text = controls.settings.image.strip()
    first = read_rows(_present(controls))[0]
    row = isinstance(first, dict) and first.get("type") == "linear" and text.isdecimal()
    return parse_input(f"{text}x1x1" if row else text)


def _text(shape: Shape) -> str:
    return "x".join(map(str, shape))


def followed(controls: Controls[Settings]) -> Followed:
    """Follow the chain of the settings; raises InvalidInput where there is none."""
    shape = _typed(controls) if controls.settings.image else _input(controls)
    return follow(_present(controls), shape)


def _present(controls: Controls[Settings]) -> str:
    """Return the chain's JSON text."""
    now = controls.settings
    return now.own or write_chain(PRESETS[now.chain].chain)


def stage(controls: Controls[Settings]) -> None:
    """Draw the chain's boxes and totals, and what is impossible."""
    try:
        chain = followed(controls)
    except InvalidInput as error:
        lesson.problem(error)
        st.button(_("Start anew"), key="conv_anew", on_click=lambda: controls.change(own="", image=""))
        return
    trace = chain.trace
    flat_in = takes_row(chain.chain, trace.input)
    flat_out = flat_in or any(layer.kind in ("flatten", "linear") for layer in trace.layers)
    out = _("impossible") if chain.error else shape(trace.output, flat_out)
    st.markdown(f"## {shape(trace.input, flat_in)} → {out}")
    impossible = ""
    if chain.stopped is not None:
        row = chain.rows[chain.stopped - 1]
        name = row.get("name") if isinstance(row, dict) else ""
        impossible = name if isinstance(name, str) and name else _("layer {n}", n=chain.stopped)
    narrow, _alt = chain_boxes.svg(trace, impossible, chain_boxes.PHONE)
    drawing(*chain_boxes.svg(trace, impossible), narrow)
    if chain.error is not None:
        lesson.problem(chain.error)
        _offer(controls, chain)
    st.markdown(_costs(trace, flat_in))
    st.caption(checked(chain))


def _costs(trace: Trace, row: bool) -> str:
    if row:  # of features, in which nothing is a pixel
        return _(
            "**{parameters:,}** parameters, **{multiply_adds:,}** multiply-adds per sample.",
            parameters=trace.parameters,
            multiply_adds=trace.multiply_adds,
        )
    last = trace.layers[-1].receptive_field if trace.layers else (1, 1)
    return _(
        "**{parameters:,}** parameters, **{multiply_adds:,}** multiply-adds per image; one output number sees "
        "{field} pixels.",
        parameters=trace.parameters,
        multiply_adds=trace.multiply_adds,
        field="×".join(map(str, last)),
    )


def table(controls: Controls[Settings]) -> None:
    """Draw the table to edit, where there is a chain at all."""
    try:
        chain = followed(controls)
    except InvalidInput:
        return
    chain_editor(
        chain,
        present=lambda: _present(controls),
        on_change=lambda text: _edit(controls, text),
        key="conv_chain_editor",
    )


def _edit(controls: Controls[Settings], text: str) -> bool:
    """Take over what the table sent; a text that is too long comes from elsewhere, for the table keeps to it."""
    if not 0 < len(text) <= MAX_CHAIN_TEXT or not text.isprintable():
        return False
    controls.change(own=text)
    return True


def _offer(controls: Controls[Settings], chain: Followed) -> None:
    """Draw what would mend the first impossible layer as buttons that do it."""
    found = [mend for mend in mends(chain) if len(write_chain(mend.chain)) <= MAX_CHAIN_TEXT]
    # Layers after one that cannot be read are not among the mended ones: they would be lost.
    if not found or len(chain.chain) < len(chain.rows):
        return
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="conv_mends"):
        st.markdown(_("It fits with"), width="content")
        for mend in found:
            st.button(
                _mend(mend),
                key=f"conv_mend_{mend.what}",
                on_click=controls.change,
                kwargs={"own": write_chain(mend.chain)}
                | ({"image": _text(mend.input)} if mend.what == "input" else {}),
            )


def _mend(mend: Mend) -> str:
    if mend.what == "flatten":
        return _("a flatten before it")
    if mend.what == "unflatten":
        return _("no flatten before it")
    height, width = mend.value
    value = str(height) if height == width and mend.what != "input" else f"{height}×{width}"
    return {
        "input": _("input {value}", value=value),
        "groups": _("groups = {value}", value=value),
        "kernel_size": f"F = {value}",
        "padding": f"P = {value}",
        "dilation": f"D = {value}",
    }[mend.what]


def checked(chain: Followed) -> str:
    """Ask torch for every layer, and say whether it agrees; empty while torch is being loaded."""
    if not server.ready() or not chain.trace.layers:
        return ""
    theirs = None
    with suppress(RuntimeError, ValueError):  # torch refuses what we take: that is told as well
        theirs = torch_outputs([layer.layer for layer in chain.trace.layers], chain.trace.input)
    ours = [(layer.output, layer.parameters) for layer in chain.trace.layers]
    if theirs == ours:
        return _("Checked with torch, layer by layer: outputs and parameters agree ({n} checked).", n=len(ours))
    return _("torch gives other numbers; please report this chain.")


def code(controls: Controls[Settings]) -> None:
    """Draw the chain as nn.Sequential."""
    try:
        chain = followed(controls)
    except InvalidInput:
        chain = None
    if chain is None or chain.error is not None:
        st.info(_("There is no such chain: mend the layer that the red sentence names."))
        return
    lines = sequential_script(chain.chain, chain.trace.input, catalogue(language()).gettext)
    download_script("conv_chain", controls.settings.chain if not controls.settings.own else "own-chain", lines)
    st.code(lines, language="python")
    if len(plain(chain.chain, chain.trace.input)) > len(chain.chain):
        aside("The flatten is added: torch's fully connected layer takes a flat row only.")
