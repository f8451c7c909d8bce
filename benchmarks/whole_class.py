"""A whole class at once: ``python -m benchmarks.whole_class [--visitors 30] [--mix same] [--over 0] [--seconds 20]``.

Visitors without browsers do what a page does: they speak Streamlit's protocol and, while a run lives, watch its
pictures over this app's own WebSocket, one acknowledged message after another. All arrive within ``--over`` seconds and
press Train within as many again; while they watch, one after another pauses and resumes. Mixes: ``same`` (one link for
all), ``seeds`` (everyone another seed), ``lessons`` (half train on lesson 4, a quarter is at the sketch pad, a quarter
in lessons 1 and 3). Printed: seconds until a page and the answers to Train and to other clicks are there, pictures
a second and visitor, what the server takes of memory and processor, errors. Exit status 1 when a visitor saw one. The
visitors run on the same machine and take their share.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
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
    errors: list[str] = field(default_factory=list)
    live: dict[str, str] = field(default_factory=dict)  # names of the pictures by their component
    run: str = ""
    cookie: str = ""
    button: str = ""  # "" clicks through pages instead
    pictures: int = 0
    answers: list[float] = field(default_factory=list)  # seconds of clicks while it watches

    async def ask(self, pressed: str = "") -> float:
        """Run the page or a button, and return the seconds until the server has answered."""
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_name = self.query, self.page
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
            elif kind == "page_info_changed":
                self.query = told.page_info_changed.query_string
            elif kind == "delta" and told.delta.WhichOneof("type") == "new_element":
                element = told.delta.new_element
                if element.WhichOneof("type") == "button":
                    self.buttons[element.button.id.rsplit("-", 1)[-1]] = element.button.id
                elif element.WhichOneof("type") == "bidi_component":
                    self._component(element.bidi_component)
                elif element.WhichOneof("type") == "exception":
                    self.errors.append(element.exception.message)
                elif element.WhichOneof("type") == "alert" and element.alert.format == element.alert.ERROR:
                    self.errors.append(element.alert.body)

    def _component(self, proto: Any) -> None:
        if '"live": {"id": "' in proto.json:
            data = json.loads(proto.json)
            self.live[proto.id] = data["live"]["id"]
            self.run = data.get("run") or self.run

    async def watch(self, server: Server, seconds: float, number: int, of: int) -> None:
        """Take part for so many seconds: watch and once pause and resume, or click from page to page."""
        until = time.monotonic() + seconds
        if not self.live:
            while time.monotonic() < until:
                await asyncio.sleep(random.uniform(1, 3))
                self.answers.append(await self.ask())
            return
        cookies = {"Cookie": self.cookie, "Origin": server.url}
        address = f"ws://127.0.0.1:{server.port}/chalknet/live"
        async with connect(address, additional_headers=cookies, max_size=None, ping_interval=None) as live:
            await live.send(json.dumps({"watch": sorted(set(self.live.values()))}))
            listening = asyncio.create_task(self._listen(live))
            await asyncio.sleep(seconds * (number + 1) / (of + 2))
            for order in ("pause", "resume"):
                start, self._answered = time.monotonic(), asyncio.Event()
                await live.send(json.dumps({"order": order, "run": self.run, "n": 1}))
                await asyncio.wait_for(self._answered.wait(), PATIENCE_S)
                self.answers.append(time.monotonic() - start)
            await asyncio.sleep(max(0.0, until - time.monotonic()))
            listening.cancel()

    async def _listen(self, live: ClientConnection) -> None:
        async for message in live:
            if isinstance(message, bytes):
                self.pictures += 1
                await live.send('{"drawn": 1}')
            elif "done" in message:
                self._answered.set()
            elif "refused" in message:
                self.errors.append(f"refused: {message}")
                self._answered.set()


def parts(mix: str, number: int) -> tuple[str, str, str]:
    """Return page, query and button of one of the class."""
    if mix != "lessons":
        seed = f"&dnn_seed={number}" if mix == "seeds" else ""
        return "dnn_playground", f"dnn_epochs=4500&dnn_batch=16&dnn_loss=cross_entropy{seed}", "dnn_train"
    if number % 2:
        return "lenet_training", f"lenet_seed={number}", "lenet_train"
    return (("sketch_pad", "", ""), ("data_split", "", ""), ("sketch_pad", "", ""), ("conv_calculator", "", ""))[
        number // 2 % 4
    ]


def cookie(url: str) -> str:
    """Return the cookie that a fresh visitor gets."""
    with urlopen(Request(url), timeout=PATIENCE_S) as answer:
        return str(answer.headers["Set-Cookie"]).split(";")[0]


async def connected(server: Server, page: str) -> tuple[ClientConnection, str]:
    """Fetch a page as a fresh visitor, and return the socket on which Streamlit draws it, and the visitor's cookie."""
    mine = await asyncio.to_thread(cookie, f"{server.url}/{page}")
    socket = await connect(
        f"ws://127.0.0.1:{server.port}/_stcore/stream",
        subprotocols=["streamlit"],  # type: ignore[list-item]
        additional_headers={"Cookie": mine},
        max_size=None,
        open_timeout=PATIENCE_S,
        ping_interval=None,
    )
    return socket, mine


