"""The anatomy of a lesson page: question, stage beside controls, experiments to try, and what is inside."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.errors import InvalidInput
from ui import server
from ui.lessons import lessons
from ui.state import session
from ui.state.controls import Controls
from ui.text import _, explain


class Variant(NamedTuple):
    """One of an experiment's other settings, to compare with.

    Args:
        label: one to four words on the chip, translated.
        changes: field names and values; every other field goes back to its default.
        guide: what is to be seen at these settings, in a sentence or two; empty: the experiment's own.
    """

    label: str
    changes: dict[str, Any]
    guide: str = ""


class Experiment:
    """One thing to try: it sets the page and says what to watch for.

    Args:
        label: two to four words on the chip, translated.
        watch: one sentence, translated.
        changes: field names and values; every other field goes back to its default.
        guide: what to do and what to see, in two or three sentences; shown above the stage while the page stands so.
        *also: (label, changes) or (label, changes, guide) of the same experiment's other settings, to compare with.
    """

    def __init__(
        self, label: str, watch: str, changes: Mapping[str, Any] = {}, guide: str = "", *also: tuple[Any, ...]
    ) -> None:
        self.label, self.watch, self.changes, self.guide = label, watch, dict(changes), guide
        self.variants = tuple(Variant(*entry) for entry in also)


def header(number: int, question: str, title: str = "") -> DeltaGenerator:
    """Draw the lesson's number and title, and the one question that a student can answer at the end.

    Args:
        number: of the lesson.
        question: in one sentence.
        title: where it is not the one of the menu.

    Returns:
        The end of its first line, for a first choice and the place in the notes.
    """
    with st.container(key="lesson_header", gap="xxsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(_("Lesson {number}", number=number), width="content")
            place = st.container(horizontal=True, vertical_alignment="center", key="lesson_place", width="content")
        st.title(title or lessons()[number - 1].title, anchor=False)
        st.container(key="lesson_question").markdown(question)
    return place


def layout(share: float = 0.62) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Return a lesson's two containers: the stage at the left, the controls at the right (below it on a phone).

    Args:
        share: of the width for the stage.
    """
    with st.container(key="lesson_body"):
        stage, controls = st.columns([share, 1 - share], gap="large" if share < 0.65 else "medium")
    return stage.container(key="lesson_stage"), controls.container(key="lesson_controls")


def more() -> DeltaGenerator:
    """Return the closed expander for the controls that are not among the first seven."""
    return st.expander(_("More"))


def try_this(experiments: Iterable[Experiment], controls: Controls[Any], others: Iterable[Experiment] = ()) -> None:
    """Draw the experiments as chips; each is a real link that sets the page, and says what to watch for.

    Args:
        experiments: three to six.
        controls: of the page.
        others: more of them, in a closed expander.
    """
    st.subheader(_("Try this"), anchor=False)
    _chips(experiments, controls, "lesson_try")
    rest = list(others)
    if rest:
        with st.expander(_("More experiments")):
            _chips(rest, controls, "lesson_try_more")


def _chips(experiments: Iterable[Experiment], controls: Controls[Any], key: str) -> None:
    with st.grid(min_column_width=250, key=key):
        for experiment in experiments:
            with st.container(gap="xxsmall"):
                _chip(experiment.label, experiment.changes, controls, ":material/science:")
                st.caption(experiment.watch)
                if experiment.variants:
                    with st.container(horizontal=True, gap="xsmall", key=f"lesson_variants_{experiment.label}"):
                        for variant in experiment.variants:
                            _chip(variant.label, variant.changes, controls)


def _chip(label: str, changes: dict[str, Any], controls: Controls[Any], icon: str | None = None) -> None:
    link = session.target(session.page())
    st.page_link(link, label=label, icon=icon, help="", width="content", query_params=controls.preset(**changes))


def guide(experiments: Iterable[Experiment], controls: Controls[Any], ignored: Iterable[str] = ()) -> None:
    """Draw the guide of the experiment at whose settings the page stands, if it stands at one's.

    Args:
        experiments: of the page.
        controls: of the page.
        ignored: fields that only choose what is looked at.
    """
    found = standing(experiments, controls, ignored)
    if found is not None:
        title, words = found
        with st.container(key="lesson_guide"):
            st.markdown(":material/science: " + _("**{title}.** {words}", title=title, words=words))


