"""Leaks in numbers: counted by brute force, statistics by numpy on the pixels themselves."""

import numpy as np
import pytest

from core.data.grey import MEAN, STD, denormalise
from core.data.leakage import duplicates, statistics
from core.data.sets import mnist_set, one_hot_set, regression_set
from core.data.splits import SplitConfig, split


def brute(data, result) -> tuple[int, int]:
    every = [
        (*data.input_of(np.array([n]))[0].tolist(), *data.output_of(np.array([n]))[0].tolist())
        for n in range(1, len(data) + 1)
    ]
    seen = {every[n - 1] for n in result.train.tolist()}
    rest = [every[n - 1] for n in (*result.validation.tolist(), *result.test.tolist())]
    return sum(every.count(row) > 1 for row in every), sum(row in seen for row in rest)


@pytest.mark.parametrize("how", ["order", "random"])
@pytest.mark.parametrize("percent", [0, 10, 50])
@pytest.mark.parametrize("source", [one_hot_set, regression_set])
def test_copies_are_counted(source, percent: int, how: str) -> None:
    data = source(60).copied(percent)
    result = split(SplitConfig(60, 0.6, how, 2, 0.2))
    found = duplicates(data, result)
    assert (found.samples, found.leaked) == brute(data, result)
    assert found.held_out == 24
    assert found.groups == int(60 * percent / 100)


def test_copied_digits_are_counted(digits) -> None:
    data = mnist_set(digits, 300).copied(20)
    found = duplicates(data, split(SplitConfig(300, 0.8)))
    assert (found.groups, found.samples, found.leaked, found.held_out) == (60, 120, 60, 60)


def test_all_of_mnist_has_no_two_equal_training_images(full_mnist) -> None:
    found = duplicates(mnist_set(full_mnist, 60_000), split(SplitConfig(60_000, 0.8)))
    assert (found.groups, found.leaked) == (0, 0)
    pixels = full_mnist.train_images[:].numpy().reshape(60_000, -1)
    assert len({row.tobytes() for row in pixels}) == 60_000


def test_statistics_of_features() -> None:
    data, result = one_hot_set(200), split(SplitConfig(200, 0.7, "random", 4))
    found = statistics(data, result)
    train = data.input_of(result.train).astype(np.float64)
    assert np.allclose(found.train, [train.mean(0), train.std(0)])
    assert np.allclose(found.whole, [data.inputs.mean(0), data.inputs.std(0)], atol=1e-6)


def test_statistics_of_pixels(digits) -> None:
    data, result = mnist_set(digits, 400), split(SplitConfig(400, 0.7, "random", 4))
    found = statistics(data, result)
    grey = denormalise(digits.train_images[result.train - 1]).numpy() / 255
    assert found.train[:, 0] == pytest.approx([grey.mean(), grey.std()], abs=1e-5)


def test_mnist_s_mean_and_standard_deviation_are_the_course_s(full_mnist) -> None:
    found = statistics(mnist_set(full_mnist, 60_000), split(SplitConfig(60_000, 0.8)))
    assert found.whole[:, 0] == pytest.approx([MEAN, STD], abs=5e-5)
