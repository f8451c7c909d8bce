"""Equal jobs are computed once: who sees what, who gets a run of their own, and with which bits."""

import random
import threading
import time
from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch

from core.data.playground import DataConfig, NumberTable
from core.errors import InvalidInput
from core.nets.files import Weights
from core.nets.mlp import MlpConfig
from core.runs import shelf as shelf_module
from core.runs.book import Book
from core.runs.digits_job import MnistJob
from core.runs.job import fingerprint
from core.runs.playground_job import PlaygroundJob
from core.runs.run import Run
from core.runs.scheduler import DROP_AFTER_S, PARK_AFTER_S
from core.runs.shelf import MAX_IDLE
from core.runs.snapshot import State
from core.runs.watcher import PLAY_S, Watcher
from core.training import fit as fit_module
from core.training.compiled import cache
from core.training.config import TrainConfig
from tests.core.mnist_tiny import tiny
from tests.core.scheduling import LONG, SHORT, alone, ended, job, same, until

TORCH = replace(SHORT, engine="torch")
DIGITS = replace(tiny(200), checksum="tiny")


pytestmark = pytest.mark.usefixtures("compiled")


@pytest.fixture
def by_hand(make, clock, monkeypatch):
    """A scheduler without workers, one update a slice: a test does the turns, and moves the clock."""
    monkeypatch.setattr(fit_module, "SLICE_S", 1e-12)
    return make(started=False, workers=1, clock=clock)


def turns(scheduler, count=1):
    """Do so many turns, or as many as are wanted."""
    for _ in range(count):
        if not scheduler._turns._ready:
            return
        scheduler._turn()


def to_step(scheduler, run_id, step, owner="ann"):
    for _ in range(2000):
        if scheduler.snapshot(run_id, owner).step >= step:
            break
        turns(scheduler)
    assert scheduler.snapshot(run_id, owner).step == step


def to_the_end(scheduler):
    turns(scheduler, 5000)
    assert not scheduler._turns._ready


def source(scheduler, run_id):
    return scheduler._runs[run_id].shared.run


def lenet_job(engine="auto", samples=0, **train):
    config = TrainConfig(lr=0.2, momentum=0.5, batch_size=20, epochs=3, evaluations=6, seed=4, engine=engine)
    return MnistJob("lenet5", 1, replace(config, **train), DIGITS, samples)


JOBS = {
    "autograd": job(train=TORCH),
    "compiled": job(),
    "adam": job(train=replace(SHORT, optimiser="adam", momentum=0.0, lr=0.01)),
    "LeNet-5, autograd": lenet_job("torch"),
    "LeNet-5, compiled": lenet_job(),
}

# --- which jobs are equal --------------------------------------------------------------------------------------------


def test_equal_settings_are_one_job_and_any_other_setting_is_another():
    one = fingerprint(job())
    assert one == fingerprint(job())
    assert one == fingerprint(replace(job(), data=replace(job().data, noise=0)))  # 0 is 0.0
    first = Weights(b"some bytes")
    others = [
        job(seed=1),
        job(train=replace(SHORT, lr=0.3)),
        job(train=replace(SHORT, seed=4)),
        job(train=replace(SHORT, engine="torch")),
        job(train=replace(SHORT, evaluations=7)),
        job(samples=210),
        replace(job(), net=MlpConfig(activation="tanh")),
    ]
    marks = [one, *map(fingerprint, others)]
    assert None not in marks
    assert len(set(marks)) == len(marks)
    begun = [object.__new__(PlaygroundJob) for _ in range(3)]
    for made, start in zip(begun, (first, Weights(b"some bytes"), Weights(b"other bytes")), strict=True):
        made.__dict__.update(job().__dict__, start=start)
    assert fingerprint(begun[0]) == fingerprint(begun[1]) != fingerprint(begun[2])
    assert fingerprint(begun[0]) != one


