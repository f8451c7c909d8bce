"""The worked example against paper and against torch's own functions."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.conv.axis import Axis
from core.conv.filters import INPUTS, KERNELS, image, kernel
from core.errors import InvalidInput
from tests.core.conv_steps import work_out


def test_the_course_s_four_by_four() -> None:
    axis = Axis(4, 3)
    worked = work_out("conv", (image("counting", 4, 4),), axis, axis, (kernel("counting", 3),))
    # first window: 1·2 + 2·0 + 3·1  +  0·0 + 1·1 + 2·2  +  3·1 + 0·0 + 1·2 = 15
    assert worked.steps[0].products == (((2, 0, 3), (0, 1, 4), (3, 0, 2)),)
    assert worked.output == ((15, 16), (6, 15))


def test_bias_channels_and_padding_by_hand() -> None:
    x, axis = ((1, 2), (3, 4)), Axis(2, 2, padding=1)
    worked = work_out("conv", (x, x), axis, axis, (((1, 1), (1, 1)), ((0, 0), (0, 2))), bias=5)
    first, middle = worked.steps[0], worked.steps[4]
    assert (first.top, first.left, first.products[0]) == (-1, -1, ((0, 0), (0, 1)))
    assert (first.sums, first.value) == ((1, 2), 8)
    assert (middle.sums, middle.value) == ((10, 8), 23)


def test_pooling_by_hand() -> None:
    x, axis = ((1, 2, 3), (4, 5, 6), (7, 8, 9)), Axis(3, 2, stride=2, ceil_mode=True)
    assert work_out("maxpool", (x,), axis, axis).output == ((5, 6), (8, 9))
    # the last windows stick out: 1 + 2 + 4 + 5 over 4, 3 + 6 over 2, 7 + 8 over 2, 9 over 1
    assert work_out("avgpool", (x,), axis, axis).output == ((3, 4.5), (7.5, 9))
    padded = Axis(3, 2, stride=2, padding=1)
    assert work_out("avgpool", (x,), padded, padded).output[0][0] == 1 / 4  # zeros of the padding count


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("side", range(1, 12))
def test_every_kernel_has_every_side(name: str, side: int) -> None:
    grid = kernel(name, side)
    assert len(grid) == side
    assert {len(row) for row in grid} == {side}
    total = sum(map(sum, grid))
    wanted = {"identity": 1, "blur": 1, "edge": 0, "sharpen": 1, "sobel": 1 if side == 1 else 0}
    wanted["sobel_y"] = wanted["sobel"]
    if name in wanted:  # the first and last keep the brightness, edge and sobel answer 0 to an even field
        assert total == pytest.approx(wanted[name], abs=1e-9)


def test_known_kernels() -> None:
    assert kernel("sobel", 3) == ((-1, 0, 1), (-2, 0, 2), (-1, 0, 1))
    assert kernel("sharpen", 3) == ((0, -1, 0), (-1, 5, -1), (0, -1, 0))
    assert kernel("edge", 3) == ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1))
    assert kernel("identity", 3) == ((0, 0, 0), (0, 1, 0), (0, 0, 0))
    assert kernel("sobel_y", 3) == ((-1, -2, -1), (0, 0, 0), (1, 2, 1))
    assert kernel("emboss", 3) == ((-2, -1, 0), (-1, 1, 1), (0, 1, 2))
    assert kernel("sobel", 1, 2) == ((-1, 1),)
    assert kernel("random", 3, 5, "7/0/0") == kernel("random", 3, 5, "7/0/0") != kernel("random", 3, 5, "8/0/0")
    assert kernel("counting", 3) == ((2, 0, 1), (0, 1, 2), (1, 0, 2))


@pytest.mark.parametrize("action", [lambda: kernel("x", 3), lambda: kernel("blur", 12), lambda: image("edge", 33, 1)])
def test_unknown_or_large_is_refused(action) -> None:
    with pytest.raises(InvalidInput):
        action()


axes = st.builds(
    Axis, st.integers(1, 7), st.integers(1, 4), st.integers(1, 3), st.integers(0, 2), st.integers(1, 2), st.booleans()
)


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(["conv", "avgpool", "maxpool"]), axes, axes, st.integers(1, 3), st.booleans(), st.data())
def test_torch_agrees(operation: str, rows: Axis, columns: Axis, count: int, count_padding: bool, data) -> None:
    torch = pytest.importorskip("torch")
    from torch.nn import functional as f

    ceil = rows.ceil_mode
    if operation == "conv":
        ceil = False
    dilated = operation != "avgpool"
    rows, columns = (
        Axis(a.size, a.kernel, a.stride, a.padding, a.dilation if dilated else 1, ceil) for a in (rows, columns)
    )
    for axis in (rows, columns):
        assume(axis.output >= 1 if operation != "conv" else axis.slack >= 0)
        assume(operation == "conv" or axis.padding <= axis.kernel // 2)
    numbers = st.integers(-9, 9)

    def grids(height: int, width: int) -> list:
        return data.draw(
            st.lists(
                st.lists(st.lists(numbers, min_size=width, max_size=width), min_size=height, max_size=height),
                min_size=count,
                max_size=count,
            )
        )

    channels, kernels, bias = grids(rows.size, columns.size), grids(rows.kernel, columns.kernel), data.draw(numbers)
    x, stride = torch.tensor([channels], dtype=torch.float64), (rows.stride, columns.stride)
    padding, dilation = (rows.padding, columns.padding), (rows.dilation, columns.dilation)
    if operation == "conv":
        weight = torch.tensor([kernels], dtype=torch.float64)
        wanted = f.conv2d(x, weight, torch.tensor([bias], dtype=torch.float64), stride, padding, dilation)
    elif operation == "avgpool":
        wanted = f.avg_pool2d(x[:, :1], (rows.kernel, columns.kernel), stride, padding, ceil, count_padding)
    else:
        wanted = f.max_pool2d(x[:, :1], (rows.kernel, columns.kernel), stride, padding, dilation, ceil)
    worked = work_out(operation, tuple(channels), rows, columns, tuple(kernels), bias, count_padding)
    assert torch.allclose(torch.tensor(worked.output, dtype=torch.float64), wanted[0, 0])


@pytest.mark.parametrize("name", INPUTS)
def test_inputs_are_small_whole_numbers(name: str) -> None:
    for channel in range(3):
        values = {value for row in image(name, 8, 9, channel) for value in row}
        assert values <= {0, 1, 2, 3}
        assert len(values) > 1
