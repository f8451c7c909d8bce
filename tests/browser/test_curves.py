"""Curves in a real browser: exact values by pointer and keys, lines that hide, both themes, growth, a phone."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("playwright")
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, quiet, sent_by, settle
from ui import design

pytestmark = pytest.mark.browser

# The colours of a line and of the ground are found, or not found, among the picture's pixels.
HAS = """(canvas, hex) => {
  const wanted = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16))
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] === 255 && wanted.every((part, place) => data[at + place] === part)) return true
  }
  return false
}"""


@pytest.fixture
def visited(scratch: Server) -> Server:
    return scratch


def open_curves(page: Page, scratch: Server, query: str) -> None:
    page.goto(f"{scratch.url}/curves?{query}")
    page.locator(".curves canvas[data-frames]").wait_for()
    settle(page)


def has(page: Page, meaning: str, scheme: int = 0) -> bool:
    found = page.locator(".curves canvas").evaluate(HAS, design.PALETTE[meaning][scheme])
    return bool(found)


def point(page: Page, share: float) -> None:
    box = page.locator(".curves canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)


def test_pointing_gives_all_lines_values_at_the_nearest_update(page: Page, scratch: Server) -> None:
    open_curves(page, scratch, "lines=2&percent=1&points=11")
    tip = page.locator(".curves .tip")
    expect(tip).to_be_hidden()
    point(page, 0.99)  # every point is an update of line 1, every second one of line 2
    expect(tip.locator(".when")).to_have_text("update: 100")
    expect(tip.locator(".entry")).to_have_text([re.compile(r"^line 1\d\d\.\d\d%$"), re.compile(r"^line 2\d\d\.\d\d%$")])
    point(page, 0.9)
    expect(tip.locator(".when")).to_have_text("update: 90")
    expect(tip.locator(".entry")).to_have_text([re.compile(r"%$"), re.compile(r"% \((80|100)\)$")])
    page.mouse.move(0, 0)
    expect(tip).to_be_hidden()


def test_keys_walk_from_update_to_update_and_say_what_is_there(page: Page, scratch: Server) -> None:
    open_curves(page, scratch, "lines=2&points=20&gap=1")
    said = page.locator(".curves .spoken")
    page.locator(".curves canvas").focus()
    for key, start in (
        ("Home", "update: 0, line 1: "),
        ("ArrowRight", "update: 10, line 1: "),
        ("End", "update: 190, line 1: not finite, line 2: not finite (180)"),
        ("ArrowLeft", "update: 180, line 1: not finite, line 2: not finite"),
    ):
        page.keyboard.press(key)
        expect(said).to_have_text(re.compile(f"^{re.escape(start)}"))
    expect(page.locator(".curves .tip")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".curves .tip")).to_be_hidden()
    expect(said).to_have_text("")


def test_the_legend_hides_a_line_without_a_message_to_the_server(page: Page, scratch: Server) -> None:
    sent = sent_by(page)
    open_curves(page, scratch, "lines=2&explode=1")
    quiet(page, sent)
    assert has(page, "train")
    first = page.locator(".curves").get_by_role("button", name="line 1")
    first.click()
    expect(first).to_have_attribute("aria-pressed", "false")
    assert not has(page, "train")
    assert has(page, "test")
    point(page, 0.5)
    expect(page.locator(".curves .tip .entry")).to_have_count(1)
    first.click()
    assert has(page, "train")
    assert sent == []


def test_colours_follow_the_theme(page: Page, scratch: Server) -> None:
    page.emulate_media(color_scheme="light")
    open_curves(page, scratch, "lines=1")
    canvas = page.locator(".curves canvas")
    canvas.evaluate("element => { element.dataset.mine = 'yes' }")
    for scheme, name in ((1, "dark"), (0, "light")):
        page.emulate_media(color_scheme=name)  # type: ignore[arg-type]
        wanted = design.PALETTE["train"][scheme]
        page.wait_for_function(f"canvas => ({HAS})(canvas, '{wanted}')", arg=canvas.element_handle())
    assert canvas.get_attribute("data-mine") == "yes"


def test_what_is_pointed_at_stays_while_the_lines_grow(page: Page, scratch: Server) -> None:
    open_curves(page, scratch, "lines=1&points=10&live=0.2&end=2000")
    canvas = page.locator(".curves canvas")
    frames = int(canvas.get_attribute("data-frames") or 0)
    canvas.focus()
    for key in ("Home", "ArrowRight"):
        page.keyboard.press(key)
    page.wait_for_function(
        "([canvas, frames]) => canvas.dataset.frames > frames + 3", arg=[canvas.element_handle(), frames]
    )
    expect(page.locator(".curves .when")).to_have_text("update: 10")
    assert canvas.get_attribute("aria-label") == "Some lines."


def test_six_long_names_leave_room_for_the_lines_on_a_phone(phone: Page, scratch: Server) -> None:
    open_curves(phone, scratch, "lines=6&long=1&percent=1&height=300")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    box = phone.locator(".curves canvas").bounding_box()
    assert box is not None
    assert box["height"] >= 120
    ratio = phone.evaluate("devicePixelRatio")
    assert phone.locator(".curves canvas").evaluate("canvas => canvas.width") == round(box["width"] * ratio)
    phone.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tip = phone.locator(".curves .tip")
    expect(tip.locator(".entry")).to_have_count(6)
    inside = tip.bounding_box()
    assert inside is not None
    assert inside["x"] >= box["x"]
    assert inside["x"] + inside["width"] <= box["x"] + box["width"]
