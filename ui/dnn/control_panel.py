"""The playground's controls in the order of a thought: data, network, training; the rest behind “More”."""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.data.playground import PLANE
from core.errors import InvalidInput
from core.training.optimisers import WITH_MOMENTUM
from ui import own_table
from ui.dnn import settings
from ui.dnn.settings import LOOKS, Settings, control_names, data_names, feature_names, usual_samples
from ui.labels import engine_help, momentum_help, optimiser_help, option_labels
from ui.run import engine
from ui.state.controls import Controls
from ui.text import _


@dataclass(frozen=True)
class Control:
    """One control of the page: a widget of Controls, the field's name, and what else the widget is told."""

    kind: str
    name: str
    options: dict[str, Any]


Row = Control | tuple[Control, Control]


def control(kind: str, name: str, **options: Any) -> Control:
    """Return a control; see Control."""
    return Control(kind, name, options)


def draw(c: Controls[Settings], hidden: Collection[str], more: Callable[[], DeltaGenerator]) -> None:
    """Draw the controls; a teacher's link may hide some, whose values then stay what the link says.

    Args:
        c: of the page.
        hidden: names of fields that are not drawn.
        more: makes the container of those that are not among the first seven.
    """
    data, *others = first(c)
    _draw_rows(c, [data], hidden)
    if c.settings.data == "csv":
        own_table.upload(c)
    _draw_rows(c, others, hidden)
    parts = [(_("Data"), more_data(c)), (_("Network"), more_network()), (_("Training"), more_training(c))]
    left = [(title, rows) for title, rows in parts if any(shown(row, hidden) for row in rows)]
    if left:
        with more():
            for tab, (_title, rows) in zip(st.tabs([title for title, _rows in left]), left, strict=True):
                with tab:
                    _draw_rows(c, rows, hidden)
                    if rows is parts[-1][1]:
                        engine.draw(c)


def shown(row: Row, hidden: Collection[str]) -> list[Control]:
    """Return the controls of a row that are not hidden."""
    return [each for each in (row if isinstance(row, tuple) else (row,)) if each.name not in hidden]


def _draw_rows(c: Controls[Settings], rows: Iterable[Row], hidden: Collection[str]) -> None:
    """Draw rows of one control or of two beside each other; one whose neighbour is hidden takes the whole row."""
    labels = control_names()
    for row in rows:
        seen = shown(row, hidden)
        places: Sequence[Any] = st.columns(len(seen), gap="medium") if len(seen) > 1 else [nullcontext()] * len(seen)
        for place, each in zip(places, seen, strict=True):
            with place:
                draw_one = _OWN[each.kind] if each.kind in _OWN else getattr(Controls, each.kind)
                draw_one(c, each.name, labels[each.name], **each.options)


def _written(c: Controls[Settings], name: str, label: str, says: str, help: str | None = None) -> None:
    """Draw what a list that is written under “More” says, in the place of the control that it overrules."""
    key = f"{c.key(name)}_written_{says}"  # another text: another box
    st.text_input(label, says, key=key, disabled=True, help=help)


def _note(_c: Controls[Settings], _name: str, _label: str, says: str) -> None:
    """Say something of the control above."""
    st.caption(says)


_OWN: dict[str, Callable[..., None]] = {"written": _written, "note": _note}


def _one_sample(chosen: Settings) -> str:
    """Say why a batch of one sample works, or does not."""
    if chosen.norm and (chosen.layers or chosen.widths.strip()):
        return _(
            "Batch size 1: one sample is its own mean and has no spread, so batch normalisation has nothing to divide "
            "by and refuses it. Choose at least 2, or switch it off."
        )
    read = own_table.kept() if chosen.data == "csv" else None
    rows = len(read.cells) if read is not None else chosen.samples or usual_samples(chosen.data)
    return _(
        "Batch size 1 works, as a table of one row: {n:,} updates an epoch, each with the gradient of a single sample, "
        "so the loss jumps.",
        n=int(rows * chosen.share),
    )


