"""Changing a run while it is under way: rates, batch sizes, weights; and one update taken apart."""

import math
from dataclasses import FrozenInstanceError, replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data.playground import DataConfig
from core.data.timetable import Timetable
from core.errors import InvalidInput
from core.nets.mlp import MlpConfig
from core.runs.playground_job import PlaygroundJob
from core.training.changes import MAX_CHANGES, MAX_WEIGHT, Change, rate, timetable
from core.training.checkpoints import from_bytes
from core.training.config import TrainConfig
from core.training.schedules import SCHEDULES, next_rate
from tests.core import plain_loop

DATA = DataConfig(samples=100, seed=2)  # 70 to train on
TRAIN = TrainConfig("cross_entropy", lr=0.05, batch_size=20, epochs=6, seed=8, evaluations=3)  # 4 updates an epoch
JOB = PlaygroundJob(MlpConfig((3, 6, 3), dropout=0.25), TRAIN, DATA)


def finish(run):
    losses, progress = [], None
    for progress in run:
        losses += progress.losses
    return losses, progress


def until(run, step):
    losses = []
    while run.step < step:
        losses += run.take(step - run.step).losses
    return losses


# --- the timetable ---------------------------------------------------------------------------------------------------


def test_a_timetable_by_hand():
    table = Timetable(70, 20, 6)
    assert (table.steps, table.epoch(2), table.end_of(5), table.end_of(8)) == (24, 0.5, 8, 8)
    assert list(table.batches(6)) == [(3, 20), (1, 10), (2, 20)]
    table.change(6, 0)  # the second epoch is finished as it was begun
    assert (table.steps, table.epoch(7), table.epoch(9), table.epochs_done(8)) == (12, 1.75, 3.0, 2)
    table.change(7, 70)  # another thought before it took effect
    assert (len(table.parts), table.steps) == (2, 12)
    table.change(9, 7)  # between two epochs: at once
    assert (table.steps, table.epoch(10)) == (39, 3.1)
    assert list(table.batches(11)) == [(3, 20), (1, 10), (3, 20), (1, 10), (1, 70), (2, 7)]


def test_the_last_epochs_batch_size_cannot_be_changed():
    table = Timetable(70, 20, 2)
    with pytest.raises(InvalidInput, match="last one"):
        table.change(5, 10)
    table.change(4, 10)
    assert table.steps == 11


@settings(max_examples=150, deadline=None)
@given(
    st.integers(1, 40),
    st.integers(0, 45),
    st.integers(1, 6),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 45)), max_size=3),
)
def test_a_timetable_is_what_counting_gives(samples, batch, epochs, wishes):
    """Epoch by epoch, update by update, with the wish that was last made before an epoch begins."""
    table, asked = Timetable(samples, batch, epochs), []
    for step, size in sorted(wishes, key=lambda wish: wish[0]):
        if step < table.steps:
            try:
                table.change(step, size)
                asked.append((step, size))
            except InvalidInput:
                assert step > table.steps - table.part(step).updates_per_epoch
    step, size, seen = 0, batch, []
    for epoch in range(epochs):
        size = next((wish for at, wish in reversed(asked) if at <= step), batch)
        sizes = [len(rows) for rows in torch.arange(samples).split(size or samples)]
        for place, rows in enumerate(sizes):
            assert table.epoch(step) == pytest.approx(epoch + place / len(sizes))
            assert table.epochs_done(step) == epoch
            assert table.part(step).updates_per_epoch == len(sizes)
            assert (table.end_of(step) == step) == (place == 0)
            seen.append(rows)
            step += 1
    assert table.steps == step
    assert [rows for count, rows in table.batches(step) for _ in range(count)] == seen


# --- schedules -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("epochs", [1, 2, 3, 10, 1000])
def test_schedules_are_torchs_bit_for_bit_also_after_a_change_by_hand(name, epochs):
    job = replace(JOB, train=replace(TRAIN, schedule=name, epochs=epochs, lr=0.3))
    stepper = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.3)
    falling, lr = plain_loop.schedule(job, stepper), 0.3
    for epoch in range(1, epochs):
        stepper.step()
        if falling is not None:
            falling.step()
        lr = next_rate(name, lr, epoch, epochs)
        assert stepper.param_groups[0]["lr"] == lr
        if epoch == epochs // 2:
            stepper.param_groups[0]["lr"] = lr = 0.07
    assert lr > 0


