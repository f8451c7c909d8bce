"""Runs in the DNN playground: one epoch, reset, speed, changes under way; finished runs compared, named, loaded."""

from __future__ import annotations

import csv
import io
import json
import time

import pytest
from streamlit.testing.v1 import AppTest

pytestmark = pytest.mark.usefixtures("scheduler")

QUICK = {"dnn_samples": "200", "dnn_batch": "35", "dnn_epochs": "20"}  # 4 updates an epoch, 80 in all
LONG = {**QUICK, "dnn_epochs": "10000", "dnn_batch": "5"}


def owner(at: AppTest) -> str:
    """AppTest has no cookies: each session is a visitor of its own."""
    return str(at.session_state["_owner"])


def now(at: AppTest):
    from core.runs.scheduler import SCHEDULER

    return SCHEDULER.snapshot(str(at.session_state["dnn_run"]))


def keys(at: AppTest) -> set[str]:
    return {button.key for button in at.button if button.key}


def train(at: AppTest, seconds: float = 60) -> object:
    at.button(key="dnn_train").click().run()
    until = time.monotonic() + seconds
    while (seen := now(at)).state == "running" or seen.busy:
        assert time.monotonic() < until
        time.sleep(0.02)
    at.run()
    assert not at.exception
    return seen


# --- extras of the stage ---------------------------------------------------------------------------------------------


def test_one_epoch_at_a_time_from_the_start(open_page) -> None:
    at = open_page("dnn_playground", **QUICK)
    at.button(key="dnn_epoch").click().run()
    assert (now(at).state, now(at).step) == ("paused", 4)
    at.button(key="dnn_step").click().run()
    at.button(key="dnn_epoch").click().run()
    assert (now(at).state, now(at).step) == ("paused", 8)
    assert not at.exception


def test_reset_goes_back_to_first_weights_that_follow_the_controls(open_page, words) -> None:
    at = open_page("dnn_playground", **QUICK)
    assert at.button(key="dnn_reset").disabled
    trained = train(at)
    at.button(key="dnn_reset").click().run()
    fresh = now(at)
    assert (fresh.state, fresh.step, fresh.evaluated_at) == ("paused", 0, 0)
    assert fresh.weights["net.0.weight"].shape == (5, 3)
    assert not (fresh.weights["net.0.weight"] == trained.weights["net.0.weight"]).all()
    assert "dnn_train" in keys(at)
    assert "dnn_resume" not in keys(at)
    at.slider(key="dnn_width").set_value(7).run()
    assert now(at).weights["net.0.weight"].shape == (7, 3)
    assert "take effect" not in words(at)
    train(at)
    assert (now(at).state, now(at).step) == ("finished", 80)


def test_reset_while_it_runs_and_with_settings_that_cannot_start(open_page) -> None:
    at = open_page("dnn_playground", **LONG)
    at.button(key="dnn_train").click().run()
    before = at.session_state["dnn_run"]
    at.text_input(key="dnn_widths").set_value("5-x").run()
    at.button(key="dnn_reset").click().run()
    assert at.session_state["dnn_run"] == ""
    assert not at.exception
    from core.runs.scheduler import SCHEDULER

    assert SCHEDULER.snapshot(before) is None
    assert at.button(key="dnn_train").disabled


def test_a_speed_is_kept_for_the_next_run_and_changes_the_present_one(open_page) -> None:
    at = open_page("dnn_playground", **LONG)
    at.selectbox(key="dnn_speed").set_value(5).run()
    at.button(key="dnn_train").click().run()
    assert now(at).speed == 5
    at.selectbox(key="dnn_speed").set_value(0).run()
    assert now(at).speed is None
    at.selectbox(key="dnn_speed").set_value(25).run()
    assert now(at).speed == 25
    again = open_page("dnn_playground", **LONG, dnn_run=at.session_state["dnn_run"])
    assert again.selectbox(key="dnn_speed").value == 25  # a reloaded page shows what is in force
    at.button(key="dnn_stop").click().run()


def test_learning_rate_and_batch_size_are_put_into_the_run_under_way(open_page, words) -> None:
    at = open_page("dnn_playground", **LONG)
    at.button(key="dnn_train").click().run()
    assert "dnn_take_over" not in keys(at)
    at.number_input(key="dnn_lr").set_value(0.05).run()
    assert "This run is not as the controls say" in words(at)
    at.button(key="dnn_take_over").click().run()
    assert now(at).state == "running"
    [change] = now(at).changes
    assert (change.what, change.value) == ("lr", 0.05)
    assert "learning rate = 0.05 after update" in words(at)
    assert "This run is not as the controls say" not in words(at)
    assert "dnn_take_over" not in keys(at)
    at.number_input(key="dnn_seed").set_value(5).run()  # that needs another start
    assert "dnn_take_over" not in keys(at)
    assert "Reset begins with them" in words(at)
    at.button(key="dnn_stop").click().run()


