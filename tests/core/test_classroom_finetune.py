"""LeNet-5 trained on with a class's own handwriting: what is held out, what is learned, what is forgotten."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.classroom.entries import Collection, Counts
from core.classroom.finetune import (
    HELD_OUT,
    LEAST_ENTRIES,
    SETTINGS,
    class_data,
    fine_tuning,
    split,
)
from core.classroom.forgetting import SAMPLE, Forgetting
from core.classroom.report import mnist_score
from core.data.grey import denormalise
from core.errors import InvalidInput
from core.nets.digit_files import model_of
from core.nets.pretrained import pretrained
from core.runs.scheduler import Scheduler
from core.runs.snapshot import State
from core.training.checkpoints import from_bytes


def collected(images: np.ndarray, labels: np.ndarray, hands: np.ndarray) -> Collection:
    n = len(labels)
    counts = Counts("CDFGHJKM", n, True, tuple(np.bincount(labels, minlength=10).tolist()), len(set(hands)))
    return Collection(counts, np.arange(n) + 1, labels.astype(np.int64), images, np.zeros(n, np.int64), hands)


@pytest.fixture(scope="module")
def mirrored(digits) -> Collection:
    """A class that writes mirror writing, 120 digits from 12 hands: easy to learn, unlike MNIST."""
    images = np.ascontiguousarray(denormalise(digits.test_images[:120, 0]).cpu().numpy()[:, :, ::-1])
    return collected(images, digits.test_labels[:120].cpu().numpy(), np.arange(120) % 12)


def blank(hands: list[int]) -> Collection:
    n = len(hands)
    return collected(np.zeros((n, 28, 28), np.uint8), np.arange(n) % 10, np.array(hands))


@pytest.mark.parametrize("count", [0, 1, LEAST_ENTRIES - 1])
def test_too_few_digits_are_refused_with_the_number_that_is_missing(count, digits) -> None:
    with pytest.raises(InvalidInput, match=f"give {LEAST_ENTRIES - count} more"):
        fine_tuning(blank([0] * count), digits)


@pytest.mark.parametrize(
    ("hands", "whole"),
    [
        (list(range(10)) * 10, True),  # ten hands with ten digits each
        ([0] * 40 + [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] * 2, None),  # one hand wrote most of it
        ([0] * 60, False),  # one hand
        ([0, 1, 2, 3] * 20, False),  # too few hands to do without one
        ([0] * 95 + [1, 2, 3, 4, 5], False),  # what the others wrote is no test
        (list(range(200)), True),
    ],
)
def test_about_a_third_is_held_out_by_whole_hands_where_possible(hands, whole) -> None:
    found = blank(hands)
    for seed in range(8):
        parts = split(found, seed)
        assert sorted([*parts.train, *parts.held]) == list(range(len(found)))
        assert 0.7 * HELD_OUT <= len(parts.held) / len(found) <= 1.25 * HELD_OUT
        if whole is not None:
            assert bool(parts.hands) == whole
        if parts.hands:
            assert not set(found.hands[parts.train]) & set(found.hands[parts.held])
            assert parts.hands == len(set(found.hands[parts.held]))
    again, other = split(found, 3), split(found, 4)
    np.testing.assert_array_equal(split(found, 3).held, again.held)
    assert len(hands) < 60 or set(again.held) != set(other.held)


def test_rehearsal_mixes_as_many_training_digits_in_and_no_test_digit(mirrored, digits) -> None:
    parts = split(mirrored)
    plain, mixed = (class_data(mirrored, parts, digits, rehearse) for rehearse in (False, True))
    n = len(parts.train)
    assert (len(plain.train_labels), len(mixed.train_labels)) == (n, 2 * n)
    assert torch.equal(mixed.train_inputs[:n], plain.train_inputs)
    assert torch.equal(mixed.test_inputs, plain.test_inputs)
    for image, label in zip(mixed.train_inputs[n : n + 3], mixed.train_labels[n : n + 3], strict=True):
        same = (digits.train_images == image).flatten(1).all(1)
        assert same.any()
        assert digits.train_labels[same][0] == label
    held = denormalise(plain.test_inputs[:, 0]).numpy()
    np.testing.assert_array_equal(held, mirrored.images[parts.held])


def test_it_learns_the_class_s_hand_and_rehearsal_keeps_mnist(mirrored, digits) -> None:
    shipped = pretrained("lenet5")
    before = mnist_score(shipped, digits).accuracy
    after = {}
    for rehearse in (False, True):
        run = fine_tuning(mirrored, digits, rehearse, replace(SETTINGS, epochs=12)).make()
        looks = [progress.evaluation for progress in run if progress.evaluation is not None]
        assert looks[0].samples == looks[-1].samples == len(split(mirrored).held)
        assert looks[-1].accuracy > looks[0].accuracy + 0.1
        after[rehearse] = mnist_score(run.model.eval(), digits).accuracy
    print(f"MNIST before {before:.4f}, after {after[False]:.4f}, with rehearsal {after[True]:.4f}")
    assert after[False] < before - 0.1
    assert after[True] > after[False] + 0.1
    # The shipped network itself is as it was.
    assert all(not parameter.requires_grad for parameter in shipped.parameters())
    assert mnist_score(pretrained("lenet5"), digits).accuracy == before


def test_the_first_look_is_the_shipped_network_s(mirrored, digits) -> None:
    job = fine_tuning(mirrored, digits)
    progress = next(job.make())
    assert progress.evaluation is not None
    parts = split(mirrored)
    answers = pretrained("lenet5")(class_data(mirrored, parts, digits, False).test_inputs).argmax(1).numpy()
    assert progress.evaluation.correct == int((answers == mirrored.labels[parts.held]).sum())


def test_the_same_settings_give_the_same_losses_also_after_a_checkpoint(mirrored, digits) -> None:
    train = replace(SETTINGS, epochs=2, evaluations=2)

    def losses(run) -> list[float]:
        return [loss for progress in run for loss in progress.losses]

    first = losses(fine_tuning(mirrored, digits, train=train).make())
    assert losses(fine_tuning(mirrored, digits, train=train).make()) == first
    job = fine_tuning(mirrored, digits, train=train)
    run, begun = job.make(), []
    while run.step < 5:
        begun += run.take(1).losses
    kept = from_bytes(run.checkpoint().to_bytes())
    assert begun + losses(job.make(kept)) == first
    assert losses(fine_tuning(mirrored, digits, train=replace(train, seed=1)).make()) != first


def test_it_runs_in_the_scheduler_and_its_weights_make_a_network(mirrored, digits) -> None:
    scheduler = Scheduler(workers=1)
    scheduler.start()
    job = fine_tuning(mirrored, digits, train=replace(SETTINGS, epochs=1, evaluations=2))
    try:
        run_id = scheduler.submit(job, "somebody's token")
        with scheduler._condition:
            assert scheduler._condition.wait_for(lambda: not scheduler.snapshot(run_id).state.alive, timeout=60)
        now = scheduler.snapshot(run_id)
    finally:
        scheduler.stop()
    assert now.state is State.FINISHED
    assert now.evaluation.samples == len(job.parts.held)
    model = model_of(now.weights, "lenet5")
    data = job.data()
    answers = model(data.test_inputs).argmax(1)
    assert int((answers == data.test_labels).sum()) == now.evaluation.correct
    assert not model.training


def test_what_it_forgets_is_looked_at_now_and_then_and_in_full_at_the_end(mirrored, digits) -> None:
    now, watch = [0.0], Forgetting(clock=lambda: now[0])
    run = fine_tuning(mirrored, digits, rehearse=False, train=replace(SETTINGS, epochs=12)).make()
    shipped = {name: value.clone() for name, value in run.model.state_dict().items()}
    assert watch.points("run") == ()
    watch.look("run", 0, shipped, digits)
    watch.look("run", 7, shipped, digits)  # too soon after the last look
    assert [at for at, _share in watch.points("run")] == [0]
    first = digits.test_images[:SAMPLE], digits.test_labels[:SAMPLE]
    assert watch.points("run")[0][1] == (pretrained("lenet5")(first[0]).argmax(1) == first[1]).float().mean()
    for _progress in run:
        pass
    now[0] += 1.5
    last = dict(run.model.state_dict())
    watch.look("run", run.step, last, digits)
    watch.look("another", 0, shipped, digits)
    (_start, before), (at, after) = watch.points("run")
    assert at == run.step
    assert after < before - 0.1
    watch.look("late", run.step, last, digits)  # a quick run, first looked at when it is over
    assert watch.points("late") == ((0, before), (run.step, after))
    full = watch.in_full("run", run.step, last, digits)
    assert full.samples == len(digits.test_labels)
    assert full == mnist_score(model_of(last, "lenet5"), digits)
    assert watch.in_full("run", run.step, last, digits) is full  # computed once


def test_what_is_kept_of_runs_is_bounded(digits) -> None:
    now, watch = [0.0], Forgetting(clock=lambda: now[0], runs=3, points=4)
    weights = {name: value.clone() for name, value in pretrained("lenet5").state_dict().items()}
    for run in range(5):
        watch.look(str(run), 0, weights, digits)
    assert [bool(watch.points(str(run))) for run in range(5)] == [False, False, True, True, True]
    for update in range(1, 12):
        now[0] += 2
        watch.look("4", update, weights, digits)
    assert len(watch.points("4")) <= 4
    assert watch.points("4")[0][0] == 0
    assert watch.points("4")[-1][0] == 11


def test_a_run_over_budget_is_refused(mirrored, digits) -> None:
    many = collected(np.tile(mirrored.images, (3, 1, 1)), np.tile(mirrored.labels, 3), np.tile(mirrored.hands, 3))
    with pytest.raises(InvalidInput, match="choose at most"):
        fine_tuning(many, digits, train=replace(SETTINGS, epochs=10_000, batch_size=1))