def test_digits_count_with_their_checksum_and_an_own_table_or_an_earlier_run_is_shared_with_nobody(make):
    assert fingerprint(lenet_job()) == fingerprint(replace(lenet_job(), data=replace(tiny(200), checksum="tiny")))
    assert fingerprint(lenet_job()) != fingerprint(replace(lenet_job(), data=replace(DIGITS, checksum="other")))
    assert fingerprint(replace(lenet_job(), data=tiny(200))) is None
    end = ended(scheduler := make(), scheduler.submit(lenet_job(epochs=1), "ann"))
    assert fingerprint(lenet_job(epochs=1).longer(3, end.kept)) is None
    rows = np.arange(80, dtype=np.float32).reshape(40, 2)
    table = NumberTable("digest", "t.csv", ("a", "b"), ("c",), ("no", "yes"), rows, np.arange(40) % 2)
    own = PlaygroundJob(MlpConfig(widths=(2, 3, 2)), TrainConfig(), DataConfig("csv", table=table))
    assert fingerprint(own) is None


def test_nothing_is_shared_across_engines_or_versions(monkeypatch):
    compiled = fingerprint(job())
    monkeypatch.setattr(cache, "_machine", None)  # still being made ready: such a run begins with PyTorch's operations
    assert fingerprint(job()) != compiled
    monkeypatch.undo()
    monkeypatch.setattr(torch, "__version__", "99")
    assert fingerprint(job()) != compiled


# --- computed once ---------------------------------------------------------------------------------------------------


def counted(monkeypatch):
    """How many updates every training did, one after the other."""
    done, real = [], fit_module.Fit.take

    def take(fit, *args, **more):
        progress = real(fit, *args, **more)
        done.append(len(progress.losses))
        return progress

    monkeypatch.setattr(fit_module.Fit, "take", take)
    return done


def test_thirty_visitors_one_computation(make, monkeypatch):
    """Issue "Must show" 3: the course's LeNet-5 on few digits; one pauses at an update and goes on alone."""
    course = lenet_job(epochs=20)  # 10 updates each
    wanted, done = alone(course), counted(monkeypatch)
    monkeypatch.setattr(fit_module, "SLICE_S", 1e-12)
    scheduler = make(workers=2)
    ids = {f"visitor {n}": scheduler.submit(course, f"visitor {n}") for n in range(30)}
    leaver = "visitor 7"
    until(lambda: scheduler.snapshot(ids[leaver], leaver).step >= 3)
    scheduler.pause(ids[leaver], leaver)
    assert scheduler.settle(ids[leaver], 10)
    paused = scheduler.snapshot(ids[leaver], leaver)
    assert (paused.state, paused.shared, paused.weights_at) == (State.PAUSED, 0, paused.step)
    ends = {owner: ended(scheduler, ids[owner]) for owner in ids if owner != leaver}
    assert sum(done) == 200
    for owner, end in ends.items():
        same(end, wanted)
        assert (end.run_id, end.shared, end.seconds) == (ids[owner], 28, ends["visitor 0"].seconds)
        assert end.evaluation == ends["visitor 0"].evaluation
    scheduler.resume(ids[leaver], leaver)
    same(ended(scheduler, ids[leaver]), wanted)
    assert sum(done) == 200 + 200 - paused.step


def test_each_has_a_run_of_their_own_by_name_owner_and_beginning(make):
    scheduler = make(started=False)
    ann, bob = scheduler.submit(job(), "ann"), scheduler.submit(job(), "bob")
    mine, other = scheduler.snapshot(ann, "ann"), scheduler.snapshot(bob, "ann")
    assert (mine.run_id, mine.mine, other.run_id, other.mine) == (ann, True, bob, False)
    assert mine.shared == other.shared == 1
    assert mine.shows == other.shows
    assert mine.started_at < other.started_at
    assert scheduler.newest("bob", "playground").run_id == bob
    again = scheduler.submit(job(), "bob")  # in the place of the one before, which is no other visitor
    assert scheduler.snapshot(again, "bob").shared == 1


