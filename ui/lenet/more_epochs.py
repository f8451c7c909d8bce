"""A finished run goes on for more epochs, as if it had been longer from the start."""

from typing import Final

import streamlit as st

from core.runs.digits_job import MnistJob, continued
from core.runs.scheduler import SCHEDULER
from core.runs.snapshot import Snapshot, State
from ui import lesson
from ui.components.timeline import NEWEST
from ui.lenet.settings import Settings
from ui.state import session
from ui.state.controls import Controls
from ui.text import _

MOST: Final = 50  # epochs that the control can say
PROBLEM: Final = "lenet_go_on_refused"


def draw(controls: Controls[Settings], now: Snapshot | None) -> None:
    """Draw the button, when the run is one that can go on.

    Args:
        controls: of the page.
        now: the run, or None.
    """
    if now is None or not now.mine or now.state is not State.FINISHED or not isinstance(now.job, MnistJob):
        return
    done = now.job.train.epochs
    more = min(done, 5, MOST - done)
    if now.kept.end is None or more < 1:
        return

    def press() -> None:
        job = continued(now, done + more)
        controls.run_id = SCHEDULER.submit(job, session.owner())
        controls.change(epochs=done + more, at=NEWEST)

    st.button(
        _("One more epoch") if more == 1 else _("{n} more epochs", n=more),
        key="lenet_go_on",
        icon=":material/more_time:",
        on_click=lesson.attempt,
        args=(PROBLEM, press),
        help=_("Trains on from here, exactly as if more epochs had been asked for at the start."),
    )
    lesson.outcome(PROBLEM)
