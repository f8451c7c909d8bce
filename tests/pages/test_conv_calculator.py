"""Lesson 3 through its widgets and its address."""

import contextlib
import io
import re

import pytest

from core.conv.axis import Axis
from core.conv.filters import INPUTS, KERNELS
from core.conv.presets import PRESETS
from tests.core.conv_steps import worked
from ui.conv import blocks, experiments, layer_outline
from ui.conv import settings as conv_settings
from ui.conv.settings import Settings
from ui.course import cnn_notes

PAGE = "conv_calculator"


def headline(at) -> str:
    return next(element.value for element in at.markdown if element.value.startswith("## "))


def open_inside(at, tab: int):
    """Open the expander and one of its tabs, which AppTest cannot click."""
    at.session_state["lesson_inside"] = True
    at.run()
    titles = [element.label for element in at.tabs]
    at.session_state["lesson_tabs"] = titles[tab]
    return at.run()


def test_the_course_s_example_stands_there_at_first(open_page, words) -> None:
    at = open_page(PAGE)
    assert headline(at) == "## 1 × 4 × 4 → 1 × 2 × 2"
    assert r"\dfrac{4 + 2\cdot 0 - 3}{1}" in words(at)
    assert r"\mathbf{2}" in words(at)
    assert not at.error


def test_a_stride_that_does_not_divide_is_named(open_page, words) -> None:
    shown = words(open_page(PAGE, conv_height="8", conv_stride="2"))
    assert "## 1 × 8 × 8 → 1 × 3 × 3" in shown
    assert r"\left\lfloor" in shown
    sentence = "S = 2 does not divide 5"
    assert sentence in shown


def test_an_impossible_layer_is_one_clear_sentence(open_page) -> None:
    at = open_page(PAGE, conv_height="2")
    assert len(at.error) == 1
    assert "3×3" in at.error[0].value
    assert "2×2" in at.error[0].value
    assert any(r"\mathbf{0}" in element.value for element in at.markdown)  # the formula says so, too
    at.number_input(key="conv_padding").set_value(1).run()  # the remedy
    assert not at.error
    assert headline(at).endswith("→ 1 × 2 × 2")


def test_pooling_has_no_kernel_bias_or_filters(open_page) -> None:
    at = open_page(PAGE, conv_operation="maxpool", conv_kernel_size="2", conv_stride="2", conv_channels="3")
    assert headline(at) == "## 3 × 4 × 4 → 3 × 2 × 2"
    keys = {element.key for element in at.number_input}
    assert not keys & {"conv_bias", "conv_filters", "conv_dilation"}


@pytest.mark.parametrize(
    ("changes", "output"),
    [
        ({"conv_padding": 1}, "1 × 4 × 4"),
        ({"conv_height": 7, "conv_dilation": 2}, "1 × 3 × 3"),
        ({"conv_channels": 4, "conv_filters": 6, "conv_groups": 2}, "6 × 2 × 2"),
        ({"conv_height": 224, "conv_kernel_size": 11, "conv_stride": 4, "conv_padding": 2}, "1 × 55 × 55"),
    ],
)
def test_every_control_changes_the_size_at_once(open_page, changes, output) -> None:
    at = open_page(PAGE)
    for key, value in changes.items():
        at.number_input(key=key).set_value(value)
    at.run()
    assert headline(at).endswith(f"→ {output}")


