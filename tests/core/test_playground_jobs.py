"""Lesson 2's jobs: a plain torch loop's losses bit for bit, resuming, early stopping, and any setting at all."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.data.features import FEATURES
from core.data.number_table import NumberTable
from core.data.playground import DATA_SETS, DataConfig, shape_of
from core.data.timetable import Timetable
from core.errors import InvalidInput
from core.nets.initialisation import INITIALISATIONS
from core.nets.mlp import ACTIVATIONS, MlpConfig
from core.runs.playground_job import PlaygroundJob
from core.training.checkpoints import from_bytes
from core.training.config import TrainConfig
from core.training.evaluate import evaluate
from core.training.losses import LOSSES
from core.training.optimisers import OPTIMISERS
from core.training.schedules import SCHEDULES
from tests.core import plain_loop
from tests.core.scheduling import one_hot_job

SMALL = DataConfig(samples=120, seed=3)
CIRCLE = DataConfig("circle", 130, 0.1, features=("x1", "x2", "x1x2"))
PLANE = DataConfig("plane", 100, 0.05)
BASE = TrainConfig("cross_entropy", lr=0.05, batch_size=16, epochs=4, seed=8, evaluations=4)

JOBS = {
    "course": PlaygroundJob(MlpConfig(), replace(BASE, loss="mse", batch_size=0, epochs=30), SMALL),
    "per layer": PlaygroundJob(
        MlpConfig((3, 6, 5, 4, 3), activations=("tanh", "relu", "sigmoid"), seed=4),
        replace(BASE, optimiser="nesterov", momentum=0.9),
        SMALL,
    ),
    "dropout": PlaygroundJob(
        MlpConfig((3, 9, 8, 3), "leaky_relu", dropout=0.3), replace(BASE, optimiser="adam", schedule="step"), SMALL
    ),
    "batch norm": PlaygroundJob(
        MlpConfig((3, 7, 6, 2), "gelu", "he", batch_norm=True),
        replace(BASE, optimiser="adamw", schedule="cosine", batch_size=20),
        CIRCLE,
    ),
    "both": PlaygroundJob(
        MlpConfig((3, 7, 6, 2), "tanh", "xavier", batch_norm=True, dropout=0.5),
        replace(BASE, loss="smooth_l1", optimiser="rmsprop", momentum=0.5, batch_size=17),
        CIRCLE,
    ),
    "penalties": PlaygroundJob(
        MlpConfig((3, 8, 8, 3)), replace(BASE, l1=0.01, l2=0.003, schedule="exponential", momentum=0.3), SMALL
    ),
    "l1": PlaygroundJob(MlpConfig((3, 8, 3)), replace(BASE, l1=0.01, optimiser="rmsprop"), SMALL),
    "l2": PlaygroundJob(MlpConfig((3, 8, 3)), replace(BASE, l2=0.01, reshuffle=False), SMALL),
    "regression": PlaygroundJob(
        MlpConfig((2, 6, 1), "tanh"), replace(BASE, loss="mse", optimiser="adam", schedule="cosine"), PLANE
    ),
    "regression l1": PlaygroundJob(
        MlpConfig((2, 6, 1), dropout=0.1), replace(BASE, loss="l1", batch_size=0, epochs=20), PLANE
    ),
    "in order": PlaygroundJob(
        MlpConfig((3, 4, 3), dropout=0.9), replace(BASE, reshuffle=False, batch_size=19, optimiser="adam"), SMALL
    ),
}
jobs = pytest.mark.parametrize("job", JOBS.values(), ids=JOBS)


def finish(run):
    """Losses, looks as (step, test, train) and the last progress."""
    losses, looks, progress = [], [], None
    for progress in run:
        losses += progress.losses
        if progress.evaluation:
            looks.append((progress.step, progress.evaluation, progress.train_evaluation))
    return losses, looks, progress


def same_weights(ours, theirs):
    theirs = theirs.state_dict()
    return all(torch.equal(value, theirs[name]) for name, value in ours.net.state_dict().items())


@jobs
def test_the_losses_and_weights_are_those_of_a_plain_torch_loop(job):
    wanted, net, used = plain_loop.train(job)
    run = job.make()
    before = torch.get_rng_state()
    losses, rates = [], []
    while True:
        progress = run.take(1)
        losses += progress.losses
        if progress.losses:
            rates.append(progress.lr)  # of the next update
        if progress.done:
            break
    assert losses == wanted
    assert rates[:-1] == used[1:]
    assert rates[-1] == used[-1]  # nothing follows the last epoch
    assert same_weights(run.model, net)
    assert torch.equal(torch.get_rng_state(), before)
    # the look at the end, by hand
    data = job.playground().data
    with torch.no_grad():
        outputs = net.eval()(data.test_inputs)
    if data.classes:
        assert progress.evaluation.correct == (outputs.argmax(1) == data.test_labels).sum().item()
        assert progress.train_evaluation.samples == len(data.train_labels)
    else:
        error = (outputs - data.test_labels).square().sum().item()
        spread = (data.test_labels - data.test_labels.mean(0)).square().sum().item()
        assert progress.evaluation.r2 == pytest.approx(1 - error / spread, rel=1e-5)
        assert math.isnan(progress.evaluation.accuracy)
        assert math.isnan(progress.evaluation.majority)
        assert progress.evaluation.confusion == ()


@jobs
def test_a_run_goes_on_bit_for_bit_from_a_file(job):
    whole, whole_looks, last = finish(job.make())
    for updates in {0, 1, len(whole) // 3, len(whole) // 2 + 1, len(whole) - 1, len(whole)}:
        run, losses, looks = job.make(), [], []
        while run.step < updates:
            progress = run.take(updates - run.step)
            losses += progress.losses
            if progress.evaluation:
                looks.append((progress.step, progress.evaluation, progress.train_evaluation))
        rest, rest_looks, end = finish(job.make(from_bytes(run.checkpoint().to_bytes())))
        assert losses + rest == whole
        assert looks + rest_looks == whole_looks
        assert (end.step, end.lr, end.early) == (last.step, last.lr, last.early)


@pytest.mark.parametrize("name", ["dropout", "in order"])
def test_a_run_that_was_parked_here_does_not_draw_its_masks_again(name, monkeypatch):
    job = JOBS[name]
    whole = finish(job.make())[0]
    run, losses = job.make(), []
    while run.step < 9:
        losses += run.take(9 - run.step).losses
    kept = run.checkpoint()

    def never(*_):
        raise AssertionError("drawn again")

    with monkeypatch.context() as patch:
        patch.setattr(Timetable, "batches", never)
        again = job.make(kept)
        with pytest.raises(AssertionError, match="drawn again"):
            job.make(from_bytes(kept.to_bytes()))
    assert losses + finish(again)[0] == whole
    assert finish(job.make(kept))[0] == whole[9:]  # nor did that run change it


# --- looks -----------------------------------------------------------------------------------------------------------


def test_both_sets_are_looked_at_together_and_without_dropout():
    job = JOBS["both"]
    run = job.make()
    data = job.playground().data
    *_, last = run
    assert last.train_evaluation == evaluate(run.model, data.train_inputs, data.train_labels, 2, "smooth_l1")
    assert last.evaluation == evaluate(run.model, data.test_inputs, data.test_labels, 2, "smooth_l1")


def test_early_stopping_ends_the_run_after_that_many_looks_without_a_lower_test_loss():
    """40 samples with labels drawn anew are learned by heart: the test loss rises."""
    data = DataConfig(samples=80, noise=0.5, seed=1)
    train = TrainConfig("cross_entropy", "adam", 0.02, batch_size=0, epochs=400, evaluations=100)
    job = PlaygroundJob(MlpConfig((3, 32, 32, 3)), train, data)
    _, looks, last = finish(job.make())
    assert not last.early
    assert last.step == 400
    tests = [test.loss for _, test, _ in looks]
    for patience in (1, 3, 10):
        worse, best, stop = 0, math.inf, None
        for at, loss in enumerate(tests):
            worse, best = (0, loss) if loss < best else (worse + 1, best)
            if worse == patience:
                stop = at
                break
        assert stop is not None
        stopping = replace(job, train=replace(train, patience=patience))
        losses, stopped, end = finish(stopping.make())
        assert end.early
        assert end.done
        assert [look[1].loss for look in stopped] == tests[: stop + 1]
        assert end.step == stopped[-1][0] == len(losses) < 400
        # looks that were not due do not count, and a file keeps what does
        run = stopping.make()
        while run.step < end.step - 5:
            run.take(3)
            run.look()
        again = stopping.make(from_bytes(run.checkpoint().to_bytes()))
        assert finish(again)[2].step == end.step


def test_a_look_does_no_update_and_does_not_disturb():
    job = JOBS["dropout"]
    whole = finish(job.make())[0]
    run, losses = job.make(), []
    while True:
        progress = run.take(1, look=True)
        losses += progress.losses
        if progress.done:
            break
        looked = run.look()
        assert (looked.step, looked.losses, looked.done) == (run.step, (), False) or looked.done
        assert looked.evaluation is not None
        assert looked.train_evaluation is not None
        if looked.done:
            break
    assert losses == whole


# --- any setting at all ----------------------------------------------------------------------------------------------


ROWS = np.random.default_rng(0).normal(size=(40, 2)).astype(np.float32)
TABLES = (
    NumberTable("a", "a.csv", ("u", "v"), ("w",), ("no", "yes"), ROWS, np.arange(40) % 2),
    NumberTable("b", "b.csv", ("u",), ("v", "w"), (), ROWS[:, :1], ROWS),
)


@st.composite
def anything(draw):
    """Settings of a net, a training and data; in every third draw some of them are such that no setting can be."""
    wild = draw(st.integers(0, 2)) == 0

    def mostly(good, *bad):
        return draw(st.sampled_from(bad)) if wild and draw(st.integers(0, 12)) == 0 else draw(good)

    data = {
        "name": mostly(st.sampled_from(DATA_SETS), "swiss"),
        "samples": mostly(st.integers(20, 120), 19, 20_001, 2.5),
        "noise": mostly(st.floats(0, 0.5), -0.1, 0.6, math.nan),
        "train_share": mostly(st.floats(0.05, 0.95), 0, 1, math.nan),
        "seed": mostly(st.integers(0, 2**63 - 1), -1),
        "features": mostly(st.lists(st.sampled_from(list(FEATURES)), min_size=1, unique=True).map(tuple), (), ("x9",)),
        "table": mostly(st.sampled_from(TABLES), None),
    }
    hidden = [mostly(st.integers(1, 64), 0, -1, 5000, 2.5) for _ in range(draw(st.integers(0, 8)))]
    several = tuple(draw(st.sampled_from(list(ACTIVATIONS))) for _ in hidden) if draw(st.booleans()) else ()
    net = {
        "activation": mostly(st.sampled_from(list(ACTIVATIONS)), "swish", None),
        "initialisation": mostly(st.sampled_from(list(INITIALISATIONS)), ""),
        "seed": mostly(st.integers(0, 2**63 - 1), -1, 2**63, 0.5),
        "activations": mostly(st.just(several), (*several, "relu"), ("swish",) * len(hidden)),
        "dropout": mostly(st.just(0.0) | st.floats(0, 0.9), 0.95, math.nan, -0.1, "0"),
        "batch_norm": mostly(st.booleans(), 1, None),
    }
    optimiser = mostly(st.sampled_from(list(OPTIMISERS)), "lbfgs")
    train = {
        "loss": mostly(st.sampled_from(list(LOSSES)), "hinge"),
        "optimiser": optimiser,
        "lr": mostly(st.floats(1e-7, 100), 0, -1.0, math.nan, math.inf),
        "momentum": mostly(st.floats(0.01 if optimiser == "nesterov" else 0, 0.99), 1, -0.1, math.nan, 0.0),
        "batch_size": mostly(st.integers(0, 70_000) | st.integers(0, 40), -1, 1.5),
        "epochs": mostly(st.integers(1, 10_000), 0, 10_001),
        "seed": mostly(st.integers(0, 2**63 - 1), -1),
        "evaluations": mostly(st.integers(1, 500), 0),
        "l1": mostly(st.just(0.0) | st.floats(0, 10), -1, math.nan),
        "l2": mostly(st.just(0.0) | st.floats(0, 10), 11),
        "schedule": mostly(st.sampled_from(list(SCHEDULES)), "linear"),
        "reshuffle": mostly(st.booleans(), 0),
        "patience": mostly(st.integers(0, 500), -1, 501),
    }
    return hidden, net, train, data


OUTCOMES = {"trained": 0, "refused": 0}


@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(anything())
def test_any_setting_trains_a_step_or_is_refused_with_a_sentence(drawn):
    """Must-show 6 of the lesson: nothing but InvalidInput is ever raised."""
    hidden, net, train, data = drawn
    try:
        config = DataConfig(**data)
        inputs, outputs = shape_of(config)
        job = PlaygroundJob(MlpConfig((inputs, *hidden, outputs), **net), TrainConfig(**train), config)
        run = job.make()
    except InvalidInput as error:
        assert str(error).endswith(".")  # noqa: PT017
        OUTCOMES["refused"] += 1
        return
    run.look()
    progress = run.take(1)
    assert len(progress.losses) == 1
    assert progress.diverged == (not math.isfinite(progress.losses[0]))
    OUTCOMES["trained"] += 1


def test_most_of_these_settings_did_train():
    if sum(OUTCOMES.values()) >= 1000:  # in this very process
        assert OUTCOMES["trained"] > 200, OUTCOMES
        assert OUTCOMES["refused"] > 50, OUTCOMES


def test_a_job_is_compared_by_its_settings():
    job = one_hot_job(MlpConfig(), BASE, data_seed=4, samples=200)
    assert job == PlaygroundJob(MlpConfig(), BASE, DataConfig(samples=200, seed=4))
    assert job != replace(job, train=replace(BASE, l1=0.1))
    assert hash(job) == hash(replace(job))