@pytest.mark.parametrize("unlike", [{"updates": 1}, {"paused": True}, {"speed": 5.0}])
def test_who_begins_otherwise_has_a_run_of_their_own(make, unlike):
    scheduler = make(started=False)
    first, other = scheduler.submit(job(), "ann"), scheduler.submit(job(), "bob", **unlike)
    assert isinstance(scheduler._runs[first], Watcher)
    assert isinstance(scheduler._runs[other], Run)
    assert scheduler.snapshot(first).shared == 0


def test_an_untouched_first_look_joins_when_it_goes_on(by_hand):
    fresh = {owner: by_hand.submit(job(), owner, paused=True) for owner in ("ann", "bob")}
    to_the_end(by_hand)
    for owner, run_id in fresh.items():
        assert by_hand.snapshot(run_id).evaluated_at == 0
        by_hand.resume(run_id, owner)
        assert by_hand.snapshot(run_id).weights  # nothing flickers
    assert source(by_hand, fresh["ann"]) is source(by_hand, fresh["bob"])
    to_the_end(by_hand)
    for run_id in fresh.values():
        same(by_hand.snapshot(run_id), alone(job()))
    touched = by_hand.submit(job(), "cem", paused=True)
    by_hand.change(touched, "cem", lr=0.1)
    to_the_end(by_hand)
    by_hand.resume(touched, "cem")
    assert isinstance(by_hand._runs[touched], Run)


# --- a run of one's own ----------------------------------------------------------------------------------------------

ORDERS = {
    "pause": lambda s, run_id: s.pause(run_id, "bob"),
    "one update": lambda s, run_id: s.step(run_id, "bob"),
    "one epoch": lambda s, run_id: s.step_epoch(run_id, "bob"),
    "speed": lambda s, run_id: s.speed(run_id, "bob", 100.0),
}


@pytest.mark.parametrize("name", JOBS)
@pytest.mark.parametrize("order", ORDERS)
def test_the_first_own_order_forks_bit_for_bit_and_the_others_go_on(by_hand, clock, name, order):
    wanted = alone(JOBS[name])
    rest = {owner: by_hand.submit(JOBS[name], owner) for owner in ("ann", "bob", "cem")}
    to_step(by_hand, rest["ann"], 5)
    ORDERS[order](by_hand, rest["bob"])
    assert isinstance(by_hand._runs[rest["bob"]], Run)
    now = by_hand.snapshot(rest["bob"], "bob")
    assert (now.step, now.weights_at, now.losses, now.shared) == (5, 5, wanted[0][:5], 0)
    assert by_hand.snapshot(rest["ann"]).shared == 1
    by_hand.speed(rest["bob"], "bob", None)
    to_the_end(by_hand)
    for owner in ("ann", "cem"):
        same(by_hand.snapshot(rest[owner]), wanted)
    by_hand.resume(rest["bob"], "bob")
    to_the_end(by_hand)
    same(by_hand.snapshot(rest["bob"]), wanted, looks=False)


def test_a_changed_rate_and_an_edited_weight_are_what_an_own_run_makes_of_them(by_hand):
    def changed(owner):
        with pytest.raises(InvalidInput, match=r"no parameter net\.9"):
            by_hand.edit(ids[owner], owner, "net.9.bias", (0,), 1.5)
        by_hand.change(ids[owner], owner, lr=0.05)
        by_hand.edit(ids[owner], owner, "net.0.bias", (0,), 1.5)

    own = by_hand.submit(job(), "own", updates=5)
    to_the_end(by_hand)
    ids = {"own": own} | {owner: by_hand.submit(job(), owner) for owner in ("ann", "bob")}
    to_step(by_hand, ids["ann"], 5)
    changed("own")
    changed("bob")
    by_hand.resume(own, "own")
    to_the_end(by_hand)
    found, wanted = by_hand.snapshot(ids["bob"]), by_hand.snapshot(own)
    assert found.losses == wanted.losses
    assert all(torch.equal(found.weights[name], wanted.weights[name]) for name in wanted.weights)
    assert found.changes == wanted.changes
    same(by_hand.snapshot(ids["ann"]), alone(job()))


