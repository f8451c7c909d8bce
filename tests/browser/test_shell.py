"""The shell around the lessons in a real browser: every page in every look, language, addresses, headers, the pad."""

from __future__ import annotations

import json
import re
import sys
import time
import urllib.request
from collections.abc import Iterator
from http.client import HTTPMessage
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import PHONE, Server, new_context, open_page, settle, visit

pytestmark = pytest.mark.browser

# address: (title in English, title in Chinese, what makes the page useful)
PAGES = {
    "": ("ChalkNet", "ChalkNet", "[data-testid=probabilities]"),
    "data_split": ("Data split", "数据集划分", "[data-testid=stMain] canvas"),
    "dnn_playground": ("DNN playground", "DNN 实验场", ".st-key-dnn_train button"),
    "conv_calculator": ("Convolution calculator", "卷积计算器", ".stepper .output .cell"),
    "lenet_training": ("Handwritten digits (MNIST)", "手写数字（MNIST）", ".st-key-lenet_train button"),
    "sketch_pad": ("Sketch pad", "手写板", "[data-testid=probabilities]"),
}
# Each language and each ground at both sizes, in half as many pages as all combinations.
LOOKS = {
    "English, light": {"locale": "en-US", "color_scheme": "light"},
    "Chinese, dark": {"locale": "zh-CN", "color_scheme": "dark"},
    "English, dark, phone": PHONE | {"locale": "en-US", "color_scheme": "dark"},
    "Chinese, light, phone": PHONE | {"locale": "zh-CN", "color_scheme": "light"},
}
# One stroke each, so that there is one answer to time; points as shares of the board's side.
ONE = [[(0.5, 0.15), (0.5, 0.85)]]
SEVEN = [[(0.25, 0.2), (0.75, 0.2), (0.45, 0.85)]]
THREE = [
    [(0.3, 0.22), (0.45, 0.13), (0.62, 0.16), (0.7, 0.28), (0.45, 0.48), (0.74, 0.67), (0.66, 0.82), (0.28, 0.8)],
]


@pytest.fixture(params=list(LOOKS))
def look(request: pytest.FixtureRequest, browser: Browser, app_server: Server) -> Iterator[tuple[Page, dict[str, Any]]]:
    """A visitor with one of the looks; the test fails when a page complains or asks a foreign host."""
    options = LOOKS[request.param]
    with visit(browser, app_server, **options) as page:
        yield page, options


def test_every_page_in_every_look(server: str, look: tuple[Page, dict[str, Any]]) -> None:
    page, options = look
    chinese, dark, phone = options["locale"] == "zh-CN", options["color_scheme"] == "dark", "viewport" in options
    for address, (english, translated, useful) in PAGES.items():
        open_page(page, f"{server}/{address}")
        expect(page.locator("h1")).to_have_text(translated if chinese else english)
        expect(page).to_have_title(re.compile("ChalkNet"))
        expect(page.locator(useful).locator("visible=true").first).to_be_visible()
        assert (ground(page) < 60) == dark, address
        if phone:
            # A pixel more may be a fraction, rounded up.
            assert width(page) <= 391, f"{address or 'home'} overflows"
        else:
            top = page.locator(useful).locator("visible=true").first.bounding_box()["y"]
            assert top < 720, f"{address or 'home'}: its stage must be on the first screen"


def test_the_switch_changes_language_and_stays_in_the_address(server: str, page: Page) -> None:
    open_page(page, f"{server}/data_split")
    assert "lang" not in page.url
    page.get_by_role("radio", name="中文").or_(page.get_by_role("button", name="中文")).first.click()
    expect(page.locator("h1")).to_have_text("数据集划分")
    expect(page).to_have_url(re.compile(r"[?&]lang=zh"))
    page.get_by_role("link", name="卷积计算器").first.click()
    expect(page.locator("h1")).to_have_text("卷积计算器")
    expect(page).to_have_url(re.compile(r"conv_calculator\?.*lang=zh"))
    page.reload()
    expect(page.locator("h1")).to_have_text("卷积计算器")


def test_the_address_wins_over_the_browsers_language(server: str, browser: Browser) -> None:
    for locale, wanted, title in (("en-US", "zh", "数据集划分"), ("zh-CN", "en", "Data split")):
        context = new_context(browser, locale=locale)
        fresh = context.new_page()
        open_page(fresh, f"{server}/data_split?lang={wanted}")
        expect(fresh.locator("h1")).to_have_text(title)
        context.close()