def test_what_a_schedule_leaves_in_the_end():
    lr = dict.fromkeys(SCHEDULES, 1.0)
    for epoch in range(1, 400):
        lr = {name: next_rate(name, value, epoch, 400) for name, value in lr.items()}
    assert lr["constant"] == 1.0
    assert lr["step"] == 0.125  # halved after 100, 200 and 300 of 400 epochs
    assert lr["exponential"] == pytest.approx(0.01, rel=0.02)
    assert lr["cosine"] == pytest.approx((1 + math.cos(math.pi * 399 / 400)) / 2)


# --- changes under way -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_a_changed_run_is_a_loop_with_the_same_changes(schedule, optimiser):
    job = replace(JOB, train=replace(TRAIN, schedule=schedule, optimiser=optimiser))
    wanted, net, used = plain_loop.train(job, rates={3: 0.2, 8: 0.01}, sizes={2: 35, 3: 0, 4: 64})
    run = job.make()
    losses, rates = until(run, 3), []
    run.change(lr=0.1)
    run.change(lr=0.2)  # the same thing at the same update: only the last one counts
    losses += until(run, 5)
    run.change(batch_size=35)  # the third epoch, in two updates
    assert run.steps == 8 + 4 * 2
    losses += until(run, 8)
    run.change(lr=0.01)  # between two epochs: after the schedule's own step
    losses += until(run, 9)
    run.change(batch_size=0)
    assert run.updates_per_epoch == 2
    losses += until(run, 10)
    assert (run.updates_per_epoch, run.left_in_epoch) == (1, 1)
    losses += until(run, 11)
    run.change(batch_size=64)  # between two epochs: at once
    assert (run.updates_per_epoch, run.left_in_epoch) == (2, 2)
    while True:
        progress = run.take(1)
        losses += progress.losses
        rates.append(progress.lr)
        if progress.done:
            break
    assert losses == wanted
    assert len(wanted) == 4 + 4 + 2 + 1 + 2 + 2 == progress.steps
    assert progress.epoch == 6.0
    assert rates[-1] == used[-1]
    state = net.state_dict()
    assert all(torch.equal(value, state[name]) for name, value in run.model.net.state_dict().items())
    assert run.changes == (
        Change(3, "lr", 0.2),
        Change(5, "batch_size", 35),
        Change(8, "lr", 0.01),
        Change(9, "batch_size", 0),
        Change(11, "batch_size", 64),
    )
    # the learning rate follows from settings and changes alone
    table = timetable(70, job.train, run.changes)
    assert [rate(table, job.train, [c for c in run.changes if c.step <= at], at) for at in range(len(used))] == used


def test_an_edited_weight_is_where_training_goes_on():
    run = JOB.make()
    until(run, 5)
    run.edit("net.0.weight", (2, 1), 0.3)
    run.edit("net.3.bias", (0,), -2)
    assert run.model.net[0].weight[2, 1].item() == torch.tensor(0.3).item()
    assert run.model.net[3].bias[0].item() == -2.0
    assert run.changes == (
        Change(5, "weight", torch.tensor(0.3).item(), "net.0.weight", (2, 1)),
        Change(5, "weight", -2.0, "net.3.bias", (0,)),
    )
    rest = finish(run)[0]
    plain = JOB.make()
    until(plain, 5)
    with torch.no_grad():
        plain.model.net[0].weight[2, 1] = 0.3
        plain.model.net[3].bias[0] = -2
    assert finish(plain)[0] == rest


