"""The compiled engine at the edges: no number, infinity, odd arrays, too little memory, batches of any size."""

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from benchmarks import engine_fuzz
from core.data.playground import DataConfig
from core.data.problem import ClassData
from core.nets.mlp import MlpConfig, mlp
from core.runs.playground_job import PlaygroundJob
from core.training.checkpoints import from_bytes
from core.training.compiled import layout
from core.training.compiled.engine import CompiledEngine
from core.training.config import TrainConfig
from core.training.engine import AutogradEngine
from core.training.engines import engine_for
from core.training.fit import fit

pytestmark = pytest.mark.usefixtures("compiled")

TRAIN = TrainConfig("cross_entropy", lr=0.05, batch_size=20, epochs=30, seed=8, evaluations=3)


def problem(inputs):
    labels = torch.arange(len(inputs)) % 2
    return ClassData(inputs, labels, inputs, labels, 2, "made up")


def both(model, data, train):
    quick, slow = engine_for(copy.deepcopy(model), data, train), AutogradEngine(copy.deepcopy(model), data, train)
    assert type(quick) is CompiledEngine
    return quick, slow


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_max_pooling_hands_on_what_is_no_number(place):
    images = torch.arange(48.0).reshape(3, 1, 4, 4)
    images[0, 0, place // 2, place % 2] = float("nan")
    model = nn.Sequential(nn.Conv2d(1, 1, 1), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(4, 2))
    quick, slow = both(model, problem(images), TRAIN)
    with torch.no_grad():
        torch.testing.assert_close(quick.outputs(images), slow.model(images), equal_nan=True)


def test_an_infinite_weight_that_a_relu_hides_does_no_harm():
    """The lanes that a short batch leaves free have to hold samples: 0·∞ there would spoil every sum."""
    model = mlp(MlpConfig((2, 3, 2)))
    with torch.no_grad():
        model.net[0].weight[0, 0] = float("inf")
    inputs = -1 - torch.rand(5, 2, generator=torch.Generator().manual_seed(0))
    for batch in (0, 3):
        quick, slow = both(model, problem(inputs), replace(TRAIN, batch_size=batch))
        true = slow.advance(8)
        assert np.isfinite(true).all()
        np.testing.assert_allclose(quick.advance(8), true, rtol=1e-5)


def test_arrays_that_lie_otherwise_are_not_compiled_for():
    """Half a minute with the interpreter's lock held, that would be."""
    inputs = torch.randn(3, 50, generator=torch.Generator().manual_seed(0)).T
    quick, slow = both(mlp(MlpConfig((3, 4, 2))), problem(inputs), TRAIN)
    np.testing.assert_allclose(quick.advance(8), slow.advance(8), rtol=1e-5)
    assert quick.outputs(inputs) is not None
    with pytest.raises(TypeError, match="No matching definition"):
        quick.machine(*[1] * 11)


def test_a_batch_that_wants_too_much_memory_goes_on_with_autograd(monkeypatch):
    net, train = MlpConfig((3, 77, 5, 3)), replace(TRAIN, optimiser="adam", lr=0.01)
    data = PlaygroundJob(net, train, DataConfig(samples=600)).playground().data
    quick, slow = fit(mlp(net), data, train), fit(mlp(net), data, train, engine=AutogradEngine(mlp(net), data, train))
    for run in (quick, slow):
        run.look()
        run.take(20)
        run.change(None, 0)
        run.take(1)
    assert quick.engine.note.compiled
    monkeypatch.setattr(layout, "MOST_BYTES", 50_000)
    ours, theirs = [], []
    while len(ours) < 5:
        ours += quick.take(1).losses
        theirs += slow.take(1).losses
    np.testing.assert_allclose(ours, theirs, rtol=1e-4)
    assert "MB for a batch" in str(quick.engine.note.why)
    went_on = fit(mlp(net), data, train, resume=from_bytes(quick.checkpoint().to_bytes()))
    assert type(went_on.engine) is AutogradEngine
    went_on.look()
    assert went_on.take(3).losses == quick.take(3).losses


def test_a_batch_may_be_too_large_before_the_first_update_is_checked(monkeypatch):
    net = MlpConfig((3, 78, 5, 3))
    data = PlaygroundJob(net, TRAIN, DataConfig(samples=600)).playground().data
    quick = fit(mlp(net), data, TRAIN)
    assert type(quick.engine) is CompiledEngine
    monkeypatch.setattr(layout, "MOST_BYTES", 50_000)
    quick.change(None, 0)
    quick.look()
    quick.trace()
    assert not quick.engine.note.compiled


@pytest.mark.parametrize("batch", [1, 15, 16, 17, 32, 33, 69, 70, 71])
def test_short_last_batches(batch):
    net, train = MlpConfig((3, 20, 5, 3)), replace(TRAIN, batch_size=batch)
    data = PlaygroundJob(net, train, DataConfig(samples=100, seed=2)).playground().data
    quick, slow = both(mlp(net), data, train)
    updates = 2 * -(-70 // batch)
    np.testing.assert_allclose(quick.advance(updates), slow.advance(updates), rtol=1e-4)


@pytest.mark.parametrize("optimiser", ["adam", "rmsprop"])
def test_saturated_neurons_stand_still(optimiser):
    """Their gradient is exactly 0 with PyTorch; of the least of others these optimisers make whole steps."""
    model = mlp(MlpConfig((2, 3, 2), "tanh"))
    with torch.no_grad():
        model.net[0].bias.fill_(30.0)
    inputs = torch.rand(20, 2, generator=torch.Generator().manual_seed(0))
    quick, slow = both(model, problem(inputs), replace(TRAIN, optimiser=optimiser, loss="mse"))
    np.testing.assert_allclose(quick.advance(20), slow.advance(20), rtol=1e-4)
    assert torch.equal(quick.model.net[0].weight, model.net[0].weight)


@pytest.mark.parametrize("optimiser", ["adam", "rmsprop"])
def test_squares_of_gradients_overflow_where_pytorchs_do(optimiser):
    """0.01·g² is finite, g² is not."""
    data = problem(torch.full((4, 2), 5e19))
    quick, slow = both(mlp(MlpConfig((2, 2))), data, replace(TRAIN, optimiser=optimiser, batch_size=0))
    quick.advance(1), slow.advance(1)
    key = {"adam": "exp_avg_sq", "rmsprop": "square_avg"}[optimiser]
    for ours, theirs in zip(quick.optimiser.state.values(), slow.optimiser.state.values(), strict=True):
        torch.testing.assert_close(ours[key], theirs[key])
    assert theirs[key].isfinite().all()


def test_some_cases_of_the_fuzz():
    assert sum(engine_fuzz.run(range(80), seed=3).values()) == 80


@pytest.mark.parametrize("layer", [nn.Tanh(), nn.Sigmoid(), nn.GELU()], ids=str)
def test_tails_of_activations_are_exactly_what_pytorch_makes_of_them(layer):
    far = torch.tensor([9.5, 20.0, 90.0, 1e3, 1e20, -9.5, -110.0, -1e3, -1e20]).reshape(-1, 1)
    model = nn.Sequential(nn.Linear(1, 1), layer, nn.Linear(1, 1))
    with torch.no_grad():
        for each in (model[0], model[2]):
            each.weight.fill_(1.0), each.bias.zero_()
    quick, slow = both(model, problem(far), replace(TRAIN, loss="cross_entropy"))
    with torch.no_grad():
        torch.testing.assert_close(quick.outputs(far), slow.model(far), rtol=3e-7, atol=0.0)
