"""What the course is, a pad to draw on at once, and the five lessons."""

import streamlit as st

from ui import lesson, server
from ui.lessons import lessons
from ui.state import session
from ui.text import _

with st.container(key="home_hero", gap="xxsmall"):
    st.title("ChalkNet", anchor=False)
    st.markdown(_("Open a neural network up, train it yourself, and see what it sees."))

pad = st.container()

st.subheader(_("Five lessons"), anchor=False)
with st.grid(min_column_width=176):
    for number, each in enumerate(lessons(), start=1):
        with st.container(border=True, height="stretch", gap="xxsmall", key=f"home_card_{number}"):
            st.caption(_("Lesson {number}", number=number))
            st.page_link(session.target(each.page), label=f"**{each.title}**", help="")
            st.markdown(each.question)

st.page_link(session.target("course"), label=_("The course, section by section"), icon=":material/menu_book:", help="")

# Drawn last, though it stands first: from here on torch is wanted.
with pad:
    if server.ready():
        # Imported here: the first page must be on screen before torch is.
        from ui.sketch import home

        home.draw()
        st.caption(_("LeNet-5, trained in advance on 60,000 digits. Lesson 4 trains one before your eyes."))
    else:
        lesson.wait_line()
