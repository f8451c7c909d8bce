"""Translation: every visible string of ui and pages goes through ``_``, also by way of ``paragraph`` and ``aside``.

The catalogues are the .po files under locale/, read with Babel once per process: there is no compile step.
Outside a Streamlit session (tests, a plain import, a worker thread) everything is English.
"""

import io
from collections.abc import Callable, Iterable
from functools import cache, lru_cache, wraps
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.errors import InvalidInput
from ui.state import session

# A language is one entry here and one folder under locale/; its name is written in itself.
LANGUAGES: Final = {"en": "English", "zh": "中文"}
# As HTML's lang has it, where it is another than the code.
TAGS: Final = {"zh": "zh-CN"}
# Between two sentences: a full-width stop brings its own room.
GAPS: Final = {"zh": ""}
LOCALE: Final = Path(__file__).resolve().parent.parent / "locale"
DOMAIN: Final = "chalknet"
MOST_KNOWN: Final = 64
P = ParamSpec("P")
T = TypeVar("T")


def _(message: str, /, **values: object) -> str:
    """Return a message in the session's language, with its named fields filled in.

    Args:
        message: an English literal; Babel extracts it.
        **values: what the message's ``{named}`` fields stand for.
    """
    translated = catalogue(language()).gettext(message)
    return translated.format(**values) if values else translated


def paragraph(message: str, /, **values: object) -> None:
    """Draw a message as a paragraph, Markdown; message and values are those of ``_``."""
    st.markdown(_(message, **values))


def aside(message: str, /, **values: object) -> None:
    """Draw a message small, as what is said below something; message and values are those of ``_``."""
    st.caption(_(message, **values))


def together(*sentences: str) -> str:
    """Return sentences as one text; empty ones are left out."""
    return GAPS.get(language(), " ").join(filter(None, sentences))


def listed(items: Iterable[str]) -> str:
    """Return several things one after another, parted as the session's language parts them."""
    return _(", ").join(items)


def named(name: str, value: str) -> str:
    """Return a value behind its name, parted as the session's language parts them."""
    return _("{name}: {value}", name=name, value=value)


def explain(error: InvalidInput) -> str:
    """Return what an error says in the session's language."""
    values = {
        name: explain(value) if isinstance(value, InvalidInput) else value for name, value in error.values.items()
    }
    return catalogue(language()).gettext(error.template).format(**values)


def language() -> str:
    """Return the session's language: chosen by URL or switch, else the browser's, else English."""
    if (known := session.this_run().get("language")) is not None:
        return str(known)
    if get_script_run_ctx(suppress_warning=True) is None:
        return "en"
    found = session.chosen_language(LANGUAGES) or _of_browser(st.context.locale)
    session.this_run()["language"] = found
    return found


def tag() -> str:
    """Return the session's language as HTML and browsers name it."""
    return TAGS.get(language(), language())


def once_a_language(make: Callable[P, T]) -> Callable[P, T]:
    """Let a function of nothing but its arguments and the language be asked once for each, for all visitors.

    What it returns is shared and must not be changed; its arguments can be hashed.
    """

    known: Any = lru_cache(maxsize=MOST_KNOWN)(lambda _language, *args, **kwargs: make(*args, **kwargs))

    @wraps(make)
    def found(*args: P.args, **kwargs: P.kwargs) -> T:
        said: T = known(language(), *args, **kwargs)
        return said

    return found


def switch() -> None:
    """Draw the switch between the languages in the sidebar."""
    with st.sidebar:
        session.language_switch(LANGUAGES, language(), _("Language"))


@cache
def catalogue(code: str) -> NullTranslations:
    """Return a language's catalogue; English, the language of the source, has none."""
    source = LOCALE / code / "LC_MESSAGES" / f"{DOMAIN}.po"
    if not source.exists():
        return NullTranslations()
    # Imported here: Babel's parser is not needed for an English class.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return GNUTranslations(compiled)


def _of_browser(locale: str | None) -> str:
    code = (locale or "").replace("_", "-").split("-")[0].lower()
    return code if code in LANGUAGES else "en"
