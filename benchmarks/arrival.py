"""First pages: ``python -m benchmarks.arrival [--visitors 200] [--page dnn_playground] [--seconds 10]``.

A browser opens each page, first with an empty cache, then again: its requests, its bytes on the wire with all headers,
and what comes over Streamlit's socket. Then visitors without browsers arrive, spread over some seconds: each fetches
what the browser fetched over six connections, and has the page's script run once. Printed: bytes, and the server's
seconds of processor; the same once more with Streamlit serving its files itself, in turn.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from benchmarks.whole_class import GATE, arrive, said, server_usage
from tests.browser.conftest import FLAGS, Server
from tests.browser.traffic import Traffic
from tools.browser import find
from ui.static_files import PAGES

CONNECTIONS = 6  # of a browser with one server


@contextmanager
def serving(script: str) -> Iterator[Server]:
    """Give a ready server."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder), own_data=False, script=script)
        try:
            server.wait()
            yield server
        finally:
            server.stop()


def pages(server: Server, names: Sequence[str]) -> dict[str, list[str]]:
    """Print each page's traffic, and return what a first visit fetched."""
    fetched = {}
    print("page              first: requests      kB  again: requests     kB  socket: messages     kB")
    executable = find()  # before Playwright runs, which it asks as well
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        for name in names:
            context = browser.new_context(viewport={"width": 1280, "height": 720})
            first, again = (Traffic(context, f"{server.url}/{name}") for _ in range(2))
            context.close()
            fetched[name] = first.paths
            print(
                f"{name or 'home':18}{len(first.paths):16}{first.bytes / 1e3:8.0f}{len(again.paths):17}"
                f"{again.bytes / 1e3:7.1f}{first.frames:18}{first.told / 1e3:7.1f}",
                flush=True,
            )
        browser.close()
    return fetched


async def fetch(port: int, paths: list[str]) -> int:
    """Fetch from a list over one connection until it is empty, and return the bytes that came."""
    came = 0
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while paths:
        asked = f"GET {paths.pop()} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: gzip, deflate\r\n\r\n"
        writer.write(asked.encode())
        head = await reader.readuntil(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode("latin-1").lower().split("\r\n")[1:] if line)
        came += len(head)
        if "content-length" in fields:
            came += len(await reader.readexactly(int(fields["content-length"])))
            continue
        while True:  # in chunks
            size = await reader.readline()
            came += len(size) + len(await reader.readexactly(int(size, 16) + 2))
            if int(size, 16) == 0:
                break
    writer.close()
    return came


async def visitor(server: Server, page: str, paths: Sequence[str], wait: float, gate: asyncio.Semaphore) -> Any:
    """Arrive after some seconds; return bytes, seconds until the files were there, and then until the page was."""
    await asyncio.sleep(wait)
    start, wanted = time.monotonic(), list(paths[::-1])
    came = sum(await asyncio.gather(*(fetch(server.port, wanted) for _ in range(CONNECTIONS))))
    files = time.monotonic() - start
    someone, script = await arrive(server, page, "", gate)
    await someone.socket.close()
    return came, files, script, len(someone.errors)


async def crowd(server: Server, page: str, paths: Sequence[str], options: argparse.Namespace, name: str) -> int:
    """Let everyone arrive and print what it took; returns how many saw an error."""
    gate = asyncio.Semaphore(GATE)
    await visitor(server, page, paths, 0, gate)  # nobody measured is the first
    before = server_usage(server)[0]
    waits = (options.seconds * number / options.visitors for number in range(options.visitors))
    seen = await asyncio.gather(*(visitor(server, page, paths, wait, gate) for wait in waits))
    spent = server_usage(server)[0] - before
    print(
        f"{name:22}{sum(came for came, *_ in seen) / 1e6:8.1f} MB, {spent:6.2f} s of processor; "
        f"files there: {said([files for _, files, *_ in seen])}; page there: {said([row[2] for row in seen])}",
        flush=True,
    )
    return sum(row[3] for row in seen)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visitors", type=int, default=0, help="who arrive (default 0: only the pages)")
    parser.add_argument("--seconds", type=float, default=10.0, help="within which they arrive (default 10)")
    parser.add_argument("--page", default="dnn_playground", help="where they arrive (default dnn_playground)")
    options = parser.parse_args()
    names = ["", *sorted(path.stem for path in PAGES.glob("*.py") if path.stem not in ("index", "home"))]
    with serving("app.py") as ours:
        fetched = pages(ours, names)
        if not options.visitors:
            return 0
        print(f"{options.visitors} visitors within {options.seconds:.0f} s on {options.page}")
        errors = 0
        with serving("benchmarks/_plain_app.py") as plain:
            for _turn in range(2):
                for server, name in ((ours, "as it is"), (plain, "served by Streamlit")):
                    errors += asyncio.run(crowd(server, options.page, fetched[options.page], options, name))
        print(f"errors seen: {errors}")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
