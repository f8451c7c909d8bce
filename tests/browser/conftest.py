"""The real app in a real Chromium: one server and one browser for the whole folder, in one worker of pytest-xdist.

Without a browser these tests are skipped with a loud reason; with CI=true they fail instead.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tools.browser import find

ROOT = Path(__file__).resolve().parents[2]
START_S = 120
PATIENCE_MS = 60_000  # for everything that a test waits for
FLAGS = [
    # A page is opened and soon left: optimising its scripts would cost more than it gives.
    "--js-flags=--no-opt,--no-maglev,--single-threaded-gc",
    "--process-per-site",  # pages of one visitor's browser share Streamlit's compiled scripts: half the work
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
PROGRESS = "[class*=_progress] .said"
# Streamlit asks for these below a deep link's own path first, then at the root; nothing is missing.
expect.set_options(timeout=PATIENCE_MS)
HARMLESS = re.compile(r"/_stcore/(health|host-config)$")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = str(Path(__file__).parent)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)


class Server:
    """A running app: its address and its log. The caller stops it.

    Args:
        folder: for the log and, with own_data, for MNIST; tests in this process say where theirs came from.
        script: what to run.
    """

    def __init__(self, folder: Path, own_data: bool = True, script: str = "app.py") -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "server.log"
        self._file = self.log.open("wb")
        command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(self.port)]
        environment = (
            os.environ | {"PYTHONPATH": str(ROOT)} | ({"CHALKNET_DATA": str(folder / "mnist")} if own_data else {})
        )
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=self._file, stderr=subprocess.STDOUT, start_new_session=True
        )

    def wait(self) -> None:
        """Wait until it says that it is ready.

        Raises:
            RuntimeError: the server ended or took too long; with the end of its log.
        """
        until = time.monotonic() + START_S
        while time.monotonic() < until and self._process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/health", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise RuntimeError(f"the app did not start:\n{self.tail()}")

    def tail(self) -> str:
        """Return the last lines of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-40:])

    def stop(self) -> None:
        """End this server and nothing else."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._file.close()


@contextmanager
def _serving(running: Server) -> Iterator[Server]:
    try:
        running.wait()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="package")
def _only_worker(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Say when there is no browser, or when several workers run these tests: each would have servers and a Chromium."""
    _executable()
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return
    claim = tmp_path_factory.getbasetemp().parent / "browser-worker"
    try:
        claim.touch(exist_ok=False)
    except FileExistsError:
        pytest.fail("Two workers run browser tests: pytest_xdist_make_scheduler in tests/conftest.py has no effect.")


@pytest.fixture(scope="package")
def app_server(tmp_path_factory: pytest.TempPathFactory, _only_worker: None) -> Iterator[Server]:
    """The app, ready."""
    with _serving(Server(tmp_path_factory.mktemp("server"))) as running:
        yield running


@pytest.fixture(scope="package")
def scratch(tmp_path_factory: pytest.TempPathFactory, _only_worker: None) -> Iterator[Server]:
    """Parts of the app alone, in this process's own database; ready."""
    script = "tests/browser/scratch_app.py"
    with _serving(Server(tmp_path_factory.mktemp("scratch"), own_data=False, script=script)) as running:
        yield running


@pytest.fixture(scope="package")
def server(app_server: Server) -> str:
    """The app's address."""
    return app_server.url


@pytest.fixture(scope="package")
def browser(_only_worker: None) -> Iterator[Browser]:
    """A headless Chromium for this folder only: while Playwright runs, no other test can use asyncio.run."""
    executable = _executable()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield chromium
        chromium.close()


class Watch:
    """What a page complained about, and which foreign hosts it asked."""

    def __init__(self, page: Page) -> None:
        self.complaints: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        page.on("request", self._request)

    def _console(self, message: Any) -> None:
        address = str(message.location.get("url", ""))
        if message.type == "error" and not HARMLESS.search(address):
            self.complaints.append(f"console: {message.text} ({address})")

    def _request(self, request: Any) -> None:
        if not re.match(r"(https?|wss?)://(127\.0\.0\.1|localhost)[:/]|data:|blob:", request.url):
            self.complaints.append(f"foreign host: {request.url}")


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """Return a fresh visitor: own cookies, English unless said otherwise, at 1280×720."""
    context = browser.new_context(**{"locale": "en-US", "viewport": {"width": 1280, "height": 720}, **options})
    context.set_default_timeout(PATIENCE_MS)
    return context


