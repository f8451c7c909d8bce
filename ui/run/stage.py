"""The stage that follows a running training: buttons, progress, and whatever the page draws of a snapshot."""

from collections.abc import Callable
from typing import Any, Final

import streamlit as st

from core.errors import InvalidInput
from core.runs.job import Job
from core.runs.orders import could_take_over
from core.runs.scheduler import SCHEDULER
from core.runs.snapshot import Snapshot, State
from ui import lesson
from ui.run import status
from ui.state import session
from ui.state.controls import Controls
from ui.state.session import owner
from ui.text import _

LIVE_S = 1.0  # between two looks of what is opened beside a run that goes on
SETTLE_S = 1.0  # how long a click on Pause or One update waits for the slice under way
MAIN: Final[dict[str, Any]] = {"type": "primary", "width": 112}  # of one width: no other button moves under a finger
SPEEDS: Final = (0, 1, 5, 25, 100)  # updates a second; 0: as fast as it can


def follow(
    controls: Controls[Any],
    job: Job | None,
    draw: Callable[[Snapshot | None], None],
    full: bool = False,
    speed: bool = False,
) -> None:
    """Draw a page's training: its buttons, its progress, and ``draw`` with the newest snapshot.

    The run id lives in the URL, so that a reloaded page or a second tab attaches to the same run.

    Args:
        controls: of the page; keeps the run id.
        job: what Train would start, or None when the settings cannot start.
        draw: draws the lesson's picture; None means that nothing was trained yet.
        full: buttons for one epoch and for going back to first weights, which are then looked at before the first
            update; learning rate and batch size of the controls can be put into the run that is under way.
        speed: a choice of how many updates are done in a second.
    """
    snapshot = newest_snapshot(controls)
    if full and job is not None and snapshot is not None and _fresh(snapshot) and snapshot.job != job:
        snapshot = _follow_controls(controls, job)
    seen = _moment(snapshot)

    @st.fragment(key=f"{controls.prefix}live")
    def stage() -> None:
        now = newest_snapshot(controls)
        if _moment(now) != seen:
            st.rerun()  # the rest of the page shows it, too
        _buttons(controls, job, now, full)
        _progress(controls, job, now, full, speed)
        draw(now)
        status.verdict(now)
        lesson.outcome(f"{controls.prefix}refused")

    stage()


def newest_snapshot(controls: Controls[Any]) -> Snapshot | None:
    """Return the newest snapshot of the page's run, or None when it has none."""
    return SCHEDULER.snapshot(controls.run_id, owner()) if controls.run_id else None


def alongside(controls: Controls[Any], name: str, every: float, draw: Callable[[Snapshot | None], None]) -> None:
    """Draw another part of the page with the newest snapshot, again and again while the run goes on.

    Args:
        controls: of the page.
        name: of the part.
        every: seconds between two looks.
        draw: draws it.
    """
    now = newest_snapshot(controls)
    going = now is not None and now.state is State.RUNNING

    @st.fragment(run_every=every if going else None, key=f"{controls.prefix}{name}")
    def part() -> None:
        draw(newest_snapshot(controls))

    part()


def _moment(now: Snapshot | None) -> str | None:
    return status.moment(now) if now else None


def _fresh(now: Snapshot) -> bool:
    """Return whether a run stands before its first update, as Reset leaves it, untouched."""
    return now.mine and now.state is State.PAUSED and not now.busy and now.step == 0 and not now.changes


def _buttons(controls: Controls[Any], job: Job | None, now: Snapshot | None, full: bool) -> None:
    mine = now is not None and now.mine and now.state.alive
    run_id = now.run_id if now is not None else ""
    over = now is not None and not now.state.alive
    idle = not mine and job is None
    ended = over and full and now is not None and now.mine  # then Reset is there, and nothing begins unasked
    if ended:
        step_help = epoch_help = _(
            "This run has ended. Press Reset first: it goes back to the first weights, with the controls as they are."
        )
    else:
        epoch_help = _("Runs until every training sample was used once more, then pauses.")
        step_help = _("Pauses, and does exactly one update of all weights.")
        if over:
            step_help = _("Starts anew, and does exactly one update of all weights.")

    def button(name: str, label: str, icon: str, act: Callable[[], object], **more: Any) -> None:
        key = f"{controls.prefix}{name}"
        st.button(label, key=key, icon=f":material/{icon}:", on_click=_press, args=(controls, act), **more)

    with st.container(horizontal=True, gap="xsmall", key=f"{controls.prefix}buttons"):
        if mine and now is not None and now.state is State.RUNNING:
            button("pause", _("Pause"), "pause", lambda: SCHEDULER.pause(run_id, owner()), **MAIN)
        elif mine and now is not None and now.step:
            button("resume", _("Resume"), "play_arrow", lambda: SCHEDULER.resume(run_id, owner()), **MAIN)
        else:
            button(
                "train",
                _("Train"),
                "play_arrow",
                lambda: SCHEDULER.resume(run_id, owner()) if mine else _submit(controls, job),
                disabled=idle,
                **MAIN,
            )
        button(
            "step",
            _("Anew, one update") if over and not full else _("One update"),
            "skip_next",
            lambda: SCHEDULER.step(run_id, owner()) if mine else _submit(controls, job, updates=1),
            disabled=idle or ended,
            help=step_help,
        )
        if full:
            button(
                "epoch",
                _("One epoch"),
                "fast_forward",
                lambda: _one_epoch(controls, job, run_id if mine else ""),
                disabled=idle or ended,
                help=epoch_help,
            )
        button("stop", _("Stop"), "stop", lambda: SCHEDULER.cancel(run_id, owner()), disabled=not mine)
        if full:
            button(
                "reset",
                _("Reset"),
                "restart_alt",
                lambda: _reset(controls, job, run_id),
                disabled=now is None or not now.mine,
                help=_("Forgets this run and goes back to the first weights."),
            )


