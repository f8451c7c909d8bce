"""One cell of a feature map written out: its window, its filter, every product, the sum, the activation."""

import math

import streamlit as st
import torch

from core.inspect_cnn.cell import Cell, explain
from ui.components.maps import Layer, Place, maps
from ui.lenet.feature_maps import GRIDS, place_of
from ui.lenet.forward import title
from ui.lenet.grids import after, grid, joined
from ui.lenet.settings import Settings, hidden_maps, written_maps
from ui.lenet.subject import Subject
from ui.state import session
from ui.state.controls import Controls
from ui.text import _, aside, paragraph
from ui.words import plain

KEY = "lenet_cell"
_FIRST = "lenet_cell_first"
LARGEST = 5  # products of a neuron that are written out
FORMULAS = {
    "tanh": r"\tanh",
    "sigmoid": r"\sigma",
    "relu": r"\mathrm{ReLU}",
    "scaled tanh": r"1.7159\tanh\tfrac{2}{3}\cdot",
}


def draw(controls: Controls[Settings], seen: Subject, found: dict[str, torch.Tensor]) -> None:
    """Draw the panel of the chosen cell; nothing when none is.

    Args:
        controls: of the page.
        seen: what is looked at.
        found: what each layer answers.
    """
    place = place_of(controls.settings.cell, found)
    if place is None:
        return
    name = list(found)[place[0]]
    channel, row, column = _counted(name, place, found[name])
    taken = explain(seen.shown, seen.image[0], name, channel, row, column)
    with st.container(border=True, key=KEY):
        _head(controls, taken, seen.written)
        if taken.kind in ("average pooling", "max pooling"):
            _pooled(taken)
        elif taken.window.ndim == 3:
            _convolved(controls, taken)
        else:
            _connected(taken, list(found)[place[0] - 1])
        if seen.live:
            aside("At update {step}; the run goes on.", step=seen.step)


def _counted(name: str, place: Place, values: torch.Tensor) -> tuple[int, int, int]:
    """Return the cell as core counts it: a single neuron is a channel."""
    if name == "out":
        return place[2], 0, 0
    if values.ndim == 1 or tuple(values.shape[1:]) == (1, 1):
        return place[2] * GRIDS[name][1] + place[3], 0, 0
    return place[1], place[2], place[3]


def _head(controls: Controls[Settings], taken: Cell, written: str) -> None:
    layer, number = title(taken.layer), taken.channel + 1
    if taken.layer == "out":
        name = _("Output {digit}", digit=taken.channel)
    elif taken.window.ndim == 1 or taken.layer == "c5":
        name = _("{layer}, neuron {n}", layer=layer, n=number)
    else:
        name = _(
            "{layer}, map {n}, row {row}, column {column}",
            layer=layer,
            n=number,
            row=taken.row + 1,
            column=taken.column + 1,
        )
    hidden = hidden_maps(written)
    is_hidden = taken.channel in hidden.get(taken.layer, ())

    def switch() -> None:
        rest = [at for at in hidden.get(taken.layer, ()) if at != taken.channel]
        maps_ = rest if is_hidden else [*rest, taken.channel]
        controls.change(hide=written_maps({**hidden, taken.layer: tuple(maps_)}))

    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{name}**", width="stretch")
        if taken.layer != "out":
            st.button(
                _("Show again") if is_hidden else _("Hide"),
                key=f"{KEY}_hide",
                icon=":material/visibility:" if is_hidden else ":material/visibility_off:",
                on_click=switch,
                help=_("Sets this map, or neuron, to 0 everywhere; see how the answer changes."),
            )
        st.button(
            _("Close"),
            key=f"{KEY}_close",
            icon=":material/close:",
            type="tertiary",
            on_click=lambda: controls.change(cell=""),
        )


def _pooled(taken: Cell) -> None:
    window = taken.window[0]
    st.html(joined(grid(window, _("window"))))
    values = [plain(value) for value in window.flatten().tolist()]
    if taken.kind == "max pooling":
        paragraph("The largest of the window: **{value}**.", value=plain(taken.sum))
    else:
        terms = " + ".join(f"({value})" if value.startswith("−") else value for value in values)
        paragraph(
            "The mean of the window: ({terms}) / {n} = **{value}**.", terms=terms, n=len(values), value=plain(taken.sum)
        )


