"""The controls of lesson 1's three topics, beside the stage."""

import streamlit as st

from ui import design, lesson, own_table
from ui.split import data
from ui.split.settings import Settings, data_names, hows
from ui.state.controls import Controls
from ui.text import _, paragraph


def split(controls: Controls[Settings]) -> None:
    """Data, shares, manner and order."""
    _data(controls)
    controls.slider(
        "cuts",
        _("Cuts: training | validation | test"),
        format="%d%%",
        help=_("The first handle ends the training set, the second the validation set; what is left is the test set."),
    )
    st.html(_shares(controls.settings))
    controls.segmented(
        "how",
        _("Order"),
        hows(),
        help=_("Stratified: every set gets each class in the proportion that it has in all samples."),
    )
    how = controls.settings.how
    _anew(controls, _("Shuffle again"), "shuffle", how="random" if how == "order" else how, stop="cut")
    controls.toggle("by_class", _("Colour by class"), disabled=controls.settings.data == "regression")
    with lesson.more():
        controls.number("seed", _("Seed"), help=_("The same seed always gives the same random order."))
        controls.toggle("sort", _("Sort the data by output first"), help=_("As tables often come: class after class."))
        controls.slider(
            "copies", _("Copies"), format="%d%%", help=_("The last samples are replaced by copies of the first ones.")
        )


def _data(controls: Controls[Settings]) -> None:
    chosen = controls.select(
        "data", _("Data"), data_names(), help=_("Each row is a sample with input and output features.")
    )
    if chosen == "csv":
        own_table.upload(controls)
    else:
        controls.number("samples", _("Samples"), help=_("Rows of the table."))


def batches(controls: Controls[Settings]) -> None:
    """Batch size, epochs, and the course's three ways as buttons."""
    train = int(data.count(controls.settings) * (controls.settings.cuts[0] / 100))
    paragraph("**Gradient descent**")
    ways = (
        ("BGD", max(1, train), _("Batch gradient descent: all samples at once")),
        ("MBGD", 64, _("Mini-batch gradient descent: 64 at once")),
        ("SGD", 1, _("Stochastic gradient descent: one at a time")),
    )
    with st.container(horizontal=True, gap="small"):
        for name, size, words in ways:
            st.button(name, key=f"split_way_{name}", help=words, on_click=controls.change, kwargs={"batch_size": size})
    left, right = st.columns(2)
    with left:
        controls.number(
            "batch_size",
            _("Batch size"),
            help=_("Samples per update of the parameters. One update is one forward and one backward pass."),
        )
    with right:
        controls.number(
            "epochs", _("Epochs"), help=_("One epoch uses every training sample once, forward and backward.")
        )
    controls.toggle("drop_last", _("Drop a smaller last batch"), help="`drop_last=True`")
    controls.toggle("reshuffle", _("A new order in every epoch"), help="`shuffle=True`")
    controls.number("sample", _("Follow sample"), help=_("Marked wherever an update uses it."))
    _anew(controls, _("Shuffle again"), "shuffle", reshuffle=True)
    with lesson.more():
        _data(controls)
        controls.number("seed", _("Seed"), help=_("The same seed always gives the same random order."))


def overfit(controls: Controls[Settings]) -> None:
    """Degree, points, noise and ridge."""
    controls.slider("degree", _("Degree of the polynomial"), help=_("It has degree + 1 parameters."))
    controls.number("points", _("Training points"))
    controls.slider("noise", _("Noise"), format="%.2f", help=_("Standard deviation of what is added to each point."))
    controls.number(
        "ridge",
        _("Ridge λ"),
        step=0.01,
        format="%.3g",
        help=_("Adds λ · (sum of the squared parameters) to the loss, so that large parameters cost something."),
    )
    _anew(controls, _("Other points"), "casino")
    controls.number("seed", _("Seed"), help=_("The same seed always gives the same points."))


def _anew(controls: Controls[Settings], label: str, icon: str, **changes: object) -> None:
    """Draw the button that takes the next seed, and makes further changes."""
    changes["seed"] = (controls.settings.seed + 1) % 10_000
    sign = f":material/{icon}:"
    st.button(label, type="primary", icon=sign, on_click=controls.change, kwargs=changes, width="stretch")


def _shares(settings: Settings) -> str:
    """Return the three shares in their colours, as wide as they are."""
    first, second = settings.cuts
    parts = (("train", first), ("validation", second - first), ("test", 100 - second))
    cells = "".join(
        f'<span style="flex:{share};color:{design.colour(name)};border-color:{design.colour(name)}">{share}%</span>'
        for name, share in parts
        if share
    )
    return f'<div class="ck-shares">{cells}</div>'
