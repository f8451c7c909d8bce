"""The wall: the class's digits as they come in, and what may be taken down again."""

from collections.abc import Callable

import streamlit as st

from core import cache
from core.classroom.entries import Collection, Numbers
from core.classroom.report import READINGS, Reading
from core.classroom.store import LOOKS, class_store
from ui import lesson
from ui.classroom import start
from ui.classroom.membership import Membership
from ui.components.gallery import Row, Tile, gallery
from ui.state.session import memo, owner, recall, remember, sent
from ui.text import _, aside, together

LOOK_S = 2.0  # between two looks at the class set while the wall is open
PAGE, EACH = 120, 20  # tiles in view; in view of each digit
CHOSEN, FORGET, TOLD, FURTHER = "class_chosen", "class_forget", "class_told", "class_further"
KEY = "class_wall"


@st.fragment(run_every=LOOK_S, key="class_wall_live")
@lesson.problems()
def draw(member: Membership, code: str) -> None:
    """Draw the wall and keep it up to date."""
    found = LOOKS.look(code)
    known = (code, found.counts.version, owner())  # what is one's own changes with the set
    mine = frozenset(memo("class_mine", known, lambda: class_store().mine(code, owner())))
    headline(found)
    if not len(found):
        st.info(_("No digit yet: draw one, say which digit it is, and give it to the class."), icon=":material/draw:")
        return
    names = {"new": _("Newest first"), "digit": _("By digit"), "misread": _("Misread by LeNet-5")}
    present = {number: row for row, number in enumerate(found.ids.tolist())}
    own, teacher = mine & set(present), start.token(code) is not None
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="class_wall_line"):
        show = member.segmented("show", _("Show"), names, label_visibility="collapsed")
        _take_down(code, own, teacher, set(present))
    reading = READINGS.read(found, "lenet5", cache.pretrained("lenet5"))
    pages = 1 + recall(FURTHER, 0)
    groups, more = _groups(found, reading, show, pages)
    shown = [[present[number] for number in numbers] for _title, numbers in groups]
    rows = [
        Row(title, [_tile(found, reading, row, mine, teacher) for row in rows])
        for (title, _numbers), rows in zip(groups, shown, strict=True)
    ]
    flat = [row for rows_ in shown for row in rows_]
    gallery(
        rows,
        [found.images[row] for row in flat],
        key=KEY,
        label=_("The class's digits"),
        on_chosen=_choose,
        forget=recall(FORGET, 0),
    )
    if show == "misread" and not flat:
        aside("LeNet-5 reads every digit of this class right.")
    if more:
        st.button(
            _("Show more ({n} are not in view)", n=more),
            key="class_further",
            icon=":material/expand_more:",
            on_click=remember,
            args=(FURTHER, pages),
        )
    _legend(own, teacher)


def headline(found: Collection) -> None:
    """Draw how many digits there are."""
    counts = found.counts
    words = _("**{n}** digits from **{visitors}** hands", n=counts.total, visitors=counts.visitors)
    if not counts.open:
        words += " · " + _(":material/lock: closed: it takes no more digits")
    st.markdown(words)


def _groups(found: Collection, reading: Reading, show: str, pages: int) -> tuple[list[tuple[str, Numbers]], int]:
    """Return titles with the ids below them, and how many are left out."""
    newest = found.ids[::-1]
    if show == "digit":
        groups = [
            (
                _("{digit} · {n} digits", digit=digit, n=int((found.labels == digit).sum())),
                found.ids[found.labels == digit],
            )
            for digit in range(10)
        ]
        rows = [(title, ids[::-1][: EACH * pages]) for title, ids in groups if len(ids)]
        return rows, len(found) - sum(len(ids) for _title, ids in rows)
    if show == "misread":
        newest = reading.ids[[entry.index for entry in reading.surest_mistakes(None)]]
    return [("", newest[: PAGE * pages])], max(0, len(newest) - PAGE * pages)


def _tile(found: Collection, reading: Reading, row: int, mine: frozenset[int], teacher: bool) -> Tile:
    number, label, answer = int(found.ids[row]), int(found.labels[row]), int(reading.answers[row])
    right = label == answer
    return Tile(
        id=number,
        note=str(label) if right else f"{label} → {answer}",
        spoken=str(label)
        if right
        else _(
            "{label}, read as {answer}, {share} sure",
            label=label,
            answer=answer,
            share=f"{100 * reading.sure[row]:.0f}%",
        ),
        odd=not right,
        mine=number in mine,
        choosable=teacher or number in mine,
    )


def _legend(mine: frozenset[int], teacher: bool) -> None:
    words = _("Below each digit: what its writer says; with an arrow and dashes: what LeNet-5 took it for.")
    if teacher:
        words = together(words, _("Click digits to remove them."))
    elif mine:
        words = together(words, _("A white dot marks yours; click it to take it back."))
    st.caption(words)


def _choose() -> None:
    raw = sent(KEY, "chosen")
    chosen = [number for number in raw if type(number) is int] if isinstance(raw, list) else []
    remember(CHOSEN, tuple(chosen[:1000]))
    remember(TOLD, None)


def _take_down(code: str, mine: frozenset[int], teacher: bool, present: set[int]) -> None:
    """Draw the buttons for what is chosen, and what became of the last click."""
    chosen = tuple(number for number in recall(CHOSEN, ()) if number in present)
    own = tuple(number for number in chosen if number in mine)

    def remove(shut_out: bool) -> None:
        _tell(lambda: class_store().remove(code, start.token(code) or "", *chosen, shut_out=shut_out))

    if teacher and chosen:
        st.button(
            _("Remove {n}", n=len(chosen)),
            key="class_remove",
            icon=":material/delete:",
            on_click=remove,
            args=(False,),
        )
        st.button(
            _("Remove, and shut their writers out"),
            key="class_shut_out",
            icon=":material/block:",
            on_click=remove,
            args=(True,),
            help=_("Everything that the same browsers gave goes, and they can give nothing more to this class."),
        )
    elif own:
        st.button(
            _("Take {n} back", n=len(own)),
            key="class_take_back",
            icon=":material/undo:",
            on_click=_tell,
            args=(lambda: class_store().take_back(code, owner(), *own),),
        )
    told = lesson.outcome(TOLD)
    if told is not None and not chosen:
        st.caption(_("{n} removed.", n=told), width="content")


def _tell(act: Callable[[], int]) -> None:
    def remove() -> int:
        removed = act()
        remember(CHOSEN, ())
        remember(FORGET, recall(FORGET, 0) + 1)
        return removed

    lesson.attempt(TOLD, remove)
