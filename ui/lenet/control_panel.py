"""The lesson's controls in the order of a thought: network, training, data; the rest behind “More”."""

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.training.optimisers import WITH_MOMENTUM
from ui.labels import engine_help, momentum_help, optimiser_help, option_labels
from ui.lenet.settings import DNN, Settings, course_settings, network_names
from ui.run import engine
from ui.state.controls import Controls
from ui.text import _


def head(c: Controls[Settings]) -> None:
    """Draw the choice between the two networks of the notes; the rest of them is in the controls."""
    c.first_level(
        "network",
        _("Network"),
        {"lenet5": "LeNet-5", DNN: _("Handwriting DNN")},
        DNN if c.settings.network == DNN else "lenet5",
        lambda network: c.change(network=network, **course_settings(network)),
    )


def draw(c: Controls[Settings], more: Callable[[], DeltaGenerator]) -> None:
    """Draw the seven controls that are always in view, and the rest.

    Args:
        c: of the page.
        more: makes the container of the rest.
    """
    settings = c.settings

    def take_course_settings() -> None:
        c.change(**course_settings(c.settings.network))

    c.select(
        "network",
        _("Network"),
        network_names(),
        on_change=take_course_settings,
        help=_("Each brings settings along that suit it. The fully connected network flattens the image first."),
    )
    left, right = st.columns(2, gap="small")
    with left:
        c.number(
            "lr",
            _("Learning rate"),
            step=0.005,
            format="%.5g",
            help=_("The size of a step against the gradient. The course's 0.9 for LeNet-5 is high."),
        )
        c.number("batch", _("Batch size"), help=_("Samples per update of all parameters."))
        c.number(
            "samples",
            _("Samples"),
            zero=_("all"),
            step=1000,
            help=_("How many digits to train on, from 100 on, drawn at random; empty or 0: all there are."),
        )
    with right:
        c.number(
            "momentum",
            _("Momentum"),
            step=0.1,
            help=momentum_help(),
            disabled=settings.optimiser not in WITH_MOMENTUM,
        )
        c.number("epochs", _("Epochs"), help=_("One epoch: every training sample once forward and backward."))
        c.number("seed", _("Seed"), help=_("The same seed gives the same weights and batches, so the same run."))
    with more():
        names = option_labels()
        c.select("optimiser", _("Optimiser"), names, help=optimiser_help())
        c.select("schedule", _("Learning rate over time"), names, help=_("It falls after each epoch."))
        c.toggle(
            "augment",
            _("Move the digits a little"),
            help=_(
                "Augmentation: each update sees its digits shifted by up to 2 pixels, turned by up to 10° and up to a "
                "tenth larger or smaller, anew each time."
            ),
        )
        c.number(
            "data_seed",
            _("Seed of the choice"),
            help=_("Which digits are drawn when not all are used."),
            disabled=settings.samples == 0,
        )
        c.select("engine", _("Engine"), names, help=engine_help())
        engine.draw(c)