@pytest.mark.parametrize(
    "hostile",
    [
        {"conv_height": "0"},
        {"conv_height": "-1e999"},
        {"conv_height": "9" * 400},
        {"conv_height": "NaN"},
        {"conv_stride": "0"},
        {"conv_kernel_size": "12"},
        {"conv_kernel": "<script>alert(1)</script>"},
        {"conv_operation": "__class__"},
        {"conv_chain": "../../etc/passwd"},
        {"conv_padding": "１"},
        {"conv_groups": "512", "conv_channels": "512", "conv_filters": "511"},
        {"conv_height": "32", "conv_kernel_size": "11", "conv_padding": "16", "conv_channels": "512"},
        {"conv_height": "512", "conv_dilation": "8", "conv_ceil_mode": "7"},
        {"conv_operation": "avgpool", "conv_padding": "16"},
        {"conv_square": "0", "conv_width": "512", "conv_kernel_width": "11", "conv_padding_width": "-1"},
    ],
    ids=str,
)
def test_hostile_addresses_end_in_defaults_or_a_sentence(open_page, hostile) -> None:
    at = open_page(PAGE, **hostile)  # an exception fails in the fixture
    assert at.title
    assert bool(at.error) != any(element.value.startswith("## ") for element in at.markdown)


@pytest.mark.parametrize("edits", ["x", "w0_0_0_0_1e5", "x0_0_0_<b>", "~~~", "b0_" + "9" * 300, "x" * 3000])
def test_hostile_edits_end_in_a_sentence_or_are_dropped(open_page, edits) -> None:
    at = open_page(PAGE, conv_edits=edits)
    assert headline(at)
    if at.error:
        assert len(at.error[0].value) < 400
        at.button(key="conv_undo").click().run()
    assert not at.error


def test_the_code_is_true_to_the_controls_and_checked_with_torch(open_page) -> None:
    pytest.importorskip("torch")
    at = open_page(PAGE, conv_height="9", conv_padding="2", conv_kernel_size="5", conv_stride="3", conv_filters="6")
    at = open_inside(at, 1)
    shown, printed = headline(at), io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(at.code[0].value, {})
    shape = re.search(r"torch\.Size\(\[1, (\d+), (\d+), (\d+)\]\)", printed.getvalue())
    assert shown.endswith("→ " + " × ".join(shape.groups()))
    assert any("torch" in element.value and "6 × 3 × 3" in element.value for element in at.caption)


def test_there_is_no_code_for_an_impossible_layer(open_page) -> None:
    at = open_inside(open_page(PAGE, conv_height="2"), 1)
    assert not at.code
    assert at.info


def test_menus_have_every_registered_entry(open_page) -> None:
    at = open_page(PAGE)
    assert len(at.selectbox(key="conv_kernel").options) == len(KERNELS)
    assert set(conv_settings.networks()) == set(PRESETS)
    assert len(INPUTS) == 3  # a new one needs its name on the page


def test_every_experiment_is_possible_but_the_one_that_says_otherwise() -> None:
    for experiment in experiments.first("layer"):
        example = conv_settings.example(Settings(**experiment.changes))
        if experiment.label == "An impossible one":
            assert example.axes[0].output < 1
        else:
            assert all(worked(example, number) for number in range(example.drawn))
            assert example.drawn


@pytest.mark.parametrize("mode", conv_settings.MODES)
def test_each_mode_has_three_to_six_experiments_that_stay_in_it(mode) -> None:
    found = experiments.first(mode)
    assert 3 <= len(found) <= 6
    assert {experiment.changes.get("mode", "layer") for experiment in found} == {mode}
    assert all(Settings(**experiment.changes) for experiment in found)


