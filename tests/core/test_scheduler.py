"""The scheduler: many runs, two workers, and every run as if it were alone."""

import itertools
import random
import threading
import time
from dataclasses import FrozenInstanceError, dataclass, field, replace
from typing import Any

import pytest
import torch

from core.data.problem import ClassData
from core.errors import InvalidInput
from core.nets.mlp import MlpConfig, mlp
from core.runs.digits_job import MnistJob
from core.runs.pool import MAX_PER_OWNER
from core.runs.run import COPY_EVERY_S, Run
from core.runs.scheduler import DROP_AFTER_S, PARK_AFTER_S, SCHEDULER, Scheduler
from core.runs.snapshot import State
from core.runs.visit import WATCHED_S
from core.training.config import TrainConfig
from core.training.fit import fit
from tests.core.scheduling import LONG, SHORT, As, Slowly, alone, ended, job, one_hot_job, quiet, resting, same, until

# --- every run as if it were alone -----------------------------------------------------------------------------------


def test_a_run_to_its_end(make):
    scheduler = make()
    run_id = scheduler.submit(job(), "ann")
    end = ended(scheduler, run_id)
    assert (end.state, end.step, end.steps, end.epoch) == (State.FINISHED, 280, 280, 20.0)
    same(end, alone(job()))
    assert (end.evaluated_at, end.weights_at, end.error, end.parked) == (280, 280, None, False)
    assert end.evaluation.samples == 60
    assert end.job == job()
    assert end.seconds > 0
    assert end.updates_per_second > 0
    assert end.parameters[0] == ("net.0.weight", True, "cpu")
    assert len(end.parameters) == 8


def digits_job(seed):
    images = torch.randn(60, 1, 28, 28, generator=torch.Generator().manual_seed(1))
    data = ClassData(images, torch.arange(60) % 10, images[:9], torch.arange(9), 10, "noise")
    return MnistJob("lenet5", seed, TrainConfig(lr=0.05, momentum=0.5, batch_size=16, epochs=6, evaluations=2), data)


def test_two_visitors_at_once_get_what_each_gets_alone(make):
    """Issue "Must show" 6; torch's global generator is disturbed meanwhile as well."""
    jobs = {
        "ann": job(1),
        "bob": job(2, replace(SHORT, optimiser="adam", momentum=0.0, lr=0.02)),
        "cem": digits_job(5),
        "dan": digits_job(5),
    }
    wanted = {owner: alone(each) for owner, each in jobs.items()}
    scheduler = make(workers=2)
    ids = {owner: scheduler.submit(each, owner) for owner, each in jobs.items()}
    while any(scheduler.snapshot(run_id).state.alive for run_id in ids.values()):
        torch.manual_seed(0)
        torch.rand(10)
        time.sleep(0.001)
    for owner, run_id in ids.items():
        same(ended(scheduler, run_id), wanted[owner])
    assert wanted["cem"][0] == wanted["dan"][0]


def test_pausing_and_stepping_disturbs_neither_oneself_nor_the_other(make):
    jobs = {"ann": job(1), "bob": job(2), "cem": digits_job(6)}
    wanted = {owner: alone(each) for owner, each in jobs.items()}
    scheduler = make(workers=2)
    ids = {owner: scheduler.submit(each, owner) for owner, each in jobs.items()}
    chance = random.Random(4)
    for _ in range(60):
        owner = chance.choice(["ann", "bob", "cem"])
        act = chance.choice([scheduler.pause, scheduler.resume, scheduler.step, scheduler.resume])
        act(ids[owner], owner)
        time.sleep(chance.random() * 0.004)
    for owner, run_id in ids.items():
        scheduler.resume(run_id, owner)
        end = ended(scheduler, run_id)
        same(end, wanted[owner], looks=False)
        assert set(wanted[owner][1]) <= set(end.evaluations)  # every step looks once more


# --- pause, resume, step, cancel -------------------------------------------------------------------------------------


