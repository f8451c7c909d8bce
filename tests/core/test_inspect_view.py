"""What the network's picture is made of; histograms; the notebook's test line; and what a live picture costs."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.inspect.histograms import histogram, histograms
from core.inspect.mistakes import column_wise, row_wise
from core.inspect.model import first_model, model_of, shared_model
from core.inspect.neurons import dead, gradients, responses
from core.inspect.view import LIVE_ROWS, few, view
from core.nets.mlp import MlpConfig, mlp


def test_maps_are_scaled_by_the_layer_and_mark_what_does_not_exist() -> None:
    model = first_model(MlpConfig((2, 3, 2), "tanh"))
    points = torch.tensor([[0.0, 0.0], [1.0, -2.0], [4.0, 4.0]])
    exists = torch.tensor([True, True, False])
    seen = view(model, points, torch.zeros(3, dtype=torch.int64), "mse", points=points, exists=exists)
    assert seen.maps[0].tolist() == [[128, 255, 0], [128, 1, 0]]  # each feature by its own largest
    for bytes_, answers in zip(seen.maps[1:], responses(model, points), strict=True):
        there = answers[:, :2]
        expected = 128 + 127 * there / there.abs().max()
        assert (bytes_[:, :2] - expected).abs().max() <= 0.5
        assert bytes_[:, :2].min() >= 1
        assert bytes_[:, 2].tolist() == [0] * len(bytes_)


def test_a_broken_network_can_still_be_pictured() -> None:
    config = MlpConfig((2, 3, 2))
    weights = {name: torch.full_like(value, math.nan) for name, value in mlp(config).state_dict().items()}
    x = torch.rand(5, 2)
    seen = view(model_of(weights, config), x, torch.zeros(5, dtype=torch.int64), "mse", points=x, with_gradients=True)
    assert seen.maps[1].unique().tolist() == [0]  # what is not a number has no colour
    assert all(math.isnan(value) for value in seen.flow)


def test_live_looks_at_few_and_still_at_all() -> None:
    model = first_model(MlpConfig(seed=2))
    x = torch.rand(7000, 3)
    labels = x.sum(dim=1).long().clamp(max=2)
    live = view(model, x, labels, "cross_entropy", with_gradients=True, rows=LIVE_ROWS)
    exact = view(model, x, labels, "cross_entropy", sample=x[:1], with_gradients=True)
    assert (live.looked_at, live.samples) == (500, 7000)
    assert exact.looked_at == exact.samples == 7000
    assert exact.dead == dead(model, x)
    for one, other in zip(exact.gradients, gradients(model, x, labels, "cross_entropy"), strict=True):
        assert torch.equal(one, other)
    assert exact.answers[0].tolist() == x[0].tolist()
    torch.testing.assert_close(exact.answers[-1], model(x[:1])[0])


@given(samples=st.integers(1, 30_000), rows=st.integers(1, 2_000))
def test_few_are_no_more_than_asked_and_never_none(samples: int, rows: int) -> None:
    assert 1 <= len(range(samples)[few(samples, rows)]) <= rows


def test_pictures_of_one_snapshot_share_a_network_and_other_snapshots_do_not() -> None:
    config = MlpConfig((2, 4, 2))
    weights = dict(mlp(config).state_dict())
    shared = shared_model(weights, config)
    assert shared_model(weights, config) is shared
    assert all(map(torch.equal, shared.state_dict().values(), weights.values()))
    later = {name: value + 1 for name, value in weights.items()}
    assert torch.equal(shared_model(later, config).state_dict()["net.0.bias"], weights["net.0.bias"] + 1)
    assert shared_model(weights, MlpConfig((2, 4, 2), activation="tanh")) is not shared
    for _number in range(40):  # only the newest are kept
        shared_model(dict(weights), config)
    assert shared_model(weights, config) is not shared


def test_histograms_count_every_finite_value_once() -> None:
    values = torch.randn(500, generator=torch.Generator().manual_seed(1))
    found = histogram(values, 20)
    assert sum(found.counts) == 500
    assert len(found.edges) == 21
    assert (found.edges[0], found.edges[-1]) == (float(values.min()), float(values.max()))
    for low, high, count in zip(found.edges[:-2], found.edges[1:-1], found.counts, strict=False):
        assert count == int(((values >= low) & (values < high)).sum())
    assert found.std == pytest.approx(float(values.double().std(correction=0)))


def test_a_spike_and_broken_values_have_a_histogram_too() -> None:
    assert sum(histogram(torch.zeros(4, 3), 5).counts) == 12
    broken = histogram(torch.tensor([1.0, math.nan, math.inf, 2.0]), 4)
    assert (sum(broken.counts), broken.broken) == (2, 2)
    nothing = histogram(torch.full((3,), math.nan))
    assert (nothing.broken, math.isnan(nothing.std)) == (3, True)
    assert [sum(h.counts) for h in histograms((torch.rand(5, 3), torch.rand(64, 64)))] == [15, 4096]


def test_the_notebook_s_line_is_right_only_while_all_rows_answer_alike() -> None:
    truth = torch.nn.functional.one_hot(torch.tensor([1, 1, 0, 2]), 3).float()
    alike = torch.tensor([[0.1, 0.9, 0.2]] * 4)
    assert column_wise(alike, truth).accuracy == row_wise(alike, truth).accuracy == 0.5
    good = truth + 0.01 * torch.rand(4, 3)
    assert row_wise(good, truth).accuracy == 1.0
    marked = column_wise(good, truth)
    assert marked.accuracy == 0.0
    assert marked.answers.tolist() == [[1.0, 1.0, 1.0]] * 4  # every column is some row's largest
    assert good.max() < 1.02, "the answers themselves are left alone"


@given(st.integers(1, 40), st.integers(2, 5), st.integers(0, 99))
def test_row_wise_is_the_share_of_equal_argmax(n: int, classes: int, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    outputs = torch.randn(n, classes, generator=generator)
    labels = torch.randint(0, classes, (n,), generator=generator)
    marked = row_wise(outputs, torch.nn.functional.one_hot(labels, classes).float())
    assert marked.correct == int((outputs.argmax(dim=1) == labels).sum())