def test_the_notes_figures_are_what_torch_computes(open_page) -> None:
    """Every figure of CNN 一 that shows one layer, by torch's own functions from the same input and weights."""
    torch = pytest.importorskip("torch")
    from torch.nn import functional

    def theirs(example):
        x = torch.tensor([[example.input_channel(c) for c in range(example.channels)]], dtype=torch.float32)
        sizes = example.kernel_size, example.stride, example.padding
        if example.operation != "conv":
            pool = functional.avg_pool2d if example.operation == "avgpool" else functional.max_pool2d
            return pool(x, *sizes)[0]
        weight = torch.tensor([example.weights(n) for n in range(example.filters)], dtype=torch.float32)
        bias = torch.tensor([example.filter_bias(n) for n in range(example.filters)], dtype=torch.float32)
        return functional.conv2d(x, weight, bias, *sizes[1:])[0]

    found = {}
    for section in cnn_notes.convolution().sections:
        for entry in section.entries:
            if entry.page != "conv_calculator" or "mode" in entry.changes:
                continue
            example = conv_settings.example(Settings(**entry.changes))
            drawn = [worked(example, number).output for number in range(example.drawn)]
            assert example.drawn == example.outputs
            assert torch.equal(theirs(example), torch.tensor(drawn, dtype=torch.float32)), entry
            found[entry.places] = [[list(row) for row in grid] for grid in drawn]
    assert found["(1) 图 1-3"] == [[[15, 16], [6, 15]]]
    assert found["(2) 图 1-5"] == [[[18, 19], [9, 18]]]
    assert len(found["(3) 图 1-6"][0]) == 4
    assert found["(4) 图 1-7"] == [[[15, 17, 16], [15, 15, 17], [6, 15, 15]]] or len(found["(4) 图 1-7"][0]) == 3
    assert found["(1) 图 1-12"] == [[[1, 2], [2, 1]]]
    assert found["(2) 图 1-13"] == [[[2, 3], [3, 2]]]


def test_blocks_have_the_whole_line_of_shapes_and_each_filter_s_bias() -> None:
    drawn, said = blocks.svg((3, 7, 9), (3, 2), (2, 5, 8), 3, [1, -0.5])
    for text in ("(C, H, W)", "(3, 7, 9)", "(FN, C, FH, FW)", "(2, 3, 3, 2)", "(FN, OH, OW)", "(2, 5, 8)"):
        assert f">{text}</text>" in drawn
    assert "+ b₁ = 1<" in drawn
    assert "+ b₂ = −0.5<" in drawn
    assert "(2, 3, 3, 2)" in said
    many, _said = blocks.svg((512, 1, 1), (1, 1), (512, 1, 1), 256, range(512))
    assert [number in many for number in ("b₁ =", "b₂ =", "b₃ =", "b₅₁₂ = 511", "⋮", "C/G")] == [True] * 2 + [False] + [
        True
    ] * 3
    pooled, said = blocks.svg((3, 4, 4), (2, 2), (3, 2, 2))
    assert "(C, OH, OW)" in pooled
    assert "⊛" not in pooled
    assert "(3, 2, 2)" in said


def test_blocks_stand_where_there_are_several_channels_or_filters(open_page) -> None:
    def drawn(**settings) -> bool:
        return any("data:image/svg+xml" in element.proto.body for element in open_page(PAGE, **settings).get("html"))

    assert not drawn()
    assert drawn(conv_channels="3")
    assert drawn(conv_filters="2")
    assert drawn(conv_operation="maxpool", conv_channels="2")


def test_why_padding_stands_where_it_is_set(open_page) -> None:
    assert any("of 5 takes 4 rows" in element.value for element in open_page(PAGE, conv_kernel_size="5").caption)


def test_not_square_has_its_own_four_controls(open_page) -> None:
    at = open_page(PAGE)
    at.toggle(key="conv_square").set_value(False).run()
    for key, value in {"width": 9, "kernel_width": 2, "stride_width": 3, "padding_width": 1}.items():
        at.number_input(key=f"conv_{key}").set_value(value)
    at.run()
    assert headline(at) == "## 1 × 4 × 9 → 1 × 2 × 4"
    assert "OW" in " ".join(element.value for element in at.markdown)


def test_every_number_of_a_layer_is_there(open_page, words) -> None:
    at = open_page(PAGE, conv_height="28", conv_kernel_size="5", conv_padding="2", conv_filters="6", conv_channels="1")
    shown = words(at)
    # 6·(25 + 1) parameters; 6·28·28·25 multiply-adds; 784, 156 and 4704 numbers of 4 bytes
    assert "156 parameters, 117,600 multiply-adds per image" in shown
    assert "input 3.06 KiB, weights 624 B, output 18.4 KiB" in shown
    assert "sees 5×5 pixels" in shown
    pytest.importorskip("torch")
    assert "Checked with torch: its layer gives 6 × 28 × 28, too." in shown


