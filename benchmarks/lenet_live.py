"""LeNet-5 trained by the app, with its page open in a browser, beside the course's notebook loop, in turns.

    python -m benchmarks.lenet_live [--rounds 6] [--query lenet_look=maps]

A real server trains on one worker while a real Chromium shows the page; between two such spells the run is paused and
the notebook's loop trains in this process, on one thread. Printed: milliseconds an update of both, and the ratios of
neighbouring spells. What the page does at its looks at the test set is shown apart: the notebook has none.
"""

from __future__ import annotations

import argparse
import itertools
import re
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from playwright.sync_api import Page, sync_playwright

from benchmarks import _notebook as notebook
from core.data import mnist
from core.training.courses import COURSES
from tests.browser.conftest import FLAGS, Server, new_context, open_page
from tools.browser import find

SPELL_S = 6.0
UPDATES = 30  # of the notebook at a time
STEP = re.compile(r"update ([\d,]+) of ([\d,]+)")


def place(page: Page) -> tuple[float, int]:
    """Return the time and the update that the page shows."""
    found = STEP.search(page.locator("[data-testid=stProgress]").first.inner_text())
    return time.perf_counter(), int(found[1].replace(",", "")) if found else 0


def spell(page: Page, between: int) -> tuple[float, float]:
    """Let the run go on for a while; return seconds an update, with the looks and without.

    Args:
        page: where it runs.
        between: updates between two looks.
    """
    seen = [place(page)]
    while seen[-1][0] - seen[0][0] < SPELL_S:
        page.wait_for_timeout(100)
        now = place(page)
        if now[1] != seen[-1][1]:
            seen.append(now)
    (begun, first), (ended, last) = seen[1], seen[-1]
    free = [
        (b[0] - a[0], b[1] - a[1])
        for a, b in itertools.pairwise(seen[1:])
        if a[1] // between == (b[1] - 1) // between and a[1] % between
    ]
    return (ended - begun) / (last - first), sum(part[0] for part in free) / sum(part[1] for part in free)


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
    dataset = notebook.Digits(mnist.denormalise(digits.train_images).squeeze(1), digits.train_labels)
    chromium = find()
    config, net = COURSES["lenet5"].config, notebook.lenet5()

    def loop() -> float:
        started = time.perf_counter()
        notebook.train_on_digits(
            net, dataset, lr=config.lr, batch_size=config.batch_size, epochs=1, seed=0, updates=UPDATES
        )
        return (time.perf_counter() - started) / UPDATES

    rows = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder), own_data=False)
        server.wait()
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        try:
            page = new_context(browser).new_page()
            open_page(page, f"{server.url}/lenet_training?lenet_epochs=50&{options.query}")
            page.get_by_role("button", name="Train", exact=True).first.click(timeout=120_000)
            page.wait_for_timeout(6_000)
            between = -(-len(digits.train_labels) // config.batch_size) // 4
            loop()
            for _ in range(options.rounds):
                whole, free = spell(page, between)
                press(page, "Pause")
                rows.append((whole, free, loop()))
                press(page, "Resume")
        finally:
            browser.close()
            server.stop()
    whole, free, theirs = (statistics.median(column) * 1000 for column in zip(*rows, strict=True))
    print(f"notebook {theirs:.1f} ms an update; the app {free:.1f} ms, {whole:.1f} ms with its looks at the test set")
    for name, at in (("between two looks", 1), ("looks included", 0)):
        ratios = sorted(row[2] / row[at] for row in rows)
        print(f"notebook / app, {name}: {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})")


if __name__ == "__main__":
    main()
