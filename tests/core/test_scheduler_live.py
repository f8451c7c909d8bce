"""The scheduler's live controls: epochs, changes, edits, speeds, resets, and the book of runs that have ended."""

import math
import random
import threading
import time
from dataclasses import replace

import pytest
import torch

from core.errors import InvalidInput
from core.nets.mlp import MlpConfig
from core.runs.book import Book
from core.runs.clocks import MOST, SAVED_S, TURN_S, Pace, Stopwatch
from core.runs.orders import MAX_WAITING, could_take_over
from core.runs.run import Run
from core.runs.snapshot import State
from tests.core.scheduling import LONG, SHORT, As, Slowly, alone, ended, job, one_hot_job, quiet, same, until

LATE = 10.0  # seconds: a machine may be busy


def settled(scheduler, run_id, owner="ann"):
    """Wait as a page does, and return what it would show."""
    assert scheduler.settle(run_id, LATE)
    return scheduler.snapshot(run_id, owner)


# --- only a look -----------------------------------------------------------------------------------------------------


def test_paused_from_the_start_shows_weights_and_accuracy_before_the_first_update(make):
    scheduler = make()
    run_id = scheduler.submit(job(), "ann", paused=True)
    now = settled(scheduler, run_id)
    assert (now.state, now.step, now.busy, now.losses) == (State.PAUSED, 0, False, ())
    first = alone(job())[1][0]
    assert now.evaluations == (first,)
    assert now.train_evaluation.samples == 140
    assert now.train_evaluations[0][1:] == (now.train_evaluation.accuracy, now.train_evaluation.loss)
    fresh = job().make().model.state_dict()
    assert all(torch.equal(now.weights[name], fresh[name]) for name in fresh)
    assert now.lr == SHORT.lr
    assert (now.steps, now.updates_per_epoch) == (280, 14)
    scheduler.resume(run_id, "ann")
    same(ended(scheduler, run_id), alone(job()))


# --- one epoch -------------------------------------------------------------------------------------------------------


def test_one_epoch_ends_where_the_epoch_ends(make):
    scheduler = make()
    run_id = scheduler.submit(job(), "ann", updates=3)
    settled(scheduler, run_id)
    scheduler.step_epoch(run_id, "ann")
    now = settled(scheduler, run_id)  # 14 updates an epoch, 3 of them were done
    assert (now.state, now.step, now.epoch, now.evaluated_at, now.weights_at) == (State.PAUSED, 14, 1.0, 14, 14)
    scheduler.step_epoch(run_id, "ann")
    assert settled(scheduler, run_id).step == 28  # between two epochs: a whole one
    for _ in range(3):  # three clicks are three epochs
        scheduler.step_epoch(run_id, "ann")
    assert settled(scheduler, run_id).step == 70
    scheduler.resume(run_id, "ann")
    same(ended(scheduler, run_id), alone(job()), looks=False)


def test_one_epoch_from_a_running_run_and_from_the_start(make):
    scheduler = make()
    run_id = scheduler.submit(Slowly(job()), "ann")
    until(lambda: scheduler.snapshot(run_id).step > 2)
    scheduler.step_epoch(run_id, "ann")
    now = settled(scheduler, run_id)
    assert (now.state, now.step % 14) == (State.PAUSED, 0)
    assert now.evaluated_at == now.step
    fresh = scheduler.submit(job(), "bob", paused=True)
    scheduler.step_epoch(fresh, "bob")
    assert settled(scheduler, fresh, "bob").step == 14


def test_whatever_comes_next_replaces_the_epoch_that_was_asked_for(make):
    scheduler = make()
    slow = replace(LONG, batch_size=1)  # 140 updates an epoch, 4 ms each
    run_id = scheduler.submit(Slowly(job(train=slow)), "ann", paused=True)
    scheduler.step_epoch(run_id, "ann")
    until(lambda: scheduler.snapshot(run_id).step > 3)
    assert scheduler.snapshot(run_id).busy
    scheduler.pause(run_id, "ann")
    now = settled(scheduler, run_id)
    assert (now.state, now.busy) == (State.PAUSED, False)
    assert now.step < 140
    scheduler.step_epoch(run_id, "ann")
    scheduler.resume(run_id, "ann")
    until(lambda: scheduler.snapshot(run_id).step > 150)
    assert scheduler.snapshot(run_id).state is State.RUNNING
    scheduler.step_epoch(run_id, "ann")
    scheduler.step(run_id, "ann")
    now = settled(scheduler, run_id)
    assert now.state is State.PAUSED
    assert now.step % 140 != 0