def open_page(page: Page, address: str) -> None:
    """Open an address and wait until its script has run to the end."""
    page.goto(address)
    page.locator("h1").first.wait_for()
    settle(page)


def settle(page: Page) -> None:
    """Wait until Streamlit runs no script."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def sent_by(page: Page) -> list[str]:
    """Return the list that grows with every message of this page to Streamlit; a run's own connection is another."""
    sent: list[str] = []

    def watch(socket: Any) -> None:
        if "/_stcore/" in socket.url:
            socket.on("framesent", lambda _payload: sent.append("frame"))

    page.on("websocket", watch)
    return sent


def quiet(page: Page, sent: list[str]) -> None:
    """Wait until the messages of the page's start have gone; then forget them."""
    counted = -1
    while counted != len(sent):
        counted = len(sent)
        settle(page)
        page.wait_for_timeout(200)  # between two looks
    assert sent  # the count is not blind
    sent.clear()


def update(page: Page) -> int:
    """Return the update that the progress line shows, 0 before there is one."""
    found = re.search(r"update ([\d,]+) of", page.locator(PROGRESS).first.inner_text())
    return int(found.group(1).replace(",", "")) if found else 0


def wait_for_update(page: Page, beyond: int) -> int:
    """Wait until the progress line shows a later update than this one, and return it."""
    later = """beyond => {
        const host = document.querySelector("[class*=_progress] [data-testid=stBidiComponentIsolated]")
        const line = host?.shadowRoot?.querySelector(".said")?.innerText ?? ""
        const update = Number(/update ([\\d,]+) of/.exec(line)?.[1].replaceAll(",", "") ?? 0)
        return update > beyond && update
    }"""
    return int(page.wait_for_function(later, arg=beyond, polling=100).json_value())


def shot(page: Page, name: str) -> Path:
    """Keep a picture of what is in view under tests/browser/shots (not in git)."""
    path = Path(__file__).parent / "shots" / f"{name}.png"
    page.screenshot(path=path)
    return path


@contextmanager
def watched(context: BrowserContext, running: Server) -> Iterator[Page]:
    """Give a visitor without cookies a page; at the end neither the page nor the server may have complained.

    It is the browser's own page, which every test leaves as it was: a browser's process keeps Streamlit's scripts
    compiled as long as it has a page, and a first page costs three times as much.
    """
    logged = running.log.stat().st_size
    context.clear_cookies()
    opened = context.pages[0] if context.pages else context.new_page()
    size = opened.viewport_size
    assert size is not None
    watch = Watch(opened)
    try:
        yield opened
    finally:
        for page in context.pages[1:]:
            page.close()
        opened.goto(f"{running.url}/_stcore/health")
        opened.evaluate("localStorage.clear(); sessionStorage.clear()")
        opened.emulate_media(color_scheme="null", reduced_motion="null")
        opened.set_viewport_size(size)
        opened.mouse.move(0, 0)
    assert watch.complaints == []
    news = running.log.read_bytes()[logged:].decode(errors="replace")
    assert "Traceback" not in news, news


@contextmanager
def visit(browser: Browser, running: Server, **options: Any) -> Iterator[Page]:
    """Like ``watched``, for a visitor with a browser of their own, such as one in another language."""
    context = new_context(browser, **options)
    try:
        with watched(context, running) as opened:
            yield opened
    finally:
        context.close()


@pytest.fixture(scope="package")
def desk(browser: Browser) -> Iterator[BrowserContext]:
    """The browser of all visitors at a desk, one after the other."""
    context = new_context(browser)
    yield context
    context.close()


@pytest.fixture(scope="package")
def phones(browser: Browser) -> Iterator[BrowserContext]:
    """The browser of all visitors with a phone, one after the other."""
    context = new_context(browser, **PHONE)
    yield context
    context.close()


@pytest.fixture
def visited(app_server: Server) -> Server:
    """The server whose pages are watched; a module about a part of the app says scratch here."""
    return app_server


@pytest.fixture
def page(desk: BrowserContext, visited: Server) -> Iterator[Page]:
    """A visitor's page at 1280×720; it fails the test when page or server complained."""
    with watched(desk, visited) as opened:
        yield opened


@pytest.fixture
def phone(phones: BrowserContext, visited: Server) -> Iterator[Page]:
    """A phone's page, 390×844 with touch; it fails the test when page or server complained."""
    with watched(phones, visited) as opened:
        yield opened


def _executable() -> str:
    path = find()
    if path is None:
        reason = "NO BROWSER: install chromium so that it is on the PATH; the browser tests did not run"
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path
