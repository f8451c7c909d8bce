"""The valley of a learning rate: real forward passes along the gradient, and the very updates of the run."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from core.data.playground import DataConfig
from core.errors import InvalidInput
from core.inspect.valley import STEPS, valley
from core.nets.mlp import MlpConfig
from core.runs.playground_job import PlaygroundJob
from core.training.config import TrainConfig

TRAIN = TrainConfig(batch_size=0, epochs=40, evaluations=1)


def job(lr: float, **net: object) -> PlaygroundJob:
    return PlaygroundJob(
        MlpConfig((3, 5, 5, 5, 3), **net),  # type: ignore[arg-type]
        replace(TRAIN, lr=lr),
        DataConfig(samples=1000),
    )


def losses(asked: PlaygroundJob) -> list[float]:
    """Return the losses of a run's first updates, from its own loop."""
    found: list[float] = []
    for progress in asked.make():
        found += progress.losses
        if len(found) > STEPS:
            break
    return found[: STEPS + 1]


@pytest.mark.parametrize("lr", [0.001, 0.1, 3.0])
@pytest.mark.parametrize("net", [{}, {"batch_norm": True}], ids=["plain", "batch norm"])
def test_the_steps_are_the_run_s_own_updates(lr: float, net: dict[str, object]) -> None:
    asked = job(lr, **net)
    found = valley(asked.model().eval(), asked.playground().data, asked.train, lr)
    assert [loss for _s, loss in found.steps] == losses(asked)
    assert found.steps[0][0] == 0
    assert found.steps[1][0] == pytest.approx(lr, rel=1e-4)


def test_the_curve_is_the_loss_along_the_gradient_s_line() -> None:
    asked = job(0.1)
    data, model = asked.playground().data, asked.model()
    loss = torch.nn.functional.cross_entropy(model(data.train_inputs), data.train_labels)
    loss.backward()
    first = [parameter.detach().clone() for parameter in model.parameters()]
    before = {name: value.clone() for name, value in model.state_dict().items()}
    found = valley(model.eval(), data, asked.train, 0.1)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())  # left as it was
    for s, height in found.curve[::9]:
        with torch.no_grad():
            for parameter, start in zip(model.parameters(), first, strict=True):
                parameter.copy_(start - s * parameter.grad)
            said = torch.nn.functional.cross_entropy(model(data.train_inputs), data.train_labels)
        assert height == pytest.approx(float(said), rel=1e-5)
    assert found.bottom in found.curve
    assert found.bottom[1] < found.steps[0][1]


def test_creeping_crossing_and_jumping_out_are_told_apart_by_the_same_valley() -> None:
    found = {lr: valley(job(lr).model().eval(), job(lr).playground().data, TRAIN, lr) for lr in (0.001, 0.1, 3.0, 30.0)}
    bottom, wall = found[0.1].bottom[0], found[0.1].wall
    assert [each.wall for each in found.values()] == pytest.approx([wall] * 4, rel=0.02)
    assert 0.001 < 0.01 * bottom < 0.1 < bottom < 3.0 < wall < 30.0
    assert found[30.0].steps[1][1] > found[30.0].steps[0][1] > found[3.0].steps[1][1]
    assert len(found[0.001].drawn) == STEPS + 1
    assert len(found[30.0].drawn) == 1  # lands far outside; the picture stays the valley's


def test_penalties_count_and_large_networks_are_looked_at_in_part() -> None:
    asked = job(0.1)
    data, model = asked.playground().data, asked.model().eval()
    heavy = valley(model, data, replace(asked.train, l2=0.1), 0.1)
    squares = sum(float(value.detach().square().sum()) for value in model.parameters() if value.ndim > 1)
    assert heavy.steps[0][1] == pytest.approx(valley(model, data, asked.train, 0.1).steps[0][1] + 0.1 * squares)
    wide = PlaygroundJob(MlpConfig((3, *[64] * 8, 3)), replace(TRAIN, epochs=2), DataConfig(samples=5000))
    assert 256 <= valley(wide.model().eval(), wide.playground().data, TRAIN, 0.1).samples < 3500


def test_regressions_and_no_hidden_layer_have_a_valley() -> None:
    for net, data in (((2, 1), "plane"), ((2, 4, 1), "hills")):
        asked = PlaygroundJob(MlpConfig(net), replace(TRAIN, loss="mse"), DataConfig(data, 200))
        assert valley(asked.model().eval(), asked.playground().data, asked.train, 0.01).bottom[0] > 0


def test_where_there_is_no_valley_it_says_why() -> None:
    asked = job(0.1)
    data, model = asked.playground().data, asked.model().eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
    shares = torch.bincount(data.train_labels, minlength=3) / len(data.train_labels)
    list(model.parameters())[-1].data.copy_(shares.log())  # the best constant answer: no gradient is left
    with pytest.raises(InvalidInput, match="level"):
        valley(model, data, asked.train, 0.1)
    next(iter(model.parameters())).data.fill_(math.nan)
    with pytest.raises(InvalidInput, match="not a finite"):
        valley(model, data, asked.train, 0.1)
