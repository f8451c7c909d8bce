"""The strip in a real browser: played without a message to the server, by keyboard, fluent at 60 000 cells."""

import pytest

pytest.importorskip("playwright")
from playwright.sync_api import expect

from tests.browser.conftest import quiet, sent_by

pytestmark = pytest.mark.browser

PAGE = "/data_split"
RANDOM = "&split_how=random&split_cuts=70-85"


def open_strip(page, server: str, query: str = "") -> list[str]:
    """Open the page; return the list that grows with every message to the server from now on."""
    sent = sent_by(page)
    page.goto(f"{server}{PAGE}?lang=en{query}")
    page.locator(".strip .cells[data-at]").wait_for()
    quiet(page, sent)
    return sent


def at(page) -> str | None:
    return page.locator(".strip .cells").get_attribute("data-at")


def pixels(page) -> str:
    return page.locator(".strip .cells").evaluate("canvas => canvas.toDataURL()")


def test_it_plays_to_the_cut_without_a_message_to_the_server(page, server) -> None:
    sent = open_strip(page, server, RANDOM)
    assert at(page) == "2.00"
    cut = pixels(page)
    page.get_by_role("button", name="▶ Replay").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="To the end").wait_for()
    page.get_by_role("button", name="▶ Replay").wait_for()
    assert at(page) == "2.00"
    assert pixels(page) == cut
    assert int(page.locator(".strip .cells").get_attribute("data-frames")) > 1  # it moved
    assert sent == []


def test_each_stop_by_keyboard_says_what_it_shows(page, server) -> None:
    sent = open_strip(page, server, RANDOM)
    said = page.locator(".strip [aria-live=polite]")
    shown = [pixels(page)]
    for name, place, words in (
        ("In order", "0.00", "1,000 samples in the order of their numbers."),
        ("Shuffled", "1.00", "Rows in random order (seed 0)"),
        ("Cut", "2.00", "Cut after rows 700 and 850."),
    ):
        button = page.locator(".strip").get_by_role("button", name=name, exact=True)
        button.focus()
        page.keyboard.press("Space")
        assert at(page) == place
        assert said.inner_text().startswith(words)
        assert button.get_attribute("aria-pressed") == "true"
        shown.append(pixels(page))
    assert shown[3] == shown[0]
    assert len(set(shown)) == 3
    assert "Cut after rows 700 and 850." in page.get_by_role("img", name="Every sample as a cell").get_attribute(
        "aria-label"
    )
    assert sent == []


def test_a_new_seed_plays_the_shuffle_and_the_same_seed_gives_the_same_picture(page, server) -> None:
    open_strip(page, server, RANDOM)
    first = pixels(page)
    page.get_by_role("button", name="Shuffle again").click()
    page.get_by_role("button", name="To the end").wait_for()
    page.get_by_role("button", name="▶ Replay").wait_for()
    page.locator(".strip").get_by_role("button", name="In order", exact=True).click()
    assert "split_seed=1" in page.url
    other = pixels(page)
    open_strip(page, server, RANDOM + "&split_seed=1&split_stop=order")
    assert at(page) == "0.00"
    assert pixels(page) == other
    open_strip(page, server, RANDOM)
    assert pixels(page) == first


def test_60_000_cells_play(page, server, capsys) -> None:
    open_strip(page, server, RANDOM + "&split_samples=60000&split_by_class=1")
    page.get_by_role("button", name="▶ Replay").click()
    page.get_by_role("button", name="▶ Replay").wait_for()
    assert at(page) == "2.00"
    frames = page.locator(".strip .cells").get_attribute("data-frames")
    with capsys.disabled():  # 36 on an idle machine; how busy it is decides no test
        print(f"\n60,000 cells: {frames} frames in 1.2 s of motion")


def test_reduced_motion_jumps(page, server) -> None:
    page.emulate_media(reduced_motion="reduce")
    open_strip(page, server, RANDOM)
    page.locator(".strip").get_by_role("button", name="In order", exact=True).click()
    page.get_by_role("button", name="▶ Replay").click()
    assert at(page) == "2.00"
    expect(page.get_by_role("button", name="To the end")).to_have_count(0)


def test_pointing_at_a_cell_names_its_sample(page, server) -> None:
    open_strip(page, server, "&split_samples=100&split_cuts=80-80")
    page.locator(".strip .cells").hover(position={"x": 3, "y": 3})
    assert page.locator(".strip .said").inner_text() == "Sample 1, in row 1: training set"


def test_the_two_handles_of_the_cuts_can_be_parted_by_keyboard(page, server) -> None:
    open_strip(page, server)
    handles = page.get_by_role("slider", name="Cuts")
    expect(handles).to_have_count(2)
    handles.nth(1).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.get_by_text("Validation set").first.wait_for()
    page.wait_for_url("**split_cuts=80-90*")


def test_it_fits_a_phone(phone, server) -> None:
    open_strip(phone, server, RANDOM)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    box = phone.locator(".strip .cells").bounding_box()
    assert box is not None
    assert box["width"] <= 390
