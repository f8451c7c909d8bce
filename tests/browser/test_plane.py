"""The plane in a real browser: drawn in place while a network trains, exact values, nothing sent for a look."""

import re

import pytest

pytest.importorskip("playwright")
from playwright.sync_api import Page, expect

from core.data.playground import DataConfig, playground
from core.inspect import surface
from core.nets.mlp import MlpConfig, mlp
from tests.browser.conftest import Server, quiet, sent_by, settle

pytestmark = pytest.mark.browser

WATCH = """async (canvas, wanted) => {
  const pen = canvas.getContext("2d")
  const until = performance.now() + 60_000
  const pictures = new Set()
  let blank = 0
  let looks = 0
  while (pictures.size < wanted && performance.now() < until) {
    await new Promise(requestAnimationFrame)
    if (!canvas.isConnected) return { remounted: true }
    looks += 1
    const row = pen.getImageData(0, Math.round(canvas.height / 2), canvas.width, 1).data
    const bare = new Uint32Array(row.buffer).filter((pixel) => pixel === 0xffffffff || pixel === 0).length
    if (bare > canvas.width / 2) blank += 1
    pictures.add(row.join())
  }
  return { pictures: pictures.size, blank, looks }
}"""


@pytest.fixture
def visited(scratch: Server) -> Server:
    return scratch


def open_plane(page: Page, scratch: Server, query: str) -> None:
    page.goto(f"{scratch.url}/plane?{query}")
    page.locator(".plane canvas[data-frames]").wait_for()
    settle(page)


def pixels(page: Page) -> str:
    return page.locator(".plane canvas").evaluate("canvas => canvas.toDataURL()")


def test_it_follows_a_training_in_place_without_a_blank_frame(page: Page, scratch: Server) -> None:
    open_plane(page, scratch, "data=circle&live=1&visit=live")
    seen = page.locator(".plane canvas").evaluate(WATCH, 3)
    assert not seen.get("remounted")
    assert (seen["pictures"], seen["blank"]) == (3, 0)


def test_arrow_keys_say_what_the_network_answers_to_the_digit(page: Page, scratch: Server) -> None:
    open_plane(page, scratch, "data=circle&slices=0&visit=keys")
    canvas, caption = page.locator(".plane canvas"), page.locator(".plane figcaption")
    assert "Point at the picture" in caption.inner_text()
    canvas.focus()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowUp"):
        page.keyboard.press(key)
    data = playground(DataConfig("circle", samples=500))
    model = mlp(MlpConfig((2, 8, 8, 2), "tanh")).eval()
    at = surface.cut(data).points.reshape(41, 41, 2)[25, 21]
    outputs = surface.answers(model, data, at[None])[0]
    text = caption.inner_text().replace("−", "-")
    assert f"x₁ = {float(at[0]):g}, x₂ = {float(at[1]):g}: the network answers" in text
    assert ("+1" if outputs[1] > outputs[0] else "-1") + " (" in text
    shown = re.search(r"outputs (\S+), (\S+)\)", text)
    assert shown
    assert [float(number) for number in shown.groups()] == pytest.approx(outputs.tolist(), rel=1e-3)
    assert page.locator(".plane .spoken").inner_text() == caption.inner_text()

    page.keyboard.press("PageDown")
    x, y = data.raw_train[0].tolist()
    truth = data.class_names[int(data.data.train_labels[0])]
    said = caption.inner_text().replace("−", "-")
    assert said.startswith(f"Training sample 1, x₁ = {float(f'{x:.4g}')}, x₂ = {float(f'{y:.4g}')}: truth ")
    assert f"truth {truth}; answer".replace("−", "-") in said
    page.keyboard.press("Escape")
    assert "Point at the picture" in caption.inner_text()


def test_the_legend_hides_a_set_and_the_shades_without_a_message_to_the_server(page: Page, scratch: Server) -> None:
    sent = sent_by(page)
    open_plane(page, scratch, "data=gauss&slices=2&visit=legend")
    quiet(page, sent)
    looks = [pixels(page)]
    for name in ("training samples", "test samples", "No shades"):
        button = page.locator(".plane").get_by_role("button", name=name)
        before = button.get_attribute("aria-pressed")
        button.click()
        assert button.get_attribute("aria-pressed") != before
        looks.append(pixels(page))
    assert len(set(looks)) == 4
    assert sent == []
    alt = page.locator(".plane canvas").get_attribute("aria-label")
    assert alt is not None
    assert re.search(r"over x₁ and x₂; \d+ of 350 training and \d+ of 150 test samples are wrong", alt)


def test_a_sample_can_be_chosen_by_a_click(page: Page, scratch: Server) -> None:
    open_plane(page, scratch, "data=xor&slices=1&pick=1&visit=pick")
    data = playground(DataConfig("xor", samples=500))
    inner = 420 - 40 - 8  # CSS pixels between the margins that paint.js leaves
    for raw in (data.raw_test, data.raw_train):  # only training samples can be shown in the network
        x, y = raw[3].tolist()
        place = {"x": 40 + (x + 6) / 12 * inner, "y": 8 + (1 - (y + 6) / 12) * inner}
        page.locator(".plane canvas").click(position=place)
    expect(page.get_by_text("picked train 3")).to_be_visible()


@pytest.mark.parametrize("query", ["data=onehot&axis=x3", "data=onehot&axis=s", "data=hills&noise=0.3", "data=csv"])
def test_each_kind_of_picture_fits_a_phone(phone: Page, scratch: Server, query: str) -> None:
    open_plane(phone, scratch, query)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    box = phone.locator(".plane canvas").bounding_box()
    assert box is not None
    assert 280 < box["width"] <= 390
    assert phone.locator(".plane canvas").evaluate(WATCH, 1)["blank"] == 0
