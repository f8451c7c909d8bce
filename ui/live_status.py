"""What is said about a run: how far it is, what went wrong, what may help."""

from __future__ import annotations

import math
from typing import Any

import streamlit as st

from core.training.orders import could_take_over
from core.training.run import Job
from core.training.snapshot import Snapshot, State
from ui.state import Controls
from ui.text import _, explain

MOST_CHANGES = 3  # that are named; the rest is counted


def status(controls: Controls[Any], job: Job | None, now: Snapshot | None) -> None:
    """Draw the progress and, if there is something to say about it, a line below."""
    progress(controls, now)
    remarks(job, now)


def progress(controls: Controls[Any], now: Snapshot | None) -> None:
    """Draw how far a run is."""
    if now is not None:
        st.progress(min(1.0, now.step / now.steps) if now.steps else 0.0, text=sentence(now))
        return
    if controls.run_id:
        st.caption(_("There is no such run any more: a newer one took its place, or it was left for ten minutes."))
    st.progress(0.0, text=_("No run yet: press Train."))


def remarks(job: Job | None, now: Snapshot | None) -> None:
    """Say whose run it is, and in what it differs from the controls."""
    if now is None:
        return
    if not now.mine:
        st.caption(_("You are watching another visitor's run; Train starts your own."))
    elif job is not None and not _as_the_controls_say(now, job):
        st.caption(_("The controls have changed since this run began: they take effect when you next press Train."))
    if now.changes:
        st.caption(changes(now))


def _as_the_controls_say(now: Snapshot, job: Job) -> bool:
    """Return whether the controls say what the run does, with what was changed while it ran."""
    changes = could_take_over(now.job, job, now.changes)
    return now.job == job if changes is None else not changes


def changes(now: Snapshot) -> str:
    """Return what was changed by hand, the newest last."""
    names = {"lr": _("learning rate"), "batch_size": _("batch size")}
    named = [
        _(
            "{what} = {value} after update {step}",
            what=names.get(change.what, change.detail),
            value=f"{change.value:.6g}",
            step=change.step,
        )
        for change in now.changes[-MOST_CHANGES:]
    ]
    if len(now.changes) > MOST_CHANGES:
        named.insert(0, _("{n} earlier ones", n=len(now.changes) - MOST_CHANGES))
    return _("Changed by hand: {changes}", changes="; ".join(named))


def verdict(now: Snapshot | None) -> None:
    """Say what went wrong, if something did; below the picture, so that nothing that is looked at moves."""
    if now is None:
        return
    if now.state is State.DIVERGED:
        st.error(
            _(
                "Diverged at update {step}: the loss is not a finite number any more. The steps were too large and "
                "jumped out of the valley; choose a smaller learning rate and train again.",
                step=now.step,
            ),
            icon=":material/error:",
        )
    elif now.error is not None:
        st.error(explain(now.error), icon=":material/error:")
    elif now.refused is not None:
        st.error(explain(now.refused), icon=":material/error:")
    elif now.not_learning and now.evaluation is not None:
        st.warning(_not_learning(now), icon=":material/trending_flat:")


def _not_learning(now: Snapshot) -> str:
    assert now.evaluation is not None
    if math.isnan(now.evaluation.majority):
        return _(
            "Not learning: after {step} updates the loss is no lower than that of a network which ignores its "
            "inputs and always answers the mean. What may help: another learning rate, loss function or optimiser, "
            "or, if ReLUs have died, LeakyReLU or another seed.",
            step=now.step,
        )
    return _(
        "Not learning: after {step} updates the loss is no lower than that of a network which ignores its "
        "inputs; always answering the most frequent class scores {share} as well. What may help: another "
        "learning rate, loss function or optimiser, or, if ReLUs have died, LeakyReLU or another seed.",
        step=now.step,
        share=f"{now.evaluation.majority:.2%}",
    )


def sentence(now: Snapshot) -> str:
    """Return how far a run is, in one line."""
    done = _(
        "update {step} of {steps}, epoch {epoch}",
        step=now.step,
        steps=now.steps,
        epoch=f"{now.epoch:.2f}".removesuffix(".00"),
    )
    if now.state is State.RUNNING:
        if not now.steps or now.eta_s is None or not now.updates_per_second:
            return _("Starting …")
        speed = now.updates_per_second
        return _(
            "Training: {done}; {speed} updates a second, {eta} s to go",
            done=done,
            speed=f"{speed:.0f}" if speed >= 10 else f"{speed:.1f}",
            eta=f"{now.eta_s:.0f}",
        )
    seconds = f"{now.seconds:.1f}"
    if now.early:
        return _(
            "Stopped early, as the test loss fell no more: {done}; {seconds} s of computing", done=done, seconds=seconds
        )
    words = {
        State.PAUSED: _("Paused: {done}", done=done),
        State.FINISHED: _("Finished: {done}; {seconds} s of computing", done=done, seconds=seconds),
        State.DIVERGED: _("Diverged: {done}", done=done),
        State.STOPPED: _("Stopped, because you started another run: {done}", done=done)
        if now.replaced
        else _("Stopped: {done}", done=done),
        State.FAILED: _("Failed: {done}", done=done),
    }
    return words[now.state]
