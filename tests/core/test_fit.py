"""Training as an iterator: the notebook's losses bit for bit, and every promise of fit."""

import itertools
import math
import threading
import time
from dataclasses import FrozenInstanceError, replace
from functools import partial

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.data import DataLoader

from benchmarks import _notebook as notebook
from core.data import grey
from core.data.batch_order import BatchOrder
from core.data.problem import ClassData, from_mnist
from core.data.synthetic import one_hot
from core.data.timetable import Timetable
from core.errors import InvalidInput
from core.nets.building import build
from core.nets.mlp import Mlp, MlpConfig, mlp
from core.training.config import TrainConfig
from core.training.courses import COURSES
from core.training.evaluate import evaluate
from core.training.fit import SLICE_S, fit
from core.training.progress import EngineNote
from tests.core.one_hot import from_one_hot, table


def losses_of(run, most=None):
    losses = []
    for progress in run:
        losses += progress.losses
        if most is not None and len(losses) >= most:
            return losses[:most]
    return losses


def small(samples=90, seed=3):
    return from_one_hot(one_hot(samples * 2, seed), 0.5, seed)


def random_digits(samples, seed=0):
    """uint8 noise with labels, and the same as our data."""
    generator = torch.Generator().manual_seed(seed)
    pixels = torch.randint(0, 256, (samples, 28, 28), generator=generator).to(torch.uint8)
    labels = torch.randint(0, 10, (samples,), generator=generator)
    images = grey.normalise(pixels.unsqueeze(1))
    return pixels, labels, ClassData(images, labels, images[:5], labels[:5], 10, "noise")


# --- the notebook's losses -------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("name", "theirs"), [("lenet5", notebook.lenet5), ("mnist-dnn", notebook.mnist_dnn)])
def test_the_first_50_losses_are_the_notebooks_bit_for_bit(digits, name, theirs):
    """The course's settings on the course's digits, same seed, same order, reference CPU path, one thread."""
    assert torch.get_num_threads() == 1
    course, seed = COURSES[name], 1
    torch.manual_seed(seed)
    model = theirs()
    wanted = notebook.train_on_digits(
        model,
        notebook.Digits(grey.denormalise(digits.train_images).squeeze(1), digits.train_labels),
        lr=course.lr,
        momentum=course.momentum,
        batch_size=course.batch_size,
        epochs=5,
        seed=seed,
        updates=50,
    )
    assert len(wanted) == 50
    ours = build(name, seed)
    run = fit(ours, from_mnist(digits), replace(course, seed=seed))
    found = []
    while len(found) < 50:
        found += run.take(50 - len(found)).losses
    assert found == wanted
    assert all(torch.equal(a, b) for a, b in zip(ours.parameters(), model.parameters(), strict=True))


@pytest.mark.parametrize(
    ("samples", "batch", "momentum", "seed"),
    [(70, 32, 0.0, 0), (64, 32, 0.5, 1), (33, 32, 0.9, 2), (20, 64, 0.0, 3), (7, 1, 0.5, 4)],
    ids=["partial last batch", "whole batches", "last batch of one", "batch above samples", "one by one"],
)
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(partial(build, "lenet5"), notebook.lenet5), (partial(build, "mnist-dnn"), notebook.mnist_dnn)],
    ids=["lenet5", "dnn"],
)
def test_losses_are_the_notebooks_across_epochs(samples, batch, momentum, seed, ours, theirs):
    pixels, labels, data = random_digits(samples, seed)
    torch.manual_seed(seed)
    wanted = notebook.train_on_digits(
        theirs(),
        notebook.Digits(pixels, labels),
        lr=0.05,
        momentum=momentum,
        batch_size=batch,
        epochs=4,
        seed=seed + 10,
    )
    config = TrainConfig(lr=0.05, momentum=momentum, batch_size=batch, epochs=4, seed=seed + 10, evaluations=3)
    assert losses_of(fit(ours(seed), data, config)) == wanted
    assert len(wanted) == 4 * math.ceil(samples / batch)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(1, 45), st.integers(1, 4), st.integers(0, 2**63 - 1))