def test_pause_and_resume(make):
    scheduler = make()
    run_id = scheduler.submit(job(train=LONG), "ann")
    until(lambda: scheduler.snapshot(run_id).step > 5)
    scheduler.pause(run_id, "ann")
    first = resting(scheduler, run_id)
    time.sleep(0.1)
    second = scheduler.snapshot(run_id)
    assert first.state is second.state is State.PAUSED
    assert first.step == second.step == first.weights_at  # the weights on the screen are those of this very update
    scheduler.pause(run_id, "ann")  # twice is once
    scheduler.resume(run_id, "ann")
    scheduler.resume(run_id, "ann")
    until(lambda: scheduler.snapshot(run_id).step > first.step)
    assert scheduler.snapshot(run_id).state is State.RUNNING


def test_steps_are_exact_and_look_at_the_test_set(make):
    scheduler = make()
    run_id = scheduler.submit(job(), "ann", updates=1)
    wanted = alone(job())
    done = 0
    for updates in (1, 1, 1, 3, 50, 100):  # looks are due after 47, 94, 140, …
        if done:
            scheduler.step(run_id, "ann", updates)
        done += updates
        now = until(lambda: (s := resting(scheduler, run_id)).step >= done and s)  # noqa: B023
        assert (now.state, now.step, now.evaluated_at, now.weights_at) == (State.PAUSED, done, done, done)
        assert now.losses == wanted[0][:done]
    with torch.no_grad():
        data = job().playground().data
        answers = torch.nn.functional.linear(data.test_inputs, now.weights["net.0.weight"], now.weights["net.0.bias"])
        for layer in (2, 4, 6):
            weight, bias = now.weights[f"net.{layer}.weight"], now.weights[f"net.{layer}.bias"]
            answers = torch.nn.functional.linear(answers.relu(), weight, bias)
    assert (answers.argmax(1) == data.test_labels).sum() == now.evaluation.correct
    scheduler.step(run_id, "ann", 1000)  # only 124 are left
    end = ended(scheduler, run_id)
    assert (end.state, end.step) == (State.FINISHED, 280)
    same(end, wanted, looks=False)


def test_a_long_step_is_sliced_and_can_be_paused(make):
    scheduler = make()
    run_id = scheduler.submit(job(train=LONG), "ann", updates=10**6)
    until(lambda: scheduler.snapshot(run_id).step > 50)
    started = time.monotonic()
    scheduler.pause(run_id, "ann")
    now = resting(scheduler, run_id)
    assert time.monotonic() - started < 2
    time.sleep(0.1)
    assert scheduler.snapshot(run_id).step == now.step < 10**6


def test_a_step_pauses_a_run(make):
    scheduler = make()
    run_id = scheduler.submit(job(train=LONG), "ann")
    until(lambda: scheduler.snapshot(run_id).step)
    scheduler.step(run_id, "ann")
    now = resting(scheduler, run_id)
    assert now.state is State.PAUSED
    assert now.evaluated_at == now.step
    scheduler.resume(run_id, "ann")
    until(lambda: scheduler.snapshot(run_id).step > now.step + 100)


def test_cancel_keeps_the_history_and_frees_the_rest(make):
    scheduler = make()
    run_id = scheduler.submit(job(train=LONG), "ann")
    until(lambda: scheduler.snapshot(run_id).step > 5)
    scheduler.cancel(run_id, "ann")
    now = resting(scheduler, run_id)
    assert now.state is State.STOPPED
    assert now.losses
    assert now.weights
    assert scheduler._runs[run_id].fit is None
    for act in (scheduler.resume, scheduler.step, scheduler.pause, scheduler.cancel):
        act(run_id, "ann")  # nothing brings it back
    time.sleep(0.05)
    assert (scheduler.snapshot(run_id).state, scheduler.snapshot(run_id).step) == (State.STOPPED, now.step)


def test_what_is_finished_stays_finished(make):
    scheduler = make()
    run_id = scheduler.submit(job(), "ann")
    end = ended(scheduler, run_id)
    for act in (scheduler.cancel, scheduler.pause, scheduler.resume, scheduler.step):
        act(run_id, "ann")
    assert scheduler.snapshot(run_id).state is State.FINISHED
    same(scheduler.snapshot(run_id), alone(job()))
    assert end.eta_s in (None, 0.0)


def test_divergence_is_a_state_of_its_own(make):
    scheduler = make()
    wild = one_hot_job(MlpConfig(activation="identity"), TrainConfig(loss="mse", lr=100.0, batch_size=0, epochs=500))
    end = ended(scheduler, scheduler.submit(wild, "ann"))
    assert end.state is State.DIVERGED
    assert 0 < end.step < 500


