"""Language, theme and navigation of every page; nothing else."""

import streamlit as st

from ui import design, text
from ui.components.language import follow_language
from ui.components.reveal import reveal
from ui.components.theme import follow_theme
from ui.lessons import lessons
from ui.state import session
from ui.text import _

st.set_page_config(
    page_title="ChalkNet",  # until the page is known; without an icon before it, the menu would fetch its own
    page_icon=design.PAGE_ICON,
    layout="wide",
    initial_sidebar_state=256,
    # With an entry of its own Streamlit's menu appears, and with it the choice between light and dark.
    menu_items={"About": _("ChalkNet: five lessons that open a neural network up.")},
)
st.logo(design.PAGE_ICON, size="large")
text.switch()
st.sidebar.caption(_("Light or dark follows your system; the menu ⋮ changes it."))

home = st.Page("home.py", title=_("Home"), icon=":material/home:", url_path="home", default=True)
pages = [st.Page(f"{each.page}.py", title=each.menu, icon=each.icon, url_path=each.page) for each in lessons()]
course = st.Page("course.py", title=_("The course"), icon=":material/menu_book:", url_path="course")
page = st.navigation({"": [home, course], _("Lessons"): pages}, expanded=True)

st.set_page_config(page_title=f"{page.title} · ChalkNet")
session.enter(page.url_path, (home, course, *pages))
design.apply()
follow_theme()
follow_language(text.tag())
page.run()
reveal(*session.link_to_tab())
