"""Dragging, turning, scaling, thickening and noise against arithmetic by hand."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.grey import normalise
from core.errors import InvalidInput
from core.sketch.transform import Change, transform, transform_ink


def dot(row: int, column: int, side: int = 28) -> torch.Tensor:
    ink = torch.zeros(1, 1, side, side)
    ink[0, 0, row, column] = 1
    return ink


def test_nothing_is_nothing(digits) -> None:
    images = digits.test_images[:5]
    assert torch.equal(transform(images, Change()), images)


def test_dragging_moves_by_whole_pixels_and_loses_what_leaves(digits) -> None:
    images = digits.test_images[:5]
    moved = transform(images, Change(right=3, down=-2))
    assert torch.equal(moved[:, :, :26, 3:], images[:, :, 2:, :25])
    assert bool((moved[:, :, 26:] == normalise(torch.zeros(1, dtype=torch.uint8))).all())
    assert bool((transform(images, Change(right=28)) < 0).all())


def test_half_a_pixel_is_shared_between_two() -> None:
    moved = transform_ink(dot(10, 10), Change(right=0.5))
    assert moved[0, 0, 10, 10:12].tolist() == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize(("turn", "where"), [(90, (22, 5)), (-90, (5, 22)), (180, (22, 22))])
def test_turning_is_counter_clockwise_about_the_middle(turn, where) -> None:
    # (5, 5) lies up left of the middle (13.5, 13.5); a quarter turn to the left brings it down left
    turned = transform_ink(dot(5, 5), Change(turn=turn))
    assert turned[0, 0][where].item() == pytest.approx(1, abs=1e-4)


def test_size_is_about_the_middle() -> None:
    block = torch.zeros(1, 1, 28, 28)
    block[..., 10:18, 10:18] = 1
    assert transform_ink(block, Change(size=2)).sum().item() == pytest.approx(16 * 16, rel=0.05)
    assert transform_ink(block, Change(size=0.5)).sum().item() == pytest.approx(4 * 4, rel=0.1)


def test_strokes_grow_and_shrink_on_each_side() -> None:
    bar = torch.zeros(1, 1, 28, 28)
    bar[..., 5:25, 12:16] = 1
    assert transform_ink(bar, Change(thickness=1)).sum().item() == 22 * 6
    assert transform_ink(bar, Change(thickness=1.5)).sum().item() == pytest.approx((22 * 6 + 24 * 8) / 2)
    assert transform_ink(bar, Change(thickness=-1)).sum().item() == 18 * 2
    assert transform_ink(bar, Change(thickness=-2)).sum().item() == 0


def test_a_larger_board_uses_the_same_units() -> None:
    large = transform_ink(dot(100, 100, 280), Change(right=2, thickness=0.5))
    rows, columns = torch.nonzero(large[0, 0] > 0.5, as_tuple=True)
    assert (rows.min().item(), rows.max().item()) == (95, 105)
    assert (columns.min().item(), columns.max().item()) == (115, 125)


def test_noise_has_its_size_and_its_seed() -> None:
    grey = torch.full((1, 1, 28, 28), 0.5)
    noisy = transform_ink(grey, Change(noise=0.1, seed=3))
    assert (noisy - grey).std().item() == pytest.approx(0.1, rel=0.1)
    assert torch.equal(noisy, transform_ink(grey, Change(noise=0.1, seed=3)))
    assert not torch.equal(noisy, transform_ink(grey, Change(noise=0.1, seed=4)))


@settings(max_examples=60, deadline=None)
@given(
    right=st.floats(-28, 28), turn=st.floats(-180, 180), size=st.floats(0.2, 3), thickness=st.floats(-2, 4),
    noise=st.floats(0, 1), side=st.sampled_from([28, 41, 280]),
)  # fmt: skip
def test_whatever_is_asked_it_stays_ink(right, turn, size, thickness, noise, side) -> None:
    change = Change(right=right, turn=turn, size=size, thickness=thickness, noise=noise)
    ink = transform_ink(dot(side // 3, side // 2, side), change)
    assert ink.shape == (1, 1, side, side)
    assert 0 <= float(ink.min()) <= float(ink.max()) <= 1


@pytest.mark.parametrize(
    "changes", [{"right": 29}, {"turn": float("nan")}, {"size": 0}, {"thickness": 5}, {"noise": -1}]
)
def test_what_is_out_of_range_is_named(changes) -> None:
    with pytest.raises(InvalidInput, match=next(iter(changes))):
        Change(**changes)
