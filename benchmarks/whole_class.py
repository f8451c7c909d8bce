"""A whole class at once: ``python -m benchmarks.whole_class [--visitors 30] [--page dnn_playground] [--seconds 20]``.

Visitors without browsers speak Streamlit's own protocol to a real server: all open a page in the same moment, all press
Train in the same moment, then every page asks for its next picture, as a browser does, while all trainings go on.
Printed: seconds until a page and the answer to Train are there, milliseconds of a redraw, what the server takes of
memory and processor, and how many visitors saw an error. Exit status 1 when one did. The visitors run on the same
machine and take their share.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import Request, urlopen

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from tests.browser.conftest import Server

PATIENCE_S = 180.0
GATE = 200  # handshakes under way


@dataclass
class Visitor:
    """One page and what it has seen."""

    socket: ClientConnection
    page: str
    query: str
    buttons: dict[str, str] = field(default_factory=dict)  # the id of a button by its key
    fragments: dict[str, float] = field(default_factory=dict)  # those that redraw themselves, and how often
    errors: list[str] = field(default_factory=list)

    async def ask(self, pressed: str = "", fragment: str = "") -> float:
        """Run the page, a button or one fragment, and return the seconds until the server has answered."""
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_name = self.query, self.page
        state.fragment_id, state.is_auto_rerun = fragment, bool(fragment)
        if pressed:
            widget = state.widget_states.widgets.add()
            widget.id, widget.trigger_value = self.buttons[pressed], True
        start = time.monotonic()
        await self.socket.send(message.SerializeToString())
        while True:
            told = ForwardMsg.FromString(await asyncio.wait_for(self.socket.recv(decode=False), PATIENCE_S))
            kind = told.WhichOneof("type")
            if kind == "script_finished":
                if told.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    continue
                return time.monotonic() - start
            if kind == "auto_rerun":
                self.fragments[told.auto_rerun.fragment_id] = told.auto_rerun.interval
            elif kind == "page_info_changed":
                self.query = told.page_info_changed.query_string
            elif kind == "delta" and told.delta.WhichOneof("type") == "new_element":
                element = told.delta.new_element
                if element.WhichOneof("type") == "button":
                    self.buttons[element.button.id.rsplit("-", 1)[-1]] = element.button.id
                elif element.WhichOneof("type") == "exception":
                    self.errors.append(element.exception.message)
                elif element.WhichOneof("type") == "alert" and element.alert.format == element.alert.ERROR:
                    self.errors.append(element.alert.body)

    async def watch(self, until: float) -> list[float]:
        """Redraw what redraws itself until some moment, and return what each redraw took."""
        taken = []
        while time.monotonic() < until:
            fast = [name for name, every in self.fragments.items() if every < 5]
            if not fast:
                break
            await asyncio.sleep(min(self.fragments[name] for name in fast))
            taken += [await self.ask(fragment=name) for name in fast]
        return taken


def cookie(url: str) -> str:
    """Return the cookie that a fresh visitor gets."""
    with urlopen(Request(url), timeout=PATIENCE_S) as answer:
        return str(answer.headers["Set-Cookie"]).split(";")[0]


async def arrive(server: Server, page: str, query: str, gate: asyncio.Semaphore) -> tuple[Visitor, float]:
    """Open a page, and return it with the seconds until it was there."""
    start = time.monotonic()
    async with gate:
        mine = await asyncio.to_thread(cookie, f"{server.url}/{page}")
        address = f"ws://127.0.0.1:{server.port}/_stcore/stream"
        socket = await connect(
            address,
            subprotocols=["streamlit"],  # type: ignore[list-item]
            additional_headers={"Cookie": mine},
            max_size=None,
            open_timeout=PATIENCE_S,
            ping_interval=None,
        )
    visitor = Visitor(socket, page, query)
    await visitor.ask()
    return visitor, time.monotonic() - start


def server_usage(server: Server) -> tuple[float, float]:
    """Return a server's seconds of processor and MB of memory."""
    folder = Path(f"/proc/{server._process.pid}")
    if not folder.exists():
        return float("nan"), float("nan")
    spent = folder.joinpath("stat").read_text().rsplit(")", 1)[1].split()
    pages = int(folder.joinpath("statm").read_text().split()[1])
    return (int(spent[11]) + int(spent[12])) / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def said(seconds: Sequence[float], unit: float = 1, name: str = "s") -> str:
    """Return median, p95 and worst."""
    if not seconds:
        return "none"
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    median = statistics.median(ordered)
    return f"median {median * unit:.2f}, p95 {p95 * unit:.2f}, worst {ordered[-1] * unit:.2f} {name}"


async def measure(server: Server, options: argparse.Namespace) -> int:
    """Measure and print."""
    gate = asyncio.Semaphore(GATE)
    first, alone = await arrive(server, options.page, options.query, gate)
    print(f"{options.visitors} visitors on {options.page}; one alone: {alone:.2f} s, {server_usage(server)[1]:.0f} MB")
    coming = (arrive(server, options.page, options.query, gate) for _number in range(options.visitors))
    arrived = await asyncio.gather(*coming)
    class_ = [visitor for visitor, _seconds in arrived]
    print(
        f"page there: {said([seconds for _visitor, seconds in arrived])}; {server_usage(server)[1]:.0f} MB", flush=True
    )
    trained = await asyncio.gather(*(visitor.ask(pressed=options.button) for visitor in class_))
    print(f"Train answered: {said(trained)}", flush=True)
    before, start = server_usage(server)[0], time.monotonic()
    redraws = await asyncio.gather(*(visitor.watch(start + options.seconds) for visitor in class_))
    took, spent = time.monotonic() - start, server_usage(server)[0] - before
    everyone = [seconds for taken in redraws for seconds in taken]
    rate = len(everyone) / took / len(class_)
    print(
        f"redraws while all train: {said(everyone, 1000, 'ms')}, {rate:.2f} a second and visitor; "
        f"server {spent / took:.2f} processors, {server_usage(server)[1]:.0f} MB"
    )
    errors = [error for visitor in class_ for error in visitor.errors]
    print(f"errors seen: {len(errors)} {sorted(set(errors))[:3] if errors else ''}")
    await asyncio.gather(*(visitor.socket.close() for visitor in (*class_, first)))
    return 1 if errors else 0


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visitors", type=int, default=30, help="at once (default 30)")
    parser.add_argument("--page", default="dnn_playground", help="address of the lesson (default dnn_playground)")
    parser.add_argument("--query", default="dnn_epochs=10000", help="its settings (default dnn_epochs=10000)")
    parser.add_argument("--button", default="dnn_train", help="key of the button (default dnn_train)")
    parser.add_argument("--seconds", type=float, default=20.0, help="of watching (default 20)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), own_data=False)
        try:
            server.wait()
            return asyncio.run(measure(server, options))
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
