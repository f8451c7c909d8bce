"""Lines of the notes' code, walked through one by one: the list with one line marked, and what that line does."""

import html
from collections.abc import Callable, Sequence
from typing import NamedTuple

import streamlit as st

from ui.state import session
from ui.text import _, aside


class Line(NamedTuple):
    """A line of code.

    Attributes:
        code: as the notes or the script have it.
        told: two or three words beside it, translated.
        draw: draws what it does, or returns it as Markdown.
    """

    code: str
    told: str
    draw: Callable[[], str | None]


def walk(lines: Sequence[Line], key: str, head: str = "") -> None:
    """Draw the lines with one of them marked, buttons to the one before and the next, and what the marked one does.

    Args:
        lines: in their order.
        key: of this place on the page.
        head: the line above them, into which they are indented.
    """
    at = min(int(session.recall(key, 0)), len(lines) - 1)
    st.html(listed([(line.code, line.told) for line in lines], at, head))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        buttons(key, at, len(lines))
        aside("Line {n} of {all}", n=at + 1, all=len(lines))
    if (words := lines[at].draw()) is not None:
        st.markdown(words)


def buttons(key: str, at: int, count: int, of: object = None) -> None:
    """Draw the buttons to the line before and to the next.

    Args:
        key: under which the marked line is remembered.
        at: the marked line.
        count: lines in all.
        of: what the lines are about; then it is remembered with the line, as (of, line).
    """
    ways = (("back", _("Line before"), "left", at - 1), ("next", _("Next line"), "right", at + 1))
    for name, label, icon, to in ways:
        st.button(
            label,
            key=f"{key}_{name}",
            icon=f":material/chevron_{icon}:",
            disabled=to not in range(count),
            on_click=session.remember,
            args=(key, to if of is None else (of, to)),
        )


def listed(lines: Sequence[tuple[str, str]], at: int | None, head: str = "") -> str:
    """Return the lines as HTML.

    Args:
        lines: (code, what it does in a few words) each.
        at: the marked one, None for none.
        head: the line above them.
    """
    rows = "".join(
        f"<li{' aria-current=step' if number == at else ''}>"
        f"<code>{html.escape(code)}</code><span>{html.escape(words)}</span></li>"
        for number, (code, words) in enumerate(lines)
    )
    return f"{_STYLE}<div class='ck-loop'>{f'<code>{html.escape(head)}</code>' if head else ''}<ol>{rows}</ol></div>"


_STYLE = """<style>
.ck-loop { font-size: 0.9375rem; line-height: 1.5; }
.ck-loop code { font-size: 0.875rem; background: none; color: inherit; padding: 0; overflow-wrap: anywhere; }
@media (max-width: 640px) { .ck-loop code { font-size: 0.75rem; } }
.ck-loop ol { list-style: none; margin: 0 0 0 2ch; padding: 0; }
.ck-loop li { display: flex; flex-wrap: wrap; gap: 0 1.5rem; justify-content: space-between;
  margin: 0; padding: 0.15rem 0.6rem; border-left: 3px solid transparent; border-radius: 0 4px 4px 0; }
.ck-loop li span { color: var(--ck-muted); }
.ck-loop li[aria-current] { border-left-color: var(--ck-accent);
  background: color-mix(in srgb, var(--ck-accent) 14%, transparent); }
.ck-loop li[aria-current] span { color: inherit; font-weight: 600; }
.ck-loop-table { border-collapse: collapse; font-size: 0.875rem; line-height: 1.35; }
.ck-loop-table th, .ck-loop-table td { padding: 0.14rem 1.2rem 0.14rem 0; border: 0;
  text-align: right; white-space: pre; }
.ck-loop-table td:first-child, .ck-loop-table th:first-child { text-align: left; }
.ck-loop-table th { color: var(--ck-muted); font-weight: 500; }
</style>"""
