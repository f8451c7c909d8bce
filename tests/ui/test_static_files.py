"""Streamlit's files as this app serves them: compressed once, and still the same files."""

import gzip
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.ui.asgi import ask
from tools import icons
from ui import server, static_files
from ui.static_files import FOLDER, FONTS, PAGES

INDEX = (FOLDER / "index.html").read_text("utf-8")
SCRIPT = "/" + re.search(r'src="\./(static/js/[^"]+)"', INDEX).group(1)
STYLE = "/" + re.search(r'href="\./(static/css/[^"]+)"', INDEX).group(1)
FONT = "/static/media/" + icons.original().name


@pytest.fixture
def app() -> Starlette:
    """The middleware as in app.py, before an app that says that it was asked."""

    async def streamlit(_request: object) -> PlainTextResponse:
        return PlainTextResponse("Streamlit")

    return Starlette(
        routes=[Route("/{path:path}", streamlit, methods=["GET", "HEAD", "POST"])],
        middleware=[Middleware(server.ResponseHeaders), Middleware(static_files.StaticFiles, soon=["ours/all.js"])],
    )


def get(app: Any, path: str, method: str = "GET", **fields: str) -> tuple[int, dict[str, str], bytes]:
    """Ask and return status, headers and body; fields are the request's headers."""
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in fields.items()]
    status, headers, body = ask(app, path, method, headers=raw)
    return status, {name: ", ".join(values) for name, values in headers.items()}, body


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip, deflate", True),
        ("br, GZIP;q=0.5", True),
        ("deflate,gzip ; q=1.0", True),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip;q=0.00, *", False),
        ("gzip;q=much", False),
        ("br, zstd, deflate", False),
        ("x-gzipped", False),
        ("", False),
        (",;=,", False),
    ],
)
def test_a_file_is_compressed_for_those_who_take_it_so(app: Starlette, accepted: str, packed: bool) -> None:
    original = (FOLDER / SCRIPT[1:]).read_bytes()
    status, headers, body = get(app, SCRIPT, accept_encoding=accepted)
    assert (status, headers.get("content-encoding")) == (200, "gzip" if packed else None)
    assert (gzip.decompress(body) if packed else body) == original
    assert headers["content-length"] == str(len(body))
    assert headers["vary"] == "Accept-Encoding"
    assert headers["content-type"] == "text/javascript; charset=utf-8"
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["x-content-type-options"] == "nosniff"  # as every response
    if packed:
        assert len(body) < len(original) / 3


@pytest.mark.parametrize("path", [SCRIPT, STYLE, FONT, "/", "/dnn_playground"])
@pytest.mark.parametrize("accepted", ["gzip", "identity"])
def test_who_has_it_is_told_so_and_head_says_what_get_would(app: Starlette, path: str, accepted: str) -> None:
    _status, headers, body = get(app, path, accept_encoding=accepted)
    headers.pop("set-cookie", None)
    tag = headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', f'W/"other",{tag}'):
        status, again, nothing = get(app, path, accept_encoding=accepted, if_none_match=known)
        assert (status, nothing, again["etag"]) == (304, b"", tag)
        assert again["cache-control"] == headers["cache-control"]
    assert get(app, path, accept_encoding=accepted, if_none_match='"other"')[2] == body
    status, same, nothing = get(app, path, "HEAD", accept_encoding=accepted)
    same.pop("set-cookie", None)
    assert (status, same, nothing) == (200, headers, b"")


def test_the_two_forms_of_a_file_have_names_of_their_own(app: Starlette) -> None:
    packed, plain = (get(app, SCRIPT, accept_encoding=accepted)[1]["etag"] for accepted in ("gzip", ""))
    assert packed != plain
    assert get(app, SCRIPT, accept_encoding="gzip", if_none_match=plain)[0] == 200


def test_a_part_is_answered_with_the_whole(app: Starlette) -> None:
    status, headers, body = get(app, SCRIPT, accept_encoding="gzip", range="bytes=5-9")
    assert (status, headers["content-encoding"]) == (200, "gzip")
    assert gzip.decompress(body) == (FOLDER / SCRIPT[1:]).read_bytes()
    assert "content-range" not in headers
    assert "accept-ranges" not in headers


@pytest.mark.parametrize(
    "path",
    [
        "/static/js/no_such.js",
        "/static/../index.html",
        "/static/js/../../../../../ui/server.py",
        "/static/%2e%2e/index.html",
        "//static/js",
        "/" + SCRIPT,
        SCRIPT + "/",
        "/static",
        "/index.html",
        "/index",
        "/no_such_page",
        "/dnn_playground/",
        "/dnn_playground/_stcore/health",
        "/static/media/" + next((FOLDER / "static/media").glob("KaTeX_Main-Bold.*")).name,
        "/_stcore/host-config",
    ],
)
def test_what_it_does_not_know_streamlit_answers(app: Starlette, path: str) -> None:
    assert get(app, path, accept_encoding="gzip")[2] == b"Streamlit"


