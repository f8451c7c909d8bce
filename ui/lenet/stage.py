"""The stage of lesson 4: one large picture, and what it shows: the inside, curves, the test, a comparison."""

from __future__ import annotations

import math

import streamlit as st

from core.classroom.interval import wilson
from core.training.mnist_job import MnistJob
from core.training.snapshot import Snapshot, State
from ui.lenet.attribution import attribution
from ui.lenet.cell import cell
from ui.lenet.choose import choose
from ui.lenet.compare import compare
from ui.lenet.curves import curves
from ui.lenet.filters import filters
from ui.lenet.go_on import go_on
from ui.lenet.picture import picture
from ui.lenet.rewind import rewind
from ui.lenet.settings import Settings
from ui.lenet.subject import mnist_run, moment_of, subject
from ui.lenet.test_look import test_look
from ui.state import Controls
from ui.text import _


def looks() -> dict[str, str]:
    """Return what the large picture can show."""
    return {
        "maps": _("Look inside"),
        "filters": _("Filters"),
        "saliency": _("What mattered"),
        "curves": _("Curves"),
        "test": _("Test"),
        "compare": _("Compare"),
    }


def stage(controls: Controls[Settings], now: Snapshot | None, planned: MnistJob | None) -> None:
    """Draw a run, or the first weights of the plan before there is one.

    Args:
        controls: of the page.
        now: the run, or None.
        planned: what Train would start, or None when the settings cannot start.
    """
    run = mnist_run(now)
    _scores(run, controls.settings.at)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        look = controls.segmented("look", _("Look at"), looks(), label_visibility="collapsed")
        go_on(controls, run)
    seen = subject(run, planned, controls.settings)
    if look == "curves":
        curves(controls, run)
    elif look == "compare":
        compare(controls, run, planned)
    elif seen is None:
        return
    elif look == "filters":
        filters(seen)
    elif look == "saliency":
        attribution(seen)
    elif look == "test":
        test_look(controls, seen)
    else:
        found = picture(controls, seen)
    if look not in ("curves", "compare"):
        rewind(controls, run)
    if seen is not None and look in ("maps", "saliency"):
        choose(controls, seen)
    if seen is not None and look == "maps":
        cell(controls, seen, found)


def _scores(now: Snapshot | None, at: int) -> None:
    """Draw the numbers that matter in one line, with their sample counts and the speed."""
    if now is None:
        return
    moment = moment_of(now, at)
    step = now.evaluated_at if moment is None else moment.step
    tested = moment.test if moment is not None else now.evaluation
    trained = moment.train if moment is not None else now.train_evaluation
    parts = []
    if tested is not None:
        low, high = wilson(tested.correct, tested.samples)
        parts.append(
            _(
                "Test: **{share}** ({low}–{high}; {correct:,} of {n:,})",
                share=f"{tested.accuracy:.2%}",
                low=f"{100 * low:.2f}",
                high=f"{high:.2%}",
                correct=tested.correct,
                n=tested.samples,
            )
        )
    if trained is not None:
        parts.append(_("Training: **{share}** (of {n:,})", share=f"{trained.accuracy:.2%}", n=trained.samples))
    speed = samples_per_second(now)
    if speed and now.state is State.RUNNING:
        parts.append(_("{n:,} samples a second", n=speed))
    if moment is not None or (step != now.step and now.state is not State.RUNNING):
        parts.append(_("at update {step}", step=step))
    if parts:
        with st.container(key="lenet_scores"):
            st.markdown("  ·  ".join(parts))


def samples_per_second(now: Snapshot) -> int:
    """Return how many training samples the run uses in a second, to two digits; 0 when unknown."""
    job = now.job
    if not isinstance(job, MnistJob) or not now.updates_per_second or not math.isfinite(now.updates_per_second):
        return 0
    per_update = job.samples_used / now.updates_per_epoch if now.updates_per_epoch else 0
    found = now.updates_per_second * per_update
    return int(float(f"{found:.2g}")) if found else 0
