"""Each “Try this” of lesson 4 does what its guide says: the guides' own settings, for as many updates as it takes."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import pytest
import torch
from torch import nn

from core import cache
from core.exam.robustness import changed
from core.nets.rbf import PATTERNS
from core.runs.digits_job import MnistJob
from core.training.evaluate import Evaluation, evaluate
from tests.experiment_links import links
from ui.lenet import experiments, settings
from ui.lenet.forward import answers

EARLY = 60  # updates: a quarter of the first epoch on all of MNIST


@dataclass
class Run:
    model: nn.Module
    losses: list[float]
    test: Evaluation
    train: Evaluation


@pytest.fixture(autouse=True)
def fewer_tests(full_mnist: object, monkeypatch: pytest.MonkeyPatch) -> object:
    """All training digits, and 1000 test digits, so that looks at them are short."""
    every = cache.mnist()
    small = replace(every, test_images=every.test_images[:1000], test_labels=every.test_labels[:1000])
    monkeypatch.setattr(cache, "mnist", lambda: small)
    return small


def linked(label: str) -> dict[str, Any]:
    return links(experiments.first() + experiments.others())[label]


def job(changes: dict[str, Any]) -> MnistJob:
    made = settings.job(replace(settings.Settings(), **changes))
    return replace(made, train=replace(made.train, evaluations=1))


def run(made: MnistJob, updates: int = 10**9) -> Run:
    fit = made.make()
    losses: list[float] = []
    for progress in fit:
        losses += progress.losses
        if progress.step >= updates:
            break
    model, data, rows = fit.model.eval(), made.data, made.chosen()
    seen = slice(1000) if rows is None else rows
    test = evaluate(model, data.test_inputs, data.test_labels, 10, made.train.loss)
    train = evaluate(model, data.train_inputs[seen], data.train_labels[seen], 10, made.train.loss)
    return Run(model, losses, test, train)


def test_watch_it_learn_to_see() -> None:
    found = run(job(linked("Watch it learn to see")), EARLY)
    assert found.test.accuracy > 0.8  # most is learned in the first quarter of the first epoch


def test_where_convolution_helps_and_where_it_does_not() -> None:
    own = job(linked("Where convolution helps"))
    other = own.beside("mnist-dnn")
    lenet, dnn = run(own, 2 * EARLY), run(other, 4 * EARLY)
    data = own.data

    def right(model: nn.Module, kind: str, amount: float) -> float:
        return evaluate(model, changed(data.test_inputs, kind, amount), data.test_labels, 10).accuracy

    assert lenet.test.accuracy > dnn.test.accuracy > 0.85
    assert right(lenet.model, "shift", 3) > 1.4 * right(dnn.model, "shift", 3)
    assert right(lenet.model, "turn", 30) > right(dnn.model, "turn", 30)
    assert right(dnn.model, "noise", 0.4) > right(lenet.model, "noise", 0.4) + 0.05


def test_momentum_on_top() -> None:
    found = run(job(linked("Momentum on top")), 2 * EARLY)
    late = found.losses[EARLY:]
    assert all(math.isfinite(loss) for loss in found.losses)
    assert sum(late) / len(late) > math.log(10)
    assert max(late) > 2 * math.log(10)
    inside = answers(found.model, cache.mnist().test_images[:1])
    ends = torch.cat([inside["c5"].flatten(), inside["f6"].flatten()]).abs() > 0.99
    assert ends.float().mean() > 0.9  # tanh is at its ends nearly everywhere
    calm = run(job(linked("Momentum on top: A tenth of the rate")), EARLY)
    assert calm.test.accuracy > 0.8


def test_how_many_digits_are_enough() -> None:
    few = run(job(linked("How many digits are enough?")))
    more = run(job(linked("How many digits are enough?: 1000 digits")))
    moved = run(job(linked("How many digits are enough?: 100, moved")))
    assert few.train.accuracy == 1.0  # by heart
    assert few.test.accuracy < 0.9  # and still misreads many
    assert 1 - more.test.accuracy < 0.6 * (1 - few.test.accuracy)  # ten times as many halve its mistakes
    assert moved.test.accuracy > few.test.accuracy  # moving helps as well


def test_the_outputs_of_1998_make_f6_a_picture() -> None:
    found = run(job(linked("The outputs of 1998")), 3 * EARLY)
    data = cache.mnist()
    alike = 0
    for row in range(100):
        values = answers(found.model, data.test_images[row : row + 1])["f6"]
        nearest = torch.corrcoef(torch.cat([values[None], PATTERNS]))[0, 1:].argmax()
        alike += int(nearest == data.test_labels[row])
    assert alike > 80


def test_variants_sigmoid_waits_before_it_learns() -> None:
    found = {label: run(job(linked(label)), EARLY) for label in ("Variants", "Variants: Sigmoid", "Variants: 32×32")}
    waiting = found.pop("Variants: Sigmoid")
    assert waiting.test.accuracy < 0.6
    assert all(other.test.accuracy > waiting.test.accuracy + 0.2 for other in found.values())
    assert waiting.losses[EARLY // 2] > 2 > found["Variants: 32×32"].losses[EARLY // 2]
