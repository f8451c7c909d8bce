"""A page's settings as size, picture and script, the script run for real."""

import ast
import contextlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.conv.check import torch_outputs
from core.conv.example import Example
from core.conv.filters import INPUTS, KERNELS
from core.errors import InvalidInput
from core.export.layer_script import layer_script
from tests.core.conv_steps import worked

EXAMPLES = [
    Example(),
    Example(padding=1, bias=-3, kernel="sobel"),
    Example(height=5, width=6, stride=2, dilation=2, kernel_size=2, channels=2, bias=1),
    Example(operation="maxpool", kernel_size=2, stride=2),
    Example(operation="avgpool", height=5, width=5, kernel_size=2, stride=2, ceil_mode=True, channels=2),
    Example(channels=4, filters=6, groups=2),
    Example(channels=2, filters=2, groups=2, kernel="random", seed=3, edits="w1_0_0_2_7~b1_2.5~x1_0_0_-1"),
    Example(height=5, width=8, kernel_size=(3, 2), stride=(1, 3), padding=(0, 1)),
    Example(operation="avgpool", kernel_size=3, padding=1, stride=2, count_include_pad=False),
    Example(height=40, width=30, channels=3, filters=8, kernel_size=5, kernel="blur"),
]


def run(script: str) -> list[str]:
    torch = pytest.importorskip("torch")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(script, {"__name__": "__main__"})
    assert torch.is_grad_enabled()
    return printed.getvalue().splitlines()


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_the_script_prints_what_the_page_shows(example: Example) -> None:
    lines = run(layer_script(example))
    assert lines[0].endswith(f"output shape:\t torch.Size({[1, *example.size().output]})")
    if len(lines) > 1:
        tensor = "".join(lines[1:]).replace("tensor(", "")
        numbers = ast.literal_eval(tensor[: tensor.rindex("]") + 1])
        for number, channel in enumerate(numbers[0]):
            for row, wanted in zip(channel, worked(example, number).output, strict=True):
                assert row == pytest.approx(wanted, abs=1e-3)


def test_small_examples_write_their_numbers() -> None:
    assert "[[[15., 16." in run(layer_script(EXAMPLES[0]))[1]
    assert "rand" in layer_script(EXAMPLES[-1])


@settings(max_examples=300, deadline=None)
@given(
    st.builds(
        Example,
        st.sampled_from(["conv", "avgpool", "maxpool"]),
        st.integers(1, 9),
        st.integers(1, 9),
        st.integers(1, 5) | st.tuples(st.integers(1, 5), st.integers(1, 5)),
        st.integers(1, 4) | st.tuples(st.integers(1, 4), st.integers(1, 4)),
        st.integers(0, 3) | st.tuples(st.integers(0, 3), st.integers(0, 3)),
        st.integers(1, 2),
        st.integers(1, 4),
        st.integers(1, 4),
        st.integers(1, 3),
        st.booleans(),
        st.booleans(),
        st.sampled_from(list(KERNELS)),
        st.sampled_from(list(INPUTS)),
        st.integers(-9, 9),
    )
)
def test_any_settings_give_one_size_or_a_plain_sentence(example: Example) -> None:
    pytest.importorskip("torch")
    try:
        size = example.size()
    except InvalidInput as refusal:
        if str(refusal).startswith("layer"):
            raise AssertionError("one layer alone needs no number") from refusal
        return
    assert torch_outputs([example.layer], example.input)[0][0] == size.output
    assert example.drawn == size.output[0]
    last = worked(example, example.drawn - 1).output
    assert (len(last), len(last[0])) == size.output[1:]


def test_refusals() -> None:
    with pytest.raises(InvalidInput, match="operation"):
        Example(operation="convolve")
    with pytest.raises(InvalidInput, match=r"^The window \(=3×3\) is larger than the padded input \(=2×2\)"):
        Example(height=2, width=2).size()
    assert Example(height=33).drawn == 0
    assert Example(channels=9).drawn == 0
    assert Example(height=32, width=32, kernel_size=11, padding=5).drawn == 0  # 32·32·121 products
    assert Example(height=28, width=28, kernel_size=5, padding=2, channels=3, filters=6).drawn == 6
    with pytest.raises(InvalidInput):
        worked(Example(height=33))


def test_filters_channels_and_edits_by_hand() -> None:
    example = Example(channels=2, filters=2, bias=1, kernel="sobel", edits="b1_5~w1_1_0_0_9~x0_3_3_-2")
    assert example.weights(0) == (((-1, 0, 1), (-2, 0, 2), (-1, 0, 1)),) * 2
    assert example.weights(1)[0] == ((-1, -2, -1), (0, 0, 0), (1, 2, 1))
    assert example.weights(1)[1][0] == (9, -2, -1)
    assert (example.filter_bias(0), example.filter_bias(1)) == (1, 5)
    assert example.input_channel(0)[3] == (2, 3, 0, -2)
    grouped = Example(channels=4, filters=6, groups=2)
    assert [grouped.first_read(number) for number in range(6)] == [0, 0, 0, 2, 2, 2]
    assert Example(operation="maxpool", channels=3).first_read(2) == 2


def test_memory_is_four_bytes_a_number() -> None:
    # C1: 1·28·28, 6·(25 + 1), 6·28·28
    c1 = Example(height=28, width=28, kernel_size=5, padding=2, filters=6)
    assert c1.size().memory == (4 * 784, 4 * 156, 4 * 4704)


@pytest.mark.parametrize(
    "text",
    [
        "x0_1_2",
        "y0_1_2_3",
        "x0_1_2_1e9",
        "x0_1_2_nan",
        "x0_1_2_1000",
        "b0_0_1",
        "x0_1_2_１",
        "~",
        "x-1_0_0_1",
        "b0_1" * 999,
    ],
)
def test_edits_without_sense_are_one_sentence(text: str) -> None:
    with pytest.raises(InvalidInput):
        worked(Example(edits=text))


def test_edits_outside_do_nothing() -> None:
    assert worked(Example(edits="x0_9_9_5~w7_0_0_0_1~b3_2")) == worked(Example())
