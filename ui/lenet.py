"""What the LeNet-5 lesson shows: its job, its stage, its layer table."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core import cache
from core.conv.parsing import parse_chain
from core.conv.sizes import Trace, trace
from core.data.mnist import Provenance
from core.training.courses import COURSES
from core.training.jobs import MnistJob
from core.training.snapshot import Snapshot
from ui import charts
from ui.design import colour
from ui.dnn.settings import momentum_help, optimiser_help
from ui.state import Controls, choice, number
from ui.text import _

HIDDEN = ("flatten", "activation")  # change no number, so they get no box
NETWORKS = ("lenet5", "mnist-dnn")
_COURSE = COURSES["lenet5"].config
DIGITS = tuple(str(digit) for digit in range(10))


@dataclass(frozen=True)
class Settings:
    """The LeNet-5 lesson's settings; the defaults are the course's (section 5)."""

    PREFIX: ClassVar[str] = "lenet_"
    network: str = choice("lenet5", NETWORKS)
    lr: float = number(_COURSE.lr, 0.00001, 100.0)
    momentum: float = number(_COURSE.momentum, 0.0, 0.99)
    batch: int = number(_COURSE.batch_size, 1, 2_048)  # more would hold a shared worker for seconds
    epochs: int = number(_COURSE.epochs, 1, 50)
    seed: int = number(0, 0, 999_999)
    optimiser: str = choice(_COURSE.optimiser, ("sgd", "adam"))


def course_settings(network: str) -> dict[str, object]:
    """Return the course's own settings of a network, as changes to this page's."""
    config = COURSES[network].config
    return {"lr": config.lr, "momentum": config.momentum, "batch": config.batch_size, "epochs": config.epochs}


def job(settings: Settings) -> MnistJob:
    """Return what Train would start; MNIST must be in memory.

    Raises:
        InvalidInput: the settings cannot be trained, and why.
    """
    train = replace(
        COURSES[settings.network].config,
        lr=settings.lr,
        momentum=settings.momentum if settings.optimiser == "sgd" else 0.0,
        batch_size=settings.batch,
        epochs=settings.epochs,
        seed=settings.seed,
        optimiser=settings.optimiser,
        evaluations=min(500, 4 * settings.epochs),  # a look each quarter of an epoch
    )
    return MnistJob(settings.network, settings.seed, train, cache.mnist_data())


def controls(c: Controls[Settings], more: Callable[[], DeltaGenerator]) -> None:
    """Draw the controls: network, then training; the rest behind ``more``."""
    names = {"lenet5": "LeNet-5", "mnist-dnn": _("Fully connected")}

    def take_course_settings() -> None:
        c.change(**course_settings(c.settings.network))

    c.segmented(
        "network",
        _("Network"),
        names,
        on_change=take_course_settings,
        help=_("LeNet-5 keeps the image's rows and columns; the fully connected network flattens it first."),
    )
    left, right = st.columns(2)
    with left:
        c.number(
            "lr",
            _("Learning rate"),
            step=0.005,
            format="%.5g",
            help=_("The size of a step against the gradient. The course's 0.9 for LeNet-5 is high."),
        )
        c.number("batch", _("Batch size"), help=_("Samples per update of all parameters."))
    with right:
        c.number("momentum", _("Momentum"), step=0.1, help=momentum_help(), disabled=c.settings.optimiser != "sgd")
        c.number("epochs", _("Epochs"), help=_("One epoch: every training sample once forward and backward."))
    with more():
        c.number("seed", _("Seed"), help=_("The same seed gives the same weights and batches, so the same run."))
        c.segmented("optimiser", _("Optimiser"), {"sgd": "SGD", "adam": "Adam"}, help=optimiser_help())


def chain(network: str) -> Trace:
    """Return a network's layers with their sizes traced."""
    return trace(parse_chain(network), (1, 28, 28))


def stage(now: Snapshot | None, settings: Settings) -> None:
    """Draw the network as a row of sizes, the two curves, and the confusion matrix of a run."""
    shown = now.job.network if now is not None and isinstance(now.job, MnistJob) else settings.network
    st.html(_sizes(shown))
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
            height=210,
            key="chart_lenet_losses",
            alt=_("Loss against updates."),
        )
    with right:
        charts.curves(
            [(_("test accuracy in %"), "test", "solid", [(at, share) for at, share, _loss in now.evaluations])],
            x=_("update"),
            x_max=now.steps or None,
            height=210,
            key="chart_lenet_accuracy",
            alt=_("Test accuracy against updates."),
            percent=True,
        )
    if tested is None:
        return
    left, right = st.columns([0.6, 0.4], gap="small")
    with left:
        charts.confusion(tested.confusion, DIGITS, key="chart_lenet_confusion", height=330)
    with right:
        charts.numbers(now)


def _sizes(network: str) -> str:
    """Return the layers' output sizes as a row of boxes, in HTML."""
    boxes = [("In", "1×28×28")]
    for layer in chain(network).layers:
        if layer.kind not in HIDDEN:
            # Once flat there are only features left: 84, not 84×1×1.
            size = layer.output[:1] if layer.kind == "linear" else layer.output
            boxes.append((layer.name, "×".join(map(str, size))))
    line, panel, muted = colour("line"), colour("panel"), colour("muted")
    cells = "".join(
        f'<div style="border:1px solid {line};background:{panel};border-radius:.5rem;padding:.25rem .2rem;'
        f'text-align:center;line-height:1.25"><div style="font-weight:600">{html.escape(name)}</div>'
        f'<div style="font-size:.75rem;color:{muted};white-space:nowrap">{size}</div></div>'
        for name, size in boxes
    )
    label = html.escape(_("Sizes from layer to layer: channels × height × width"), quote=True)
    return (
        f'<div role="img" aria-label="{label}" style="display:flex;flex-wrap:wrap;gap:.2rem;margin:.25rem 0">'
        f"{cells}</div>"
    )


def layer_table(network: str) -> None:
    """Draw course 5's table, computed: each layer's kind, output and parameters, and the total."""
    traced = chain(network)
    rows = [
        {
            _("layer"): layer.name,
            _("kind"): layer.kind,
            _("output"): "×".join(map(str, layer.output)),
            _("parameters"): layer.parameters,
            _("multiply-adds"): layer.multiply_adds,
        }
        for layer in traced.layers
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, alt=_("Table of layers"))
    st.caption(_("{count} parameters in all.", count=f"{traced.parameters:,}"))


def source(data: Provenance) -> None:
    """Say which digits these are."""
    counts = {"train": f"{data.train:,}", "test": f"{data.test:,}", "checksum": data.checksum[:12]}
    if data.full:
        st.caption(_("Data: MNIST, {train} training and {test} test digits (SHA-256 {checksum}…).", **counts))
    else:
        st.caption(
            _(
                "Data: {train} training and {test} test digits of MNIST, as they come with the app; all 70,000 could "
                "not be reached from here. A run takes seconds, and reads fewer digits right (SHA-256 {checksum}…).",
                **counts,
            )
        )


def wait_for_digits() -> bool:
    """Return whether MNIST is in memory; if not, draw how far it is, and go on by itself."""
    if cache.mnist_loading().ready:
        return True

    @st.fragment(run_every=0.5)
    def wait() -> None:
        loading = cache.mnist_loading()
        if loading.ready:
            st.rerun()
        done = loading.done
        share = min(1.0, done / loading.total) if done is not None else 0.0
        text = _("MNIST is being downloaded …") if done is not None else _("MNIST is being read …")
        st.progress(share, text=text)

    wait()
    return False
