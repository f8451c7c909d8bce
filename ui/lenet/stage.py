"""The stage of lesson 4: one large picture, and what it shows: the inside, curves, the test, a comparison."""

import math
from typing import Any

import streamlit as st

from core.runs.digits_job import MnistJob
from core.runs.snapshot import Snapshot, State
from core.score import wilson
from ui import side_by_side
from ui.components.said import Said, said
from ui.components.timeline import NEWEST
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
)
from ui.lenet.settings import Settings
from ui.lenet.subject import mnist_run, subject
from ui.live.hub import part
from ui.run import rewind
from ui.run.rewind import moment_of
from ui.state.controls import Controls
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


def draw(controls: Controls[Settings], now: Snapshot | None, planned: MnistJob | None) -> None:
    """Draw a run, or the first weights of the plan before there is one.

    Args:
        controls: of the page.
        now: the run, or None.
        planned: what Train would start, or None when the settings cannot start.
    """
    run = mnist_run(now)
    rewind.follow_run(controls, run)
    whole = controls.settings.look in ("curves", "compare")  # the run as it stands: no slider there
    _scores(run, NEWEST if whole else controls.settings.at)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="lenet_looks"):
        st.html("<style>.st-key-lenet_looks { min-height: 2.5rem; }</style>")  # as high without the button as with it
        look = controls.segmented("look", _("Look at"), looks(), label_visibility="collapsed")
        more_epochs.draw(controls, run)
        if run is not None and run.state.alive:
            said(part(run, "speed", _speed), {"speed": _("{n} samples/s")}, key="lenet_speed", quiet=True)
    seen = subject(run, planned, controls.settings)
    if look == "curves":
        curves.draw(controls, run)
    elif look == "compare":
        compare_networks.draw(controls, run, planned)
    elif seen is None:
        return
    elif look == "filters":
        filters.draw(seen, controls.settings)
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
        filters.others(seen, controls.settings)
    if seen is not None and look in ("maps", "saliency"):
        choose_digit.draw(controls, seen)
    if seen is not None and look == "maps":
        cell.draw(controls, seen, found)


def _scores(now: Snapshot | None, at: int) -> None:
    """Draw the numbers that matter in one line; before the first look, what will stand there: nothing moves then."""
    notes = side_by_side.notes_figure(now) if now is not None else ""
    words = {
        "none": _("Here will stand how many of the test digits it reads right."),
        "test": _("Test: **{share}** ({low}–{high}; {correct} of {n})"),
        "train": _("Training: **{share}** (of {n})"),
        "at": _("at update {step}"),
        "notes": notes,
    }
    with st.container(key="lenet_scores"):
        said(part(now, ("scores", at), lambda now: {"parts": scores(now, at, bool(notes))}), words, key="lenet_numbers")


def scores(now: Snapshot | None, at: int, notes: bool = False) -> list[Said]:
    """Return which sentences say the accuracies with their sample counts, and of which update they are.

    Args:
        now: the run, or None.
        at: step of the moment that is looked at, NEWEST: the present.
        notes: whether the notes have a figure to compare with.
    """
    if now is None:
        return [("none", {})]
    moment = moment_of(now, at)
    step = now.evaluated_at if moment is None else moment.step
    tested = moment.test if moment is not None else now.evaluation
    trained = moment.train if moment is not None else now.train_evaluation
    parts: list[Said] = []
    if tested is not None:
        low, high = wilson(tested.correct, tested.samples)
        values = {"share": f"{tested.accuracy:.2%}", "low": f"{100 * low:.2f}", "high": f"{high:.2%}"}
        parts.append(("test", values | {"correct": f"{tested.correct:,}", "n": f"{tested.samples:,}"}))
    if trained is not None:
        parts.append(("train", {"share": f"{trained.accuracy:.2%}", "n": f"{trained.samples:,}"}))
    if parts and (moment is not None or (step != now.step and now.state is not State.RUNNING)):
        parts.append(("at", {"step": str(step)}))
    elif notes:
        parts.append(("notes", {}))
    return parts or [("none", {})]


def _speed(now: Snapshot | None) -> dict[str, Any]:
    speed = samples_per_second(now) if now is not None and now.state is State.RUNNING else 0
    return {"parts": [("speed", {"n": f"{speed:,}"})] if speed else []}


def samples_per_second(now: Snapshot) -> int:
    """Return how many training samples the run uses in a second, to two digits; 0 when unknown."""
    job = now.job
    if not isinstance(job, MnistJob) or not now.updates_per_second or not math.isfinite(now.updates_per_second):
        return 0
    per_update = job.samples_used / now.updates_per_epoch if now.updates_per_epoch else 0
    found = now.updates_per_second * per_update
    return int(float(f"{found:.2g}")) if found else 0