def test_the_last_one_takes_the_computation_over(by_hand):
    ann = by_hand.submit(job(), "ann")
    to_step(by_hand, ann, 5)
    computing, fit = source(by_hand, ann), source(by_hand, ann).fit
    by_hand.pause(ann, "ann")
    assert by_hand._runs[ann] is computing
    assert computing.fit is fit
    by_hand.step(ann, "ann")
    to_the_end(by_hand)
    assert by_hand.snapshot(ann).trace.step == 6
    assert by_hand._shelf.runs == []


def test_in_the_middle_of_a_slice_an_order_waits_for_its_end(make):
    entered, let_go = threading.Event(), threading.Event()

    @dataclass(frozen=True)
    class Held(PlaygroundJob):
        def make(self, resume=None):
            run = super().make(resume)
            real = run.take

            def take(updates, look=False):
                if run.step >= 3 and resume is None:
                    entered.set()
                    assert let_go.wait(20)
                return real(1, look)

            run.take = take
            return run

    held = Held(job().net, job().train, job().data)
    scheduler = make(workers=1)
    ann, bob, cem = (scheduler.submit(held, owner) for owner in ("ann", "bob", "cem"))
    assert entered.wait(10)
    scheduler.pause(bob, "bob")
    scheduler.step(bob, "bob", 2)
    scheduler.cancel(cem, "cem")  # needs nothing that the worker has
    assert scheduler.snapshot(cem).state is State.STOPPED
    now = scheduler.snapshot(bob, "bob")
    assert (now.state, now.busy, now.step) == (State.PAUSED, True, 3)
    assert not scheduler.settle(bob, 0.05)
    let_go.set()
    assert scheduler.settle(bob, 10)
    now = scheduler.snapshot(bob, "bob")
    assert (now.state, now.step) == (State.PAUSED, 6)  # the slice under way, and two more
    assert now.losses == alone(job())[0][:6]
    same(ended(scheduler, ann), alone(job()))


def test_a_stranger_controls_no_shared_run(make):
    scheduler = make(started=False)
    ids = {owner: scheduler.submit(job(), owner) for owner in ("ann", "bob")}
    for act in (
        scheduler.pause,
        scheduler.resume,
        scheduler.step,
        scheduler.step_epoch,
        scheduler.cancel,
        scheduler.forget,
        scheduler.to_end,
        lambda *who: scheduler.speed(*who, 5.0),
        lambda *who: scheduler.change(*who, lr=0.1),
        lambda *who: scheduler.edit(*who, "net.0.bias", (0,), 1.0),
    ):
        for stranger in ("bob", "", "cem"):
            with pytest.raises(InvalidInput, match="another visitor"):
                act(ids["ann"], stranger)
    [key] = scheduler._shelf._shared
    assert scheduler.snapshot(key, "") is None  # what is computed for all has no name that a visitor could use
    scheduler.cancel(key, "")
    assert [scheduler.snapshot(run_id).state for run_id in ids.values()] == [State.RUNNING] * 2


# --- coming later ----------------------------------------------------------------------------------------------------


def test_who_comes_later_sees_it_from_the_first_update(by_hand, clock):
    ann = by_hand.submit(job(), "ann")
    clock.now += 2
    to_step(by_hand, ann, 100)
    bob = by_hand.submit(job(), "bob")  # 2 s of running are played in 2 s
    wanted, steps = alone(job()), []
    for _ in range(20):
        now = by_hand.snapshot(bob, "bob")
        steps.append(now.step)
        assert (now.playing, now.state, now.busy) == (True, State.RUNNING, False)
        assert now.losses == wanted[0][: now.step]
        assert (now.weights_at, now.evaluated_at) == (now.step, now.step)
        assert [at for at, *_ in now.evaluations] == [at for at, *_ in wanted[1] if at <= now.step]
        assert now.kept.moments[-1].step == now.step
        assert by_hand.losses(bob) == tuple(loss for _, loss in now.losses)
        clock.now += 0.1
    assert steps == sorted(steps)
    assert steps[0] == 0
    assert steps[-1] == 94
    assert len(set(steps)) > 10
    now = by_hand.snapshot(bob, "bob")
    assert (now.playing, now.step) == (False, 100)
    to_the_end(by_hand)
    same(by_hand.snapshot(bob), wanted)


