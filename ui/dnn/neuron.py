"""One neuron in full: its formula with the chosen sample put in, its gradients, and its weights to change by hand."""

import math

import streamlit as st

from core.inspect.model import Block
from core.inspect.walk import Walk, walk
from core.runs.scheduler import SCHEDULER
from core.runs.snapshot import Snapshot, State
from core.training.changes import MAX_WEIGHT
from ui import lesson
from ui.components.network import MOST_DRAWN, Chosen, spelled
from ui.dnn.diagram import KEY, Subject, activation_names, chosen, row_of
from ui.dnn.neuron_formula import backward, forward
from ui.run.stage import SETTLE_S
from ui.state import session
from ui.table import Row, table
from ui.text import _, aside, paragraph
from ui.words import escaped, plain, subscript


def draw(seen: Subject, *, sample: int = 1) -> None:
    """Draw the panel of the neuron that is chosen in the picture; nothing when none is.

    Args:
        seen: the network.
        sample: number of the training sample whose numbers are put in, from 1.
    """
    found = chosen(seen.job.net.widths)
    if found is None:
        aside("Choose a neuron or a line in the picture to see its formula with the numbers of one sample.")
        return
    data = seen.data
    row = row_of(data, sample)
    inputs, labels = data.data.train_inputs[row : row + 1], data.data.train_labels[row : row + 1]
    walked = walk(seen.model, inputs, labels, seen.job.train.loss)
    with st.container(border=True, key=f"{KEY}_neuron"):
        _title(seen, found, row, walked)
        if found.layer == 0:
            value = float(inputs[0, found.neuron])
            paragraph("An input has no weights and no bias: it hands on its value, here {value}.", value=plain(value))
            return
        layer = walked.layers[found.layer - 1]
        st.markdown(forward(layer, found.neuron))
        st.markdown(backward(walked, found.layer, found.neuron, seen.job.train.loss))
        left, right = st.columns([0.66, 0.34], gap="small")
        with left:
            _table(seen, walked, found)
        with right:
            _edit(seen, layer.block, found)
        if seen.job.net.dropout or seen.job.net.batch_norm:
            aside(
                "The network is shown as it is tested: dropout leaves every neuron in, and batch norm uses its "
                "running mean and variance."
            )


def _title(seen: Subject, found: Chosen, row: int, walked: Walk) -> None:
    """Say which neuron this is and whose numbers; wide layers have more neurons than the picture."""
    data, widths = seen.data, seen.job.net.widths
    if found.layer == 0:
        name = _("Input {name}", name=escaped(spelled(data.feature_names[found.neuron])))
    elif found.layer == len(widths) - 1:
        name = _("Output {name}", name=escaped(data.output_names[found.neuron]))
    else:
        activation = activation_names()[walked.layers[found.layer - 1].block.activation]
        name = _(
            "Layer {layer}, neuron {n} ({activation})", layer=found.layer, n=found.neuron + 1, activation=activation
        )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{name}**", width="stretch")
        if widths[found.layer] > MOST_DRAWN:
            _other(found, widths[found.layer])
        st.button(
            _("Close"),
            key=f"{KEY}_close",
            icon=":material/close:",
            type="tertiary",
            on_click=lambda: session.remember(f"{KEY}_chosen", None),
        )
    truth = data.data.train_labels[row]
    told = ", ".join(plain(value) for value in truth.tolist()) if data.regression else data.class_names[int(truth)]
    raw = ", ".join(plain(value) for value in data.raw_train[row].tolist())
    aside(
        "Training sample {n} of {all:,}: ({raw}), truth {truth}.",
        n=row + 1,
        all=len(data.raw_train),
        raw=raw,
        truth=escaped(told),
    )


def _other(found: Chosen, count: int) -> None:
    """Draw a way to every neuron of the layer, drawn or not."""
    name = f"{KEY}_other_{found.layer}_{found.neuron}"

    def choose() -> None:
        session.remember(f"{KEY}_chosen", Chosen(found.layer, int(session.sent(name)) - 1))

    st.number_input(
        _("Neuron, 1 to {count}", count=count),
        min_value=1,
        max_value=count,
        value=found.neuron + 1,
        key=name,
        on_change=choose,
        width=120,
        label_visibility="collapsed",
    )