# --- whose run it is -------------------------------------------------------------------------------------------------


def test_only_the_owner_controls_and_everyone_with_the_id_may_look(make):
    scheduler = make()
    run_id = scheduler.submit(job(train=LONG), "ann")
    assert scheduler.snapshot(run_id, "ann").mine
    for stranger in ("bob", "", "an", "ann ", "änn"):
        assert not scheduler.snapshot(run_id, stranger).mine
        for act in (scheduler.pause, scheduler.resume, scheduler.step, scheduler.cancel):
            with pytest.raises(InvalidInput, match="another visitor"):
                act(run_id, stranger)
    assert scheduler.snapshot(run_id).state is State.RUNNING


def test_an_unknown_id_is_nothing(make):
    scheduler = make()
    for run_id in ("", "x", "é" * 500):
        assert scheduler.snapshot(run_id, "ann") is None
        for act in (scheduler.pause, scheduler.resume, scheduler.step, scheduler.cancel):
            act(run_id, "ann")


def test_ids_cannot_be_guessed(make):
    scheduler = make(started=False)
    ids = [scheduler.submit(job(), f"visitor {n}") for n in range(50)]
    assert len(set(ids)) == 50
    assert all(len(run_id) == 22 for run_id in ids)  # 16 random bytes in base64
    assert all(len({run_id[place] for run_id in ids}) > 10 for place in range(21))


def test_one_living_run_for_each_kind_and_owner(make):
    scheduler = make(started=False)
    first = scheduler.submit(job(1), "ann")
    other_kind = scheduler.submit(As("lesson", job(1)), "ann")
    other_owner = scheduler.submit(job(1), "bob")
    second = scheduler.submit(job(2), "ann")
    states = [scheduler.snapshot(run_id).state for run_id in (first, other_kind, other_owner, second)]
    assert states == [State.STOPPED, State.RUNNING, State.RUNNING, State.RUNNING]
    # who presses Train a thousand times holds two runs, not a thousand
    for _ in range(50):
        last = scheduler.submit(job(3), "ann")
    assert scheduler.snapshot(first) is None
    assert scheduler.snapshot(last).state is State.RUNNING
    assert sum(run.owner == "ann" for run in scheduler._runs.values()) == 3


def test_the_class_is_bounded_and_says_so(make):
    scheduler = make(started=False, max_alive=3)
    ids = [scheduler.submit(job(), f"visitor {n}") for n in range(3)]
    with pytest.raises(InvalidInput) as error:
        scheduler.submit(job(), "late")
    assert "3 networks" in str(error.value)
    assert "no more than 3" in str(error.value)
    scheduler.submit(job(), "visitor 1")  # in the place of the own one
    scheduler.pause(ids[0], "visitor 0")  # a paused run still holds its place
    with pytest.raises(InvalidInput):
        scheduler.submit(job(), "late")
    scheduler.cancel(ids[2], "visitor 2")
    scheduler.submit(job(), "late")


def test_one_visitor_cannot_fill_the_class(make):
    scheduler = make(started=False)
    for n in range(MAX_PER_OWNER):
        scheduler.submit(As(f"lesson {n}", job()), "ann")
    with pytest.raises(InvalidInput, match="You have 4 trainings"):
        scheduler.submit(As("one more", job()), "ann")
    scheduler.submit(As("one more", job()), "bob")


# --- nobody looks ----------------------------------------------------------------------------------------------------


def test_parked_after_120_s_and_the_same_losses_after_a_resume(make, ticking):
    scheduler = make(clock=ticking)
    several = replace(SHORT, epochs=35, lr=0.05)  # 490 updates: every loss is in the curve
    run_id = scheduler.submit(Slowly(job(train=several)), "ann")  # 2 seconds at least
    until(lambda: quiet(scheduler, run_id).step > 20)
    scheduler.snapshot(run_id)
    ticking.now += PARK_AFTER_S - 60
    time.sleep(0.05)
    run = quiet(scheduler, run_id)
    assert run.state is not State.PAUSED
    assert run.parked is None
    ticking.now += 61
    until(lambda: run.parked is not None)
    assert run.state is State.PAUSED
    assert run.fit is None  # its memory is given back
    step = run.step
    time.sleep(0.05)
    seen = scheduler.snapshot(run_id, "ann")
    assert (seen.state, seen.parked, seen.step) == (State.PAUSED, True, step)
    assert seen.losses
    scheduler.resume(run_id, "ann")
    end = ended(scheduler, run_id)
    assert (end.state, end.parked) == (State.FINISHED, False)
    same(end, alone(job(train=several)))


