"""What the course is, a pad to draw on at once, and the five lessons."""

import streamlit as st

from ui import lesson, server
from ui.text import _

with st.container(key="home_hero", gap="xxsmall"):
    st.title("ChalkNet", anchor=False)
    st.markdown(_("Open a neural network up, train it yourself, and see what it sees."))

pad = st.container()

st.subheader(_("Five lessons"), anchor=False)
CARDS = (
    ("data_split", _("Data split"), _("Which samples may the network learn from, and in what portions?")),
    ("dnn_playground", _("DNN playground"), _("What does a network learn, and when does it learn nothing at all?")),
    ("conv_calculator", _("Convolution calculator"), _("How large is what comes out of a convolution, and why?")),
    ("lenet_training", _("LeNet-5 training"), _("How does a network from 1998 learn to read digits in a few minutes?")),
    ("sketch_pad", _("Sketch pad"), _("Does it read your handwriting, and what does it see of it?")),
)
with st.grid(min_column_width=176):
    for number, (page, title, question) in enumerate(CARDS, start=1):
        with st.container(border=True, height="stretch", gap="xxsmall", key=f"home_card_{number}"):
            st.caption(_("Lesson {number}", number=number))
            st.page_link(f"{page}.py", label=f"**{title}**", help="")
            st.markdown(question)

# Drawn last, though it stands first: from here on torch is wanted.
with pad:
    if server.ready():
        # Imported here: the first page must be on screen before torch is.
        from ui.sketch.home import home_pad

        home_pad()
        st.caption(_("LeNet-5, trained in advance on 60,000 digits. Lesson 4 trains one before your eyes."))
    else:
        lesson.wait_line()
