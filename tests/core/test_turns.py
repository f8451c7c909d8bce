"""Whose turn it is: by computed time, short ones first, looked at before not looked at, and nobody starves."""

import math

import pytest

from core.runs.pool import LEAD_S, MAX_ACCOUNTS, TURN_S, UNWATCHED, Turns
from core.runs.snapshot import State
from tests.core.scheduling import LONG, SHORT, Slowly, job, until


class Some:
    """A run that wants so many seconds of computing, a slice at a time."""

    due = -math.inf

    def __init__(self, run_id, owner=None, needs=math.inf, slice_s=0.04, watched=True):
        self.run_id, self.owner, self.needs, self.slice_s = run_id, run_id if owner is None else owner, needs, slice_s
        self.watched, self.queued, self.had = watched, False, 0.0

    @property
    def wanted(self):
        return self.had < self.needs - 1e-9

    def taken(self):
        self.queued = True


def serve(turns, runs, seconds, share=1):
    """Serve on one worker until so many seconds are over or nothing is wanted; return who was served, in order."""
    order, left = [], seconds
    for run in runs:
        turns.add(run, 0.0)
    while left > 0 and (run := turns.take(0.0)):
        run.had += run.slice_s
        left -= run.slice_s
        turns.charge(run, run.slice_s / share)
        run.queued = False
        turns.add(run, 0.0)
        order.append(run.run_id)
    return order


def test_equal_ones_take_turns():
    assert serve(Turns(), [Some("a"), Some("b"), Some("c")], 0.5)[:9] == ["a", "b", "c"] * 3


def test_turns_are_fair_by_time_not_by_count():
    slow, quick = Some("slow", slice_s=0.4), Some("quick", slice_s=0.02)
    serve(Turns(), [slow, quick], 20)
    assert abs(slow.had - quick.had) <= 0.4 + TURN_S


def test_a_short_run_ends_before_long_ones_hold_it_up():
    turns, long = Turns(), [Some(f"long {n}") for n in range(40)]
    serve(turns, long, 100)
    short = Some("short", needs=0.6)
    order = serve(turns, [short], 3)
    assert short.had >= 0.6
    assert order.index("short") <= 1
    assert len(order) - 1 - order[::-1].index("short") < 0.6 / 0.04 + 3  # it hardly waits: its lead is for this


def test_a_newcomer_is_ahead_for_a_moment_and_then_one_of_all():
    turns, others = Turns(), [Some(f"other {n}") for n in range(4)]
    serve(turns, others, 40)
    before, late = others[0].had, Some("late")
    serve(turns, [late], 10)
    assert late.had == pytest.approx(LEAD_S + (10 - LEAD_S) / 5, abs=2 * TURN_S)
    assert others[0].had - before == pytest.approx((10 - LEAD_S) / 5, abs=2 * TURN_S)


def test_who_starts_again_and_again_gets_no_more_than_anybody():
    """An account is its owner's, not its run's."""
    turns, honest, had = Turns(), Some("honest"), 0.0
    serve(turns, [honest], 5)
    for number in range(60):
        again = Some(f"run {number}", owner="hurried", needs=0.2)
        serve(turns, [again], 0.4)
        had += again.had
    assert had <= (honest.had - 5) + LEAD_S + 2 * TURN_S


def test_two_runs_of_one_visitor_share_an_account():
    turns, mine, other = Turns(), [Some("lenet", "ann"), Some("dnn", "ann")], Some("other")
    serve(turns, [*mine, other], 20)
    assert sum(run.had for run in mine) == pytest.approx(10, abs=2 * TURN_S)
    assert mine[0].had == pytest.approx(mine[1].had, abs=TURN_S)


def test_what_many_watch_counts_for_each_of_them():
    turns, shared, own = Turns(), Some("digest", owner=""), Some("own")
    for run in (shared, own):
        turns.add(run, 0.0)
    for _ in range(1000):
        run = turns.take(0.0)
        run.had += 0.04
        turns.charge(run, 0.04 / (9 if run is shared else 1))
        run.queued = False
        turns.add(run, 0.0)
    assert shared.had / own.had == pytest.approx(9, rel=0.1)