def test_parked_again_and_again_and_stepped_between(make, ticking):
    scheduler = make(clock=ticking)
    run_id = scheduler.submit(job(), "ann", updates=3)
    done = 3
    for updates in (1, 60, 1, 120):
        until(lambda: resting(scheduler, run_id).step == done)  # noqa: B023
        ticking.now += PARK_AFTER_S + 1
        until(lambda: quiet(scheduler, run_id).parked is not None)
        scheduler.step(run_id, "ann", updates)
        done += updates
    until(lambda: resting(scheduler, run_id).step == done)
    scheduler.resume(run_id, "ann")
    same(ended(scheduler, run_id), alone(job()), looks=False)


def test_a_run_that_was_never_started_can_be_parked_and_resumed(make, ticking):
    scheduler = make(clock=ticking)
    run_id = scheduler.submit(job(), "ann", updates=0)
    scheduler.pause(run_id, "ann")
    ticking.now += PARK_AFTER_S + 1
    time.sleep(0.05)
    scheduler.resume(run_id, "ann")
    same(ended(scheduler, run_id), alone(job()))


def test_a_page_that_asks_keeps_its_run(make, ticking):
    scheduler = make(clock=ticking)
    run_id = scheduler.submit(job(train=LONG), "ann")
    for _ in range(12):
        ticking.now += 100
        assert scheduler.snapshot(run_id).state is State.RUNNING
        time.sleep(0.02)
    assert scheduler.snapshot(run_id).state is State.RUNNING


def test_dropped_after_600_s(make, ticking):
    scheduler = make(clock=ticking, max_alive=2)
    forgotten, finished = scheduler.submit(job(train=LONG), "ann"), scheduler.submit(job(), "bob")
    until(lambda: quiet(scheduler, finished).state is State.FINISHED)
    for run_id in (forgotten, finished):
        scheduler.snapshot(run_id)
    ticking.now += DROP_AFTER_S - 60  # the clock ticks, and a machine may be busy
    time.sleep(0.05)
    assert quiet(scheduler, forgotten) is not None
    assert quiet(scheduler, finished) is not None
    ticking.now += 61
    until(lambda: quiet(scheduler, forgotten) is None and quiet(scheduler, finished) is None)
    assert scheduler.snapshot(forgotten) is None
    scheduler.resume(forgotten, "ann")  # too late, and no error
    scheduler.submit(job(), "cem")
    scheduler.submit(job(), "dan")


def test_a_look_now_and_then_keeps_a_finished_curve(make, ticking):
    scheduler = make(clock=ticking)
    run_id = scheduler.submit(job(), "ann")
    until(lambda: quiet(scheduler, run_id).state is State.FINISHED)
    scheduler.snapshot(run_id)
    for _ in range(3):
        ticking.now += DROP_AFTER_S - 60
        time.sleep(0.03)
        same(scheduler.snapshot(run_id), alone(job()))


# --- workers ---------------------------------------------------------------------------------------------------------


def trainers():
    return [thread for thread in threading.enumerate() if thread.name.startswith("trainer-")]


def test_start_and_stop_join_and_runs_go_on_afterwards(make):
    before = len(trainers())
    scheduler = make(workers=2)
    scheduler.start()
    assert len(trainers()) == before + 2
    run_id = scheduler.submit(Slowly(job()), "ann")
    until(lambda: scheduler.snapshot(run_id).step > 0)
    scheduler.stop()
    assert len(trainers()) == before
    assert not scheduler.running
    step = scheduler.snapshot(run_id).step
    time.sleep(0.05)
    assert scheduler.snapshot(run_id).step == step
    scheduler.stop()
    scheduler.start()
    same(ended(scheduler, run_id), alone(job()))


def test_at_most_two_workers_and_none_before_start():
    assert 1 <= Scheduler().workers <= 2
    assert not Scheduler().running
    assert isinstance(SCHEDULER, Scheduler)


