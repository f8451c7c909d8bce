"""The class's view: wall, how well it is read, LeNet-5 trained on with it, what to take away, the teacher's tools."""

from collections.abc import Callable

import streamlit as st

from ui.classroom import accuracy, share, start, teacher, training, wall
from ui.classroom.membership import OPEN, Membership
from ui.state.session import recall, remember, sent
from ui.text import _

TABS, FIRST = "class_tabs", "class_first_tab"


def draw(member: Membership) -> None:
    """Draw the class that the visitor is in, or the ways into one.

    Args:
        member: of the page.
    """
    code = member.code
    if code is None:
        start.begin(member)
        return
    start.welcome(code)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(_("Class {code}", code=code), anchor=False, width="content")
        st.button(_("Leave"), key="class_leave", type="tertiary", on_click=member.leave)
    entries: list[tuple[str, Callable[[], None]]] = [
        (_("The wall"), lambda: wall.draw(member, code)),
        (_("How well is it read?"), lambda: accuracy.draw(member, code)),
        (_("Train LeNet-5 on it"), lambda: training.draw(member, code)),
        (_("Invite"), lambda: share.invite(code)),
        (_("Download"), lambda: share.downloads(code)),
        (_("Teacher"), lambda: teacher.draw(member, code)),
    ]
    titles = tuple(title for title, _draw in entries)

    def opened() -> None:
        chosen = sent(TABS)
        if chosen in titles:
            member.change(tab=OPEN[titles.index(chosen)])

    shown = st.tabs(titles, default=_first(member, titles), key=TABS, on_change=opened)
    member.show()
    for tab, (_title, show) in zip(shown, entries, strict=True):
        if tab.open:
            with tab:
                show()


def _first(member: Membership, titles: tuple[str, ...]) -> str:
    """Return the tab that is open when the tabs are drawn anew: after a reload, on another page, in another language.

    It stays the same while they stand: tabs with another default are other tabs.
    """
    known: tuple[tuple[str, ...], str] | None = recall(FIRST)
    if known is None or known[0] != titles or sent(TABS) is None:
        known = (titles, titles[OPEN.index(member.settings.tab)])
        remember(FIRST, known)
    return known[1]
