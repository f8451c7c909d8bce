"""A task's goal: which parts a run has met, and when."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import pytest

from core.errors import InvalidInput
from core.nets.mlp import MlpConfig
from core.runs.goals import Goal, Verdict
from core.runs.scheduler import Scheduler
from core.training.config import TrainConfig
from tests.core.scheduling import one_hot_job

LOOKS = [(0, 0.2, 1.5), (50, 0.9, 0.3), (100, 0.96, 0.2), (150, 0.93, 0.1)]


@pytest.mark.parametrize(
    ("goal", "verdict"),
    [
        (Goal(accuracy=0.95), Verdict(True, None, None, None, 100)),
        (Goal(accuracy=0.97), Verdict(False, None, None, None, None)),
        (Goal(accuracy=0.96), Verdict(True, None, None, None, 100)),  # at least: the very value counts
        (Goal(accuracy=0.9, parameters=98), Verdict(True, None, True, None, 50)),
        (Goal(accuracy=0.9, parameters=97), Verdict(True, None, False, None, None)),
        (Goal(accuracy=0.95, updates=100), Verdict(True, None, None, True, 100)),
        (Goal(accuracy=0.95, updates=99), Verdict(False, None, None, False, None)),
        (Goal(accuracy=0.95, updates=200), Verdict(True, None, None, True, 100)),
        (Goal(accuracy=0.99, updates=151), Verdict(False, None, None, True, None)),  # there is still time
        (Goal(loss=0.2), Verdict(None, True, None, None, 100)),
        (Goal(loss=0.05), Verdict(None, False, None, None, None)),
        (Goal(accuracy=0.95, loss=0.15), Verdict(True, True, None, None, None)),  # both, but not at one look
        (Goal(accuracy=0.93, loss=0.1), Verdict(True, True, None, None, 150)),
        (Goal(parameters=98), Verdict(None, None, True, None, 0)),
    ],
)
def test_verdicts(goal, verdict) -> None:
    found = goal.judge_looks(98, 150, LOOKS)
    assert found == verdict
    assert found.met == (verdict.at is not None)


def test_before_the_first_look_nothing_is_met() -> None:
    assert Goal(accuracy=0.1, updates=5).judge_looks(9, 0, []) == Verdict(False, None, None, True, None)


def test_a_regression_has_no_accuracy() -> None:
    looks = [(0, math.nan, 2.0), (9, math.nan, 0.1)]
    assert Goal(accuracy=0.5).judge_looks(9, 9, looks).at is None
    assert Goal(loss=0.5).judge_looks(9, 9, looks).at == 9


@pytest.mark.parametrize(
    "values",
    [
        {"accuracy": 0.0},
        {"accuracy": 1.01},
        {"accuracy": math.nan},
        {"loss": 0.0},
        {"loss": math.inf},
        {"parameters": 0},
        {"updates": -1},
    ],
)
def test_goals_that_make_no_sense(values) -> None:
    with pytest.raises(InvalidInput):
        Goal(**values)


def test_nothing_asked_is_no_task() -> None:
    assert not Goal()
    assert Goal(updates=1)


def test_a_real_run_is_judged() -> None:
    train = TrainConfig(optimiser="adam", lr=0.01, batch_size=100, epochs=20, evaluations=20)
    scheduler = Scheduler(workers=1)
    scheduler.start()
    try:
        run_id = scheduler.submit(one_hot_job(MlpConfig((3, 12, 3), "tanh"), train, samples=1000), "somebody-somebody")
        deadline = time.monotonic() + 60
        while (snapshot := scheduler.snapshot(run_id)).state.alive and time.monotonic() < deadline:
            time.sleep(0.02)
    finally:
        scheduler.stop()
    assert snapshot.evaluation is not None
    reached = snapshot.evaluation.accuracy
    assert Goal(accuracy=reached).judge(87, snapshot).met
    assert Goal(accuracy=0.01, updates=1, parameters=87).judge(87, snapshot).at == 0
    assert Goal(accuracy=0.01, parameters=86).judge(87, snapshot).parameters is False
    thinned = replace(snapshot, evaluations=snapshot.evaluations[:1])
    assert Goal(loss=snapshot.evaluation.loss).judge(87, thinned).at == snapshot.evaluated_at
