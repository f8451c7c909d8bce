"""The few values of a visitor's session that are not settings of a page: language, owner, what was kept.

With ui.state.controls the only place that knows session keys.
"""

import secrets
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeVar

import streamlit as st
from streamlit.navigation.page import Page
from streamlit.runtime.scriptrunner import get_script_run_ctx

VISITOR_COOKIE: Final = "chalknet_visitor"  # the server sets it: ui/server.py
T = TypeVar("T")
_LANGUAGE = "_language"
_SWITCH = "_language_switch"
_SHOWN = "_language_shown"
_RUN = threading.local()


def this_run() -> dict[Any, Any]:
    """Return what was found out since the page, or a part of it, last began to run; kept nowhere outside a session.

    A read of the session takes about 0.01 ms, and a page asks a thousand times for its language and its settings.
    """
    context = get_script_run_ctx(suppress_warning=True)
    began = None if context is None else context.parallel_coordinator  # Streamlit makes one for each run
    if began is None:
        return {}
    if getattr(_RUN, "began", None) is not began:
        _RUN.began, _RUN.kept = began, {}
    found: dict[Any, Any] = _RUN.kept
    return found


def enter(page: str, pages: Iterable[Page] = ()) -> None:
    """Note which page is open; pages/index.py calls it at every run. Another page than before is a new visit.

    Args:
        page: its address.
        pages: all that there are, see ``target``.
    """
    this_run()["pages"] = {each.url_path or "home": each for each in pages}
    if st.session_state.get("_page") != page:
        st.session_state["_page"] = page
        st.session_state["_visit"] = st.session_state.get("_visit", 0) + 1


def page() -> str:
    """Return the open page's file stem, as pages/index.py noted it."""
    return str(st.session_state.get("_page", ""))


def chosen_language(languages: Collection[str]) -> str | None:
    """Return the language that this visitor chose by URL or switch, or None."""
    chosen = st.session_state.get(_LANGUAGE)
    if chosen is None or is_history_navigation():
        chosen = st.query_params.get("lang", chosen)
    return chosen if chosen in languages else None


def language_switch(languages: Mapping[str, str], present: str, label: str) -> None:
    """Draw the switch between languages and keep the choice in session and URL (``?lang=``) on every page.

    Args:
        languages: code to the language's own name.
        present: the code in force.
        label: for screen readers; the switch explains itself.
    """
    chosen = chosen_language(languages)
    this_run().pop("kept", None)  # of the address: ui/state/controls.py
    if chosen is not None:
        st.session_state[_LANGUAGE] = chosen
        if st.query_params.get("lang") != chosen:
            st.query_params["lang"] = chosen
    elif "lang" in st.query_params:
        del st.query_params["lang"]

    def choose() -> None:
        st.session_state[_LANGUAGE] = st.session_state[_SWITCH]
        this_run().clear()

    _say_again(present)
    st.session_state[_SWITCH] = present
    st.segmented_control(
        label,
        list(languages),
        format_func=lambda code: languages[code],
        key=_SWITCH,
        required=True,
        on_change=choose,
        label_visibility="collapsed",
    )


def _say_again(present: str) -> None:
    """Set every widget's value once more in the first run of another language.

    A browser holds the *label* of a select box's option and sends it with every click. After a change of language it
    would go on with the old label, which is no option any more, and the setting would be lost; a value that is set
    reaches the browser with its new label.
    """
    before = st.session_state.get(_SHOWN)
    st.session_state[_SHOWN] = present
    if before in (None, present):
        return
    for key, value in st.session_state.to_dict().items():
        # Buttons and components hold truth values and objects, and must not be set.
        if not str(key).startswith("_") and _plain(value):
            st.session_state[key] = value


def _plain(value: object) -> bool:
    if isinstance(value, (list, tuple)):
        return all(_plain(entry) for entry in value)
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


@dataclass(frozen=True)
class Labels:
    """What a select box has shown so far.

    Attributes:
        options: of every label in every language that was shown.
        last: the value with which it was drawn.
    """

    options: Mapping[Any, Any] = field(default_factory=dict)
    last: Any = None


def labels_of(key: str) -> Labels:
    """Return what the select box with this key has shown: a browser may still send a label of the last language."""
    known: dict[str, Labels] = st.session_state.get("_labels", {})
    return known.get(key, Labels())


