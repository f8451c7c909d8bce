"""Class shares: scikit-learn and scipy as oracles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.balance import counts, oddities, tail
from core.data.folds import Folds
from core.data.sets import one_hot_set, regression_set
from core.data.splits import SplitConfig, shares_of_classes, split
from core.errors import InvalidInput


@settings(max_examples=60, deadline=None)
@given(data=st.data(), n=st.integers(20, 400), kinds=st.integers(2, 6), percent=st.integers(20, 80))
def test_stratified_shares_are_scikit_learn_s(data, n: int, kinds: int, percent: int) -> None:
    from sklearn.model_selection import train_test_split

    seed = data.draw(st.integers(0, 1000))
    classes = np.random.default_rng(seed).choice(kinds, n, p=np.random.default_rng(seed + 1).dirichlet([3] * kinds))
    if np.bincount(classes)[np.bincount(classes) > 0].min() < 2 or n * min(percent, 100 - percent) < 100 * kinds:
        return  # scikit-learn refuses a class of one, and sets smaller than the number of classes
    config = SplitConfig(n, percent / 100, "stratified", seed)
    mine = counts(split(config, classes), classes, kinds)["train"]
    theirs, _rest = train_test_split(
        np.arange(n), train_size=config.train_size, test_size=config.test_size, stratify=classes, random_state=seed
    )
    other = np.bincount(classes[theirs], minlength=kinds)
    # Equal remainders are dealt by chance there, to the lower class here: then two classes differ by one.
    exact = np.bincount(classes, minlength=kinds) * config.train_size / n
    parts = np.round(exact % 1, 9)
    tied = len(set(parts)) < len(parts)
    assert np.abs(mine - other).max() <= (1 if tied else 0)
    assert np.abs(mine - exact).max() < 1


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(10, 500),
    train=st.integers(10, 70),
    validation=st.integers(0, 20),
    seed=st.integers(0, 99),
    how=st.sampled_from(["order", "random", "stratified"]),
)
def test_three_sets_hold_every_sample_once(n: int, train: int, validation: int, seed: int, how: str) -> None:
    classes = np.random.default_rng(seed).integers(0, 4, n)
    try:
        config = SplitConfig(n, train / 100, how, seed, validation / 100)
    except InvalidInput:
        assert int(n * train / 100) == 0 or int(n * (validation / 100)) == 0
        return
    result = split(config, classes)
    assert sorted(result.order.tolist()) == list(range(1, n + 1))
    assert (len(result.train), len(result.validation), len(result.test)) == config.sizes
    assert sum(config.sizes) == n


def test_a_stratified_set_keeps_the_random_order_within_it() -> None:
    classes = one_hot_set(100).classes
    drawn = split(SplitConfig(100, 0.7, "random", 3)).order.tolist()
    for _name, numbers in split(SplitConfig(100, 0.7, "stratified", 3, 0.1), classes).parts:
        places = [drawn.index(number) for number in numbers.tolist()]
        assert places == sorted(places)


def test_no_classes_no_strata() -> None:
    with pytest.raises(InvalidInput, match="needs classes"):
        split(SplitConfig(how="stratified"), regression_set(1_000).classes)


def test_hamilton_by_hand() -> None:
    # 7 of 3+3+4: 2.1, 2.1, 2.8 → 2, 2, 2 and one more for the largest remainder
    assert shares_of_classes(np.array([3, 3, 4]), 7).tolist() == [2, 2, 3]


@settings(max_examples=80, deadline=None)
@given(data=st.data(), n=st.integers(2, 3_000))
def test_the_tail_is_scipy_s(data, n: int) -> None:
    from scipy.stats import hypergeom

    marked, drawn = data.draw(st.integers(1, n)), data.draw(st.integers(1, n))
    count = data.draw(st.integers(max(0, marked + drawn - n), min(marked, drawn)))
    law = hypergeom(n, marked, drawn)
    expected = min(law.cdf(count), law.sf(count - 1))
    assert tail(n, marked, drawn, count) == pytest.approx(expected, rel=1e-6, abs=1e-12)


def test_sorted_data_cut_in_order_misses_classes() -> None:
    data = one_hot_set(1_000).sorted_by_class()
    assert data.classes is not None
    found = oddities(split(SplitConfig(1_000, 0.8)), data.classes, 3)
    assert {(odd.part, odd.label) for odd in found if odd.missing} == {("test", 0), ("train", 2)}
    assert all(odd.probability < 1e-3 for odd in found)


def test_a_random_split_is_rarely_warned_about() -> None:
    data = one_hot_set(1_000)
    assert data.classes is not None
    warned = sum(
        bool(oddities(split(SplitConfig(1_000, 0.7, "random", seed, 0.1)), data.classes, 3)) for seed in range(100)
    )
    assert warned <= 2


@settings(max_examples=60, deadline=None)
@given(n=st.integers(2, 300), k=st.integers(2, 12))
def test_folds_are_scikit_learn_s(n: int, k: int) -> None:
    from sklearn.model_selection import KFold

    if k > n:
        with pytest.raises(InvalidInput, match="folds"):
            Folds(n, k)
        return
    folds = Folds(n, k)
    theirs = [(int(test[0]), int(test[-1]) + 1) for _train, test in KFold(k).split(np.zeros(n))]
    assert [folds.bounds(fold) for fold in range(k)] == theirs