async def arrive(
    server: Server, part: tuple[str, str, str], gate: asyncio.Semaphore, wait: float = 0.0
) -> tuple[Visitor, float]:
    """Open a page, and return it with the seconds until it was there."""
    page, query, button = part
    await asyncio.sleep(wait)
    start = time.monotonic()
    async with gate:
        socket, mine = await connected(server, page)
    visitor = Visitor(socket, page, query, cookie=mine, button=button)
    await visitor.ask()
    return visitor, time.monotonic() - start


async def press(visitor: Visitor, wait: float) -> float:
    """Press a visitor's button after some seconds, and return how long the answer took."""
    while visitor.button not in visitor.buttons:  # the page waits for its data
        await asyncio.sleep(1.0)
        await visitor.ask()
    await asyncio.sleep(wait)
    return await visitor.ask(pressed=visitor.button)


async def arrivals(server: Server, some: Sequence[tuple[str, str, str]], over: float) -> list[Visitor]:
    """Have visitors come within so many seconds, print how long a page took, and return them."""
    gate, before = asyncio.Semaphore(GATE), server_usage(server)[0]
    arrived = await asyncio.gather(*(arrive(server, part, gate, random.uniform(0, over)) for part in some))
    print(
        f"page there: {said([seconds for _visitor, seconds in arrived])}; "
        f"{server_usage(server)[0] - before:.1f} s of processor, {server_usage(server)[1]:.0f} MB",
        flush=True,
    )
    return [visitor for visitor, _seconds in arrived]


async def bare(server: Server, options: argparse.Namespace, folder: Path) -> None:
    """Have as many come to a bare page of Streamlit with the same widgets, texts and data."""
    from benchmarks import _bare_plan, rerun

    page, query, _button = parts(options.mix, 0)
    os.environ[_bare_plan.FOLDER] = str(folder)
    plain = Server(folder, own_data=False, script="benchmarks/_bare_app.py")
    try:
        plain.wait()
        ours = await rerun.arrive(server, page, query)
        rerun.bare(ours, "class", server.url, folder)
        print("a bare page, the same way; ", end="")
        came = await arrivals(plain, [("", "plan=class", "")] * options.visitors, options.over)
        await asyncio.gather(*(visitor.socket.close() for visitor in (*came, ours)))
    finally:
        plain.stop()


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


async def measure(server: Server, options: argparse.Namespace, folder: Path) -> int:
    """Measure and print."""
    count = options.visitors
    first, alone = await arrive(server, parts(options.mix, 0), asyncio.Semaphore(GATE))
    print(f"{count} visitors, mix {options.mix}; one alone: {alone:.2f} s, {server_usage(server)[1]:.0f} MB")
    if options.bare:
        await bare(server, options, folder)
    class_ = await arrivals(server, [parts(options.mix, number) for number in range(1, count + 1)], options.over)
    training = [visitor for visitor in class_ if visitor.button]
    trained = await asyncio.gather(*(press(visitor, random.uniform(0, options.over)) for visitor in training))
    print(f"Train answered: {said(trained)}", flush=True)
    before, start = server_usage(server)[0], time.monotonic()
    await asyncio.gather(
        *(visitor.watch(server, options.seconds, number, count) for number, visitor in enumerate(class_))
    )
    took, spent = time.monotonic() - start, server_usage(server)[0] - before
    rates = sorted(visitor.pictures / took for visitor in training)
    print(
        f"pictures a second and visitor: median {statistics.median(rates):.2f}, least {rates[0]:.2f}; "
        f"server {spent / took:.2f} processors, {server_usage(server)[1]:.0f} MB"
    )
    clicks = [seconds for visitor in training for seconds in visitor.answers]
    print(f"Pause and Resume answered: {said(clicks, 1000, 'ms')}")
    others = [seconds for visitor in class_ if not visitor.button for seconds in visitor.answers]
    if others:
        print(f"other pages run again: {said(others, 1000, 'ms')}")
    errors = [error for visitor in class_ for error in visitor.errors]
    print(f"errors seen: {len(errors)} {sorted(set(errors))[:3] if errors else ''}")
    await asyncio.gather(*(visitor.socket.close() for visitor in (*class_, first)))
    return 1 if errors else 0


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visitors", type=int, default=30, help="at once (default 30)")
    parser.add_argument("--mix", choices=("same", "seeds", "lessons"), default="same", help="what they do")
    parser.add_argument("--bare", action="store_true", help="let as many come to a bare page first")
    parser.add_argument("--over", type=float, default=0.0, help="seconds of arriving, then of pressing (default 0)")
    parser.add_argument("--seconds", type=float, default=20.0, help="of watching (default 20)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), own_data=False)
        try:
            server.wait()
            return asyncio.run(measure(server, options, Path(folder)))
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
