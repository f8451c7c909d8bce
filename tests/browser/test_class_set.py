"""A class gives its digits: twenty at the same moment; everybody sees them, and the teacher takes some down."""

from __future__ import annotations

import io
import os
import re
import time
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.classroom.store import ClassStore, NewClass
from core.data.grey import denormalise
from tests.browser.conftest import Server, Watch, open_page, settle, shot

VISITORS = 20


@pytest.fixture
def visited(scratch: Server) -> Server:
    return scratch


@pytest.fixture(scope="module")
def store(scratch: Server) -> Iterator[ClassStore]:
    """The server's own database, from another process."""
    opened = ClassStore(os.environ["CHALKNET_DATABASE_URL"])
    yield opened
    opened.database.close()


@pytest.fixture
def room(store: ClassStore) -> NewClass:
    return store.create_class(f"teacher {time.monotonic_ns()}")


def button(page: Page, key: str):
    return page.locator(f".st-key-{key} button:visible")


def name_it(page: Page, digit: int) -> None:
    """Say which digit it is and agree."""
    page.locator("[class*=st-key-class_label] button", has_text=str(digit)).click()
    page.locator("[class*=st-key-class_agree] label").first.click()
    expect(button(page, "class_give_it")).to_be_enabled()


def wall(page: Page):
    return page.locator(".gallery").first


def count(page: Page, tiles: int) -> None:
    expect(wall(page)).to_have_attribute("data-count", str(tiles))


def test_twenty_digits_at_the_same_moment_are_all_on_the_wall(
    page: Page, scratch: Server, store: ClassStore, room: NewClass, digits
) -> None:
    open_page(page, f"{scratch.url}/?class={room.code}")
    givers = []
    for number in range(VISITORS):
        page.context.clear_cookies()  # so that the next page is another visitor's; the pages before are connected
        giver = page.context.new_page()
        givers.append((giver, Watch(giver)))
        giver.goto(f"{scratch.url}/?class={room.code}&wall=no&digit={number % 10}&sample={number // 10}")
        name_it(giver, number % 10)
    # Each page clicks by itself at the same time of day.
    moment = 1000 * (time.time() + 1)
    click = "at => setTimeout(() => document.querySelector('.st-key-class_give_it button').click(), at - Date.now())"
    for giver, _watch in givers:
        giver.evaluate(click, moment)
    for number, (giver, watch) in enumerate(givers):
        expect(giver.get_by_text(f"Your {number % 10} is on the class's wall")).to_be_visible()
        assert watch.complaints == []
        giver.close()
    count(page, VISITORS)  # without touching that page
    shot(page, "class_wall")
    found = store.collection(room.code)
    assert found.counts.labels == (2,) * 10
    assert found.counts.visitors == VISITORS
    spread = found.given_at.max() - found.given_at.min()
    print(f"{VISITORS} digits were stored within {spread} s")
    labels, images = digits.test_labels, digits.test_images
    wanted = {
        denormalise(images[(labels == number % 10).nonzero()[number // 10], 0]).numpy().tobytes()
        for number in range(VISITORS)
    }
    assert {image.tobytes() for image in found.images} == wanted


def test_what_is_given_can_be_taken_back_after_a_reload(
    phone: Page, scratch: Server, store: ClassStore, room: NewClass
) -> None:
    page = phone
    open_page(page, f"{scratch.url}/?class={room.code.lower()}&digit=7")
    name_it(page, 7)
    button(page, "class_give_it").click()
    count(page, 1)
    page.reload()
    settle(page)
    count(page, 1)
    tile = page.locator(".gallery button.tile.mine")
    expect(tile).to_have_count(1)  # the cookie says whose it is
    tile.click()
    button(page, "class_take_back").click()
    expect(page.get_by_text("No digit yet")).to_be_visible()
    assert store.counts(room.code).total == 0


def test_a_teacher_begins_a_class_takes_digits_down_and_downloads_the_rest(
    page: Page, scratch: Server, store: ClassStore, digits
) -> None:
    images = denormalise(digits.test_images[:6, 0]).numpy()
    open_page(page, scratch.url)
    button(page, "class_begin").click()
    expect(page).to_have_url(re.compile(r"class=[A-Z0-9]{4}-[A-Z0-9]{4}"))
    code = re.search(r"class=([\w-]+)", page.url).group(1)
    ids = [store.submit(code, f"visitor number {row}", row, images[row], True).id for row in range(6)]
    count(page, 6)
    order = [int(tile.get_attribute("data-id")) for tile in page.locator(".gallery button.tile").all()]
    assert order == ids[::-1]
    for number in (ids[1], ids[4]):
        page.locator(f".gallery button.tile[data-id='{number}']").press("Enter")  # by keyboard
    expect(wall(page)).to_have_attribute("data-chosen", f"{ids[1]} {ids[4]}")
    button(page, "class_remove").click()
    count(page, 4)
    expect(wall(page)).to_have_attribute("data-chosen", "")
    kept = [ids[0], ids[2], ids[3], ids[5]]
    assert store.collection(code).ids.tolist() == kept
    page.get_by_role("tab", name="Download").click()
    with page.expect_download() as loading:
        button(page, "class_download_npz").click()
    file = np.load(io.BytesIO(loading.value.path().read_bytes()))
    np.testing.assert_array_equal(file["images"], images[[0, 2, 3, 5]])
    assert file["labels"].tolist() == [0, 2, 3, 5]
    page.get_by_role("tab", name="Invite").click()
    expect(page.locator(".st-key-class_qr img")).to_be_visible()
    expect(page.get_by_text(f"?class={code}")).to_be_visible()
