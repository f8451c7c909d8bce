"""The playground's controls in the order of a thought: data, network, training; the rest behind “More”."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.data.playground import PLANE
from ui.dnn.settings import Settings, data_names, feature_names, labels, momentum_help, optimiser_help
from ui.split import source
from ui.state import Controls
from ui.text import _

Draw = Callable[..., None]


def controls(c: Controls[Settings], hidden: Collection[str], more: Callable[[], DeltaGenerator]) -> None:
    """Draw the controls; a teacher's link may hide some, whose values then stay what the link says.

    Args:
        c: of the page.
        hidden: names of fields that are not drawn.
        more: makes the container of those that are not among the first seven.
    """

    def draw(kind: str, name: str, label: str, **kwargs: Any) -> None:
        if name not in hidden:
            getattr(c, kind)(name, label, **kwargs)

    first(c, draw)
    with more():
        tabs = zip(
            st.tabs([_("Data"), _("Network"), _("Training")]), (more_data, more_network, more_training), strict=True
        )
        for tab, content in tabs:
            with tab:
                content(c, draw)


def first(c: Controls[Settings], draw: Draw) -> None:
    """Draw the seven controls that are always in view."""
    names = labels()
    own = bool(c.settings.widths.strip())
    draw("select", "data", _("Data"), labels=data_names(), help=data_help())
    if c.settings.data == "csv":
        source.upload(c)
    left, right = st.columns(2, gap="medium")
    with left:
        draw("slider", "layers", _("Hidden layers"), disabled=own)
    with right:
        draw("slider", "width", _("Neurons in each"), disabled=own)
    draw(
        "select",
        "activation",
        _("Activation function"),
        labels=names,
        disabled=bool(c.settings.activations.strip()),
        help=_("The non-linear σ after each hidden layer; without it all layers fold into one."),
    )
    draw(
        "select",
        "loss",
        _("Loss function"),
        labels=names,
        help=_("What training minimises: how far the answers are from the truth."),
    )
    left, right = st.columns(2, gap="medium")
    with left:
        draw("select", "optimiser", _("Optimiser"), labels=names, help=optimiser_help())
    with right:
        draw(
            "number",
            "lr",
            _("Learning rate"),
            step=0.001,
            format="%.5g",
            help=_("The size of a step against the gradient: too small is slow, too large jumps across the valley."),
        )


def data_help() -> str:
    """Return what the data sets are."""
    return _(
        "One-hot: three numbers, and whether their sum is below 1, between 1 and 2, or above 2. The others are points "
        "of a plane, most of them those of TensorFlow Playground; moons and clouds are scikit-learn's."
    )


def more_data(c: Controls[Settings], draw: Draw) -> None:
    """Draw what else can be set about the data."""
    if c.settings.data != "csv":
        draw(
            "number",
            "samples",
            _("Samples"),
            step=100,
            help=_("Before the split; 0: the usual number, 10,000 for one-hot and 500 on the plane."),
        )
        draw(
            "slider", "noise", _("Noise"), help=_("How far samples stray; for one-hot the share of labels drawn anew.")
        )
    draw("slider", "share", _("Share of the training set"), help=_("The rest is the test set."))
    if c.settings.data in PLANE:
        draw(
            "pills",
            "features",
            _("Input features"),
            labels=feature_names(),
            help=_("What the network is given of a point (x₁, x₂). The right feature can replace a hidden layer."),
        )
    draw("number", "data_seed", _("Seed of the data"), help=_("Another seed draws other samples and another split."))


def more_network(c: Controls[Settings], draw: Draw) -> None:
    """Draw what else can be set about the network."""
    draw(
        "text",
        "widths",
        _("Widths one by one"),
        placeholder="8-4-2",
        help=_("Neurons of each hidden layer, such as 8-4-2; empty: all alike."),
    )
    draw(
        "text",
        "activations",
        _("Activations one by one"),
        placeholder="relu-tanh-relu",
        help=_("One for each hidden layer: relu, leaky_relu, tanh, sigmoid, gelu or identity; empty: all alike."),
    )
    draw("select", "init", _("Initialisation"), labels=labels(), help=_("How the first weights are drawn."))
    draw(
        "number",
        "seed",
        _("Seed"),
        help=_("The same seed gives the same first weights and the same batches, so the same run."),
    )
    draw(
        "slider",
        "dropout",
        _("Dropout"),
        help=_("Share of each hidden layer's answers that is set to 0 at random in every update, against overfitting."),
    )
    draw(
        "toggle",
        "norm",
        _("Batch normalisation"),
        help=_("Brings each neuron's values to mean 0 and deviation 1 over the batch; needs batches of at least 2."),
    )


def more_training(c: Controls[Settings], draw: Draw) -> None:
    """Draw what else can be set about the training."""
    chosen = c.settings
    draw("number", "epochs", _("Epochs"), help=_("One epoch: every training sample once forward and backward."))
    draw("number", "batch", _("Batch size"), help=_("Samples per update; 0: all at once (batch gradient descent)."))
    draw(
        "slider",
        "momentum",
        _("Momentum"),
        help=momentum_help(),
        disabled=chosen.optimiser not in ("sgd", "nesterov", "rmsprop"),
    )
    draw("select", "schedule", _("Learning rate over time"), labels=labels())
    left, right = st.columns(2, gap="medium")
    with left:
        draw("number", "l1", _("L1 penalty"), step=0.001, format="%.5g", help=_("times Σ|ω|: drives weights to 0."))
    with right:
        draw("number", "l2", _("L2 penalty"), step=0.001, format="%.5g", help=_("times Σω²: keeps weights small."))
    draw(
        "toggle",
        "shuffle",
        _("Shuffle again in every epoch"),
        disabled=chosen.batch == 0,
        help=_("Other batches in every epoch; off: the rows in their order."),
    )
    draw(
        "number",
        "patience",
        _("Early stopping"),
        help=_(
            "Stop after that many looks at the test set (of {looks} in a whole run) without a lower test loss; 0: "
            "never. A test set that decides when to stop is no longer an honest test.",
            looks=100,
        ),
    )
