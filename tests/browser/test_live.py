"""Live training in a real browser: start, pause, reload, page change, a second visitor, a phone."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE_MS, open_page, settle, update, wait_for_update

pytestmark = pytest.mark.browser

LONG = "dnn_loss=cross_entropy&dnn_optimiser=adam&dnn_batch=64&dnn_epochs=10000&dnn_engine=torch"  # 1.1 million updates


def button(page: Page, key: str):
    return page.locator(f".st-key-{key} button:visible")  # with a tooltip Streamlit keeps a hidden twin


def run_of(page: Page) -> str:
    expect(page).to_have_url(re.compile("dnn_run="))
    found = re.search(r"dnn_run=([\w-]+)", page.url)
    assert found
    return found.group(1)


@pytest.fixture
def training(server: str, page: Page) -> Page:
    """The DNN playground with a long run under way; stopped in the end."""
    page.goto(f"{server}/dnn_playground?{LONG}")
    button(page, "dnn_train").click()
    wait_for_update(page, 0)
    yield page
    settle(page)  # what the test clicked last is over
    if button(page, "dnn_train").count() == 0:
        button(page, "dnn_stop").click()
        expect(button(page, "dnn_train")).to_be_visible()


def test_a_run_goes_on_after_a_reload_and_the_page_attaches_again(training: Page) -> None:
    before, run = update(training), run_of(training)
    training.reload()
    assert wait_for_update(training, before) > before
    assert run_of(training) == run
    expect(button(training, "dnn_pause")).to_be_visible()  # the reloaded page still owns its run


def test_a_run_goes_on_while_another_page_is_open(training: Page) -> None:
    before, run = update(training), run_of(training)
    training.get_by_role("link", name="Home").click()
    expect(button(training, "dnn_pause")).to_have_count(0)
    training.get_by_role("link", name=re.compile("DNN playground")).first.click()
    assert wait_for_update(training, before) > before
    assert run_of(training) == run


def test_pause_stands_still_one_update_is_one_and_resume_goes_on(training: Page) -> None:
    button(training, "dnn_pause").click()
    expect(button(training, "dnn_resume")).to_be_visible()
    settle(training)
    still = update(training)
    button(training, "dnn_step").click()
    assert wait_for_update(training, still) == still + 1
    button(training, "dnn_resume").click()
    wait_for_update(training, still + 1)


def test_a_second_visitor_sees_the_run_but_cannot_stop_it(training: Page) -> None:
    run_of(training)
    training.context.clear_cookies()
    other = training.context.new_page()
    other.goto(training.url)
    expect(other.get_by_text("another visitor's run")).to_be_visible()
    wait_for_update(other, 0)
    expect(button(other, "dnn_stop")).to_be_disabled()
    expect(button(other, "dnn_pause")).to_have_count(0)
    other.close()


def test_charts_stay_mounted_while_they_grow(training: Page) -> None:
    """A chart that is mounted anew at every update would flash: its canvas must stay the same element."""
    canvas = training.locator(".st-key-chart_dnn_losses canvas").first
    canvas.wait_for()
    canvas.evaluate("element => { element.dataset.mine = 'yes' }")
    picture = canvas.screenshot()
    wait_for_update(training, update(training) + 200)
    assert canvas.get_attribute("data-mine") == "yes"
    until = time.monotonic() + PATIENCE_MS / 1000
    while canvas.screenshot() == picture:  # it is drawn a moment after its numbers
        assert time.monotonic() < until


def test_training_by_keyboard_alone(server: str, page: Page) -> None:
    page.goto(f"{server}/dnn_playground?dnn_epochs=200")
    expect(button(page, "dnn_train")).to_be_visible()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.st-key-dnn_train') !== null"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("Finished: update 200 of 200")).to_be_visible()


def test_training_on_a_phone(server: str, phone: Page) -> None:
    phone.goto(f"{server}/dnn_playground?dnn_epochs=200")
    train = button(phone, "dnn_train")
    train.wait_for()
    assert train.bounding_box()["y"] < 844, "the main button must be on a phone's first screen"
    train.tap()
    expect(phone.get_by_text("Finished: update 200 of 200")).to_be_visible()


def test_speed_one_epoch_and_reset(training: Page) -> None:
    """A slow run answers at once: it waits in no worker's hands."""
    training.locator(".st-key-dnn_speed [role=combobox], .st-key-dnn_speed [role=button]").first.click()
    training.get_by_role("option", name="1 update/s").click()
    expect(training.get_by_text(re.compile("[0-9.]+ updates a second"))).to_be_visible()
    button(training, "dnn_pause").click()
    expect(button(training, "dnn_resume")).to_be_visible()
    settle(training)
    still = update(training)
    button(training, "dnn_step").click()
    assert wait_for_update(training, still) == still + 1
    button(training, "dnn_reset").click()
    expect(training.get_by_text("Paused: update 0 of")).to_be_visible()
    expect(button(training, "dnn_train")).to_be_visible()


def test_the_buttons_on_a_phone_stand_in_two_rows(server: str, phone: Page) -> None:
    phone.goto(f"{server}/dnn_playground?{LONG}")
    button(phone, "dnn_train").tap()
    wait_for_update(phone, 0)
    boxes = [button(phone, f"dnn_{name}").bounding_box() for name in ("pause", "step", "epoch", "stop", "reset")]
    assert len({round(box["y"]) for box in boxes}) <= 2
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)
    button(phone, "dnn_stop").tap()
    expect(button(phone, "dnn_train")).to_be_visible()


def test_nothing_moves_at_the_first_train_nor_when_a_control_is_changed(server: str, page: Page) -> None:
    def places() -> list[int]:
        settle(page)
        keys = ("dnn_remark", "dnn_scores", "dnn_view")
        boxes = [page.locator(f".st-key-{key}:visible").first.bounding_box() for key in keys]
        return [round(box["y"]) for box in boxes if box is not None]

    def at_rest() -> list[int]:
        """Return the places once no button of the last run is on its way out."""
        expect(page.locator(".st-key-dnn_buttons button:visible")).to_have_count(5)
        return places()

    open_page(page, f"{server}/dnn_playground?dnn_epochs=10000&dnn_engine=torch")  # slowly
    expect(page.locator(".st-key-dnn_view")).to_be_visible()
    before = at_rest()
    button(page, "dnn_train").click()
    wait_for_update(page, 0)
    expect(page.locator(".st-key-dnn_scores")).to_contain_text("Test:")
    button(page, "dnn_pause").click()
    expect(button(page, "dnn_resume")).to_be_visible()
    assert at_rest() == before
    field = page.get_by_role("spinbutton", name="Learning rate")
    field.fill("0.05")
    field.press("Enter")
    expect(button(page, "dnn_take_over")).to_be_visible()
    assert at_rest() == before
    button(page, "dnn_take_over").click()
    expect(page.locator(".st-key-dnn_remark")).to_contain_text("Changed by hand")
    assert at_rest() == before
