"""What a page says of a training that others asked for, too: computed once, played from its start, or waited for."""

from __future__ import annotations

import time

import pytest
from streamlit.testing.v1 import AppTest

from core.runs.scheduler import SCHEDULER
from core.runs.snapshot import State
from ui.dnn.settings import Settings, job

pytestmark = pytest.mark.usefixtures("scheduler")

SLOW = {"dnn_epochs": "10000", "dnn_batch": "100"}  # 700 000 updates


def sentence(**more: object) -> str:
    """Return how far a run is said to be."""

    def page() -> None:
        import streamlit as st

        from ui.run import status

        st.text(status.sentence(st.session_state["now"]))

    from tests.pages.test_dnn_truth import stands

    at = AppTest.from_function(page)
    going = {"state": State.RUNNING, "step": 250, "epoch": 250.0, "updates_per_second": 12.5, "eta_s": 60.0}
    at.session_state["now"] = stands(**(going | more))
    at.run()
    return str(at.text[0].value)


def test_the_time_to_go_says_how_many_share_the_cores() -> None:
    done = "update 250 of 1000, epoch 250"
    assert sentence() == f"Training: {done}; 12 updates a second, 60 s to go"
    crowd = {"trainings": 41, "workers": 2}
    assert sentence(**crowd, eta_s=171.0) == f"Training: {done}; about 3 minutes to go: 41 trainings share two cores"
    assert sentence(**crowd, eta_s=42.4) == f"Training: {done}; about 42 s to go: 41 trainings share two cores"
    assert sentence(trainings=3, workers=1, eta_s=None) == "Starting: 3 trainings share one core"
    assert sentence(eta_s=None) == "Starting …"
    assert sentence(playing=True) == f"Playing what was computed before: {done}"


def test_one_training_of_two_visitors(open_page, words) -> None:
    settings = Settings(epochs=10_000, batch=100)
    other = SCHEDULER.submit(job(settings), "another-visitor")
    at = open_page("dnn_playground", **SLOW)
    at.button(key="dnn_train").click().run()
    assert "The same training as 1 other, computed once, in " in words(at)
    run_id = str(at.session_state["dnn_run"])
    while SCHEDULER.snapshot(run_id).playing:
        time.sleep(0.05)
    at.button(key="dnn_pause").click().run()
    assert "computed once" not in words(at)
    mine, theirs = SCHEDULER.snapshot(run_id), SCHEDULER.snapshot(other)
    assert (mine.state, theirs.state) == (State.PAUSED, State.RUNNING)
    SCHEDULER.cancel(other, "another-visitor")


def test_what_was_computed_before_can_be_skipped(open_page, words) -> None:
    settings = Settings(epochs=10_000, batch=100, seed=7)
    other = SCHEDULER.submit(job(settings), "another-visitor")
    until = time.monotonic() + 60
    while SCHEDULER.snapshot(other).seconds < 2 and time.monotonic() < until:
        time.sleep(0.05)
    at = open_page("dnn_playground", **SLOW, dnn_seed="7")
    at.button(key="dnn_train").click().run()
    assert "Playing what was computed before" in words(at)
    at.button(key="dnn_to_end").click().run()
    assert not SCHEDULER.snapshot(str(at.session_state["dnn_run"])).playing
    assert "dnn_to_end" not in {button.key for button in at.button}
    SCHEDULER.cancel(other, "another-visitor")