def test_the_batch_order_is_dataloaders(samples, batch, epochs, seed):
    loader = DataLoader(
        torch.arange(samples), batch_size=batch, shuffle=True, generator=torch.Generator().manual_seed(seed)
    )
    order = BatchOrder(Timetable(samples, batch, 1), seed)
    for _ in range(epochs):
        for rows in loader:
            assert torch.equal(order.next(), rows)


@given(samples=st.integers(1, 40), batch=st.integers(1, 45), asked=st.lists(st.integers(1, 9), min_size=1, max_size=20))
@settings(deadline=None, max_examples=50)
def test_the_rows_of_many_updates_are_those_of_one_after_another(samples: int, batch: int, asked: list[int]) -> None:
    table = Timetable(samples, batch, 100)
    at_once, one_by_one = BatchOrder(table, 3), BatchOrder(table, 3)
    for updates in asked:
        rows, sizes = at_once.take(updates)
        assert 1 <= len(sizes) <= updates
        for part in rows.split(sizes):
            assert torch.equal(part, one_by_one.next())
        assert at_once.step == one_by_one.step


@pytest.mark.parametrize(
    ("loss", "optimiser", "loss_fn", "make"),
    [
        ("mse", "sgd", nn.MSELoss(), lambda p: torch.optim.SGD(p, lr=0.01)),
        ("cross_entropy", "sgd", nn.CrossEntropyLoss(), lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9)),
        ("cross_entropy", "adam", nn.CrossEntropyLoss(), lambda p: torch.optim.Adam(p, lr=0.01)),
        ("mse", "adam", nn.MSELoss(), lambda p: torch.optim.Adam(p, lr=0.01)),
    ],
)
def test_full_batch_is_the_courses_loop(loss, optimiser, loss_fn, make):
    rows = table(one_hot(10_000, 0))
    x, y = rows[:7000, :3], rows[:7000, 3:]
    torch.manual_seed(2)
    model = notebook.one_hot_net()
    targets = y if loss == "mse" else y.argmax(dim=1)
    wanted = notebook.train_full_batch(model, x, targets, loss_fn, make(model.parameters()), 60)
    labels = rows[:, 3:].argmax(dim=1)
    data = ClassData(rows[:7000, :3], labels[:7000], rows[7000:, :3], labels[7000:], 3, "table")
    momentum = 0.9 if loss == "cross_entropy" and optimiser == "sgd" else 0.0
    config = TrainConfig(loss, optimiser, 0.01, momentum, 0, epochs=60, evaluations=7)
    assert losses_of(fit(mlp(MlpConfig(seed=2)), data, config)) == wanted


# --- seeds and side effects ------------------------------------------------------------------------------------------


def test_the_seed_reproduces_a_run_and_another_seed_does_not():
    config = TrainConfig(lr=0.1, batch_size=16, epochs=3, seed=5)
    first, again, other = (
        losses_of(fit(mlp(MlpConfig(seed=1)), small(), replace(config, seed=seed))) for seed in (5, 5, 6)
    )
    assert first == again
    assert first != other


def test_the_global_generator_and_the_data_are_left_alone():
    data = small()
    kept = [t.clone() for t in (data.train_inputs, data.train_labels, data.test_inputs, data.test_labels)]
    torch.manual_seed(1)
    before = torch.get_rng_state()
    losses_of(fit(mlp(MlpConfig()), data, TrainConfig(batch_size=8, epochs=3)))
    assert torch.equal(torch.get_rng_state(), before)
    now = (data.train_inputs, data.train_labels, data.test_inputs, data.test_labels)
    assert all(torch.equal(a, b) for a, b in zip(kept, now, strict=True))


def test_looking_at_the_test_set_does_not_disturb_the_losses():
    config = TrainConfig(lr=0.5, momentum=0.9, batch_size=16, epochs=10)
    few, many = (losses_of(fit(mlp(MlpConfig()), small(), replace(config, evaluations=n))) for n in (1, 50))
    assert few == many