def _progress(controls: Controls[Any], job: Job | None, now: Snapshot | None, full: bool, speed: bool) -> None:
    if speed:
        left, right = st.columns([0.72, 0.28], gap="small", vertical_alignment="bottom")
        with left:
            status.progress(controls, job, now)
        with right:
            _speed(controls, now)
    else:
        status.progress(controls, job, now)
    # Always of one height (ui/design.py): the picture below must not move while a control is dragged.
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{controls.prefix}remark"):
        status.remark(controls, job, now)
        if now is not None and now.mine and now.playing:
            run_id = now.run_id
            st.button(
                _("To the newest update"),
                key=f"{controls.prefix}to_end",
                type="tertiary",
                on_click=_press,
                args=(controls, lambda: SCHEDULER.to_end(run_id, owner())),
            )
        if full:
            _take_over(controls, job, now)


def _speed(controls: Controls[Any], now: Snapshot | None) -> None:
    names = {0: _("full speed"), 1: _("1 update/s"), **{speed: _("{n} updates/s", n=speed) for speed in SPEEDS[2:]}}
    key = f"{controls.prefix}speed"

    def choose() -> None:
        if controls.run_id:
            try:
                SCHEDULER.speed(controls.run_id, owner(), _chosen_speed(controls))
            except InvalidInput:  # another visitor's run, which this page only watches: the choice is for the next one
                return

    st.selectbox(
        _("Speed"),
        SPEEDS,
        index=SPEEDS.index(int(now.speed)) if now is not None and now.speed in SPEEDS else 0,
        format_func=lambda speed: names[speed],
        key=key,
        persist_state="session",
        on_change=choose,
        label_visibility="collapsed",
    )


def _chosen_speed(controls: Controls[Any]) -> int | None:
    """Return the updates a second that were chosen; None as fast as it can, or a label of the last language."""
    chosen = session.sent(f"{controls.prefix}speed")
    return chosen if chosen in SPEEDS[1:] else None


def _take_over(controls: Controls[Any], job: Job | None, now: Snapshot | None) -> None:
    """Offer to put learning rate and batch size of the controls into the run, when nothing else is different."""
    if now is None or job is None or not (now.mine and now.state.alive):
        return
    changes, run_id = could_take_over(now.job, job, now.changes), now.run_id
    if changes:
        st.button(
            _("Use learning rate and batch size in this run"),
            key=f"{controls.prefix}take_over",
            icon=":material/tune:",
            type="tertiary",
            help=_("The learning rate changes at once, the batch size with the next epoch."),
            on_click=_press,
            args=(controls, lambda: SCHEDULER.change(run_id, owner(), **changes)),
        )


def _press(controls: Controls[Any], act: Callable[[], object]) -> None:
    """Do what was clicked and wait until it shows; keep why when it cannot be done."""
    lesson.attempt(f"{controls.prefix}refused", act)
    if controls.run_id:
        SCHEDULER.settle(controls.run_id, SETTLE_S)  # the page then shows where the run really stands


def _submit(controls: Controls[Any], job: Job | None, updates: int = 0, paused: bool = False) -> None:
    if job is not None:
        controls.run_id = SCHEDULER.submit(job, owner(), updates, paused, _chosen_speed(controls))


def _one_epoch(controls: Controls[Any], job: Job | None, run_id: str) -> None:
    if not run_id:
        _submit(controls, job, paused=True)
    SCHEDULER.step_epoch(run_id or controls.run_id or "", owner())


def _follow_controls(controls: Controls[Any], job: Job) -> Snapshot | None:
    """Draw first weights anew for other controls: nothing was trained yet that could be lost."""
    with lesson.problems():
        _submit(controls, job, paused=True)
        SCHEDULER.settle(controls.run_id or "", SETTLE_S)
    return newest_snapshot(controls)


def _reset(controls: Controls[Any], job: Job | None, run_id: str) -> None:
    SCHEDULER.forget(run_id, owner())
    controls.run_id = None
    _submit(controls, job, paused=True)
