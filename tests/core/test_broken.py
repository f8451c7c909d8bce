"""Numbers that are not finite, or far too large: what is said of them is the truth."""

from __future__ import annotations

import dataclasses
import math
import time

import torch
from safetensors.torch import save

from core.data.playground import DataConfig
from core.inspect.neurons import broken, dead, symmetric
from core.inspect.surface import wrong
from core.inspect.view import view
from core.nets.files import Weights
from core.nets.mlp import MlpConfig, mlp
from core.runs.causes import Cause, cause, diverged_at, largest_weight
from core.runs.orders import EditWeight
from core.runs.playground_job import PlaygroundJob
from core.runs.run import Run
from core.runs.snapshot import Snapshot, State
from core.training.changes import Change
from core.training.config import TrainConfig
from tests.core.scheduling import one_hot_job

ANYTHING = torch.rand(20, 3, generator=torch.Generator().manual_seed(0))


def test_a_neuron_that_answers_nan_is_broken_and_neither_dead_nor_like_another() -> None:
    model = mlp(MlpConfig((3, 4, 4, 2))).eval()
    with torch.no_grad():
        for value in model.net[2].parameters():
            value.fill_(math.nan)
    assert broken(model) == (False, True, False)
    assert not any(dead(model, ANYTHING)[1])
    assert symmetric(model) == ((), ())
    seen = view(model, ANYTHING, torch.zeros(20, dtype=torch.int64), "mse", points=ANYTHING)
    assert [int(layer.max()) for layer in seen.maps] == [255, 255, 0, 0]


def test_one_huge_number_makes_no_other_neurons_alike() -> None:
    model = mlp(MlpConfig((3, 5, 2))).eval()
    with torch.no_grad():
        model.net[0].bias[0] = 1e6
    assert symmetric(model) == ((),)
    with torch.no_grad():  # and those that are alike stay so
        for place in (1, 3):
            model.net[0].weight[place], model.net[0].bias[place] = 0.5, 0.25
            model.net[2].weight[:, place] = 0.125
    assert symmetric(model) == (((1, 3),),)


def ended(job: PlaygroundJob, edit: float | None = None) -> Snapshot:
    """Return the end of a run, without a scheduler's threads; a bias is edited after 60 updates."""
    run = Run("run", job, "me", time.monotonic)
    while run.state is State.RUNNING:
        if edit is not None and run.step >= 60:
            run.order(EditWeight("net.0.bias", (0,), edit))
            edit = None
        run.advance()
    return run.snapshot("me")


def test_a_diverged_run_is_told_from_one_that_was_never_finite_and_from_one_that_was_changed_by_hand() -> None:
    slow = TrainConfig(lr=1e-4, epochs=2)
    steps = ended(one_hot_job(MlpConfig(activation="identity"), TrainConfig(lr=10.0, epochs=2)))
    assert steps.state is State.DIVERGED
    assert cause(steps) == (Cause.STEPS, None)
    at = diverged_at(steps)
    assert not math.isfinite(dict(steps.losses)[at])
    assert all(math.isfinite(loss) for update, loss in steps.losses if update < at)

    model = mlp(MlpConfig())
    for value in model.parameters():
        value.data.fill_(1e30)
    huge = dataclasses.replace(one_hot_job(MlpConfig(), slow), start=Weights(save(model.state_dict())))
    start = ended(huge)
    assert start.state is State.DIVERGED
    assert cause(start) == (Cause.START, None)

    by_hand = ended(one_hot_job(MlpConfig(activation="identity"), TrainConfig(lr=0.01, epochs=2)), edit=1e6)
    assert by_hand.state is State.DIVERGED
    kind, change = cause(by_hand)
    assert kind is Cause.HAND
    assert change == Change(change.step, "weight", 1e6, "net.0.bias", (0,))


def test_the_largest_weight_leaves_out_what_is_not_finite() -> None:
    weights = {"a": torch.tensor([1.0, -3e7, math.nan]), "b": torch.tensor([math.inf]), "n": torch.tensor([9])}
    assert largest_weight(weights) == 3e7
    assert largest_weight({}) == 0


def test_an_answer_that_is_not_finite_is_wrong() -> None:
    outputs = torch.tensor([[2.0, 1.0], [math.nan, math.nan], [math.inf, 0.0], [0.0, -math.inf]])
    truth = torch.zeros(4, dtype=torch.int64)
    assert wrong(outputs, truth).tolist() == [False, True, True, True]


def test_a_dead_relu_comes_back_in_later_layers_only_where_no_momentum_is() -> None:
    """What the lesson says of dead neurons, on the circle with plain SGD; with Adam even a first layer's came back."""
    job = PlaygroundJob(
        MlpConfig((2, 8, 8, 8, 2)),
        TrainConfig(loss="cross_entropy", lr=1.0, batch_size=32, epochs=20, evaluations=1),
        DataConfig("circle", 500),
    )
    run, data = job.make(), job.playground().data
    came_back, was = [0, 0, 0], None
    while run.step < 150:
        run.take(3)
        now = dead(run.model.eval(), data.train_inputs)
        run.model.train()
        for layer in range(3):
            came_back[layer] += sum(a and not b for a, b in zip(was[layer], now[layer], strict=True)) if was else 0
        was = now
    assert any(was[0])
    assert came_back[0] == 0
    assert came_back[1] + came_back[2] > 0
