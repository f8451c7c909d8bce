"""Moments of a run, evenly thinned; and a finished run that goes on as if it had been longer from the start."""

import itertools
from dataclasses import replace
from functools import cache

import pytest
import torch

from core.errors import InvalidInput
from core.nets.digit_files import model_of
from core.nets.mlp import mlp
from core.runs.digits_job import MnistJob, continued
from core.runs.history import MAX_BYTES, Kept, Moment, Record, nearest
from core.runs.run import Run
from core.runs.snapshot import State
from core.training.checkpoints import Checkpoint, from_bytes
from core.training.config import TrainConfig
from core.training.evaluate import evaluate
from tests.core.mnist_tiny import tiny
from tests.core.scheduling import ended, until
from tests.core.scheduling import job as playground_job

DATA = tiny(200)


def job(network="lenet5", epochs=2, looks_per_epoch=2, **train):
    lr = 0.2 if network == "lenet5" else 0.05
    config = TrainConfig(**{"lr": lr, "batch_size": 40, "seed": 4} | train)
    return MnistJob(network, 1, replace(config, epochs=epochs, evaluations=looks_per_epoch * epochs), DATA)


def recorded(job, resume=None):
    """What the scheduler keeps of a run that nobody disturbs, and each look's weights."""
    run, record, looks = job.make(resume), Record(), {}
    for progress in run:
        record.add(run, progress)
        if progress.evaluation:
            looks[progress.step] = {name: value.clone() for name, value in run.model.state_dict().items()}
    return record, looks


def same(weights, others):
    return weights.keys() == others.keys() and all(torch.equal(weights[name], others[name]) for name in others)


@pytest.mark.parametrize("network", ["lenet5", "mnist-dnn"])
def test_every_look_is_a_moment_with_the_weights_of_that_update(network):
    record, looks = recorded(job(network))
    moments = record.kept().moments
    assert [moment.step for moment in moments] == [0, 3, 5, 8, 10] == list(looks)
    assert [moment.epoch for moment in moments] == [0, 0.6, 1, 1.6, 2]
    for moment in moments:
        assert same(moment.weights, looks[moment.step])
        model = model_of(moment.weights, network)
        assert evaluate(model, DATA.test_inputs, DATA.test_labels, 10) == moment.test
        assert moment.train.samples == 200
    assert record.kept().moments[-1].test == record.evaluation


def test_moments_cannot_be_changed_by_the_run_or_by_a_page():
    run, record = job().make(), Record()
    for progress in run:
        record.add(run, progress)
        if progress.evaluation and progress.step == 0:
            first = record.kept().moments[0]
            before = {name: value.clone() for name, value in first.weights.items()}
    assert same(record.kept().moments[0].weights, before)
    with pytest.raises(TypeError):
        first.weights["net.c1.bias"] = torch.zeros(6)


