"""On a lesson's screen: which places of the notes it shows, as a link back to them."""

import streamlit as st

from ui.course import notes
from ui.state import session
from ui.text import _

MOST = 2  # places that are named; more would be a list


def draw() -> None:
    """Draw one quiet line with the places of the notes that this screen shows; nothing where there is none."""
    found = notes.place(session.page(), session.parameters())
    if not found:
        return
    named = [f"{number} {entry.places}".strip() for number, entry in found]
    shown = " · ".join(dict.fromkeys(named[:MOST])) + (" …" if len(named) > MOST else "")
    st.page_link(session.target("course"), label=_("In the notes: {places}", places=shown), help="", width="content")
