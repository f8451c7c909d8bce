"""How long a class waits for a new server: ``python -m benchmarks.first_start [--folder FOLDER] [--cases …]``.

Clones this repository (what is committed), starts ``make run`` in the clone as a teacher would, and says after how many
seconds the first page is drawn, in a real Chromium that is running already, a first training has updates, and one has
updates of the compiled engine: Train is pressed in lesson 2 again and again until that is so.

    fresh       nothing there: pip installs (from where pip is told to), the engine is compiled
    again       all is there
    no cache    compiled code deleted before the start: another process compiles while the server serves
    deleted     compiled code deleted while the server of "again" runs
    unwritable  the cache's folder cannot be written to
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from playwright.sync_api import Error, Page, sync_playwright

from tools.browser import find

ROOT = Path(__file__).resolve().parents[1]
CASES = ("fresh", "again", "deleted", "no cache", "unwritable")
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PATIENCE_S = 1200.0


class Server:
    """``make run``, and when it said what."""

    def __init__(self, clone: Path, cache: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url, self.started, self.said = f"http://127.0.0.1:{port}", time.monotonic(), ""
        self._process = subprocess.Popen(
            ["make", "run", f"PORT={port}"],
            cwd=clone,
            env=os.environ | {"CHALKNET_COMPILED": str(cache)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def stop(self) -> None:
        """End it and what it started."""
        os.killpg(self._process.pid, signal.SIGTERM)
        self._process.wait(30)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith(("Installing", "Compiling")):
                self.said += f"  {line.split()[0].lower()} from {time.monotonic() - self.started:.0f} s"


def first_page(page: Page, server: Server) -> float:
    """Return after how many seconds the first page is drawn."""
    while time.monotonic() < server.started + PATIENCE_S:
        try:
            page.goto(server.url, timeout=60_000)
            page.locator("h1").first.wait_for(timeout=60_000)
            return time.monotonic() - server.started
        except Error:
            time.sleep(0.1)
    raise SystemExit(f"no page: {server.said}")


def updates(page: Page, server: Server, since: float) -> tuple[float, float]:
    """Return after how many seconds a training has updates, and compiled ones."""
    page.goto(f"{server.url}/dnn_playground?lang=en")
    page.locator(".st-key-dnn_train button:visible").first.wait_for(timeout=60_000)
    first = 0.0
    while time.monotonic() < since + PATIENCE_S:
        page.locator(".st-key-dnn_train button:visible").first.click(timeout=60_000)
        page.get_by_text("This run: ").first.wait_for(state="attached", timeout=60_000)
        first = first or time.monotonic() - since
        try:
            page.get_by_text("agree with PyTorch's").first.wait_for(state="attached", timeout=1500)
            return first, time.monotonic() - since
        except Error:
            continue
    raise SystemExit("no compiled update")


def main() -> None:
    """Read the command line and measure case by case."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, help="where the clone is, or is made (default: a new temporary one)")
    parser.add_argument("--cases", nargs="+", choices=CASES, default=CASES)
    given = parser.parse_args()
    base = given.folder or Path(tempfile.mkdtemp(prefix="chalknet-first-"))
    clone, cache = base / "chalknet", base / "compiled"
    if not clone.exists():
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    (base / "no folder").write_text("")
    chromium = find()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        server = None
        try:
            for case in given.cases:
                page = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 720}).new_page()
                if case in ("no cache", "deleted"):
                    shutil.rmtree(cache, ignore_errors=True)
                if case == "deleted" and server is not None:
                    _first, compiled = updates(page, server, time.monotonic())
                    print(f"{case:12} compiled update {compiled:.1f} s after lesson 2 was asked for", flush=True)
                    continue
                if server is not None:
                    server.stop()
                server = Server(clone, base / "no folder" / "compiled" if case == "unwritable" else cache)
                seconds = first_page(page, server)
                first, compiled = updates(page, server, server.started)
                told = f"first page {seconds:.1f} s  first update {first:.1f} s  compiled {compiled:.1f} s{server.said}"
                print(f"{case:12} {told}", flush=True)
                page.close()
        finally:
            if server is not None:
                server.stop()
        browser.close()
    if given.folder is None:
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    main()
