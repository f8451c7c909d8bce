"""The slider over the kept moments of a run: what is looked at goes back with it."""

from typing import Final

import streamlit as st

from core.runs.snapshot import Snapshot
from ui.components.timeline import timeline
from ui.lenet.settings import NEWEST, Settings
from ui.lenet.subject import moment_of
from ui.state.controls import Controls
from ui.text import aside

KEY: Final = "lenet_rewind"
PLACE: Final = 60  # pixels: the slider with its line below


def draw(controls: Controls[Settings], now: Snapshot | None) -> None:
    """Draw the slider, once there are two moments to go between.

    Args:
        controls: of the page.
        now: the run, or None.
    """
    moments = now.kept.moments if now is not None else ()
    if len(moments) < 2:
        with st.container(height=PLACE, border=False):  # nothing below moves when the slider comes
            aside("Once the test set was looked at twice, a slider here goes back through the training.")
        return
    shown = moment_of(now, controls.settings.at)
    timeline(
        [(moment.step, moment.epoch, moment.test.accuracy) for moment in moments],
        NEWEST if shown is None else shown.step,
        key=KEY,
        on_move=lambda step: controls.change(at=step),
        ended=now is not None and now.step == moments[-1].step,
    )