def test_how_the_work_is_sliced_does_not_change_the_losses():
    config = TrainConfig(lr=0.5, batch_size=16, epochs=10, evaluations=3)
    whole = losses_of(fit(mlp(MlpConfig()), small(), config))
    for updates in (1, 2, 7, 1000):
        run, found = fit(mlp(MlpConfig()), small(), config), []
        while True:
            progress = run.take(updates)
            found += progress.losses
            if progress.done:
                break
        assert found == whole


def test_stopping_is_ceasing_to_iterate():
    threads = threading.active_count()
    model = mlp(MlpConfig())
    run = fit(model, small(), TrainConfig(lr=0.1, batch_size=1, epochs=50))
    for _ in range(5):
        next(run)
    weights = [p.detach().clone() for p in model.parameters()]
    time.sleep(0.1)
    assert threading.active_count() == threads
    assert all(torch.equal(a, b) for a, b in zip(weights, model.parameters(), strict=True))


# --- what an iteration says ------------------------------------------------------------------------------------------


class Counting:
    """An engine that only counts; fit may not need more than the protocol."""

    def __init__(self, table, seconds=0.0):
        self.table, self.step, self.seconds = table, 0, seconds

    def advance(self, updates):
        assert updates >= 1
        time.sleep(self.seconds * updates)
        first, self.step = self.step, self.step + updates
        return [1 / (1 + n) for n in range(first, self.step)]

    def state(self):
        return {}, {}

    lr = 0.5

    note = EngineNote(compiled=False)

    def outputs(self, inputs):
        return None

    def restore(self, tensors, numbers, changes=()):
        raise NotImplementedError


def counted(samples, batch, epochs, evaluations, updates=None, seconds=0.0):
    data = small(max(samples, 2))
    data = replace(data, train_inputs=data.train_inputs[:samples], train_labels=data.train_labels[:samples])
    config = TrainConfig(batch_size=batch, epochs=epochs, evaluations=evaluations)
    run = fit(Mlp((3, 3)), data, config, engine=Counting(Timetable(samples, batch, epochs), seconds))
    while True:
        progress = run.take(updates) if updates else next(run)
        yield progress
        if progress.done:
            with pytest.raises(StopIteration):
                next(run)
            return


def test_steps_and_looks_by_hand():
    """10 240 samples in batches of 1 024 for 5 epochs are 50 updates (course 1); 4 looks: after 13, 25, 38 and 50."""
    slices = list(counted(10_240, 1_024, 5, 4))
    assert slices[0].evaluation is not None
    assert (slices[0].step, slices[0].steps, slices[0].epoch, slices[0].losses) == (0, 50, 0.0, ())
    assert [p.step for p in slices if p.evaluation] == [0, 13, 25, 38, 50]
    assert slices[-1].step == 50
    assert slices[-1].epoch == 5.0
    assert [p.done for p in slices] == [False] * (len(slices) - 1) + [True]
    # 100 samples in batches of 30: 4 updates an epoch, the last one of 10 samples
    assert [p.step for p in counted(100, 30, 2, 1) if p.evaluation] == [0, 8]
    # more looks than updates: one after each
    assert [p.step for p in counted(3, 1, 1, 500) if p.evaluation] == [0, 1, 2, 3]
    # the whole set at once: one update an epoch
    assert [p.steps for p in counted(77, 0, 9, 2)][-1] == 9


@settings(max_examples=80, deadline=None)
@given(
    st.integers(1, 60), st.integers(0, 70), st.integers(1, 12), st.integers(1, 500), st.sampled_from([None, 1, 3, 999])
)
def test_every_update_is_told_once_and_the_last_is_looked_at(samples, batch, epochs, evaluations, updates):
    steps = epochs * math.ceil(samples / (batch or samples))
    told, looked, step, seconds = [], [], 0, 0.0
    for progress in counted(samples, batch, epochs, evaluations, updates):
        step += len(progress.losses)
        told += progress.losses
        assert progress.step == step <= progress.steps == steps
        assert progress.epoch == pytest.approx(step / (steps / epochs))
        assert progress.seconds >= seconds
        seconds = progress.seconds
        if progress.evaluation:
            looked.append(step)
    assert told == [1 / (1 + n) for n in range(steps)]
    assert looked[0] == 0
    assert looked[-1] == steps
    assert len(looked) == min(evaluations, steps) + 1
    gaps = [b - a for a, b in itertools.pairwise(looked)]
    assert max(gaps) - min(gaps) <= 1  # spread evenly


