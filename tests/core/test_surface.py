"""Cuts through the inputs: where their points lie, what a network answers there, which samples are drawn."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from core.data import tables
from core.data.number_table import number_table
from core.data.playground import DataConfig, PlaygroundData, playground
from core.errors import InvalidInput
from core.inspect import surface
from core.inspect.surface import cube_cut, cut
from core.nets.mlp import MlpConfig, mlp


def table(columns: int, rows: int = 40) -> PlaygroundData:
    values = torch.rand(rows, columns + 1, generator=torch.Generator().manual_seed(1)) * 10
    names = [*(f"in{at}" for at in range(columns)), "out"]
    lines = [",".join(f"{value:.4f}" for value in row) for row in values.tolist()]
    read = tables.read("\n".join([",".join(names), *lines]).encode())
    return playground(DataConfig("csv", table=number_table(read, range(columns), [columns])))


def area(corners: tuple[tuple[float, float], ...]) -> float:
    """Return the area of a polygon, by the shoelace formula."""
    turned = [*corners[1:], corners[0]]
    return abs(sum(a * d - b * c for (a, b), (c, d) in zip(corners, turned, strict=True))) / 2


def test_points_go_row_by_row_from_the_lower_left() -> None:
    piece = cut(playground(DataConfig("xor", samples=50)), side=5)
    assert piece.points[:6].tolist() == [[-6, -6], [-3, -6], [0, -6], [3, -6], [6, -6], [-6, -3]]
    assert piece.points[12].tolist() == [0, 0]
    assert piece.points[-1].tolist() == [6, 6]
    assert (piece.low, piece.high, piece.names, piece.axis) == ((-6, -6), (6, 6), ("x1", "x2"), "")


def test_a_network_answers_as_it_would_for_samples() -> None:
    data = playground(DataConfig("spiral", samples=60, features=("x1x2", "x2^2", "sin x1")))
    model = mlp(MlpConfig((3, 4, 2), "tanh", seed=1)).eval()
    assert torch.equal(surface.answers(model, data, data.raw_test), model(data.data.test_inputs).detach())
    piece = cut(data, side=11)
    x1, x2 = piece.points.T
    by_hand = model(torch.stack([x1 * x2, x2 * x2, x1.sin()], dim=1)).detach()
    assert torch.equal(surface.answers(model, data, piece.points), by_hand)


def test_a_table_s_other_columns_are_at_their_training_mean() -> None:
    data = table(4)
    piece = cut(data, (3, 1), side=7)
    mean = data.raw_train.mean(dim=0)
    assert piece.points[:, 0].tolist() == pytest.approx([float(mean[0])] * 49)
    assert piece.points[:, 2].tolist() == pytest.approx([float(mean[2])] * 49)
    assert piece.points[0, [3, 1]].tolist() == pytest.approx([data.low[3], data.low[1]])
    assert piece.points[6, [3, 1]].tolist() == pytest.approx([data.high[3], data.low[1]])
    assert (piece.names, piece.axis) == (("in3", "in1"), "mean")
    assert torch.allclose(data.expand(piece.points)[:, [0, 2]], torch.zeros(49, 2), atol=1e-5)
    assert len(surface.marks(data, piece).raw) == 40


def test_a_table_s_columns_are_named_when_they_cannot_be_drawn() -> None:
    data = table(3)
    for across in ((0, 0), (0, 3), (-1, 0)):
        with pytest.raises(InvalidInput, match="two different inputs of 3"):
            cut(data, across)


@pytest.mark.parametrize(("axis", "fixed"), [("x1", 0), ("x2", 1), ("x3", 2)])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 1.0])
def test_a_slice_of_the_cube_has_the_two_borders_of_the_truth(axis: str, fixed: int, share: float) -> None:
    piece = cube_cut(axis, share, side=21)
    assert piece.points[:, fixed].tolist() == pytest.approx([share] * 441)
    assert set(piece.across) | {fixed} == {0, 1, 2}
    sums = {0.0: [1], 1.0: [2]}.get(share, [1, 2])
    for border, s in zip(piece.borders, sums, strict=True):
        for corner in border:
            assert sum(corner) + share == pytest.approx(s)
            assert all(0 <= value <= 1 for value in corner)


@given(share=st.floats(0, 1))
def test_a_slice_of_equal_sums_is_the_part_of_a_plane_in_the_cube(share: float) -> None:
    s = 3 * share
    piece = cube_cut("s", share, side=5)
    assert piece.points.sum(dim=1).tolist() == pytest.approx([s] * 25, abs=1e-5)
    assert all(-1e-9 <= v <= 1 + 1e-9 for x, y in piece.outline for v in (x, y, s - x - y))
    # the density of the sum of three uniform numbers (Irwin–Hall) is the area of that part, seen from above
    density = s * s / 2 if s <= 1 else (3 - s) ** 2 / 2 if s >= 2 else (-2 * s * s + 6 * s - 3) / 2
    assert area(piece.outline) == pytest.approx(density, abs=1e-9)
    assert piece.borders == ()


def test_samples_near_a_slice_are_drawn_the_first_ones_of_each_set() -> None:
    data = playground(DataConfig())
    for axis, column in (("x2", 1), ("s", None)):
        piece = cube_cut(axis, 0.5)
        every = surface.marks(data, piece, most=10_000)
        value = every.raw.sum(dim=1) if column is None else every.raw[:, column]
        assert (value - piece.level).abs().max() <= surface.NEAR
        expected = sum(int(piece.near(raw).sum()) for raw in (data.raw_train, data.raw_test))
        assert 100 < len(every.raw) == expected
        few = surface.marks(data, piece, most=30)
        assert (len(few.raw), few.left_out) == (60, expected - 60)
        assert few.test.tolist() == [False] * 30 + [True] * 30
        assert torch.equal(data.raw_train[few.row[:30]], few.raw[:30])
        assert torch.equal(data.raw_test[few.row[30:]], few.raw[30:])
        assert torch.equal(data.data.test_labels[few.row[30:]], few.truth[30:])


def test_the_s_slice_holds_one_true_class() -> None:
    data = playground(DataConfig())
    for share, kind in ((0.2, 0), (0.5, 1), (0.8, 2)):
        assert set(surface.marks(data, cube_cut("s", share)).truth.tolist()) == {kind}


def test_wrong_are_those_whose_largest_output_is_elsewhere() -> None:
    outputs = torch.tensor([[0.1, 0.9], [0.8, 0.2], [0.3, 0.4]])
    assert surface.wrong(outputs, torch.tensor([1, 1, 0])).tolist() == [False, True, True]
    assert surface.wrong(outputs[:, :1], torch.tensor([[0.0], [9.0], [1.0]])).tolist() == [False] * 3


def test_one_input_is_a_line() -> None:
    data = table(1)
    line = surface.line(data, 11)
    assert line.shape == (11, 1)
    assert (float(line[0]), float(line[-1])) == pytest.approx((data.low[0], data.high[0]))
    halves = nn.Sequential(nn.Linear(1, 1))
    assert surface.answers(halves, data, line).shape == (11, 1)
    assert len(surface.marks(data).raw) == 40


@pytest.mark.parametrize(("axis", "share"), [("x4", 0.5), ("s", 1.5), ("x1", -0.1), ("x1", math.nan)])
def test_a_slice_that_is_not_there_is_refused(axis: str, share: float) -> None:
    with pytest.raises(InvalidInput):
        cube_cut(axis, share)
