"""The test in full: confusion with the misread digits, per digit, calibration, the surest mistakes."""

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st

from core import cache
from core.exam.calibration import Exam, Reading, examine
from core.runs.snapshot import Snapshot
from ui.components.confusion import Cell, confusion
from ui.components.gallery import Row, Tile, gallery, inked
from ui.lenet import calibration
from ui.lenet.settings import Settings
from ui.lenet.subject import Subject, newest
from ui.live.hub import part
from ui.state import session
from ui.state.controls import Controls
from ui.text import _, aside, paragraph

KEPT: Final = "lenet_tested"
MOST: Final = 40  # pictures of one cell
DIGITS: Final = tuple(str(digit) for digit in range(10))


def draw(controls: Controls[Settings], seen: Subject) -> None:
    """Draw the test of what is looked at.

    Args:
        controls: of the page.
        seen: what is looked at.
    """
    found, at = _asked(seen)
    counts: dict[str, Any] = {"counts": ()}
    if found is not None:
        counts = {"counts": found.confusion}
    elif not seen.written:  # the run's own look is at the network with everything there
        counts = part(seen.now, "tested", tested)
    cell = _open(controls.settings.mixed)
    left, right = st.columns([0.64, 0.36], gap="medium")
    with left:
        if counts["counts"]:
            confusion(
                counts,
                DIGITS,
                key="lenet_confusion",
                chosen=cell,
                on_cell=lambda chosen: controls.change(mixed="" if chosen is None else f"{chosen[0]}.{chosen[1]}"),
            )
    with right:
        if found is None:
            _ask(controls, seen)
        else:
            if at != seen.step:
                aside("Of the weights after update {step}; the run goes on.", step=at)
                _ask(controls, seen)
            _cell(controls, found, cell)
    if found is not None:
        _rest(controls, found)


def _open(written: str) -> Cell | None:
    """Return the cell that a link opens, such as 4.9: truth 4, answer 9."""
    truth, _dot, answer = written.partition(".")
    return (int(truth), int(answer)) if truth in DIGITS and answer in DIGITS else None


def _asked(seen: Subject) -> tuple[Exam | None, int]:
    """Return the answers to the whole test set and the update they belong to; a live run is asked by a click alone."""
    kept = session.recall(KEPT)
    if isinstance(kept, tuple) and kept[0] == _key(seen) and (kept[3] if seen.live else kept[1] == seen.step):
        return kept[2], kept[1]
    if seen.live:
        return None, 0
    return _keep(seen), seen.step


def _key(seen: Subject) -> tuple[object, ...]:
    """Return what makes the answers others, but for the update."""
    run = seen.now.run_id if seen.now is not None else ""
    return run, seen.network, seen.job.seed, seen.job.start.digest if seen.job.start else "", seen.written


def _keep(seen: Subject, clicked: bool = False) -> Exam:
    """Ask the network for all test digits and keep what it answers."""
    data = cache.mnist()
    found = examine(seen.shown, data.test_images.cpu(), data.test_labels.cpu())
    session.remember(KEPT, (_key(seen), seen.step, found, clicked))
    return found


def _ask(controls: Controls[Settings], seen: Subject) -> None:
    def ask() -> None:
        _keep(newest(controls, seen), clicked=True)

    st.button(
        _("Test now, digit by digit"),
        key="lenet_test_now",
        icon=":material/quiz:",
        on_click=ask,
        help=_("Asks the network, as it stands, for all test digits; the training is slowed for a moment."),
    )


def tested(now: Snapshot | None) -> dict[str, Any]:
    """Return what the confusion matrix shows of a run that goes on: its own newest look at the test set."""
    return {"counts": now.evaluation.confusion if now is not None and now.evaluation is not None else ()}


def _cell(controls: Controls[Settings], found: Exam, cell: Cell | None) -> None:
    if cell is None:
        aside("Choose a cell: its digits are shown here, the surest answers first.")
        return
    readings = found.readings(*cell)
    paragraph("Truth **{truth}**, answer **{answer}**: {n} test digits", truth=cell[0], answer=cell[1], n=len(readings))
    _gallery(controls, readings[:MOST], "lenet_cell_digits")
    if len(readings) > MOST:
        aside("The first {n} of them.", n=MOST)


def _gallery(controls: Controls[Settings], readings: Sequence[Reading], key: str) -> None:
    images = cache.mnist().test_images
    rows = [reading.index for reading in readings]
    tiles = [
        Tile(
            reading.index,
            f"{reading.label}→{reading.answer} {reading.sure:.0%}",
            _(
                "Test digit {n}: a {truth}, answered {answer}, {sure} sure; look inside",
                n=reading.index + 1,
                truth=reading.label,
                answer=reading.answer,
                sure=f"{reading.sure:.2%}",
            ),
            choosable=True,
        )
        for reading in readings
    ]
    gallery(
        [Row("", tiles)],
        inked(images[rows].cpu()[:, 0]),
        key=key,
        label=_("Digits of the chosen cell or list, each a button that looks inside"),
        look="paper",
        on_choose=lambda index: controls.change(digit=index + 1, look="maps"),
    )


def _rest(controls: Controls[Settings], found: Exam) -> None:
    part = controls.segmented(
        "tested",
        _("Also"),
        {"mistakes": _("Surest mistakes"), "classes": _("Digit by digit"), "calibration": _("Calibration")},
        label_visibility="collapsed",
    )
    if part == "classes":
        _classes(found)
    elif part == "calibration":
        calibration.draw(found)
    else:
        mistakes = found.surest_mistakes(50)
        if not mistakes:
            aside("No test digit is read wrong.")
            return
        aside("The {n} wrong answers that the network was surest of: truth → answer, and how sure.", n=len(mistakes))
        _gallery(controls, mistakes, "lenet_mistakes")


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _classes(found: Exam) -> None:
    rows = [
        {
            _("digit"): score.label,
            _("test digits"): score.samples,
            _("read right (recall)"): _percent(score.recall),
            _("right when answered (precision)"): _percent(score.precision),
            "F1": score.f1,
        }
        for score in found.per_class()
    ]
    percent = st.column_config.NumberColumn(format="%.2f%%")
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        alt=_("Precision and recall of each digit"),
        column_config={
            _("read right (recall)"): percent,
            _("right when answered (precision)"): percent,
            "F1": st.column_config.NumberColumn(format="%.4f"),
        },
    )
