"""What would mend a layer does mend it, and nothing nearer does."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.conv.axis import Axis
from core.conv.layers import AvgPool, Conv
from core.conv.nearby import Change, same_padding, to_divide, to_fit
from core.conv.sizes import trace

axes = st.builds(
    Axis, st.integers(1, 20), st.integers(1, 7), st.integers(1, 5), st.integers(0, 3), st.integers(1, 3), st.booleans()
)
ATTRIBUTE = {"kernel_size": "kernel"}


def changed(axis: Axis, change: Change, index: int) -> Axis:
    return replace(axis, **{ATTRIBUTE.get(change.field, change.field): change.value[index]})


def test_by_hand() -> None:
    eight = Axis(8, 3, stride=2)  # (8 − 3)/2: padding adds an even number and never helps
    assert to_divide(eight, eight) == (
        Change("kernel_size", (2, 2), (4, 4)),
        Change("stride", (1, 1), (6, 6)),
        Change("size", (9, 9), (4, 4)),
    )
    assert to_divide(Axis(7, 3, stride=2), Axis(7, 3, stride=2)) == ()
    assert to_fit(Axis(5, 3), Axis(2, 3)) == (
        Change("padding", (0, 1), (3, 2)),
        Change("kernel_size", (3, 2), (3, 1)),
        Change("size", (5, 3), (3, 1)),
    )


@settings(max_examples=400, deadline=None)
@given(axes, axes, st.booleans())
def test_every_change_does_what_it_says(rows: Axis, columns: Axis, pooling: bool) -> None:
    rows, columns = replace(rows, dilation=1), replace(columns, dilation=1)
    for change in to_divide(rows, columns, pooling):
        down, across = changed(rows, change, 0), changed(columns, change, 1)
        assert down.divides
        assert across.divides
        assert change.output == (down.output, across.output)
        assert min(change.output) >= 1
        if pooling:
            assert down.padding <= down.kernel // 2
    for change in to_fit(rows, columns):
        layer = Conv(1, *((changed(rows, change, 0).kernel, changed(columns, change, 1).kernel),))
        assert layer.kernel_size[0] >= 1
        assert min(change.output) >= 1
    if min(rows.slack, columns.slack) < 0:
        assert to_fit(rows, columns)


@pytest.mark.parametrize("kernel", range(1, 8))
@pytest.mark.parametrize("dilation", range(1, 4))
def test_same_keeps_the_size(kernel: int, dilation: int) -> None:
    padding = same_padding(Axis(30, kernel, dilation=dilation))
    if padding is None:
        assert all(Axis(30, kernel, 1, p, dilation).output != 30 for p in range(20))
    else:
        assert trace([Conv(1, kernel, 1, padding, dilation)], (1, 30, 30)).output == (1, 30, 30)


def test_pooling_never_pads_more_than_half_its_window() -> None:
    four = Axis(4, 7)
    assert [change.field for change in to_fit(four, four, pooling=True)] == ["padding", "kernel_size", "size"]
    one = Axis(1, 5)
    assert [change.field for change in to_fit(one, one, pooling=True)] == ["padding", "kernel_size", "size"]
    assert AvgPool(5, padding=to_fit(one, one, pooling=True)[0].value).padding == (2, 2)
