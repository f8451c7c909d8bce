"""Lesson 4 in a real browser: maps in place while a run is live, cells by mouse and keys, rewind, reload, a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

pytest.importorskip("playwright")
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PROGRESS, quiet, sent_by, settle, update, wait_for_update

pytestmark = pytest.mark.browser

LONG = "lenet_samples=2000&lenet_batch=64&lenet_epochs=50&lenet_lr=0.2"
# Looks at every animation frame until so many different pictures were shown: is there always one?
WATCH = """async (root, wanted) => {
  const [stage, canvas] = [root.querySelector(".stage"), root.querySelector("canvas")]
  const tile = root.querySelector(".tile")
  const pen = canvas.getContext("2d")
  const until = performance.now() + 60_000
  const pictures = new Set()
  let [blank, looks] = [0, 0]
  while (pictures.size < wanted && performance.now() < until) {
    await new Promise(requestAnimationFrame)
    if (![stage, canvas, tile].every((element) => element.isConnected)) return { remounted: true }
    looks += 1
    const bytes = new Uint32Array(pen.getImageData(0, 0, canvas.width, canvas.height).data.buffer)
    if (!bytes.some(Boolean)) blank += 1
    pictures.add(bytes.reduce((sum, value, at) => (sum + value * (at % 8191)) % 1e15, 0))
  }
  return { pictures: pictures.size, blank, looks }
}"""

WIDER = """(table) => [...table.querySelectorAll("button, th")]
  .filter((element) => element.scrollWidth > element.clientWidth + 1).map((element) => element.textContent)"""


def button(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} button:visible").first  # with a tooltip Streamlit keeps a hidden twin


def maps(page: Page) -> Locator:
    return page.locator(".st-key-lenet_maps .maps")


def pixels(page: Page) -> list[str]:
    return maps(page).locator("canvas").evaluate_all("all => all.map((canvas) => canvas.toDataURL())")


def tile(page: Page, name: str) -> Locator:
    return page.locator(f".st-key-lenet_maps .tile[aria-label^='{name}']").first


@pytest.fixture
def training(server: str, page: Page) -> Iterator[Page]:
    """The page with a long run under way; stopped in the end."""
    page.goto(f"{server}/lenet_training?{LONG}")
    button(page, "lenet_train").click()
    wait_for_update(page, 2)
    yield page
    if button(page, "lenet_stop").is_enabled():
        button(page, "lenet_stop").click()
        expect(button(page, "lenet_train")).to_be_visible()


def test_the_first_choice_takes_clicks_and_fits_a_phone(server: str, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})  # where Streamlit's header lies over the first line
    page.goto(f"{server}/lenet_training")
    head = page.locator(".st-key-lenet_network_first")
    head.get_by_text("Handwriting DNN").click()
    expect(page).to_have_url(re.compile("lenet_network=mnist-dnn"))
    page.set_viewport_size({"width": 390, "height": 844})
    expect(head).to_be_visible()
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    page.locator(".st-key-lesson_place a").click()
    expect(page).to_have_url(re.compile("/course"))


def test_the_maps_change_in_place_while_a_run_is_live(training: Page) -> None:
    maps(training).locator(".tile").first.wait_for()
    found = maps(training).evaluate(WATCH, 3)
    assert "remounted" not in found
    assert (found["pictures"], found["blank"]) == (3, 0)
    expect(training.get_by_text(re.compile(r"[\d,]+ samples/s"))).to_be_visible()


def test_ten_seconds_of_training_without_a_script_run(server: str, page: Page) -> None:
    sent = sent_by(page)
    scores, slider = page.locator(".st-key-lenet_numbers .said"), page.locator(".st-key-lenet_rewind input")
    page.goto(f"{server}/lenet_training?{LONG.replace('batch=64', 'batch=8')}")
    button(page, "lenet_train").click()
    expect(slider).to_be_visible()
    quiet(page, sent)
    before, text, places = update(page), scores.inner_text(), int(slider.get_attribute("max"))
    found = maps(page).evaluate(WATCH, 6)
    page.wait_for_timeout(8_000)
    assert (found["pictures"], found["blank"]) == (6, 0)
    assert update(page) > before
    assert int(slider.get_attribute("max")) > places
    assert scores.inner_text() != text
    assert sent == []
    button(page, "lenet_pause").click()
    expect(page.locator(PROGRESS).first).to_contain_text("Paused")
    settle(page)
    said = [tile(page, "Out:").get_attribute("aria-label"), scores.inner_text(), pixels(page)]
    page.reload()  # drawn anew from the run as it stands
    tile(page, "Out:").wait_for()
    settle(page)
    assert [tile(page, "Out:").get_attribute("aria-label"), scores.inner_text(), pixels(page)] == said
    button(page, "lenet_stop").click()
    expect(button(page, "lenet_train")).to_be_visible()


def test_rewind_shows_then_and_a_reload_attaches_to_the_run_and_to_then(training: Page) -> None:
    slider = training.locator(".st-key-lenet_rewind input[type=range]")
    slider.wait_for()
    said = training.locator(".st-key-lenet_rewind .said")
    expect(said).to_have_text("Now, at the newest weights")
    slider.focus()
    training.keyboard.press("Home")
    expect(training).to_have_url(re.compile(r"lenet_at=0"))
    expect(said).to_contain_text("Epoch 0 (update 0)")
    expect(training.get_by_text("at update 0")).to_be_visible()
    before = update(training)
    then = pixels(training)
    assert wait_for_update(training, before) > before
    assert pixels(training) == then  # the run goes on, the picture is that of then
    run = re.search(r"lenet_run=([\w-]+)", training.url).group(1)
    before = update(training)
    training.reload()
    assert wait_for_update(training, before) > before
    assert run in training.url
    expect(button(training, "lenet_pause")).to_be_visible()  # still its owner
    expect(said).to_contain_text("Epoch 0 (update 0)")
    training.locator(".st-key-lenet_rewind .now").click()
    expect(training).not_to_have_url(re.compile(r"lenet_at="))


def test_cells_by_mouse_and_by_keys(server: str, page: Page) -> None:
    page.goto(f"{server}/lenet_training?lenet_samples=500")
    tile(page, "C3, map 5").wait_for()
    settle(page)
    tile(page, "C3, map 5").click()
    expect(page).to_have_url(re.compile(r"lenet_cell=c3\.5\.\d+\.\d+"))
    expect(page.locator(".st-key-lenet_cell").get_by_text("C3, map 5, row")).to_be_visible()
    expect(page.locator(".st-key-lenet_cell .ck-grid")).to_have_count(3)
    place = tile(page, "C1, map 2")
    place.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"lenet_cell=c1\.2\.(\d+)\.(\d+)"))
    before = re.search(r"c1\.2\.(\d+)\.(\d+)", page.url)
    down = "ArrowDown" if int(before.group(1)) < 28 else "ArrowUp"
    page.keyboard.press(down)
    wanted = int(before.group(1)) + (1 if down == "ArrowDown" else -1)
    expect(page).to_have_url(re.compile(rf"lenet_cell=c1\.2\.{wanted}\.{before.group(2)}"))
    settle(page)  # the page has the new cell: Escape shall not be overtaken by its answer
    page.keyboard.press("Escape")
    expect(page.locator(".st-key-lenet_cell")).to_have_count(0)


def test_a_misread_digit_opens_and_is_looked_into(server: str, page: Page) -> None:
    page.goto(f"{server}/lenet_training?lenet_look=test&lenet_samples=500")
    digits = page.locator(".st-key-lenet_mistakes .gallery button")
    digits.first.wait_for()  # before any training nearly everything is misread
    assert digits.count() == 50
    number = int(re.search(r"Test digit (\d+)", digits.nth(3).get_attribute("aria-label")).group(1))
    digits.nth(3).click()
    expect(page).to_have_url(re.compile(rf"lenet_digit={number}(&|$)"))
    expect(tile(page, "C1, map 1")).to_be_visible()


def test_the_page_on_a_phone(server: str, phone: Page) -> None:
    phone.goto(f"{server}/lenet_training?lenet_samples=500")
    tile(phone, "C1, map 1").wait_for()
    assert button(phone, "lenet_train").bounding_box()["y"] < 844
    assert phone.evaluate("document.documentElement.scrollWidth") <= 391
    tile(phone, "S2, map 1").tap()
    expect(phone.locator(".st-key-lenet_cell")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 391


def top(page: Page, selector: str) -> float:
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return float(box["y"])


def test_the_stage_stands_still_and_everything_can_be_read(server: str, page: Page) -> None:
    below = (".st-key-lenet_maps .maps", ".st-key-lenet_choose", ".st-key-lenet_cell")
    page.goto(
        f"{server}/lenet_training?lenet_samples=2000&lenet_batch=50&lenet_epochs=3&lenet_lr=0.3&lenet_cell=c3.5.5.5"
    )
    page.locator(".ck-grid").first.wait_for()
    before = [top(page, selector) for selector in below]
    button(page, "lenet_train").click()
    expect(page.locator(PROGRESS).first).to_contain_text("Finished")
    page.locator(".st-key-lenet_rewind .said").wait_for()
    settle(page)
    assert [top(page, selector) for selector in below] == pytest.approx(before, abs=2)  # from no run to a finished one
    # window × filter = products in one line; each output before and after softmax
    assert len({round(figure.bounding_box()["y"]) for figure in page.locator(".ck-grid").all()}) == 1
    said = tile(page, "Out:").get_attribute("aria-label")
    assert re.search(r"7: [\d.]+% \(−?[\d.]+\)", said)
    page.get_by_text("Filters", exact=True).click()
    rewind = page.locator(".st-key-lenet_rewind .said")
    page.locator(".st-key-lenet_weights .maps").wait_for()
    assert rewind.bounding_box()["y"] + 20 - top(page, ".st-key-lenet_filters .maps") < 720  # a projector's screen
    page.get_by_text("Test", exact=True).click()
    table = page.locator(".st-key-lenet_confusion table")
    table.wait_for()
    assert table.evaluate(WIDER) == []
    table.evaluate("(table) => { for (const b of table.querySelectorAll('.diagonal')) b.textContent = 1135 }")
    table.evaluate("(table) => { for (const b of table.querySelectorAll('.diagonal')) b.classList.add('long') }")
    assert table.evaluate(WIDER) == []
