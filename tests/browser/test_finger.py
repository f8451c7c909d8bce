"""A finger on a phone: what it writes on the board is read, and the page stays where it is meanwhile."""

from __future__ import annotations

import re
from itertools import pairwise

from playwright.sync_api import Page, expect

from tests.browser.conftest import open_page

# As shares of the board's sides; 1 or 7, as the hand will have it.
SEVEN = [(0.25, 0.2), (0.5, 0.19), (0.75, 0.2), (0.65, 0.4), (0.55, 0.62), (0.45, 0.85)]


def test_a_digit_is_drawn_with_a_finger(server: str, phone: Page) -> None:
    open_page(phone, f"{server}/sketch_pad")
    read = phone.locator("[data-testid=probabilities]")
    expect(read).to_have_attribute("data-digit", "")
    board = phone.locator("canvas.upper-canvas")
    board.scroll_into_view_if_needed()
    box, at = board.bounding_box(), scrolled(phone)
    assert box is not None
    device = phone.context.new_cdp_session(phone)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        places = [{"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"], "id": 1} for x, y in points]
        device.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    touch("touchStart", SEVEN[0])
    for (x0, y0), (x1, y1) in pairwise(SEVEN):
        for part in range(1, 9):
            touch("touchMove", (x0 + (x1 - x0) * part / 8, y0 + (y1 - y0) * part / 8))
    touch("touchEnd")
    expect(read).to_have_attribute("data-digit", re.compile("[17]"))
    assert scrolled(phone) == at  # a stroke downwards is a stroke, not a swipe
    phone.locator(".st-key-clear_lesson button").tap()
    expect(read).to_have_attribute("data-digit", "")


def scrolled(page: Page) -> float:
    """Return how far the page is scrolled, in pixels."""
    return page.locator("[data-testid=stMain]").evaluate("main => main.scrollTop + window.scrollY")