def first(c: Controls[Settings]) -> list[Row]:
    """Return the seven controls that are always in view, and what is to be said of a batch of one."""
    names = option_labels()
    chosen = c.settings
    sets = _(
        "One-hot: three numbers, and whether their sum is below 1, between 1 and 2, or above 2. The others are points "
        "of a plane, most of them those of TensorFlow Playground; moons and clouds are scikit-learn's."
    )
    why = _("The list under More, Network says this; empty it to choose here.")
    sigma = _("The non-linear σ after each hidden layer; without it all layers fold into one.")
    goal = _("What training minimises: how far the answers are from the truth.")
    size = _("The size of a step against the gradient: too small is slow, too large jumps across the valley.")
    return [
        control("select", "data", labels=data_names(), help=sets),
        _size(chosen, why),
        control("written", "activation", says=chosen.activations, help=why)
        if chosen.activations.strip()
        else control("select", "activation", labels=names, help=sigma),
        control("select", "loss", labels=names, help=goal),
        (
            control("select", "optimiser", labels=names, help=optimiser_help()),
            control("number", "lr", step=0.001, format="%.5g", help=size),
        ),
        *([control("note", "batch", says=_one_sample(chosen))] if chosen.batch == 1 else []),
    ]


def _size(chosen: Settings, why: str) -> Row:
    """Return the controls of depth and width; of a list of widths what it says, or that it makes no sense."""
    if not chosen.widths.strip():
        return control("slider", "layers"), control("slider", "width")
    try:
        widths = settings.hidden(chosen)
    except InvalidInput:  # the stage says why
        count, each = "–", chosen.widths
    else:
        count, each = str(len(widths)), "-".join(map(str, widths))
    return control("written", "layers", says=count, help=why), control("written", "width", says=each)


def more_data(c: Controls[Settings]) -> list[Row]:
    """Return what else can be set about the data."""
    how_many = _("Before the split; empty: the usual number, 10,000 for one-hot and 500 on the plane.")
    usual = _("{n:,}, as usual", n=usual_samples(c.settings.data))
    stray = _("How far samples stray; for one-hot the share of labels drawn anew.")
    drawn: list[Row] = [
        control("number", "samples", zero=usual, step=100, help=how_many),
        control("slider", "noise", help=stray),
    ]
    given = _("What the network is given of a point (x₁, x₂). The right feature can replace a hidden layer.")
    features = control("pills", "features", labels=feature_names(), help=given)
    again = _("Another seed draws other samples and another split.")
    return [
        *(drawn if c.settings.data != "csv" else []),
        control("slider", "share", help=_("The rest is the test set.")),
        *([features] if c.settings.data in PLANE else []),
        control("number", "data_seed", help=again),
    ]


def more_network() -> list[Row]:
    """Return what else can be set about the network."""
    each = _("One for each hidden layer: relu, leaky_relu, tanh, sigmoid, gelu or identity; empty: all alike.")
    same = _("The same seed gives the same first weights and the same batches, so the same run.")
    left_out = _(
        "Share of each hidden layer's answers that is set to 0 at random in every update, against overfitting."
    )
    spread = _("Brings each neuron's values to mean 0 and deviation 1 over the batch; needs batches of at least 2.")
    many = _("Neurons of each hidden layer, such as 8-4-2; empty: all alike.")
    return [
        control("text", "widths", placeholder="8-4-2", help=many),
        control("text", "activations", placeholder="relu-tanh-relu", help=each),
        control("select", "init", labels=option_labels(), help=_("How the first weights are drawn.")),
        control("number", "seed", help=same),
        control("slider", "dropout", help=left_out),
        control("toggle", "norm", help=spread),
    ]


def more_training(c: Controls[Settings]) -> list[Row]:
    """Return what else can be set about the training."""
    chosen = c.settings
    once = _("One epoch: every training sample once forward and backward.")
    per_update = _("Samples per update; empty: all at once (batch gradient descent).")
    to_zero, small = _("times Σ|ω|: drives weights to 0."), _("times Σω²: keeps weights small.")
    mixed = _("Other batches in every epoch; off: the rows in their order.")
    early = _(
        "Stop after that many looks at the test set (of {looks} in a whole run) without a lower test loss; empty: "
        "never. A test set that decides when to stop is no longer an honest test.",
        looks=LOOKS,
    )
    return [
        control("number", "epochs", help=once),
        control("number", "batch", zero=_("all at once"), help=per_update),
        control("slider", "momentum", help=momentum_help(), disabled=chosen.optimiser not in WITH_MOMENTUM),
        control("select", "schedule", labels=option_labels()),
        (
            control("number", "l1", step=0.001, format="%.5g", help=to_zero),
            control("number", "l2", step=0.001, format="%.5g", help=small),
        ),
        control("toggle", "shuffle", disabled=chosen.batch == 0, help=mixed),
        control("number", "patience", zero=_("never"), help=early),
        control("select", "engine", labels=option_labels(), help=engine_help()),
    ]