def test_a_finished_one_is_played_in_a_few_seconds_and_written_down(make, clock, monkeypatch):
    monkeypatch.setattr(fit_module, "SLICE_S", 1e-12)
    book, done = Book(), counted(monkeypatch)
    scheduler = make(started=False, workers=1, clock=clock, on_end=book.write)
    scheduler.submit(job(), "ann")
    clock.now += 60
    to_the_end(scheduler)
    assert sum(done) == 280
    assert len(book.entries("ann")) == 1
    clock.now += 300
    bob = scheduler.submit(job(), "bob")
    assert scheduler.snapshot(bob).step == 0
    assert book.entries("bob") == ()
    clock.now += PLAY_S / 2
    assert 0 < scheduler.snapshot(bob).step < 280
    clock.now += PLAY_S / 2
    assert (scheduler.snapshot(bob).state, scheduler.snapshot(bob).step) == (State.FINISHED, 280)
    [row], [first] = book.entries("bob"), book.entries("ann")
    assert (row.losses, row.seconds, row.state) == (first.losses, first.seconds, "finished")
    assert sum(done) == 280
    cem = scheduler.submit(job(), "cem")
    scheduler.to_end(cem, "cem")
    assert scheduler.snapshot(cem).state is State.FINISHED
    assert scheduler.settle(cem, 0)
    assert len(book.entries("cem")) == 1


def test_nobody_has_to_look_for_a_played_run_to_end(make, ticking):
    book = Book()
    scheduler = make(clock=ticking, on_end=book.write)
    ended(scheduler, scheduler.submit(job(), "ann"))
    scheduler.submit(job(), "bob")
    until(lambda: book.entries("bob"))


def test_a_pause_while_it_plays_stands_at_a_moment_and_plays_on(by_hand, clock):
    ann = by_hand.submit(job(), "ann")
    clock.now += 60
    to_the_end(by_hand)
    bob = by_hand.submit(job(), "bob")
    clock.now += 1.0
    by_hand.pause(bob, "bob")
    first = by_hand.snapshot(bob, "bob")
    clock.now += 30
    later = by_hand.snapshot(bob, "bob")
    assert (later.state, later.step, later.losses) == (State.PAUSED, first.step, first.losses)
    assert 0 < later.step < 280
    assert (later.busy, later.playing, later.shared) == (False, False, 1)
    assert isinstance(by_hand._runs[bob], Watcher)  # nothing is computed for it
    by_hand.resume(bob, "bob")
    assert by_hand.snapshot(bob, "bob").step == first.step
    clock.now += PLAY_S / 2
    assert by_hand.snapshot(bob, "bob").step > first.step
    clock.now += PLAY_S / 2
    same(by_hand.snapshot(bob), alone(job()))
    assert by_hand.snapshot(ann).step == 280


@pytest.mark.parametrize("name", JOBS)
def test_an_update_from_a_moment_has_the_bits_of_an_own_run(by_hand, clock, name):
    wanted = alone(JOBS[name])
    ann = by_hand.submit(JOBS[name], "ann")
    clock.now += 60
    to_the_end(by_hand)
    bob = by_hand.submit(JOBS[name], "bob")
    clock.now += 1.7
    by_hand.pause(bob, "bob")
    at = by_hand.snapshot(bob, "bob").step
    assert 0 < at < len(wanted[0])
    by_hand.step(bob, "bob")
    to_the_end(by_hand)
    now = by_hand.snapshot(bob, "bob")
    assert (now.state, now.step, now.shared) == (State.PAUSED, at + 1, 0)
    assert now.losses == wanted[0][: at + 1]
    by_hand.resume(bob, "bob")
    to_the_end(by_hand)
    same(by_hand.snapshot(bob), wanted, looks=False)
    same(by_hand.snapshot(ann), wanted)


