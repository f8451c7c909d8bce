"""What a first page costs, in bytes; and that every icon is in the font that is left."""

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Server, new_context, open_page
from tests.browser.traffic import Traffic
from tools import icons

MOST = 1_250_000
NAMES = ["", "data_split", "dnn_playground", "conv_calculator", "lenet_training", "sketch_pad", "course"]


@pytest.mark.parametrize("name", NAMES)
def test_a_first_page_is_small_and_a_second_next_to_nothing(browser: Browser, app_server: Server, name: str) -> None:
    context = new_context(browser)
    first, again = (Traffic(context, f"{app_server.url}/{name}") for _ in range(2))
    context.close()
    print(
        f"{name or 'home'}: {len(first.paths)} requests, {first.bytes} bytes; again {len(again.paths)}, {again.bytes}"
    )
    assert 50 < len(first.paths) == len(set(first.paths))  # nothing twice
    assert 500_000 < first.bytes + first.told < MOST
    assert len([path for path in first.paths if path.startswith("/chalknet/")]) <= 2
    assert len(again.paths) < 10
    assert again.bytes < 15_000


def test_the_font_that_is_left_has_every_icon(page: Page, server: str) -> None:
    open_page(page, server)
    names = icons.NAMES.read_text("utf-8").split()
    wide = page.evaluate(
        """async (names) => {
          await document.fonts.load("100px 'Material Symbols Rounded'")
          const canvas = document.createElement("canvas").getContext("2d")
          canvas.font = "100px 'Material Symbols Rounded'"
          return names.filter((name) => Math.round(canvas.measureText(name).width) !== 100)
        }""",
        [*names, "no_icon_at_all"],
    )
    assert wide == ["no_icon_at_all"]
