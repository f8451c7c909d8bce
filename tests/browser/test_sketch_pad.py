"""The sketch pad in a real browser: drawing through page changes, undo, the hand, switches, several digits, a photo."""

from __future__ import annotations

import base64
import io
import os
import re
import time

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from core.classroom.store import ClassStore
from tests.browser.conftest import PATIENCE_MS, open_page, quiet, sent_by, settle

pytestmark = pytest.mark.browser

# As shares of the board's sides.
THREE = [[(0.3, 0.22), (0.45, 0.13), (0.62, 0.16), (0.7, 0.28), (0.45, 0.48), (0.74, 0.67), (0.66, 0.82), (0.28, 0.8)]]
SEVEN = [(0.25, 0.2), (0.75, 0.2), (0.45, 0.85)]
BAR = [(0.3, 0.55), (0.75, 0.55)]
SEVENTEEN = [[(0.15, 0.2), (0.15, 0.8)], [(0.35, 0.2), (0.55, 0.2), (0.42, 0.85)]]


def draw(page: Page, strokes: list[list[tuple[float, float]]]) -> None:
    board = page.locator("canvas.upper-canvas")
    board.wait_for()
    for stroke in strokes:
        box = board.bounding_box()
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
        page.mouse.move(*points[0])
        page.mouse.down()
        for x, y in points[1:]:
            page.mouse.move(x, y, steps=6)
        page.mouse.up()


def answer(page: Page):
    return page.locator("[data-testid=probabilities]")


def reads(page: Page, digit: str) -> None:
    expect(answer(page)).to_have_attribute("data-digit", digit)


def go(page: Page, lesson: str, title: str) -> None:
    page.get_by_role("link", name=lesson).first.click()
    expect(page.locator("h1")).to_have_text(title)
    settle(page)


def chalk(page: Page) -> float:
    """Return the share of the drawing's canvas that is chalk, so bright."""
    return page.locator("canvas.dc-canvas.lower-canvas").evaluate(
        """canvas => {
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
            let bright = 0
            for (let i = 0; i < data.length; i += 4) bright += data[i] > 200 && data[i + 3] > 200
            return bright / (data.length / 4)
        }"""
    )


def chalked(page: Page, low: float, high: float) -> float:
    """Wait until so much of the canvas is chalk and the page is still, and return how much."""
    until = time.monotonic() + PATIENCE_MS / 1000
    while not low < (share := chalk(page)) < high:
        assert time.monotonic() < until, f"{share:.3f} of the board is chalk, not {low:.3f} to {high:.3f}"
        page.wait_for_timeout(100)
    settle(page)
    return share


def test_a_page_change_while_drawing_loses_no_stroke(server: str, page: Page) -> None:
    open_page(page, f"{server}/sketch_pad")
    reads(page, "")
    draw(page, [SEVEN])
    reads(page, re.compile("[17]"))
    seven = chalk(page)
    draw(page, [BAR])
    go(page, "3 Convolution", "Convolution calculator")  # at once: the stroke may still be on its way
    go(page, "5 Sketch pad", "Sketch pad")
    expect(answer(page)).to_have_attribute("data-state", "answer")
    both = chalked(page, seven + 0.02, 1)  # the bar, too, which was drawn just before the page was left
    page.locator(".st-key-undo_lesson button").click()
    chalked(page, seven - 0.004, seven + 0.004)
    draw(page, [BAR])  # and drawing goes on
    chalked(page, both - 0.004, both + 0.004)
    page.get_by_text("Photo", exact=True).click()
    expect(page.locator("input[type=file]")).to_have_count(1)
    page.get_by_text("Draw", exact=True).click()  # the same drawing, on a new board
    settle(page)
    expect(answer(page)).to_have_attribute("data-state", "answer")
    chalked(page, both - 0.004, both + 0.004)


def test_the_board_is_named_and_its_tools_are_the_page_s_own(server: str, page: Page) -> None:
    open_page(page, f"{server}/sketch_pad")
    reads(page, "")
    expect(page.get_by_role("img", name="Blackboard")).to_be_visible()
    expect(page.locator(".dc-toolbar")).to_be_hidden()
    draw(page, THREE)
    reads(page, "3")
    assert int(answer(page).get_attribute("data-count")) >= 2
    page.locator(".st-key-clear_lesson button").click()
    reads(page, "")
    assert chalk(page) < 0.001
    draw(page, [SEVEN])  # on the wiped board, which is another canvas
    reads(page, re.compile("[17]"))
    expect(page.locator(".dc-toolbar")).to_be_hidden()
    expect(page.get_by_role("img", name="Blackboard")).to_have_css("touch-action", "none")
    where = page.locator(".st-key-sketch_strip").bounding_box()
    page.get_by_text("中文", exact=True).first.click()
    expect(answer(page)).to_contain_text("熵")
    reads(page, re.compile("[17]"))
    page.locator(".st-key-clear_lesson button").click()
    reads(page, "")
    settle(page)
    assert page.locator(".st-key-sketch_strip").bounding_box()["y"] == where["y"], "the page stays where it is"