def test_a_link_opens_a_lesson_with_its_settings(server: str, page: Page) -> None:
    open_page(page, f"{server}/conv_calculator?conv_height=7&conv_stride=2")
    expect(page.get_by_role("spinbutton", name="Input side H")).to_have_value("7")
    expect(page.get_by_role("spinbutton", name="Stride S")).to_have_value("2")
    expect(page.locator("h2").first).to_contain_text("1 × 7 × 7 → 1 × 3 × 3")


def test_an_unknown_path_leads_home_and_says_so(server: str, browser: Browser) -> None:
    context = new_context(browser)  # without a Watch: Streamlit reports the unknown page on the console, too
    lost = context.new_page()
    open_page(lost, f"{server}/no_such_lesson")
    expect(lost.get_by_role("dialog")).to_contain_text("Page not found")
    lost.keyboard.press("Escape")
    expect(lost.get_by_role("dialog")).to_have_count(0)
    expect(lost.locator("h1")).to_have_text("ChalkNet")
    context.close()


HOSTILE = (
    "conv_height=-1&conv_stride=0&conv_kernel_size=1e9&conv_operation=rm",
    "conv_height=nan&conv_stride=%00&conv_kernel=%F0%9F%92%A3&lang=../../etc/passwd",
    "conv_height=" + "9" * 5000,
    "conv_kernel=%3Cscript%3Ealert(1)%3C/script%3E&lang=%3Cimg%20src=x%20onerror=alert(1)%3E",
    "conv_height=5&conv_height=6&set=%5B%5D&set=2&conv_run=../..&=&&&%",
)


def test_hostile_addresses_open_the_page_with_its_defaults(server: str, page: Page) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"a script in the address ran: {dialog.message}"))
    for query in HOSTILE:
        open_page(page, f"{server}/conv_calculator?{query}")
        expect(page.locator("h1")).to_have_text("Convolution calculator")
        expect(page.locator("[data-testid=stException], [data-testid=stAlertContentError]")).to_have_count(0)
        height = page.get_by_role("spinbutton", name="Input side H")
        expect(height).to_have_value(re.compile("^(6|5)$" if "conv_height=5&" in query else "^4$"))


def test_a_forged_run_is_not_there(server: str, page: Page) -> None:
    open_page(page, f"{server}/dnn_playground?dnn_run=" + "A" * 22)
    expect(page.get_by_text("There is no such run any more")).to_be_visible()
    expect(page.locator(".st-key-dnn_train button:visible")).to_be_enabled()


def test_headers_and_health(server: str) -> None:
    for path in ("/", "/health", "/no/such/thing", "/_stcore/health"):
        _body, headers = get(server + path)
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe-eval'" not in policy.replace("wasm-unsafe-eval'", "")
        assert "http" not in policy, "no foreign host may be allowed"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "SAMEORIGIN"
        assert headers["Referrer-Policy"] == "same-origin"
    body, headers = get(f"{server}/health")
    assert json.loads(body) == {"ready": True, "torch": True, "scheduler": True, "failed": False}
    assert headers["Cache-Control"] == "no-store"


def test_the_visitors_cookie(server: str) -> None:
    _body, headers = get(f"{server}/")
    first = headers["Set-Cookie"]
    assert re.match(r"chalknet_visitor=[\w-]{32}; ", first)
    assert "; HttpOnly" in first
    assert "; SameSite=Lax" in first
    _body, headers = get(f"{server}/")
    assert headers["Set-Cookie"] != first, "every visitor has a token of their own"
    _body, headers = get(f"{server}/", first.split(";")[0])
    assert headers["Set-Cookie"] is None, "who has a token keeps it"
    _body, headers = get(f"{server}/health")
    assert headers["Set-Cookie"] is None


def test_scripts_cannot_read_the_cookie(server: str, page: Page) -> None:
    open_page(page, f"{server}/")
    assert "chalknet_visitor" in {cookie["name"] for cookie in page.context.cookies()}
    assert "chalknet_visitor" not in page.evaluate("document.cookie")