def keep_labels(key: str, options: Mapping[Any, Any], last: Any) -> None:
    """Keep the labels with which a select box was just drawn, and its value."""
    known = labels_of(key)
    if last != known.last or not options.items() <= known.options.items():
        held = Labels({**known.options, **options}, last)
        # Of one key: Streamlit looks at all keys of a session whenever it draws a number, a text or a select box.
        st.session_state["_labels"] = {**st.session_state.get("_labels", {}), key: held}


def owner() -> str:
    """Return this visitor's token: the cookie that the server set, or a random one for this session without cookies."""
    cookie = st.context.cookies.get(VISITOR_COOKIE)
    if isinstance(cookie, str) and 16 <= len(cookie) <= 64 and cookie.isascii() and cookie.isprintable():
        return cookie
    if "_owner" not in st.session_state:
        st.session_state["_owner"] = secrets.token_urlsafe(24)
    return str(st.session_state["_owner"])


def target(page: str) -> Page | str:
    """Return what a link to a page by its address is given: a page itself, since of a file Streamlit asks the disk."""
    found: Page | str = this_run().get("pages", {}).get(page, f"{page}.py")
    return found


def remember(key: str, value: Any) -> None:
    """Keep a value of this session through page changes, such as the drawing on the canvas."""
    st.session_state[f"_kept_{key}"] = value


def recall(key: str, default: Any = None) -> Any:
    """Return what was remembered, or the default."""
    return st.session_state.get(f"_kept_{key}", default)


def memo(key: str, known: object, make: Callable[[], T]) -> T:
    """Return what ``make`` finds; the one of the last redraw while ``known``, what it depends on, is the same."""
    kept = recall(key)
    if not isinstance(kept, tuple) or kept[0] != known:
        remember(key, kept := (known, make()))
    found: T = kept[1]
    return found


def sent(key: str, name: str = "") -> Any:
    """Return what a widget, or a browser component as ``name``, has just sent; for callbacks."""
    return getattr(st.session_state[key], name) if name else st.session_state.get(key)


def show(key: str, value: Any) -> None:
    """Let a widget show a value that is kept elsewhere; before it is drawn."""
    st.session_state[key] = value


def parameter(name: str) -> str:
    """Return a parameter of the address that belongs to no page's settings, such as ``hide``; "" when absent."""
    return st.query_params.get(name, "")[:400]


def parameters() -> dict[str, str]:
    """Return the parameters of the address as they are."""
    return st.query_params.to_dict()


class OpenTab(NamedTuple):
    """The keys of the expander Inside and of its tabs."""

    expander: str = "lesson_inside"
    tabs: str = "lesson_tabs"


def follow_open_tab(titles: Mapping[str, str]) -> OpenTab:
    """Open the tab that the address names, when it begins to; and keep the same one open in another language.

    Args:
        titles: of the tabs, by name.
    """
    keys, asked = OpenTab(), st.query_params.get("inside", "")
    where, last = st.session_state.get("_open_tab", ("", ""))
    if asked in titles and (page(), asked) != (where, last):
        st.session_state[keys.expander], st.session_state[keys.tabs] = True, titles[asked]
        st.session_state["_links"] = st.session_state["_link"] = st.session_state.get("_links", 0) + 1
    elif last in titles and st.session_state.get(keys.tabs) not in titles.values():
        st.session_state[keys.tabs] = titles[last]
    if not asked:  # what is opened by hand from here on, nobody has to be led to
        st.session_state["_link"] = 0
    return keys


def link_to_tab() -> tuple[int, str]:
    """Return which link asked for the open tab, counted from 1, or 0; and the key of what it is in."""
    return st.session_state.get("_link", 0), OpenTab().expander


def note_open_tab(name: str) -> None:
    """Write the open tab's name into the address; "": none is open."""
    st.session_state["_open_tab"] = (page(), name)
    if name:
        st.query_params["inside"] = name
    else:
        st.query_params.pop("inside", None)


def is_history_navigation() -> bool:
    """Return whether Back or Forward of the browser led here."""
    context = get_script_run_ctx(suppress_warning=True)
    return bool(getattr(context, "is_history_navigation", False))