def test_looked_at_before_not_looked_at_without_starving_it():
    turns, seen, hidden = Turns(), [Some("a"), Some("b")], Some("hidden", watched=False)
    order = serve(turns, [hidden, *seen], 40)
    assert order.count("hidden") == pytest.approx(len(order) / UNWATCHED, abs=2)
    assert order[:3] != ["hidden"] * 3
    hidden.watched = True  # somebody is back: served like anybody, neither punished nor rewarded
    before = {run.run_id: run.had for run in (*seen, hidden)}
    serve(turns, [], 9)
    for run in (*seen, hidden):
        assert run.had - before[run.run_id] == pytest.approx(3, abs=LEAD_S + 2 * TURN_S)


def test_the_only_one_is_served_looked_at_or_not_and_is_not_put_behind_for_it():
    turns, hidden = Turns(), Some("hidden", watched=False)
    serve(turns, [hidden], 100)
    hidden.watched, other = True, Some("other")
    serve(turns, [other], 10)
    assert hidden.had - 100 >= 4


def test_accounts_are_bounded():
    turns = Turns()
    for number in range(3 * MAX_ACCOUNTS):
        serve(turns, [Some(f"run {number}", needs=0.04)], 1)
    assert len(turns._spent) == MAX_ACCOUNTS


def test_with_the_scheduler_short_ones_end_first(make):
    scheduler = make(workers=1)
    long = [scheduler.submit(Slowly(job(n, LONG)), f"long {n}") for n in range(4)]
    until(lambda: all(scheduler.snapshot(run_id).step > 3 for run_id in long))
    short = scheduler.submit(Slowly(job(9, SHORT)), "short")
    until(lambda: scheduler.snapshot(short).state is State.FINISHED)
    done = [scheduler.snapshot(run_id).step for run_id in long]
    assert sum(done) < 4 * 280


# --- what is told ----------------------------------------------------------------------------------------------------


def test_the_time_to_go_counts_those_who_share_the_workers(make, clock):
    scheduler = make(started=False, workers=2, clock=clock)
    ids = [scheduler.submit(job(n), f"visitor {n}") for n in range(5)]
    own = [scheduler._runs[run_id].shared.run for run_id in ids]
    for run in own:
        run.advance()
        run.advance()
    clock.now += 1
    left = [run.left_s for run in own]
    assert all(0 < seconds < math.inf for seconds in left)
    for run_id, mine in zip(ids, left, strict=True):
        now = scheduler.snapshot(run_id)
        assert (now.trainings, now.workers) == (5, 2)
        assert now.eta_s == pytest.approx(max(mine, sum(min(mine, other) for other in left) / 2))
    late = scheduler.submit(job(9), "late")  # nobody knows yet what an update of it takes
    clock.now += 1
    now = scheduler.snapshot(late)
    assert (now.trainings, now.eta_s) == (6, None)
    for number in range(4):
        scheduler.pause(ids[number], f"visitor {number}")
    clock.now += 1
    assert scheduler.snapshot(ids[4]).trainings == 1  # two workers for two: each has its own


def test_thirty_of_one_training_are_one_training(make, clock):
    scheduler = make(started=False, workers=1, clock=clock)
    ids = [scheduler.submit(job(), f"visitor {n}") for n in range(30)]
    assert {scheduler.snapshot(run_id).trainings for run_id in ids} == {1}


def test_a_slice_is_charged_by_the_clock(make, clock, monkeypatch):
    scheduler = make(started=False, workers=1, clock=clock)
    for name, seconds in (("slow", 1.0), ("quick", 0.1)):
        run_id = scheduler.submit(job(LONG.seed, LONG), name, speed=1e6)
        run = scheduler._runs[run_id]
        real = run.advance

        def advance(threads=1, real=real, seconds=seconds):
            clock.now += seconds
            real(threads)

        monkeypatch.setattr(run, "advance", advance)
    for _ in range(40):
        scheduler._turn()
    spent = scheduler._turns._spent
    assert abs(spent["slow"] - spent["quick"]) <= 1.0 + TURN_S
