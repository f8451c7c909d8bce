"""Light and dark, switched while the page is open: what Python coloured follows, and nothing shines through."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright")
from playwright.sync_api import Page, expect

from tests.browser.conftest import open_page
from ui import design

pytestmark = pytest.mark.browser

# The corner of the answer's picture, which is painted in the ground that Python sent.
CORNER = """() => {
  const found = []
  const walk = (node) => {
    for (const element of node.querySelectorAll("*")) {
      if (element.shadowRoot) walk(element.shadowRoot)
      if (element.tagName === "CANVAS" )
        found.push([...element.getContext("2d").getImageData(0, 0, 1, 1).data].join())
    }
  }
  walk(document)
  return found
}"""


def ground(index: int) -> str:
    value = design.PALETTE["ground"][index]
    return ",".join(str(int(value[at : at + 2], 16)) for at in (1, 3, 5)) + ",255"


def test_a_switch_of_the_system_s_theme_reaches_the_charts(page: Page, server: str) -> None:
    page.emulate_media(color_scheme="light")
    open_page(page, f"{server}/dnn_playground?dnn_data=circle")
    for scheme, index in (("light", 0), ("dark", 1), ("light", 0)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.wait_for_function(f"() => ({CORNER})().includes('{ground(index)}')")


def test_nothing_shines_through_a_phone_s_header(phone: Page, server: str) -> None:
    open_page(phone, f"{server}/dnn_playground")
    header = phone.locator(".stAppHeader")
    expect(header).to_have_css("background-color", "rgb(255, 255, 255)")
    header_box, title_box = header.bounding_box(), phone.locator("h1").bounding_box()
    assert header_box is not None
    assert title_box is not None
    assert title_box["y"] >= header_box["height"]
