"""The stepper in a real browser: keys, play, clicks, and not one message to the server."""

from urllib.parse import urlencode

import pytest

from tests.core.conv_steps import worked
from ui.conv import settings as conv_settings
from ui.conv.settings import Settings
from ui.state import fields

pytest.importorskip("playwright")
from playwright.sync_api import expect

from tests.browser.conftest import quiet, sent_by

pytestmark = pytest.mark.browser

PAGE = "/conv_calculator"


def output(page) -> list[str]:
    return page.locator(".stepper .output .cell").all_inner_texts()


def open_stepper(page, server: str, query: str = "") -> list[str]:
    """Open the page; return the list that grows with every message to the server from now on."""
    sent = sent_by(page)
    page.goto(f"{server}{PAGE}?lang=en{query}")
    page.locator(".stepper .output .cell").first.wait_for()
    quiet(page, sent)
    return sent


def test_steps_by_keyboard_without_a_message_to_the_server(page, server) -> None:
    sent = open_stepper(page, server)
    assert output(page) == ["15", "", "", ""]
    play = page.get_by_role("button", name="Play")
    play.focus()
    page.keyboard.press("ArrowRight")
    assert output(page) == ["15", "16", "", ""]
    assert page.locator(".count").inner_text() == "Step 2 of 4"
    page.keyboard.press("End")
    assert output(page) == ["15", "16", "6", "15"]
    page.keyboard.press("ArrowRight")  # there is no fifth step
    assert output(page) == ["15", "16", "6", "15"]
    page.keyboard.press("Home")
    assert output(page) == ["15", "", "", ""]
    assert "1·2 + 2·0 + 3·1" in page.locator(".sum").inner_text()
    spoken = page.locator("[aria-live]")
    assert spoken.get_attribute("aria-live") == "polite"
    assert spoken.inner_text().startswith("Output row 1, column 1: 1·2 + 2·0")
    assert spoken.inner_text().endswith("= 15")
    assert sent == []


def test_plays_to_the_end_and_pauses_without_a_message_to_the_server(page, server) -> None:
    sent = open_stepper(page, server)
    page.get_by_role("button", name="Play").click()
    page.get_by_role("button", name="Pause").wait_for()
    page.locator(".count", has_text="Step 2 of 4").wait_for()
    page.keyboard.press("Space")  # on the button that was clicked: pause
    page.get_by_role("button", name="Play").wait_for()
    page.wait_for_timeout(1200)  # longer than a step: only waiting shows that none comes
    assert page.locator(".count").inner_text() == "Step 2 of 4"
    page.get_by_role("button", name="Play").click()
    page.locator(".count", has_text="Step 4 of 4").wait_for()
    page.get_by_role("button", name="Play").wait_for()
    assert output(page) == ["15", "16", "6", "15"]
    assert sent == []


def test_any_cell_can_be_clicked_and_the_arrows_go_on_from_it(page, server) -> None:
    sent = open_stepper(page, server)
    cells = page.locator(".stepper .output .cell")
    cells.nth(3).click()
    assert output(page) == ["15", "16", "6", "15"]
    page.keyboard.press("ArrowUp")
    assert output(page) == ["15", "16", "", ""]
    assert cells.nth(1).evaluate("cell => cell === cell.getRootNode().activeElement")
    assert cells.nth(1).get_attribute("aria-selected") == "true"
    assert cells.nth(2).get_attribute("aria-label") == "Row 2, column 1: not yet"
    page.get_by_role("slider", name="Step", exact=True).fill("2")
    assert output(page) == ["15", "16", "6", ""]
    assert sent == []


def test_new_settings_redraw_and_a_full_picture_stays_full(page, server) -> None:
    sent = open_stepper(page, server)
    page.get_by_role("button", name="Play").focus()
    page.keyboard.press("End")
    page.get_by_role("spinbutton", name="Padding P").fill("1")
    page.keyboard.press("Enter")
    page.locator(".count", has_text="Step 16 of 16").wait_for()
    expect(page.locator(".stepper .input .cell")).to_have_count(36)
    expect(page.locator(".stepper .input .cell.padding")).to_have_count(20)
    assert output(page) == ["7", "12", "10", "2", "4", "15", "16", "10", "10", "6", "15", "6", "8", "10", "4", "3"]
    assert sent  # a setting does go to the server: the count above is not blind


