"""Pictures over a run's own connection, in a real Chromium: no script run, two tabs, two languages, a hidden page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.browser.conftest import open_page, quiet, sent_by, settle, update, wait_for_update

pytestmark = pytest.mark.browser

# PyTorch's engine is slow enough to be watched.
LONG = "dnn_loss=cross_entropy&dnn_optimiser=adam&dnn_batch=64&dnn_epochs=10000&dnn_engine=torch"
WATCHED_MS = 10_000


def button(page: Page, key: str):
    return page.locator(f".st-key-{key} button:visible")


@dataclass
class Training:
    """A page whose run is under way.

    Attributes:
        page: the page.
        sent: grows with every message to Streamlit.
        pictures: grows with the bytes of every message of pictures.
    """

    page: Page
    sent: list[str]
    pictures: list[int] = field(default_factory=list)

    def watch(self, socket: WebSocket) -> None:
        """Note what comes over the run's own connection."""
        if socket.url.endswith("/chalknet/live"):
            socket.on("framereceived", lambda got: isinstance(got, bytes) and self.pictures.append(len(got)))


@pytest.fixture
def training(server: str, page: Page) -> Iterator[Training]:
    """Lesson 2 with a long run, which is stopped in the end."""
    made = Training(page, sent_by(page))
    page.on("websocket", made.watch)
    open_page(page, f"{server}/dnn_playground?{LONG}")
    button(page, "dnn_train").click()
    wait_for_update(page, 0)
    expect(page).to_have_url(re.compile("dnn_run="))
    yield made
    settle(page)
    button(page, "dnn_stop").click()
    expect(button(page, "dnn_train")).to_be_visible()


def test_ten_seconds_are_watched_without_a_script_run(training: Training, capsys) -> None:
    page, pictures = training.page, training.pictures
    expect(page.locator(".st-key-dnn_scores")).to_contain_text("Test:")
    quiet(page, training.sent)
    before, drawn = update(page), page.locator(".network .lines").inner_html()
    pictures.clear()
    page.wait_for_timeout(WATCHED_MS)
    assert pictures
    with capsys.disabled():
        rate, size = len(pictures) * 1000 / WATCHED_MS, sum(pictures) // len(pictures)
        print(f"\n{rate:.1f} pictures a second, {size} bytes each")
    assert training.sent == []
    assert update(page) > before
    assert page.locator(".network .lines").inner_html() != drawn


def test_a_second_tab_pauses_and_the_first_one_shows_it(training: Training) -> None:
    page, other = training.page, training.page.context.new_page()
    other.goto(page.url)
    wait_for_update(other, 0)
    settle(other)
    button(other, "dnn_pause").click()
    for tab in (other, page):
        expect(button(tab, "dnn_resume")).to_be_visible()
        settle(tab)
    assert update(page) == update(other)
    button(page, "dnn_resume").click()
    expect(button(other, "dnn_pause")).to_be_visible()
    wait_for_update(other, update(other))
    other.close()


def test_two_languages_watch_one_run(training: Training) -> None:
    page, other = training.page, training.page.context.new_page()
    other.goto(f"{page.url}&lang=zh")
    line, scores = other.locator("[class*=_progress] .said"), other.locator(".st-key-dnn_scores")
    expect(line).to_contain_text("训练中")
    expect(scores).to_contain_text("测试")
    expect(page.locator(".st-key-dnn_scores")).to_contain_text("Test:")
    expect(page.locator("[class*=_progress] .said")).to_contain_text("Training")
    seen = line.inner_text()
    expect(line).not_to_have_text(seen)
    other.close()


def test_a_page_that_draws_nothing_gets_nothing_and_then_the_newest(training: Training) -> None:
    page = training.page
    settle(page)
    page.evaluate("""() => {  // as of a tab behind another one: the browser asks it for no frame
        const real = window.requestAnimationFrame, kept = []
        window.requestAnimationFrame = (act) => kept.push(act)
        window.appear = () => {
            window.requestAnimationFrame = real
            kept.forEach((act) => real(act))
        }
    }""")
    page.wait_for_timeout(1_500)
    training.pictures.clear()
    page.wait_for_timeout(2_000)
    assert training.pictures == []
    still = update(page)
    page.evaluate("appear()")
    waiting = wait_for_update(page, still)  # what was sent and not drawn yet
    wait_for_update(page, waiting)
    assert training.pictures


def test_a_click_that_cannot_go_over_the_connection_goes_to_streamlit(server: str, page: Page) -> None:
    other = page.context.new_page()
    other.route_web_socket(re.compile("/chalknet/live"), lambda socket: socket.close())
    open_page(other, f"{server}/dnn_playground?{LONG}")
    button(other, "dnn_train").click()
    expect(other).to_have_url(re.compile("dnn_run="))
    for press, then in (("pause", "resume"), ("resume", "pause"), ("stop", "train")):
        settle(other)
        button(other, f"dnn_{press}").click()
        expect(button(other, f"dnn_{then}")).to_be_visible()
    other.close()
