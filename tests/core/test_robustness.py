"""Digits changed by so much, and networks beside one another on the same ones."""

import math

import pytest
import torch

from core.data.grey import denormalise, normalise
from core.errors import InvalidInput
from core.exam.robustness import KINDS, changed, compare, sample
from core.nets.pretrained import pretrained
from core.runs.digits_job import MnistJob
from core.training.config import TrainConfig
from core.training.courses import COURSES
from core.training.evaluate import evaluate
from tests.core.mnist_tiny import tiny


def light(images):
    return denormalise(images).double() / 255


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_changed_at_0_and_the_digits_stay_as_they_are(kind, digits):
    images = digits.test_images[:9]
    before, same = images.clone(), KINDS[kind].same
    assert same in KINDS[kind].amounts
    assert torch.equal(changed(images, kind, same), images)
    for amount in KINDS[kind].amounts:
        found = changed(images, kind, amount)
        assert found.shape == images.shape
        assert torch.equal(found, normalise(denormalise(found)))  # 256 grey values, as MNIST's
        assert (amount == same) == torch.equal(found, images)
    assert torch.equal(images, before)


def test_a_shift_goes_all_four_ways(digits):
    images = digits.test_images[:8]
    found = changed(images, "shift", 3)
    for at in range(8):
        rows, columns = ((0, 3), (3, 0), (0, -3), (-3, 0))[at % 4]
        rolled = torch.roll(light(images[at]), (rows, columns), (1, 2))
        assert torch.allclose(light(found[at]), rolled, atol=1 / 255)  # MNIST's digits have 4 pixels of paper around


def test_a_turn_goes_both_ways():
    bar = torch.zeros(4, 1, 28, 28, dtype=torch.uint8)
    bar[:, :, 4:24, 13:15] = 255
    found = light(changed(normalise(bar), "turn", 30))
    tops = [found[at, 0, 6].argmax().item() for at in range(4)]
    assert tops[0] == tops[2] < 13 < 15 <= tops[1] == tops[3]
    # the bar's end at row 4 was 9.5 pixels above the middle; turned by 30° it is 9.5·sin 30° to the side
    edge = found[0, 0].sum(dim=0).nonzero().min().item()
    assert abs(14 - edge - 10 * math.sin(math.radians(30))) < 2


def test_a_size_is_a_factor_about_the_middle(digits):
    square = torch.zeros(2, 1, 28, 28, dtype=torch.uint8)
    square[:, :, 9:19, 9:19] = 255  # 10 pixels wide
    for size in KINDS["size"].amounts:
        found = light(changed(normalise(square), "size", size))[0, 0]
        assert float(found[14].sum()) == pytest.approx(10 * size, abs=0.6)
        assert torch.allclose(found, found.flip(0), atol=0.02)
        assert torch.allclose(found, found.flip(1), atol=0.02)
    tallest = max(KINDS["size"].amounts)
    assert 20 * tallest <= 28  # MNIST's digits, 20 pixels tall, stay whole


def test_thickness_grows_and_noise_is_each_digit_s_own(digits):
    images = digits.test_images[:20]
    ink = [float(light(changed(images, "thickness", amount)).sum()) for amount in KINDS["thickness"].amounts]
    assert ink == sorted(ink)
    noisy = changed(images, "noise", 0.3, seed=4)
    assert torch.equal(noisy, changed(images, "noise", 0.3, seed=4))
    assert not torch.equal(noisy, changed(images, "noise", 0.3, seed=5))
    grain = light(noisy) - light(images)
    grey = (light(images) > 0) & (light(images) < 1)
    assert grain[0].sub(grain[1]).abs().max() > 0.5
    # on paper the lower half of the noise is cut off: its mean is 0.3/√(2π)
    assert float(grain[light(images) == 0].mean()) == pytest.approx(0.3 / math.sqrt(2 * math.pi), rel=0.03)
    assert grey.any()


@pytest.mark.parametrize("kind", ["stretch", "", None])
def test_unknown_changes(kind, digits):
    with pytest.raises(InvalidInput, match="shift, turn"):
        changed(digits.test_images[:2], kind, 1)
    with pytest.raises(InvalidInput, match="shift, turn"):
        next(compare({}, digits.test_images[:2], digits.test_labels[:2], kind))
    with pytest.raises(InvalidInput, match="noise"):
        changed(digits.test_images[:2], "noise", 2)


def test_all_networks_are_asked_for_the_same_digits(digits):
    images, labels = sample(digits.test_images, digits.test_labels, 300, seed=2)
    models = {name: pretrained(name) for name in ("lenet5", "mnist-dnn")}
    points = list(compare(models | {"again": models["lenet5"]}, images, labels, "noise", seed=1))
    assert tuple(point.amount for point in points) == KINDS["noise"].amounts
    for point in points:
        assert point.scores["lenet5"] == point.scores["again"]
        assert {score.samples for score in point.scores.values()} == {300}
    for name, model in models.items():
        assert points[0].scores[name].correct == evaluate(model, images, labels, 10).correct
    first, last = points[0].scores["lenet5"], points[-1].scores["lenet5"]
    assert first.accuracy > 0.95 > last.accuracy
    assert last.interval[0] < last.accuracy < last.interval[1]


def test_a_sample_is_the_first_of_a_permutation(digits):
    few, many = (sample(digits.test_images, digits.test_labels, size, seed=7) for size in (50, 200))
    assert torch.equal(few[0], many[0][:50])
    assert torch.equal(few[1], many[1][:50])
    assert len(sample(digits.test_images, digits.test_labels, 10**6)[1]) == len(digits.test_labels)


def test_another_network_beside_on_the_same_batches():
    job = MnistJob("lenet5", 3, TrainConfig(lr=0.9, batch_size=32, epochs=2, seed=5), tiny(200), 150, 4, True)
    other = job.beside("mnist-dnn")
    own = COURSES["mnist-dnn"]
    assert (other.network, other.train.lr, other.train.momentum) == ("mnist-dnn", own.lr / 2, 0.5)
    names = ("batch_size", "epochs", "seed", "evaluations", "reshuffle")
    assert all(getattr(other.train, name) == getattr(job.train, name) for name in names)
    assert (other.seed, other.samples, other.data_seed, other.augment) == (3, 150, 4, True)
    assert torch.equal(other.chosen(), job.chosen())
    assert other.kind != job.kind
    assert job.beside("lenet5-rbf").train.loss == "rbf"
    assert job.beside("lenet5-sigmoid").train.lr == 0.003
    assert job.beside("lenet5-rbf").beside("lenet5").train.loss == "cross_entropy"
    with pytest.raises(InvalidInput, match="lenet5"):
        job.beside("vgg")