def test_torch_s_own_answer_is_what_is_compared(open_page, words, monkeypatch) -> None:
    pytest.importorskip("torch")
    from ui.conv import layer as conv_layer

    monkeypatch.setattr(conv_layer, "torch_outputs", lambda chain, shape: [((9, 9, 9), 0)])
    shown = words(open_page(PAGE))
    assert "torch gives 9 × 9 × 9; please report" in shown
    assert "Checked with torch" not in shown


def test_what_would_divide_or_fit_is_one_click(open_page) -> None:
    at = open_page(PAGE, conv_height="8", conv_stride="2")
    at.button(key="conv_offer_size").click().run()
    assert headline(at) == "## 1 × 9 × 9 → 1 × 4 × 4"
    assert at.number_input(key="conv_height").value == 9
    at = open_page(PAGE, conv_height="2")
    at.button(key="conv_offer_kernel_size").click().run()
    assert headline(at) == "## 1 × 2 × 2 → 1 × 1 × 1"
    at = open_page(PAGE, conv_height="2", conv_square="0", conv_width="9")
    at.button(key="conv_offer_padding").click().run()
    assert headline(at) == "## 1 × 2 × 9 → 1 × 2 × 7"


def test_same_and_valid(open_page) -> None:
    at = open_page(PAGE, conv_height="9", conv_kernel_size="5")
    at.button(key="conv_same").click().run()
    assert headline(at) == "## 1 × 9 × 9 → 1 × 9 × 9"
    at.button(key="conv_valid").click().run()
    assert headline(at) == "## 1 × 9 × 9 → 1 × 5 × 5"
    assert open_page(PAGE, conv_kernel_size="2").button(key="conv_same").disabled


def test_the_course_s_pooling_rule_is_compared(open_page, words) -> None:
    assert "H/S = 4/2 = 2." in words(open_page(PAGE, conv_operation="maxpool", conv_kernel_size="2", conv_stride="2"))
    shown = words(open_page(PAGE, conv_operation="maxpool", conv_kernel_size="2", conv_stride="2", conv_height="5"))
    assert "H/S = 5/2 = 2.5; it holds only when S divides H" in shown
    shown = words(open_page(PAGE, conv_operation="avgpool"))
    assert "H/S = 4/1 = 4; it holds only when the window equals the stride" in shown


def test_typed_numbers_live_in_the_address(open_page) -> None:
    at = open_page(PAGE, conv_edits="w0_0_0_0_-9~b0_2.5")
    assert at.button(key="conv_undo")
    at = open_inside(at, 1)
    assert "[-9, 0, 1]" in at.code[0].value
    assert "2.5" in at.code[0].value
    at.selectbox(key="conv_kernel").set_value("blur").run()  # another kernel: its own weights, the bias stays
    assert at.session_state["conv_edits"] == "b0_2.5"
    at.button(key="conv_undo").click().run()
    assert at.session_state["conv_edits"] == ""


# ---- a chain ---------------------------------------------------------------------------------------------------------

SMALL = '[{"type":"conv","filters":6,"kernel_size":5},{"type":"maxpool","kernel_size":2}]'


def test_lenet5_is_the_course_s_chain(open_page, words) -> None:
    at = open_page(PAGE, conv_mode="chain")
    shown = words(at)
    assert "## 1 × 28 × 28 → 10" in shown
    assert "**61,706**" in shown
    assert "**416,520**" in shown
    pytest.importorskip("torch")
    assert any("torch" in element.value and "7" in element.value for element in at.caption)


