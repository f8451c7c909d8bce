"""Lesson 2 in use: what is typed and answered, what the loop tab says in each state, the valley, a batch of one."""

from __future__ import annotations

import time
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

pytestmark = pytest.mark.usefixtures("scheduler")

FEW = {"dnn_samples": "200", "dnn_loss": "cross_entropy"}
USED = {**FEW, "dnn_view": "use"}


def wait(at: AppTest, scheduler: Any, *states: str) -> Any:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        now = scheduler.snapshot(str(at.session_state["dnn_run"]))
        if now is not None and now.state in states and not now.busy:
            at.run()
            assert not at.exception
            return now
        time.sleep(0.02)
    raise AssertionError(now)


def type_in(at: AppTest, place: int, value: float | None) -> None:
    at.number_input(key=f"dnn_typed_{place}").set_value(value).run()
    assert not at.exception


def test_typed_numbers_are_answered_by_the_first_weights_then_by_the_run_s(open_page, words, scheduler) -> None:
    from core.inspect.model import model_of
    from ui.words import plain

    at = open_page("dnn_playground", **USED, dnn_epochs="30", dnn_lr="0.5")
    assert "the answers of the first weights" in words(at)
    for place, value in enumerate((0.25, 0.9, 0.75)):
        type_in(at, place, value)
    assert at.query_params["dnn_typed"] in ("0.25_0.9_0.75", ["0.25_0.9_0.75"])
    at.button(key="dnn_train").click().run()
    now = wait(at, scheduler, "finished")
    outputs = model_of(now.weights, now.job.net)(torch.tensor([[0.25, 0.9, 0.75]]))[0]
    said = words(at)
    assert all(f"<td>{plain(float(value))}</td>" in said for value in outputs)
    assert all(f"<td>{float(value):.2%}</td>" in said for value in outputs.softmax(0))
    name = ("s < 1", "1 < s < 2", "s > 2")[int(outputs.argmax())].replace("<", r"\<").replace(">", r"\>")
    assert f"Answer: **{name}** (s = 1.9)" in said
    assert "the weights after update 30" in said


def test_a_link_brings_its_numbers_and_what_is_none_is_said(open_page, words) -> None:
    at = open_page("dnn_playground", **USED, dnn_typed="0.2_x_7")
    assert [field.value for field in at.number_input if "typed" in str(field.key)] == [0.2, None, 7.0]
    assert "x₂ has no number" in words(at)
    type_in(at, 1, 0.5)
    assert "has no number" not in words(at)
    assert "x₃ is outside of all samples (0 to 1)" in words(at)
    type_in(at, 2, 1e31)
    assert "too large" in words(at)
    type_in(at, 2, None)
    assert "has no number" in words(at)


@pytest.mark.parametrize("written", ["nan_inf_1e999", "_", "1", "1_2_3_4_5", "٣_<b>_--"])
def test_any_link_is_answered_or_refused(open_page, words, written: str) -> None:
    said = words(open_page("dnn_playground", **USED, dnn_typed=written))
    assert "has no number" in said or "Answer:" in said


def test_the_plane_s_points_and_regressions_are_answered(open_page, words) -> None:
    at = open_page("dnn_playground", dnn_data="circle", dnn_view="use", dnn_features="x1.x1x2", dnn_typed="2_-3")
    assert "The network gets x₁ = 2.0000, x₁x₂ = −6.0000." in words(at)
    assert "softmax" not in words(at)  # the loss is the mean squared error
    at = open_page("dnn_playground", dnn_data="hills", dnn_view="use", lang="zh")
    assert "Answer" not in words(at)
    assert len([field for field in at.number_input if "typed" in str(field.key)]) == 2