@dataclass
class Scripted:
    """A job whose iterator does what the test says at each slice."""

    act: Any
    kind: str = "scripted"
    name: str = ""
    log: list[str] = field(default_factory=list)

    def make(self, resume=None):
        run = fit(mlp(MlpConfig()), job().playground().data, LONG)
        real = run.take

        def take(updates, look=False):
            self.log.append(self.name)
            self.act(self)
            return real(1, look)

        run.take = take
        return run


def test_a_worker_that_outlives_a_stop_goes_on_after_a_start(make):
    entered, let_go = threading.Event(), threading.Event()

    def block(_job):
        entered.set()
        let_go.wait(20)

    scheduler = make(workers=1)
    before = len(trainers())
    scheduler.submit(Scripted(block), "ann")
    assert entered.wait(10)
    scheduler.stop(timeout_s=0.05)
    scheduler.start()
    assert len(trainers()) == before
    let_go.set()
    same(ended(scheduler, scheduler.submit(job(), "bob")), alone(job()))


def test_turns_are_taken_in_order(make):
    scheduler, log = make(started=False, workers=1), []
    for name in "abc":
        scheduler.submit(Scripted(lambda _: None, name=name, log=log), name)
    scheduler.start()
    until(lambda: len(log) >= 30)
    scheduler.stop()
    assert "".join(log[:30]) == "abc" * 10


def test_with_two_workers_every_run_gets_its_turn(make):
    scheduler, log = make(started=False, workers=2), []
    for name in "abcde":
        act = (lambda _: time.sleep(0.02)) if name == "a" else (lambda _: None)  # one is slow
        scheduler.submit(Scripted(act, name=name, log=log), name)
    scheduler.start()
    until(lambda: log.count("a") >= 10)
    scheduler.stop()
    assert all(log.count(name) >= 10 for name in "bcde")


def test_a_run_is_never_in_two_workers_hands(make):
    inside, worst = itertools.count(), []
    lock = threading.Lock()

    def act(_job):
        worst.append(lock.acquire(blocking=False))
        time.sleep(0.001)
        lock.release()
        next(inside)

    scheduler = make(workers=2)
    run_id = scheduler.submit(Scripted(act), "ann")

    def pressed():
        for order in (scheduler.pause, scheduler.resume, scheduler.step, scheduler.resume):
            order(run_id, "ann")
        return len(worst) > 40

    until(pressed)
    assert all(worst)


@pytest.mark.parametrize("error", [RuntimeError("boom"), MemoryError(), ZeroDivisionError(), KeyError("x")])
@pytest.mark.parametrize("when", ["at once", "later"])
def test_a_failing_run_says_so_and_the_worker_lives(make, caplog, error, when):
    def act(self):
        if when == "at once" or len(self.log) > 3:
            raise error

    scheduler = make(workers=1)
    run_id = scheduler.submit(Scripted(act), "ann")
    end = ended(scheduler, run_id)
    assert end.state is State.FAILED
    assert type(error).__name__ in str(end.error)
    assert "start it again" in str(end.error)
    assert "boom" not in str(end.error)
    assert run_id in caplog.text
    caplog.clear()
    assert ended(scheduler, scheduler.submit(job(), "bob")).state is State.FINISHED


def test_bad_input_found_late_is_shown_as_it_is(make):
    @dataclass(frozen=True)
    class Bad:
        kind: str = "bad"

        def make(self, resume=None):
            raise InvalidInput("The folder {name} is empty; fill it.", name="digits")

    scheduler = make(workers=1)
    end = ended(scheduler, scheduler.submit(Bad(), "ann"))
    assert end.state is State.FAILED
    assert str(end.error) == "The folder digits is empty; fill it."
    assert ended(scheduler, scheduler.submit(job(), "bob")).state is State.FINISHED