def test_only_get_and_head_are_answered(app: Starlette) -> None:
    assert get(app, SCRIPT, "POST")[2] == b"Streamlit"


def test_all_lies_below_the_path_of_the_app(app: Starlette, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "get_option", {"server.baseUrlPath": "class/room"}.get)
    for path in ("/", "/dnn_playground", SCRIPT):
        assert get(app, "/class/room" + path, accept_encoding="gzip")[1]["content-encoding"] == "gzip"
        assert get(app, path)[2] == b"Streamlit"
    assert get(app, "/class/room")[2] == b"Streamlit"  # which redirects: links in the page are relative


def test_it_may_be_mounted_elsewhere(app: Starlette) -> None:
    assert ask(app, "/school" + SCRIPT, root_path="/school")[1]["etag"]


@pytest.mark.parametrize("path", ["/", *(f"/{page.stem}" for page in PAGES.glob("*.py") if page.stem != "index")])
def test_every_page_is_streamlit_s_own_without_its_font(app: Starlette, path: str) -> None:
    status, headers, body = get(app, path)
    page = body.decode()
    assert (status, headers["cache-control"]) == (200, "no-cache")
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert headers["set-cookie"].startswith("chalknet_visitor=")
    assert "SourceSans" in INDEX
    assert "SourceSans" not in page
    assert '<link rel="modulepreload" href="./ours/all.js"></head>' in page
    rest = re.sub(r'<link\s+rel="preload"[^>]*>\s*', "", INDEX)
    assert page.replace('<link rel="modulepreload" href="./ours/all.js">', "").split() == rest.split()
    assert re.findall(r"<script.*?</script>", page, re.DOTALL) == re.findall(r"<script.*?</script>", INDEX, re.DOTALL)


def test_a_visitor_whose_browser_has_the_page_but_no_cookie_gets_one(app: Starlette) -> None:
    tag = get(app, "/")[1]["etag"]
    status, headers, _body = get(app, "/", if_none_match=tag)
    assert status == 304
    assert headers["set-cookie"].startswith("chalknet_visitor=")


def test_the_style_has_no_face_for_it(app: Starlette) -> None:
    original, style = (FOLDER / STYLE[1:]).read_text("utf-8"), get(app, STYLE)[2].decode()
    assert len(re.findall("@font-face", original)) - len(re.findall("@font-face", style)) == 2  # upright and italic
    assert "SourceSans" not in style
    assert "MaterialSymbols" in style


def test_the_theme_names_a_font_of_the_system() -> None:
    for option in ("font", "codeFont"):
        assert "Source" not in st.get_option(f"theme.{option}")


def test_a_file_is_compressed_once(app: Starlette, monkeypatch: pytest.MonkeyPatch) -> None:
    done, real = [], gzip.compress

    def slow(content: bytes, **more: Any) -> bytes:
        done.append(len(content))
        threading.Event().wait(0.05)
        return real(content, **more)

    monkeypatch.setattr(static_files.gzip, "compress", slow)
    get(app, "/health")  # makes the app
    with ThreadPoolExecutor(8) as pool:
        bodies = set(pool.map(lambda _number: get(app, SCRIPT, accept_encoding="gzip")[2], range(8)))
    assert (len(bodies), len(done)) == (1, 1)


def test_a_file_that_cannot_be_read_is_left_to_streamlit(app: Starlette, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "read_bytes", lambda _path: (_ for _ in ()).throw(PermissionError()))
    assert get(app, SCRIPT)[2] == get(app, "/")[2] == b"Streamlit"
    monkeypatch.undo()
    assert get(app, SCRIPT)[2] == (FOLDER / SCRIPT[1:]).read_bytes()


def test_what_the_page_names_is_ready_before_the_first_visitor() -> None:
    made = static_files.StaticFiles(lambda *_asgi: None, ["ours/all.js"])  # type: ignore[arg-type]
    made._prepare()
    ready = {path for path, later in made._all().items() if later.kept}
    assert {"/", SCRIPT, STYLE} < ready
    assert len(ready) > 50


def test_the_font_of_icons_is_small_and_asked_about(app: Starlette) -> None:
    status, headers, body = get(app, FONT, accept_encoding="gzip")
    assert (status, headers["content-type"], headers["cache-control"]) == (200, "font/woff2", "no-cache")
    assert body[:4] == b"wOF2"
    assert len(body) < 30_000 < icons.original().stat().st_size
    assert "content-encoding" not in headers


def test_every_icon_that_can_be_shown_is_in_it() -> None:
    """Else: ``python -m tools.icons``. That the font has them is asked of a browser (tests/browser/test_arrival.py)."""
    assert [path.name for path in FONTS.glob("*.woff2")] == [icons.original().name]
    there = set(icons.NAMES.read_text("utf-8").split())
    assert len(icons.shown()) > 100
    assert icons.shown() <= there


def test_an_icon_that_is_composed_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(icons, "_own", lambda: ['f":material/chevron_{way}:", "left"', '"sort"'])
    assert "chevron_left" in icons.shown()
    assert "sort" not in icons.shown()
    assert "sort" in icons.likely()
