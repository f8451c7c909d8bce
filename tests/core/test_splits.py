"""Splits and batches: hand arithmetic, torch as the oracle, Hypothesis for ranges."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.batches import Batches
from core.data.splits import SplitConfig, split
from core.errors import InvalidInput


def test_the_course_table_is_rows_1_to_800_and_801_to_1000() -> None:
    result = split(SplitConfig(samples=1_000, ratio=0.8))
    assert result.train.tolist() == list(range(1, 801))
    assert result.test.tolist() == list(range(801, 1_001))


@pytest.mark.parametrize(("samples", "ratio", "train"), [(10_000, 0.7, 7_000), (12_800, 0.8, 10_240), (7, 0.5, 3)])
def test_sizes_are_cut_off_not_rounded(samples: int, ratio: float, train: int) -> None:
    config = SplitConfig(samples, ratio)
    assert (config.train_size, config.test_size) == (train, samples - train)


def test_a_float_product_that_loses_a_sample_is_the_course_s_own() -> None:
    assert SplitConfig(100, 0.29).train_size == 28  # 100 · 0.29 = 28.999…


def test_shuffling_is_torch_randperm_of_a_local_generator() -> None:
    import torch

    before = torch.get_rng_state()
    result = split(SplitConfig(samples=1_000, how="random", seed=7))
    expected = torch.randperm(1_000, generator=torch.Generator().manual_seed(7)) + 1
    assert result.order.tolist() == expected.tolist()
    assert torch.equal(before, torch.get_rng_state())


def test_stratified_sets_take_exactly_their_share_of_each_class() -> None:
    classes = np.repeat([0, 1, 2], [200, 100, 20])  # 60 %, 25 % and 15 % of each are whole numbers
    result = split(SplitConfig(320, 0.6, "stratified", seed=3, validation=0.25), classes)
    shares = {name: np.bincount(classes[numbers - 1]).tolist() for name, numbers in result.parts}
    assert shares == {"train": [120, 60, 12], "validation": [50, 25, 5], "test": [30, 15, 3]}


@settings(max_examples=60, deadline=None)
@given(samples=st.integers(2, 3_000), percent=st.integers(1, 99), shuffle=st.booleans(), seed=st.integers(0, 2**63 - 1))
def test_every_sample_is_in_exactly_one_set(samples: int, percent: int, shuffle: bool, seed: int) -> None:
    try:
        config = SplitConfig(samples, percent / 100, "random" if shuffle else "order", seed)
    except InvalidInput:
        assert int(samples * (percent / 100)) == 0
        return
    result = split(config)
    assert sorted([*result.train.tolist(), *result.test.tolist()]) == list(range(1, samples + 1))
    assert len(result.train) == int(samples * (percent / 100))


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        ({"samples": 1}, "samples (=1)"),
        ({"ratio": 0.0}, "ratio (=0.0)"),
        ({"ratio": 1.0}, "ratio (=1.0)"),
        ({"ratio": math.nan}, "ratio (=nan)"),
        ({"seed": -1}, "seed (=-1)"),
        ({"samples": 2, "ratio": 0.3}, "leaves 0 for training and 2 for testing"),
    ],
)
def test_bad_splits_name_the_value(bad: dict[str, float], named: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        SplitConfig(**bad)  # type: ignore[arg-type]
    assert named in str(caught.value)


def test_the_course_example_of_10_updates_per_epoch_and_50_in_all() -> None:
    course = Batches(samples=10_240, batch_size=1_024, epochs=5)
    assert (course.updates_per_epoch, course.updates, course.last_batch, course.remainder) == (10, 50, 1_024, 0)


@pytest.mark.parametrize(
    ("drop_last", "per_epoch", "last", "dropped"),
    [(False, 13, 32, 0), (True, 12, 64, 32)],  # 800 = 12 · 64 + 32
)
def test_a_batch_that_does_not_divide(drop_last: bool, per_epoch: int, last: int, dropped: int) -> None:
    batches = Batches(800, 64, 3, drop_last)
    assert batches.updates_per_epoch == per_epoch
    assert batches.updates == 3 * per_epoch
    assert (batches.last_batch, batches.dropped) == (last, dropped)


def test_a_batch_larger_than_the_set_is_one_smaller_batch() -> None:
    batches = Batches(100, 128)
    assert (batches.updates_per_epoch, batches.last_batch, batches.kind) == (1, 100, "BGD")


@settings(max_examples=40, deadline=None)
@given(samples=st.integers(1, 300), batch_size=st.integers(1, 300), drop_last=st.booleans())
def test_batches_agree_with_the_data_loader(samples: int, batch_size: int, drop_last: bool) -> None:
    from torch.utils.data import DataLoader

    try:
        batches = Batches(samples, batch_size, 1, drop_last)
    except InvalidInput:
        assert drop_last
        assert batch_size > samples
        return
    sizes = [len(batch) for batch in DataLoader(range(samples), batch_size=batch_size, drop_last=drop_last)]  # type: ignore[arg-type]
    assert len(sizes) == batches.updates_per_epoch
    assert sizes[-1] == batches.last_batch
    assert samples - sum(sizes) == batches.dropped


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        ({"samples": 0}, "samples (=0)"),
        ({"batch_size": 0}, "batch_size (=0)"),
        ({"epochs": 0}, "epochs (=0)"),
        ({"batch_size": 1_001, "drop_last": True}, "batch_size (=1001) is larger than the 1000"),
    ],
)
def test_bad_batches_name_the_value(bad: dict[str, int], named: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Batches(**({"samples": 1_000, "batch_size": 10} | bad))
    assert named in str(caught.value)