def test_an_own_chain_lives_in_the_address(open_page, words) -> None:
    at = open_page(PAGE, conv_mode="chain", conv_own=SMALL, conv_image="3x20x24")
    assert "## 3 × 20 × 24 → 6 × 8 × 10" in words(at)
    assert "nn.Conv2d(3, 6, kernel_size=5)" in open_inside(at, 1).code[0].value
    at.button(key="conv_unchanged").click().run()
    assert "→ 10" in words(at)
    at.selectbox(key="conv_chain").set_value("vgg16").run()
    assert "## 3 × 224 × 224 → 1000" in words(at)
    at = open_page(PAGE, conv_mode="chain", conv_own=SMALL, conv_image="3x20x24")
    at.text_input(key="conv_image").set_value("3x4x4").run()
    assert "layer 1 (conv)" in at.error[0].value
    at.button(key="conv_mend_padding").click().run()
    assert not at.error
    assert at.session_state["conv_own"].startswith('[{"type":"conv","filters":6,"kernel_size":5,"padding":1}')


def test_the_chain_that_fails_says_where_and_can_be_mended(open_page, words) -> None:
    at = open_page(PAGE, conv_mode="chain", conv_chain="alexnet-28")
    assert "4" in at.error[0].value
    assert "3×3" in at.error[0].value
    while at.error:
        at.button(key="conv_mend_input").click().run()
    assert "→ 1000" in words(at)
    assert at.session_state["conv_image"] == "1x63x63"  # 63 → 15 → 7 → 3 → 1


HOSTILE = [
    *("", "x", "[]", "[1]", "[" * 1900, "{}", '[{"type":"conv"}]', '[{"type":"<b>"}]', "9" * 3000, "\u202e["),
    '[{"type":"conv","filters":1e999,"kernel_size":3}]',
    '[{"type":"conv","filters":65536,"kernel_size":4096,"padding":4096}]',
    str([{"type": "flatten"}] * 30).replace("'", '"'),
]


@pytest.mark.parametrize(
    ("own", "image"),
    [
        *((own, "1x4x4") for own in HOSTILE),
        *((SMALL, image) for image in ("", "0x0x0", "x", "65536x4096x4096", "９x9x9")),
    ],
    ids=lambda text: text[:30],
)
def test_hostile_chains_end_in_a_sentence(open_page, own, image) -> None:
    at = open_page(PAGE, conv_mode="chain", conv_own=own, conv_image=image)
    for error in at.error:
        assert len(error.value) < 400
    if any(button.key == "conv_anew" for button in at.button):
        at.button(key="conv_anew").click().run()
        assert not at.error
        assert "→ 10" in headline(at)


def test_a_pasted_network_is_read_or_refused_in_a_sentence(open_page, words) -> None:
    at = open_page(PAGE, conv_mode="chain")
    at.text_area(key="conv_paste").set_value("nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(9, 2))")
    at.button(key="conv_read").click().run()
    assert "## 3 × 28 × 28 → 2" in words(at)
    assert "layer 3 (linear)" in at.error[0].value
    assert "written for 9 input channels or features, but gets 2704" in at.error[0].value
    at.text_area(key="conv_paste").set_value("import os")
    at.button(key="conv_read").click().run()
    assert "no nn.Sequential" in at.error[0].value
    assert "## 3 × 28 × 28 → 2" in words(at)  # the chain stays
    long = "nn.Sequential(" + "nn.Conv2d(1, 6, (3, 5), padding=(7, 9), dilation=2, bias=False)," * 30 + ")"
    at.text_area(key="conv_paste").set_value(long)
    at.button(key="conv_read").click().run()
    assert "characters in the link" in at.error[0].value
    at.text_area(key="conv_paste").set_value("nn.Sequential(nn.Conv2d(1, 4, 3), nn.Dropout())")
    at.button(key="conv_read").click().run()
    assert not at.error
    assert any("Dropout" in element.value for element in at.caption)


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ("\n\nnet = nn.Sequential(\n    nn.Flatten())", "Line 3 decides", "net = nn.Sequential("),
        (
            "class Net(nn.Module):\n    def __init__(self):\n        self.a = nn.Linear(3, 5)\n"
            "    def forward(self, x):\n        return self.a(x)",
            "Line 4 decides the order: forward",
            "def forward(self, x):",
        ),
        (
            "class Net(nn.Module):\n    def __init__(self):\n        self.a = nn.Linear(3, 5)",
            "Line 2 decides the order: there is no forward",
            "def __init__(self):",
        ),
        ("\nSequential(\n  (0): Flatten()\n)", "Line 1 decides the order: what print shows", "Sequential("),
    ],
)
def test_it_is_said_which_line_decides_the_order(open_page, text, said, line) -> None:
    at = open_page(PAGE, conv_mode="chain")
    at.text_area(key="conv_paste").set_value(text)
    at.button(key="conv_read").click().run()
    assert not at.error
    assert any(said in element.value for element in at.caption)
    assert at.code[0].value == line


