"""Who does the updates of a run, in words: below the choice under More, and beside the code."""

import math
from typing import Any

import streamlit as st

from core.runs.snapshot import Snapshot
from core.training.compiled.engine import CHECKED
from core.training.progress import EngineNote
from ui.run.stage import newest_snapshot
from ui.state.controls import Controls
from ui.text import _, explain

AGREED = 1e-4  # over the first 100 updates of the course's networks: tests/core/test_compiled.py


def draw(controls: Controls[Any]) -> None:
    """Draw who does the updates of the page's run, if it has one."""
    now = newest_snapshot(controls)
    if now is not None and now.engine is not None:
        st.caption(_("This run: {engine}", engine=words(now.engine)))


def words(note: EngineNote) -> str:
    """Return who does a run's updates and how that is known."""
    if not note.compiled:
        if note.why is None:
            return _("PyTorch's operations.")
        return _("PyTorch's operations. {why}", why=explain(note.why))
    if note.difference is None:
        return _("compiled; its first updates, which both engines do, are still to come.")
    return _(
        "compiled; its first {n} updates agree with PyTorch's autograd to {difference}.",
        n=CHECKED,
        difference=power(note.difference),
    )


def promise(chosen: str, now: Snapshot | None) -> str:
    """Return how near a script's losses are to the app's.

    Args:
        chosen: the engine of the settings whose script it is.
        now: their run, if there is one.
    """
    compiled = chosen == "auto" if now is None or now.engine is None else now.engine.compiled
    if not compiled:
        return _("This script gives the same losses as the app, to the last digit.")
    return _(
        "This script gives the app's losses to rounding, as the compiled engine trains here: to {agreed} over the "
        "first 100 updates. With the Engine under More set to PyTorch they are the same to the last digit.",
        agreed=power(AGREED),
    )


def power(value: float) -> str:
    """Return a small number as 2·10⁻⁷.

    >>> power(1.8e-7), power(1e-4), power(0.0)
    ('2·10⁻⁷', '10⁻⁴', '0')
    """
    if not value:
        return "0"
    exponent = math.floor(math.log10(value))
    first = round(value / 10.0**exponent)
    if first == 10:
        first, exponent = 1, exponent + 1
    raised = str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"10{raised}" if first == 1 else f"{first}·10{raised}"
