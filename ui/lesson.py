"""The anatomy of a lesson page: question, stage beside controls, experiments to try, and what is inside."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.errors import InvalidInput
from ui import server, state
from ui.state import Controls
from ui.text import _, explain


@dataclass(frozen=True)
class Experiment:
    """One thing to try: it sets the page and says what to watch for.

    Args:
        label: two to four words on the chip, translated.
        watch: one sentence, translated.
        changes: field names and values; every other field goes back to its default.
    """

    label: str
    watch: str
    changes: dict[str, Any] = field(default_factory=dict)


def header(number: int, title: str, question: str) -> None:
    """Draw the lesson's number and title, and the one question that a student can answer at the end."""
    with st.container(key="lesson_header", gap="xxsmall"):
        st.caption(_("Lesson {number}", number=number))
        st.title(title, anchor=False)
        st.container(key="lesson_question").markdown(question)


def layout() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Return a lesson's two containers: the stage (left, 62 %) and the controls (right, below it on a phone)."""
    with st.container(key="lesson_body"):
        stage, controls = st.columns([0.62, 0.38], gap="large")
    return stage.container(key="lesson_stage"), controls.container(key="lesson_controls")


def more() -> DeltaGenerator:
    """Return the closed expander for the controls that are not among the first seven."""
    return st.expander(_("More"))


def try_this(experiments: Iterable[Experiment], controls: Controls[Any]) -> None:
    """Draw the experiments as chips; each is a real link that sets the page, and says what to watch for."""
    st.subheader(_("Try this"), anchor=False)
    with st.grid(min_column_width=250, key="lesson_try"):
        for experiment in experiments:
            with st.container(gap="xxsmall"):
                st.page_link(
                    f"{state.page()}.py",
                    label=experiment.label,
                    icon=":material/science:",
                    help="",
                    query_params=controls.preset(**experiment.changes),
                )
                st.caption(experiment.watch)


def inside(tabs: Iterable[tuple[str, Callable[[], None]]]) -> None:
    """Draw a closed expander with tabs: numbers and tables, why, and the code last; drawn only when open."""
    expander = st.expander(_("Inside"), key="lesson_inside", on_change="rerun")
    if not expander.open:
        return
    entries = list(tabs)
    with expander:
        shown = st.tabs([title for title, _draw in entries], key="lesson_tabs", on_change="rerun")
        for tab, (_title, draw) in zip(shown, entries, strict=True):
            if tab.open:
                with tab:
                    draw()


def wait_for_torch() -> None:
    """Draw a calm line and end the page here while torch is still being imported; the page goes on by itself.

    Only in the first seconds after the server started.
    """
    if not server.ready():
        wait_line()
        st.stop()


@st.fragment(run_every=0.5)
def wait_line() -> None:
    """Say that torch is being loaded, and run the page anew when it is."""
    if server.ready():
        st.rerun()
    st.caption(_("PyTorch is being loaded; this takes a few seconds after the start of the server."))


def problem(error: InvalidInput) -> None:
    """Say in the visitor's language what is wrong and what would be right."""
    st.error(explain(error), icon=":material/error:")
