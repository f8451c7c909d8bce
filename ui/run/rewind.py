"""The slider over the kept moments of a run: what is looked at goes back with it."""

from dataclasses import replace
from typing import Any

import numpy as np

from core.runs.history import Moment, nearest
from core.runs.snapshot import Snapshot, State
from ui.components.timeline import NEWEST, timeline
from ui.live.frames import Growing
from ui.live.hub import part
from ui.packed import packed
from ui.state import session
from ui.state.controls import Controls


def moment_of(now: Snapshot | None, at: int) -> Moment | None:
    """Return the kept moment that is looked at, None for the newest weights."""
    if now is None or at == NEWEST or not now.kept.moments:
        return None
    return nearest(now.kept.moments, at)


def held(now: Snapshot | None, at: int) -> Snapshot | None:
    """Return a run as it stood at the moment that is looked at, and as if it had been stopped there."""
    moment = moment_of(now, at)
    if now is None or moment is None:
        return now
    return replace(
        now,
        state=State.STOPPED,
        step=moment.step,
        epoch=moment.epoch,
        weights=moment.weights,
        weights_at=moment.step,
        weights_copy=-1 - moment.step,
        evaluation=moment.test,
        train_evaluation=moment.train,
        evaluated_at=moment.step,
        trace=None,
    )


def follow_run(controls: Controls[Any], now: Snapshot | None) -> None:
    """Go to the newest weights when another run is looked at than the last time: it has other moments."""
    seen = f"{controls.prefix}seen_run"
    if now is not None:
        if session.recall(seen, now.run_id) != now.run_id:
            controls.change(at=NEWEST)
        session.remember(seen, now.run_id)


def draw(controls: Controls[Any], now: Snapshot | None) -> None:
    """Draw the slider, or where it will be, once there are two moments to go between.

    Args:
        controls: of the page; ``at`` says which moment is looked at.
        now: the run, or None.
    """
    at = controls.settings.at
    timeline(
        part(now, ("moments", at), lambda now: moments(now, at)),
        now.steps if now is not None else 0,
        key=f"{controls.prefix}rewind",
        on_move=lambda step: controls.change(at=step),
    )


def moments(now: Snapshot | None, at: int) -> dict[str, Any]:
    """Return what the slider shows of a run, without words.

    Args:
        now: the run, or None.
        at: updates of the moment that is looked at, NEWEST: the present.
    """
    kept, shown = now.kept.moments if now is not None else (), moment_of(now, at)
    rows = np.array([(moment.step, moment.epoch, moment.test.accuracy) for moment in kept])
    return {
        "stops": Growing(packed(rows), 3 * rows.itemsize),
        "at": NEWEST if shown is None else shown.step,
        "ended": bool(kept) and now is not None and now.step == kept[-1].step,
    }
