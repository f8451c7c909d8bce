"""The training digits that lie nearest to a sketch in F6's 84 numbers."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
import torch

from core.nets.pretrained import pretrained
from core.sketch.neighbours import Neighbourhood, f6, nearest


@pytest.fixture(scope="module")
def lenet():
    return pretrained("lenet5")


@pytest.fixture
def few(digits):
    """The first thousand training digits."""
    return replace(digits, train_images=digits.train_images[:1000], train_labels=digits.train_labels[:1000])


def wait(neighbours: Neighbourhood, lenet, few) -> None:
    assert neighbours.share(lenet, few) < 1 or not len(few.train_labels)
    for thread in threading.enumerate():
        if thread.name == "neighbours":
            thread.join(60)
    assert neighbours.share(lenet, few) == 1


def test_f6_is_what_the_last_layer_weighs(lenet, digits) -> None:
    images = digits.test_images[:5]
    features = f6(lenet, images)
    assert features.shape == (5, 84)
    torch.testing.assert_close(lenet.net.out(features), lenet(images))


def test_nearest_by_hand() -> None:
    features = torch.tensor([[0.0, 0.0], [3.0, 4.0], [1.0, 0.0], [6.0, 8.0]])
    found = nearest(features, torch.tensor([7, 8, 9, 1]), torch.zeros(2), 3)
    assert [(one.row, one.label, one.distance) for one in found] == [(0, 7, 0.0), (2, 9, 1.0), (1, 8, 5.0)]


def test_a_training_digit_is_its_own_nearest_and_its_neighbours_are_alike(lenet, few) -> None:
    neighbours = Neighbourhood()
    assert neighbours.nearest(lenet, few, few.train_images[:1], 5) == [], "none while they are computed"
    wait(neighbours, lenet, few)
    same = 0
    for row in range(0, 200, 10):
        found = neighbours.nearest(lenet, few, few.train_images[row : row + 1], 6)
        assert found[0].row == row
        assert found[0].distance < 0.05  # kept as float16
        assert [one.distance for one in found] == sorted(one.distance for one in found)
        same += sum(one.label == int(few.train_labels[row]) for one in found[1:])
    assert same > 80  # of 100; ten would be chance


def test_computed_once_and_anew_for_other_data(lenet, few) -> None:
    neighbours = Neighbourhood()
    wait(neighbours, lenet, few)
    kept = neighbours._features
    assert neighbours.share(lenet, few) == 1
    assert neighbours._features is kept
    other = replace(few, provenance=replace(few.provenance, checksum="another"))
    wait(neighbours, lenet, other)
    assert neighbours._features is not kept
