"""What is taken away from the playground: code, weights, links, tasks; on a page with nothing else."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import segno
import torch
from streamlit.testing.v1 import AppTest

from core.export.train_script import playground_script
from core.export.weights import pth_file, safetensors_file
from core.nets.files import read_weights
from core.nets.mlp import MlpConfig, mlp
from core.runs.goals import Goal
from core.runs.scheduler import SCHEDULER
from ui import links
from ui.dnn import task
from ui.dnn.settings import Settings, job

URL = "http://192.168.1.20:8501/dnn_playground"
SCRIPT = """
from ui.run.stage import newest_snapshot
from ui.dnn import take_away, task
from ui.dnn.settings import Settings, job
from ui.state.controls import Controls
import streamlit as st

controls = Controls(Settings)
planned = take_away.begin(job(controls.settings))
now = newest_snapshot(controls)
st.text(",".join(sorted(task.hidden(controls.settings.hide))))
task.draw(controls, planned)
take_away.draw(controls, planned, now)
st.text(repr(planned.start is not None))
"""
FAST = {"data": "blobs", "samples": 90, "loss": "cross_entropy", "optimiser": "adam", "lr": 0.05, "epochs": 40}


@pytest.fixture(autouse=True)
def _scheduler() -> Iterator[None]:
    SCHEDULER.start()
    yield
    SCHEDULER.stop()


def opened(url: str = URL, **parameters: object) -> AppTest:
    at = AppTest.from_string(SCRIPT, default_timeout=60)
    at.context["url"] = url
    for name, value in parameters.items():
        at.query_params[f"dnn_{name}"] = str(value)
    at.run()
    assert not at.exception, at.exception[0].message
    return at


def trained(**settings: object) -> tuple[str, object]:
    """Train a page's settings and return the run's id and its last snapshot."""
    run_id = SCHEDULER.submit(job(Settings(**settings)), "somebody-somebody")
    until = time.monotonic() + 60
    while (now := SCHEDULER.snapshot(run_id)).state.alive:
        assert time.monotonic() < until
        time.sleep(0.02)
    return run_id, now


def said(at: AppTest) -> str:
    return "\n".join(str(e.value) for kind in ("caption", "error", "info", "success") for e in at.get(kind))


def show(at: AppTest, what: str) -> AppTest:
    at.segmented_control(key="dnn_take").set_value(what).run()
    assert not at.exception, at.exception[0].message
    return at


def test_the_code_of_the_controls_and_of_the_run() -> None:
    run_id, now = trained(**FAST)
    at = opened(run=run_id, **FAST)
    assert at.code[0].value.strip() == playground_script(now.job).strip()
    assert {button.label for button in at.get("download_button")} == {"Download the script", "Download the notebook"}
    other = opened(run=run_id, **{**FAST, "lr": 0.5})
    assert "learning_rate = 0.5" in other.code[0].value
    other.segmented_control(key="dnn_code_of").set_value("run").run()
    assert other.code[0].value.strip() == playground_script(now.job).strip()


def test_weights_are_saved_loaded_and_tested_again() -> None:
    run_id, now = trained(**FAST)
    payload = safetensors_file(now.weights, now.job.net, now.evaluation)
    at = show(opened(run=run_id, **FAST), "weights")
    assert {button.label for button in at.get("download_button")} == {"Download as safetensors", "Download as .pth"}
    assert at.text[-1].value == "False"
    at.file_uploader[0].upload("mine.safetensors", payload).run()
    assert not at.exception
    tested = now.evaluation
    assert f"answers {tested.accuracy * 100:.4f} % of {tested.samples} test samples right" in said(at)
    assert "The same as when it was saved, to the last digit." in said(at)
    assert "Train starts from the weights in mine.safetensors." in said(at)
    assert at.text[-1].value == "True"
    # Another data set: the same weights, another test set.
    at.query_params["dnn_noise"], at.query_params["set"] = "0.5", "1"
    at.run()
    assert "The test set is another one." in said(at)
    # The code reads the file, which can be had.
    show(at, "code")
    assert 'torch.load("first-weights.pth", weights_only=True)' in at.code[0].value
    assert "Download the first weights" in {button.label for button in at.get("download_button")}
    # Another network cannot have them, and the page goes on without.
    at.query_params["dnn_width"], at.query_params["set"] = "9", "2"
    at.run()
    assert "mine.safetensors is not used, and Train draws the first weights" in said(at)
    assert at.text[-1].value == "False"
    show(at, "weights")
    at.query_params["dnn_width"], at.query_params["set"] = "5", "1"
    at.run()
    at.button(key="dnn_forget").click().run()
    assert at.text[-1].value == "False"
    assert "mine.safetensors" not in said(at)


def test_a_whole_pickled_model_and_a_wrong_file_are_refused_with_a_sentence() -> None:
    whole = io.BytesIO()
    torch.save(mlp(MlpConfig((2, 5, 5, 5, 3))), whole)
    at = show(opened(**FAST), "weights")
    assert "No weights yet" in said(at)
    at.file_uploader[0].upload("mine.pth", whole.getvalue()).run()
    assert "such as a whole pickled model" in said(at)
    assert at.text[-1].value == "False"
    at.file_uploader[0].upload("odd.safetensors", b"odd").run()
    assert "neither a safetensors file" in said(at)
    at.file_uploader[0].set_value(None).run()
    assert "safetensors file" not in said(at)
    assert not at.exception


def test_a_regression_s_weights() -> None:
    settings = {**FAST, "data": "hills", "loss": "mse"}
    _run, now = trained(**settings)
    at = show(opened(**settings), "weights")
    at.file_uploader[0].upload("hills.safetensors", safetensors_file(now.weights, now.job.net, now.evaluation)).run()
    assert f"has a test loss of {now.evaluation.loss:.6g}" in said(at)


def address(at: AppTest) -> str:
    return str(at.code[0].value)


def test_the_link_is_the_page_and_so_is_its_qr_code() -> None:
    at = show(opened(**FAST), "link")
    found = urlsplit(address(at))
    assert address(at).startswith(URL + "?")
    assert {name: value[0] for name, value in parse_qs(found.query).items()} == {
        f"dnn_{name}": str(value) for name, value in FAST.items()
    }
    assert "this computer only" not in said(at)
    picture = at.get("image")[0].proto.imgs[0]
    assert address(at) in picture.alt
    again = opened(**{name.removeprefix("dnn_"): value[0] for name, value in parse_qs(found.query).items()})
    assert show(again, "code").code[0].value.strip() == playground_script(job(Settings(**FAST))).strip()


def test_a_link_with_the_run_lets_others_watch() -> None:
    run_id, _now = trained(**FAST)
    at = show(opened(run=run_id, **FAST), "link")
    assert run_id not in address(at)
    at.checkbox(key="dnn_link_run").check().run()
    assert f"dnn_run={run_id}" in address(at)


def test_localhost_is_said_to_be_of_no_use() -> None:
    at = show(opened(url="http://localhost:8501/dnn_playground"), "link")
    assert address(at) == "http://localhost:8501/dnn_playground"
    assert "This address works on this computer only: nobody else can open it." in said(at)


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://localhost:8501/", True),
        ("http://127.0.0.1/x", True),
        ("http://127.1.2.3:80", True),
        ("http://[::1]:8501/", True),
        ("http://room.localhost/", True),
        ("https://chalk.school.example/dnn_playground", False),
        ("http://10.0.0.7:8501/", False),
        ("http://localhost.school.example/", False),
    ],
)
def test_which_addresses_are_local(url, local) -> None:
    assert links.local(url) is local


def modules(svg: str) -> list[list[int]]:
    """Return the dark modules of a QR code's SVG, quiet zone included, by walking its path."""
    size = int(re.search(r'width="(\d+)"', svg)[1]) // 4
    grid = [[0] * size for _ in range(size)]
    path = re.search(r'<path[^>]*stroke="#000"[^>]*d="([^"]*)"', svg) or re.search(r'd="(M4 4[^"]*)"', svg)
    x = y = 0.0
    for command, arguments in re.findall(r"([Mmh])([^Mmh]*)", path[1]):
        numbers = [float(part) for part in re.findall(r"-?[\d.]+", arguments)]
        if command == "h":
            for column in range(int(numbers[0])):
                grid[int(y)][int(x) + column] = 1
            x += numbers[0]
        else:
            x, y = (numbers[0], numbers[1]) if command == "M" else (x + numbers[0], y + numbers[1])
    return grid


