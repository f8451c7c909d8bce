"""Accuracy, loss and confusion counts, by hand and against the course's own lines."""

import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from core.training import evaluate as module
from core.training.evaluate import evaluate, evaluate_in_slices


class Says(nn.Module):
    """Answers with its input: outputs are chosen by hand."""

    def forward(self, inputs):
        return inputs


HAND = torch.tensor([[2.0, 1.0, 0.0], [0.0, 3.0, 1.0], [0.0, 1.0, 4.0], [5.0, 0.0, 0.0], [0.0, 2.0, 1.0]])
TRUTH = torch.tensor([0, 1, 1, 2, 1])  # answers are 0, 1, 2, 0, 1


def test_counts_by_hand():
    found = evaluate(Says(), HAND, TRUTH, 3)
    assert (found.samples, found.correct) == (5, 3)
    assert found.accuracy == 0.6
    assert found.majority == 0.6  # three of five are of class 1
    # rows are the truth, columns the answers
    assert found.confusion == ((1, 0, 0), (0, 2, 1), (1, 0, 0))


def test_losses_by_hand():
    two = torch.tensor([[1.0, 0.0], [0.0, 0.0]])
    truth = torch.tensor([0, 1])
    # mse: ((1−1)² + (0−0)² + (0−0)² + (0−1)²)/4
    assert evaluate(Says(), two, truth, 2, "mse").loss == 0.25
    # cross-entropy: (ln(1 + e⁻¹) + ln 2)/2
    wanted = (math.log(1 + math.exp(-1)) + math.log(2)) / 2
    assert evaluate(Says(), two, truth, 2).loss == pytest.approx(wanted, rel=1e-6)