def test_channels_are_chosen_in_the_browser(page, server) -> None:
    sent = open_stepper(page, server, "&conv_channels=2&conv_bias=-1")
    first = page.locator(".stepper .input .cell").all_inner_texts()
    page.locator(".channels button").nth(1).click()
    second = page.locator(".stepper .input .cell").all_inner_texts()
    assert second[:3] == first[1:4]  # one pixel further left
    assert "channel 1: 15 + channel 2: 16 + bias −1 = 30" in page.locator(".sum").inner_text()
    assert sent == []


def test_fits_a_phone(page, server) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_stepper(page, server, "&conv_height=9&conv_padding=2&conv_kernel_size=5")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for box in page.locator(".stepper .grid").all():
        bounds = box.bounding_box()
        assert bounds is not None
        assert bounds["x"] >= 0
        assert bounds["x"] + bounds["width"] <= 390
    assert page.locator(".stepper .play").bounding_box()["height"] >= 40


def test_reduced_motion_moves_nothing(page, server) -> None:
    page.emulate_media(reduced_motion="reduce")
    open_stepper(page, server)
    assert page.locator(".frame").evaluate("frame => getComputedStyle(frame).transitionDuration") == "0s"


def test_plays_at_full_speed_without_a_message_to_the_server(page, server, capsys) -> None:
    sent = open_stepper(page, server, "&conv_height=28&conv_kernel_size=5&conv_padding=2")
    page.get_by_role("combobox", name="Speed").select_option("0")
    count = page.locator(".count")
    play = page.get_by_role("button", name="Play")
    idle = frames_per_second(page)
    play.click()
    before = int(count.inner_text().split()[1])
    played = frames_per_second(page)
    after = int(count.inner_text().split()[1])
    page.get_by_role("button", name="Pause").click()
    with capsys.disabled():  # at least 30 on an idle machine; how busy it is decides no test
        print(f"\nstepper at top speed: {played:.1f} frames/s, {after - before} steps; an idle page: {idle:.1f}")
    assert after > before
    assert sent == []


def frames_per_second(page) -> float:
    """Count half a second's animation frames of the whole page."""
    return page.evaluate(
        """() => new Promise((resolve) => {
            const start = performance.now();
            let frames = 0;
            const tick = (now) => {
                frames += 1;
                if (now - start < 500) requestAnimationFrame(tick);
                else resolve((1000 * frames) / (now - start));
            };
            requestAnimationFrame(tick);
        })"""
    )


def test_an_input_cell_shows_the_outputs_that_it_reaches(page, server) -> None:
    sent = open_stepper(page, server)
    cells = page.locator(".stepper .input .cell")
    reached = page.locator(".stepper .output .cell.reached")
    cells.nth(5).click()  # row 2, column 2 lies in all four windows
    expect(reached).to_have_count(4)
    assert page.locator("[aria-live]").inner_text() == "Input row 2, column 2 reaches 4 output numbers."
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    expect(reached).to_have_count(2)
    page.keyboard.press("ArrowUp")
    assert page.locator("[aria-live]").inner_text() == "Input row 1, column 4 reaches 1 output numbers."
    page.locator(".stepper .output .cell").nth(3).click()
    expect(reached).to_have_count(0)
    assert sent == []


def test_numbers_are_typed_over_by_keyboard_and_live_in_the_address(page, server) -> None:
    open_stepper(page, server)
    page.locator(".stepper .kernel > .grid .cell").first.focus()
    page.keyboard.press("-")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    page.locator(".sum b", has_text="12").wait_for()  # 15 − 1·2 + 1·(−1)
    kernel = page.locator(".stepper .kernel > .grid .cell").first
    assert kernel.inner_text() == "−1"
    assert kernel.evaluate("cell => cell === cell.getRootNode().activeElement")  # the focus stays
    page.locator(".stepper .bias .cell").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("2.5")
    page.keyboard.press("Enter")
    page.locator(".sum b", has_text="14.5").wait_for()
    page.locator(".stepper .input .cell").first.dblclick()
    page.keyboard.type("9")
    page.keyboard.press("Escape")  # nothing changes
    page.locator(".stepper .input .cell").first.dblclick()
    page.keyboard.type("9e9")
    page.keyboard.press("Enter")  # no number: nothing changes
    assert page.locator(".stepper .input .cell").first.inner_text() == "1"
    page.wait_for_url("**conv_edits=*")
    page.reload()
    page.locator(".sum b", has_text="14.5").wait_for()
    page.get_by_role("button", name="Undo my numbers").click()
    page.locator(".sum b", has_text="15").wait_for()


