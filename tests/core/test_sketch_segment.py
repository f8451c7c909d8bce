"""Several digits on one board: put together from strokes, cut where they touch, read from left to right."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from benchmarks._numbers import Layout, number
from core.data.grey import denormalise
from core.nets.pretrained import pretrained
from core.sketch.ink import Blank
from core.sketch.preprocess import preprocess
from core.sketch.segment import as_number, read_number, split_ink


@pytest.fixture(scope="module")
def model():
    return pretrained("lenet5")


def strokes(*lines, size=(560, 280), pen=18):
    """Polylines on a black board."""
    board = Image.new("L", size)
    for line in lines:
        ImageDraw.Draw(board).line(line, fill=255, width=pen, joint="curve")
    return board


FIVE = ([(60, 60), (55, 130), (110, 130), (130, 170), (110, 215), (50, 215)], [(70, 50), (140, 45)])
FOUR = ([(230, 50), (210, 140), (290, 140)], [(275, 90), (270, 220)])
ONE = ([(400, 50), (395, 220)],)


def test_a_five_with_a_separate_bar_and_an_open_four_are_one_digit_each(model) -> None:
    found = read_number(strokes(*FIVE, *FOUR, *ONE), model, paper=(0, 0, 0))
    assert as_number(found) == "541"
    lefts, rights = [digit.box[0] for digit in found], [digit.box[2] for digit in found]
    assert lefts == pytest.approx([45, 205, 388], abs=12)
    assert rights == pytest.approx([145, 292, 408], abs=12)


def test_one_digit_is_seen_as_the_pad_sees_it(model, digits) -> None:
    grey = denormalise(digits.test_images[0, 0]).numpy()
    board = number([grey], np.random.default_rng(0))
    (found,) = read_number(board, model, paper=(0, 0, 0))
    np.testing.assert_allclose(
        found.stages.centred.astype(int), preprocess(board, paper=(0, 0, 0)).centred.astype(int), atol=40
    )
    left, top, right, bottom = found.box
    rows, columns = np.flatnonzero((board > 60).any(1)), np.flatnonzero((board > 60).any(0))
    assert (left, top, right, bottom) == pytest.approx((columns[0], rows[0], columns[-1] + 1, rows[-1] + 1), abs=6)


def test_boxes_are_in_the_given_picture_s_pixels(model) -> None:
    board = strokes(*FIVE, *FOUR, *ONE)
    large = board.resize((2240, 1120))
    for small_digit, large_digit in zip(read_number(board, model), read_number(large, model), strict=True):
        assert [4 * edge for edge in small_digit.box] == pytest.approx(list(large_digit.box), abs=16)


@pytest.mark.parametrize("length", [1, 2, 3, 5, 8])
def test_whole_numbers_of_test_digits(model, digits, length) -> None:
    """At least nine of ten, and eight of ten where many touch; digits that the network misreads alone are left out."""
    random = np.random.default_rng(length)
    answers = model(digits.test_images[:400]).argmax(1)
    rows = np.flatnonzero((answers == digits.test_labels[:400]).numpy())
    for layout, least in ((Layout(), 9), (Layout(gap=(-0.04, 0.06)), 8 if length < 5 else 6)):
        right = 0
        for _ in range(10):
            chosen = random.choice(rows, length)
            wanted = "".join(str(int(digits.test_labels[row])) for row in chosen)
            board = number([denormalise(digits.test_images[row, 0]).numpy() for row in chosen], random, layout)
            right += as_number(read_number(board, model, paper=(0, 0, 0))) == wanted
        assert right >= least, layout


def test_specks_are_left_out_and_blank_boards_refused(model) -> None:
    board = strokes(*ONE)
    ImageDraw.Draw(board).ellipse((100, 100, 106, 106), fill=255)
    assert len(read_number(board, model, paper=(0, 0, 0))) == 1
    with pytest.raises(Blank):
        read_number(Image.new("L", (560, 280)), model, paper=(0, 0, 0))
    with pytest.raises(Blank, match="dot"):
        read_number(strokes([(100, 100), (103, 100)], pen=6), model, paper=(0, 0, 0))


def test_a_board_full_of_strokes_is_refused_before_much_is_computed(model) -> None:
    board = strokes(*([(12 + 18 * k, 40), (12 + 18 * k, 90 + 3 * k)] for k in range(50)), size=(940, 280), pen=5)
    with pytest.raises(Blank, match="strokes"):
        read_number(board, model, paper=(0, 0, 0))


def test_every_bit_of_ink_belongs_to_one_digit_at_most() -> None:
    ink = np.asarray(strokes(*FIVE, *FOUR, *ONE), dtype=np.float32) / 255
    masks = split_ink(ink)
    assert np.sum(masks, axis=0).max() == 1
    assert sum(float(ink[mask].sum()) for mask in masks) >= 0.97 * float(ink.sum())