def test_the_qr_code_is_drawn_with_its_quiet_zone() -> None:
    address = "https://chalk.school.example/dnn_playground?dnn_data=spiral"
    svg = links.qr_code(address)
    wanted = [list(row) for row in segno.make_qr(address, error="l").matrix_iter(border=4)]
    assert modules(svg) == [[int(module) for module in row] for row in wanted]
    assert 'xmlns="http://www.w3.org/2000/svg"' in svg
    assert "#fff" in svg


def test_a_link_too_long_for_a_qr_code_says_so() -> None:
    at = show(opened(url="http://10.0.0.7/" + "x" * 1600), "link")
    assert not at.get("image")
    assert "too many for a QR code" in said(at)


def test_a_task_is_made_and_opened() -> None:
    at = show(opened(data="circle", lr=0.05), "task")
    at.multiselect(key="dnn_task_hide").set_value(["data", "seed", "l1"])
    at.number_input(key="dnn_task_accuracy").set_value(95.0)
    at.number_input(key="dnn_task_parameters").set_value(20)
    at.run()
    assert "Reach 95 % test accuracy with at most 20 parameters." in "".join(m.value for m in at.markdown)
    query = {name: value[0] for name, value in parse_qs(urlsplit(address(at)).query).items()}
    assert query == {
        "dnn_data": "circle",
        "dnn_lr": "0.05",
        "dnn_hide": "data,seed,l1",
        "dnn_goal_accuracy": "95",
        "dnn_goal_parameters": "20",
    }
    pupil = opened(**{name.removeprefix("dnn_"): value for name, value in query.items()})
    assert pupil.text[0].value == "data,l1,seed"
    assert "Reach 95 % test accuracy with at most 20 parameters." in pupil.info[0].value
    assert "87 parameters: 67 too many." in pupil.info[0].value
    assert "%2C" in address(at) or "," in unquote(address(at))