def test_the_notes_dnn_takes_a_flat_row(open_page, words) -> None:
    at = open_page(PAGE, conv_mode="chain")
    at.text_area(key="conv_paste").set_value(
        "class DNN(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.net = nn.Sequential(\n"
        "            nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 5), nn.ReLU(),\n"
        "            nn.Linear(5, 5), nn.ReLU(), nn.Linear(5, 3))\n"
        "    def forward(self, x):\n        return self.net(x)"
    )
    at.button(key="conv_read").click().run()
    assert headline(at) == "## 3 → 3"
    assert "**98** parameters" in words(at)
    assert at.text_input(key="conv_image").value == "3"
    code = open_inside(at, 1).code[-1].value
    assert "Flatten" not in code
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code, {})
    shapes, parameters = printed.getvalue().split("DNN(")[0].splitlines(), printed.getvalue().splitlines()[-1]
    assert shapes[-1] == "Linear output shape:\t torch.Size([1, 3])"
    assert parameters == "98 parameters"


def test_what_the_table_sends_is_taken_only_when_it_fits(monkeypatch) -> None:
    from ui.conv import chain as conv_chain

    changed = []

    class Fake:
        settings = Settings()

        def change(self, **values) -> None:
            changed.append(values)

    taken = [conv_chain._edit(Fake(), text) for text in ("", "x" * 2001, "[\n]", "\ud800", SMALL)]
    assert changed == [{"own": SMALL}]
    assert taken == [False, False, False, False, True]


def test_torch_s_own_answers_are_what_is_compared(open_page, words, monkeypatch) -> None:
    pytest.importorskip("torch")
    from ui.conv import chain as conv_chain

    monkeypatch.setattr(conv_chain, "torch_outputs", lambda chain, shape: [])
    shown = words(open_page(PAGE, conv_mode="chain"))
    assert "torch gives other numbers" in shown
    assert "Checked with torch" not in shown


# ---- on a picture ----------------------------------------------------------------------------------------------------


def open_picture(open_page, **more):
    pytest.importorskip("torch")
    from core import cache

    cache.mnist()  # in a class it is in memory since the server's start
    return open_page(PAGE, **{"conv_mode": "picture"} | more)


@pytest.mark.parametrize(
    ("more", "output"),
    [
        ({}, "8 × 26 × 26"),
        ({"conv_padding": "1", "conv_stride": "2"}, "8 × 14 × 14"),
        ({"conv_maps": "one", "conv_kernel": "sobel", "conv_kernel_size": "5", "conv_digit": "9999"}, "1 × 24 × 24"),
        ({"conv_maps": "one", "conv_edits": "w0_0_0_0_5", "conv_bias": "-3"}, "1 × 26 × 26"),
        ({"conv_maps": "c1"}, "6 × 28 × 28"),
    ],
    ids=str,
)
def test_kernels_over_a_digit(open_page, more, output) -> None:
    at = open_picture(open_page, **more)
    assert headline(at) == f"## 1 × 28 × 28 → {output}"
    assert not at.error
    assert "import torch" in open_inside(at, 1).code[0].value


