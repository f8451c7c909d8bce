"""What the teacher's token opens: taking down, closing, deleting."""

import streamlit as st

from core.classroom.codes import read_code
from core.classroom.store import class_store
from core.errors import InvalidInput
from ui import lesson
from ui.classroom import start
from ui.classroom.membership import Membership
from ui.state.session import remember, sent
from ui.text import _, paragraph

SAID = "class_teacher_said"


def draw(member: Membership, code: str) -> None:
    """Draw the token's field, or what it opens."""
    token = start.token(code)
    if token is None:
        st.text_input(
            _("Teacher token"),
            key="class_token_typed",
            type="password",
            max_chars=60,
            autocomplete="off",
            help=_("It was shown once, when the class was begun. It stays in this session only."),
            on_change=_show,
            args=(code,),
        )
        st.button(_("Unlock"), key="class_unlock", icon=":material/key:", on_click=_show, args=(code,))
    else:
        _tools(member, code, token)
    lesson.outcome(SAID)


@lesson.problems()
def _tools(member: Membership, code: str, token: str) -> None:
    counts = class_store().counts(code)
    paragraph("You are the teacher of this class in this session. On the wall, click digits and remove them.")
    with st.container(horizontal=True, gap="small"):
        st.button(
            _("Close the class") if counts.open else _("Open the class"),
            key="class_open",
            icon=":material/lock:" if counts.open else ":material/lock_open:",
            on_click=lesson.attempt,
            args=(SAID, lambda: class_store().set_open(code, token, not counts.open)),
            help=_("A closed class takes no more digits; its wall stays."),
        )
        st.button(_("Lock these tools"), key="class_lock", icon=":material/key_off:", on_click=_forget, args=(code,))
    with st.expander(_("Delete the class")):
        paragraph("All its **{n}** digits go for good. Download them first if you want to keep them.", n=counts.total)
        st.text_input(_("Type the class code to delete it"), key="class_delete_typed", max_chars=24)
        st.button(
            _("Delete the class for good"),
            key="class_delete",
            icon=":material/delete_forever:",
            on_click=_delete,
            args=(member, code, token),
        )


def _show(code: str) -> None:
    typed = sent("class_token_typed") or ""
    if not typed.strip():
        return

    def check() -> None:
        class_store().check_token(code, typed)
        start.keep_token(code, typed)

    lesson.attempt(SAID, check)


def _forget(code: str) -> None:
    remember(SAID, None)
    start.keep_token(code, None)


def _delete(member: Membership, code: str, token: str) -> None:
    def delete() -> None:
        typed = sent("class_delete_typed") or ""
        if not typed.strip() or read_code(typed) != read_code(code):
            raise InvalidInput(
                "The class is only deleted when its code {code} is typed above; nothing was done.", code=code
            )
        class_store().delete_class(code, token)
        start.keep_token(code, None)
        member.leave()

    lesson.attempt(SAID, delete)