def test_a_small_loss_is_shown_as_it_was_written() -> None:
    at = show(opened(), "task")
    field = at.number_input(key="dnn_task_loss")
    assert (field.value, field.proto.placeholder) == (None, "not asked for")
    field.set_value(0.004).run()
    assert at.number_input(key="dnn_task_loss").proto.format % 0.004 == "0.004"
    assert "Reach a test loss of at most 0.004." in "".join(m.value for m in at.markdown)
    assert "dnn_goal_loss=0.004" in address(at)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("accuracy", 150.0, "A test accuracy of 150 % cannot be asked for: it must be above 0 % and at most 100 %"),
        ("accuracy", 0.0, "A test accuracy of 0 %"),
        ("loss", -1.0, "A test loss of -1 cannot be asked for: it must be above 0 and at most 100"),
        ("parameters", 100_001, "A limit of 100001 parameters cannot be set: it must be from 1 to 100000"),
        ("updates", 0, "A limit of 0 updates cannot be set: it must be from 1 to 1000000"),
    ],
)
def test_a_task_that_nobody_can_meet_is_refused_with_a_sentence_and_no_link(name, value, sentence) -> None:
    at = show(opened(), "task")
    at.number_input(key=f"dnn_task_{name}").set_value(value).run()
    assert not at.exception
    assert sentence in at.error[0].value
    assert not at.code


def test_one_is_one() -> None:
    assert task.question(Goal(0.9, 1, 1)) == "Reach 90 % test accuracy with at most 1 parameter within 1 update."
    assert task.question(Goal(0.9, 2, 2)) == "Reach 90 % test accuracy with at most 2 parameters within 2 updates."


def test_what_can_be_loaded_back_is_said_before_it_is_tried() -> None:
    run_id, _now = trained(**FAST)
    at = show(opened(run=run_id, **FAST), "weights")
    assert "Both files can be loaded back" in said(at)
    (chooser,) = at.get("file_uploader")
    assert not list(chooser.proto.type)
    _run, now = trained(**FAST)
    chooser.upload("mine.pth", pth_file(now.weights)).run()
    assert "mine.pth: the loaded network answers" in said(at)


def test_every_control_can_be_hidden_in_one_link() -> None:
    names = list(task.control_names())
    assert set(names) <= set(Settings.__dataclass_fields__)
    Settings(hide=",".join(names))
    at = show(opened(), "task")
    at.multiselect(key="dnn_task_hide").set_value(names).run()
    assert not at.exception
    assert opened(hide=",".join(names)).text[0].value == ",".join(sorted(names))


@pytest.mark.parametrize("written", ["train", "Train,step,run", "hide,goal_loss,view", ",,;", "../lr", "LR", ""])
def test_what_is_no_control_cannot_be_hidden(written) -> None:
    assert task.hidden(written) == frozenset()


def test_hiding_ignores_only_what_it_does_not_know() -> None:
    assert task.hidden(" lr, nothing ,seed") == {"lr", "seed"}


@pytest.mark.parametrize(
    ("goal", "words"),
    [
        (Goal(accuracy=0.95), "Reach 95 % test accuracy."),
        (Goal(accuracy=0.995, updates=500), "Reach 99.5 % test accuracy within 500 updates."),
        (
            Goal(accuracy=0.9, loss=0.05, parameters=20, updates=30),
            "Reach 90 % test accuracy and a test loss of at most 0.05 with at most 20 parameters within 30 updates.",
        ),
        (Goal(loss=0.1), "Reach a test loss of at most 0.1."),
        (Goal(parameters=9), "Train a network with at most 9 parameters."),
    ],
)
def test_questions(goal, words) -> None:
    assert task.question(goal) == words


def test_a_task_says_how_the_run_stands() -> None:
    run_id, now = trained(**FAST)
    reached = now.evaluation.accuracy * 100
    assert reached > 50
    met = opened(run=run_id, goal_accuracy=f"{reached - 0.1:.4f}", **FAST)
    assert "Met after" in met.success[0].value
    assert "Met before the first update." in opened(run=run_id, goal_parameters=500, **FAST).success[0].value
    late = opened(run=run_id, goal_accuracy=100, goal_updates=1, **FAST)
    assert "the one update is used up" in late.info[0].value
    large = opened(run=run_id, goal_accuracy=1, goal_parameters=10, **FAST)
    assert f"{now.job.net.parameters} parameters: {now.job.net.parameters - 10} too many" in large.info[0].value
    missed = opened(run=run_id, goal_loss=0.000001, **FAST)
    assert "Not met yet: train again with other settings." in missed.info[0].value
    assert not opened(run=run_id, **FAST).info


def test_a_task_met_with_weights_that_were_written_says_so() -> None:
    at = opened(goal_accuracy=1, **FAST)
    payload = safetensors_file(mlp(MlpConfig((2, 5, 5, 5, 3))).state_dict(), MlpConfig((2, 5, 5, 5, 3)))
    start = read_weights(payload, MlpConfig((2, 5, 5, 5, 3)))
    run_id = SCHEDULER.submit(replace(job(Settings(**FAST)), start=start), "somebody-somebody")
    until = time.monotonic() + 60
    while SCHEDULER.snapshot(run_id).state.alive and time.monotonic() < until:
        time.sleep(0.02)
    at = opened(goal_accuracy=1, run=run_id, **FAST)
    assert "The first weights came from a file." in at.success[0].value
    edited = SimpleNamespace(job=SimpleNamespace(start=None), changes=(SimpleNamespace(what="weight", step=3),), step=9)
    verdict = Goal(accuracy=0.5).judge_looks(9, 9, [(5, 0.6, 1.0)])
    assert "Weights were written by hand." in task._said(verdict, edited)


@pytest.mark.parametrize("what", ["code", "weights", "link", "task"])
def test_in_chinese(what) -> None:
    at = AppTest.from_string(SCRIPT, default_timeout=60)
    at.context["url"], at.context["locale"] = "http://localhost:8501/x", "zh-CN"
    at.query_params["dnn_goal_accuracy"] = "95"
    at.query_params["dnn_goal_parameters"] = "20"
    at.run()
    show(at, what)
    assert re.search(r"[\u4e00-\u9fff]", said(at))
    assert "Reach" not in said(at)
    assert "Task" not in said(at)
    assert not re.search(r"\b(the|of|with)\b", said(at))