def test_take_does_that_many_updates_and_looks_when_asked():
    model, data = mlp(MlpConfig()), small()
    run = fit(model, data, TrainConfig(batch_size=10, epochs=4, evaluations=2))
    before = run.take(1, look=True)  # the look before the first update is not lost
    assert (before.step, before.losses) == (0, ())
    assert before.evaluation == evaluate(mlp(MlpConfig()), data.test_inputs, data.test_labels, 3)
    first = run.take(1, look=True)
    assert (first.step, len(first.losses)) == (1, 1)
    assert first.evaluation == evaluate(model, data.test_inputs, data.test_labels, 3)
    second = run.take(3)
    assert (second.step, len(second.losses), second.evaluation) == (4, 3, None)
    third = run.take(2, look=True)
    assert (third.step, len(third.losses)) == (6, 2)
    assert third.evaluation == evaluate(model, data.test_inputs, data.test_labels, 3)
    assert run.take(100).step == 18  # not beyond where a look is due


def test_a_slice_takes_about_40_ms_of_updates():
    lengths = [len(p.losses) for p in counted(300, 1, 1, 1, seconds=0.004)]
    assert lengths[:2] == [0, 1]  # the first look, then one update to learn the speed
    assert 3 <= sorted(lengths[2:-2])[len(lengths) // 2] <= 10  # 10 updates of 4 ms, fewer on a busy machine
    assert SLICE_S == 0.04


def test_a_long_look_gives_way_between_its_slices(monkeypatch):
    from core.training import evaluate as module

    monkeypatch.setattr(module, "SLICE_VALUES", 30)  # ten of the 90 test samples at a time
    slices = list(fit(mlp(MlpConfig()), small(), TrainConfig(batch_size=0, epochs=1, evaluations=1)))
    assert [len(p.losses) for p in slices] == [0] * 9 + [1] + [0] * 9
    assert [p.evaluation is not None for p in slices] == [False] * 8 + [True] + [False] * 9 + [True]
    assert [p.done for p in slices] == [False] * 18 + [True]


def test_the_last_evaluation_is_of_the_final_weights():
    model, data = mlp(MlpConfig()), small()
    *_, last = fit(model, data, TrainConfig(lr=0.5, batch_size=8, epochs=5))
    assert last.done
    assert last.evaluation == evaluate(model, data.test_inputs, data.test_labels, 3)
    assert last.evaluation.samples == 90


def test_progress_cannot_be_changed():
    progress = next(fit(mlp(MlpConfig()), small(), TrainConfig()))
    with pytest.raises(FrozenInstanceError):
        progress.step = 5
    assert isinstance(progress.losses, tuple)


@pytest.mark.parametrize(("momentum", "batch"), [(0.0, 0), (0.9, 16)])
def test_divergence_ends_a_run(momentum, batch):
    config = TrainConfig(loss="mse", lr=100.0, momentum=momentum, batch_size=batch, epochs=500)
    *before, last = fit(mlp(MlpConfig((3, 5, 3), "identity")), small(), config)
    assert last.diverged
    assert last.done
    assert last.step < last.steps
    assert not any(p.diverged or p.done for p in before)
    assert all(math.isfinite(loss) for p in before for loss in p.losses)
    assert not all(math.isfinite(loss) for loss in last.losses)


# --- settings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("loss", value) for value in ("hinge", "", None, ["mse"])),
        *(("optimiser", value) for value in ("lbfgs", None, {})),
        *(("lr", value) for value in (0, -1, 100.5, math.nan, math.inf, "0.1", None, True, 10**400)),
        *(("momentum", value) for value in (-0.1, 1, 1.5, math.nan, "0", None)),
        *(("batch_size", value) for value in (-1, 70_001, 1.5, "64", None, True)),
        *(("epochs", value) for value in (0, -1, 10_001, 2.0, None, True)),
        *(("evaluations", value) for value in (0, -1, 501, 1.0)),
        *(("seed", value) for value in (-1, 2**63, 0.0, None)),
        *((name, value) for name in ("l1", "l2") for value in (-0.1, 10.5, math.nan, math.inf, None, True)),
        *(("schedule", value) for value in ("linear", "", None)),
        *(("reshuffle", value) for value in (0, 1, None)),
        *(("patience", value) for value in (-1, 501, 2.5, None)),
    ],
)
def test_a_bad_setting_is_refused_with_its_value_and_a_remedy(name, value):
    with pytest.raises(InvalidInput) as error:
        TrainConfig(**{name: value})
    assert f"(={value})" in str(error.value)
    assert "try" in str(error.value) or "choose" in str(error.value)


