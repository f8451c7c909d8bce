"""Language, theme and navigation of every page; nothing else."""

import streamlit as st

from ui import design, state, text
from ui.text import _

st.set_page_config(page_title="ChalkNet", page_icon=":material/school:", layout="wide")
text.switch()

LESSONS = {
    "data_split": (_("1 Data split"), ":material/splitscreen_left:"),
    "dnn_playground": (_("2 DNN playground"), ":material/hub:"),
    "conv_calculator": (_("3 Convolution calculator"), ":material/grid_on:"),
    "lenet_training": (_("4 LeNet-5 training"), ":material/stacked_line_chart:"),
    "sketch_pad": (_("5 Sketch pad"), ":material/draw:"),
}
home = st.Page("home.py", title=_("Home"), icon=":material/home:", url_path="home", default=True)
lessons = [st.Page(f"{name}.py", title=title, icon=icon, url_path=name) for name, (title, icon) in LESSONS.items()]
page = st.navigation({"": [home], _("Lessons"): lessons}, expanded=True)

state.enter(page.url_path)
design.apply()
page.run()