def _table(seen: Subject, walked: Walk, found: Chosen) -> None:
    """Draw every input with its weight, their product, and the weight's gradient."""
    layer = walked.layers[found.layer - 1]
    names = (
        [spelled(name) for name in seen.data.feature_names]
        if found.layer == 1
        else [_("neuron {n}", n=number + 1) for number in range(len(layer.inputs))]
    )
    weights, slopes = layer.block.linear.weight[found.neuron], layer.by_weight[found.neuron]
    rows = [
        Row(
            (f"x{subscript(place + 1)}", name, *map(plain, (x, w, w * x, slope))),
            "class=ck-on" if place == found.weight else "",
        )
        for place, (name, x, w, slope) in enumerate(
            zip(names, layer.inputs.tolist(), weights.tolist(), slopes.tolist(), strict=True)
        )
    ]
    bias, by_bias = plain(float(layer.block.linear.bias[found.neuron])), plain(float(layer.by_bias[found.neuron]))
    last = Row(("b", "", "", bias, bias, by_bias))
    st.html(_STYLE + table("ck-neuron", [*rows, last], [("", _("from"), "x", "ω", "ω·x", "∂L/∂ω")]))


_STYLE = """<style>
.ck-scroll:has(> .ck-neuron) { max-height: 17rem; overflow-y: auto; }
.ck-neuron { width: 100%; border-collapse: collapse; font-size: 0.8125rem; line-height: 1.3; }
.ck-neuron th, .ck-neuron td { padding: 0.14rem 0.3rem; border: 0; text-align: right; white-space: nowrap; }
.ck-neuron th { color: var(--ck-muted); font-weight: 500; }
.ck-neuron td:nth-child(-n+2), .ck-neuron th:nth-child(-n+2) { text-align: left; }
.ck-neuron td:nth-child(2) { color: var(--ck-muted); max-width: 9rem; overflow: hidden; text-overflow: ellipsis; }
@media (max-width: 640px) {
  .ck-neuron { font-size: 0.75rem; }
  .ck-neuron th, .ck-neuron td { padding-inline: 0.2rem; }
}
.ck-neuron .ck-on td { box-shadow: inset 0 -2px var(--ck-accent); }
</style>"""


# -- by hand -------------------------------------------------------------------------------------------------------


def _edit(seen: Subject, layer: Block, found: Chosen) -> None:
    """Draw two fields: which number, and its new value; training goes on from there."""
    now = seen.now
    if now is None or not now.mine or now.state is not State.PAUSED:
        st.caption(_why_not(now))
        return
    count = layer.linear.in_features
    place = f"{KEY}_{found.layer}_{found.neuron}"
    which = st.selectbox(
        _("Change by hand"),
        range(count + 1),
        index=count if found.weight is None else found.weight,
        format_func=lambda at: f"ω{subscript(at + 1)}" if at < count else _("b (bias)"),
        key=f"{place}_which_{found.weight}",
    )
    weight = which < count
    name, index = (f"{layer.name}.weight", (found.neuron, which)) if weight else (f"{layer.name}.bias", (found.neuron,))
    value = float(layer.linear.weight[found.neuron, which] if weight else layer.linear.bias[found.neuron])
    if not math.isfinite(value):
        aside("This number is not finite any more; start again with a smaller learning rate.")
        return
    field = f"{place}_value_{which}_{now.step}_{value!r}"

    def write() -> None:
        SCHEDULER.edit(now.run_id, session.owner(), name, index, float(session.sent(field)))
        SCHEDULER.settle(now.run_id, SETTLE_S)

    st.number_input(
        _("New value"),
        min_value=-MAX_WEIGHT,
        max_value=MAX_WEIGHT,
        value=value,
        step=0.1,
        format="%.4f",
        key=field,
        on_change=lesson.attempt,
        args=(f"{KEY}_refused", write),
        help=_("Press Enter: the network has the new number at once, and training goes on from there."),
    )
    lesson.outcome(f"{KEY}_refused")
    session.remember(f"{KEY}_refused", None)  # it is said once


def _why_not(now: Snapshot | None) -> str:
    if now is None:
        return _("Weights can be changed by hand once a run stands still: press One update.")
    if not now.mine:
        return _("This is another visitor’s run; its weights can only be looked at.")
    if now.state is State.RUNNING:
        return _("Press Pause to change a weight by hand.")
    return _("This run has ended; start anew and pause to change a weight by hand.")
