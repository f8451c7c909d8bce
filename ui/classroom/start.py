"""Into a class: by its code, or by beginning one."""

from collections.abc import Callable

import streamlit as st

from core.classroom.store import NewClass, class_store
from ui import lesson
from ui.classroom.membership import Membership
from ui.classroom.unseen_tokens import UNSEEN
from ui.state.session import owner, recall, remember, sent
from ui.text import _, paragraph

NEW, REFUSED, PLACE, TOKENS = "class_new", "class_refused", "class_refused_at", "class_tokens"


def join(member: Membership, place: str) -> None:
    """Draw the way into a class by its code.

    Args:
        member: of the page.
        place: tells two of them on one page apart.
    """
    key = f"class_typed_{place}"
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input(
            _("Class code"),
            key=key,
            max_chars=24,
            placeholder="XXXX-XXXX",
            help=_("Your teacher has it: eight letters and digits."),
            on_change=_join,
            args=(member, key, place),
        )
        st.button(_("Join"), key=f"class_join_{place}", on_click=_join, args=(member, key, place))
    _refusal(place)


def begin(member: Membership) -> None:
    """Draw both ways into a class: with a code, and as a teacher who begins one."""
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True, height="stretch"):
        paragraph("**Your class collects handwriting?** Join it with its code, and see its wall of digits.")
        join(member, "view")
    with right, st.container(border=True, height="stretch"):
        paragraph(
            "**For teachers:** begin a class, and your students give their digits to it. You get a code for them, "
            "and a token for yourself to remove what does not belong there."
        )
        st.button(_("Begin a class"), key="class_begin", icon=":material/add:", on_click=_begin, args=(member,))
        _refusal("begin")


def welcome(code: str) -> None:
    """Draw a new class's token until the teacher has it, also on a page that was reloaded.

    Args:
        code: of the class that is looked at.
    """
    if recall(NEW) is None and (known := UNSEEN.of(owner(), code)) is not None:
        remember(NEW, known)
        keep_token(known.code, known.token)
    new = recall(NEW)
    if not isinstance(new, NewClass):
        return
    with st.container(border=True, key="class_token"):
        paragraph(
            "**Your teacher token, shown only now.** Write it down: without it nobody can remove anything from the "
            "class {code}, or close it. The app keeps a hash of it, from which it cannot be found.",
            code=new.code,
        )
        st.code(new.token, None)
        st.button(_("I have written it down"), key="class_token_done", on_click=_has_token)


def token(code: str) -> str | None:
    """Return the teacher's token of a class, where this visitor has shown it in this session."""
    found: str | None = recall(TOKENS, {}).get(code)
    return found


def keep_token(code: str, value: str | None) -> None:
    """Keep a token that is right for this session, or forget it."""
    remember(TOKENS, recall(TOKENS, {}) | {code: value})


def _has_token() -> None:
    remember(NEW, None)
    UNSEEN.forget(owner())


def _join(member: Membership, key: str, place: str) -> None:
    typed = sent(key) or ""
    _attempt(place, lambda: member.join(class_store().counts(typed).code) if typed.strip() else None)


def _begin(member: Membership) -> None:
    def start() -> None:
        new = class_store().create_class(owner())
        remember(NEW, new)
        UNSEEN.keep(owner(), new)
        keep_token(new.code, new.token)
        member.join(new.code)

    _attempt("begin", start)


def _attempt(place: str, act: Callable[[], None]) -> None:
    remember(PLACE, place)
    lesson.attempt(REFUSED, act)


def _refusal(place: str) -> None:
    if recall(PLACE) == place:
        lesson.outcome(REFUSED)
