"""The exported script reproduces the app's losses bit for bit."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import replace
from typing import ClassVar

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.data import tables
from core.data.features import FEATURES
from core.data.number_table import number_table
from core.data.playground import DATA_SETS, REGRESSIONS, DataConfig, playground, shape_of
from core.data.problem import ClassData
from core.errors import InvalidInput
from core.export.data_part import data_part, split_part
from core.export.hand_part import MOST_WEIGHTS
from core.export.parts import LAYOUT, device_part, in_language, script
from core.export.train_script import mnist_script, playground_parts, playground_script
from core.export.weights import pth_file, safetensors_file
from core.nets.files import read_weights
from core.nets.initialisation import INITIALISATIONS
from core.nets.mlp import ACTIVATIONS, MlpConfig, mlp
from core.runs.digits_job import MnistJob
from core.runs.playground_job import PlaygroundJob
from core.training.config import TrainConfig
from core.training.losses import LOSSES
from core.training.optimisers import OPTIMISERS
from core.training.schedules import SCHEDULES
from ui.catalogue import extract
from ui.text import catalogue

FULL = TrainConfig(loss="mse", lr=0.01, batch_size=0, epochs=20, evaluations=3)
SMALL = DataConfig(samples=500)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch) -> None:
    """Scripts write model.pth, and read files, in the folder that they run in."""
    monkeypatch.chdir(tmp_path)


def run(text: str) -> dict:
    names: dict = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matplotlib.pyplot.show", lambda: None)
        patch.setattr("matplotlib.pyplot.plot", lambda *values: None)  # a figure for each script would fill the memory
        exec(compile(text, "script.py", "exec"), names)
    return names


def app(job) -> tuple[list[float], float]:
    losses, evaluation = [], None
    for progress in job.make():
        losses += progress.losses
        evaluation = progress.evaluation or evaluation
    return losses, evaluation


def agree(job, names, found) -> None:
    """The losses are the same floats, the test counts the same samples."""
    losses, evaluation = found
    assert names["losses"] == losses
    if evaluation.confusion:
        assert (names["correct"], names["total"]) == (evaluation.correct, evaluation.samples)
    else:
        assert names["test_loss"](names["model"]) == evaluation.loss
        if evaluation.r2 is not None:
            assert float(names["r2"]) == pytest.approx(evaluation.r2, abs=1e-4, rel=1e-6)


def file_of(net: MlpConfig, seed: int):
    """First weights as a visitor would load them."""
    return read_weights(safetensors_file(mlp(replace(net, seed=seed)).state_dict(), net), net)


TEN = {
    "the course's": PlaygroundJob(MlpConfig(), FULL),
    "adam": PlaygroundJob(MlpConfig(seed=3), replace(FULL, loss="cross_entropy", optimiser="adam")),
    "batches": PlaygroundJob(
        MlpConfig((3, 8, 4, 3), "tanh", "xavier", 7), replace(FULL, batch_size=1000, momentum=0.9, epochs=3)
    ),
    "noise, no hidden layer": PlaygroundJob(
        MlpConfig((3, 3), seed=1), replace(FULL, batch_size=333, seed=5, epochs=2), DataConfig(samples=999, noise=0.2)
    ),
    "features, activations, nesterov": PlaygroundJob(
        MlpConfig((3, 6, 4, 2), "relu", "he", 2, activations=("leaky_relu", "gelu")),
        replace(FULL, loss="cross_entropy", optimiser="nesterov", momentum=0.8, schedule="cosine", batch_size=10),
        DataConfig("circle", 200, 0.1, 0.5, 4, ("x1", "sin x2", "x1x2")),
    ),
    "dropout and batch norm": PlaygroundJob(
        MlpConfig((2, 16, 8, 2), "sigmoid", "large", 2, dropout=0.3, batch_norm=True),
        replace(FULL, loss="smooth_l1", optimiser="adamw", schedule="exponential", batch_size=32, seed=11),
        DataConfig("spiral", 300, 0.1, 0.7, 1),
    ),
    "penalties, rows in order, dropout": PlaygroundJob(
        MlpConfig((2, 8, 8, 3), "tanh", dropout=0.5),
        replace(FULL, loss="cross_entropy", optimiser="rmsprop", l1=0.001, l2=0.01, batch_size=16, reshuffle=False),
        DataConfig("blobs", 120, 0.3, 0.8, 9),
    ),
    "regression, step": PlaygroundJob(
        MlpConfig((2, 6, 1), "tanh"),
        replace(FULL, loss="l1", l1=0.01, schedule="step", momentum=0.5, batch_size=20),
        DataConfig("hills", 150, 0.05, 0.6, 3),
    ),
    "early stopping": PlaygroundJob(
        MlpConfig((2, 12, 12, 2), "relu", dropout=0.2, batch_norm=True),
        replace(FULL, optimiser="adam", lr=0.05, patience=4, evaluations=40, batch_size=8, epochs=40),
        DataConfig("moons", 60, 0.4, 0.5, 2),
    ),
    "zeros": PlaygroundJob(MlpConfig((2, 6, 2), "identity", "zeros"), FULL, DataConfig("xor", 80, seed=6)),
    "first weights from a file": PlaygroundJob(
        MlpConfig((2, 5, 2), batch_norm=True),
        replace(FULL, loss="cross_entropy", batch_size=7, epochs=3),
        DataConfig("gauss", 90, 0.2),
        file_of(MlpConfig((2, 5, 2), batch_norm=True), 8),
    ),
}


@pytest.mark.parametrize("name", TEN)
def test_the_script_gives_the_same_losses(name, tmp_path, capsys) -> None:
    job = TEN[name]
    if job.start is not None:
        (tmp_path / "first-weights.pth").write_bytes(pth_file(job.start.tensors()))
    found = app(job)
    agree(job, run(playground_script(job)), found)
    if name == "early stopping":
        assert len(found[0]) < job.estimate().updates
    printed = capsys.readouterr().out
    assert f"{len(found[0])} updates, last loss {found[0][-1]:.9g}" in printed
    *_others, tested, again = printed.splitlines()  # saved, loaded, tested again: the same
    if found[1].confusion:
        assert f" {100 * found[1].correct / found[1].samples} % ({found[1].correct} / {found[1].samples})" in tested
        assert again == f"the new network: {100 * found[1].correct / found[1].samples} %"
    else:
        assert f"test loss {found[1].loss:.9g}" in tested
        assert again == f"the new network: test loss {found[1].loss:.9g}"


def changed(job, plan):
    """Run a job as a visitor who changes it: {update: what to call on the Fit}."""
    fit = job.make()
    losses, evaluation = [], None
    todo = dict(plan)
    while True:
        due = [step for step in todo if step <= fit.step]
        for step in due:
            todo.pop(step)(fit)
        try:
            progress = fit.take(min([step - fit.step for step in todo], default=50))
        except StopIteration:
            break
        losses += progress.losses
        evaluation = progress.evaluation or evaluation
    return (losses, evaluation), fit.changes


@pytest.mark.parametrize("schedule", ["constant", "step", "cosine"])
@pytest.mark.parametrize("dropout", [0.0, 0.25])
def test_changes_by_hand_are_in_the_script(schedule, dropout) -> None:
    job = PlaygroundJob(
        MlpConfig((2, 6, 2), "tanh", dropout=dropout),
        replace(FULL, loss="cross_entropy", schedule=schedule, batch_size=16, epochs=12, momentum=0.5),
        DataConfig("circle", 100, 0.1),
    )
    last = "net.3.bias" if dropout else "net.2.bias"
    found, changes = changed(
        job,
        {
            3: lambda fit: fit.change(lr=0.3),
            7: lambda fit: fit.edit("net.0.weight", (2, 1), 0.3),
            12: lambda fit: fit.change(batch_size=40),
            14: lambda fit: (fit.edit(last, (0,), -1.5), fit.edit(last, (1,), 1e-5)),
            22: lambda fit: fit.change(lr=0.007, batch_size=0),
            25: lambda fit: fit.change(batch_size=9),
        },
    )
    text = playground_script(job, changes)
    agree(job, run(text), found)
    assert "new_rates = {3: 0.3, 22: 0.007}" in text
    assert '("net.0.weight", (2, 1), 0.3)' in text
    assert app(job)[0] != found[0]


def test_changes_with_early_stopping() -> None:
    job = replace(
        TEN["early stopping"], train=replace(TEN["early stopping"].train, patience=12, evaluations=50, epochs=60)
    )
    plan = {10: lambda fit: fit.change(batch_size=5), 31: lambda fit: fit.change(lr=0.02)}
    found, changes = changed(job, plan)
    agree(job, run(playground_script(job, changes)), found)


def test_too_many_edits_are_left_out_and_said_so() -> None:
    job = PlaygroundJob(MlpConfig((3, 8, 8, 3)), replace(FULL, epochs=3), SMALL)
    places = [(row, column) for row in range(8) for column in range(8)][: MOST_WEIGHTS + 1]
    plan = {1: lambda fit: [fit.edit("net.2.weight", place, 0.5) for place in places]}
    _found, changes = changed(job, plan)
    text = playground_script(job, changes)
    assert "# Too many weights were written by hand to repeat them here" in text
    assert run(text)["losses"] == app(job)[0]


def _table(text: str, inputs, outputs):
    return number_table(tables.read(text.encode("utf-8-sig"), "own 'file'.csv"), inputs, outputs)


ROWS = [f"{i * 0.37 % 1:.6f};{i * i % 17};{'abc'[i % 3]};{i % 4};{i % 2};{1 - i % 2};{i / 7!r}" for i in range(40)]
CSV = "\n".join(['a;b"c;kind;number;yes;no;y', *ROWS, " ; ; ; ; ; ; ", ""])


@pytest.mark.parametrize(
    ("inputs", "outputs", "loss"),
    [
        ((0, 1), (2,), "cross_entropy"),
        ((1, 0, 6), (3,), "mse"),
        ((0, 6), (4, 5), "cross_entropy"),
        ((0, 1), (6,), "mse"),
        ((0, 4), (1, 6), "smooth_l1"),
    ],
)
def test_own_tables(tmp_path, inputs, outputs, loss) -> None:
    csv = CSV.replace('b"c', "'b'")
    table = _table(csv, inputs, outputs)
    (tmp_path / table.name).write_bytes(csv.encode("utf-8-sig"))
    data = DataConfig("csv", table=table, seed=3)
    net = MlpConfig((len(inputs), 5, table.outputs))
    job = PlaygroundJob(net, replace(FULL, loss=loss, batch_size=6, epochs=4), data)
    agree(job, run(playground_script(job)), app(job))


@pytest.mark.parametrize("noise", [0.0, 0.25])
@pytest.mark.parametrize("name", DATA_SETS[:-1])
def test_the_script_draws_the_same_samples(name, noise) -> None:
    features = ("x2", "x1^2", "x2^2", "x1x2", "sin x1", "sin x2")
    config = DataConfig(name, 501, noise, 0.65, 2**40 + 7, features)
    names = run(script([device_part(), data_part(config), split_part(config)]))
    data, (inputs, outputs) = playground(config).data, shape_of(config)
    for part in ("train", "test"):
        table = names[f"{part}_Data"]
        answers = table[:, inputs:]
        assert table.shape[1] == inputs + outputs
        assert torch.equal(table[:, :inputs], getattr(data, f"{part}_inputs"))
        truth = answers if name in REGRESSIONS else answers.argmax(dim=1)
        assert torch.equal(truth, getattr(data, f"{part}_labels"))


@st.composite
def jobs(draw):
    data = DataConfig(
        draw(st.sampled_from(DATA_SETS[:-1])),
        draw(st.integers(20, 120)),
        draw(st.sampled_from([0.0, 0.1, 0.5])),
        draw(st.sampled_from([0.3, 0.5, 0.7])),
        draw(st.integers(0, 2**34)),
        tuple(draw(st.lists(st.sampled_from(sorted(FEATURES)), min_size=1, max_size=4, unique=True))),
    )
    inputs, outputs = shape_of(data)
    hidden = draw(st.lists(st.integers(1, 9), max_size=3))
    net = MlpConfig(
        (inputs, *hidden, outputs),
        initialisation=draw(st.sampled_from(sorted(INITIALISATIONS))),
        seed=draw(st.integers(0, 2**34)),
        activations=tuple(draw(st.sampled_from(sorted(ACTIVATIONS))) for _ in hidden),
        dropout=draw(st.sampled_from([0.0, 0.2, 0.5])),
        batch_norm=draw(st.booleans()),
    )
    train = TrainConfig(
        loss=draw(st.sampled_from(sorted(LOSSES))),
        optimiser=draw(st.sampled_from(sorted(OPTIMISERS))),
        lr=draw(st.floats(1e-4, 0.3)),
        momentum=draw(st.sampled_from([0.0, 0.5, 0.9])),
        batch_size=draw(st.integers(0, 130)),
        epochs=draw(st.integers(1, 5)),
        seed=draw(st.integers(0, 2**34)),
        evaluations=draw(st.integers(1, 30)),
        l1=draw(st.sampled_from([0.0, 0.001])),
        l2=draw(st.sampled_from([0.0, 0.01])),
        schedule=draw(st.sampled_from(sorted(SCHEDULES))),
        reshuffle=draw(st.booleans()),
        patience=draw(st.sampled_from([0, 0, 1, 3])),
    )
    return PlaygroundJob(net, train, data)


def _allowed(draw_job):
    """Settings that the app refuses have no script."""

    @st.composite
    def allowed(draw):
        try:
            return draw(draw_job)
        except InvalidInput:
            from hypothesis import reject

            reject()

    return allowed()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(_allowed(jobs()))
def test_any_settings_give_the_same_losses(job) -> None:
    found = app(job)
    names = run(playground_script(job))
    if found[1] is None or any(loss != loss or abs(loss) == float("inf") for loss in found[0]):
        assert names["losses"][: len(found[0]) - 1] == found[0][:-1]  # diverged: the app stops there
    else:
        agree(job, names, found)


@pytest.mark.parametrize("name", TEN)
def test_every_comment_can_be_translated(name) -> None:
    said: set[str] = set()
    for part in playground_parts(TEN[name]):
        in_language(part.code, lambda words: str(said.add(words)))
    assert said <= {message.id for message in extract()}
    chinese = catalogue("zh").gettext
    plain = playground_script(TEN[name])
    said_too = playground_script(TEN[name], say=chinese).replace(chinese(LAYOUT), LAYOUT)  # what is printed, not done
    assert ast.dump(ast.parse(said_too)) == ast.dump(ast.parse(plain))


def test_scripts_are_tidy(tmp_path) -> None:
    """Nothing imported or assigned in vain, no line too long, nothing of this project in it."""
    for number, job in enumerate(TEN.values()):
        text = playground_script(job)
        assert "chalknet" not in text.lower()
        assert "core" not in text
        assert len(text.splitlines()) <= 120
        (tmp_path / f"script{number}.py").write_text(text, "utf-8")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "ruff",
            "check",
            "--isolated",
            "--line-length=120",
            "--select=E,F,W,I,B,C4,SIM",
            tmp_path,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("network", ["lenet5", "mnist-dnn"])
def test_mnist_script_builds_the_same_network_and_losses(network, monkeypatch):
    """torchvision's MNIST is replaced by 640 random images, so that the script's own lines run quickly."""
    import torchvision.transforms.functional as functional
    from PIL import Image
    from torchvision import datasets

    from core.data.grey import normalise

    pixels = torch.randint(0, 256, (640, 28, 28), generator=torch.Generator().manual_seed(0)).to(torch.uint8)
    answers = torch.arange(640) % 10

    class Tiny(torch.utils.data.Dataset):
        mirrors: ClassVar[list] = []

        def __init__(self, _folder, train, download, transform):
            assert download
            self.transform, self.targets = transform, answers

        def __len__(self):
            return 640

        def __getitem__(self, index):
            return self.transform(Image.fromarray(pixels[index].numpy())), int(answers[index])

    assert functional is not None
    monkeypatch.setattr(datasets, "MNIST", Tiny)
    images = normalise(pixels.unsqueeze(1))
    data = ClassData(images, answers, images, answers, 10, "random")
    job = MnistJob(network, 2, TrainConfig(lr=0.1, momentum=0.5, batch_size=100, epochs=2, seed=9, evaluations=2), data)
    names = run(mnist_script(job))
    losses, evaluation = app(job)
    assert len(losses) == 14  # 7 updates an epoch, the last of 40 samples
    assert names["losses"] == losses
    assert names["correct"] == evaluation.correct
