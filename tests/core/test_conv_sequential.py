"""nn.Sequential text ⇄ chain: never run, built for real in the tests, and the same after a round trip."""

import contextlib
import io
import os
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.conv.layers import (
    ACTIVATION_MODULES,
    ACTIVATIONS,
    Activation,
    AdaptivePool,
    AvgPool,
    BatchNorm,
    Chain,
    Conv,
    Flatten,
    Linear,
    MaxPool,
)
from core.conv.parsing import parse_chain
from core.conv.presets import PRESETS
from core.conv.sequential import check_inputs, parse_sequential
from core.conv.sizes import trace
from core.conv.writing import MAX_CHAIN_TEXT, write_chain
from core.errors import InvalidInput
from core.export.sequential_script import plain, sequential_script

number = st.integers(1, 3)
sizes = number | st.tuples(number, number)
activations = st.none() | st.sampled_from(ACTIVATIONS)
names = st.sampled_from(["", "C1", "第一层", "a b"])
convs = st.builds(
    lambda filters, kernel, stride, padding, dilation, groups, bias, activation, name: Conv(
        filters * groups, kernel, stride, padding, dilation, groups, bias, activation, name
    ),
    st.sampled_from([1, 2, 4, 6]),
    sizes,
    sizes,
    st.integers(0, 2) | st.tuples(st.integers(0, 2), st.integers(0, 2)),
    sizes,
    st.sampled_from([1, 1, 2]),
    st.booleans(),
    activations,
    names,
)
stride = st.none() | sizes
averages = st.builds(AvgPool, st.integers(2, 3), stride, st.integers(0, 1), st.booleans(), names, st.booleans())
maxima = st.builds(MaxPool, st.integers(2, 3), stride, st.integers(0, 1), st.booleans(), names, sizes)
layers = st.one_of(
    convs,
    averages,
    maxima,
    st.builds(AdaptivePool, sizes, names),
    st.builds(BatchNorm, activations, names),
    st.builds(Activation, st.sampled_from(ACTIVATIONS), names),
    st.builds(Flatten, names),
    st.builds(Linear, st.integers(1, 9), st.booleans(), activations, names),
)
chains = st.lists(layers, min_size=1, max_size=6).map(tuple)


def nameless(chain: Chain) -> Chain:
    return tuple(replace(layer, name="") for layer in chain)


def possible(chain: Chain, shape: tuple[int, int, int]) -> bool:
    try:
        trace(chain, shape)
    except InvalidInput:
        return False
    return True


def build(script: str):
    """Run an exported script on the meta device; return its network, the last output and what it prints last."""
    torch = pytest.importorskip("torch")
    space: dict = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed, torch.device("meta"):
        exec(script.replace('device = "cpu"', 'device = "meta"'), space)
    return space["model"].net, tuple(space["X"].shape[1:]), printed.getvalue().splitlines()[-1]


@settings(max_examples=400, deadline=None)
@given(chains, st.tuples(st.sampled_from([1, 2, 4]), st.integers(4, 12), st.integers(4, 12)))
def test_exported_code_builds_the_same_network_and_reads_back_as_the_same_chain(chain: Chain, shape) -> None:
    assume(possible(chain, shape))
    script, traced = sequential_script(chain, shape), trace(chain, shape)
    network, last, printed = build(script)
    flat = any(isinstance(layer, Linear | Flatten) for layer in chain)
    output = traced.output[:1] if flat else traced.output
    assert (last, printed) == (output, f"{traced.parameters} parameters")
    weights = [layer.parameters for layer in traced.layers if layer.parameters]
    assert weights == [sum(p.numel() for p in m.parameters()) for m in network if list(m.parameters())]
    pasted = parse_sequential(script)
    assert nameless(pasted.chain) == nameless(plain(chain, shape))
    check_inputs(pasted, shape)
    assert trace(pasted.chain, shape).output == traced.output


@settings(max_examples=400, deadline=None)
@given(chains)
def test_written_chains_are_read_as_the_same(chain: Chain) -> None:
    assert parse_chain(write_chain(chain)) == chain


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_fits_into_a_link_with_room_for_more(name: str) -> None:
    assert len(write_chain(PRESETS[name].chain)) <= MAX_CHAIN_TEXT - 300


def test_every_activation_has_its_module() -> None:
    nn = pytest.importorskip("torch").nn
    assert all(hasattr(nn, module) for module in ACTIVATION_MODULES.values())


