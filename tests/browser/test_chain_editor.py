"""The table of a chain in a real browser: every change by keyboard, on a phone, and in the address."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

pytest.importorskip("playwright")
from playwright.sync_api import expect

from tests.browser.conftest import visit

pytestmark = pytest.mark.browser

PAGE = "/conv_calculator?lang=en&conv_mode=chain"
SMALL = '[{"type":"conv","filters":6,"kernel_size":5},{"type":"maxpool","kernel_size":2}]'


def open_chain(page, server: str, **more: str) -> None:
    from urllib.parse import urlencode

    page.goto(f"{server}{PAGE}&{urlencode(more)}")
    page.locator(".chain table").wait_for()


def heading(page, text: str) -> None:
    page.get_by_role("heading", name=text).wait_for()


def address_says(page, wanted: object, of=lambda rows: rows) -> None:
    """Wait until what the rows of the address are asked for is as wanted; it comes a moment after the table."""

    def right(url: str) -> bool:
        rows = json.loads(parse_qs(urlsplit(url).query).get("conv_own", ["[]"])[0])
        return bool(rows) and of(rows) == wanted

    page.wait_for_url(right)


def test_a_layer_is_changed_by_keyboard_and_the_focus_stays(page, server) -> None:
    open_chain(page, server)
    field = page.get_by_role("textbox", name="Filters FN of layer 1")
    field.fill("8")
    field.press("Tab")  # to the window of the same layer
    page.keyboard.type("3x5")
    page.keyboard.press("Enter")
    page.locator(".chain td.output", has_text="8×30×28").wait_for()
    window = page.get_by_role("textbox", name="Window of layer 1")
    expect(window).to_have_value("3×5")
    expect(window).to_be_focused()
    first = {"type": "conv", "filters": 8, "kernel_size": [3, 5], "padding": 2, "activation": "tanh", "name": "C1"}
    address_says(page, first, lambda rows: rows[0])
    page.reload()
    page.locator(".chain td.output", has_text="8×30×28").wait_for()


def test_layers_are_added_moved_and_removed_by_keyboard(page, server) -> None:
    open_chain(page, server, conv_own=SMALL)
    heading(page, "1 × 28 × 28 → 6 × 12 × 12")
    page.get_by_role("button", name="Add a layer after layer 2").press("Enter")
    heading(page, "1 × 28 × 28 → 6 × 12 × 12")
    page.get_by_role("combobox", name="Kind of layer 3").select_option("flatten")
    heading(page, "1 × 28 × 28 → 864")
    page.get_by_role("button", name="Move layer 2 up").press("Enter")
    heading(page, "1 × 28 × 28 → 600")
    moved = page.get_by_role("button", name="Move layer 2 up")
    page.get_by_role("button", name="Remove layer 2").press("Enter")
    heading(page, "1 × 28 × 28 → 196")
    expect(moved).to_have_count(1)
    address_says(page, ["maxpool", "flatten"], lambda rows: [row["type"] for row in rows])
    page.get_by_role("button", name="More of layer 1").press("Enter")
    page.get_by_role("textbox", name="Dilation of layer 1").fill("2")
    page.keyboard.press("Enter")
    heading(page, "1 × 28 × 28 → 169")  # ⌊(28 − 3)/2⌋ + 1 = 13
    page.get_by_role("checkbox", name="Round up of layer 1").press("Space")
    heading(page, "1 × 28 × 28 → 196")


def test_nonsense_stays_in_its_field_and_is_one_sentence(page, server) -> None:
    open_chain(page, server, conv_own=SMALL)
    page.get_by_role("textbox", name="Window of layer 1").fill("5a")
    page.keyboard.press("Enter")
    page.get_by_role("alert").filter(has_text="layer 1 (conv): kernel_size (='5a')").wait_for()
    assert page.get_by_role("textbox", name="Window of layer 1").input_value() == "5a"
    expect(page.locator(".chain tr.stopped")).to_have_count(1)
    page.get_by_role("textbox", name="Window of layer 1").fill("")
    page.keyboard.press("Enter")
    page.get_by_role("alert").filter(has_text="kernel_size is missing").wait_for()
    page.get_by_role("textbox", name="Window of layer 1").fill("5")
    page.keyboard.press("Enter")
    heading(page, "1 × 28 × 28 → 6 × 12 × 12")
    expect(page.get_by_role("alert")).to_have_count(0)


def put(page, name: str, value: str) -> None:
    page.get_by_role("textbox", name=name).fill(value)
    page.keyboard.press("Tab")


def press(page, name: str) -> None:
    page.get_by_role("button", name=name).press("Enter")


def shows(page, text: str) -> None:
    expect(page.get_by_role("heading", name=text)).to_be_visible()


CHANGES = {"Filters FN of layer 1": "9", "Window of layer 1": "3", "Padding of layer 1": "1"}


def test_quick_changes_lose_nothing(page, server) -> None:
    open_chain(page, server, conv_own=SMALL)
    for name, value in CHANGES.items():
        put(page, name, value)
    shows(page, "1 × 28 × 28 → 9 × 14 × 14")


# Every answer 250 ms late, in its order: each change below is made after the one before it was sent, before its answer.
LATE = """
const late = (act) => act && ((event) => setTimeout(() => act(event), 250))
const listen = WebSocket.prototype.addEventListener
WebSocket.prototype.addEventListener = function (kind, act, more) {
  listen.call(this, kind, kind === "message" ? late(act) : act, more)
}
const { get, set } = Object.getOwnPropertyDescriptor(WebSocket.prototype, "onmessage")
Object.defineProperty(WebSocket.prototype, "onmessage", { get, set(act) { set.call(this, late(act)) } })
"""


@pytest.fixture
def late_page(browser, app_server):
    with visit(browser, app_server) as page:  # of its own: such a script cannot be taken back
        page.add_init_script(LATE)
        yield page


def test_a_late_answer_takes_no_later_change_back(late_page, server) -> None:
    page = late_page
    open_chain(page, server, conv_own=SMALL)
    for name, value in CHANGES.items():
        put(page, name, value)
        page.wait_for_timeout(200)  # shorter than the answer takes
        for earlier in CHANGES:
            expect(page.get_by_role("textbox", name=earlier)).to_have_value(CHANGES[earlier], timeout=1)
            if earlier == name:
                break
    shows(page, "1 × 28 × 28 → 9 × 14 × 14")
    expect(page.locator(".chain td.output")).to_have_text(["9×28×28", "9×14×14"])
    expect(page.locator(".chain table")).to_have_attribute("aria-busy", "false")
    page.reload()  # the table's own count starts anew
    put(page, "Filters FN of layer 1", "8")
    shows(page, "1 × 28 × 28 → 8 × 14 × 14")


def test_rows_are_added_moved_and_removed_as_quickly_as_they_are_changed(page, server) -> None:
    open_chain(page, server, conv_own=SMALL)
    press(page, "Add a layer after layer 2")
    put(page, "Filters FN of layer 3", "7")
    press(page, "Move layer 3 up")
    put(page, "Filters FN of layer 1", "5")
    press(page, "Move layer 2 up")
    press(page, "Add a layer after layer 3")
    press(page, "Remove layer 3")
    page.get_by_role("combobox", name="Kind of layer 3").select_option("linear")
    put(page, "Neurons of layer 3", "4")
    press(page, "Add a layer after layer 2")
    page.get_by_role("combobox", name="Kind of layer 3").select_option("flatten")
    shows(page, "1 × 28 × 28 → 4")
    address_says(page, [7, 5, None, 4], lambda rows: [row.get("filters", row.get("features")) for row in rows])


def test_undo_replaces_the_rows_even_while_changes_are_under_way(page, server) -> None:
    open_chain(page, server, conv_own=SMALL)
    put(page, "Filters FN of layer 1", "9")
    put(page, "Window of layer 1", "3")
    page.get_by_role("textbox", name="Padding of layer 1").fill("1")
    page.get_by_role("button", name="Undo").click()  # sends the padding, too
    shows(page, "1 × 28 × 28 → 10")
    expect(page.get_by_role("textbox", name="Name of layer 1")).to_have_value("C1")
    put(page, "Filters FN of layer 1", "5")
    expect(page.locator(".chain td.output").first).to_have_text("5×28×28")


LOSE_ONE = """() => {
  const { send } = WebSocket.prototype
  WebSocket.prototype.send = () => (WebSocket.prototype.send = send)
}"""


def test_a_change_lost_on_its_way_comes_with_the_next_one_and_holds_nothing_up(page, server) -> None:
    open_chain(page, server, conv_own=SMALL)
    page.evaluate(LOSE_ONE)
    put(page, "Filters FN of layer 1", "9")
    put(page, "Window of layer 1", "3")
    shows(page, "1 × 28 × 28 → 9 × 13 × 13")
    page.evaluate(LOSE_ONE)
    put(page, "Padding of layer 1", "1")
    expect(page.locator(".chain table")).to_have_attribute("aria-busy", "true")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("textbox", name="Padding of layer 1")).to_have_value("2")


def test_a_click_outlasts_an_answer_that_comes_before_the_button_is_let_go(page, server) -> None:
    open_chain(page, server, conv_own=SMALL)
    page.get_by_role("textbox", name="Filters FN of layer 1").fill("9")
    page.get_by_role("button", name="Add a layer after layer 2").hover()
    page.mouse.down()  # the field is left, and sent
    shows(page, "1 × 28 × 28 → 9 × 12 × 12")
    expect(page.locator(".chain table")).to_have_attribute("aria-busy", "false")
    page.mouse.up()
    expect(page.locator(".chain td.output")).to_have_count(3)


def test_too_long_a_chain_is_refused_where_it_is_typed(page, server) -> None:
    rows = [{"type": "conv", "filters": 6, "kernel_size": 3, "padding": 1, "name": "x" * 20}] * 22
    open_chain(page, server, conv_own=json.dumps(rows, separators=(",", ":")))
    for _ in range(3):
        page.get_by_role("button", name="Add a layer after layer 22").click()
    page.locator(".chain .note", has_text="too long for a link").wait_for()


def test_a_pasted_network_becomes_the_chain(page, server) -> None:
    open_chain(page, server)
    page.get_by_text("Paste a network's code").click()
    page.get_by_role("textbox", name="Python text").fill("nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Dropout())")
    page.get_by_role("button", name="Read it").click()
    heading(page, "3 × 28 × 28 → 4 × 26 × 26")
    page.get_by_text("Left out, because it changes no size: Dropout.").wait_for()
    address_says(page, [{"type": "conv", "filters": 4, "kernel_size": 3, "activation": "relu"}])


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(page, server, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    open_chain(page, server, conv_chain="vgg16")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    table = page.locator(".chain").evaluate("chain => [chain.scrollWidth, chain.clientWidth]")
    assert table[0] <= table[1]
    drawing = page.get_by_role("img", name="The chain as boxes")
    assert "conv5-3 512×14×14" in drawing.get_attribute("alt")
    box = page.locator(".ck-drawing:visible").evaluate("box => [box.scrollWidth, box.clientWidth]")
    assert box[0] <= box[1]
