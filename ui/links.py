"""The page as a link and as a QR code, and a link that sets a task."""

from __future__ import annotations

import io
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import streamlit as st

from core.errors import InvalidInput
from core.runs.goals import Goal
from ui import lesson
from ui.dnn.task import control_names, posed
from ui.state.controls import Controls
from ui.text import _

MOST_CHARS: Final = 1500
"""Of an address as a QR code; a larger one has modules too fine for a phone in the third row."""


def present(controls: Controls[Any]) -> None:
    """Draw the link to the page as it is now."""
    parameters = controls.link()
    if controls.run_id and st.checkbox(
        _("With my run, so that others watch it"),
        key="dnn_link_run",
        help=_("They see it as long as it goes on and ten minutes longer; only you can pause or stop it."),
    ):
        parameters[f"{controls.prefix}run"] = controls.run_id
    show(parameters, _("QR code of the link to this page with its settings"), "dnn_link")


def builder(controls: Controls[Any]) -> None:
    """Draw the choice of hidden controls and of a goal, and the link that sets this task."""
    names = control_names()
    hidden = st.multiselect(
        _("Hide these controls"),
        list(names),
        format_func=lambda name: names[name],
        key="dnn_task_hide",
        placeholder=_("None is hidden"),
        help=_("They keep the values that they have now. Train is always there."),
    )
    left, right = st.columns(2)
    empty = _("not asked for")
    with left:
        accuracy = _wanted("accuracy", _("Test accuracy in %, at least"), empty, step=1.0, format="%.10g")
        loss = _wanted("loss", _("Test loss, at most"), empty, step=0.01, format="%.10g")
    with right:
        most = _wanted("parameters", _("Parameters, at most"), empty, step=1)
        updates = _wanted("updates", _("Updates, at most"), empty, step=1)
    st.caption(_("The link carries the settings of this page as they are now."))
    try:
        asked = Goal(None if accuracy is None else accuracy / 100, most, updates, loss)
    except InvalidInput as error:
        lesson.problem(error)
        return
    changes = {
        "hide": ",".join(hidden),
        "goal_accuracy": accuracy or 0.0,
        "goal_loss": loss or 0.0,
        "goal_parameters": most or 0,
        "goal_updates": updates or 0,
    }
    if asked:
        st.markdown(posed(asked))
    parameters = controls.link(**changes)
    parameters.pop("hide", None)  # of the task that the page itself was opened with
    show(parameters, _("QR code of the link that sets this task"), "dnn_task_link")


def _wanted(name: str, label: str, empty: str, **options: Any) -> Any:
    """Draw a number field that may stay empty and return its number or None; Goal says which numbers can be."""
    return st.number_input(label, value=None, placeholder=empty, key=f"dnn_task_{name}", **options)


def show(parameters: dict[str, str], alt: str, key: str) -> None:
    """Draw the full address with these parameters, to copy, and its QR code."""
    url = st.context.url
    if not url:
        st.caption(_("The address of this page is known only in a browser."))
        return
    address = f"{url}?{urlencode(parameters, quote_via=quote)}" if parameters else url
    st.code(address, None, wrap_lines=True)
    if local(url):
        st.caption(
            _(
                "This address works on this computer only: nobody else can open it. Open the page under the "
                "computer's address in the network (such as `http://192.168.1.20:8501`), and take the link there."
            )
        )
    if len(address) > MOST_CHARS:
        st.caption(
            _(
                "The link has {count} characters, too many for a QR code (at most {most}).",
                count=len(address),
                most=MOST_CHARS,
            )
        )
        return
    with st.container(key=key):
        st.image(qr_code(address), width=260, alt=f"{alt}: {address}")


def local(url: str) -> bool:
    """Return whether an address names the computer that it is typed on, so that nobody else can open it.

    >>> local("http://localhost:8501/dnn_playground"), local("http://192.168.1.20:8501/")
    (True, False)
    """
    host = (urlsplit(url).hostname or "").lower()
    return host in {"localhost", "::1", "0.0.0.0"} or host.endswith(".localhost") or host.startswith("127.")


def qr_code(address: str) -> str:
    """Return an address as an SVG, black on white in any theme, with the quiet zone that cameras need."""
    import segno

    file = io.BytesIO()
    code = segno.make_qr(address, error="l")
    code.save(file, kind="svg", scale=4, dark="#000", light="#fff", xmldecl=False, omitsize=False)
    return file.getvalue().decode()
