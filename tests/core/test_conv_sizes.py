"""Sizes by hand, as a class would work them out on paper."""

import doctest
import importlib
import subprocess
import sys

import pytest

from core.conv.axis import Axis
from core.conv.layers import ACTIVATIONS, Activation, AvgPool, Conv, Flatten, Linear, MaxPool
from core.conv.presets import PRESETS
from core.conv.sizes import trace
from core.errors import InvalidInput


@pytest.mark.parametrize(
    ("axis", "output"),
    [
        (Axis(4, 3), 2),  # course 4: (4 + 0 − 3)/1 + 1
        (Axis(4, 3, padding=1), 4),  # "same": (4 + 2 − 3)/1 + 1
        (Axis(28, 5, padding=2), 28),  # C1: (28 + 4 − 5)/1 + 1
        (Axis(7, 3, stride=2), 3),  # (7 − 3)/2 + 1
        (Axis(8, 3, stride=2), 3),  # ⌊5/2⌋ + 1: the last column is not reached
        (Axis(227, 11, stride=4), 55),  # AlexNet's first layer: 216/4 + 1
        (Axis(7, 3, dilation=2), 3),  # the window spans 5: (7 − 5)/1 + 1
        (Axis(28, 2, stride=2), 14),  # the course's H/S for pooling
        (Axis(5, 2, stride=2, ceil_mode=True), 3),  # ⌈3/2⌉ + 1: the last window sticks out by one
        (Axis(6, 2, stride=3, ceil_mode=True), 2),  # ⌈4/3⌉ + 1 = 3, but the third would start at 6, outside
        (Axis(5, 2, stride=3, padding=1, ceil_mode=True), 2),  # ⌈5/3⌉ + 1 = 3; the third starts in the right padding
    ],
)
def test_sizes_by_hand(axis: Axis, output: int) -> None:
    assert axis.output == output


def test_leftover_and_overhang_by_hand() -> None:
    assert (Axis(8, 3, stride=2).leftover, Axis(8, 3, stride=2).divides) == (1, False)
    assert (Axis(7, 3, stride=2).leftover, Axis(7, 3, stride=2).divides) == (0, True)
    assert Axis(9, 2, stride=4).leftover == 3  # windows on 0–1 and 4–5; 6, 7, 8 remain
    assert (Axis(5, 2, stride=2, ceil_mode=True).leftover, Axis(5, 2, stride=2, ceil_mode=True).overhang) == (0, 1)
    # Even an undivided stride can lose nothing where ceil_mode cuts a window that starts outside.
    assert Axis(6, 2, stride=3, ceil_mode=True).leftover == 1


def test_lenet5_is_the_course_s_table() -> None:
    chain = trace(PRESETS["lenet5"].chain, (1, 28, 28))
    assert [(layer.name, layer.output) for layer in chain.layers] == [
        ("C1", (6, 28, 28)),
        ("S2", (6, 14, 14)),
        ("C3", (16, 10, 10)),
        ("S4", (16, 5, 5)),
        ("C5", (120, 1, 1)),
        ("F6", (84, 1, 1)),
        ("Out", (10, 1, 1)),
    ]
    # 6·(25 + 1), 16·(6·25 + 1), 120·(16·25 + 1), 84·(120 + 1), 10·(84 + 1)
    assert [layer.parameters for layer in chain.layers] == [156, 0, 2416, 0, 48120, 10164, 850]
    assert chain.parameters == 61_706
    # 6·28·28·25, 16·10·10·6·25, 120·16·25, 120·84, 84·10
    assert [layer.multiply_adds for layer in chain.layers] == [117_600, 0, 240_000, 0, 48_000, 10_080, 840]
    # 5; + 1·1; + 4·2; + 1·2; + 4·4 = the whole padded 32×32
    assert [layer.receptive_field[0] for layer in chain.layers] == [5, 6, 14, 16, 32, 32, 32]


@pytest.mark.parametrize(
    ("name", "parameters", "output"),
    [
        ("lenet5", 61_706, (10, 1, 1)),
        ("lenet5-32", 61_706, (10, 1, 1)),
        ("lenet5-relu-max", 61_706, (10, 1, 1)),
        ("mnist-dnn", 575_050, (10, 1, 1)),
        ("alexnet", 61_100_840, (1000, 1, 1)),  # the counts that torchvision documents
        ("vgg16", 138_357_544, (1000, 1, 1)),
    ],
)
def test_presets(name: str, parameters: int, output: tuple[int, int, int]) -> None:
    chain = trace(PRESETS[name].chain, PRESETS[name].input)
    assert (chain.parameters, chain.output) == (parameters, output)
    assert set(PRESETS) == {"lenet5", "lenet5-32", "lenet5-relu-max", "mnist-dnn", "alexnet", "vgg16", "alexnet-28"}


def test_groups_share_the_parameters_out() -> None:
    # each of 6 filters reads 4/2 channels of 3×3, and has a bias
    (layer,) = trace([Conv(6, 3, groups=2)], (4, 5, 5)).layers
    assert (layer.parameters, layer.multiply_adds) == (6 * 2 * 9 + 6, 6 * 2 * 9 * 3 * 3)
    (bare,) = trace([Conv(6, 3, groups=2, bias=False)], (4, 5, 5)).layers
    assert bare.parameters == 6 * 2 * 9


