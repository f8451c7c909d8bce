"""The browser's Back and Forward: between a page's settings, between pages, between languages."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import open_page, settle


def sizes(page: Page, height: str, stride: str) -> None:
    """Wait until lesson 3's two numbers and its headline say the same."""
    expect(page.get_by_role("spinbutton", name="Input side H")).to_have_value(height)
    expect(page.get_by_role("spinbutton", name="Stride S")).to_have_value(stride)
    out = (int(height) - 3) // int(stride) + 1
    headline = f"1 × {height} × {height} → 1 × {out} × {out}"
    expect(page.locator("h2").first).to_contain_text(headline)
    settle(page)


def write(page: Page, name: str, value: str) -> None:
    field = page.get_by_role("spinbutton", name=name)
    field.fill(value)
    field.press("Enter")
    settle(page)


def test_back_and_forward_go_through_the_settings_of_a_page(server: str, page: Page) -> None:
    open_page(page, f"{server}/conv_calculator")
    sizes(page, "4", "1")
    write(page, "Input side H", "9")
    sizes(page, "9", "1")
    write(page, "Stride S", "2")
    sizes(page, "9", "2")
    page.go_back()
    sizes(page, "9", "1")
    page.go_back()
    sizes(page, "4", "1")  # what the address does not name is at its default again
    page.go_forward()
    page.go_forward()
    sizes(page, "9", "2")
    expect(page).to_have_url(re.compile(r"conv_height=9&conv_stride=2"))
    write(page, "Stride S", "3")  # and from there the widgets win again
    sizes(page, "9", "3")


def test_back_leads_to_the_page_before_as_it_was_left(server: str, page: Page) -> None:
    open_page(page, f"{server}/conv_calculator?conv_height=9")
    write(page, "Stride S", "2")
    sizes(page, "9", "2")
    page.get_by_role("link", name="1 Data split").first.click()
    expect(page.locator("h1")).to_have_text("Data split")
    settle(page)
    page.go_back()
    expect(page.locator("h1")).to_have_text("Convolution calculator")
    sizes(page, "9", "2")
    expect(page).to_have_url(re.compile(r"conv_calculator\?conv_height=9&conv_stride=2"))
    page.go_forward()
    expect(page.locator("h1")).to_have_text("Data split")
    settle(page)
    expect(page.get_by_text("is not used")).to_have_count(0)


def test_back_takes_the_language_back(server: str, page: Page) -> None:
    open_page(page, f"{server}/data_split")
    page.get_by_role("radio", name="中文").or_(page.get_by_role("button", name="中文")).first.click()
    expect(page.locator("h1")).to_have_text("数据集划分")
    expect(page).to_have_url(re.compile(r"[?&]lang=zh"))
    settle(page)
    page.get_by_role("radio", name="English").or_(page.get_by_role("button", name="English")).first.click()
    expect(page.locator("h1")).to_have_text("Data split")
    expect(page).to_have_url(re.compile(r"[?&]lang=en"))
    settle(page)
    page.go_back()
    expect(page.locator("h1")).to_have_text("数据集划分")
