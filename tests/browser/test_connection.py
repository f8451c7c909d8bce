"""Wi-Fi that goes and comes back while a run is under way: the run goes on, and the page shows it again by itself."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE_MS, PROGRESS, Server, new_context, settle, update, wait_for_update

LONG = "dnn_loss=cross_entropy&dnn_optimiser=adam&dnn_batch=64&dnn_epochs=10000&dnn_engine=torch"  # 1.1 million updates


class Cable:
    """A way to a server on this machine that can be pulled out: it cuts every connection and takes no new one.

    Args:
        port: of the server.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.plugged = True
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._begin(self._accept)

    def pull(self) -> None:
        """Cut what is connected; who comes is sent away until ``plugged`` is true again."""
        self.plugged = False
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Pull it out for good."""
        self.pull()
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for end in [*self._ends, self._listener]:
            end.close()

    def _begin(self, work: Callable[..., None], *arguments: socket.socket) -> None:
        self._threads.append(threading.Thread(target=work, args=arguments, daemon=True))
        self._threads[-1].start()

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                near, _address = self._listener.accept()
                if not self.plugged:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self.port))
                self._ends += [near, far]
                self._begin(_pass_on, near, far)
                self._begin(_pass_on, far, near)


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while part := source.recv(65_536):
            sink.sendall(part)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


@pytest.fixture
def cable(app_server: Server) -> Iterator[Cable]:
    made = Cable(app_server.port)
    yield made
    made.close()


def button(page: Page, key: str):
    return page.locator(f".st-key-{key} button:visible")


def test_a_run_goes_on_while_the_connection_is_gone_and_the_page_finds_it_again(
    cable: Cable, browser: Browser, app_server: Server
) -> None:
    logged = app_server.log.stat().st_size
    context = new_context(browser)  # without a Watch: Chromium reports every attempt to connect on the console
    try:
        page = context.new_page()
        lost = []
        page.on("websocket", lambda socket: socket.on("close", lambda _socket: lost.append(socket.url)))
        page.goto(f"{cable.url}/dnn_playground?{LONG}")
        button(page, "dnn_train").click()
        before = wait_for_update(page, 0)
        expect(page).to_have_url(re.compile("dnn_run="))
        address = page.url
        cable.pull()
        until = time.monotonic() + PATIENCE_MS / 1000
        while not lost and time.monotonic() < until:
            page.wait_for_timeout(50)
        assert lost, "the page did not notice that its WebSocket was cut"
        expect(page.locator(PROGRESS)).to_contain_text("No connection; trying again.")
        still = update(page)
        page.wait_for_timeout(1_500)
        assert update(page) == still  # nothing comes through
        cable.plugged = True
        assert wait_for_update(page, max(before, still)) > still
        assert page.url == address
        button(page, "dnn_pause").click()  # and it is still this visitor's own
        expect(button(page, "dnn_resume")).to_be_visible()
        settle(page)
        button(page, "dnn_stop").click()
        expect(button(page, "dnn_train")).to_be_visible()
    finally:
        context.close()
    news = app_server.log.read_bytes()[logged:].decode(errors="replace")
    assert "Traceback" not in news, news
