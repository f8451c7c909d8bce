"""The playground's data: drawn as its docstring says, split, expanded; a visitor's own table."""

import dataclasses
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data import tables
from core.data.features import FEATURES
from core.data.number_table import NumberTable, number_table
from core.data.playground import DATA_SETS, PLANE, DataConfig, PlaygroundData, playground, shape_of
from core.data.synthetic import one_hot
from core.data.toys import toy
from core.errors import InvalidInput
from tests.core.one_hot import from_one_hot

BUILT_IN = DATA_SETS[:-1]
SETS = ("train_inputs", "train_labels", "test_inputs", "test_labels")


def own(text: str, inputs: tuple[int, ...], outputs: tuple[int, ...]) -> NumberTable:
    return number_table(tables.read(text.encode()), inputs, outputs)


def rows(count: int = 30) -> str:
    lines = [f"{i},{i * i / 10},{'big' if i > 12 else 'small'},{2 * i - 5}" for i in range(count)]
    return "\n".join(["x,square,size,y", *lines]) + "\n"


def both(data: PlaygroundData) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.cat([data.raw_train, data.raw_test]), torch.cat([data.data.train_labels, data.data.test_labels])


def test_the_default_is_the_course_s_bit_for_bit() -> None:
    for seed in (0, 5):
        ours, theirs = playground(DataConfig(seed=seed)).data, from_one_hot(one_hot(10_000, seed), 0.7, seed)
        assert all(torch.equal(getattr(ours, name), getattr(theirs, name)) for name in SETS)
        assert (ours.classes, ours.train_labels.shape) == (3, (7000,))


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_few_lines_of_plain_torch_draw_the_same(name: str) -> None:
    config = DataConfig(name, samples=203, noise=0.2, train_share=0.6, seed=4, features=("x2", "x1x2", "sin x1"))
    data = playground(config)
    g = torch.Generator().manual_seed(4)
    if name == "onehot":
        inputs = torch.rand(203, 3, generator=g)
        s = inputs.sum(dim=1)
        labels = (s >= 1).long() + (s > 2).long()
        anew = torch.rand(203, generator=g) < 0.2
        labels = torch.where(anew, torch.randint(0, 3, (203,), generator=g), labels)
        order = torch.randperm(203, generator=torch.Generator().manual_seed(4))
    else:
        (inputs, labels), g = toy(name, 203, 0.2, 4)
        order = torch.randperm(203, generator=g)
    inputs, labels = inputs[order], labels[order]
    assert torch.equal(data.raw_train, inputs[:121])
    assert torch.equal(data.raw_test, inputs[121:])
    assert torch.equal(data.data.train_labels, labels[:121])
    assert torch.equal(data.data.test_labels, labels[121:])
    if name != "onehot":
        x1, x2 = inputs.T
        inputs = torch.stack([x2, x1 * x2, torch.sin(x1)], dim=1)
    assert torch.equal(torch.cat([data.data.train_inputs, data.data.test_inputs]), inputs)


def test_noise_draws_a_share_of_the_one_hot_labels_anew() -> None:
    clean, noisy = playground(DataConfig(seed=1)), playground(DataConfig(seed=1, noise=0.3))
    assert torch.equal(clean.raw_train, noisy.raw_train)
    changed = (clean.data.train_labels != noisy.data.train_labels).float().mean()
    assert changed == pytest.approx(0.3 * 2 / 3, abs=0.02)  # one label in three that are drawn anew stays what it was


@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_shapes_names_and_bounds_fit_the_samples(name: str, noise: float) -> None:
    config = DataConfig(name, samples=300, noise=noise)
    data = playground(config)
    raw, labels = both(data)
    assert shape_of(config) == (data.inputs, data.outputs)
    assert data.data.train_inputs.shape == (210, data.inputs)
    assert raw.shape[1] == len(data.input_names) == len(data.low) == len(data.high)
    assert (raw >= torch.tensor(data.low)).all()
    assert (raw <= torch.tensor(data.high)).all()
    assert data.regression == (name in ("plane", "hills"))
    if data.regression:
        assert (data.data.classes, labels.dtype, labels.shape) == (0, torch.float32, (300, data.outputs))
    else:
        assert data.data.classes == len(data.class_names) == data.outputs
        assert (labels.dtype, labels.shape) == (torch.int64, (300,))
    if name in PLANE and not noise:
        assert (data.low, data.high) == ((-6.0, -6.0), (6.0, 6.0))


def test_every_feature_is_its_formula() -> None:
    data = playground(DataConfig("gauss", samples=40, features=tuple(FEATURES)))
    x1, x2 = data.raw_train.double().numpy().T
    expected = [x1, x2, x1**2, x2**2, x1 * x2, np.sin(x1), np.sin(x2)]
    assert data.data.train_inputs.numpy() == pytest.approx(np.stack(expected, axis=1), rel=1e-5, abs=1e-6)
    assert data.feature_names == tuple(FEATURES)
    assert torch.equal(data.expand(data.raw_test), data.data.test_inputs)


