"""Words in a visitor's language."""

from streamlit.testing.v1 import AppTest

SCRIPT = """
import streamlit as st
from ui import text

asked = []
ask = text.session.chosen_language
text.session.chosen_language = lambda languages: asked.append(1) or ask(languages)

@text.in_one_language
def stage():
    st.text(" ".join(text._("Train") for _number in range(5)))

try:
    stage()
    once = len(asked)
    st.text(text._("Train"))
finally:
    text.session.chosen_language = ask
st.text(f"{once} {len(asked)}")
"""


def test_a_stage_asks_for_its_language_once_and_leaves_it_to_others_afterwards() -> None:
    at = AppTest.from_string(SCRIPT).run()
    assert [text.value for text in at.text] == ["Train Train Train Train Train", "Train", "1 2"]
    at.query_params["lang"] = "zh"
    at.run()
    assert [text.value for text in at.text] == ["训练 训练 训练 训练 训练", "训练", "1 2"]