@pytest.mark.parametrize(("size", "most"), [(61_706, 80), (575_050, 21), (2_000_000, 6), (7_000_000, 2)])
def test_moments_are_bounded_and_evenly_thinned(size, most):
    record, weights = Record(), {"model.w": torch.empty(size)}
    for look in range(1_000 if size < 100_000 else 12 if size > 5_000_000 else 60):
        record.keep(At(look * 7, weights), replace(progress(), step=look * 7))
        steps = [moment.step for moment in record.kept().moments]
        assert len(steps) <= most
        assert (steps[0], steps[-1]) == (0, look * 7)
        gaps = {b - a for a, b in itertools.pairwise(steps[:-1])}
        assert len(gaps) <= 1
        assert len(steps) >= min(most // 2, look + 1)
    if size < 5_000_000:
        assert len(steps) * size * 4 <= MAX_BYTES


@cache
def progress():
    """How a run stands after a look."""
    return playground_job().make().look()


class At:
    """A training at an update, with these numbers."""

    def __init__(self, step, tensors):
        self.checkpoint = lambda: Checkpoint(TrainConfig(), step, 0.0, tensors, {})


def test_the_nearest_moment():
    moments = tuple(Moment(step, 0.0, None, None, {}) for step in (0, 10, 20))
    assert [nearest(moments, step).step for step in (0, 4, 5, 6, 15, 16, 99)] == [0, 0, 0, 10, 10, 20, 20]
    assert nearest((), 5) is None


def test_a_small_network_is_kept_at_its_looks_and_densely_in_the_beginning(clock):
    """Lesson 2: 280 updates, 6 looks, and before them places that lie √2 apart; the curve has the looks alone."""
    run = Run("id", playground_job(), "ann", clock)
    while run.wanted:
        run.advance()
    moments = run.moments
    looks = {0, 47, 94, 140, 187, 234, 280}
    assert {moment.step for moment in moments} == looks | {1, 2, 3, 4, 6, 8, 11, 16, 23, 32, 45}
    assert {at for at, *_ in run.look_back("ann").evaluations} == looks
    assert run.look_back("ann").kept.end is None  # nothing of lesson 2 goes on after its end
    alone, at = playground_job().make(), {}
    while alone.step < 280:
        alone.take(1)
        at[alone.step] = {name: value.clone() for name, value in alone.model.state_dict().items()}
    for moment in moments[1:]:
        assert same(moment.weights, at[moment.step])
        model = mlp(playground_job().net)
        model.load_state_dict(dict(moment.weights))
        data = playground_job().playground().data
        assert evaluate(model, data.test_inputs, data.test_labels, 3).correct == moment.test.correct


def test_a_run_can_go_on_from_any_of_its_moments():
    record, _ = recorded(playground_job())
    wanted = record.losses.points()
    for moment in record.kept().moments:
        fit = playground_job().make(moment.checkpoint)
        losses = [loss for progress in fit for loss in progress.losses]
        assert tuple(losses) == tuple(loss for _, loss in wanted[moment.step :])


@pytest.mark.parametrize("updates", [1, 498, 499, 500, 501, 998, 999, 1000, 5000])
def test_a_record_of_an_earlier_moment_is_that_of_a_run_up_to_there(updates):
    """The curve is the one that so many losses make, one after the other, and it goes on as that one would."""
    record, until = Record(), replace(progress(), losses=())
    losses = [1 / at for at in range(1, 6001)]
    fit = playground_job().make()
    record.add(fit, replace(until, step=6000, losses=tuple(losses), evaluation=None))
    found = record.until(Moment(updates, 0.0, until.evaluation, None, {}, until))
    wanted = Record()
    wanted.add(fit, replace(until, step=updates, losses=tuple(losses[:updates])))
    for at in range(updates, 6000, 100):
        assert (found.losses.points(), found.losses.count) == (wanted.losses.points(), wanted.losses.count)
        more = replace(until, step=at + 100, losses=tuple(losses[at : at + 100]), evaluation=None)
        found.add(fit, more)
        wanted.add(fit, more)
    assert found.each_loss == wanted.each_loss
    assert record.losses.points()[-1] == (6000, losses[-1])  # the one that it came from is as it was


# --- going on --------------------------------------------------------------------------------------------------------

RUNS = {
    "the course's": {},
    "adam": {"optimiser": "adam", "lr": 0.003},
    "momentum, uneven batches": {"momentum": 0.9, "lr": 0.05, "batch_size": 30},
    "dnn": {"network": "mnist-dnn", "momentum": 0.5},
}


@pytest.mark.parametrize("name", RUNS)
def test_it_goes_on_as_if_it_had_been_longer_from_the_start(name):
    short, long = job(**RUNS[name]), job(**RUNS[name], epochs=5)
    wanted, looks = recorded(long)
    begun, _ = recorded(short)
    longer = short.longer(5, begun.kept())
    assert longer == long
    found, _ = recorded(longer)
    assert found.losses.points() == wanted.losses.points()
    assert len(found.losses.points()) == long.estimate().updates
    assert found.evaluations.points() == wanted.evaluations.points()
    assert found.train_evaluations.points() == wanted.train_evaluations.points()
    steps = [moment.step for moment in found.kept().moments]
    assert steps == (list(looks) if found.moments.most > 20 else list(looks)[::2])
    assert all(same(moment.weights, looks[moment.step]) for moment in found.kept().moments)
    again, _ = recorded(longer.longer(6, found.kept()))  # and once more
    assert again.losses.points() == recorded(job(**RUNS[name], epochs=6))[0].losses.points()


def test_a_part_of_moved_digits_goes_on_too():
    settings = {"samples": 110, "augment": True, "data_seed": 3}
    short, long = replace(job(), **settings), replace(job(epochs=3), **settings)
    begun, _ = recorded(short)
    found, _ = recorded(short.longer(3, begun.kept()))
    assert found.losses.points() == recorded(long)[0].losses.points()


def test_the_earlier_run_is_left_as_it_was():
    begun, _ = recorded(job())
    end = begun.kept().end
    before = begun.losses.points(), begun.kept().moments, from_bytes(end.to_bytes())
    recorded(job().longer(4, begun.kept()))
    assert (begun.losses.points(), begun.kept().moments) == before[:2]
    assert (end.step, end.config) == (before[2].step, before[2].config)
    assert same(end.tensors, before[2].tensors)


def test_a_longer_run_can_be_parked_and_go_on():
    begun, _ = recorded(job())
    longer = job().longer(4, begun.kept())
    run, losses = longer.make(), []
    while len(losses) < 3:
        losses += run.take(1).losses
    kept = from_bytes(run.checkpoint().to_bytes())
    for progress in longer.make(kept):
        losses += progress.losses
    assert tuple(losses) == tuple(loss for _, loss in recorded(job(epochs=4))[0].losses.points()[10:])


def test_through_the_scheduler(make):
    scheduler = make()
    first = ended(scheduler, scheduler.submit(job(), "ann"))
    assert first.state is State.FINISHED
    assert [moment.step for moment in first.kept.moments] == [0, 3, 5, 8, 10]
    second = ended(scheduler, scheduler.submit(continued(first, 3), "ann"))
    wanted, _ = recorded(job(epochs=3))
    assert (second.step, second.steps, second.epoch) == (15, 15, 3)
    assert second.losses == wanted.losses.points()
    assert second.evaluation == wanted.evaluation
    assert second.job == job(epochs=3)
    assert same(second.weights, second.kept.moments[-1].weights)
    assert second.kept.end is not None


def test_only_a_finished_run_can_go_on(make):
    scheduler = make()
    run_id = scheduler.submit(job(epochs=200), "ann", updates=3)
    paused = until(lambda: (now := scheduler.snapshot(run_id)) and now.step == 3 and now)
    for now in (paused, ended(scheduler, scheduler.submit(playground_job(), "ann"))):
        with pytest.raises(InvalidInput, match="finish first"):
            continued(now, 300)
    diverged = ended(scheduler, scheduler.submit(job("mnist-dnn", lr=100.0, optimiser="sgd"), "ann"))
    assert diverged.state is State.DIVERGED
    with pytest.raises(InvalidInput, match="finish first"):
        continued(diverged, 5)


@pytest.mark.parametrize("epochs", [2, 1, 0, -1, 2.5])
def test_it_needs_more_epochs_than_it_has_done(epochs):
    with pytest.raises(InvalidInput, match="2 epochs"):
        job().longer(epochs, Kept())


def test_a_falling_learning_rate_cannot_go_on_and_the_budget_holds():
    with pytest.raises(InvalidInput, match="cosine"):
        job(schedule="cosine").longer(3, Kept())
    with pytest.raises(InvalidInput, match="at most"):
        replace(job(batch_size=1), data=tiny(400)).longer(9_999, Kept())


def test_looks_stay_bounded():
    assert job(epochs=100, looks_per_epoch=4).longer(200, Kept()).train.evaluations == 500