def test_a_changed_run_goes_on_bit_for_bit_from_a_file():
    job = replace(JOB, train=replace(TRAIN, schedule="cosine", optimiser="rmsprop", momentum=0.5))
    wishes = {
        2: lambda run: run.change(lr=0.2, batch_size=9),
        5: lambda run: run.edit("net.0.bias", (1,), 0.5),
        17: lambda run: run.change(batch_size=0),
        18: lambda run: run.change(lr=0.03),
        21: lambda run: run.change(batch_size=16),  # mixed again, after an epoch of the whole set at once
    }

    def go(resume_at=None):
        run, losses = job.make(), []
        while True:
            if run.step in wishes and (run.step not in [c.step for c in run.changes]):
                wishes[run.step](run)
            if run.step == resume_at:
                run, resume_at = job.make(from_bytes(run.checkpoint().to_bytes())), None
            progress = run.take(1)
            losses += progress.losses
            if progress.done:
                return losses, run

    whole, last = go()
    assert len(last.changes) == 6
    assert last.step == 4 + 8 + 8 + 1 + 5 + 5
    for at in range(last.step + 1):
        again, run = go(at)
        assert again == whole, at
        assert run.changes == last.changes
        assert (run.engine.lr, run.steps) == (last.engine.lr, last.steps)


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"lr": 0}, "learning rate (=0)"),
        ({"lr": math.nan}, "learning rate (=nan)"),
        ({"batch_size": -1}, "batch size (=-1)"),
        ({"batch_size": 2.5}, "batch size (=2.5)"),
        ({"lr": 0.1, "batch_size": 10**9}, "batch size (=1000000000)"),
    ],
)
def test_a_change_that_cannot_be_is_refused_and_nothing_is_changed(wish, said):
    run = JOB.make()
    until(run, 2)
    with pytest.raises(InvalidInput) as error:
        run.change(**wish)
    assert said in str(error.value)
    assert run.changes == ()
    assert run.engine.lr == 0.05
    assert finish(run)[0] == finish(JOB.make())[0][2:]


@pytest.mark.parametrize(
    ("name", "index", "value", "said"),
    [
        ("net.9.weight", (0, 0), 0.0, "no parameter net.9.weight"),
        (None, (0, 0), 0.0, "no parameter None"),
        ("net.0.weight", (0,), 0.0, "shape (6, 3)"),
        ("net.0.weight", (6, 0), 0.0, "place (6, 0)"),
        ("net.0.weight", (-1, 0), 0.0, "place (-1, 0)"),
        ("net.0.weight", (0.0, 0), 0.0, "place (0.0, 0)"),
        ("net.0.weight", (0, True), 0.0, "place (0, True)"),
        ("net.0.weight", (0, 0), math.nan, "weight (=nan)"),
        ("net.0.weight", (0, 0), 2 * MAX_WEIGHT, "weight (=2000000.0)"),
        ("net.0.weight", (0, 0), "1", "weight (=1)"),
    ],
)
def test_an_edit_that_cannot_be_is_refused_and_nothing_is_changed(name, index, value, said):
    run = JOB.make()
    before = [p.detach().clone() for p in run.model.parameters()]
    with pytest.raises(InvalidInput) as error:
        run.edit(name, index, value)
    assert said in str(error.value)
    assert run.changes == ()
    assert all(torch.equal(a, b) for a, b in zip(before, run.model.parameters(), strict=True))


def test_batch_norm_never_gets_a_batch_of_one():
    run = replace(JOB, net=MlpConfig((3, 4, 3), batch_norm=True)).make()
    for size in (1, 69, 23):
        with pytest.raises(InvalidInput, match="at least 2 samples"):
            run.change(batch_size=size)
    run.change(batch_size=68)
    assert run.steps == 12


