"""What the DNN playground shows: its job, its stage, its tables and its code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.errors import InvalidInput
from core.nets.initialisation import INITIALISATIONS
from core.nets.mlp import ACTIVATIONS, MlpConfig
from core.training.config import LOSSES, OPTIMISERS, TrainConfig
from core.training.jobs import PlaygroundJob, one_hot_job
from core.training.optimisers import WITH_MOMENTUM
from core.training.snapshot import Snapshot
from ui import charts, live
from ui.dnn.diagram import diagram
from ui.state import Controls, choice, number, text
from ui.text import _

CLASSES = ("s < 1", "1 < s < 2", "s > 2")
MOST_VALUES = 64  # of one tensor, written out in the table


@dataclass(frozen=True)
class Settings:
    """The DNN playground's settings; the defaults are the course's (2.2 and 2.4)."""

    PREFIX: ClassVar[str] = "dnn_"
    layers: int = number(3, 0, 8)
    width: int = number(5, 1, 64)
    activation: str = choice("relu", tuple(ACTIVATIONS))
    loss: str = choice("mse", tuple(LOSSES))
    optimiser: str = choice("sgd", tuple(OPTIMISERS))
    lr: float = number(0.01, 0.00001, 100.0)
    epochs: int = number(1000, 1, 10_000)
    seed: int = number(0, 0, 999_999)
    widths: str = text("", 40)
    batch: int = number(0, 0, 7000)
    momentum: float = number(0.0, 0.0, 0.99)
    init: str = choice("default", tuple(INITIALISATIONS))
    data_seed: int = number(0, 0, 999_999)


def labels() -> dict[str, str]:
    """Return what the options are called on the screen."""
    return {
        "relu": "ReLU",
        "leaky_relu": "LeakyReLU",
        "tanh": "tanh",
        "sigmoid": "sigmoid",
        "gelu": "GELU",
        "identity": _("none (identity)"),
        "mse": _("mean squared error (MSE)"),
        "cross_entropy": _("cross-entropy"),
        "l1": "L1",
        "smooth_l1": "smooth L1",
        "sgd": "SGD",
        "nesterov": "Nesterov",
        "adam": "Adam",
        "adamw": "AdamW",
        "rmsprop": "RMSprop",
        "default": _("PyTorch's default"),
        "xavier": "Xavier",
        "he": "He",
        "zeros": _("all zeros"),
        "large": _("far too large"),
    }


def optimiser_help() -> str:
    """Return what an optimiser is."""
    return _("How a gradient becomes a step. SGD goes straight down; Adam also adapts the step of each parameter.")


def momentum_help() -> str:
    """Return what momentum is."""
    return _("Share of the last step that is kept: it speeds up along a valley, and overshoots when too large.")


def hidden(settings: Settings) -> tuple[int, ...]:
    """Return the hidden layers' widths: the list if one is written, else the same width for all.

    Raises:
        InvalidInput: the list is not whole numbers.
    """
    if not settings.widths.strip():
        return (settings.width,) * settings.layers
    parts = settings.widths.replace(",", "-").replace(" ", "-").replace("–", "-").split("-")
    try:
        return tuple(int(part) for part in parts if part)
    except ValueError as error:
        raise InvalidInput(
            "“{widths}” is not a list of widths; write whole numbers with dashes, such as 8-4-2, or leave it empty.",
            widths=settings.widths,
        ) from error


def job(settings: Settings) -> PlaygroundJob:
    """Return what Train would start.

    Raises:
        InvalidInput: the settings cannot be trained, and why.
    """
    return one_hot_job(
        net=MlpConfig((3, *hidden(settings), 3), settings.activation, settings.init, settings.seed),
        train=TrainConfig(
            loss=settings.loss,
            optimiser=settings.optimiser,
            lr=settings.lr,
            momentum=settings.momentum if settings.optimiser in WITH_MOMENTUM else 0.0,
            batch_size=settings.batch,
            epochs=settings.epochs,
            seed=settings.seed,
            evaluations=100,
        ),
        data_seed=settings.data_seed,
    )


def controls(c: Controls[Settings], more: Callable[[], DeltaGenerator]) -> None:
    """Draw the controls in the order of a thought: network, then training; the rest behind ``more``."""
    names = labels()
    own = bool(c.settings.widths.strip())
    c.slider("layers", _("Hidden layers"), disabled=own)
    c.slider("width", _("Neurons per hidden layer"), disabled=own)
    c.select(
        "activation",
        _("Activation function"),
        names,
        help=_("The non-linear σ after each hidden layer; without it all layers fold into one."),
    )
    c.segmented(
        "loss",
        _("Loss function"),
        {**names, "mse": "MSE"},
        help=_("What training minimises: how far the answers are from the truth."),
    )
    c.segmented("optimiser", _("Optimiser"), names, help=optimiser_help())
    c.number(
        "lr",
        _("Learning rate"),
        step=0.001,
        format="%.5g",
        help=_("The size of a step against the gradient: too small is slow, too large jumps across the valley."),
    )
    c.number("epochs", _("Epochs"), help=_("One epoch: every training sample once forward and backward."))
    with more():
        c.number(
            "seed",
            _("Seed"),
            help=_("The same seed gives the same first weights and the same batches, so the same run."),
        )
        c.text(
            "widths",
            _("Widths one by one"),
            placeholder="8-4-2",
            help=_("Neurons of each hidden layer, such as 8-4-2; empty: all alike."),
        )
        c.number("batch", _("Batch size"), help=_("Samples per update; 0: all 7000 at once (batch gradient descent)."))
        c.slider(
            "momentum",
            _("Momentum"),
            step=0.01,
            help=momentum_help(),
            disabled=c.settings.optimiser not in WITH_MOMENTUM,
        )
        c.select("init", _("Initialisation"), names, help=_("How the first weights are drawn."))
        c.number("data_seed", _("Seed of the data"))


def stage(now: Snapshot | None, planned: PlaygroundJob | None) -> None:
    """Draw the network, the two curves and the confusion matrix of a run, or the plan before there is one."""
    shown = now.job if now is not None and isinstance(now.job, PlaygroundJob) else planned
    if shown is None:
        return
    diagram(now, shown)
    if now is None:
        return
    tested = now.evaluation
    left, right = st.columns(2, gap="small")
    with left:
        charts.curves(
            [
                (_("training loss"), "train", "solid", now.losses),
                (_("test loss"), "test", "dashed", [(at, loss) for at, _share, loss in now.evaluations]),
            ],
            x=_("update"),
            x_max=now.steps or None,
            height=200,
            key="chart_dnn_losses",
            alt=_("Loss against updates."),
        )
    with right:
        charts.curves(
            [(_("test accuracy in %"), "test", "solid", [(at, share) for at, share, _loss in now.evaluations])],
            x=_("update"),
            x_max=now.steps or None,
            height=200,
            key="chart_dnn_accuracy",
            alt=_("Test accuracy against updates."),
            percent=True,
            level=(_("always the same answer"), tested.majority) if tested else None,
        )
    if tested is None:
        return
    left, right = st.columns(2, gap="small")
    with left:
        charts.confusion(tested.confusion, CLASSES, key="chart_dnn_confusion", height=240)
    with right:
        charts.numbers(now)


def parameters(c: Controls[Settings], planned: PlaygroundJob | None) -> None:
    """Draw the parameter table of the page's run as it stands now."""
    parameter_table(live.look(c), planned)


def parameter_table(now: Snapshot | None, planned: PlaygroundJob | None) -> None:
    """Draw the table of course 2.3: every parameter's name, shape, count and values."""
    if now is None or not now.weights:
        st.caption(_("No parameters yet: press Train, or One update."))
        if planned is not None:
            st.caption(_("This network will have {count} parameters.", count=planned.net.parameters))
        return
    rows = []
    for name, requires_grad, device in now.parameters:
        value = now.weights[name]
        rows.append(
            {
                _("name"): name,
                _("shape"): "(" + ", ".join(map(str, value.shape)) + ")",
                _("count"): value.numel(),
                _("mean"): float(value.mean()),
                _("std"): float(value.std(correction=0)),
                "requires_grad": requires_grad,
                _("device"): device,
                _("values"): "  ".join(f"{v:.4f}" for v in value.flatten().tolist()[:MOST_VALUES]),
            }
        )
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=_("Table of parameters"))
    st.caption(
        _(
            "{tensors} tensors, {count} numbers, after update {step}. A weight's shape is (neurons of this layer, "
            "neurons of the layer before).",
            tensors=len(rows),
            count=sum(value.numel() for value in now.weights.values()),
            step=now.weights_at,
        )
    )