def test_a_crowd_pressing_every_button_breaks_nothing(make):
    scheduler, failures = make(workers=2, max_alive=6), []

    def visitor(number):
        chance, run_id = random.Random(number), None
        try:
            for _ in range(60):
                act = chance.randrange(6)
                if run_id is None or act == 0:
                    try:
                        run_id = scheduler.submit(job(number), f"visitor {number}", chance.choice([0, 0, 2]))
                    except InvalidInput:
                        continue
                elif act < 5:
                    order = (scheduler.pause, scheduler.resume, scheduler.step, scheduler.cancel)[act - 1]
                    order(run_id, f"visitor {number}")
                seen = scheduler.snapshot(run_id, f"visitor {number}")
                assert seen.mine
                assert seen.step >= len(seen.losses)
                assert seen.state is not State.FAILED
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=visitor, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not failures


# --- snapshots -------------------------------------------------------------------------------------------------------


def test_a_snapshot_is_bounded(make):
    scheduler = make()
    many = replace(SHORT, batch_size=5, epochs=60, lr=0.01, evaluations=500)  # 28 · 60 = 1680 updates
    end = ended(scheduler, scheduler.submit(job(train=many), "ann"))
    assert end.step == 1680
    for curve in (end.losses, end.evaluations):
        assert 200 < len(curve) <= 500
        assert curve[-1][0] == 1680
    assert end.losses[0][0] == 1
    assert end.evaluations[0][0] == 0
    wanted = dict(alone(job(train=many))[0])
    assert all(wanted[step] == loss for step, loss in end.losses)


def test_a_snapshot_does_not_change_after_it_was_taken(make):
    scheduler = make()
    run_id = scheduler.submit(job(train=replace(SHORT, lr=0.5)), "ann", updates=20)
    seen = until(lambda: (s := resting(scheduler, run_id)).step == 20 and s)
    with pytest.raises(FrozenInstanceError):
        seen.step = 0
    assert isinstance(seen.losses, tuple)
    assert isinstance(seen.evaluations, tuple)
    kept = seen.losses, seen.evaluations, {name: value.clone() for name, value in seen.weights.items()}
    scheduler.resume(run_id, "ann")
    end = ended(scheduler, run_id)
    assert (seen.losses, seen.evaluations, seen.step) == (*kept[:2], 20)
    assert all(torch.equal(value, kept[2][name]) for name, value in seen.weights.items())
    assert not torch.equal(end.weights["net.0.weight"], seen.weights["net.0.weight"])


def test_a_snapshot_before_anything_happened(make):
    scheduler = make(started=False)
    seen = scheduler.snapshot(scheduler.submit(job(), "ann"), "ann")
    assert (seen.state, seen.step, seen.steps, seen.losses, seen.weights) == (State.RUNNING, 0, 0, (), {})
    assert (seen.evaluation, seen.eta_s, seen.updates_per_second) == (None, None, 0.0)


def copies(run):
    """Count how often the weights are copied, without a scheduler."""
    count, real = [0], run._show

    def show(fit):
        count[0] += 1
        real(fit)

    run._show = show
    return count


def test_weights_are_copied_as_often_as_a_page_draws_them_and_no_oftener(clock):
    run = Run("id", job(train=LONG), "ann", clock)
    count = copies(run)
    for _ in range(64):  # four slices for each copy, a page looking all the time
        run.snapshot("ann")
        run.advance()
        clock.now += COPY_EVERY_S / 4 + 1e-9
    assert count[0] == 16


def test_weights_are_not_copied_for_nobody(clock):
    run = Run("id", job(train=LONG), "ann", clock)
    count = copies(run)
    clock.now += WATCHED_S + 1
    for _ in range(20):
        run.advance()
        clock.now += 1
    assert count[0] == 1  # the first, so that a page has something to draw
    run.snapshot("ann")
    run.advance()
    assert count[0] == 2


def test_speed_and_time_to_go_by_hand(clock):
    run = Run("id", job(), "ann", clock)
    run.advance()  # the look before the first update
    for _ in range(3):
        run.fit._update_s = 1.0  # one update a slice
        run.advance()
        clock.now += 2
    seen = run.snapshot("ann")
    # 3 updates in 6 seconds: half an update a second; 277 to go take 554 seconds
    assert (seen.step, seen.updates_per_second, seen.eta_s) == (3, 0.5, 554.0)
    run.direct(State.PAUSED)
    clock.now += 100  # a pause does not count
    assert run.snapshot("ann").updates_per_second == 0.5
    run.direct(State.RUNNING)
    clock.now += 6
    assert run.snapshot("ann").updates_per_second == 0.25
