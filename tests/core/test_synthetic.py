"""The one-hot data of course 2.1."""

from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.checks import checked_seed
from core.data.playground import DataConfig, playground
from core.data.synthetic import MAX_SAMPLES, one_hot
from core.errors import InvalidInput
from tests.core.one_hot import table


def test_shape_and_type_are_the_courses():
    data = one_hot()
    assert table(data).shape == (10_000, 6)
    assert table(data).dtype == torch.float32
    assert torch.equal(table(data)[:, :3], data.inputs)
    assert torch.equal(table(data)[:, 3:], data.targets)
    assert data.inputs.min() >= 0
    assert data.inputs.max() < 1


@pytest.mark.parametrize("seed", range(5))
def test_class_shares_are_those_of_the_simplex(seed):
    """1/6, 2/3, 1/6, within 4.5 standard deviations of a binomial with 10 000 trials (one failure in 150 000).

    P(s < 1) is the volume of the unit simplex in three dimensions, 1/3!; by symmetry P(s > 2) is the same.
    """
    counts = one_hot(10_000, seed).targets.sum(dim=0).tolist()
    for count, share in zip(counts, (1 / 6, 2 / 3, 1 / 6), strict=True):
        deviation = (10_000 * share * (1 - share)) ** 0.5
        assert abs(count - 10_000 * share) < 4.5 * deviation


def test_inputs_are_uniform_and_independent():
    inputs = one_hot(100_000, 3).inputs.double()
    # mean 1/2 and variance 1/12; the mean of 100 000 has a standard deviation of 0.0009
    assert torch.allclose(inputs.mean(dim=0), torch.full((3,), 0.5).double(), atol=0.005)
    assert torch.allclose(inputs.var(dim=0), torch.full((3,), 1 / 12).double(), atol=0.002)
    assert torch.allclose(torch.corrcoef(inputs.T), torch.eye(3).double(), atol=0.02)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 300), st.integers(0, 2**63 - 1))
def test_every_row_is_the_one_hot_code_of_its_exact_sum(samples, seed):
    data = one_hot(samples, seed)
    assert table(data).shape == (samples, 6)
    for inputs, targets in zip(data.inputs.tolist(), data.targets.tolist(), strict=True):
        total = sum(Fraction(value) for value in inputs)
        if min(abs(total - 1), abs(total - 2)) < 1e-6:
            continue  # float32 may round such a sum to the border itself
        assert targets == [float(total < 1), float(1 < total < 2), float(total > 2)]


def test_a_sum_on_the_border_stays_one_hot(monkeypatch):
    rows = torch.tensor([[0.5, 0.25, 0.25], [0.5, 0.75, 0.75], [0.25, 0.25, 0.25], [0.875, 0.875, 0.875]])
    monkeypatch.setattr(torch, "rand", lambda *_, **__: rows)
    assert one_hot(4, 0).targets.tolist() == [[0, 1, 0], [0, 1, 0], [1, 0, 0], [0, 0, 1]]


def test_the_seed_decides_and_the_global_generator_is_left_alone():
    torch.manual_seed(5)
    before = torch.get_rng_state()
    first, again, other = one_hot(100, 7), one_hot(100, 7), one_hot(100, 8)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(table(first), table(again))
    assert not torch.equal(table(first), table(other))


@pytest.mark.parametrize("samples", [0, -1, MAX_SAMPLES + 1, 10**30, 2.5, "10", None, True, float("nan")])
def test_a_hostile_number_of_samples_is_named(samples):
    with pytest.raises(InvalidInput) as error:
        one_hot(samples)
    assert f"samples (={samples})" in str(error.value)
    assert "try 10000" in str(error.value)


@pytest.mark.parametrize("seed", [-1, 2**63, 10**30, 1.0, "0", None, False, float("inf")])
def test_a_hostile_seed_is_named(seed):
    for use in (lambda: one_hot(10, seed), lambda: checked_seed(seed)):
        with pytest.raises(InvalidInput) as error:
            use()
        assert f"seed (={seed})" in str(error.value)


def test_the_split_is_the_courses_permutation():
    """Course 2.1: shuffle rows with a random permutation, then 70 % / 30 %: (7000, 6) and (3000, 6)."""
    rows = table(one_hot(10_000, 9))
    torch.manual_seed(9)
    rows = rows[torch.randperm(10_000)]
    data = playground(DataConfig(seed=9)).data
    assert torch.equal(data.train_inputs, rows[:7000, :3])
    assert torch.equal(data.test_inputs, rows[7000:, :3])
    assert torch.equal(torch.nn.functional.one_hot(data.train_labels, 3).float(), rows[:7000, 3:])
    assert torch.equal(torch.nn.functional.one_hot(data.test_labels, 3).float(), rows[7000:, 3:])
    assert (data.classes, data.source) == (3, "onehot, seed 9")
