"""A page's settings as size, picture and script, the script run for real."""

import ast
import contextlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.conv.check import torch_output
from core.conv.example import Example
from core.conv.filters import INPUTS, KERNELS
from core.errors import InvalidInput

EXAMPLES = [
    Example(),
    Example(padding=1, bias=-3, kernel="sobel"),
    Example(height=5, width=6, stride=2, dilation=2, kernel_size=2, channels=2, bias=1),
    Example(operation="maxpool", kernel_size=2, stride=2),
    Example(operation="avgpool", height=5, width=5, kernel_size=2, stride=2, ceil_mode=True, channels=2),
    Example(channels=4, filters=6, groups=2),
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
    lines = run(example.script())
    assert ast.literal_eval(lines[0]) == example.size().output
    if len(lines) > 1:
        tensor = "".join(lines[1:]).replace("tensor(", "")
        numbers = ast.literal_eval(tensor[: tensor.rindex("]") + 1])
        for row, wanted in zip(numbers[0][0], example.worked().output, strict=True):
            assert row == pytest.approx(wanted, abs=1e-3)


def test_small_examples_write_their_numbers() -> None:
    assert run(EXAMPLES[0].script())[0] == "(1, 2, 2)"
    assert "[[[15., 16." in run(EXAMPLES[0].script())[1]
    assert "rand" in EXAMPLES[-1].script()


@settings(max_examples=300, deadline=None)
@given(
    st.builds(
        Example,
        st.sampled_from(["conv", "avgpool", "maxpool"]),
        st.integers(1, 9),
        st.integers(1, 9),
        st.integers(1, 5),
        st.integers(1, 4),
        st.integers(0, 3),
        st.integers(1, 2),
        st.integers(1, 4),
        st.integers(1, 4),
        st.integers(1, 3),
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
    assert torch_output(example.layer, example.input) == size.output
    assert (len(example.worked().output), len(example.worked().output[0])) == size.output[1:]


def test_refusals() -> None:
    with pytest.raises(InvalidInput, match="operation"):
        Example(operation="convolve")
    with pytest.raises(InvalidInput, match=r"^The window \(=3×3\) is larger than the padded input \(=2×2\)"):
        Example(height=2, width=2).size()
    assert not Example(height=33).drawable()
    assert not Example(channels=9).drawable()
    assert not Example(height=32, width=32, kernel_size=11, padding=5).drawable()  # 32·32·121 products
    assert Example(height=28, width=28, kernel_size=5, padding=2, channels=3, filters=6).drawable()
    with pytest.raises(InvalidInput):
        Example(height=33).worked()