def test_stopped_while_it_plays_it_ends_at_what_was_seen(make, clock, monkeypatch):
    monkeypatch.setattr(fit_module, "SLICE_S", 1e-12)
    book = Book()
    scheduler = make(started=False, workers=1, clock=clock, on_end=book.write)
    scheduler.submit(job(), "ann")
    clock.now += 60
    to_the_end(scheduler)
    bob = scheduler.submit(job(), "bob")
    clock.now += 2
    at = scheduler.snapshot(bob).step
    scheduler.cancel(bob, "bob")
    now = scheduler.snapshot(bob)
    assert (now.state, now.step, now.weights_at, now.shared) == (State.STOPPED, at, at, 0)
    assert now.losses == alone(job())[0][:at]
    assert [(row.state, row.step) for row in book.entries("bob")] == [("stopped", at)]


def test_what_diverged_is_played_and_what_failed_is_begun_anew(by_hand, clock, caplog):
    wild = replace(job(), net=MlpConfig(activation="identity"), train=replace(SHORT, loss="mse", lr=100.0))
    by_hand.submit(wild, "ann")
    to_the_end(by_hand)
    assert by_hand.snapshot(by_hand.submit(wild, "bob")).state is State.DIVERGED

    @dataclass(frozen=True)
    class Broken(PlaygroundJob):
        def make(self, resume=None):
            raise MemoryError

    broken = Broken(job().net, job().train, job().data)
    ids = [by_hand.submit(broken, owner) for owner in ("ann", "bob")]
    to_the_end(by_hand)
    for run_id in ids:
        now = by_hand.snapshot(run_id)
        assert (now.state, "MemoryError" in str(now.error)) == (State.FAILED, True)
    again = by_hand.submit(broken, "cem")
    assert by_hand.snapshot(again).state is State.RUNNING


# --- nobody looks ----------------------------------------------------------------------------------------------------


def test_it_goes_on_while_anybody_follows_and_rests_when_nobody_does(by_hand, clock):
    ids = {owner: by_hand.submit(job(train=LONG), owner) for owner in ("ann", "bob")}
    to_step(by_hand, ids["ann"], 10)
    computing = source(by_hand, ids["ann"])
    by_hand.pause(ids["ann"], "ann")
    assert computing.state is State.RUNNING
    by_hand.cancel(ids["bob"], "bob")  # the last one has it to itself
    assert computing.state is State.STOPPED
    assert by_hand._shelf.runs == []
    assert by_hand.snapshot(ids["ann"]).state is State.PAUSED


def test_a_computation_without_a_follower_rests_is_parked_and_joined_again(make, ticking):
    scheduler = make(clock=ticking)
    ids = {owner: scheduler.submit(job(train=LONG), owner) for owner in ("ann", "bob")}
    until(lambda: scheduler.snapshot(ids["ann"]).step > 100)
    computing = source(scheduler, ids["ann"])
    ticking.now += PARK_AFTER_S + 1
    until(lambda: computing.parked is not None or not scheduler._shelf.runs)
    until(lambda: all(run.state is State.PAUSED and run.parked for run in scheduler._runs.values()))
    assert all(run.fit is None for run in scheduler.computations())
    for owner, run_id in ids.items():
        scheduler.resume(run_id, owner)
    steps = [scheduler.snapshot(run_id).step for run_id in ids.values()]
    until(lambda: all(scheduler.snapshot(run_id).step > max(steps) + 50 for run_id in ids.values()))