def _convolved(controls: Controls[Settings], taken: Cell) -> None:
    if taken.filter is None or taken.products is None or taken.channel_sums is None:
        return
    sums = taken.channel_sums.tolist()
    shown = _part(controls, taken.channel_sums) if len(sums) > 1 else 0
    st.html(
        joined(
            grid(taken.window[shown], _("window")),
            after("×", grid(taken.filter[shown], _("filter"), scale=float(taken.filter.abs().max()))),
            after("=", grid(taken.products[shown], _("products, sum {value}", value=plain(sums[shown])))),
        )
    )
    if taken.top < 0 or taken.left < 0:
        aside("The window reaches into the padding, which is 0.")
    terms = _terms(sums)
    st.markdown(f"$\\small z = {terms} {_named(taken.bias or 0.0, 'b')} = {_tex(taken.sum)}$")
    _activated(taken)


def _part(controls: Controls[Settings], sums: torch.Tensor) -> int:
    """Draw the choice of the input map and return it, from 0; at first the one that counts most."""
    chosen, strongest = controls.settings.part - 1, int(torch.nan_to_num(sums).abs().argmax())
    key = f"{KEY}_part_{len(sums)}_{controls.settings.cell}"
    # While the network learns, another map may grow stronger: what is looked at stays, and so must the default, whose
    # change would count as a choice.
    first = session.memo(_FIRST, key, lambda: strongest)

    def choose() -> None:
        sent = session.sent(key)
        controls.change(part=sent + 1 if isinstance(sent, int) else 0)

    return st.segmented_control(
        _("Window, filter and products in map"),
        range(len(sums)),
        default=chosen if 0 <= chosen < len(sums) else first,
        format_func=lambda at: str(at + 1),
        key=key,
        required=True,
        on_change=choose,
    )


def _connected(taken: Cell, before: str) -> None:
    """Draw a neuron that sees the whole layer before it."""
    if taken.filter is None or taken.products is None:
        return
    rows, columns = (28, 28) if before == "in" else GRIDS[before]
    rbf = taken.kind == "rbf"
    parts = [
        (_("answers of {layer}", layer=title(before)), taken.window),
        (_("pattern") if rbf else _("weights"), taken.filter),
        (_("squared differences") if rbf else _("products"), taken.products),
    ]
    maps(
        [
            Layer(name, f"{rows}×{columns}", values.reshape(1, rows, columns), tile=150, open=False, row="all")
            for name, values in parts
        ],
        label=_("What this neuron is given, its weights, and their products"),
        key=f"{KEY}_maps",
        tallest=240,
    )
    order = taken.products.abs().argsort(descending=True)[:LARGEST].tolist()
    rest = float(taken.products.sum()) - sum(float(taken.products[at]) for at in order)
    if rbf:
        paragraph(
            "The distance: the sum of all {n} squared differences is **{value}**; the answer is the digit at "
            "the smallest one.",
            n=len(taken.products),
            value=plain(-taken.sum),
        )
        return
    terms = _terms([float(taken.products[at]) for at in order])
    words = _("the other {n}", n=len(taken.products) - len(order))
    others = _named(rest, rf"\text{{{words}}}")
    st.markdown(f"$\\small z = {terms} {others} {_named(taken.bias or 0.0, 'b')} = {_tex(taken.sum)}$")
    _activated(taken)


def _activated(taken: Cell) -> None:
    if taken.activation:
        st.markdown(f"$\\small {FORMULAS[taken.activation]}({_tex(taken.sum)}) = {_tex(taken.value)}$")


def _terms(values: list[float]) -> str:
    return " ".join([_tex(values[0]), *(_signed(value) for value in values[1:])])


def _tex(value: float) -> str:
    return f"{value:.4f}" if math.isfinite(value) else r"\text{NaN}"


def _named(value: float, name: str) -> str:
    """Return a term with its sign, and below it what it is."""
    return rf"{'-' if value < 0 else '+'} \underbrace{{{_tex(abs(value))}}}_{{{name}}}"


def _signed(value: float) -> str:
    return f"- {_tex(-value)}" if value < 0 else f"+ {_tex(value)}"
