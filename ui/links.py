"""The page as a link and as a QR code."""

import io
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import streamlit as st

from ui.state.controls import Controls
from ui.text import _, aside, named

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


def show(parameters: dict[str, str], alt: str, key: str) -> None:
    """Draw the full address with these parameters, to copy, and its QR code."""
    url = st.context.url
    if not url:
        aside("The address of this page is known only in a browser.")
        return
    address = f"{url}?{urlencode(parameters, quote_via=quote)}" if parameters else url
    st.code(address, None, wrap_lines=True)
    if local(url):
        aside(
            "This address works on this computer only: nobody else can open it. Open the page under the "
            "computer's address in the network (such as `http://192.168.1.20:8501`), and take the link there."
        )
    if len(address) > MOST_CHARS:
        aside(
            "The link has {count} characters, too many for a QR code (at most {most}).",
            count=len(address),
            most=MOST_CHARS,
        )
        return
    with st.container(key=key):
        st.image(qr_code(address), width=260, alt=named(alt, address))


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