def test_changes_are_bounded_and_fit_into_a_file():
    net = MlpConfig((3, *(64,) * 8, 3), batch_norm=True, dropout=0.1)
    run = PlaygroundJob(net, replace(TRAIN, optimiser="adam"), DATA).make()
    run.take(1)
    run.take(1)
    for place in range(MAX_CHANGES):
        run.edit("net.28.weight", (place % 64, place // 64), -1e6 / 3)
    with pytest.raises(InvalidInput, match="300 changes"):
        run.edit("net.0.weight", (0, 0), 1.0)
    run.edit("net.28.weight", (0, 0), 1.0)  # the same number again replaces its record
    assert len(from_bytes(run.checkpoint().to_bytes()).changes) == MAX_CHANGES


@pytest.mark.parametrize(
    "change",
    [(-1, "lr", 0.1), (1.5, "lr", 0.1), (True, "lr", 0.1), (1, "seed", 3), (1, "lr", -3), (1, "batch_size", 0.5)],
)
def test_a_record_of_nonsense_cannot_be_made(change):
    with pytest.raises(InvalidInput):
        Change(*change)
    with pytest.raises(FrozenInstanceError):
        Change(1, "lr", 0.1).step = 2


# --- one update taken apart ------------------------------------------------------------------------------------------

TRACED = {
    "dropout": JOB,
    "batch norm and penalties": PlaygroundJob(
        MlpConfig((3, 6, 5, 3), "tanh", batch_norm=True), replace(TRAIN, l1=0.01, l2=0.1, optimiser="adam"), DATA
    ),
    "course": PlaygroundJob(MlpConfig(), replace(TRAIN, loss="mse", batch_size=0, epochs=20), DATA),
    "regression": PlaygroundJob(MlpConfig((2, 4, 1)), replace(TRAIN, loss="mse"), DataConfig("hills", 100)),
}


@pytest.mark.parametrize("job", TRACED.values(), ids=TRACED)
def test_a_traced_run_has_the_same_losses(job):
    wanted, last = finish(job.make())
    run, losses = job.make(), []
    for turn in range(1000):
        if run.step and turn % 3 and run.step < run.steps:
            trace, progress = run.trace()
            assert progress.losses == (trace.loss,)
            assert progress.evaluation is not None
            assert (trace.step, progress.step) == (run.step, run.step)
        else:
            progress = run.take(2)
        losses += progress.losses
        if progress.done:
            break
    assert losses == wanted
    assert (progress.step, progress.done, progress.lr) == (last.step, True, last.lr)


@pytest.mark.parametrize("job", TRACED.values(), ids=TRACED)
def test_a_trace_tells_what_each_line_did(job):
    run = job.make()
    first, _ = run.trace()
    assert all(value is None for value in first.gradients_before.values())
    until(run, 3)
    parameters = {name: value.detach().clone() for name, value in run.model.named_parameters()}
    left = {name: value.grad.clone() for name, value in run.model.named_parameters()}
    lr = run.engine.lr
    trace, _ = run.trace()
    names = set(parameters)
    assert names == set(trace.before) == set(trace.after) == set(trace.gradients) == set(trace.gradients_before)
    for name, value in run.model.named_parameters():
        assert torch.equal(trace.before[name], parameters[name])
        assert torch.equal(trace.after[name], value)
        assert not torch.equal(trace.after[name], trace.before[name]) or not trace.gradients[name].any()
        assert torch.equal(trace.gradients_before[name], left[name])
        assert trace.gradients_zeroed[name] is None
        assert torch.equal(trace.gradients[name], value.grad)
        if job.train.optimiser == "sgd":
            by_hand = trace.before[name] - lr * trace.gradients[name]
            assert torch.allclose(trace.after[name], by_hand, atol=1e-7)
    data = job.playground().data
    assert trace.lr == lr
    assert (trace.step, trace.batch) == (4, 70 if not job.train.batch_size else 10)
    assert len(trace.rows) == len(trace.inputs) == len(trace.targets) == len(trace.prediction) == min(8, trace.batch)
    assert torch.equal(trace.inputs, data.train_inputs[list(trace.rows)])
    assert trace.penalty == pytest.approx(
        sum(
            job.train.l1 * w.abs().sum().item() + job.train.l2 * w.square().sum().item()
            for w in trace.before.values()
            if w.ndim > 1
        )
    )
    run.take(3)  # the trace is a copy
    assert torch.equal(trace.before["net.0.weight"], parameters["net.0.weight"])


def test_a_trace_ends_with_the_run():
    job = replace(JOB, train=replace(TRAIN, epochs=1))
    run = job.make()
    for _ in range(4):
        _trace, progress = run.trace()
    assert progress.done
    with pytest.raises(StopIteration):
        run.trace()
    assert job.make().traceable
    large = PlaygroundJob(MlpConfig((3, 200, 200, 3)), TRAIN, DATA).make()
    assert not large.traceable
    trace, _ = large.trace()
    assert trace.before == trace.gradients == {}
    assert trace.loss > 0