def test_the_last_epoch_ends_the_run(make):
    scheduler = make()
    run_id = scheduler.submit(job(train=replace(SHORT, epochs=2)), "ann", paused=True)
    for _ in range(5):
        scheduler.step_epoch(run_id, "ann")
    end = ended(scheduler, run_id)
    assert (end.state, end.step) == (State.FINISHED, 28)
    scheduler.step_epoch(run_id, "ann")
    assert settled(scheduler, run_id).state is State.FINISHED


# --- one update, taken apart -----------------------------------------------------------------------------------------


def test_a_single_update_is_taken_apart_and_others_are_not(make):
    scheduler = make()
    run_id = scheduler.submit(job(), "ann", updates=1)
    now = settled(scheduler, run_id)
    wanted = alone(job())
    assert now.trace.step == 1
    assert now.losses == wanted[0][:1] == ((1, now.trace.loss),)
    assert all(torch.equal(now.trace.after[name], now.weights[name]) for name in now.weights)
    scheduler.step(run_id, "ann", 5)
    assert settled(scheduler, run_id).trace.step == 6  # the last one of several is taken apart as well
    scheduler.step_epoch(run_id, "ann")
    assert settled(scheduler, run_id).trace is None
    scheduler.resume(run_id, "ann")
    same(ended(scheduler, run_id), wanted, looks=False)


def test_a_large_network_is_stepped_without_a_trace(make):
    scheduler = make()
    large = one_hot_job(MlpConfig((3, 200, 200, 3)), SHORT, samples=40)  # 41 403 numbers
    now = settled(scheduler, scheduler.submit(large, "ann", updates=1))
    assert (now.step, now.trace, now.evaluated_at) == (1, None, 1)


# --- changes ---------------------------------------------------------------------------------------------------------


def told(changes):
    return [(change.step, change.what, change.place, change.value) for change in changes]


def test_a_learning_rate_changed_in_a_pause_holds_from_the_next_update(make):
    scheduler = make()
    run_id = scheduler.submit(job(), "ann", updates=10)
    settled(scheduler, run_id)
    scheduler.change(run_id, "ann", lr=0.05)
    now = settled(scheduler, run_id)
    assert (now.step, now.lr, now.state) == (10, 0.05, State.PAUSED)
    assert told(now.changes) == [(10, "lr", "", 0.05)]
    scheduler.resume(run_id, "ann")
    end = ended(scheduler, run_id)
    run = job().make()
    losses = list(run.take(10).losses) or list(run.take(10).losses)
    run.change(lr=0.05)
    for progress in run:
        losses += progress.losses
    assert [loss for _step, loss in end.losses] == losses


