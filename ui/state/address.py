"""What is said of an address whose values cannot be used: which, the rule, and what to write instead."""

import difflib
from collections.abc import Iterable
from typing import Any, Final

import streamlit as st

from core.errors import InvalidInput
from ui.state import fields
from ui.state.session import recall, remember
from ui.text import _, explain

MOST_CHARS: Final = 60  # of a parameter that is wrong
MOST_SAID: Final = 5  # of them


def keep(prefix: str, problems: list[InvalidInput]) -> None:
    """Keep what is wrong with the address that a page was just opened with, until it is opened with another."""
    remember(f"{prefix}address", problems)


def notice(prefix: str) -> None:
    """Say what is wrong with the page's address; it stays until it is closed, so that nothing moves by itself."""
    problems: list[InvalidInput] = recall(f"{prefix}address", [])
    if not problems:
        return
    said = [explain(problem) for problem in problems[:MOST_SAID]]
    if len(problems) > MOST_SAID:
        said.append(_("{n} more values are not used.", n=len(problems) - MOST_SAID))
    with st.container(key=f"{prefix}address", gap="xsmall"):
        st.warning("  \n".join(said), icon=":material/link_off:")
        st.button(_("Close"), key=f"{prefix}address_close", on_click=keep, args=(prefix, []))


def refused(rule: fields.Rule, parameter: str, raw: str | None, default: Any) -> InvalidInput | None:
    """Return what is to be said of a URL parameter that makes no sense; None when it does, or is missing."""
    if raw is None:
        return None
    try:
        if len(raw) <= fields.MAX_URL_CHARS:
            rule.parse(raw)
            return None
    except (ValueError, KeyError, OverflowError):
        pass
    said = {"written": written(parameter, raw), "name": parameter, "default": rule.show(default)}
    if isinstance(rule, fields.Number | fields.Span):
        said |= {"low": f"{rule.low:.10g}", "high": f"{rule.high:.10g}"}
    if isinstance(rule, fields.Number) and rule.whole:
        return InvalidInput(
            "{written} in the address is not used: {name} must be a whole number from {low} to {high}, such as "
            "{default}, which stands now.",
            **said,
        )
    if isinstance(rule, fields.Number):
        return InvalidInput(
            "{written} in the address is not used: {name} must be a number from {low} to {high}, such as {default}, "
            "which stands now.",
            **said,
        )
    if isinstance(rule, fields.Span):
        return InvalidInput(
            "{written} in the address is not used: {name} must be two whole numbers from {low} to {high} with a dash "
            "between, such as {default}, which stands now.",
            **said,
        )
    if isinstance(rule, fields.Many):
        return InvalidInput(
            "{written} in the address is not used: {name} must be some of {options} with dots between, or - for none, "
            "such as {default}, which stands now.",
            **said,
            options=", ".join(rule.options),
        )
    if isinstance(rule, fields.Text):
        return InvalidInput(
            "{written} in the address is not used: {name} must be a text on one line of at most {most} characters; "
            "write a shorter one.",
            **said,
            most=rule.max_chars,
        )
    options = rule.options if isinstance(rule, fields.Choice) else ("1", "0")
    return InvalidInput(
        "{written} in the address is not used: {name} must be one of {options}, such as {default}, which stands now.",
        **said,
        options=", ".join(map(str, options)),
    )


def unknown(parameter: str, raw: str, known: Iterable[str]) -> InvalidInput:
    """Return what is to be said of a URL parameter that no setting of the page has."""
    said = written(parameter, raw)
    near = difflib.get_close_matches(parameter, list(known), 1)
    if near:
        return InvalidInput(
            "{written} in the address is not used: this page has no setting of that name; {near} is the nearest. "
            "Write that, or leave it out.",
            written=said,
            near=near[0],
        )
    return InvalidInput(
        "{written} in the address is not used: this page has no setting of that name; leave it out.", written=said
    )


def written(parameter: str, raw: str) -> str:
    """Return a URL parameter as Markdown that shows it and does nothing else, however it was meant."""
    shown = f"{parameter}={raw}"
    shown = shown if len(shown) <= MOST_CHARS else f"{shown[:MOST_CHARS]}…"
    return "`" + "".join("�" if not each.isprintable() or each == "`" else each for each in shown) + "`"
