"""The table of a chain in a real browser: every change by keyboard, on a phone, and in the address."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

pytest.importorskip("playwright")
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PAGE = "/conv_calculator?lang=en&conv_mode=chain"
SMALL = '[{"type":"conv","filters":6,"kernel_size":5},{"type":"maxpool","kernel_size":2}]'


def open_chain(page, server: str, **more: str) -> None:
    from urllib.parse import urlencode

    page.goto(f"{server}{PAGE}&{urlencode(more)}")
    page.locator(".chain table").wait_for()


def heading(page, text: str) -> None:
    page.get_by_role("heading", name=text).wait_for()


def own(page) -> list:
    page.wait_for_url("**conv_own=*")
    return json.loads(parse_qs(urlsplit(page.url).query)["conv_own"][0])


def test_a_layer_is_changed_by_keyboard_and_the_focus_stays(page, server) -> None:
    open_chain(page, server)
    field = page.get_by_role("textbox", name="Filters FN of layer 1")
    field.fill("8")
    field.press("Tab")  # to the window of the same layer
    page.keyboard.type("3x5")
    page.keyboard.press("Enter")
    page.locator(".chain td.output", has_text="8×30×28").wait_for()
    window = page.get_by_role("textbox", name="Window of layer 1")
    assert window.input_value() == "3×5"
    assert window.evaluate("field => field === field.getRootNode().activeElement")
    assert own(page)[0] == {
        "type": "conv", "filters": 8, "kernel_size": [3, 5], "padding": 2, "activation": "tanh", "name": "C1",
    }  # fmt: skip
    page.reload()
    page.locator(".chain td.output", has_text="8×30×28").wait_for()


def test_layers_are_added_moved_and_removed_by_keyboard(page, server) -> None:
    open_chain(page, server, conv_own=SMALL)
    heading(page, "1 × 28 × 28 → 6 × 12 × 12")
    page.get_by_role("button", name="Add a layer after layer 2").press("Enter")
    heading(page, "1 × 28 × 28 → 6 × 12 × 12")
    page.get_by_role("combobox", name="Kind of layer 3").select_option("flatten")
    heading(page, "1 × 28 × 28 → 864 × 1 × 1")
    page.get_by_role("button", name="Move layer 2 up").press("Enter")
    heading(page, "1 × 28 × 28 → 600 × 1 × 1")
    moved = page.get_by_role("button", name="Move layer 2 up")
    page.get_by_role("button", name="Remove layer 2").press("Enter")
    heading(page, "1 × 28 × 28 → 196 × 1 × 1")
    expect(moved).to_have_count(1, timeout=30_000)
    assert [row["type"] for row in own(page)] == ["maxpool", "flatten"]
    page.get_by_role("button", name="More of layer 1").press("Enter")
    page.get_by_role("textbox", name="Dilation of layer 1").fill("2")
    page.keyboard.press("Enter")
    heading(page, "1 × 28 × 28 → 169 × 1 × 1")  # ⌊(28 − 3)/2⌋ + 1 = 13
    page.get_by_role("checkbox", name="Round up of layer 1").press("Space")
    heading(page, "1 × 28 × 28 → 196 × 1 × 1")


def test_nonsense_stays_in_its_field_and_is_one_sentence(page, server) -> None:
    open_chain(page, server, conv_own=SMALL)
    page.get_by_role("textbox", name="Window of layer 1").fill("5a")
    page.keyboard.press("Enter")
    page.get_by_role("alert").filter(has_text="layer 1 (conv): kernel_size (='5a')").wait_for()
    assert page.get_by_role("textbox", name="Window of layer 1").input_value() == "5a"
    expect(page.locator(".chain tr.stopped")).to_have_count(1, timeout=30_000)
    page.get_by_role("textbox", name="Window of layer 1").fill("")
    page.keyboard.press("Enter")
    page.get_by_role("alert").filter(has_text="kernel_size is missing").wait_for()
    page.get_by_role("textbox", name="Window of layer 1").fill("5")
    page.keyboard.press("Enter")
    heading(page, "1 × 28 × 28 → 6 × 12 × 12")
    expect(page.get_by_role("alert")).to_have_count(0, timeout=30_000)


def test_changes_one_after_the_other_lose_nothing(page, server) -> None:
    open_chain(page, server, conv_own=SMALL)
    changes = (("Filters FN", "9", "9 × 12 × 12"), ("Window", "3", "9 × 13 × 13"), ("Padding", "1", "9 × 14 × 14"))
    for name, value, output in changes:
        page.get_by_role("textbox", name=f"{name} of layer 1").fill(value)
        page.keyboard.press("Tab")
        heading(page, f"1 × 28 × 28 → {output}")


def test_too_long_a_chain_is_refused_where_it_is_typed(page, server) -> None:
    rows = [{"type": "conv", "filters": 6, "kernel_size": 3, "padding": 1, "name": "x" * 20}] * 22
    open_chain(page, server, conv_own=json.dumps(rows, separators=(",", ":")))
    for _ in range(3):
        page.get_by_role("button", name="Add a layer after layer 22").click()
        page.wait_for_timeout(500)
    page.locator(".chain .note", has_text="too long for a link").wait_for()


def test_a_pasted_network_becomes_the_chain(page, server) -> None:
    open_chain(page, server)
    page.get_by_text("Paste nn.Sequential").click()
    page.get_by_role("textbox", name="Python text").fill("nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Dropout())")
    page.get_by_role("button", name="Read it").click()
    heading(page, "3 × 28 × 28 → 4 × 26 × 26")
    page.get_by_text("Left out, because it changes no size: Dropout.").wait_for()
    assert own(page) == [{"type": "conv", "filters": 4, "kernel_size": 3, "activation": "relu"}]


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(page, server, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    open_chain(page, server, conv_chain="vgg16")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    table = page.locator(".chain").evaluate("chain => [chain.scrollWidth, chain.clientWidth]")
    assert table[0] <= table[1]
    drawing = page.get_by_role("img", name="The chain as boxes")
    assert "conv5-3 512×14×14" in drawing.get_attribute("aria-label")
