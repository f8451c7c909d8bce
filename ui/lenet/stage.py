"""The stage of lesson 4: one large picture, and what it shows: the inside, curves, the test, a comparison."""

import math

import streamlit as st

from core.runs.digits_job import MnistJob
from core.runs.snapshot import Snapshot, State
from core.score import wilson
from ui import side_by_side
from ui.lenet import (
    attribution,
    cell,
    choose_digit,
    compare_networks,
    curves,
    exam,
    feature_maps,
    filters,
    more_epochs,
    rewind,
)
from ui.lenet.settings import NEWEST, Settings
from ui.lenet.subject import mnist_run, moment_of, subject
from ui.state import session
from ui.state.controls import Controls
from ui.text import _, aside

SEEN = "lenet_seen_run"


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


def draw(controls: Controls[Settings], now: Snapshot | None, planned: MnistJob | None) -> None:
    """Draw a run, or the first weights of the plan before there is one.

    Args:
        controls: of the page.
        now: the run, or None.
        planned: what Train would start, or None when the settings cannot start.
    """
    run = mnist_run(now)
    if run is not None:
        if session.recall(SEEN, run.run_id) != run.run_id:
            controls.change(at=NEWEST)  # another run has other moments
        session.remember(SEEN, run.run_id)
    whole = controls.settings.look in ("curves", "compare")  # the run as it stands: no slider there
    _scores(run, NEWEST if whole else controls.settings.at)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="lenet_looks"):
        st.html("<style>.st-key-lenet_looks { min-height: 2.5rem; }</style>")  # as high without the button as with it
        look = controls.segmented("look", _("Look at"), looks(), label_visibility="collapsed")
        more_epochs.draw(controls, run)
        speed = samples_per_second(run) if run is not None and run.state is State.RUNNING else 0
        if speed:
            aside("{n:,} samples/s", n=speed)
    seen = subject(run, planned, controls.settings)
    if look == "curves":
        curves.draw(controls, run)
    elif look == "compare":
        compare_networks.draw(controls, run, planned)
    elif seen is None:
        return
    elif look == "filters":
        filters.draw(seen)
    elif look == "saliency":
        attribution.draw(controls, seen)
    elif look == "test":
        choose_digit.hidden_note(controls, seen)
        side_by_side.draw(run, planned)
        exam.draw(controls, seen)
    else:
        found = feature_maps.draw(controls, seen)
    if not whole:
        rewind.draw(controls, run)
    if seen is not None and look == "filters":
        filters.others(seen)
    if seen is not None and look in ("maps", "saliency"):
        choose_digit.draw(controls, seen)
    if seen is not None and look == "maps":
        cell.draw(controls, seen, found)


def _scores(now: Snapshot | None, at: int) -> None:
    """Draw the numbers that matter in one line; before the first look, what will stand there: nothing moves then."""
    parts = _said(now, at) if now is not None else []
    with st.container(key="lenet_scores"):
        st.markdown("  ·  ".join(parts) or _("Here will stand how many of the test digits it reads right."))


def _said(now: Snapshot, at: int) -> list[str]:
    """Return the accuracies with their sample counts, and of which update they are."""
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
    if parts and (moment is not None or (step != now.step and now.state is not State.RUNNING)):
        parts.append(_("at update {step}", step=step))
    elif notes := side_by_side.notes_figure(now):
        parts.append(notes)
    return parts


def samples_per_second(now: Snapshot) -> int:
    """Return how many training samples the run uses in a second, to two digits; 0 when unknown."""
    job = now.job
    if not isinstance(job, MnistJob) or not now.updates_per_second or not math.isfinite(now.updates_per_second):
        return 0
    per_update = job.samples_used / now.updates_per_epoch if now.updates_per_epoch else 0
    found = now.updates_per_second * per_update
    return int(float(f"{found:.2g}")) if found else 0
