"""LeNet-5 trained by the app, with its page open in a browser, beside the course's notebook loop, in turns.

    python -m benchmarks.lenet_live [--rounds 6] [--query lenet_look=maps]

A real server trains on one worker while a real Chromium shows the page; between two such spells the run is paused and
the notebook's loop trains in this process, on one thread. Printed: milliseconds an update of both, and the ratios of
neighbouring spells. What the page does at its looks at the test set is shown apart: the notebook has none.

On a machine that others use too, everything waits for a processor, and the app with its server and browser more than
one loop. Linux counts each thread's own time (/proc/…/schedstat): shown are the two workers' alone, and that of the
whole server, as if every line of the page's Python held up the training. On a quiet machine the truth lies between.
"""

from __future__ import annotations

import argparse
import itertools
import re
import statistics
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch
from playwright.sync_api import Page, sync_playwright

from benchmarks import _notebook as notebook
from core.data import grey, mnist
from core.training.courses import COURSES
from tests.browser.conftest import FLAGS, PROGRESS, Server, new_context, open_page
from tools.browser import find
from ui.lenet.settings import looks

SPELL_S = 6.0
UPDATES = 30  # of the notebook at a time
EPOCHS = 50
STEP = re.compile(r"update ([\d,]+) of ([\d,]+)")


def place(page: Page) -> tuple[float, int]:
    """Return the time and the update that the page shows."""
    found = STEP.search(page.locator(PROGRESS).first.inner_text())
    return time.perf_counter(), int(found[1].replace(",", "")) if found else 0


def busy(process: int) -> dict[int, float]:
    """Return each thread's seconds on a processor; {} where that is not counted."""
    found = {}
    for task in Path(f"/proc/{process}/task").glob("*"):
        with suppress(OSError):
            found[int(task.name)] = int((task / "schedstat").read_text().split()[0]) / 1e9
    return found


def spell(page: Page, between: float, server: int) -> tuple[float, float, float, float]:
    """Let the run go on for a while; return seconds an update: in all, between looks, of the workers, of the server.

    Args:
        page: where it runs.
        between: updates between two looks.
        server: its process.
    """
    begin = busy(server)
    begun_at = place(page)[1]
    seen = [place(page)]
    until = seen[0][0] + SPELL_S
    while time.perf_counter() < until or len(seen) < 4:
        page.wait_for_timeout(100)
        now = place(page)
        if now[1] != seen[-1][1]:
            seen.append(now)
    (begun, first), (ended, last) = seen[1], seen[-1]
    free = [
        (b[0] - a[0], b[1] - a[1])
        for a, b in itertools.pairwise(seen[1:])
        if a[1] // between == b[1] // between and a[1] % between >= 1  # no look has begun or goes on
    ]
    end, ended_at = busy(server), place(page)[1]
    spent = sorted(seconds - begin.get(thread, 0.0) for thread, seconds in end.items())
    return (
        (ended - begun) / (last - first),
        sum(part[0] for part in free) / max(1, sum(part[1] for part in free)),
        sum(spent[-2:]) / (ended_at - begun_at),  # of a single run, both workers take turns
        sum(spent) / (ended_at - begun_at),
    )


def press(page: Page, name: str) -> None:
    """Press one of the run's buttons and wait for the next one."""
    page.get_by_role("button", name=name, exact=True).first.click()
    page.get_by_role("button", name="Resume" if name == "Pause" else "Pause", exact=True).first.wait_for()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--query", default="", help="of the page's address, such as lenet_look=curves")
    options: Any = parser.parse_args()
    torch.set_num_threads(1)
    digits = mnist.load()
    dataset = notebook.Digits(grey.denormalise(digits.train_images).squeeze(1), digits.train_labels)
    chromium = find()
    config, net = COURSES["lenet5"], notebook.lenet5()

    def loop() -> tuple[float, float]:
        started, before = time.perf_counter(), time.thread_time()
        notebook.train_on_digits(
            net, dataset, lr=config.lr, batch_size=config.batch_size, epochs=1, seed=0, updates=UPDATES
        )
        return (time.perf_counter() - started) / UPDATES, (time.thread_time() - before) / UPDATES

    rows = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder), own_data=False)
        try:
            server.wait()
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            page = new_context(browser).new_page()
            open_page(page, f"{server.url}/lenet_training?lenet_epochs={EPOCHS}&{options.query}")
            page.get_by_role("button", name="Train", exact=True).first.click(timeout=120_000)
            page.wait_for_timeout(6_000)
            epoch = -(-len(digits.train_labels) // config.batch_size)
            between = EPOCHS * epoch / looks(EPOCHS, epoch, len(digits.test_labels))
            loop()
            for _ in range(options.rounds):
                ours = spell(page, between, server._process.pid)
                press(page, "Pause")
                rows.append((*ours, *loop()))
                print("  ".join(f"{seconds * 1000:.1f} ms" for seconds in rows[-1]), flush=True)
                press(page, "Resume")
            browser.close()
        finally:
            server.stop()
    whole, free, workers, server_s, theirs, alone = (
        statistics.median(column) * 1000 for column in zip(*rows, strict=True)
    )
    print(f"notebook {theirs:.1f} ms an update, of which {alone:.1f} ms on a processor")
    print(f"app {whole:.1f} ms an update with its looks at the test set, {free:.1f} ms between two of them")
    print(f"on a processor: {workers:.1f} ms in its workers (looks included), {server_s:.1f} ms in the whole server")
    for name, ours, other in (
        ("looks included", 0, 4),
        ("between two looks", 1, 4),
        ("processor time, workers alone, looks included", 2, 5),
        ("processor time, whole server, looks included", 3, 5),
    ):
        ratios = sorted(row[other] / row[ours] for row in rows)
        print(f"notebook / app, {name}: {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})")


if __name__ == "__main__":
    main()
