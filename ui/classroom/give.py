"""The panel beside the board: say which digit it is, agree, give it to the class."""

from collections.abc import Callable

import streamlit as st

from core.classroom.entries import Bytes
from core.classroom.store import class_store
from ui import lesson
from ui.classroom import start
from ui.classroom.membership import Membership
from ui.state.session import owner, recall, remember, sent
from ui.text import _, aside, paragraph

SAID, ROUND, OWN = "class_said", "class_round", "class_own"
DIGITS = tuple(str(digit) for digit in range(10))


def draw(member: Membership, picture: Bytes | None, on_given: Callable[[], None] | None = None) -> None:
    """Draw the panel. It asks the database nothing until something is given, so that no stroke waits for it.

    Args:
        member: of the page.
        picture: uint8 (28, 28), the ``centred`` stage of what is on the board; None: there is nothing to give.
        on_given: called when it is stored, such as to wipe the board.
    """
    code = member.code
    with st.container(key="class_give", gap="small"):
        if code is None:
            start.join(member, "give")
            return
        paragraph("Give this digit to the class **{code}**", code=code.replace("-", "\N{NON-BREAKING HYPHEN}"))
        turn = recall(ROUND, 0)
        label = st.segmented_control(
            _("Which digit did you write?"),
            DIGITS,
            key=f"class_label_{turn}",
            disabled=picture is None,
            width="stretch",
        )
        agreed = st.checkbox(
            _("I agree that this picture is kept and shown to the class."),
            key=f"class_agree_{code}",
            persist_state="session",
            help=_(
                "The mark counts what you give, and lets you take it back. Whoever has the class code can see and "
                "download the pictures; the teacher can remove them."
            ),
        )
        aside(
            "Kept are its 28×28 pixels, the digit that you say it is, the time, and a mark of this browser that "
            "means nothing outside this class. No name, no address."
        )
        ready = picture is not None and label is not None and agreed
        st.button(
            _("Give it to the class"),
            key="class_give_it",
            type="primary",
            icon=":material/front_hand:",
            disabled=not ready,
            on_click=_give,
            args=(code, picture, label, agreed, turn, on_given),
        )
        if not ready and recall(SAID) is None:
            st.caption(_missing(picture, label, agreed))
        _answer(code)


def _missing(picture: Bytes | None, label: str | None, agreed: bool) -> str:
    if picture is None:
        return _("Draw a digit on the board first.")
    if label is None:
        return _("Say which digit it is.")
    return "" if agreed else _("Tick the box if you agree.")


def _give(code: str, picture: Bytes, label: str, agreed: bool, turn: int, on_given: Callable[[], None] | None) -> None:
    """Store the digit; runs before the page is drawn again."""
    label = sent(f"class_label_{turn}") or label  # a click on another digit may have come with this one

    def store() -> tuple[int, int]:
        given = class_store().submit(code, owner(), int(label), picture, agreed)
        own = recall(OWN, {}).get(code, ())
        remember(OWN, {code: (*own, given.id) if given.new else own})
        remember(ROUND, turn + 1)  # a new choice of digits, with none chosen
        if on_given is not None:
            on_given()
        return given.id, int(label)

    lesson.attempt(SAID, store)


def _answer(code: str) -> None:
    """Say what became of the last click."""
    said = lesson.outcome(SAID)
    if said is not None:
        number, label = said
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            count = len(recall(OWN, {}).get(code, ()))
            paragraph(
                ":material/check: Your {label} is on the class's wall ({count} from you so far).",
                label=label,
                count=count,
            )
            st.button(_("Take it back"), key="class_undo", type="tertiary", on_click=_undo, args=(code, number))


def _undo(code: str, number: int) -> None:
    def take_back() -> None:
        class_store().take_back(code, owner(), number)
        remember(OWN, {code: tuple(own for own in recall(OWN, {}).get(code, ()) if own != number)})

    lesson.attempt(SAID, take_back)
