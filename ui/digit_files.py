"""MNIST's four files for the scripts that pupils take away: from this app, so that a class needs no internet."""

from typing import Final
from urllib.parse import urljoin, urlsplit

import streamlit as st
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from ui import server

_FOLDER: Final = "mnist/"


def route() -> Route:
    """Return the route at which the four files can be fetched, beside the pages."""
    return Route(server.below_base(_FOLDER + "{name}"), _file)


def address() -> str:
    """Return where the visitor's browser finds the four files, by the address at which it has this page.

    Empty where that is not known, as in a test, or where the app itself has not all of them.
    """
    from core.data.mnist import default_folder
    from core.data.mnist_files import GZ_SIZES, original

    url, folder = st.context.url or "", default_folder()
    known = urlsplit(url).scheme in ("http", "https")
    return urljoin(url, _FOLDER) if known and all(original(folder, name) for name in GZ_SIZES) else ""


def _file(request: Request) -> Response:  # no coroutine: Starlette calls it on a thread, where a slow disk harms nobody
    from core.data.mnist import default_folder
    from core.data.mnist_files import original

    path = original(default_folder(), request.path_params["name"])
    if path is None:
        return PlainTextResponse("Not found", status_code=404)
    headers = {"Cache-Control": "public, max-age=86400"}
    return FileResponse(path, media_type="application/gzip", headers=headers)
