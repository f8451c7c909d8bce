"""What every lesson uses: a memo of the last redraw, clicks that are refused, and a choice that always has one."""

from __future__ import annotations

import doctest

from streamlit.testing.v1 import AppTest

from ui import packed, table

SCRIPT = """
import streamlit as st
from core.errors import InvalidInput
from ui import lesson
from ui.state import session

made = st.session_state.setdefault("made", [])
known = st.session_state.get("known", 1)
st.text(session.memo("square", known, lambda: made.append(known) or known * known))

def act():
    if st.session_state.get("wrong"):
        raise InvalidInput("{n} is too many; take fewer.", n=7)
    return "done"

st.button("Do it", on_click=lesson.attempt, args=("place", act))
st.text(lesson.outcome("place"))
st.text(lesson.one_of("Which", {"a": "First", "b": "Second"}, "which"))
"""


def opened() -> AppTest:
    at = AppTest.from_string(SCRIPT).run()
    assert not at.exception
    return at


def test_the_last_redraw_s_find_is_kept_while_what_it_depends_on_is_the_same() -> None:
    at = opened().run()
    assert at.text[0].value == "1"
    assert at.session_state["made"] == [1]
    at.session_state["known"] = 3
    at.run().run()
    assert at.text[0].value == "9"
    at.session_state["known"] = 1  # of the one before the last nothing is kept
    at.run()
    assert at.text[0].value == "1"
    assert at.session_state["made"] == [1, 3, 1]


def test_why_a_click_was_refused_is_said_until_one_succeeds() -> None:
    at = opened()
    assert [at.text[1].value, len(at.error)] == ["None", 0]
    at.session_state["wrong"] = True
    at.button[0].click().run().run()
    assert [error.value for error in at.error] == ["7 is too many; take fewer."]
    assert at.text[1].value == "None"
    at.session_state["wrong"] = False
    at.button[0].click().run()
    assert [at.text[1].value, len(at.error)] == ["done", 0]


def test_a_choice_begins_with_the_first_and_is_called_as_it_is_on_the_screen() -> None:
    at = opened()
    assert at.text[2].value == "a"
    assert at.segmented_control(key="which").options == ["First", "Second"]
    at.segmented_control(key="which").set_value("b").run()
    assert at.text[2].value == "b"


def test_doctests_of_the_table_and_the_packers() -> None:
    for module in (packed, table):
        found = doctest.testmod(module)
        assert (found.failed, found.attempted) == (0, 1)
