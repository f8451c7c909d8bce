"""What a browser fetches for a first page: Streamlit's page, scripts and styles, compressed once instead of never.

Streamlit keeps its static files out of gzip, because it would compress them at every request. Here each is compressed
when it is first asked for, on a thread, and kept: a first page's files take a tenth of a second of processor and less
than a megabyte. A file on disk would have to be checked for as long. gzip and nothing newer: without https, as in a
classroom, browsers offer nothing else (docs/arrival.md). Whatever this does not know, Streamlit answers.
"""

import gzip
import hashlib
import re
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import streamlit
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from ui import server

FOREVER: Final = "public, max-age=31536000, immutable"
ASK_FIRST: Final = "no-cache"
SCRIPT: Final = "text/javascript; charset=utf-8"
MEDIA: Final = {".js": SCRIPT, ".css": "text/css; charset=utf-8"}
FOLDER: Final = Path(streamlit.__file__).parent / "static"
PAGES: Final = Path(__file__).parents[1] / "pages"
# Its icons without those that nobody shows: 25 instead of 375 kB (tools/icons.py). By name: of this Streamlit only.
FONTS: Final = Path(__file__).parent / "fonts"
# Streamlit's font, of which no page shows a letter since the theme names the system's: preloaded by the page, and
# fetched for a hidden link that is drawn before the theme has come.
_UNUSED: Final = re.compile(rb'<link\s+rel="preload"[^>]*SourceSans[^>]*>|@font-face\{font-family:Source Sans;[^}]*\}')


class Kept:
    """A file as an answer that is made once: an ASGI app, compressed for those who take it so.

    Args:
        content: of the file.
        media: its type.
        caching: what a browser may do with it.
    """

    def __init__(self, content: bytes, media: str, caching: str) -> None:
        packed = gzip.compress(content, mtime=0)
        self._smaller = len(packed) < len(content)
        self._body = packed if self._smaller else content
        self._tag = hashlib.sha256(content).hexdigest()[:32]
        self._same = {"content-type": media, "cache-control": caching}
        if self._smaller:
            self._same["vary"] = "Accept-Encoding"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer GET and HEAD, with 304 where the browser has it. A Range may be ignored, and is."""
        asked = Headers(scope=scope)
        packed = self._smaller and takes_gzip(asked.get("accept-encoding", ""))
        headers = {**self._same, "etag": f'"{self._tag}-gzip"' if packed else f'"{self._tag}"'}
        status, body = 200, self._body
        if headers["etag"] in asked.get("if-none-match", "").replace("W/", "").replace(",", " ").split():
            status, body = 304, b""
        else:
            if packed:
                headers["content-encoding"] = "gzip"
            elif self._smaller:
                body = await run_in_threadpool(gzip.decompress, body)
            headers["content-length"] = str(len(body))
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


def takes_gzip(accepted: str) -> bool:
    """Return whether an Accept-Encoding allows gzip."""
    weights = {}
    for part in accepted.lower().split(","):
        name, _, weight = part.replace(" ", "").partition(";q=")
        weights[name] = weight
    # A weight is 0, 1 or has a digit after its point that is not 0.
    return re.fullmatch(r"|1(\.0*)?|0\.\d*[1-9]\d*", weights.get("gzip", weights.get("*", "0"))) is not None


class _Later:
    """A file that is read and compressed when it is wanted first."""

    def __init__(self, make: Callable[[], Kept]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self.kept: Kept | None = None

    def made(self) -> Kept | None:
        """Return the file, or None when it cannot be read; blocks."""
        with self._lock:
            if self.kept is None:
                try:
                    self.kept = self._make()
                except OSError:
                    return None
            return self.kept


class StaticFiles:
    """Pure ASGI middleware in front of Streamlit: answers for its page, scripts, styles and icons.

    Args:
        app: answers everything else.
        soon: modules, by their address below the app's, that the page shall fetch without waiting to be told.
    """

    def __init__(self, app: ASGIApp, soon: Sequence[str] = ()) -> None:
        self._app = app
        self._soon = soon
        self._files: dict[str, _Later] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass the request on."""
        if scope["type"] == "lifespan":
            threading.Thread(target=self._prepare, name="static files", daemon=True).start()
        elif scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            path = scope["path"].removeprefix(scope.get("root_path", ""))
            later = self._all().get(path)
            kept = None if later is None else later.kept or await run_in_threadpool(later.made)
            if kept is not None:
                await kept(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _all(self) -> dict[str, _Later]:
        """Return all files by path; not made before the server's settings are known."""
        if self._files is None:
            names = [path.relative_to(FOLDER).as_posix() for path in (FOLDER / "static").rglob("*.*")]
            served = {name: _Later(_part(name)) for name in names if Path(name).suffix in MEDIA}
            served |= {name: _Later(_font(name)) for name in names if (FONTS / Path(name).name).exists()}
            page = _Later(self._page)
            pages = dict.fromkeys(["", *(path.stem for path in PAGES.glob("*.py") if path.stem != "index")], page)
            self._files = {server.below_base(name): later for name, later in (served | pages).items()}
        return self._files

    def _page(self) -> Kept:
        page = _UNUSED.sub(b"", (FOLDER / "index.html").read_bytes())
        links = "".join(f'<link rel="modulepreload" href="./{address}">' for address in self._soon)
        return Kept(page.replace(b"</head>", f"{links}</head>".encode()), "text/html; charset=utf-8", ASK_FIRST)

    def _prepare(self) -> None:
        """Make what the page names before the first visitor comes."""
        files = self._all()
        for name in ("", *re.findall(r'(?:src|href)="\./(static/[^"]+)"', (FOLDER / "index.html").read_text("utf-8"))):
            if later := files.get(server.below_base(name)):
                later.made()


def _part(name: str) -> Callable[[], Kept]:
    path = FOLDER / name
    return lambda: Kept(_UNUSED.sub(b"", path.read_bytes()), MEDIA[path.suffix], FOREVER)


def _font(name: str) -> Callable[[], Kept]:
    # Its address stays when it gets another icon: so a browser asks whether it has the newest.
    return lambda: Kept((FONTS / Path(name).name).read_bytes(), "font/woff2", ASK_FIRST)