def test_a_step_is_switched_with_the_keyboard_and_the_link_has_it(server: str, page: Page) -> None:
    open_page(page, f"{server}/sketch_pad?sketch_topic=sample&sketch_index=0")
    reads(page, "7")
    normalise = page.get_by_role("switch", name="Normalise")
    expect(normalise).to_have_attribute("aria-checked", "true")
    normalise.focus()
    page.keyboard.press("Space")
    expect(normalise).to_have_attribute("aria-checked", "false")
    expect(page).to_have_url(re.compile(r"sketch_steps=crop\.fit\.centre"))
    expect(answer(page).locator(".mark:visible").first).to_be_visible()  # where the bars were
    expect(answer(page).locator(".before")).to_have_text("The line: with all steps.")
    page.reload()
    expect(page.get_by_role("switch", name="Normalise")).to_have_attribute("aria-checked", "false")


def test_a_digit_is_moved_with_keys_and_pointer_and_the_answers_follow(server: str, page: Page) -> None:
    open_page(page, f"{server}/sketch_pad?sketch_topic=sample&sketch_index=0&sketch_steps=normalise")
    reads(page, "7")
    field = page.locator(".mover .field")
    field.focus()
    before = answer(page).get_attribute("data-count")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("[")
    expect(page).to_have_url(re.compile("sketch_right=6.*sketch_turn=5"))
    expect(answer(page)).not_to_have_attribute("data-count", before)
    page.keyboard.press("0")
    expect(page).not_to_have_url(re.compile("sketch_right"))
    box = field.bounding_box()
    page.mouse.move(box["x"] + 140, box["y"] + 140)
    page.mouse.down()
    page.mouse.move(box["x"] + 140, box["y"] + 210, steps=10)
    page.mouse.up()
    expect(page).to_have_url(re.compile("sketch_down=7"))
    page.get_by_role("button", name="Put it back").click()
    expect(page).not_to_have_url(re.compile("sketch_down"))
    reads(page, "7")


def test_several_digits_are_framed_where_they_were_written(server: str, page: Page) -> None:
    open_page(page, f"{server}/sketch_pad?sketch_topic=several")
    draw(page, SEVENTEEN)
    frames = page.get_by_role("img", name="Frames around 2 digits")
    expect(frames).to_be_visible()
    expect(page.get_by_role("heading", name="17")).to_be_visible()
    board, picture = page.locator("canvas.upper-canvas").bounding_box(), frames.bounding_box()
    svg = base64.b64decode(frames.get_attribute("src").split(",")[1]).decode()
    left, width = map(int, re.search(r'<rect x="(\d+)" y="\d+" width="(\d+)"', svg).groups())
    middle = picture["x"] + (left + width / 2) * picture["width"] / 620  # as wide as a wide board
    assert middle == pytest.approx(board["x"] + 0.15 * board["width"], abs=6), "the frame lies on its digit"


def test_a_photo_is_read_and_a_file_that_is_none_is_refused(server: str, page: Page) -> None:
    open_page(page, f"{server}/sketch_pad?sketch_topic=photo")
    paper = Image.new("RGB", (900, 1200), (214, 208, 190))
    ImageDraw.Draw(paper).line([(300, 320), (620, 320), (430, 900)], fill=(30, 40, 120), width=42, joint="curve")
    file = io.BytesIO()
    paper.save(file, "JPEG", exif=b"")
    upload = page.locator("input[type=file]")
    upload.set_input_files({"name": "seven.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()})
    reads(page, "7")
    settle(page)
    expect(upload).to_have_count(1)  # while a script runs the last one's may still be there
    upload.set_input_files({"name": "no.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8" + bytes(400)})
    expect(page.get_by_text("no readable photo")).to_be_visible()
    reads(page, "")


def test_a_link_into_a_class_leads_to_its_board_and_a_digit_is_given(server: str, page: Page) -> None:
    code = ClassStore(os.environ["CHALKNET_DATABASE_URL"]).create_class("a-teacher-of-the-sketch-pad").code
    open_page(page, f"{server}/sketch_pad?class={code}")
    expect(page.get_by_text("0 digits from 0 hands")).to_be_visible()
    draw(page, THREE)
    reads(page, "3")
    panel = page.locator(".st-key-class_give")
    panel.get_by_text("3", exact=True).click()
    panel.get_by_text("I agree").click()
    panel.get_by_role("button", name="Give it to the class").click()
    expect(page.get_by_text("1 digits from 1 hands")).to_be_visible()
    reads(page, "")  # the board is wiped for the next one


@pytest.mark.parametrize("topic", ["draw", "photo", "sample", "several", "class"])
def test_every_topic_fits_a_phone(server: str, phone: Page, topic: str) -> None:
    sent = sent_by(phone)
    open_page(phone, f"{server}/sketch_pad?sketch_topic={topic}")
    quiet(phone, sent)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 391
