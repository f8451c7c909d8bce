"""The stage that follows a running training: buttons, progress, and whatever the page draws of a snapshot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.errors import InvalidInput
from core.training.run import Job
from core.training.scheduler import SCHEDULER
from core.training.snapshot import Snapshot, State
from ui import lesson
from ui.state import Controls, owner
from ui.text import _, explain

LIVE_S = 0.4  # between two looks at a run that is being worked on
HEARTBEAT_S = 25.0  # a page that is open keeps its run from being parked or dropped
SETTLE_S = 1.0  # how long a click on Pause or One update waits for the slice under way


def follow(controls: Controls[Any], job: Job | None, draw: Callable[[Snapshot | None], None]) -> None:
    """Draw a page's training: its buttons, its progress, and ``draw`` with the newest snapshot.

    The run id lives in the URL, so that a reloaded page or a second tab attaches to the same run.

    Args:
        controls: of the page; keeps the run id.
        job: what Train would start, or None when the settings cannot start.
        draw: draws the lesson's picture; None means that nothing was trained yet.
    """
    snapshot = look(controls)
    seen = snapshot.state if snapshot else None
    every = None if snapshot is None else LIVE_S if seen is State.RUNNING else HEARTBEAT_S

    @st.fragment(run_every=every, key=f"{controls.prefix}live")
    def stage() -> None:
        now = look(controls)
        if (now.state if now else None) is not seen:
            st.rerun()
        _buttons(controls, job, now)
        _status(controls, job, now)
        draw(now)
        _verdict(now)

    stage()


def look(controls: Controls[Any]) -> Snapshot | None:
    """Return the newest snapshot of the page's run, or None when it has none."""
    return SCHEDULER.snapshot(controls.run_id, owner()) if controls.run_id else None


def _buttons(controls: Controls[Any], job: Job | None, now: Snapshot | None) -> None:
    mine = now is not None and now.mine and now.state.alive
    prefix = controls.prefix
    with st.container(horizontal=True, gap="small", key=f"{prefix}buttons"):
        if mine and now is not None and now.state is State.RUNNING:
            pressed = st.button(_("Pause"), key=f"{prefix}pause", type="primary", icon=":material/pause:")
            if pressed:
                SCHEDULER.pause(now.run_id, owner())
                SCHEDULER.settle(now.run_id, SETTLE_S)  # the page then shows where the run really stands
                st.rerun()
        elif mine and now is not None:
            pressed = st.button(_("Resume"), key=f"{prefix}resume", type="primary", icon=":material/play_arrow:")
            if pressed:
                SCHEDULER.resume(now.run_id, owner())
                st.rerun()
        else:
            pressed = st.button(
                _("Train"),
                key=f"{prefix}train",
                type="primary",
                icon=":material/play_arrow:",
                disabled=job is None,
            )
            if pressed:
                _start(controls, job, 0)
        over = now is not None and not now.state.alive
        if st.button(
            _("Anew, one update") if over else _("One update"),
            key=f"{prefix}step",
            icon=":material/skip_next:",
            disabled=not mine and job is None,
            help=_("Pauses, and does exactly one update of all weights."),
        ):
            if mine and now is not None:
                SCHEDULER.step(now.run_id, owner())
                SCHEDULER.settle(now.run_id, SETTLE_S)
                st.rerun()
            else:
                _start(controls, job, 1)
        if st.button(_("Stop"), key=f"{prefix}stop", icon=":material/stop:", disabled=not mine) and now is not None:
            SCHEDULER.cancel(now.run_id, owner())
            st.rerun()


def _start(controls: Controls[Any], job: Job | None, updates: int) -> None:
    if job is None:
        return
    try:
        controls.run_id = SCHEDULER.submit(job, owner(), updates)
    except InvalidInput as error:
        lesson.problem(error)
        return
    if updates:
        SCHEDULER.settle(controls.run_id, SETTLE_S)
    st.rerun()


def _status(controls: Controls[Any], job: Job | None, now: Snapshot | None) -> None:
    if now is None:
        if controls.run_id:
            st.caption(_("There is no such run any more: a newer one took its place, or it was left for ten minutes."))
        st.progress(0.0, text=_("No run yet: press Train."))
        return
    st.progress(now.step / now.steps if now.steps else 0.0, text=_sentence(now))
    if not now.mine:
        st.caption(_("You are watching another visitor's run; Train starts your own."))
    elif job is not None and now.job != job:
        st.caption(_("The controls have changed since this run began: they take effect when you next press Train."))


def _verdict(now: Snapshot | None) -> None:
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
    elif now.not_learning and now.evaluation is not None:
        st.warning(
            _(
                "Not learning: after {step} updates the loss is no lower than that of a network which ignores its "
                "inputs; always answering the most frequent class scores {share} as well. What may help: another "
                "learning rate, loss function or optimiser, or, if ReLUs have died, LeakyReLU or another seed.",
                step=now.step,
                share=f"{now.evaluation.majority:.2%}",
            ),
            icon=":material/trending_flat:",
        )


def _sentence(now: Snapshot) -> str:
    done = _(
        "update {step} of {steps}, epoch {epoch}",
        step=now.step,
        steps=now.steps,
        epoch=f"{now.epoch:.2f}".removesuffix(".00"),
    )
    if now.state is State.RUNNING:
        if not now.steps or now.eta_s is None or not now.updates_per_second:
            return _("Starting …")
        return _(
            "Training: {done}; {speed} updates a second, {eta} s to go",
            done=done,
            speed=f"{now.updates_per_second:.0f}",
            eta=f"{now.eta_s:.0f}",
        )
    words = {
        State.PAUSED: _("Paused: {done}", done=done),
        State.FINISHED: _("Finished: {done}; {seconds} s of computing", done=done, seconds=f"{now.seconds:.1f}"),
        State.DIVERGED: _("Diverged: {done}", done=done),
        State.STOPPED: _("Stopped, because you started another run: {done}", done=done)
        if now.replaced
        else _("Stopped: {done}", done=done),
        State.FAILED: _("Failed: {done}", done=done),
    }
    return words[now.state]
