"""A sheet read by several networks: steps left out, the ink moved, what each step is worth, how sure an answer is."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from core.data.grey import denormalise
from core.nets.pretrained import pretrained
from core.sketch.ink import Blank
from core.sketch.preprocess import Steps, preprocess
from core.sketch.reading import STEPS, Sheet, digit_sheet, entropy, flipped, moved, read, sheet
from core.sketch.transform import Change


@pytest.fixture(scope="module")
def models():
    return [pretrained("lenet5"), pretrained("mnist-dnn")]


def a_bar(right: int = 0) -> np.ndarray:
    """A one, 20 wide and 160 high, on a board of 280."""
    board = np.zeros((280, 280), np.uint8)
    board[60:220, 130 + right : 150 + right] = 255
    return board


def test_a_sheet_read_plainly_is_what_preprocess_makes_of_the_picture(models) -> None:
    reading = read(sheet(a_bar()), models)
    assert torch.equal(reading.stages.normalised, preprocess(a_bar()).normalised)
    assert [answer.digit for answer in reading.answers] == [1, 1]
    assert reading.doubt is not None
    assert not reading.doubt.doubtful


def test_a_digit_in_mnists_form_stays_as_it_is(digits) -> None:
    pixels = denormalise(digits.test_images[0, 0]).numpy()
    same = read(digit_sheet(pixels), []).stages.centred
    off = np.abs(same.astype(int) - pixels)
    assert (off > 40).mean() < 0.01


def test_with_no_step_but_normalising_the_whole_board_is_shrunk() -> None:
    only = Steps(crop=False, fit=False, centre=False)
    seen = read(sheet(a_bar(right=50)), [], only).stages.centred
    inked = np.flatnonzero(seen.any(axis=0))
    assert inked.tolist() == [18, 19]  # columns 180 to 200 of 280, a tenth of them
    centred = read(sheet(a_bar(right=50)), []).stages.centred
    assert abs(float((centred.sum(axis=0) * np.arange(28)).sum()) / centred.sum() - 14) <= 0.5


def test_dragging_is_undone_by_cropping_and_seen_without(models) -> None:
    page = sheet(a_bar())
    still, dragged = (read(page, models, None, Change(right=right)) for right in (0.0, 6.0))
    np.testing.assert_allclose(dragged.stages.centred.astype(int), still.stages.centred.astype(int), atol=16)
    only = Steps(crop=False, fit=False, centre=False)
    there = read(page, models, only, Change(right=6.0)).stages.centred
    assert np.flatnonzero(there.sum(axis=0) > 1000).tolist() == [19, 20]  # from 13 and 14


@pytest.mark.parametrize("shape", [(280, 280), (200, 300), (28, 28)])
def test_moved_ink_lies_on_a_square_and_nothing_done_is_the_sheet_itself(shape) -> None:
    ink = np.zeros(shape, np.float32)
    ink[shape[0] // 4 : shape[0] // 2, shape[1] // 2 - 2 : shape[1] // 2 + 2] = 1
    page = Sheet(ink, np.zeros((*shape, 3), np.uint8))
    assert moved(page, Change()) is page
    turned = moved(page, Change(turn=90.0))
    assert turned.ink.shape == (max(*shape, 280),) * 2 if shape == (28, 28) else (max(shape),) * 2
    assert turned.raw.shape == (*turned.ink.shape, 3)
    rows, columns = np.flatnonzero(turned.ink.any(axis=1)), np.flatnonzero(turned.ink.any(axis=0))
    assert len(columns) > len(rows), "a bar that stood lies"


def test_doubt_is_judged_with_all_steps_whatever_is_left_out(models) -> None:
    page = sheet(a_bar(right=90))
    plain, shrunk = read(page, models), read(page, models, Steps(crop=False, fit=False, centre=False))
    assert shrunk.doubt == plain.doubt


def test_each_step_is_switched_alone(models) -> None:
    page = sheet(a_bar(right=90))
    steps = Steps(fit=False)
    found = flipped(page, models, steps, Change())
    assert list(found) == list(STEPS)
    for name in STEPS:
        other = Steps(**{step: getattr(steps, step) != (step == name) for step in STEPS})
        assert found[name] == read(page, models, other).answers


def test_an_empty_sheet_is_refused(models) -> None:
    with pytest.raises(Blank):
        read(Sheet(np.zeros((280, 280), np.float32), np.zeros((280, 280, 3), np.uint8)), models)
    page = sheet(a_bar())
    with pytest.raises(Blank):
        read(page, models, None, Change(right=28.0))  # dragged off the board


def test_entropy_in_bits() -> None:
    assert entropy([1.0, *[0.0] * 9]) == 0
    assert entropy([0.25] * 4) == pytest.approx(2)
    assert entropy([0.1] * 10) == pytest.approx(math.log2(10))
