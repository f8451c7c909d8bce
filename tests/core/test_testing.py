"""The test in full, against scikit-learn, sums by hand and the one place that counts right answers."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from core.errors import InvalidInput
from core.exam.calibration import Exam, examine
from core.nets.pretrained import pretrained
from core.training.evaluate import evaluate


def random_answers(samples, seed, classes=10, sharp=3.0):
    generator = torch.Generator().manual_seed(seed)
    labels = torch.randint(0, classes, (samples,), generator=generator)
    logits = sharp * torch.randn(samples, classes, generator=generator)
    logits[torch.arange(samples), labels] += 2
    return Exam(logits.softmax(dim=1), labels)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 300), st.integers(0, 999), st.integers(2, 10))
def test_counts_are_scikit_learn_s(samples, seed, classes):
    found = random_answers(samples, seed, classes)
    y, answers = found.labels.numpy(), found.answers.numpy()
    assert found.score.accuracy == pytest.approx(metrics.accuracy_score(y, answers))
    assert np.array_equal(found.confusion, metrics.confusion_matrix(y, answers, labels=range(classes)))
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        y, answers, labels=range(classes), zero_division=np.nan
    )
    for score in found.per_class():
        at = score.label
        assert score.samples == support[at]
        assert score.precision == (None if np.isnan(precision[at]) else pytest.approx(precision[at]))
        assert score.recall == (None if np.isnan(recall[at]) else pytest.approx(recall[at]))
        if score.samples and score.answered:
            assert score.f1 == pytest.approx(f1[at])


def test_the_interval_is_wilson_s():
    found = random_answers(400, 1)
    low, high = found.score.interval
    n, p, z = 400, found.score.accuracy, 1.959963984540054
    # the ends are where the share lies z standard errors away
    for end in (low, high):
        assert abs(end - p) == pytest.approx(z * (end * (1 - end) / n) ** 0.5)
    assert low < p < high


@pytest.mark.parametrize("name", ["lenet5", "mnist-dnn"])
def test_a_network_s_answers_are_those_that_evaluate_counts(name, digits):
    model = pretrained(name)
    images, labels = digits.test_images[:1_500], digits.test_labels[:1_500]
    found, wanted = examine(model, images, labels), evaluate(model, images, labels, 10)
    assert (found.score.correct, found.samples, found.confusion) == (wanted.correct, 1_500, wanted.confusion)
    assert torch.allclose(found.probabilities.sum(dim=1), torch.ones(1_500))
    mistakes = found.surest_mistakes()
    assert len(mistakes) == min(50, 1_500 - found.score.correct) > 0
    for reading in mistakes:
        shares = model(images[reading.index : reading.index + 1]).softmax(dim=1)[0]
        assert reading.label == labels[reading.index] != reading.answer == shares.argmax()
        assert reading.sure == pytest.approx(float(shares.max()), abs=1e-5)


def test_mistakes_and_cells_are_sorted_by_sureness():
    found = random_answers(500, 2)
    wrong = found.surest_mistakes(1_000)
    assert len(wrong) == 500 - found.score.correct
    assert [reading.sure for reading in wrong] == sorted((reading.sure for reading in wrong), reverse=True)
    assert found.surest_mistakes(7) == wrong[:7]
    cells = {(row, column): found.readings(row, column) for row in range(10) for column in range(10)}
    assert {place: len(cell) for place, cell in cells.items()} == {
        (row, column): found.confusion[row][column] for row, column in cells
    }
    assert sorted(reading.index for cell in cells.values() for reading in cell) == list(range(500))
    for (row, column), cell in cells.items():
        assert {(reading.label, reading.answer) for reading in cell} <= {(row, column)}
        assert list(cell) == sorted(cell, key=lambda reading: -reading.sure)
        assert set(cell) <= set(wrong) or row == column


@pytest.mark.parametrize("value", [-1, 10, 1.0, True])
def test_cells_that_are_not_there(value):
    with pytest.raises(InvalidInput, match="0 … 9"):
        random_answers(5, 0).readings(0, value)


def test_calibration_by_hand():
    shares = torch.tensor([[0.95, 0.05], [0.85, 0.15], [0.25, 0.75], [0.9, 0.1], [0.5, 0.5]], dtype=torch.float64)
    found = Exam(shares, torch.tensor([0, 1, 1, 0, 0])).calibration()
    assert [each.samples for each in found.bins] == [1, 1, 2, 1]  # 0.9 is in 0.8 … 0.9
    assert [each.high for each in found.bins] == pytest.approx([0.5, 0.8, 0.9, 1])
    eighth = found.bins[2]
    assert (eighth.sure, eighth.accuracy) == pytest.approx((0.875, 0.5))
    assert eighth.interval[0] < 0.5 < eighth.interval[1]
    # 1/5·|1 − 0.5| + 1/5·|1 − 0.75| + 2/5·|0.5 − 0.875| + 1/5·|1 − 0.95|
    assert found.error == pytest.approx(0.1 + 0.05 + 0.15 + 0.01)
    assert found.sure == pytest.approx((0.95 + 0.85 + 0.75 + 0.9 + 0.5) / 5)


def test_a_network_as_sure_as_it_is_right_is_calibrated():
    generator = torch.Generator().manual_seed(3)
    sure = 0.5 + 0.5 * torch.rand(200_000, generator=generator, dtype=torch.float64)
    right = torch.rand(200_000, generator=generator, dtype=torch.float64) < sure
    shares = torch.stack([sure, 1 - sure], dim=1)
    assert Exam(shares, (~right).long()).calibration().error < 0.006
    boasting = Exam(torch.stack([sure.sqrt(), 1 - sure.sqrt()], dim=1), (~right).long()).calibration()
    assert boasting.error > 0.08
    assert boasting.sure > 0.8


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 200), st.integers(0, 99), st.integers(1, 20))
def test_every_answer_is_in_one_bin(samples, seed, bins):
    found = random_answers(samples, seed).calibration(bins)
    assert sum(each.samples for each in found.bins) == samples
    assert 0 <= found.error <= 1
    for each in found.bins:
        assert each.high - 1 / bins - 1e-9 <= each.sure <= each.high + 1e-9
