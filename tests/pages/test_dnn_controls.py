"""Lesson 2's controls and address: tasks that hide some, values that cannot be, numbers that say what they mean."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

pytestmark = pytest.mark.usefixtures("scheduler")


def wait(at: AppTest, scheduler: Any, state: str, seconds: float = 30) -> Any:
    """Wait until the page's run is in a state, then draw the page again."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        now = scheduler.snapshot(str(at.session_state["dnn_run"]))
        if now is not None and now.state == state and not now.busy:
            at.run()
            return now
        time.sleep(0.02)
    raise AssertionError(now)


TASK = {"dnn_data": "circle", "dnn_hide": "data,samples,noise,share,data_seed,features", "dnn_goal_accuracy": "95"}


def chips(at: AppTest) -> dict[str, dict[str, str]]:
    """Return the parameters of each link to this page, by its label."""
    links = [element.proto for element in at.get("page_link") if "dnn_" in str(element.proto.query_string)]
    return {str(link.label): dict(parse_qsl(str(link.query_string))) for link in links}


def test_experiments_leave_a_task_standing_and_nothing_that_it_hides_changes(open_page) -> None:
    at = open_page("dnn_playground", **TASK)
    found = chips(at)
    assert found.keys() == {"Circle"}  # its other links choose other features, or another problem
    assert {key: value for key, value in found["Circle"].items() if key in TASK} == TASK
    free = chips(open_page("dnn_playground", dnn_goal_loss="0.1", hide="momentum"))
    assert len(free) > 20
    assert all(link["dnn_goal_loss"] == "0.1" and link["hide"] == "momentum" for link in free.values())


@pytest.mark.parametrize(
    ("hide", "tabs"),
    [
        ("", ["Data", "Network", "Training"]),
        ("samples,noise,share,data_seed", ["Network", "Training"]),
        ("share,data_seed,epochs,batch,momentum,schedule,l1,l2,shuffle,patience,engine", ["Data", "Network"]),
    ],
)
def test_no_tab_stands_empty_when_a_task_hides_its_controls(open_page, hide, tabs) -> None:
    at = open_page("dnn_playground", dnn_hide=hide)
    assert [tab.label for tab in at.tabs] == tabs


def test_where_a_task_hides_everything_there_is_no_more(open_page) -> None:
    from ui.dnn.task import control_names

    assert "More" in {box.label for box in open_page("dnn_playground").expander}
    assert "More" not in {box.label for box in open_page("dnn_playground", hide=",".join(control_names())).expander}


def test_one_update_does_not_begin_a_finished_run_anew_unasked(open_page, scheduler) -> None:
    at = open_page("dnn_playground", dnn_epochs="3")
    at.button(key="dnn_train").click().run()
    finished = wait(at, scheduler, "finished")
    for name in ("step", "epoch"):
        assert at.button(key=f"dnn_{name}").disabled
        assert "Press Reset first" in at.button(key=f"dnn_{name}").help
    watching = open_page("dnn_playground", dnn_epochs="3", dnn_run=finished.run_id)
    assert not watching.button(key="dnn_step").disabled  # another visitor's run: theirs is untouched by this
    at.button(key="dnn_reset").click().run()
    at.run()
    assert not at.button(key="dnn_epoch").disabled
    assert "Reset" not in at.button(key="dnn_step").help
    at.button(key="dnn_step").click().run()
    again = wait(at, scheduler, "paused")
    assert (again.step, again.run_id != finished.run_id) == (1, True)


def test_what_a_list_overrules_shows_the_list_and_not_another_number(open_page) -> None:
    at = open_page("dnn_playground", dnn_widths="4, 2", dnn_activations="tanh-relu")
    assert "dnn_layers" not in {slider.key for slider in at.slider}
    shown = {box.label: (box.value, box.disabled) for box in at.text_input}
    assert shown["Hidden layers"] == ("2", True)
    assert shown["Neurons in each"] == ("4-2", True)
    assert shown["Activation function"] == ("tanh-relu", True)
    at.text_input(key="dnn_widths").set_value("6-5-4").run()
    shown = {box.label: box.value for box in at.text_input}
    assert (shown["Hidden layers"], shown["Neurons in each"]) == ("3", "6-5-4")
    at.text_input(key="dnn_widths").set_value("").run()
    assert at.slider(key="dnn_layers").value == 3
    assert not at.slider(key="dnn_layers").disabled
    hidden = open_page("dnn_playground", dnn_widths="4-2", dnn_hide="width")
    assert "Neurons in each" not in {box.label for box in hidden.text_input}


def test_a_number_field_says_in_words_what_0_stands_for(open_page) -> None:
    at = open_page("dnn_playground")
    words = {"samples": "10,000, as usual", "batch": "all at once", "patience": "never"}
    for name, said in words.items():
        field = at.number_input(key=f"dnn_{name}")
        assert (field.value, field.proto.placeholder) == (None, said)
    assert "dnn_batch" not in at.query_params
    at.number_input(key="dnn_batch").set_value(7).run()
    assert at.query_params["dnn_batch"] == "7"
    for nothing in (0, None):
        at.number_input(key="dnn_batch").set_value(nothing).run()
        assert at.number_input(key="dnn_batch").value is None
        assert "dnn_batch" not in at.query_params
        at.number_input(key="dnn_batch").set_value(9).run()
    link = open_page("dnn_playground", dnn_batch="0", dnn_samples="500", dnn_data="circle")
    assert link.number_input(key="dnn_batch").value is None
    assert link.number_input(key="dnn_samples").value == 500
    assert not link.warning
    assert not link.error


def test_one_update_a_second_is_one(open_page) -> None:
    shown = open_page("dnn_playground").selectbox(key="dnn_speed").options
    assert shown[:3] == ["full speed", "1 update/s", "5 updates/s"]