def test_the_loop_says_what_can_be_done_in_each_state(open_page, words, scheduler) -> None:
    at = open_page("dnn_playground", **FEW, inside="loop", dnn_epochs="10000")
    assert "Press One update: the loop then stands still" in words(at)
    assert words(at).count("1 update = 1 forward pass + 1 backward pass") == 1
    at.button(key="dnn_train").click().run()
    assert "the run pauses after one more round" in words(at)
    assert "drawn when the run is paused or over" in words(at)
    at.button(key="dnn_pause").click().run()
    assert "Press One update: the loop then stands still" in words(at)
    at.button(key="dnn_stop").click().run()
    assert at.button(key="dnn_step").disabled
    assert "This run is over, and does no more updates. Press Reset" in words(at)
    at.button(key="dnn_reset").click().run()
    assert not at.button(key="dnn_step").disabled
    assert "Press One update: the loop then stands still" in words(at)


def test_a_diverged_run_has_no_valley_and_says_what_to_press(open_page, words, scheduler) -> None:
    at = open_page("dnn_playground", dnn_samples="200", dnn_lr="100", inside="loop", dnn_activation="identity")
    at.button(key="dnn_train").click().run()
    wait(at, scheduler, "diverged")
    assert "This run has diverged, and does no more updates. Press Reset" in words(at)
    assert "no valley to draw" in words(at)
    at = open_page("dnn_playground", dnn_norm="1", dnn_batch="1", inside="loop")
    assert "No update can be done with these settings" in words(at)


def test_the_valley_names_the_numbers_of_this_learning_rate(open_page, words) -> None:
    from core.data.playground import DataConfig
    from core.inspect.valley import valley
    from core.nets.mlp import MlpConfig
    from core.runs.playground_job import PlaygroundJob
    from core.training.config import TrainConfig
    from ui.words import plain

    kinds = {"0.001": "creeps", "0.1": "walks down", "3": "crosses the valley", "30": "jumps out of the valley"}
    for lr, kind in kinds.items():
        said = words(open_page("dnn_playground", **FEW, dnn_lr=lr, inside="loop"))
        assert f"The learning rate {lr} **{kind}**" in said
        assert "They are the next updates of this run." in said
    job = PlaygroundJob(MlpConfig(), TrainConfig(lr=30.0, batch_size=0), DataConfig(samples=200))
    found = valley(job.model().eval(), job.playground().data, job.train, 30.0)
    assert f"from {plain(found.steps[0][1])} up to {plain(found.steps[1][1])}" in said
    assert f"Step 1 leaves the picture: s = 30, loss {plain(found.steps[1][1])}" in said
    said = words(open_page("dnn_playground", **FEW, dnn_optimiser="adam", dnn_batch="10", inside="loop"))
    assert "are different ones, through its batches, its optimiser." in said
    at = open_page("dnn_playground", **FEW, inside="loop", dnn_lr="0.1")
    at.button(key="dnn_step").click().run()
    assert "the weights after update 1" in words(at)


def test_parameters_are_there_before_the_training_as_the_diagram_draws_them(open_page, words) -> None:
    at = open_page("dnn_playground", **FEW, inside="parameters")
    assert "8 tensors, 98 numbers, before the first update" in words(at)
    table = at.dataframe[0].value
    first = [float(value) for value in table["values"][0].split()]

    from core.nets.mlp import MlpConfig, mlp

    assert first == pytest.approx(mlp(MlpConfig()).net[0].weight.flatten().tolist(), abs=1e-4)
    assert list(table["requires_grad"]) == [True] * 8


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"dnn_batch": "1"}, "Batch size 1 works, as a table of one row: 140 updates an epoch"),
        ({"dnn_batch": "1", "dnn_norm": "1"}, "has nothing to divide by and refuses it"),
        ({"dnn_batch": "1", "dnn_norm": "1", "dnn_layers": "0"}, "Batch size 1 works"),
        ({"dnn_batch": "2"}, ""),
        ({"dnn_batch": "1", "dnn_hide": "batch"}, ""),
    ],
)
def test_a_batch_of_one_is_explained_where_it_is_chosen(open_page, words, link: dict[str, str], said: str) -> None:
    found = words(open_page("dnn_playground", **FEW, **link))
    assert said in found if said else "Batch size 1" not in found