def test_what_cannot_be_changed_is_said(open_page, words) -> None:
    at = open_page("dnn_playground", **QUICK | {"dnn_epochs": "1"})
    at.button(key="dnn_step").click().run()
    at.number_input(key="dnn_batch").set_value(7).run()
    at.button(key="dnn_take_over").click().run()
    assert now(at).state == "paused"
    assert "this is the last one" in words(at)


# --- runs that have ended --------------------------------------------------------------------------------------------


def opened(open_page, tab: str = "Runs", **parameters: str) -> AppTest:
    """The page with its Inside open at the runs."""
    at = open_page("dnn_playground", **parameters)
    at.session_state["lesson_inside"] = True
    at.session_state["lesson_tabs"] = tab
    at.run()
    assert not at.exception, at.exception[0].message
    return at


def test_no_run_yet_says_what_to_do(open_page, words) -> None:
    assert "No run has ended yet" in words(opened(open_page, **QUICK))


def test_two_runs_side_by_side(open_page) -> None:
    from core.runs.book import BOOK

    at = opened(open_page, **QUICK)
    train(at)
    at.selectbox(key="dnn_optimiser").set_value("adam").run()
    second = train(at)
    first_row = BOOK.entries(owner(at))[1]
    assert [entry.number for entry in BOOK.entries(owner(at))] == [2, 1]
    table = next(frame.value for frame in at.dataframe if "run" in frame.value)
    assert list(table["run"]) == ["Run 2", "Run 1"]
    assert table["test accuracy"][0] == second.evaluation.accuracy
    differing = next(frame.value for frame in at.dataframe if "setting" in frame.value)
    assert list(differing["setting"]) == ["Optimiser"]
    assert list(differing.columns) == ["setting", "Run 2", "Run 1"]  # the second was chosen when it ended
    again = opened(open_page, **QUICK)  # after a reload the same visitor has the rows again
    again.session_state["_owner"] = owner(at)
    again.run()
    assert next(frame.value for frame in again.dataframe if "run" in frame.value).equals(table)
    # name, then delete
    at.text_input(key=f"dnn_run_name_{first_row.id}").set_value("plain SGD").run()
    assert BOOK.entries(owner(at))[1].name == "plain SGD"
    table = next(frame.value for frame in at.dataframe if "run" in frame.value)
    assert list(table["run"]) == ["Run 2", "Run 1: plain SGD"]
    at.button(key=f"dnn_run_delete_{first_row.id}").click().run()
    assert not at.exception
    assert len(BOOK.entries(owner(at))) == 1
    table = next(frame.value for frame in at.dataframe if "run" in frame.value)
    assert list(table["run"]) == ["Run 2"]


def test_curves_of_every_kind_can_be_drawn(open_page) -> None:
    at = opened(open_page, **QUICK)
    train(at)
    for key, values in {
        "dnn_runs_what": ("accuracy", "loss"),
        "dnn_runs_of": ("train", "both", "test"),
        "dnn_runs_over": ("epochs", "updates"),
    }.items():
        for value in values:
            at.session_state[key] = value
            at.run()
            assert not at.exception, at.exception[0].message
    choice = at.multiselect[-1]
    assert choice.label == "Runs to compare"
    choice.set_value([]).run()
    assert not at.exception


def test_files_hold_the_rows(open_page) -> None:
    from core.export.runs import runs_csv, runs_json
    from core.runs.book import BOOK

    at = opened(open_page, **QUICK)
    seen = train(at)
    entries = BOOK.entries(owner(at))
    [row] = csv.DictReader(io.StringIO(runs_csv(entries).decode("utf-8-sig"), newline=""))
    assert float(row["test_accuracy"]) == seen.evaluation.accuracy
    assert (row["train.batch_size"], row["net.widths"], row["step"]) == ("35", "3-5-5-5-3", "80")
    [run] = json.loads(runs_json(entries))
    assert run["evaluations"][-1] == {
        "update": 80,
        "accuracy": seen.evaluation.accuracy,
        "loss": seen.evaluation.loss,
    }
    assert len(at.get("download_button")) >= 2


def test_the_runs_say_how_many_are_kept(open_page, words) -> None:
    at = opened(open_page, "Runs", **QUICK)
    train(at)
    shown = words(at)
    assert "newest 40 runs" in shown


def test_a_stopped_early_run_says_so(open_page) -> None:
    at = open_page("dnn_playground", **QUICK, dnn_patience="1", dnn_lr="0.00001")
    seen = train(at)
    assert seen.early or seen.step == 80
