"""Says in the page itself which language it is in, and puts what Streamlit has in English only into that language."""

import streamlit as st

from ui.components import component

_COMPONENT = component("language")
KEY = "ck_language"


def follow_language(tag: str) -> None:
    """Let the document, and the words on it that are Streamlit's own, follow the session's language.

    Args:
        tag: of the language, as in HTML's ``lang``: "zh-CN".
    """
    with st.container(key=KEY):
        _COMPONENT(data={"tag": tag}, key=f"{KEY}_words")
