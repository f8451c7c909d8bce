"""Text that a stranger types, turned into a chain or into one clear sentence."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.conv.layers import AvgPool, Conv, Flatten, Linear, MaxPool
from core.conv.parsing import parse_chain, parse_input
from core.conv.presets import PRESETS
from core.conv.sizes import trace
from core.errors import InvalidInput


def test_the_issue_s_example() -> None:
    chain = parse_chain(
        '[{"type": "conv", "filters": 6, "kernel_size": 5, "stride": 1, "padding": 2, "dilation": 1},'
        ' {"type": "avgpool", "kernel_size": 2, "stride": 2}, {"type": "flatten"}, {"type": "linear", "features": 10}]'
    )
    assert chain == (Conv(6, 5, 1, 2, 1), AvgPool(2, 2), Flatten(), Linear(10))
    assert trace(chain, parse_input("1x28x28")).parameters == 156 + 6 * 14 * 14 * 10 + 10


def test_every_key_and_pairs() -> None:
    (conv, pool) = parse_chain(
        '[{"type": "conv", "filters": 8, "kernel_size": [3, 5], "stride": [1, 2], "padding": [0, 2],'
        ' "dilation": [2, 1], "groups": 2, "bias": false, "activation": "tanh", "name": "C1"},'
        ' {"type": "maxpool", "kernel_size": [2, 3], "ceil_mode": true, "dilation": 2, "padding": 1}]'
    )
    assert conv == Conv(8, (3, 5), (1, 2), (0, 2), (2, 1), 2, False, "tanh", "C1")
    assert pool == MaxPool((2, 3), (2, 3), 1, True, dilation=2)


@pytest.mark.parametrize("name", PRESETS)
def test_presets_by_name(name: str) -> None:
    assert parse_chain(f" {name}\n") == PRESETS[name].chain


REFUSED = [
    ("lenet", "lenet5, lenet5-32"),
    ("", "neither a preset"),
    ("{}", "neither a preset"),
    ("[]", "1 to 64 layers"),
    ("[1,", "not valid JSON"),
    ("[" * 5000 + "]" * 5000, "nested too deeply"),
    ("[" * 200_000, "at most 100000"),
    ('["conv"]', "layer 1 (?)"),
    ("[[]]", "layer 1 (?)"),
    ('[{"type": "flatten"}, {"type": "konv"}]', "layer 2 (?): type (='konv') must be one of conv, avgpool"),
    ('[{"type": ["conv"]}]', "layer 1 (?)"),
    ('[{"kernel_size": 3}]', "type (=None)"),
    ('[{"type": "conv", "kernel_size": 3}]', "layer 1 (conv): filters is missing"),
    ('[{"type": "conv", "filters": 6, "kernal_size": 3}]', "did you mean kernel_size"),
    ('[{"type": "conv", "filters": 6, "kernel_size": true}]', "layer 1 (conv): kernel_size (=True)"),
    ('[{"type": "conv", "filters": 6, "kernel_size": [3]}]', "[height, width]"),
    ('[{"type": "conv", "filters": 6, "kernel_size": [[3, 3], 3]}]', "[3, 3]"),
    ('[{"type": "conv", "filters": 6, "kernel_size": 1e3}]', "1000.0"),
    ('[{"type": "conv", "filters": 6, "kernel_size": 1e999}]', "inf"),
    ('[{"type": "conv", "filters": 6, "kernel_size": NaN}]', "NaN"),
    ('[{"type": "conv", "filters": 6, "kernel_size": -Infinity}]', "-Infinity"),
    ('[{"type": "conv", "filters": 6, "kernel_size": ' + "9" * 5000 + "}]", "not valid JSON (a number)"),
    ('[{"type": "conv", "filters": 6, "kernel_size": ' + "9" * 50 + "}]", "more than 30 digits"),
    ('[{"type": "conv", "filters": 6, "kernel_size": "5"}]', "'5'"),
    ('[{"type": "conv", "filters": 6, "kernel_size": {"a": 1}}]', "kernel_size (={'a': 1})"),
    ('[{"type": "conv", "filters": 6, "kernel_size": 3, "stride": null}]', "stride (=null)"),
    ('[{"type": "conv", "filters": 6, "kernel_size": 3, "activation": ["relu"]}]', "activation"),
    ('[{"type": "linear", "features": 10, "activation": "rely"}]', "'rely'"),
    ('[{"type": "flatten", "name": 3}]', "name (=3)"),
    ('[{"type": "flatten", "type": "conv"}]', "given twice"),
    ('[{"type": "activation"}]', "activation is missing"),
    ("[" + ",".join(['{"type": "flatten"}'] * 65) + "]", "not 65"),
]


@pytest.mark.parametrize(("text", "words"), REFUSED, ids=[text[:40] for text, _ in REFUSED])
def test_refusals(text: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_chain(text)
    message = str(refusal.value)
    assert words in message, message
    assert len(message) < 400
    assert message.isprintable()  # one clear line


@pytest.mark.parametrize("text", ["", "28", "28x28", "1x28x28x1", "0x4x4", "1x5000x4", "1x-4x4", "1x4.0x4", "x" * 999])
def test_inputs_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_input(text)


@pytest.mark.parametrize("text", ["3x224x200", " 3 X 224 X 200 ", "3×224×200"])
def test_inputs_read(text: str) -> None:
    assert parse_input(text) == (3, 224, 200)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
keys = st.sampled_from(["type", "filters", "kernel_size", "stride", "padding", "activation", "name", "features", "zzz"])
kinds = st.sampled_from(["conv", "avgpool", "maxpool", "flatten", "linear", "activation"])


def accepted(action: Callable[[], object]) -> bool:
    """Whether it is taken; a refusal must be one line, and anything but InvalidInput is a crash."""
    try:
        action()
    except InvalidInput as refusal:
        if not str(refusal).isprintable():
            raise AssertionError(repr(str(refusal))) from refusal
        return False
    return True


@settings(deadline=None)
@given(st.lists(st.dictionaries(keys, json_values | kinds | st.integers(1, 5), max_size=6) | json_values, max_size=4))
def test_any_json_gives_a_chain_or_a_sentence(rows: list) -> None:
    accepted(lambda: trace(parse_chain(json.dumps(rows)), (1, 9, 9)))


@settings(deadline=None)
@given(st.text())
def test_any_text_gives_a_chain_or_a_sentence(text: str) -> None:
    accepted(lambda: parse_chain(text))
    accepted(lambda: parse_input(text))
