"""The first impossible layer and its mends."""

import pytest

from core.conv.follow import follow, mends
from core.conv.presets import PRESETS
from core.conv.sizes import trace
from core.conv.writing import write_chain
from core.errors import InvalidInput


def test_a_possible_chain_is_followed_to_its_end() -> None:
    preset = PRESETS["lenet5"]
    followed = follow(write_chain(preset.chain), preset.input)
    assert followed.stopped is None
    assert followed.trace == trace(preset.chain, preset.input)
    assert mends(followed) == ()


def test_alexnet_on_a_digit() -> None:
    preset = PRESETS["alexnet-28"]
    followed = follow(write_chain(preset.chain), preset.input)
    assert followed.stopped == 4  # 28 → conv 6 → pool 2 → conv 2 → a pool of 3 does not fit
    assert "layer 4 (maxpool)" in str(followed.error)
    found = {mend.what: mend for mend in mends(followed)}
    assert set(found) == {"padding", "kernel_size", "input"}
    # ⌊(H + 4 − 11)/4⌋ + 1 ≥ 7, then ⌊(7 − 3)/2⌋ + 1 = 3: H ≥ 31
    assert found["input"].value == (31, 31)
    for mend in found.values():
        assert follow(write_chain(mend.chain), mend.input).stopped not in (1, 2, 3, 4)


@pytest.mark.parametrize(
    ("text", "shape", "stopped", "wanted"),
    [
        ('[{"type":"linear","features":9}]', (1, 4, 4), 1, {"flatten"}),
        ('[{"type":"flatten"},{"type":"conv","filters":2,"kernel_size":3}]', (1, 4, 4), 2, {"unflatten"}),
        ('[{"type":"conv","filters":4,"kernel_size":3,"groups":4}]', (2, 4, 4), 1, {"groups"}),
        (
            '[{"type":"conv","filters":4,"kernel_size":3,"dilation":2}]',
            (2, 4, 4),
            1,
            {"padding", "kernel_size", "dilation", "input"},
        ),
        ('[{"type":"maxpool","kernel_size":9}]', (1, 2, 2), 1, {"padding", "kernel_size", "input"}),
        ('[{"type":"maxpool","kernel_size":9,"padding":9}]', (1, 2, 2), 1, set()),  # no such layer at all
        ('[{"type":"flatten"},{"type":"conv","filters":0}]', (1, 2, 2), 2, set()),
        ('[{"type":"flatten"},7]', (1, 2, 2), 2, set()),
        ('[{"type":"linear","features":9},{"type":"conv"}]', (1, 4, 4), 1, {"flatten"}),  # the first one counts
    ],
)
def test_by_hand(text: str, shape, stopped: int, wanted: set[str]) -> None:
    followed = follow(text, shape)
    assert followed.stopped == stopped
    assert f"layer {stopped}" in str(followed.error)
    found = mends(followed)
    assert {mend.what for mend in found} == wanted
    for mend in found:
        again = follow(write_chain(mend.chain), mend.input).stopped
        assert again is None or again > stopped or len(mend.chain) != len(followed.chain)


@pytest.mark.parametrize("side", range(1, 60, 3))
def test_the_input_offered_is_the_smallest_that_fits(side: int) -> None:
    text = write_chain(PRESETS["alexnet"].chain)
    followed = follow(text, (3, side, side + 2))
    found = [mend for mend in mends(followed) if mend.what == "input"]
    assert followed.stopped
    assert found
    (channels, height, width) = found[0].input
    again = follow(text, (channels, height, width)).stopped
    assert again is None or again > followed.stopped
    assert follow(text, (channels, height - 1, width - 1)).stopped == followed.stopped


@pytest.mark.parametrize("text", ["", "lenet5", "{}", "[]", "[" * 9999, '[{"type":"flatten"}]' * 2])
def test_no_list_of_layers_is_one_sentence(text: str) -> None:
    with pytest.raises(InvalidInput):
        follow(text, (1, 4, 4))