def test_a_colour_picture_is_three_channels(open_page, words) -> None:
    at = open_picture(open_page, conv_source="colours", conv_maps="one", conv_bias="2")
    assert headline(at) == "## 3 × 96 × 96 → 1 × 94 × 94"
    page = "".join(element.proto.body for element in at.get("html"))
    for channel in ("Channel 1: red", "Channel 2: green", "Channel 3: blue"):
        assert channel in page
    assert 'convert("RGB")' in open_inside(at, 1).code[0].value
    at = open_picture(open_page, conv_source="colours", conv_maps="c1")
    assert headline(at) == "## 1 × 96 × 96 → 6 × 96 × 96"  # trained on one channel


@pytest.mark.parametrize(
    "hostile",
    [
        {"conv_source": "file:///etc/passwd"},
        {"conv_digit": "-1"},
        {"conv_digit": "1e9"},
        {"conv_maps": "<script>"},
        {"conv_kernel_size": "11", "conv_stride": "16", "conv_padding": "16"},
        {"conv_maps": "one", "conv_edits": "nonsense"},
        {"conv_mode": "picture;layer"},
    ],
    ids=str,
)
def test_hostile_pictures_end_in_defaults_or_a_sentence(open_page, hostile) -> None:
    at = open_picture(open_page, **hostile)
    assert bool(at.error) != any(element.value.startswith("## ") for element in at.markdown)


def test_a_sketch_and_an_upload(open_page, words) -> None:
    import io

    from PIL import Image, ImageDraw

    at = open_picture(open_page, conv_source="sketch")
    assert any("ketch" in element.value for element in at.info)
    board = Image.new("RGB", (280, 280), "#1E3A32")
    ImageDraw.Draw(board).line((140, 40, 140, 240), "white", 20)
    file = io.BytesIO()
    board.save(file, "PNG")
    at.session_state["_kept_sketch_digit_picture"] = file.getvalue()
    at.run()
    assert "## 1 × 28 × 28 → 8 × 26 × 26" in words(at)
    at = open_picture(open_page, conv_source="upload")
    assert at.info
    at.file_uploader[0].upload("board.png", file.getvalue(), "image/png").run()
    assert "## 1 × 256 × 256 → 8 × 254 × 254" in words(at)
    at.toggle(key="conv_colour").set_value(True).run()
    assert "## 3 × 256 × 256 → 8 × 254 × 254" in words(at)
    at.file_uploader[0].upload("board.png", b"\x89PNG" + b"x" * 99, "image/png").run()
    assert "no readable PNG or JPEG" in at.error[0].value


def test_what_is_drawn_is_what_torch_computed(open_page) -> None:
    def figures(at) -> str:
        return next(element.proto.body for element in at.get("html") if "ck-figures" in element.proto.body)

    one = figures(open_picture(open_page, conv_maps="one", conv_kernel="identity", conv_padding="1"))
    assert one.count("<figure>") == 2
    assert "28×28 numbers from 0 to" in one
    many = figures(open_picture(open_page))
    assert many.count("<figure>") == 9
    assert many.count('alt=""') == 8  # the kernels in the corners; the maps have words


def test_a_large_input_is_drawn_to_scale_with_what_is_not_read() -> None:
    drawn, words = layer_outline.svg(
        Axis(230, 11, stride=4, padding=2), Axis(227, 11, stride=4, padding=2)
    )  # 223 and 220 of travel
    assert "3 rows and 0 columns that no window reads" in words
    assert drawn.count("url(#unread)") == 1
    assert drawn.count("<rect") == 6  # the stripes' own, two frames, two windows, the rows
