"""The visitor's finished runs: a table, curves of the chosen ones over each other, what differs, names, files."""

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st

from core.export.runs import differing, runs_csv, runs_json
from core.runs.book import BOOK, MAX_ENTRIES, MAX_NAME, Entry, epochs_at
from ui import charts, lesson
from ui.dnn import task
from ui.dnn.run_settings import controls_of, setting_name, setting_value
from ui.state import session
from ui.state.controls import Controls
from ui.state.session import owner
from ui.take_away import download
from ui.text import _, aside, listed, named

MOST_CHOSEN: Final = 6
# A colour says which set; the stroke says which run.
STROKES: Final[tuple[str | list[int], ...]] = ("solid", "dashed", "dotted", [12, 4, 2, 4], [2, 7], [16, 6])
CHOSEN: Final = "dnn_runs_chosen"
PROBLEM: Final = "dnn_runs_problem"


def draw(controls: Controls[Any]) -> None:
    """Draw everything about the visitor's runs that have ended.

    Args:
        controls: of the page, for links that load a run's settings.
    """
    entries = BOOK.entries(owner())
    if not entries:
        aside("No run has ended yet: press Train and wait, or press Stop. Each run then is a row here.")
        return
    _table(entries)
    chosen = _choose(entries)
    if chosen:
        _overlay(chosen)
        _differences(chosen)
        for entry in chosen:
            _one(controls, entry)
    lesson.outcome(PROBLEM)
    session.remember(PROBLEM, None)  # it is said once
    _files(entries)


def title(entry: Entry) -> str:
    """Return what a run is called: its number, and its name if it was given one."""
    numbered = _("Run {number}", number=entry.number)
    return named(numbered, entry.name) if entry.name else numbered


def _table(entries: Sequence[Entry]) -> None:
    ends = {
        "finished": _("finished"),
        "early": _("stopped early"),
        "stopped": _("stopped"),
        "diverged": _("diverged"),
    }
    rows = []
    for entry in entries:
        settings = dict(entry.settings)
        rows.append(
            {
                _("run"): title(entry),
                _("end"): ends[entry.state],
                _("test accuracy"): entry.test_accuracy,
                _("training accuracy"): entry.train_accuracy,
                _("test loss"): entry.test_loss,
                _("updates"): entry.step,
                _("epochs"): round(entry.epoch, 2),
                _("seconds"): round(entry.seconds, 2),
                _("data"): setting_value("data.name", settings.get("data.name")),
                _("network"): settings.get("net.widths", ""),
                _("time"): entry.ended_at,
            }
        )
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        alt=_("Table of your runs that have ended, the newest first."),
        column_config={
            _("test accuracy"): st.column_config.NumberColumn(format="percent"),
            _("training accuracy"): st.column_config.NumberColumn(format="percent"),
            _("test loss"): st.column_config.NumberColumn(format="%.5g"),
            _("time"): st.column_config.DatetimeColumn(format="HH:mm:ss", timezone=st.context.timezone),
        },
    )
    aside("The newest {most} runs are kept while the server runs, also through a reload of the page.", most=MAX_ENTRIES)


def _choose(entries: Sequence[Entry]) -> list[Entry]:
    """Draw the choice of runs; a run that has ended since the last time is chosen beside those that were."""
    by_id = {entry.id: entry for entry in entries}
    known, before = session.recall(CHOSEN, ((), ()))
    new = [id for id in by_id if id not in known][: MOST_CHOSEN if known else 2]
    picked = st.multiselect(
        _("Runs to compare"),
        list(by_id),
        default=[*new, *(id for id in before if id in by_id)][:MOST_CHOSEN],
        format_func=lambda id: title(by_id[id]),
        max_selections=MOST_CHOSEN,
        key=f"{CHOSEN}_{hash(tuple(by_id))}",  # other rows: another widget, with that default
        placeholder=_("Choose runs"),
    )
    session.remember(CHOSEN, (tuple(by_id), tuple(picked)))
    return [by_id[id] for id in picked]


def _overlay(chosen: Sequence[Entry]) -> None:
    with st.container(horizontal=True):
        what = lesson.one_of(_("Curve"), {"loss": _("loss"), "accuracy": _("accuracy")}, "dnn_runs_what")
        names = {"test": _("test set"), "train": _("training set")}
        of = lesson.one_of(_("Of"), names | {"both": _("both")}, "dnn_runs_of")
        over = lesson.one_of(_("Against"), {"updates": _("updates"), "epochs": _("epochs")}, "dnn_runs_over")
    sets = ("train", "test") if of == "both" else (of,)
    lines = []
    for stroke, entry in zip(STROKES, chosen, strict=False):
        place = epochs_at(entry) if over == "epochs" else float
        for meaning in sets:
            looks = entry.evaluations if meaning == "test" else entry.train_evaluations
            points = [(place(at), accuracy if what == "accuracy" else loss) for at, accuracy, loss in looks]
            lines.append((named(title(entry), names[meaning]), meaning, stroke, points))
    charts.curves(
        lines,
        x=_("update") if over == "updates" else _("epoch"),
        x_max=None,
        height=300,
        key="chart_dnn_runs",
        alt=_("Curves of the chosen runs: {names}.", names=listed(title(entry) for entry in chosen)),
        percent=what == "accuracy",
    )


def _differences(chosen: Sequence[Entry]) -> None:
    if len(chosen) < 2:
        return
    names = differing(chosen)
    if not names:
        aside("All settings of these runs are the same.")
        return
    columns = {title(entry): dict(entry.settings) for entry in chosen}
    rows = [
        {_("setting"): setting_name(name)} | {run: setting_value(name, of.get(name)) for run, of in columns.items()}
        for name in names
    ]
    st.dataframe(
        pd.DataFrame(rows), hide_index=True, alt=_("Table of the settings that differ between the chosen runs.")
    )


def _one(controls: Controls[Any], entry: Entry) -> None:
    """Draw what can be done with one run: its name, its settings, its end."""
    key = f"dnn_run_name_{entry.id}"

    def rename() -> None:
        BOOK.rename(owner(), entry.id, str(session.sent(key) or ""))

    with st.container(horizontal=True, vertical_alignment="bottom", key=f"dnn_run_{entry.id}"):
        st.text_input(
            _("Name of run {number}", number=entry.number),
            value=entry.name,
            max_chars=MAX_NAME,
            key=key,
            on_change=lesson.attempt,
            args=(PROBLEM, rename),
            width=260,
        )
        link = _link(controls, entry)
        if link is not None:
            st.page_link(
                f"{session.page()}.py",
                label=_("Load these settings"),
                icon=":material/settings_backup_restore:",
                query_params=link,
            )
        st.button(
            _("Delete run {number}", number=entry.number),
            key=f"dnn_run_delete_{entry.id}",
            icon=":material/delete:",
            on_click=lambda: BOOK.delete(owner(), entry.id),
        )


def _link(controls: Controls[Any], entry: Entry) -> dict[str, str] | None:
    """Return the parameters that set the page as it was for a run, or None when the page cannot be set so."""
    try:
        changes = controls_of(dict(entry.settings))
        return controls.preset(**changes) if task.leaves(controls, changes, task.hides(controls)) else None
    except (ValueError, TypeError):
        return None


def _files(entries: Sequence[Entry]) -> None:
    with st.container(horizontal=True):
        download(_("All runs as CSV"), "dnn_runs_csv", lambda: runs_csv(entries), "chalknet-runs.csv", "text/csv")
        json = _("All runs with curves as JSON")
        download(json, "dnn_runs_json", lambda: runs_json(entries), "chalknet-runs.json", "application/json")