def test_nesterov_needs_momentum():
    with pytest.raises(InvalidInput, match=r"momentum \(=0.0\) must be above 0; try 0.9"):
        TrainConfig(optimiser="nesterov")
    TrainConfig(optimiser="nesterov", momentum=0.1)


@settings(max_examples=50)
@given(
    st.floats(0, 100, exclude_min=True),
    st.floats(0, 1, exclude_max=True),
    st.integers(0, 70_000),
    st.integers(1, 10_000),
)
def test_settings_in_range_are_taken(lr, momentum, batch, epochs):
    TrainConfig(lr=lr, momentum=momentum, batch_size=batch, epochs=epochs)


def test_the_courses_settings():
    lenet, dnn, toy = (COURSES[name] for name in ("lenet5", "mnist-dnn", "one-hot"))
    assert (lenet.loss, lenet.optimiser, lenet.lr, lenet.momentum) == ("cross_entropy", "sgd", 0.9, 0.0)
    assert (lenet.batch_size, lenet.epochs) == (256, 5)
    assert (dnn.loss, dnn.optimiser, dnn.lr, dnn.momentum) == ("cross_entropy", "sgd", 0.01, 0.5)
    assert (dnn.batch_size, dnn.epochs) == (64, 5)
    assert (toy.loss, toy.optimiser, toy.lr, toy.momentum) == ("mse", "sgd", 0.01, 0.0)
    assert (toy.batch_size, toy.epochs) == (0, 1000)


# --- the course's facts (2.5, 2.6) -----------------------------------------------------------------------------------


def one_hot_run(seed, **settings):
    model = mlp(MlpConfig(seed=seed))
    data = from_one_hot(one_hot(10_000, seed), 0.7, seed)
    *_, last = fit(model, data, replace(COURSES["one-hot"], evaluations=1, seed=seed, **settings))
    return model, data, last


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_mse_and_sgd_have_learned_nothing_after_1000_epochs(seed):
    _model, data, last = one_hot_run(seed)
    assert last.step == 1000
    assert last.evaluation.accuracy == last.evaluation.majority
    assert 0.64 < last.evaluation.accuracy < 0.69
    assert last.evaluation.correct == (data.test_labels == 1).sum().item()
    assert last.not_learning


@pytest.mark.slow
def test_cross_entropy_and_adam_learn_it_unless_a_layer_dies():
    results = {}
    for seed in (0, 1, 2):
        model, data, last = one_hot_run(seed, loss="cross_entropy", optimiser="adam")
        with torch.no_grad():
            hidden = [model.net[: 2 * layer](data.test_inputs) for layer in (1, 2, 3)]
        dead_layers = [bool((activity <= 0).all()) for activity in hidden]
        results[seed] = last.evaluation.accuracy, last.not_learning, any(dead_layers), last.evaluation.majority
    learned = [seed for seed, (accuracy, *_) in results.items() if accuracy >= 0.99]
    assert len(learned) == 2
    (dead,) = set(results) - set(learned)
    assert not any(results[seed][1] or results[seed][2] for seed in learned)
    assert results[dead][0] == results[dead][3]  # the majority share, from a layer that is silent for every sample
    assert results[dead][1:3] == (True, True)
