"""The network's picture in a real browser: in place while a run is live, exact numbers, keys, touch, edits by hand."""

import re

import pytest

pytest.importorskip("playwright")
from playwright.sync_api import Page, expect

from core.data.playground import DataConfig, playground
from core.inspect.model import first_model
from core.inspect.neurons import dead, gradients
from core.nets.mlp import MlpConfig, mlp
from tests.browser.conftest import Server, quiet, sent_by, settle

pytestmark = pytest.mark.browser

# Looks at every animation frame until so many different pictures were shown: is there always one?
WATCH = """async (root, wanted) => {
  const [stage, canvas] = [root.querySelector(".stage"), root.querySelector("canvas")]
  const [line, neuron] = [root.querySelector(".lines path"), root.querySelector(".neuron")]
  const pen = canvas.getContext("2d")
  const until = performance.now() + 60_000
  const pictures = new Set()
  let [blank, looks] = [0, 0]
  while (pictures.size < wanted && performance.now() < until) {
    await new Promise(requestAnimationFrame)
    if (![stage, canvas, line, neuron].every((element) => element.isConnected)) return { remounted: true }
    looks += 1
    const bytes = new Uint32Array(pen.getImageData(0, 0, canvas.width, canvas.height).data.buffer)
    if (!bytes.some(Boolean) || !root.querySelectorAll(".lines path").length) blank += 1
    pictures.add(bytes.reduce((sum, value, at) => (sum + value * (at % 8191)) % 1e15, 0))
  }
  return { pictures: pictures.size, blank, looks }
}"""


@pytest.fixture
def visited(scratch: Server) -> Server:
    return scratch


def open_network(page: Page, scratch: Server, query: str = "") -> None:
    page.goto(f"{scratch.url}/network?{query}")
    page.locator(".network .neuron").first.wait_for()
    if "live" not in query:
        settle(page)


def said(page: Page) -> str:
    return page.locator(".network .said").inner_text()


def shown(value: float) -> str:
    return f"{value:.4f}".replace("-", "−")


def middle(page: Page, neuron: str) -> tuple[float, float]:
    box = page.locator(f"{neuron} .box").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_the_plan_is_drawn_with_its_first_weights_and_pointing_gives_them(page: Page, scratch: Server) -> None:
    sent = sent_by(page)
    open_network(page, scratch)
    quiet(page, sent)
    model = mlp(MlpConfig((3, 5, 5, 5, 3)))
    expect(page.locator(".network .lines path")).to_have_count(3 * 5 + 5 * 5 + 5 * 5 + 5 * 3)
    expect(page.locator(".network .neuron")).to_have_count(3 + 5 + 5 + 5 + 3)
    page.mouse.move(*middle(page, "#n2_3"))
    weights = ", ".join(shown(value) for value in model.net[2].weight[3].tolist())
    text = said(page)
    assert text.startswith("layer 2, neuron 4:")
    assert f"weights {weights} · bias {shown(model.net[2].bias[3].item())}" in text
    sample = playground(DataConfig(samples=500)).data.train_inputs[:1]
    answer = model.net[:4](sample)[0, 3].item()
    assert f"answers {shown(answer) if answer else 0} ·" in text
    (x0, y0), (x1, y1) = middle(page, "#n0_0"), middle(page, "#n1_0")
    page.mouse.move((x0 + x1) / 2, (y0 + y1) / 2)  # half way along a line, half of its height
    assert said(page) == f"weight from input x₁ to layer 1, neuron 1: {shown(model.net[0].weight[0, 0].item())}"
    assert sent == []


def test_it_changes_in_place_without_a_blank_frame(page: Page, scratch: Server, capsys) -> None:
    open_network(page, scratch, "live=1&widths=16-16-16-16-16-16-16-16&data=moons&act=tanh")
    # Until then the picture may be mounted once more.
    expect(page.locator(".network .stage")).to_have_attribute("data-frames", re.compile(r"^([5-9]|\d\d+)$"))
    found = page.locator(".network").evaluate(WATCH, 3)
    with capsys.disabled():
        print(f"\n2-(16×8)-2 live: {found}")
    assert not found.get("remounted")
    assert (found["pictures"], found["blank"]) == (3, 0)


def test_keys_walk_from_neuron_to_neuron_and_choose(page: Page, scratch: Server) -> None:
    open_network(page, scratch)
    expect(page.get_by_text("Choose a neuron or a line")).to_be_visible()
    page.locator("#n0_0").focus()
    assert page.locator(".neuron[tabindex='0']").count() == 1
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    focused = "root => root.getRootNode().activeElement.id"
    walked = page.locator(".network").evaluate(focused)
    assert re.fullmatch(r"n2_\d", walked)
    assert f"neuron {int(walked[-1]) + 1}: " in said(page)  # what has the focus is told in numbers
    page.keyboard.press("Enter")
    number = int(walked[-1]) + 1
    expect(page.get_by_text(f"Layer 2, neuron {number} (ReLU)")).to_be_visible()
    expect(page.locator(f"#{walked}")).to_have_attribute("aria-pressed", "true")
    assert page.locator(".network").evaluate(focused) == walked  # the answer of the server leaves the focus alone
    expect(page.locator(".ck-neuron tr")).to_have_count(1 + 5 + 1)
    page.keyboard.press("Escape")
    expect(page.get_by_text("Choose a neuron or a line")).to_be_visible()


