"""Take the README's pictures from the real app: ``make pictures``.

The app is started as the browser tests start it, the lessons are used as a student would, and what they then look like
goes to docs/pictures. MNIST comes from where the app finds it (CHALKNET_DATA, CHALKNET_MNIST_MIRROR).
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from tools.browser import find

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
PATIENCE_MS = 400_000
SIZE = {"width": 1280, "height": 800}
# A three, as shares of the board's side.
STROKES = [
    [(0.3, 0.22), (0.45, 0.13), (0.62, 0.16), (0.7, 0.28), (0.63, 0.41), (0.45, 0.48)],
    [(0.45, 0.48), (0.65, 0.53), (0.74, 0.67), (0.66, 0.82), (0.48, 0.88), (0.28, 0.8)],
]


def write_digit(page: Page) -> None:
    """Write on the pad and wait for the answer."""
    board = page.locator("canvas.upper-canvas")
    board.wait_for(timeout=PATIENCE_MS)
    expect(page.locator("[data-testid=probabilities]").first).to_be_visible(timeout=PATIENCE_MS)
    box = board.bounding_box()
    assert box is not None
    for stroke in STROKES:
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
        page.mouse.move(*points[0])
        page.mouse.down()
        for x, y in points[1:]:
            page.mouse.move(x, y, steps=6)
        page.mouse.up()
    page.mouse.move(5, 790)
    page.wait_for_timeout(2000)


def train(page: Page, prefix: str) -> None:
    """Press Train and wait for the end of the run."""
    page.locator(f".st-key-{prefix}train button:visible").click(timeout=PATIENCE_MS)
    expect(page.get_by_text(re.compile(r"Finished|训练完成|已完成"))).to_be_visible(timeout=PATIENCE_MS)
    page.mouse.move(5, 790)
    page.wait_for_timeout(1500)


def step(page: Page) -> None:
    """Let the window of the convolution stand on its second place."""
    page.locator(".stepper .play").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(800)


SHOTS = {
    "home": ("?lang=en", "light", write_digit),
    "data_split": ("data_split?lang=en&split_how=random&split_seed=1", "light", lambda page: None),
    "dnn_playground": (
        "dnn_playground?lang=en&dnn_loss=cross_entropy&dnn_optimiser=adam",
        "light",
        lambda page: train(page, "dnn_"),
    ),
    "conv_calculator": ("conv_calculator?lang=en", "light", step),
    "lenet_training": ("lenet_training?lang=en&lenet_cell=c3.5.4.5", "dark", lambda page: train(page, "lenet_")),
    "sketch_pad": ("sketch_pad?lang=zh", "dark", write_digit),
}


def main(names: list[str]) -> None:
    """Take the named pictures, or all of them."""
    # Not at the top: a test reads the addresses above.
    from tests.browser.conftest import FLAGS, Server, new_context, open_page, settle

    executable = find()
    if executable is None:
        raise SystemExit("No Chromium here: python -m tools.browser installs one.")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        app = Server(Path(folder), own_data=False)
        try:
            app.wait()
            browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
            for name in names or SHOTS:
                address, scheme, prepare = SHOTS[name]
                page = new_context(browser, viewport=SIZE, color_scheme=scheme).new_page()
                open_page(page, f"{app.url}/{address}")
                prepare(page)
                settle(page)
                page.wait_for_timeout(700)
                picture = Image.open(io.BytesIO(page.screenshot()))
                # 256 colours are enough for a page, and a third of the bytes.
                picture.convert("RGB").quantize(256).save(PICTURES / f"{name}.png", optimize=True)
                page.context.close()
                print(f"docs/pictures/{name}.png", flush=True)
            browser.close()
        finally:
            app.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
