"""On a phone, in Chinese: no tab behind an arrow, no label cut in two, and the small tables fit."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright")
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, open_page, settle

pytestmark = pytest.mark.browser
WIDTH = PHONE["viewport"]["width"]


@pytest.mark.parametrize("address", ["dnn_playground", "lenet_training", "sketch_pad", "data_split"])
def test_all_tabs_are_in_view(phone: Page, server: str, address: str) -> None:
    open_page(phone, f"{server}/{address}?lang=zh&inside=why")
    tabs = phone.locator("[role=tablist]").last.get_by_role("tab")
    expect(tabs.filter(has_text="为什么")).to_have_attribute("aria-selected", "true")
    boxes = [tab.bounding_box() for tab in tabs.all()]
    assert len(boxes) >= 3
    for box in boxes:
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= WIDTH


@pytest.mark.parametrize(("address", "inside"), [("data_split", "numbers"), ("sketch_pad", "networks")])
def test_small_tables_fit(phone: Page, server: str, address: str, inside: str) -> None:
    open_page(phone, f"{server}/{address}?lang=zh&inside={inside}")
    table = phone.locator("[role=tabpanel] .ck-scroll table").first
    table.scroll_into_view_if_needed()
    assert table.evaluate("it => it.scrollWidth <= it.closest('.ck-scroll').clientWidth")


def test_a_button_s_label_stays_on_its_line(phone: Page, server: str) -> None:
    open_page(phone, f"{server}/dnn_playground?lang=zh")
    label = phone.get_by_role("button", name="更新一次").locator("p").first
    settle(phone)
    lines = "it => { const r = document.createRange(); r.selectNodeContents(it); return r.getClientRects().length }"
    assert label.evaluate(lines) <= 2  # icon and words
    assert label.evaluate("it => it.getBoundingClientRect().height") < 30