def test_rows_and_columns_are_independent() -> None:
    (layer,) = trace([Conv(2, (3, 5), stride=(1, 2), padding=(0, 2), dilation=(2, 1))], (1, 9, 11)).layers
    assert layer.output == (2, 9 - 4, 11 // 2 + 1)
    assert layer.receptive_field == (5, 5)


def test_receptive_field_of_a_flattened_map_counts_the_whole_map() -> None:
    chain = trace([Conv(1, 3), MaxPool(2), Flatten(), Linear(7)], (1, 10, 10))
    # conv 3, pool 3 + 1 = 4 with jump 2 on a 4×4 map: 4 + 3·2 = 10, the whole input
    assert [layer.receptive_field for layer in chain.layers] == [(3, 3), (4, 4), (4, 4), (10, 10)]


def test_pooling_and_activation_have_no_parameters() -> None:
    chain = trace([AvgPool(2), Activation("relu"), MaxPool(2, stride=1), Flatten()], (3, 8, 6))
    assert [layer.output for layer in chain.layers] == [(3, 4, 3), (3, 4, 3), (3, 3, 2), (18, 1, 1)]
    assert chain.parameters == chain.multiply_adds == 0
    assert [layer.name for layer in chain.layers] == ["avgpool1", "activation1", "maxpool1", "flatten1"]


def test_json_form() -> None:
    line = trace([Conv(6, 5, padding=2, name="C1"), Flatten(), Linear(10)], (1, 28, 28)).as_json()
    assert list(line) == ["input", "layers", "output", "parameters", "multiply_adds"]
    assert line["output"] == [10, 1, 1]
    assert line["layers"][0] == {
        "name": "C1",
        "type": "conv",
        "output": [6, 28, 28],
        "parameters": 156,
        "multiply_adds": 117_600,
        "receptive_field": [5, 5],
    }


@pytest.mark.parametrize(
    ("chain", "shape", "words"),
    [
        ([Conv(1, 2), Conv(1, 5, name="C3")], (1, 5, 5), ["layer 2 (conv C3)", "5×5", "4×4", "smaller kernel"]),
        ([Conv(4, 3, groups=2)], (3, 5, 5), ["layer 1 (conv)", "channels (=3)", "groups (=2)"]),
        ([MaxPool(5)], (1, 4, 4), ["layer 1 (maxpool)", "5×5", "4×4"]),
        ([Flatten(), AvgPool(2)], (1, 4, 4), ["layer 2 (avgpool)", "already flat (16 features)"]),
        ([Linear(10)], (1, 28, 28), ["layer 1 (linear)", "1×28×28", "add a flatten"]),
        ([Flatten()] * 65, (1, 4, 4), ["65", "64"]),
        ([], (0, 4, 4), ["input channels (=0)", "65536"]),
        ([], (1, 4097, 4), ["input height (=4097)", "4096"]),
        ([], (1, 4), ["(1, 4)", "1x28x28"]),
    ],
)
def test_refusals_name_layer_value_and_remedy(chain: list, shape: tuple, words: list[str]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        trace(chain, shape)
    assert all(word in str(refusal.value) for word in words), str(refusal.value)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Conv(0, 3), ["filters (=0)", "1 to 65536"]),
        (lambda: Conv(6, 0), ["kernel_size (=0)", "1 to 4096"]),
        (lambda: Conv(6, 3, stride=0), ["stride (=0)"]),
        (lambda: Conv(6, 3, padding=-1), ["padding (=-1)", "from 0"]),
        (lambda: Conv(6, 3, dilation=0), ["dilation (=0)"]),
        (lambda: Conv(6, 3, groups=4), ["filters (=6)", "groups (=4)"]),
        (lambda: Conv(6, (3, 3, 3)), ["(3, 3, 3)", "[height, width]"]),
        (lambda: Conv(True, 3), ["filters (=True)"]),
        (lambda: Conv(6, 3.0), ["kernel_size (=3.0)"]),
        (lambda: Conv(6, 10**5000), ["more than 30 digits"]),
        (lambda: Conv(6, 3, bias=1), ["bias (=1)", "true or false"]),
        (lambda: Conv(6, 3, activation="rely"), ["'rely'", "relu"]),
        (lambda: Conv(6, 3, name="\n"), ["name"]),
        (lambda: MaxPool(2, padding=2), ["padding (=2)", "half", "(=2)"]),
        (lambda: AvgPool((4, 3), padding=2), ["padding (=2)", "(=3)", "try 1"]),
        (lambda: AvgPool(2, ceil_mode=0), ["ceil_mode (=0)"]),
        (lambda: Linear(0), ["features (=0)"]),
        (lambda: Activation(None), ["relu"]),
    ],
)
def test_layers_refuse_nonsense(make, words: list[str]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        make()
    assert all(word in str(refusal.value) for word in words), str(refusal.value)


def test_every_activation_is_allowed_after_a_layer() -> None:
    assert all(Conv(1, 1, activation=name).activation == name for name in ACTIVATIONS)


def test_answers_without_torch() -> None:
    code = (
        "import sys, core.conv.parsing, core.conv.sizes, core.conv.presets, core.conv.filters;"
        "assert not {'torch', 'numpy', 'streamlit'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    "name",
    [
        *("conv.axis", "conv.layers", "conv.sizes", "conv.parsing", "conv.filters", "conv.nearby"),
        *("conv.edits", "conv.follow", "conv.writing", "conv.sequential"),
        *("export.layer_script", "export.sequential_script", "conv.example"),
    ],
)
def test_examples_in_the_docstrings(name: str) -> None:
    found = doctest.testmod(importlib.import_module(f"core.{name}"))
    assert found.failed == 0
    assert found.attempted > 0