def test_a_line_chooses_its_weight_which_can_be_changed_by_hand(page: Page, scratch: Server) -> None:
    open_network(page, scratch, "updates=2")
    (x0, y0), (x1, y1) = middle(page, "#n1_4"), middle(page, "#n2_4")
    page.mouse.click((x0 + x1) / 2, (y0 + y1) / 2)
    expect(page.get_by_text("Layer 2, neuron 5 (ReLU)")).to_be_visible()
    field = page.get_by_role("spinbutton", name="New value")
    expect(field).to_be_visible()
    assert said(page).endswith(shown(float(field.input_value())))
    field.fill("1.25")
    page.keyboard.press("Enter")
    row = page.locator(".ck-neuron tr.ck-on")
    expect(row).to_contain_text("1.2500")
    expect(page.locator(".network .said")).to_contain_text("1.2500")


def test_dead_neurons_are_crossed_out_and_named(page: Page, scratch: Server) -> None:
    data = playground(DataConfig(samples=500)).data.train_inputs
    seed = next(seed for seed in range(99) if any(map(any, dead(first_model(MlpConfig(seed=seed)), data))))
    flags = dead(first_model(MlpConfig(seed=seed)), data)
    open_network(page, scratch, f"seed={seed}")
    crossed = page.locator(".neuron.dead")
    assert crossed.count() == sum(map(sum, flags))
    layer, neuron = next((i, j) for i, row in enumerate(flags, 1) for j, flag in enumerate(row) if flag)
    assert (
        page.locator(f"#n{layer}_{neuron}").get_attribute("aria-label") == f"layer {layer}, neuron {neuron + 1}, dead"
    )
    assert page.locator(f"#n{layer}_{neuron} .cross").is_visible()
    assert f"{sum(flags[layer - 1])} dead" in page.locator(f"#dead{layer}").text_content()
    expect(page.get_by_text("judged by 350 of 350")).to_be_visible()


def test_lines_can_show_gradients_with_their_mean_size(page: Page, scratch: Server) -> None:
    open_network(page, scratch, "act=sigmoid&widths=4-4-4")
    page.get_by_role("button", name="gradients").click()
    data = playground(DataConfig(samples=500)).data
    model = first_model(MlpConfig((3, 4, 4, 4, 3), "sigmoid"))
    found = gradients(model, data.train_inputs, data.train_labels, "cross_entropy")
    for layer, gradient in enumerate(found, 1):
        digits, exponent = f"{float(gradient.abs().mean()):.1e}".split("e")
        expect(page.locator(f"#count{layer}")).to_have_text(f"{digits}e{int(exponent)}".replace("-", "−"))
    page.get_by_role("button", name="weights").click()
    expect(page.locator("#count1")).to_have_text("4")


def test_eight_layers_keep_their_numbers_and_dead_says_what_it_means(page: Page, scratch: Server) -> None:
    open_network(page, scratch, "act=sigmoid&widths=5-5-5-5-5-5-5-5")
    for layer in range(1, 9):
        expect(page.locator(f"#top{layer}")).to_contain_text(str(layer))
        expect(page.locator(f"#top{layer}")).to_contain_text("σ")
    data = playground(DataConfig(samples=500)).data.train_inputs
    seed = next(seed for seed in range(99) if any(map(any, dead(first_model(MlpConfig(seed=seed)), data))))
    open_network(page, scratch, f"seed={seed}")
    expect(page.locator(".network .legend")).to_contain_text("dead: a ReLU that answers 0 for every sample")


def test_a_wide_layer_says_how_much_of_it_is_drawn(page: Page, scratch: Server) -> None:
    open_network(page, scratch, "widths=64-3")
    expect(page.locator("#count1")).to_have_text("16 of 64")
    assert page.locator(".neuron").count() == 3 + 16 + 3 + 3
    page.locator("#n1_0 .box").click()
    field = page.get_by_role("spinbutton", name="Neuron, 1 to 64")
    field.fill("64")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Layer 1, neuron 64 (ReLU)")).to_be_visible()


def test_fits_a_phone_and_answers_to_touch(phone: Page, scratch: Server) -> None:
    open_network(phone, scratch, "widths=16-16-16-16-16-16-16-16&data=moons")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    for text in phone.locator(".network .head:visible").all():
        box = text.bounding_box()
        assert box is None or (box["x"] >= 0 and box["x"] + box["width"] <= 390)
    box = phone.locator("#n3_5 .box").bounding_box()
    phone.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(phone.get_by_text("Layer 3, neuron 6 (ReLU)")).to_be_visible()
    expect(phone.locator(".network .said")).to_contain_text("layer 3, neuron 6")


def test_it_leaves_room_on_a_projector(page: Page, scratch: Server) -> None:
    open_network(page, scratch, "widths=16-16-16-16-16-16-16-16&data=moons")
    box = page.locator(".network").bounding_box()
    assert box is not None
    assert box["height"] <= 285
    assert page.locator(".network .stage").bounding_box()["height"] <= 230


def test_the_theme_s_colours_reach_the_maps(page: Page, scratch: Server) -> None:
    ground = """root => { const pen = root.querySelector("canvas").getContext("2d")
        const found = {}
        const bytes = pen.getImageData(0, 0, pen.canvas.width, pen.canvas.height).data
        for (let at = 0; at < bytes.length; at += 4) if (bytes[at + 3] === 255) {
          const name = bytes.slice(at, at + 3).join()
          found[name] = (found[name] ?? 0) + 1
        }
        return found }"""
    for scheme, expected in (("light", "255,255,255"), ("dark", "17,24,22")):
        page.emulate_media(color_scheme=scheme)
        open_network(page, scratch)
        assert page.locator(".network").evaluate(ground).get(expected, 0) > 50


def test_reduced_motion_moves_nothing(page: Page, scratch: Server) -> None:
    page.emulate_media(reduced_motion="reduce")
    open_network(page, scratch)
    path = page.locator(".network .lines path").first
    assert path.evaluate("path => getComputedStyle(path).transitionDuration") == "0s"
