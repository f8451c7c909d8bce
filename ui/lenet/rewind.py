"""The slider over the kept moments of a run: what is looked at goes back with it."""

from typing import Any, Final

import numpy as np

from core.runs.snapshot import Snapshot
from ui.components.timeline import NEWEST, timeline
from ui.lenet.settings import Settings
from ui.lenet.subject import moment_of
from ui.live.frames import Growing
from ui.live.hub import part
from ui.packed import packed
from ui.state.controls import Controls

KEY: Final = "lenet_rewind"


def draw(controls: Controls[Settings], now: Snapshot | None) -> None:
    """Draw the slider, or where it will be, once there are two moments to go between.

    Args:
        controls: of the page.
        now: the run, or None.
    """
    at = controls.settings.at
    timeline(
        part(now, ("moments", at), lambda now: moments(now, at)),
        now.steps if now is not None else 0,
        key=KEY,
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
