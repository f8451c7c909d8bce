"""Words in a visitor's language."""

from streamlit.testing.v1 import AppTest

SCRIPT = """
import streamlit as st
from ui import text

asked = []
ask = text.session.chosen_language
text.session.chosen_language = lambda languages: asked.append(1) or ask(languages)

@text.once_a_language
def twice(what):
    made.append(what)
    return [text._(what)] * 2

try:
    st.text(" ".join(text._("Train") for _number in range(5)))
    st.text(len(asked))
finally:
    text.session.chosen_language = ask
made = []
st.text(twice("Train") + twice("Train") + twice("Pause") + made)
"""


def test_a_run_of_a_page_asks_for_its_language_once() -> None:
    at = AppTest.from_string(SCRIPT).run()
    assert [text.value for text in at.text[:2]] == ["Train Train Train Train Train", "1"]
    at.query_params["lang"] = "zh"
    at.run()
    assert [text.value for text in at.text[:2]] == ["训练 训练 训练 训练 训练", "1"]


def test_what_depends_on_the_language_alone_is_made_once_in_each() -> None:
    at = AppTest.from_string(SCRIPT).run()
    words = ["Train", "Train"] * 2 + ["Pause"] * 2
    assert at.text[2].value == str([*words, "Train", "Pause"])
    at.query_params["lang"] = "zh"
    at.run()
    assert at.text[2].value == str(["训练"] * 4 + ["暂停"] * 2 + ["Train", "Pause"])
