"""Telling a run that learns from one that does not."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.data.problem import ClassData, from_mnist
from core.data.synthetic import one_hot
from core.nets.building import build
from core.nets.mlp import MlpConfig, mlp
from core.training.config import TrainConfig
from core.training.fit import fit
from core.training.health import MARGIN, MIN_UPDATES, WINDOW, Watch, constant_answer_loss
from core.training.losses import LOSSES
from tests.core.one_hot import from_one_hot


def test_the_constant_answer_by_hand():
    even = torch.arange(10).repeat(7)
    assert constant_answer_loss(even, 10, "cross_entropy") == pytest.approx(math.log(10))
    assert constant_answer_loss(even, 10, "mse") == pytest.approx(0.1 * 0.9)
    # course 2.1's shares 1/6, 2/3, 1/6
    shares = torch.tensor([0, 1, 1, 1, 1, 2])
    entropy = -(2 * math.log(1 / 6) / 6 + 2 * math.log(2 / 3) / 3)
    assert constant_answer_loss(shares, 3, "cross_entropy") == pytest.approx(entropy)
    # (1/6·5/6 + 2/3·1/3 + 1/6·5/6)/3 = (5/36 + 8/36 + 5/36)/3 = 1/6
    assert constant_answer_loss(shares, 3, "mse") == pytest.approx(1 / 6)
    # a class that never occurs, and one that always does
    assert constant_answer_loss(torch.zeros(5, dtype=torch.int64), 3, "cross_entropy") == 0
    assert constant_answer_loss(torch.zeros(5, dtype=torch.int64), 3, "mse") == 0


@given(st.lists(st.integers(0, 3), min_size=1, max_size=30), st.lists(st.floats(-3, 3), min_size=4, max_size=4))
def test_no_constant_answer_is_better(labels, answer):
    truth, outputs = torch.tensor(labels), torch.tensor(answer, dtype=torch.float64).repeat(len(labels), 1)
    cross = torch.nn.functional.cross_entropy(outputs, truth).item()
    assert constant_answer_loss(truth, 4, "cross_entropy") <= cross + 1e-9
    mse = torch.nn.functional.mse_loss(outputs, torch.nn.functional.one_hot(truth, 4).double()).item()
    assert constant_answer_loss(truth, 4, "mse") <= mse + 1e-9


def test_the_constant_answer_of_a_regression_by_hand():
    two = torch.tensor([[0.0, 10.0], [2.0, 10.0], [4.0, 10.0], [10.0, 10.0]])
    # first output: mean 4, variance (16 + 4 + 0 + 36)/4 = 14; median 2 or 4: (2+0+2+8)/4 = 3; the second never changes
    assert constant_answer_loss(two, 0, "mse") == pytest.approx(7)
    assert constant_answer_loss(two, 0, "l1") == pytest.approx(1.5)
    # smooth L1 at 3: (2.5 + 0.5 + 0.5 + 6.5)/4 = 2.5
    assert constant_answer_loss(two, 0, "smooth_l1") == pytest.approx(1.25)
    # one-hot rows with shares 1/6, 2/3, 1/6
    shares = torch.tensor([0, 1, 1, 1, 1, 2])
    assert constant_answer_loss(shares, 3, "l1") == pytest.approx((1 / 6 + 1 / 3 + 1 / 6) / 3)
    assert constant_answer_loss(shares, 3, "smooth_l1") == pytest.approx(1 / 12)


@given(
    st.sampled_from(["mse", "l1", "smooth_l1"]),
    st.lists(st.floats(-5, 5, width=32), min_size=1, max_size=30),
    st.floats(-6, 6),
)
def test_no_constant_answer_is_better_for_numbers(loss, truth, answer):
    targets = torch.tensor(truth).unsqueeze(1)
    found = LOSSES[loss].function(torch.full_like(targets, answer).double(), targets.double()).item()
    assert constant_answer_loss(targets, 0, loss) <= found + 1e-9


def test_where_all_answers_are_alike_ignoring_the_inputs_is_right():
    watch = Watch(0.0, 1)
    watch.add([0.5] * 500)
    assert not watch.not_learning(500)


def test_nothing_is_judged_before_every_sample_was_seen():
    watch = Watch(1.0, updates_per_epoch=150)
    watch.add([5.0] * 149)
    assert not watch.not_learning(149)
    watch.add([5.0])
    assert watch.not_learning(150)
    early = Watch(1.0, updates_per_epoch=1)
    early.add([5.0] * (MIN_UPDATES - 1))
    assert not early.not_learning(MIN_UPDATES - 1)
    early.add([5.0])
    assert early.not_learning(MIN_UPDATES)


def test_the_newest_losses_decide():
    watch = Watch(1.0, 1)
    watch.add([1.0] * 500)
    assert watch.not_learning(500)
    watch.add([MARGIN - 0.01] * WINDOW)
    assert not watch.not_learning(500 + WINDOW)
    watch.add([MARGIN + 0.01] * WINDOW)
    assert watch.not_learning(500 + 2 * WINDOW)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("after", [0, 1, WINDOW - 1, WINDOW, 1000])
def test_one_loss_that_is_no_number_is_enough(bad, after):
    watch = Watch(1.0, 1)
    watch.add([0.5] * 20)
    assert not watch.diverged
    watch.add([0.5, bad] + [0.5] * after)
    assert watch.diverged
    watch.add([0.5] * 1000)
    assert watch.diverged


def few_digits(digits, train=512, test=100):
    data = from_mnist(digits)
    return ClassData(
        data.train_inputs[:train],
        data.train_labels[:train],
        data.test_inputs[:test],
        data.test_labels[:test],
        10,
        "few",
    )


@pytest.mark.slow
def test_lenet_with_too_much_momentum_is_noticed_without_any_nan(digits):
    """Course 5: lr 0.9 with momentum 0.9 stays near ln 10 for ever; without momentum it learns."""
    flags = {}
    for momentum in (0.9, 0.0):
        config = TrainConfig(lr=0.9, momentum=momentum, batch_size=32, epochs=10, evaluations=1)
        told, losses = [], []
        for progress in fit(build("lenet5", 0), few_digits(digits), config):
            told.append(progress.not_learning)
            losses += progress.losses
            assert not progress.diverged
        assert len(losses) == 160
        assert all(math.isfinite(loss) for loss in losses)
        flags[momentum] = told[-1], sum(losses[-50:]) / 50, progress.evaluation.accuracy
    stuck, learning = flags[0.9], flags[0.0]
    assert stuck[0]
    assert stuck[1] > math.log(10) * MARGIN
    assert stuck[2] < 0.3
    assert not learning[0]
    assert learning[1] < 1.5
    assert learning[2] > 0.6


def test_a_network_that_learns_is_never_called_stuck_and_a_lazy_one_is():
    data = from_one_hot(one_hot(1000, 1), 0.7, 1)
    good = TrainConfig(optimiser="adam", lr=0.05, batch_size=0, epochs=200, evaluations=1)
    assert not any(p.not_learning for p in fit(mlp(MlpConfig((3, 16, 3))), data, good))
    lazy = TrainConfig(loss="mse", lr=1e-6, batch_size=0, epochs=200, evaluations=1)
    *_, last = fit(mlp(MlpConfig((3, 16, 3), initialisation="zeros")), data, lazy)
    assert last.not_learning
    assert not last.diverged