def standing(
    experiments: Iterable[Experiment], controls: Controls[Any], ignored: Iterable[str] = ()
) -> tuple[str, str] | None:
    """Return title and guide of the experiment at whose settings the page stands.

    Of several with the same settings it is the one whose own view is looked at; then the first of them.

    Args:
        experiments: of the page.
        controls: of the page.
        ignored: fields that only choose what is looked at; where an experiment is nothing else, they count.
    """
    free = frozenset(ignored)
    best: tuple[int, str, str] | None = None
    for experiment in experiments:
        for label, changes, own in (Variant("", experiment.changes), *experiment.variants):
            words = own or experiment.guide
            if not (words and changes):
                continue
            looks = changes.keys() & free
            only_looks = looks == changes.keys()  # then what is looked at is the experiment
            if not controls.stands_at(changes, free - looks if only_looks else free):
                continue
            values = _looks(controls, changes, looks)
            if best is None or values > best[0]:
                best = (values, f"{experiment.label} · {label}" if label else experiment.label, words)
    return None if best is None else best[1:]


def _looks(controls: Controls[Any], changes: Mapping[str, Any], looks: Iterable[str]) -> int:
    """Return in how many of the fields that choose what is looked at the page does what is asked, less where not."""
    settings = controls.settings
    return sum(1 if getattr(settings, name) == changes[name] else -1 for name in looks)


Tab = tuple[str, Callable[[], None]]
"""A tab's title and what draws it."""


def inside(tabs: Mapping[str, Tab]) -> None:
    """Draw a closed expander with tabs: numbers and tables, why, and the code last; drawn only when open.

    Args:
        tabs: by the name that stands in the address (``inside=…``) while the tab is open.
    """
    keys = session.follow_open_tab({name: title for name, (title, _draw) in tabs.items()})
    expander = st.expander(_("Inside"), key=keys.expander, on_change="rerun")
    if not expander.open:
        session.note_open_tab("")
        return
    with expander:
        shown = st.tabs([title for title, _draw in tabs.values()], key=keys.tabs, on_change="rerun")
        for tab, (name, (_title, draw)) in zip(shown, tabs.items(), strict=True):
            if tab.open:
                session.note_open_tab(name)
                with tab:
                    draw()


def wait_for_torch() -> None:
    """Draw a calm line and end the page here while torch is still being imported; the page goes on by itself.

    Only in the first seconds after the server started.
    """
    if not server.ready():
        wait_line()
        st.stop()


def wait_line() -> None:
    """Say that torch is being loaded, and run the page anew when it is."""
    words = _("PyTorch is being loaded; this takes a few seconds after the start of the server.")
    wait_for(server.ready, lambda: st.caption(words))


def wait_for(ready: Callable[[], bool], say: Callable[[], object]) -> None:
    """Say twice a second what is waited for, and run the page anew when it is there."""

    @st.fragment(run_every=0.5)
    def wait() -> None:
        if ready():
            st.rerun()
        say()

    wait()


def one_of(label: str, names: Mapping[str, str], key: str, **more: Any) -> str:
    """Draw a choice of which there always is one, at first the first, and return it.

    Args:
        label: of the choice.
        names: option → what it is called on the screen.
        key: of the widget.
        **more: for st.segmented_control.
    """
    chosen: str = st.segmented_control(
        label, list(names), default=next(iter(names)), format_func=names.__getitem__, required=True, key=key, **more
    )
    return chosen


def attempt(key: str, act: Callable[[], object]) -> None:
    """Do what was clicked and keep under ``key`` what it returns, or why it cannot be done; for callbacks."""
    try:
        session.remember(key, act())
    except InvalidInput as error:
        session.remember(key, error)


def outcome(key: str) -> Any:
    """Say why what was attempted cannot be done; or return what it returned, None before the first attempt."""
    found = session.recall(key)
    if not isinstance(found, InvalidInput):
        return found
    problem(found)
    return None


@contextmanager
def problems() -> Iterator[None]:
    """Draw a part of the page; where it turns out that it cannot be, say why and leave the rest of it out."""
    try:
        yield
    except InvalidInput as error:
        problem(error)


def problem(error: InvalidInput) -> None:
    """Say in the visitor's language what is wrong and what would be right."""
    st.error(explain(error), icon=":material/error:")