def test_a_batch_size_changed_while_it_runs_holds_from_the_next_epoch(make):
    scheduler = make()
    run_id = scheduler.submit(Slowly(job()), "ann")
    until(lambda: scheduler.snapshot(run_id).step > 2)
    scheduler.change(run_id, "ann", batch_size=70)
    now = settled(scheduler, run_id)
    assert now.state is State.RUNNING
    [change] = now.changes
    assert (change.what, change.value) == ("batch_size", 70)
    end = ended(scheduler, run_id)
    whole = -(-change.step // 14)  # epochs of 14 updates, the one under way included
    assert end.steps == end.step == 14 * whole + 2 * (20 - whole)
    assert end.updates_per_epoch == 2


def test_a_weight_edited_in_a_pause_is_seen_and_training_goes_on_from_it(make):
    scheduler = make()
    run_id = scheduler.submit(job(), "ann", updates=5)
    before = settled(scheduler, run_id)
    scheduler.edit(run_id, "ann", "net.0.weight", (2, 1), 2.5)
    now = settled(scheduler, run_id)
    assert now.weights["net.0.weight"][2, 1] == 2.5
    assert before.weights["net.0.weight"][2, 1] != 2.5
    assert (now.step, now.evaluated_at, now.state) == (5, 5, State.PAUSED)
    assert now.evaluation.loss != before.evaluation.loss  # looked at again
    assert [at for at, *_rest in now.evaluations].count(5) == 1  # the look before the edit is replaced
    assert told(now.changes) == [(5, "weight", "net.0.weight[2, 1]", 2.5)]
    scheduler.step(run_id, "ann")
    after = settled(scheduler, run_id)
    assert after.step == 6
    assert abs(float(after.weights["net.0.weight"][2, 1]) - 2.5) < 1


def test_a_weight_edited_while_it_runs(make):
    scheduler = make()
    run_id = scheduler.submit(Slowly(job(train=replace(LONG, lr=1e-5, momentum=0.0))), "ann")
    until(lambda: scheduler.snapshot(run_id).step > 2)
    scheduler.edit(run_id, "ann", "net.6.bias", (0,), 7)
    now = settled(scheduler, run_id)
    assert now.state is State.RUNNING
    assert float(now.weights["net.6.bias"][0]) == pytest.approx(7, abs=0.01)


def test_changes_survive_parking(make, ticking):
    scheduler = make(clock=ticking)
    run_id = scheduler.submit(job(), "ann", updates=5)
    settled(scheduler, run_id)
    scheduler.edit(run_id, "ann", "net.0.bias", (0,), 1.0)
    scheduler.change(run_id, "ann", lr=0.1, batch_size=35)
    settled(scheduler, run_id)
    ticking.now += 130
    until(lambda: quiet(scheduler, run_id).parked is not None)
    scheduler.edit(run_id, "ann", "net.0.bias", (1,), 2.0)  # of a parked run: it is brought back for it
    now = settled(scheduler, run_id)
    assert float(now.weights["net.0.bias"][0]) == 1.0
    assert float(now.weights["net.0.bias"][1]) == 2.0
    assert not now.parked
    assert len(now.changes) == 4
    scheduler.resume(run_id, "ann")
    assert ended(scheduler, run_id).steps == 14 + 4 * 19


# --- hurried and hostile ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [0, -1, math.nan, math.inf, "1", True, None, [], 101])
def test_a_learning_rate_that_cannot_be_is_refused_at_once(make, value):
    scheduler = make()
    run_id = scheduler.submit(job(), "ann", updates=1)
    if value is None:
        scheduler.change(run_id, "ann", lr=None)  # nothing was asked for
    else:
        with pytest.raises(InvalidInput, match="learning rate"):
            scheduler.change(run_id, "ann", lr=value)
    now = settled(scheduler, run_id)
    assert (now.state, now.changes, now.refused) == (State.PAUSED, (), None)


@pytest.mark.parametrize("value", [-1, 1.5, math.nan, "64", True, 10**9])
def test_a_batch_size_that_cannot_be_is_refused_at_once(make, value):
    scheduler = make()
    run_id = scheduler.submit(job(), "ann", updates=1)
    with pytest.raises(InvalidInput, match="batch size"):
        scheduler.change(run_id, "ann", batch_size=value)
    assert settled(scheduler, run_id).changes == ()


def test_a_batch_size_that_would_take_hours_is_refused_at_once(make):
    scheduler = make()
    long = one_hot_job(MlpConfig(), replace(SHORT, batch_size=0, epochs=10_000), samples=10_000)
    run_id = scheduler.submit(long, "ann", paused=True)
    with pytest.raises(InvalidInput, match="updates"):
        scheduler.change(run_id, "ann", batch_size=1)  # 70 million updates


def test_what_only_the_worker_can_know_is_told_by_the_snapshot(make):
    scheduler = make()
    run_id = scheduler.submit(job(train=replace(SHORT, epochs=1)), "ann", updates=5)
    settled(scheduler, run_id)
    scheduler.change(run_id, "ann", batch_size=7)  # no epoch follows
    now = settled(scheduler, run_id)
    assert "last one" in str(now.refused)
    assert (now.state, now.changes) == (State.PAUSED, ())
    scheduler.change(run_id, "ann", lr=0.1)
    assert settled(scheduler, run_id).refused is None


@pytest.mark.parametrize(
    ("name", "index", "value"),
    [
        ("net.9.weight", (0, 0), 1.0),
        ("", (), 1.0),
        (None, (0, 0), 1.0),
        ("net.0.weight", (0,), 1.0),
        ("net.0.weight", (5, 0), 1.0),
        ("net.0.weight", (-1, 0), 1.0),
        ("net.0.weight", (0, 0, 0), 1.0),
        ("net.0.weight", (0.0, 0), 1.0),
        ("net.0.weight", [0, 0], 1.0),
        ("net.0.weight", None, 1.0),
        ("net.0.weight", (0, 0), math.nan),
        ("net.0.weight", (0, 0), math.inf),
        ("net.0.weight", (0, 0), "1"),
        ("net.0.weight", (0, 0), None),
        ("net.0.weight", (0, 0), 1e30),
        ("__class__", (0, 0), 1.0),
    ],
)
def test_a_weight_that_is_not_there_is_refused_at_once(make, name, index, value):
    scheduler = make()
    run_id = scheduler.submit(job(), "ann", updates=1)
    settled(scheduler, run_id)
    with pytest.raises(InvalidInput):
        scheduler.edit(run_id, "ann", name, index, value)
    now = settled(scheduler, run_id)
    assert (now.state, now.changes, now.refused) == (State.PAUSED, (), None)


def test_an_edit_before_the_network_is_made_is_carried_out_or_told(make):
    scheduler = make(started=False)
    run_id = scheduler.submit(job(), "ann", paused=True)
    scheduler.edit(run_id, "ann", "net.0.bias", (0,), 1.0)
    scheduler.edit(run_id, "ann", "net.44.bias", (0,), 1.0)
    scheduler.start()
    now = settled(scheduler, run_id)
    assert float(now.weights["net.0.bias"][0]) == 1.0
    assert "net.44.bias" in str(now.refused)
    assert now.state is State.PAUSED


@pytest.mark.parametrize("value", [0, -1, 0.01, math.nan, math.inf, "5", True, [], MOST * 2])
def test_a_speed_that_is_none_is_refused_at_once(make, value):
    scheduler = make(started=False)
    run_id = scheduler.submit(job(), "ann")
    with pytest.raises(InvalidInput, match="speed"):
        scheduler.speed(run_id, "ann", value)
    with pytest.raises(InvalidInput, match="speed"):
        scheduler.submit(job(), "bob", speed=value)
    assert scheduler.snapshot(run_id).speed is None


def controls(scheduler):
    return (
        lambda *who: scheduler.change(*who, lr=0.1),
        lambda *who: scheduler.edit(*who, "net.0.bias", (0,), 1.0),
        lambda *who: scheduler.speed(*who, 5),
        lambda *who: scheduler.step_epoch(*who),
        lambda *who: scheduler.forget(*who),
    )


def test_nobody_touches_another_visitors_run(make):
    scheduler = make()
    run_id = scheduler.submit(job(train=LONG), "ann")
    until(lambda: scheduler.snapshot(run_id).step)
    for act in controls(scheduler):
        for stranger in ("bob", "", "ann "):
            with pytest.raises(InvalidInput, match="another visitor"):
                act(run_id, stranger)
    now = scheduler.snapshot(run_id, "ann")
    assert (now.state, now.changes, now.speed) == (State.RUNNING, (), None)


def test_a_run_that_has_ended_cannot_be_changed_and_says_so(make):
    scheduler = make()
    run_id = scheduler.submit(job(), "ann")
    end = ended(scheduler, run_id)
    change, edit, speed, epoch, _forget = controls(scheduler)
    for act in (change, edit):
        with pytest.raises(InvalidInput, match="has ended"):
            act(run_id, "ann")
    speed(run_id, "ann")
    epoch(run_id, "ann")
    now = settled(scheduler, run_id)
    assert (now.state, now.step, now.changes, now.busy) == (State.FINISHED, end.step, (), False)
    same(now, alone(job()))


def test_a_run_that_is_gone_cannot_be_changed_and_says_so(make):
    scheduler = make()
    change, edit, speed, epoch, forget = controls(scheduler)
    for act in (change, edit):
        with pytest.raises(InvalidInput, match="not there any more"):
            act("gone", "ann")
    for act in (speed, epoch, forget):
        act("gone", "ann")


def test_too_many_changes_at_once_are_refused(make):
    scheduler = make(started=False)
    run_id = scheduler.submit(job(), "ann")
    for turn in range(MAX_WAITING):
        scheduler.change(run_id, "ann", lr=0.1 + turn / 1000)
    with pytest.raises(InvalidInput, match=f"{MAX_WAITING} changes wait"):
        scheduler.change(run_id, "ann", lr=0.1)
    scheduler.start()
    assert ended(scheduler, run_id).state is State.FINISHED


def test_a_crowd_pressing_every_button_in_every_order_breaks_nothing(make, caplog):
    book = Book()
    scheduler, failures = make(workers=2, max_alive=5, on_end=book.write), []

    def visitor(number):
        chance, owner, run_id = random.Random(number), f"visitor {number}", "none"
        acts = [
            lambda: scheduler.pause(run_id, owner),
            lambda: scheduler.resume(run_id, owner),
            lambda: scheduler.step(run_id, owner),
            lambda: scheduler.step_epoch(run_id, owner),
            lambda: scheduler.change(run_id, owner, lr=chance.choice([0.1, math.nan, 0.01])),
            lambda: scheduler.change(run_id, owner, batch_size=chance.choice([1, 7, 0, -3])),
            lambda: scheduler.edit(run_id, owner, "net.0.weight", (chance.randrange(7), 0), chance.random()),
            lambda: scheduler.speed(run_id, owner, chance.choice([None, 0, 50, 1000])),
            lambda: scheduler.cancel(run_id, owner),
            lambda: scheduler.forget(run_id, owner),
        ]
        try:
            for _ in range(80):
                try:
                    if chance.random() < 0.2:
                        mine = job(number, replace(SHORT, epochs=3))
                        run_id = scheduler.submit(mine, owner, chance.choice([0, 0, 2]), chance.random() < 0.3)
                    else:
                        chance.choice(acts)()
                except InvalidInput:
                    continue
                seen = scheduler.snapshot(run_id, owner)
                assert seen is None or (seen.mine and seen.error is None)
                book.entries(owner)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=visitor, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures
    assert not caplog.records  # a worker that raised would have logged it


# --- speed -----------------------------------------------------------------------------------------------------------


def test_an_allowance_by_hand(clock):
    pace = Pace(clock)
    assert pace.allowed(7) == 7  # no limit: as many as fit
    pace.set(10)
    assert (pace.due, pace.allowed(7)) == (-math.inf, 1)  # the first one at once
    pace.spend(1)
    assert pace.due == pytest.approx(clock() + 0.1)
    clock.now += 0.05
    assert pace.allowed(7) == 0
    assert pace.due == pytest.approx(clock() + 0.05)
    clock.now += 0.05
    assert pace.allowed(7) == 1
    pace.spend(1)
    clock.now += 100  # long missed: not made up for, but for a quarter of a second
    assert pace.allowed(70) == int(10 * SAVED_S) == 2


def test_a_fast_pace_does_several_updates_a_turn(clock):
    pace = Pace(clock)
    pace.set(1000)
    done, turns = 0, 0
    until_s = clock.now + 2
    while clock.now < until_s:
        updates = pace.allowed(500)
        pace.spend(updates)
        done, turns = done + updates, turns + 1
        clock.now = max(clock.now, pace.due)
    assert done == pytest.approx(2000, rel=0.03)
    assert turns == pytest.approx(2 / TURN_S, rel=0.05)


def test_a_slow_run_holds_no_worker_and_is_as_if_alone(make):
    scheduler = make(workers=1)
    slow = scheduler.submit(job(), "ann", speed=20)
    fast = scheduler.submit(job(1), "bob")
    assert ended(scheduler, fast).state is State.FINISHED  # through the only worker
    assert scheduler.snapshot(slow).step < 60
    started, before = time.monotonic(), scheduler.snapshot(slow).step
    time.sleep(0.6)
    done = scheduler.snapshot(slow).step - before
    assert done <= 20 * (time.monotonic() - started) + 20 * SAVED_S + 1
    assert scheduler.snapshot(slow).speed == 20
    scheduler.speed(slow, "ann", None)
    same(ended(scheduler, slow), alone(job()))


def test_a_slow_run_hears_pause_and_speed_at_once(make):
    scheduler = make(workers=1)
    run_id = scheduler.submit(job(train=LONG), "ann", speed=0.1)  # an update in ten seconds
    until(lambda: scheduler.snapshot(run_id).step == 1)
    started = time.monotonic()
    scheduler.pause(run_id, "ann")
    now = settled(scheduler, run_id)
    assert (now.state, now.step, now.weights_at) == (State.PAUSED, 1, 1)
    scheduler.step(run_id, "ann")
    assert settled(scheduler, run_id).step == 2  # what is asked for by number does not wait
    scheduler.resume(run_id, "ann")
    scheduler.change(run_id, "ann", lr=0.3)
    assert settled(scheduler, run_id).lr in (0.3, 0.2)
    scheduler.speed(run_id, "ann", None)
    until(lambda: scheduler.snapshot(run_id).step > 50)
    scheduler.speed(run_id, "ann", 0.1)
    scheduler.cancel(run_id, "ann")
    assert settled(scheduler, run_id).state is State.STOPPED
    assert time.monotonic() - started < LATE


def test_a_slow_run_is_parked_and_dropped_like_any_other(make, ticking):
    scheduler = make(clock=ticking)
    run_id = scheduler.submit(job(train=LONG), "ann", speed=0.1)
    until(lambda: quiet(scheduler, run_id).step == 1)
    ticking.now += 121
    until(lambda: quiet(scheduler, run_id).parked is not None)
    ticking.now += 500
    until(lambda: quiet(scheduler, run_id) is None)


def test_time_to_go_at_a_chosen_speed(clock):
    run = Run("id", job(), "ann", clock)
    run.pace(2)
    run.advance()  # the look before the first update
    run.advance()
    clock.now += 0.25
    assert run.snapshot("ann").eta_s == pytest.approx(279 / 2)


def test_a_stopwatch_by_hand(clock):
    watch = Stopwatch(clock)
    assert watch.speed(5) == 0.0
    clock.now += 2
    assert (watch.seconds, watch.speed(10)) == (2.0, 5.0)
    watch.run(False)
    watch.run(False)
    clock.now += 50
    assert watch.seconds == 2.0
    watch.measure_anew(10)
    watch.run(True)
    clock.now += 1
    assert (watch.seconds, watch.speed(13)) == (3.0, 3.0)


# --- forgetting, and the book ----------------------------------------------------------------------------------------


def playground(train=SHORT):
    return job(train=train)


def test_forget_while_it_runs(make):
    book = Book()
    scheduler = make(on_end=book.write)
    run_id = scheduler.submit(playground(LONG), "ann")
    until(lambda: scheduler.snapshot(run_id).step > 3)
    scheduler.forget(run_id, "ann")
    assert scheduler.snapshot(run_id) is None
    assert scheduler.settle(run_id, LATE)
    time.sleep(0.1)
    assert book.entries("ann") == ()
    scheduler.forget(run_id, "ann")
    finished = scheduler.submit(playground(), "ann")
    ended(scheduler, finished)
    until(lambda: book.entries("ann"))
    scheduler.forget(finished, "ann")  # what is in the book stays there
    assert scheduler.snapshot(finished) is None
    assert len(book.entries("ann")) == 1


def test_every_end_is_a_row_and_says_what_the_page_says(make):
    book = Book()
    scheduler = make(on_end=book.write)
    run_id = scheduler.submit(playground(), "ann")
    end = ended(scheduler, run_id)
    [row] = until(lambda: book.entries("ann"))
    assert (row.state, row.step, row.epoch, row.number) == ("finished", 280, 20.0, 1)
    assert (row.test_accuracy, row.test_loss) == (end.evaluation.accuracy, end.evaluation.loss)
    assert (row.train_accuracy, row.train_loss) == (end.train_evaluation.accuracy, end.train_evaluation.loss)
    assert row.loss == end.losses[-1][1]
    assert row.losses[0] == end.losses[0]
    assert row.losses[-1] == end.losses[-1]
    running = scheduler.submit(playground(LONG), "ann")
    until(lambda: scheduler.snapshot(running).step > 3)
    last = scheduler.submit(playground(LONG), "ann")  # the one before is replaced
    until(lambda: len(book.entries("ann")) == 2)
    stopped = book.entries("ann")[0]
    assert stopped.state == "stopped"
    assert stopped.step == scheduler.snapshot(running).step  # the slice under way is counted
    until(lambda: scheduler.snapshot(last).step)
    scheduler.cancel(last, "ann")
    until(lambda: len(book.entries("ann")) == 3)
    wild = replace(LONG, lr=100.0, loss="mse", batch_size=0)
    scheduler.submit(one_hot_job(MlpConfig(activation="identity"), wild), "ann")
    until(lambda: len(book.entries("ann")) == 4)
    assert [row.state for row in book.entries("ann")] == ["diverged", "stopped", "stopped", "finished"]
    assert [row.number for row in book.entries("ann")] == [4, 3, 2, 1]
    assert book.entries("bob") == ()


def test_stopped_early_is_a_word_of_its_own(make):
    book = Book()
    scheduler = make(on_end=book.write)
    impatient = replace(SHORT, lr=1e-9, momentum=0.0, patience=2)  # nothing gets better
    end = ended(scheduler, scheduler.submit(playground(impatient), "ann"))
    assert (end.state, end.early) == (State.FINISHED, True)
    assert end.step < 280
    assert until(lambda: book.entries("ann"))[0].state == "early"


def test_no_row_without_an_update_for_other_lessons_or_for_a_dropped_first_look(make):
    book = Book()
    scheduler = make(on_end=book.write)
    settled(scheduler, scheduler.submit(playground(), "ann", paused=True))
    scheduler.submit(playground(), "ann", paused=True)
    ended(scheduler, scheduler.submit(As("lenet5", job()), "ann"))
    time.sleep(0.05)
    assert book.entries("ann") == ()


def test_a_book_that_fails_does_not_stop_a_worker(make, caplog):
    def fail(_snapshot, _owner):
        raise RuntimeError("no paper")

    scheduler = make(workers=1, on_end=fail)
    run_id = scheduler.submit(job(), "ann")
    assert ended(scheduler, run_id).state is State.FINISHED
    until(lambda: run_id in caplog.text)
    assert ended(scheduler, scheduler.submit(job(), "bob")).state is State.FINISHED


# --- what could be taken over ----------------------------------------------------------------------------------------


def test_what_a_run_could_take_over_from_the_controls():
    begun = job()
    assert could_take_over(begun, begun, ()) == {}
    other = replace(begun, train=replace(SHORT, lr=0.7, batch_size=5))
    assert could_take_over(begun, other, ()) == {"lr": 0.7, "batch_size": 5}
    assert could_take_over(begun, replace(begun, train=replace(SHORT, lr=0.7, seed=9)), ()) is None
    assert could_take_over(begun, replace(begun, net=MlpConfig(seed=5)), ()) is None
    assert could_take_over(begun, As("x", begun), ()) is None


def test_what_was_changed_already_counts(make):
    scheduler = make()
    run_id = scheduler.submit(job(), "ann", updates=1)
    scheduler.change(run_id, "ann", lr=0.7)
    now = settled(scheduler, run_id)
    assert could_take_over(now.job, replace(job(), train=replace(SHORT, lr=0.7)), now.changes) == {}
    assert could_take_over(now.job, job(), now.changes) == {"lr": SHORT.lr}
