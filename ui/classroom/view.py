"""The class's view: wall, how well it is read, LeNet-5 trained on with it, what to take away, the teacher's tools."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ui.classroom import share, start
from ui.classroom.membership import Membership
from ui.classroom.numbers import numbers
from ui.classroom.teacher import teacher
from ui.classroom.training import training
from ui.classroom.wall import wall
from ui.text import _


def classroom(member: Membership) -> None:
    """Draw the class that the visitor is in, or the ways into one.

    Args:
        member: of the page.
    """
    code = member.code
    if code is None:
        start.begin(member)
        return
    start.welcome()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(_("Class {code}", code=code), anchor=False, width="content")
        st.button(_("Leave"), key="class_leave", type="tertiary", on_click=member.leave)
    entries: list[tuple[str, Callable[[], None]]] = [
        (_("The wall"), lambda: wall(member, code)),
        (_("How well is it read?"), lambda: numbers(member, code)),
        (_("Train LeNet-5 on it"), lambda: training(member, code)),
        (_("Invite"), lambda: share.invite(code)),
        (_("Download"), lambda: share.downloads(code)),
        (_("Teacher"), lambda: teacher(member, code)),
    ]
    shown = st.tabs([title for title, _draw in entries], key="class_tabs", on_change="rerun")
    for tab, (_title, draw) in zip(shown, entries, strict=True):
        if tab.open:
            with tab:
                draw()
