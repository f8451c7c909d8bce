"""Files really leave the page and come back: script, notebook, weights; the QR code is drawn from the real address."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PROGRESS, open_page, settle, shot

pytestmark = pytest.mark.browser

FAST = "dnn_data=blobs&dnn_samples=90&dnn_loss=cross_entropy&dnn_optimiser=adam&dnn_epochs=40&dnn_lr=0.02&dnn_noise=0.4"


def choose(page: Page, what: str) -> None:
    page.locator(".st-key-dnn_take").get_by_role("radio", name=what, exact=True).click()
    settle(page)


def download(page: Page, key: str) -> Path:
    with page.expect_download() as waiting:
        page.locator(f".st-key-{key} button:visible").click()
    return waiting.value.path()


def test_code_weights_and_link(server: str, page: Page, tmp_path: Path) -> None:
    open_page(page, f"{server}/dnn_playground?{FAST}")
    page.locator(".st-key-dnn_train button:visible").click()
    expect(page.locator(PROGRESS).first).to_contain_text("Finished")
    page.locator(".st-key-lesson_inside summary").click()
    page.get_by_role("tab", name="Take it away").click()
    script = download(page, "dnn_script").read_text("utf-8")
    assert "make_blobs(90" in script
    book = json.loads(download(page, "dnn_notebook").read_text("utf-8"))
    assert book["nbformat"] == 4

    choose(page, "Weights")
    weights = tmp_path / "weights.safetensors"
    weights.write_bytes(download(page, "dnn_safetensors").read_bytes())
    assert download(page, "dnn_pth").read_bytes()[:2] == b"PK"
    page.locator("input[type=file]").last.set_input_files(weights)
    answer = page.get_by_text(re.compile(r"answers [\d.]+ % of 28 test samples right"))
    expect(answer).to_contain_text("The same as when it was saved, to the last digit.")
    expect(page.get_by_text("Train starts from the weights in weights.safetensors.")).to_be_visible()

    choose(page, "Link")
    picture = page.locator(".st-key-dnn_link img")
    expect(picture).to_have_attribute("alt", re.compile(re.escape(f"{server}/dnn_playground?") + ".*dnn_data=blobs"))
    assert picture.evaluate("image => image.complete && image.naturalWidth > 100")
    expect(page.get_by_text("nobody else can open it")).to_be_visible()
    shot(page, "take_away_link")


def test_a_task_on_a_phone(server: str, phone: Page) -> None:
    open_page(phone, f"{server}/dnn_playground?{FAST}&dnn_hide=lr,optimiser&dnn_goal_accuracy=10&dnn_goal_updates=40")
    expect(phone.get_by_text("Reach 10 % test accuracy within 40 updates.")).to_be_visible()
    expect(phone.locator(".st-key-dnn_lr")).to_have_count(0)
    phone.locator(".st-key-dnn_train button:visible").click()
    expect(phone.get_by_text(re.compile("Met (after [0-9]+ updates|before)"))).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shot(phone, "take_away_task_phone")


def test_a_link_to_a_tab_shows_it_and_another_lesson_s_same_tab_too(page: Page, server: str) -> None:
    inside = page.locator(".st-key-lesson_inside")
    open_page(page, f"{server}/dnn_playground?inside=take")
    expect(inside.get_by_role("tab", selected=True)).to_be_in_viewport()
    open_page(page, f"{server}/course")
    page.get_by_role("link", name="MNIST, batches of 256").click()
    expect(page.locator("h1")).to_have_text("Handwritten digits (MNIST)")
    expect(inside.get_by_role("tab", selected=True)).to_be_in_viewport()