def test_one_who_is_gone_stands_at_a_moment_while_the_others_go_on(by_hand, clock):
    ids = {owner: by_hand.submit(job(), owner) for owner in ("ann", "bob", "cem")}
    to_step(by_hand, ids["ann"], 20)
    clock.now += PARK_AFTER_S + 1
    for owner in ("ann", "cem"):
        by_hand.snapshot(ids[owner])
    turns(by_hand, 5)
    gone = by_hand._runs[ids["bob"]]
    assert (gone.state, gone.parked, gone.step) == (State.PAUSED, True, 16)
    assert by_hand.snapshot(ids["ann"]).step > 20
    to_the_end(by_hand)
    now = by_hand.snapshot(ids["bob"], "bob")
    assert (now.state, now.step, now.parked) == (State.PAUSED, 16, True)
    by_hand.resume(ids["bob"], "bob")
    clock.now += PLAY_S
    same(by_hand.snapshot(ids["bob"]), alone(job()))


def test_what_nobody_asks_for_is_dropped(make, ticking):
    scheduler = make(clock=ticking)
    wild = job(train=LONG)
    ids = [scheduler.submit(wild, owner) for owner in ("ann", "bob")]
    until(lambda: scheduler.snapshot(ids[0]).step > 20)
    ticking.now += DROP_AFTER_S + 1
    until(lambda: not scheduler._runs and not scheduler._shelf.runs)


def test_finished_ones_are_kept_within_limits(by_hand, clock, monkeypatch):
    short = replace(SHORT, epochs=1, evaluations=1)
    for seed in range(MAX_IDLE + 5):
        by_hand.submit(job(train=replace(short, seed=seed)), "ann")
        to_the_end(by_hand)
    clock.now += 5
    by_hand.submit(job(train=replace(short, seed=2)), "bob")  # asked for again, so not the oldest any more
    clock.now += 5
    by_hand._sweep()
    kept = {run.job.train.seed for run in by_hand._shelf.runs}
    assert len(kept) == MAX_IDLE + 3  # and those that are on a screen
    assert {2, MAX_IDLE + 4} <= kept
    assert 0 not in kept
    monkeypatch.setattr(shelf_module, "MAX_BYTES", 100_000)
    clock.now += 5
    by_hand._sweep()
    assert sum(run.spare_bytes for run in by_hand.computations()) <= 100_000
    assert 2 in {run.job.train.seed for run in by_hand._shelf.runs}


def test_moments_of_all_runs_together_are_bounded(by_hand, clock, monkeypatch):
    monkeypatch.setattr(shelf_module, "MAX_BYTES", 400_000)
    ids = [by_hand.submit(job(seed), f"visitor {seed}") for seed in range(8)]
    to_the_end(by_hand)
    clock.now += 2
    for run_id in ids:
        by_hand.snapshot(run_id)
    by_hand._sweep()
    assert sum(run.spare_bytes for run in by_hand.computations()) <= 400_000
    for run_id in ids:
        steps = [moment.step for moment in by_hand.snapshot(run_id).kept.moments]
        assert (steps[0], steps[-1]) == (0, 280)


def test_a_class_that_presses_everything_breaks_nothing(make):
    """Thirty visitors of three trainings, at random; every end is that of the job alone, or where it was stopped."""
    scheduler, failures = make(workers=2), []
    wanted = {seed: alone(job(seed)) for seed in range(3)}

    def visitor(number):
        chance, seed = random.Random(number), number % 3
        owner, run_id = f"visitor {number}", scheduler.submit(job(seed), f"visitor {number}")
        try:
            for _ in range(12):
                act = chance.choice(["pause", "resume", "step", "resume", "to_end", "again", "look"])
                if act == "again":
                    run_id = scheduler.submit(job(seed), owner)
                elif act != "look":
                    getattr(scheduler, act)(run_id, owner)
                now = scheduler.snapshot(run_id, owner)
                assert now.mine
                assert now.losses == wanted[seed][0][: now.step]
                assert now.state in (State.RUNNING, State.PAUSED, State.FINISHED)
                time.sleep(chance.random() * 0.01)
            scheduler.resume(run_id, owner)
            same(ended(scheduler, run_id), wanted[seed], looks=False)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=visitor, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures
