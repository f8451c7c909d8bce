"""What the cells print beside the code, and the notes' test and save cells line by line: from this very run."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

pytestmark = pytest.mark.usefixtures("ready_digits", "scheduler")

FEW = {"dnn_samples": "200", "dnn_epochs": "40"}


def train(at: AppTest, prefix: str) -> Any:
    """Train to the end and return the last snapshot, as the page shows it."""
    from core.runs.scheduler import SCHEDULER

    at.button(key=f"{prefix}_train").click().run()
    while (now := SCHEDULER.snapshot(str(at.session_state[f"{prefix}_run"]))).state.alive:
        SCHEDULER.settle(now.run_id, 0.05)
    at.run()
    assert not at.exception
    return now


def out(at: AppTest, prefix: str, name: str) -> str:
    """Choose a cell and return what it prints."""
    at.segmented_control(key=f"{prefix}_out").set_value(name).run()
    assert not at.exception
    return "\n".join(str(code.value) for code in at.code[1:])


def test_the_cells_print_the_first_network_and_then_the_trained_one(open_page, words) -> None:
    from core.nets.mlp import MlpConfig, mlp

    at = open_page("dnn_playground", inside="take", **FEW)
    assert out(at, "dnn", "model").startswith("DNN(\n  (net): Sequential(\n    (0): Linear(in_features=3")
    assert out(at, "dnn", "data") == "torch.Size([200, 6])"
    assert out(at, "dnn", "split") == "torch.Size([140, 6]) torch.Size([60, 6])"
    out(at, "dnn", "losses")
    assert "`losses` is empty before training" in words(at)
    first = mlp(MlpConfig())
    before = out(at, "dnn", "parameters")
    assert f"values: {first.net[0].bias}" in before
    assert before.count("requires_grad=True") == 8
    assert "before training" in words(at)
    now = train(at, "dnn")
    after = out(at, "dnn", "parameters")
    assert str(torch.nn.Parameter(now.weights["net.0.bias"])) in after
    assert after != before
    assert "after update 40" in words(at)
    tested = now.evaluation
    assert out(at, "dnn", "test").endswith(f"({tested.correct} / {tested.samples})")
    losses = out(at, "dnn", "losses").split()
    assert losses == ["40", str(now.losses[0][1]), str(now.losses[-1][1])]
    device = out(at, "dnn", "device")
    assert "\ncpu\nTrue\n" in device
    assert ("cuda:0" if torch.cuda.is_available() else "Error: ") in device.split('model.to("cuda:0")')[1]


def test_a_weight_that_was_written_by_hand_is_printed(open_page, scheduler) -> None:
    """At the same update: the number of the update alone does not tell what the weights are."""
    at = open_page("dnn_playground", inside="take", **FEW)
    at.button(key="dnn_step").click().run()
    before, run_id = out(at, "dnn", "parameters"), str(at.session_state["dnn_run"])
    scheduler.edit(run_id, str(at.session_state["_owner"]), "net.0.weight", (0, 0), 4.25)
    assert scheduler.settle(run_id, 10)
    at.run()
    after = out(at, "dnn", "parameters")
    assert "4.2500" in after
    assert "4.2500" not in before


def test_a_regression_has_no_test_cell_and_other_data_its_own_shapes(open_page, words) -> None:
    at = open_page("dnn_playground", inside="take", dnn_data="plane", dnn_samples="50", dnn_out="data")
    assert at.code[1].value == "torch.Size([50, 3])"
    assert out(at, "dnn", "test") == ""
    assert "These lines test a classification" in words(at)


def walked(at: AppTest, words: Any, key: str) -> list[str]:
    """Return what the page says at each line."""
    seen = [words(at) + "\n".join(str(code.value) for code in at.code)]
    while not at.button(key=f"{key}_next").disabled:
        at.button(key=f"{key}_next").click().run()
        assert not at.exception
        seen.append(words(at) + "\n".join(str(code.value) for code in at.code))
    return seen


def test_the_one_hot_test_cell_is_walked_through(open_page, words) -> None:
    at = open_page("dnn_playground", inside="lines", **FEW)
    now = train(at, "dnn")
    tested = now.evaluation
    forward, line, same, every, total, labels = walked(at, words, "dnn_test_cell")
    assert "`Pred.requires_grad` is `False` inside `torch.no_grad()`, and `True` without it" in forward
    assert "Pred[:, torch.argmax(Pred, axis=1)] = 1" in line
    assert "`torch.Size([60, 3])`" in same
    assert "is left `torch.Size([60])`" in every
    assert f"All 60: `tensor({tested.correct})`" in total
    assert f"**{100 * tested.correct / 60} %**" in total
    assert f"{tested.correct} right here, {tested.correct} above" in labels


def test_saving_is_walked_through_and_the_accuracy_stays_to_the_last_digit(open_page, words) -> None:
    at = open_page("dnn_playground", inside="lines", dnn_cell="save", **FEW)
    now = train(at, "dnn")
    whole, refused, trusted, _numbers, _loaded, again = walked(at, words, "dnn_save_cell")
    assert "core.nets.course.DNN" in whole
    assert "UnpicklingError: Weights only load failed" in refused
    assert torch.__version__.split("+")[0] in refused
    accuracy = f"{100 * now.evaluation.accuracy} %"
    assert accuracy in trusted
    assert again.count(accuracy) == 3
    assert "The same to the last digit" in again


def test_the_digits_test_cell_is_walked_through(open_page, words) -> None:
    at = open_page("lenet_training", inside="cell", lenet_samples="200", lenet_epochs="1", lenet_batch="100")
    now = train(at, "lenet")
    forward, largest, compared, total, softmax = walked(at, words, "lenet_test_cell")
    assert "`Pred` is `torch.Size([100, 10])`" in forward
    assert "`torch.Size([10])` places instead of `torch.Size([100])`" in largest
    assert "`torch.Size([100])` of `torch.int64`" in compared
    assert f"100 · {now.evaluation.correct} / {now.evaluation.samples}" in total
    assert "`True` for all 100 digits" in softmax
    assert "never below 1.4612" in softmax  # −ln(e / (e + 9))


@pytest.mark.parametrize(("network", "lines", "name"), [("lenet5", 12, "CNN"), ("mnist-dnn", 10, "DNN")])
def test_the_digits_cells_print_shapes_and_the_test(open_page, words, network, lines, name) -> None:
    at = open_page("lenet_training", inside="take", lenet_network=network, lenet_samples="100", lenet_epochs="1")
    assert out(at, "lenet", "model").startswith(f"{name}(\n  (net): Sequential(")
    shapes = out(at, "lenet", "shapes").splitlines()
    assert len(shapes) == lines
    assert shapes[-1] == "Linear output shape:\t torch.Size([1, 10])"
    assert "parameter: net." in out(at, "lenet", "parameters")
    now = train(at, "lenet")
    assert out(at, "lenet", "test").endswith(f"({now.evaluation.correct} / {now.evaluation.samples})")
    assert out(at, "lenet", "losses").split()[0] == str(now.step)
