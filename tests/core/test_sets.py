"""The data sets of lesson 1: numbered samples that keep their values."""

import numpy as np
import pytest

from core.data.sets import mnist_set, one_hot_set, regression_set
from core.data.synthetic import one_hot
from core.errors import InvalidInput
from tests.core.one_hot import table

SOME = np.array([1, 7, 20])


def test_one_hot_is_the_course_s_table() -> None:
    data, rows = one_hot_set(20), table(one_hot(20))
    assert np.array_equal(data.input_of(SOME), rows[SOME - 1, :3].numpy())
    assert np.array_equal(data.output_of(SOME), rows[SOME - 1, 3:].numpy())
    assert np.array_equal(data.classes, rows[:, 3:].argmax(1).numpy())


def test_sorting_moves_inputs_outputs_and_classes_together() -> None:
    data, kept = one_hot_set(50).sorted_by_class(), one_hot_set(50)
    every = np.arange(1, 51)
    assert data.classes is not None
    assert np.all(np.diff(data.classes) >= 0)
    assert np.array_equal(data.output_of(every).argmax(1), data.classes)
    assert sorted(map(tuple, data.input_of(every).tolist())) == sorted(map(tuple, kept.input_of(every).tolist()))
    assert np.all(np.diff(regression_set(50).sorted_by_class().output_of(every)[:, 0]) >= 0)


def test_copies_repeat_the_first_samples_at_the_end() -> None:
    data = one_hot_set(20).copied(10)
    assert np.array_equal(data.input_of(np.array([19, 20])), data.input_of(np.array([1, 2])))
    assert np.array_equal(data.classes, data.output_of(np.arange(1, 21)).argmax(1))
    assert data.source == one_hot_set(20).source != one_hot_set(21).source
    with pytest.raises(InvalidInput, match="60 %"):
        one_hot_set(20).copied(60)


def test_sorted_and_copied() -> None:
    data = one_hot_set(40).sorted_by_class().copied(25)
    assert np.array_equal(data.classes, data.output_of(np.arange(1, 41)).argmax(1))


def test_digits_are_not_copied_in_memory(digits) -> None:
    data = mnist_set(digits, 500)
    assert np.shares_memory(data.inputs.pixels, digits.train_images.pixels.numpy())
    assert np.array_equal(data.inputs[:500], digits.train_images[:500].flatten(1))
    assert data.classes is not None
    assert data.classes.tolist() == digits.train_labels[:500].tolist()
    assert len(mnist_set(digits, 10**6)) == len(digits.train_labels)
    assert np.array_equal(data.sorted_by_class().output_of(np.arange(1, 501))[:, 0], np.sort(data.classes))


def test_regression_is_a_sine_with_noise() -> None:
    data = regression_set(20_000, 0.2)
    rest = data.outputs[:, 0] - np.sin(np.pi * data.inputs[:, 0])
    assert abs(rest.std() - 0.2) < 0.01
    assert data.classes is None