def test_an_own_table_of_numbers_is_a_regression_with_standardised_inputs() -> None:
    table = own(rows(), (0, 1), (3,))
    data = playground(DataConfig("csv", train_share=0.5, seed=2, table=table))
    assert (data.regression, data.data.classes, data.inputs, data.outputs) == (True, 0, 2, 1)
    assert (data.input_names, data.output_names) == (("x", "square"), ("y",))
    raw, labels = both(data)
    order = torch.randperm(30, generator=torch.Generator().manual_seed(2))
    assert torch.equal(raw, torch.from_numpy(table.inputs)[order])
    assert torch.equal(labels[:, 0], 2 * raw[:, 0] - 5)
    train = data.raw_train.double().numpy()
    expected = (raw.double().numpy() - train.mean(axis=0)) / train.std(axis=0)
    assert torch.cat([data.data.train_inputs, data.data.test_inputs]).numpy() == pytest.approx(expected, rel=1e-6)
    assert data.data.train_inputs.mean(dim=0).abs().max() < 1e-6
    assert torch.equal(data.expand(data.raw_test), data.data.test_inputs)


def test_an_own_table_of_words_is_a_classification() -> None:
    data = playground(DataConfig("csv", table=own(rows(), (0, 1, 3), (2,))))
    assert data.class_names == data.output_names == ("big", "small")
    assert (data.inputs, data.outputs, data.data.classes) == (3, 2, 2)
    raw, labels = both(data)
    assert torch.equal(labels, (raw[:, 0] <= 12).long())


def test_a_column_that_never_changes_and_values_at_the_end_of_float32_stay_finite() -> None:
    lines = [f"7,{(-1) ** i * 3e38},{i}.5" for i in range(20)]
    data = playground(DataConfig("csv", table=own("\n".join(["same,huge,y", *lines]), (0, 1), (2,))))
    inputs = torch.cat([data.data.train_inputs, data.data.test_inputs])
    assert torch.isfinite(inputs).all()
    assert (inputs[:, 0] == 0).all()
    assert inputs[:, 1].abs().max() < 2
    assert data.low[0] < 7 < data.high[0]


def test_tables_are_told_apart_by_file_and_marked_columns() -> None:
    first, same, other = own(rows(), (0,), (3,)), own(rows(), (0,), (3,)), own(rows(), (1,), (3,))
    assert first is not same
    assert first == same
    assert hash(first) == hash(same)
    assert first != other
    assert first != own(rows(31), (0,), (3,))
    assert playground(DataConfig("csv", table=first)) is playground(DataConfig("csv", table=same))
    assert playground(DataConfig("csv", table=first)) is not playground(DataConfig("csv", table=other))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "moon"}, "The data set (=moon) is not known"),
        ({"samples": 19}, "samples (=19) must be a whole number from 20 to 20000"),
        ({"samples": 20_001}, "samples (=20001)"),
        ({"samples": 100.0}, "samples (=100.0)"),
        ({"noise": 0.51}, "noise (=0.51) must be from 0 to 0.5"),
        ({"noise": float("nan")}, "noise (=nan)"),
        ({"noise": True}, "noise (=True)"),
        ({"train_share": 1.0}, "The share of the training set (=1.0) must be from 0.05 to 0.95"),
        ({"seed": -1}, "seed (=-1)"),
        ({"features": ()}, "names no input"),
        ({"features": ("x3",)}, "The feature (=x3) is not known"),
        ({"features": ("x1", "x1")}, "The feature (=x1) is named 2 times"),
        ({"name": "csv"}, "no file was read"),
    ],
)
def test_what_makes_no_sense_is_refused_with_value_rule_and_remedy(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        DataConfig(**changes)
    assert words in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_table_too_small_for_its_split_and_a_single_class_are_refused() -> None:
    table = own("x,y\n1,2.5\n2,3\n3,4\n", (0,), (1,))
    assert playground(DataConfig("csv", train_share=0.7, table=table)).raw_train.shape == (2, 1)
    with pytest.raises(InvalidInput, match="leaves 1 training and 2 test samples of 3"):
        DataConfig("csv", train_share=0.5, table=table)
    with pytest.raises(InvalidInput, match="the same class"):
        own("x,y\n1,a\n2,a\n3,a\n", (0,), (1,))


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(BUILT_IN),
    samples=st.integers(20, 400),
    noise=st.floats(0, 0.5),
    share=st.floats(0.05, 0.95),
    seed=st.integers(0, 2**63 - 1),
    features=st.lists(st.sampled_from(list(FEATURES)), min_size=1, unique=True),
)
def test_any_setting_gives_two_sets_that_fit_its_network(
    name: str, samples: int, noise: float, share: float, seed: int, features: list[str]
) -> None:
    config = DataConfig(name, samples, noise, share, seed, tuple(features))
    data = playground(config)
    assert len(data.raw_train) == config.train_size == int(samples * share) >= 1
    assert len(data.raw_train) + len(data.raw_test) == samples
    assert len(data.raw_test) >= 1
    assert data.data.train_inputs.shape[1] == shape_of(config)[0]
    assert torch.isfinite(data.data.train_inputs).all()
    assert data.raw_train.is_contiguous()
    assert data.data.train_inputs.is_contiguous()  # another layout may be summed in another order
    assert dataclasses.replace(config) == config
