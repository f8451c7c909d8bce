"""Headers, cookie, health and warm-up of the ASGI app, without a browser."""

import asyncio
import base64
import hashlib
import re
import sys
import threading
import types
from pathlib import Path
from typing import Any

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route

from tests.ui.asgi import ask
from ui import server


def get(path: str, cookie: str = "", scheme: str = "http") -> tuple[int, dict[str, list[str]], bytes]:
    """Ask a small app behind the middleware and return status, headers and body."""

    async def page(_request: object) -> HTMLResponse:
        return HTMLResponse("<p>page</p>")

    async def text(_request: object) -> PlainTextResponse:
        return PlainTextResponse("text")

    app = Starlette(
        routes=[Route("/", page), Route("/text", text), Route("/health", server.health)],
        middleware=[Middleware(server.ResponseHeaders)],
    )
    cookies = [(b"cookie", cookie.encode())] if cookie else []
    return ask(app, path, headers=cookies, scheme=scheme, server=("localhost", 80))


@pytest.mark.parametrize("path", ["/", "/text", "/missing"])
def test_every_response_carries_the_security_headers_once(path: str) -> None:
    _status, headers, _body = get(path)
    for name, value in server.HEADERS.items():
        assert headers[name.lower()] == [value]


def test_the_policy_allows_no_foreign_host_and_no_inline_script() -> None:
    policy = dict(part.split(" ", 1) for part in server.CSP.split("; "))
    assert "http" not in server.CSP
    assert "*" not in server.CSP
    assert "'unsafe-inline'" not in policy["script-src"]
    assert policy["frame-ancestors"] == "'self'"
    assert policy["object-src"] == "'none'"


def test_streamlit_s_own_inline_scripts_are_allowed_by_their_hash() -> None:
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_bytes()
    scripts = re.findall(rb"<script>(.*?)</script>", page, re.DOTALL)
    assert scripts
    for script in scripts:
        assert base64.b64encode(hashlib.sha256(script).digest()).decode() in server.CSP


def test_a_new_visitor_gets_a_cookie_with_the_page_only() -> None:
    (cookie,) = get("/")[1]["set-cookie"]
    assert re.fullmatch(r"chalknet_visitor=[\w-]{32}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax", cookie)
    assert get("/")[1]["set-cookie"] != [cookie]
    assert "set-cookie" not in get("/text")[1]
    assert get("/", scheme="https")[1]["set-cookie"][0].endswith("; Secure")


def test_a_known_visitor_keeps_the_cookie() -> None:
    assert "set-cookie" not in get("/", cookie="other=1; chalknet_visitor=" + "a" * 32)[1]
    assert "set-cookie" in get("/", cookie="chalknet_visitor=short")[1]
    assert "set-cookie" in get("/", cookie="a b=;;\x01")[1]


class Scheduler:
    """Stands in for the training scheduler."""

    def __init__(self) -> None:
        self.running = False
        self.log: list[str] = []

    def start(self) -> None:
        self.running = True
        self.log.append("start")

    def stop(self) -> None:
        self.running = False
        self.log.append("stop")


@pytest.fixture
def scheduler(monkeypatch: pytest.MonkeyPatch) -> Scheduler:
    fake = Scheduler()
    module = types.ModuleType("core.runs.scheduler")
    module.SCHEDULER = fake  # type: ignore[attr-defined]
    for name, stand_in in {"torch": types.ModuleType("torch"), "torchvision": types.ModuleType("torchvision")}.items():
        monkeypatch.setitem(sys.modules, name, stand_in)
    # The real one would be imported with a torch that is none, and stay so for all later tests.
    cache = types.ModuleType("core.cache")
    cache.mnist_loading = lambda: None  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "core.cache", cache)
    monkeypatch.setitem(sys.modules, "core.runs.scheduler", module)
    monkeypatch.setattr(server, "HEAD_START_SECONDS", 0)
    monkeypatch.setattr(server, "GIVE_BACK_SECONDS", 0)
    memory = types.ModuleType("core.memory")
    memory.idle = lambda: "idle"  # type: ignore[attr-defined]
    memory.given = []  # type: ignore[attr-defined]

    def give_back(idle: str) -> None:
        memory.given.append(idle)
        if len(memory.given) > 1:
            raise OSError("no such file")

    memory.give_back = give_back  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "core.memory", memory)
    monkeypatch.setattr(server.gc, "freeze", lambda: None)
    monkeypatch.setattr(server, "WARM_UP", server.WarmUp())
    return fake


def test_health_says_not_ready_then_ready_then_not_ready(scheduler: Scheduler) -> None:
    status, headers, body = get("/health")
    assert (status, headers["cache-control"]) == (503, ["no-store"])
    assert b'"ready":false' in body

    async def live() -> None:
        async with server.lifespan(None):
            server.WARM_UP._thread.join(10)  # type: ignore[union-attr]
            assert scheduler.log == ["start"]
            assert sys.getswitchinterval() == pytest.approx(server.SWITCH_SECONDS)

    before = sys.getswitchinterval()
    assert server.ready()  # no server in charge: nobody to wait for
    asyncio.run(live())
    assert scheduler.log == ["start", "stop"]
    assert sys.getswitchinterval() == before
    assert get("/health")[0] == 503


def test_health_is_200_while_torch_is_there_and_the_scheduler_runs(scheduler: Scheduler) -> None:
    server.WARM_UP.start()
    server.WARM_UP._thread.join(10)  # type: ignore[union-attr]
    status, _headers, body = get("/health")
    assert (status, body) == (200, b'{"ready":true,"torch":true,"scheduler":true,"failed":false}')
    scheduler.running = False
    assert get("/health")[0] == 503
    server.WARM_UP.stop()


def test_a_scheduler_is_not_started_when_the_server_stops_during_the_import(
    scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, gate = threading.Event(), threading.Event()
    real = server.importlib.import_module

    def slow(name: str) -> Any:
        begun.set()
        gate.wait(10)
        return real(name)

    monkeypatch.setattr(server.importlib, "import_module", slow)
    server.WARM_UP.start()
    assert begun.wait(10)
    assert not server.ready()
    server.WARM_UP._stopping.set()
    gate.set()
    server.WARM_UP.stop()
    assert scheduler.log == []


def test_torch_is_not_imported_for_a_server_that_stops_at_once(
    scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "HEAD_START_SECONDS", 60)
    server.WARM_UP.start()
    server.WARM_UP.stop()
    assert not server.WARM_UP.torch.is_set()
    assert scheduler.log == []


def test_memory_is_given_back_now_and_then(scheduler: Scheduler) -> None:
    server.WARM_UP.start()
    server.WARM_UP._thread.join(10)  # type: ignore[union-attr]
    assert sys.modules["core.memory"].given == ["idle", "idle"]
    assert not server.WARM_UP.failed  # for the second time went wrong, which harms nobody
    server.WARM_UP.stop()
    assert scheduler.log == ["start", "stop"]


def test_a_failed_warm_up_is_said(scheduler: Scheduler, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(server.importlib, "import_module", broken)
    server.WARM_UP.start()
    server.WARM_UP.stop()
    status, _headers, body = get("/health")
    assert status == 503
    assert b'"failed":true' in body