def test_the_first_page_comes_soon(server: str, page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    started = time.monotonic()
    page.goto(server)
    page.locator("h1").first.wait_for()
    seconds = time.monotonic() - started
    say(capsys, f"first page: {seconds:.2f} s from navigation to its title (fresh visitor, server ready)")
    assert page.locator("h1").first.inner_text()


@pytest.mark.parametrize(("address", "key"), [("data_split", "stButton"), ("lenet_training", "st-key-lenet_train")])
def test_tab_reaches_the_main_button(server: str, page: Page, address: str, key: str) -> None:
    open_page(page, f"{server}/{address}")
    main = page.locator(f".{key} [data-testid=stBaseButton-primary]:visible").first
    main.wait_for()
    for _ in range(60):
        page.keyboard.press("Tab")
        if main.evaluate("button => button === document.activeElement"):
            break
    expect(main).to_be_focused()
    outline = main.evaluate("button => getComputedStyle(button).boxShadow + getComputedStyle(button).outlineStyle")
    assert outline != "nonenone", "the focus must be seen"


def test_a_drawn_digit_is_read_at_once(server: str, page: Page, capsys: pytest.CaptureFixture[str]) -> None:
    open_page(page, server)
    answer = page.locator("[data-testid=probabilities]")
    expect(answer).to_have_attribute("data-digit", "")
    times = []
    for strokes, plausible in ((ONE, "1"), (SEVEN, "17"), (THREE, "3")):
        draw(page, strokes)
        expect(answer).to_have_attribute("data-digit", re.compile(f"[{plausible}]"))
        shares = page.locator("[data-testid=probabilities] .number").all_inner_texts()
        assert len(shares) == 10
        assert sum(float(share.removesuffix("%")) for share in shares) == pytest.approx(100, abs=0.6)
        times.append(int(answer.get_attribute("data-ms")))
        page.get_by_role("button", name="Clear").click()
        expect(answer).to_have_attribute("data-digit", "")
        settle(page)
    say(capsys, f"sketch pad: mouse-up to new probabilities on screen {', '.join(map(str, times))} ms")
    assert max(times) < 5000  # timings never decide a test


def test_a_drawing_survives_a_visit_to_another_page(server: str, page: Page) -> None:
    open_page(page, server)
    answer = page.locator("[data-testid=probabilities]")
    expect(answer).to_have_attribute("data-digit", "")
    draw(page, THREE)
    expect(answer).to_have_attribute("data-digit", "3")
    page.get_by_role("link", name="3 Convolution").click()
    expect(page.locator("h1")).to_have_text("Convolution calculator")
    page.get_by_role("link", name="Home").first.click()
    expect(page.locator("h1")).to_have_text("ChalkNet")
    expect(answer).to_have_attribute("data-digit", "3")
    expect(answer.locator(".big")).to_have_text("3")
    assert chalk(page) > 0.01, "the board itself shows the drawing again"


def say(capsys: pytest.CaptureFixture[str], timing: str) -> None:
    """Print a timing where it is seen, whether or not the test passes and in whatever worker it runs."""
    with capsys.disabled():
        print(f"\nTIMING {timing}", file=sys.stderr, flush=True)


def get(url: str, cookie: str = "") -> tuple[str, HTTPMessage]:
    """Return the body and the headers of an address; without a browser, so that every header is seen as sent."""
    request = urllib.request.Request(url, headers={"Accept": "text/html"} | ({"Cookie": cookie} if cookie else {}))
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read().decode(), answer.headers


def ground(page: Page) -> float:
    """Return the mean of red, green and blue of the page's background, 0 … 255."""
    colour = page.locator("[data-testid=stApp]").evaluate("app => getComputedStyle(app).backgroundColor")
    return sum(map(int, re.findall(r"\d+", colour)[:3])) / 3


def width(page: Page) -> int:
    """Return the width in pixels that the page's content needs; the window's own or more."""
    return page.evaluate(
        """Math.max(...[document.documentElement, ...document.querySelectorAll("[data-testid=stMain]")]
            .map(element => element.scrollWidth))"""
    )


def board(page: Page) -> Locator:
    """Return the canvas that takes the strokes."""
    return page.locator("canvas.upper-canvas")


def draw(page: Page, strokes: list[list[tuple[float, float]]]) -> None:
    """Draw with the mouse, as a hand does: many small moves, the pen lifted between strokes."""
    board(page).wait_for()
    box = board(page).bounding_box()
    assert box is not None
    for stroke in strokes:
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point, steps=6)
        page.mouse.up()


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
