"""What a teacher sets by hand is in the address, and the address alone brings it back: once per mode."""

import pytest

pytest.importorskip("playwright")
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def again(page, marker: str) -> None:
    """Open the present address as a visitor who has never been here."""
    page.context.clear_cookies()
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("heading", name=marker).wait_for()
    other.close()


def settle(page, parameter: str) -> None:
    page.wait_for_url(f"**{parameter}*")
    page.locator("[data-test-script-state='notRunning']").first.wait_for(state="attached")


def test_one_layer(page, server) -> None:
    page.goto(f"{server}/conv_calculator?lang=en")
    page.get_by_role("radio", name="Max pool").click()
    page.get_by_role("spinbutton", name="Input side H").fill("9")
    page.keyboard.press("Enter")
    settle(page, "conv_height=9")
    page.get_by_role("heading", name="1 × 9 × 9 → 1 × 7 × 7").wait_for()
    page.get_by_text("More", exact=True).click()
    page.get_by_role("switch", name="Round up").press("Space")  # while the expander slides open a click is lost
    settle(page, "conv_ceil_mode=1")
    page.get_by_role("heading", name="1 × 9 × 9 → 1 × 7 × 7").wait_for()
    again(page, "1 × 9 × 9 → 1 × 7 × 7")


def test_a_chain(page, server) -> None:
    page.goto(f"{server}/conv_calculator?lang=en")
    page.get_by_role("radio", name="A chain").click()
    page.get_by_role("textbox", name="Filters FN of layer 1").fill("7")
    page.keyboard.press("Tab")
    page.get_by_role("textbox", name="Input C×H×W").fill("2x40x32")
    page.keyboard.press("Enter")
    settle(page, "conv_image=2x40x32")
    page.get_by_role("button", name="Remove layer 7").click()
    page.get_by_role("alert").filter(has_text="layer 6 (linear F6)").wait_for()
    page.get_by_role("button", name="a flatten before it").click()
    page.get_by_role("heading", name="2 × 40 × 32 → 84").wait_for()
    settle(page, "flatten")
    again(page, "2 × 40 × 32 → 84")


def test_a_picture(page, server) -> None:
    page.goto(f"{server}/conv_calculator?lang=en")
    page.get_by_role("radio", name="On a picture").click()
    page.locator(".ck-figures figure").first.wait_for()
    padding = page.get_by_role("spinbutton", name="Padding P")
    expect(padding).to_have_count(1)  # the one of the mode before is gone
    padding.fill("2")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="1 × 28 × 28 → 8 × 30 × 30").wait_for()
    settle(page, "conv_padding=2")
    expect(page.locator(".ck-figures figure")).to_have_count(9)
    again(page, "1 × 28 × 28 → 8 × 30 × 30")