LENET = """
import torch.nn as nn
net = nn.Sequential(
    nn.Conv2d(1, 6, kernel_size=5, padding=2), nn.Tanh(),
    nn.AvgPool2d(kernel_size=2, stride=2),
    nn.Conv2d(6, 16, kernel_size=5), nn.Tanh(),
    nn.AvgPool2d(kernel_size=2, stride=2),
    nn.Conv2d(16, 120, kernel_size=5), nn.Tanh(),
    nn.Flatten(),
    nn.Linear(120, 84), nn.Tanh(),
    nn.Linear(84, 10)
)
"""


def test_the_course_s_lenet() -> None:
    pasted = parse_sequential(LENET)
    assert pasted.chain == nameless(plain(PRESETS["lenet5"].chain, (1, 28, 28)))
    check_inputs(pasted, (1, 28, 28))
    with pytest.raises(InvalidInput, match=r"layer 6 \(linear\).*written for 120.*gets"):
        check_inputs(parse_sequential(LENET.replace("nn.Conv2d(16, 120, kernel_size=5), nn.Tanh(),", "")), (1, 28, 28))


def test_what_print_shows_is_read() -> None:
    torch = pytest.importorskip("torch")
    space: dict = {}
    with torch.device("meta"):
        exec(LENET, space)
    nested = torch.nn.Sequential(space["net"], torch.nn.Dropout(0.5), torch.nn.Sequential(torch.nn.Linear(10, 3)))
    assert parse_sequential(str(space["net"])).chain == parse_sequential(LENET).chain
    pasted = parse_sequential(str(nested))
    assert pasted.chain == (*parse_sequential(LENET).chain, Linear(3))
    assert pasted.left_out == ("Dropout",)


def test_named_paddings_and_dictionaries() -> None:
    text = 'Sequential(OrderedDict([("a", nn.Conv2d(3, 8, (3, 5), padding="same")), ("b", nn.MaxPool2d(2))]))'
    assert parse_sequential(text).chain == (Conv(8, (3, 5), padding=(1, 2), name="a"), MaxPool(2, name="b"))


REFUSED = [
    ("", "no nn.Sequential"),
    ("nn.Sequential(", "not Python (line 1)"),
    ("x = 1", "no nn.Sequential"),
    ("nn.Sequential()", "not 0"),
    ("nn.Sequential(*layers)", "'layers'"),
    ("nn.Sequential(nn.Conv3d(1, 2, 3))", "'Conv3d' is not among"),
    ("nn.Sequential(nn.Conv2d(1, 2, k))", "kernel_size (='k')"),
    ("nn.Sequential(nn.Conv2d(1, 2))", "kernel_size is missing"),
    ("nn.Sequential(nn.Conv2d(1, 2, 0))", "layer 1 (Conv2d): kernel_size (=0)"),
    ("nn.Sequential(nn.Conv2d(1, 2, 3, colour=1))", "no such argument"),
    ("nn.Sequential(nn.Conv2d(1, 2, 2, padding='same'))", "odd length"),
    ("nn.Sequential(nn.Conv2d(3, 4, 3, groups=2))", "divisible by groups"),
    ("nn.Sequential(nn.Linear(1, 10**9))", "'10 ** 9'"),
    ("nn.Sequential(nn.Linear(1, 2, 3))", "bias (=3)"),
    ("nn.Sequential(nn.Flatten(0))", "only nn.Flatten()"),
    ("nn.Sequential(" + "nn.ReLU()," * 65 + ")", "not 65"),
    ("nn.Sequential(" * 300 + ")" * 300, ""),
    ("(" * 5000, "not Python"),
    ("9" * 10_000, ""),
    ("\x00", "not Python"),
    ("x" * 30_000, "30000"),
    ("nn.Sequential(nn.Linear(1, " + "-" * 3000 + "1))", ""),
]


@pytest.mark.parametrize(("text", "words"), REFUSED, ids=[text[:40] for text, _ in REFUSED])
def test_refusals_are_one_sentence(text: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_sequential(text)
    assert words in str(refusal.value)
    assert len(str(refusal.value)) < 400


def test_nothing_is_run(tmp_path) -> None:
    hurt = tmp_path / "hurt"
    text = f"nn.Sequential(nn.Linear(1, __import__('os').mkdir({str(hurt)!r})))\n__import__('os').mkdir({str(hurt)!r})"
    with pytest.raises(InvalidInput):
        parse_sequential(text)
    assert not os.path.exists(hurt)


@settings(max_examples=300, deadline=None)
@given(
    st.text()
    | st.lists(st.sampled_from(["nn.Sequential(", "nn.Conv2d(", "1", ",", ")", "=", "'same'", "**", "[", "("])).map(
        "".join
    )
)
def test_any_text_gives_a_chain_or_a_sentence(text: str) -> None:
    try:
        parse_sequential(text)
    except InvalidInput as refusal:
        assert len(str(refusal)) < 600  # noqa: PT017