def test_filters_have_their_own_kernels_and_biases(page, server) -> None:
    sent = open_stepper(page, server, "&conv_filters=2&conv_kernel=sobel&conv_edits=b1_10")
    first = page.locator(".stepper .kernel > .grid .cell").all_inner_texts()
    page.get_by_role("button", name="Filter 2").click()
    second = page.locator(".stepper .kernel > .grid .cell").all_inner_texts()
    assert first[:3] == ["−1", "0", "1"]
    assert second[:3] == ["−1", "−2", "−1"]
    assert "bias 10" in page.locator(".sum").inner_text()
    assert sent == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_on_a_phone_every_channel_of_a_filter_has_its_kernel_within_the_screen(page, server, language) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_stepper(page, server, f"&conv_channels=3&conv_filters=2&lang={language}")
    caption = page.locator(".stepper .kernel > figcaption")
    assert "1" in caption.inner_text()
    page.locator(".stepper .channels button").nth(1).click()
    assert caption.inner_text() == {"en": "Kernel 2 of 3", "zh": "卷积核 2/3"}[language]
    right = page.locator(".stepper").evaluate("at => at.getBoundingClientRect().right")
    captions = page.locator(".stepper figcaption:visible, .stepper .count")
    for box in captions.evaluate_all("all => all.map((one) => one.getBoundingClientRect().right)"):
        assert box <= right + 1


def test_the_largest_number_is_marked_in_the_input(page, server) -> None:
    open_stepper(page, server, "&conv_operation=maxpool&conv_kernel_size=2&conv_stride=2&conv_channels=2")
    assert page.locator(".stepper .input .cell.winner").all_inner_texts() == ["2"]
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Channel 2").click()
    assert page.locator(".stepper .input .cell.winner").all_inner_texts() == ["3"]


EXAMPLES = [
    Settings(),
    Settings(height=7, square=False, width=9, kernel_width=2, stride_width=3, padding=2, padding_width=1, bias=-3),
    Settings(height=9, kernel="random", seed=5, dilation=2, channels=4, filters=4, groups=2, padding=1),
    Settings(height=6, kernel="blur", stride=2, edits="x0_0_0_9.5~w0_0_1_1_-2.25~b0_0.125"),
    Settings(operation="maxpool", height=7, kernel_size=3, stride=2, padding=1, ceil_mode=True, channels=2),
    Settings(operation="avgpool", height=7, kernel_size=2, stride=2, padding=1, ceil_mode=True),
    Settings(operation="avgpool", height=7, kernel_size=3, stride=2, padding=1, count_include_pad=False),
]


@pytest.mark.parametrize("settings", EXAMPLES, ids=range(len(EXAMPLES)))
def test_the_browser_s_arithmetic_is_core_s(page, server, settings: Settings) -> None:
    rules = fields.rules(Settings)
    query = urlencode(
        {
            f"conv_{name}": rule.show(getattr(settings, name))
            for name, (rule, default) in rules.items()
            if getattr(settings, name) != default
        }
    )
    open_stepper(page, server, f"&{query}")
    example = conv_settings.example(settings)
    assert example.drawn == example.outputs
    for number in range(example.drawn):
        if example.drawn > 1:
            page.locator(".filters button").nth(number).click()
        page.get_by_role("button", name="Play").focus()
        page.keyboard.press("End")
        wanted = worked(example, number)
        shown = [float(text.replace("−", "-")) for text in output(page)]
        assert shown == pytest.approx([step.value for step in wanted.steps], abs=0.0051)
        last = page.locator(".stepper .products .cell").all_inner_texts()
        taps = [value for row in wanted.steps[-1].products[0] for value in row]
        assert [float(text.replace("−", "-")) if text else None for text in last] == [
            None if value is None else pytest.approx(value, abs=0.0051) for value in taps
        ]
