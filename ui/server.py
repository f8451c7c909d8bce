"""What the ASGI app is made of: warm-up and shutdown, response headers, visitor cookie, health, errors.

Nothing here imports torch at start: the first page must be on screen before torch is loaded.
"""

import base64
import gc
import hashlib
import importlib
import logging
import os
import re
import secrets
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any, Final

import streamlit
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.state.session import VISITOR_COOKIE

# Of one torch operation, unless the environment says more. A page's thread is new at each rerun, and MKL gave its small
# products two threads that wait for each other: 1.0 ms of processor each where one alone needs 0.006.
os.environ.setdefault("OMP_NUM_THREADS", "1")

LOG: Final = logging.getLogger("chalknet")
COOKIE_SECONDS: Final = 30 * 24 * 3600
# Seconds that a shutdown waits for an import of torch that is under way; tearing it down in the middle can crash.
JOIN_SECONDS: Final = 20.0
# Seconds that the import of torch leaves to a first visitor, whose page it would delay by almost a second on two cores.
HEAD_START_SECONDS: Final = 1.5
# Of threads that want Python at once. Measured: with its own 5 ms a training gets one torch operation in 5 ms while a
# page is drawn; with this, 88 instead of 77 % of its updates for each second of processor time that somebody watches.
SWITCH_SECONDS: Final = 0.0005
# How often memory that nobody needs is given back, which takes a few ms.
GIVE_BACK_SECONDS: Final = 20.0


def _inline_script_hashes() -> str:
    """Return CSP sources for the inline scripts of Streamlit's own page, whatever its version has in there."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_bytes()
    scripts = re.findall(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", page, re.DOTALL)
    return " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'" for script in scripts)


CSP: Final = "; ".join(
    (
        "default-src 'self'",
        f"script-src 'self' blob: 'wasm-unsafe-eval' {_inline_script_hashes()}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
HEADERS: Final = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class WarmUp:
    """Import torch in the background, freeze the garbage collector's survivors, then start the scheduler."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._scheduler: Any = None
        self._stopping = threading.Event()
        self._wanted = threading.Event()
        self.torch = threading.Event()
        self.failed = False

    @property
    def started(self) -> bool:
        """Whether a server's lifespan is in charge; not so in tests and on the command line."""
        return self._thread is not None

    @property
    def scheduler_running(self) -> bool:
        """Whether training runs would be worked on."""
        return self._scheduler is not None and bool(getattr(self._scheduler, "running", True))

    def start(self) -> None:
        """Begin the import in a daemon thread."""
        self._thread = threading.Thread(target=self._work, name="warm-up", daemon=True)
        self._thread.start()

    def want(self) -> None:
        """Say that a page waits for torch: the import begins at once."""
        self._wanted.set()

    def stop(self) -> None:
        """Join the scheduler's workers and the import; blocks."""
        self._stopping.set()
        self._wanted.set()
        if self._thread is not None:
            self._thread.join(JOIN_SECONDS)
        if self._scheduler is not None:
            self._scheduler.stop()
            self._scheduler = None

    def _work(self) -> None:
        self._wanted.wait(HEAD_START_SECONDS)
        if self._stopping.is_set():
            return
        try:
            importlib.import_module("torch")
            gc.collect()
            # Measured: what the imports made is never garbage; without this every collection walks through it.
            gc.freeze()
            self.torch.set()
            if not self._stopping.is_set():
                scheduler = importlib.import_module("core.runs.scheduler").SCHEDULER
                scheduler.start()
                importlib.import_module("core.cache").mnist_loading()  # begins on a thread of its own
                self._scheduler = scheduler
                importlib.import_module("core.training.compiled.cache").prepare()  # likewise
                self._stay_small()
        except Exception:
            self.failed = True
            LOG.exception("warm-up failed")

    def _stay_small(self) -> None:
        while not self._stopping.wait(GIVE_BACK_SECONDS):
            memory = importlib.import_module("core.memory")
            try:
                memory.give_back(memory.idle())
            except OSError:  # a system that tells nobody where things lie
                LOG.info("no memory is given back", exc_info=True)
                return


WARM_UP: Final = WarmUp()


def ready() -> bool:
    """Return whether a page may import torch without making its visitor wait: true as well where no server runs."""
    WARM_UP.want()
    return not WARM_UP.started or WARM_UP.torch.is_set()


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[dict[str, Any]]:
    """Warm up when the server starts, join what was started when it ends."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    WARM_UP.start()
    try:
        yield {}
    finally:
        await run_in_threadpool(WARM_UP.stop)
        sys.setswitchinterval(before)


def below_base(path: str) -> str:
    """Return a path of this app below the one at which Streamlit serves its pages (``server.baseUrlPath``)."""
    base = (streamlit.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}/{path}" if base else f"/{path}"


async def health(_request: Request) -> JSONResponse:
    """Answer 200 when a class can work, 503 while torch is imported or when the scheduler does not run."""
    torch, scheduler = WARM_UP.torch.is_set(), WARM_UP.scheduler_running
    answer = {"ready": torch and scheduler, "torch": torch, "scheduler": scheduler, "failed": WARM_UP.failed}
    return JSONResponse(answer, status_code=200 if answer["ready"] else 503, headers={"Cache-Control": "no-store"})


def on_script_error(error: Exception) -> bool:
    """Log an exception that a page did not handle and show one sentence instead of a traceback."""
    import streamlit as st

    from ui.text import _

    LOG.error("a page failed", exc_info=error)
    st.error(_("Something went wrong on this page. Reload it; your settings are in its address."))
    return True


class ResponseHeaders:
    """Pure ASGI middleware: security headers on every response, the visitor's cookie on the page itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add headers to what comes back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if headers.get("content-type", "").startswith("text/html") and not _visitor(Headers(scope=scope)):
                    headers.append("Set-Cookie", _new_visitor(secure=scope.get("scheme") == "https"))
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _visitor(headers: Headers) -> str | None:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(VISITOR_COOKIE)
    except CookieError:
        return None
    return morsel.value if morsel is not None and len(morsel.value) >= 16 else None


def _new_visitor(secure: bool) -> str:
    token = secrets.token_urlsafe(24)
    cookie = f"{VISITOR_COOKIE}={token}; Path=/; Max-Age={COOKIE_SECONDS}; HttpOnly; SameSite=Lax"
    return cookie + ("; Secure" if secure else "")