def test_the_courses_line_gives_0_percent_to_a_network_that_is_right():
    """Course 2.6: ``Pred[:, torch.argmax(Pred, axis=1)] = 1`` sets whole columns for all rows."""
    generator = torch.Generator().manual_seed(0)
    labels = torch.randint(0, 3, (3000,), generator=generator)
    outputs = F.one_hot(labels, 3).float() + 0.1 * torch.rand(3000, 3, generator=generator)
    wrong = torch.arange(0, 3000, 100)
    outputs[wrong] = outputs[wrong].roll(1, dims=1)
    found = evaluate(Says(), outputs, labels, 3)
    assert found.accuracy == 0.99
    truth = F.one_hot(labels, 3).float()

    pred = outputs.clone()
    pred[:, torch.argmax(pred, axis=1)] = 1
    pred[pred != 1] = 0
    columns = torch.sum((pred == truth).all(1)).item() / 3000
    assert columns == 0

    rows = torch.sum((F.one_hot(outputs.argmax(1), 3) == truth).all(1)).item() / 3000
    assert rows == found.accuracy

    # while every row has the same largest output, both lines agree
    lazy = torch.tensor([0.1, 0.7, 0.2]).repeat(3000, 1)
    pred = lazy.clone()
    pred[:, torch.argmax(pred, axis=1)] = 1
    pred[pred != 1] = 0
    columns = torch.sum((pred == truth).all(1)).item() / 3000
    assert evaluate(Says(), lazy, labels, 3).accuracy == columns == (labels == 1).sum().item() / 3000


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(2, 6), st.integers(1, 50), st.sampled_from(["mse", "cross_entropy"]))
def test_slices_equal_one_pass(samples, classes, slice_values, loss):
    generator = torch.Generator().manual_seed(samples * classes)
    outputs = torch.randn(samples, classes, generator=generator)
    labels = torch.randint(0, classes, (samples,), generator=generator)
    whole = evaluate(Says(), outputs, labels, classes, loss)
    kept = module.SLICE_VALUES
    module.SLICE_VALUES = slice_values
    try:
        slices, passes = evaluate_in_slices(Says(), outputs, labels, classes, loss), 1
        try:
            while True:
                next(slices)
                passes += 1
        except StopIteration as stop:
            sliced = stop.value
    finally:
        module.SLICE_VALUES = kept
    assert passes == math.ceil(samples / max(1, slice_values // classes))
    assert (sliced.samples, sliced.correct, sliced.confusion) == (whole.samples, whole.correct, whole.confusion)
    assert sliced.loss == pytest.approx(whole.loss, rel=1e-5)
    # torch as the oracle
    right = (outputs.argmax(1) == labels).sum().item()
    assert (whole.correct, sum(map(sum, whole.confusion))) == (right, samples)
    rule = (
        F.cross_entropy(outputs, labels)
        if loss == "cross_entropy"
        else F.mse_loss(outputs, F.one_hot(labels, classes).float())
    )
    assert whole.loss == pytest.approx(rule.item(), rel=1e-5)


@pytest.mark.parametrize("training", [True, False])
def test_the_mode_is_left_as_it_was_found_and_eval_is_used(training):
    model = nn.Sequential(nn.Linear(3, 3), nn.Dropout(0.9), nn.BatchNorm1d(3))
    model.train(training)
    mean = model[2].running_mean.clone()
    first = evaluate(model, HAND, TRUTH, 3)
    assert evaluate(model, HAND, TRUTH, 3) == first  # no dropout
    assert all(module.training == training for module in model.modules())
    assert torch.equal(model[2].running_mean, mean)
    assert all(p.grad is None for p in model.parameters())
    assert model(HAND).requires_grad


def test_between_two_slices_the_model_is_in_its_own_mode(monkeypatch):
    monkeypatch.setattr(module, "SLICE_VALUES", 3)
    model = nn.Sequential(nn.Linear(3, 3), nn.Dropout(0.5)).train()
    slices = evaluate_in_slices(model, HAND, TRUTH, 3)
    next(slices)
    assert model.training
    assert torch.is_grad_enabled()
    assert not torch.is_inference_mode_enabled()


def test_outputs_that_are_not_numbers_are_counted_as_some_class():
    found = evaluate(Says(), torch.full((4, 3), math.nan), torch.tensor([0, 1, 2, 2]), 3)
    assert sum(map(sum, found.confusion)) == found.samples == 4
    assert math.isnan(found.loss)


def test_a_regression_has_no_accuracy_but_r2():
    outputs = torch.tensor([[1.0], [2.0], [3.0], [6.0]])
    truth = torch.tensor([[1.0], [3.0], [3.0], [5.0]])
    found = evaluate(Says(), outputs, truth, 0, "mse")
    # mean 3: Σ(y − mean)² = 4 + 0 + 0 + 4; Σ(y − ŷ)² = 0 + 1 + 0 + 1
    assert (found.loss, found.r2) == (0.5, 1 - 2 / 8)
    assert (found.samples, found.correct, found.confusion) == (4, 0, ())
    assert math.isnan(found.accuracy)
    assert math.isnan(found.majority)
    assert evaluate(Says(), outputs, truth, 0, "l1").loss == 0.5
    assert evaluate(Says(), outputs, truth, 0, "smooth_l1").loss == 0.25
    assert evaluate(Says(), outputs, torch.ones(4, 1), 0, "mse").r2 is None  # nothing to explain
    assert evaluate(Says(), HAND, TRUTH, 3).r2 is None


def test_r2_does_not_depend_on_the_slices(monkeypatch):
    generator = torch.Generator().manual_seed(0)
    outputs, truth = torch.randn(50, 2, generator=generator), 1e6 + torch.randn(50, 2, generator=generator)
    whole = evaluate(Says(), outputs + 1e6, truth, 0, "mse")
    monkeypatch.setattr(module, "SLICE_VALUES", 14)
    assert evaluate(Says(), outputs + 1e6, truth, 0, "mse").r2 == pytest.approx(whole.r2, rel=1e-12)
    sklearn = (
        1
        - ((truth.double() - (outputs + 1e6).double()) ** 2).sum()
        / ((truth.double() - truth.double().mean(0)) ** 2).sum()
    )
    assert whole.r2 == pytest.approx(sklearn.item())
