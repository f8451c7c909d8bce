"""Every experiment of the playground does what its guide says: each is run, and held to it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch

from core.inspect.fold import fold
from core.inspect.mistakes import column_wise, row_wise
from core.inspect.model import model_of
from core.inspect.neurons import dead, gradients, symmetric
from core.runs.playground_job import PlaygroundJob
from core.training.evaluate import Evaluation
from core.training.health import constant_answer_loss
from tests.experiment_links import links
from ui.dnn import experiments
from ui.dnn.settings import Settings, job

LINKS = links(experiments.first() + experiments.others())


@dataclass(frozen=True)
class Ran:
    job: PlaygroundJob
    model: Any
    data: Any
    steps: int
    tests: tuple[tuple[int, Evaluation], ...]
    trains: tuple[tuple[int, Evaluation], ...]
    not_learning: bool
    diverged: bool
    losses: tuple[float, ...]

    @property
    def answered(self) -> set[int]:
        """The classes that are the answer to any test sample."""
        return {column for row in self.test.confusion for column, count in enumerate(row) if count}

    @property
    def dead(self) -> tuple[tuple[bool, ...], ...]:
        return dead(self.model, self.data.train_inputs)

    @property
    def test(self) -> Evaluation:
        return self.tests[-1][1]

    @property
    def train(self) -> Evaluation:
        return self.trains[-1][1]


@lru_cache(maxsize=64)
def _ran(settings: Settings) -> Ran:
    planned = job(settings)
    fit = planned.make(None)
    tests, trains, losses, last = [], [], [], None
    for last in fit:
        losses += last.losses
        if last.evaluation is not None:
            tests.append((last.step, last.evaluation))
        if last.train_evaluation is not None:
            trains.append((last.step, last.train_evaluation))
    assert last is not None
    weights = {name: value.detach().clone() for name, value in fit.model.state_dict().items()}
    model = model_of(weights, planned.net)
    data = planned.playground().data
    looks = tuple(tests), tuple(trains)
    return Ran(planned, model, data, last.step, *looks, last.not_learning, last.diverged, tuple(losses))


def ran(changes: dict[str, Any], **more: Any) -> Ran:
    looked_at = set(experiments.LOOKED_AT)
    return _ran(Settings(**{key: value for key, value in (changes | more).items() if key not in looked_at}))


def link(label: str) -> dict[str, Any]:
    return LINKS[label]


def test_every_link_is_a_job_that_can_start_and_labels_are_not_used_twice():
    assert len(experiments.first()) <= 6
    for changes in LINKS.values():
        assert job(Settings(**changes)).estimate().updates > 0
    for experiment in experiments.first() + experiments.others():
        assert experiment.guide
        for _label, changes, own in experiment.variants:  # what the experiment says is not true of its variants
            assert own or changes == experiment.changes


def test_the_67_percent_trap_is_the_majority_and_only_loss_and_optimiser_had_to_change():
    trap = ran(link("The 67 % trap"))
    assert trap.test.accuracy == trap.test.majority
    assert trap.answered == {1}
    assert trap.not_learning
    cured = ran(link("The 67 % trap: Cross-entropy and Adam"))
    assert cured.test.accuracy > 0.99
    assert (cured.job.net, cured.job.data) == (trap.job.net, trap.job.data)


def test_the_notebook_s_line_gives_a_good_network_nothing_and_a_bad_one_the_same_as_the_right_line():
    good = ran(link("One line, 0 %"))
    outputs, targets = good.model(good.data.test_inputs), torch.eye(3)[good.data.test_labels]
    assert row_wise(outputs, targets).accuracy > 0.99
    assert column_wise(outputs, targets).accuracy == 0
    few = outputs.clone()
    few[:, 2] = -math.inf  # two different answers are enough
    assert column_wise(few, targets).accuracy == 0
    assert row_wise(few, targets).accuracy > 0.8
    bad = ran(link("One line, 0 %: On a network that learned nothing"))
    outputs, targets = bad.model(bad.data.test_inputs), torch.eye(3)[bad.data.test_labels]
    assert row_wise(outputs, targets).accuracy == column_wise(outputs, targets).accuracy == bad.test.majority


def test_a_whole_layer_dies_and_each_of_three_cures_helps():
    dying = ran(link("Dying ReLUs"))
    first, second, _third, _output = dying.dead
    assert all(second)
    assert not all(first)
    assert dying.test.accuracy == dying.test.majority
    data = dying.data
    into = gradients(dying.model, data.train_inputs, data.train_labels, "cross_entropy")
    assert not any(gradient.any() for gradient in into[:2])  # they stand still
    for cure in ("Another seed", "Wider", "LeakyReLU"):
        assert ran(link(f"Dying ReLUs: {cure}")).test.accuracy > 0.99, cure
    seed, wider, leaky = (ran(link(f"Dying ReLUs: {cure}")) for cure in ("Another seed", "Wider", "LeakyReLU"))
    assert any(any(layer) for layer in seed.dead)
    assert not any(all(layer) for layer in seed.dead)
    assert max(map(sum, wider.dead)) > max(map(sum, dying.dead))
    assert not any(all(layer) for layer in wider.dead)
    slopes = [module.negative_slope for module in leaky.model.modules() if isinstance(module, torch.nn.LeakyReLU)]
    assert slopes == [0.01] * 3
    assert (seed.job.net.seed, wider.job.net.seed, leaky.job.net.seed) == (3, 2, 2)


def test_three_learning_rates():
    small, right, large = (
        ran(link(f"Three learning rates: {name}")) for name in ("0.001: too small", "0.1: right", "3: too large")
    )
    assert 6 / 7 < small.losses[-1] / small.losses[0] < 1
    assert small.test.loss > 6 / 7 * small.tests[0][1].loss
    assert small.answered == {1}
    assert small.test.accuracy == small.test.majority
    assert right.test.loss < 0.3
    assert right.test.accuracy > 0.85
    assert large.test.accuracy == large.test.majority
    assert large.losses[11] == min(large.losses)  # a dozen updates downhill, then out of the valley
    assert max(large.losses[12:16]) > large.losses[11] + 0.1
    assert large.losses[-1] > large.losses[11]
    assert any(all(layer) for layer in large.dead)
    assert large.answered == {1}
    constant = constant_answer_loss(large.data.train_labels, 3, "cross_entropy")
    assert math.isclose(large.losses[-1], constant, abs_tol=1e-3)


def test_circle_and_spiral_are_learned_and_the_right_feature_replaces_the_hidden_layers():
    assert ran(link("Circle")).test.accuracy > 0.97
    assert ran(link("Circle: x₁² and x₂², no hidden layer")).test.accuracy > 0.97
    assert ran(link("Circle"), layers=0, widths="").test.accuracy < 0.7
    assert ran(link("Circle: Spiral")).test.accuracy > 0.9
    assert ran(link("Circle: Spiral"), widths="4-2").test.accuracy < 0.75


def test_too_few_samples_are_learned_by_heart_and_three_things_help():
    few = ran(link("Too few samples"))
    assert len(few.data.train_labels) == 40
    assert few.train.accuracy == 1
    assert few.test.loss > 3 * min(found.loss for _step, found in few.tests)  # it turned and rose again
    assert few.test.accuracy < 0.8
    more = ran(link("Too few samples: 800 samples"))
    assert len(more.data.train_labels) == 800
    gains = {
        name: ran(link(f"Too few samples: {name}")).test.accuracy - few.test.accuracy
        for name in ("800 samples", "L2 penalty", "A small network")
    }
    assert min(gains.values()) > 0.02
    assert max(gains, key=lambda name: gains[name]) == "800 samples"
    assert gains["800 samples"] > 0.05
    turned = [found.loss for _step, found in more.tests]
    assert few.test.loss / 2 > turned[-1] > 2 * min(turned)
    heart, weak, small = few, ran(link("Too few samples: L2 penalty")), ran(link("Too few samples: A small network"))
    assert max(weak.train.accuracy, small.train.accuracy) < 1
    assert weak.test.loss < min(more.test.loss, small.test.loss) < heart.test.loss
    sizes = [sum(float(value.square().sum()) for value in run.model.parameters()) for run in (weak, heart)]
    assert sizes[0] < sizes[1] / 3


def test_gradients_vanish_through_eight_sigmoids_and_not_with_the_cures():
    deep = ran(link("Vanishing gradients"))
    assert deep.answered == {1}

    def ratio(changes: dict[str, Any]) -> float:
        planned = job(Settings(**changes))
        fit = planned.make(None)
        fit.take(1)
        data = planned.playground().data
        found = gradients(fit.model.eval(), data.train_inputs, data.train_labels, planned.train.loss)
        return float(found[0].abs().mean() / found[-1].abs().mean())

    sigmoid = ratio(link("Vanishing gradients"))
    assert sigmoid < 1e-6
    assert ratio(link("Vanishing gradients: tanh and Xavier")) > 1
    assert ran(link("Vanishing gradients: tanh and Xavier")).test.accuracy > 0.85
    normed = link("Vanishing gradients: ReLU and batch normalisation")
    assert ran(normed).test.accuracy > 0.95
    assert ran(normed, norm=False).answered == {1}


def test_zero_weights_keep_every_layer_s_neurons_alike():
    zero = ran(link("All weights zero"))
    assert zero.test.accuracy == zero.test.majority
    assert [len(groups[0]) for groups in symmetric(zero.model)[:3]] == [5, 5, 5]
    biases = zero.model.net[-1].bias.softmax(0)
    shares = torch.bincount(zero.data.train_labels) / len(zero.data.train_labels)
    torch.testing.assert_close(biases, shares, atol=0.01, rtol=0)
    cured = ran(link("All weights zero: Xavier"))
    assert cured.test.accuracy > 0.98
    assert not any(symmetric(cured.model))


def test_nine_layers_without_activation_are_one_matrix_and_fail_on_the_circle():
    linear = ran(link("No activation"))
    assert linear.test.accuracy > 0.98
    folded = fold(linear.model, linear.data.test_inputs)
    assert folded.layers == 9
    assert tuple(folded.matrix.shape) == (3, 3)
    assert folded.difference < 1e-3
    assert ran(link("No activation: The same on the circle")).test.accuracy < 0.7


def test_the_smaller_the_batch_the_more_updates_and_the_further():
    full, single, mini = (
        ran(link(f"BGD, SGD, mini-batch: {name}"))
        for name in ("Full batch (BGD)", "One sample (SGD)", "64 samples (MBGD)")
    )
    assert (full.steps, single.steps, mini.steps) == (20, 28_000, 440)
    assert full.answered == {1}
    assert full.losses[-1] < full.losses[0]
    assert full.test.loss > mini.test.loss > single.test.loss
    assert single.test.accuracy > 0.9


def test_the_hills_are_followed():
    found = ran(link("Regression"))
    assert math.isnan(found.test.accuracy)
    assert found.test.r2 is not None
    assert found.test.r2 > 0.9
