"""Files that an earlier version wrote still open: weights, checkpoints, a class database (tests/files/README.md)."""

from __future__ import annotations

import gzip
import json
import platform
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core.classroom.store import ClassStore
from core.data.playground import DataConfig
from core.data.problem import ClassData
from core.errors import InvalidInput
from core.export import weights as weight_files
from core.nets.digit_files import model_of, network_of, read_digit_weights
from core.nets.files import read_weights
from core.nets.mlp import MlpConfig, mlp
from core.runs.digits_job import MnistJob
from core.runs.playground_job import PlaygroundJob
from core.score import Score
from core.training.checkpoints import from_bytes
from core.training.config import TrainConfig
from core.training.evaluate import evaluate

FILES = Path(__file__).parents[1] / "files"
EXPECTED: dict[str, Any] = json.loads((FILES / "expected.json").read_text(encoding="utf-8"))


def same_numbers(found: Any, written: Any) -> None:
    """Hold numbers to the written ones: to the last bit on such a machine as wrote them, else to five digits."""
    cpu = next((line for line in _cpuinfo() if "model name" in line), "").partition(":")[2].strip()
    here = {"torch": torch.__version__, "instructions": torch.backends.cpu.get_cpu_capability()}
    if EXPECTED["machine"] == here | {"machine": platform.machine(), "cpu": cpu}:
        assert found == written
    else:
        torch.testing.assert_close(torch.tensor(found), torch.tensor(written), rtol=1e-5, atol=1e-6)


def _cpuinfo() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []


def labels(n: int) -> torch.Tensor:
    return torch.arange(n) * 7 % 10


def pictures(n: int) -> torch.Tensor:
    """float32 (n, 1, 28, 28), 0 … 1, from arithmetic alone: six bright rows, lower for each label, under grey noise."""
    noise = (torch.arange(n * 784) * 2_654_435_761 // 256 % 256).reshape(n, 1, 28, 28)
    first = 2 * labels(n).reshape(n, 1, 1, 1)
    rows = torch.arange(28).reshape(1, 1, 28, 1)
    return (noise // 4 + 190 * ((first <= rows) & (rows < first + 6))).float() / 255


def digits(train: int, test: int) -> ClassData:
    images, right = pictures(train + test), labels(train + test)
    return ClassData(images[:train], right[:train], images[train:], right[train:], 10, "arithmetic")


def onehot() -> PlaygroundJob:
    return PlaygroundJob(
        MlpConfig((3, 5, 5, 5, 3), seed=3),
        TrainConfig("cross_entropy", "adam", lr=0.01, batch_size=16, epochs=30, evaluations=10, seed=4),
        DataConfig(samples=200, seed=1),
    )


def mixed() -> PlaygroundJob:
    activations = ("tanh", "leaky_relu")
    schedule = {"l1": 1e-4, "l2": 1e-3, "schedule": "cosine", "patience": 15}
    return PlaygroundJob(
        MlpConfig((2, 8, 4, 2), "relu", "he", seed=5, activations=activations, dropout=0.2, batch_norm=True),
        TrainConfig("mse", "rmsprop", 0.01, 0.5, 16, 20, 6, 20, **schedule),
        DataConfig("moons", samples=160, noise=0.2, seed=2, features=("x1", "x2")),
    )


def lenet5() -> MnistJob:
    train = TrainConfig(lr=0.3, batch_size=20, epochs=3, evaluations=3, seed=7)
    return MnistJob("lenet5", 3, train, digits(120, 40), samples=100, data_seed=2, augment=True)


JOBS = {"onehot": onehot, "mixed": mixed, "lenet5": lenet5}


@pytest.mark.parametrize("name", JOBS)
def test_a_checkpoint_goes_on_with_the_losses_that_followed_then(name: str) -> None:
    file = f"{name}.checkpoint.safetensors"
    job, expected = JOBS[name](), EXPECTED[file]
    checkpoint = from_bytes((FILES / file).read_bytes())
    assert checkpoint.config == job.train
    assert checkpoint.step == expected["step"]
    fit = job.make(checkpoint)
    assert fit.steps == expected["steps"]
    same_numbers([loss for progress in fit for loss in progress.losses], expected["losses"])


def test_a_checkpoint_keeps_what_was_changed_by_hand() -> None:
    expected = EXPECTED["onehot.checkpoint.safetensors"]["changes"]
    assert [change[1] for change in expected] == ["weight", "lr", "batch_size"]
    for name in JOBS:
        file = f"{name}.checkpoint.safetensors"
        written = _changes((FILES / file).read_bytes())
        assert written == EXPECTED[file]["changes"]
        checkpoint = from_bytes((FILES / file).read_bytes())
        again = from_bytes(checkpoint.to_bytes())
        assert again.changes == checkpoint.changes
        assert [(change.step, change.what, change.place, change.value) for change in again.changes] == [
            tuple(change) for change in written
        ]
        assert _changes(checkpoint.to_bytes()) == written
        assert again.tensors.keys() == checkpoint.tensors.keys()
        assert all(torch.equal(again.tensors[key], value) for key, value in checkpoint.tensors.items())


def _changes(payload: bytes) -> list[list[object]]:
    """Return the changes as they are written in a checkpoint's header."""
    about = json.loads(payload[8 : 8 + int.from_bytes(payload[:8], "little")])["__metadata__"]
    found: list[list[object]] = json.loads(about["chalknet"])["changes"]
    return found


@pytest.mark.parametrize("name", ["onehot", "mixed"])
def test_the_playgrounds_weights_answer_as_they_did(name: str) -> None:
    job, expected = JOBS[name](), EXPECTED[f"{name}.safetensors"]
    weights = read_weights((FILES / f"{name}.safetensors").read_bytes(), job.net)
    assert weight_files.saved_test(weights) == Score(expected["correct"], expected["samples"])
    again = weight_files.test_again(weights, job)
    assert (again.correct, again.samples) == (expected["correct"], expected["samples"])
    same_numbers([again.loss], [expected["loss"]])
    model = mlp(job.net).eval()
    weights.fill(model)
    with torch.inference_mode():
        same_numbers(model(job.playground().data.test_inputs[:5]).tolist(), expected["outputs"])
    # a new training may start from them
    assert next(PlaygroundJob(job.net, job.train, job.data, weights).make()).evaluation == again
    # the course's own kind of file holds the same numbers, and is read as well
    course = torch.load(FILES / f"{name}.pth", weights_only=True)
    assert all(torch.equal(course[key], value) for key, value in weights.tensors().items())
    found = read_weights((FILES / f"{name}.pth").read_bytes(), job.net).tensors()
    assert all(torch.equal(found[key], value) for key, value in weights.tensors().items())


@pytest.mark.parametrize("name", ["lenet5", "mnist-dnn"])
def test_the_digit_networks_weights_answer_as_they_did(name: str) -> None:
    payload = gzip.decompress((FILES / f"{name}.safetensors.gz").read_bytes())
    expected, data = EXPECTED[f"{name}.safetensors.gz"], digits(100, 40)
    assert network_of(payload) == name
    model = model_of(read_digit_weights(payload, name).tensors(), name)
    found = evaluate(model, data.train_inputs, data.train_labels, 10)
    assert (found.correct, found.samples) == (expected["correct"], expected["samples"])
    same_numbers([found.loss], [expected["loss"]])
    with torch.inference_mode():
        same_numbers(model(data.train_inputs[:5]).tolist(), expected["outputs"])


@pytest.fixture
def classroom(tmp_path: Path) -> ClassStore:
    shutil.copy(FILES / "classroom.sqlite3", tmp_path)
    return ClassStore(f"sqlite:///{tmp_path / 'classroom.sqlite3'}")


def test_a_class_database_lists_what_was_given(classroom: ClassStore) -> None:
    expected = EXPECTED["classroom.sqlite3"]
    found = classroom.collection(expected["code"].lower().replace("-", " "))
    assert found.counts.version == classroom.version(expected["code"]) == expected["version"]
    assert found.counts.labels == (1, 0, 0, 1, 0, 0, 0, 1, 0, 1)
    assert found.counts.visitors == 2
    assert found.counts.open
    for name in ("ids", "labels", "given_at", "hands"):
        assert getattr(found, name).tolist() == expected[name]
    assert found.images.astype(np.int64).sum(axis=(1, 2)).tolist() == expected["sums"]
    drawn = (pictures(6)[:, 0] * 255).to(torch.uint8).numpy()
    assert np.array_equal(found.images, drawn[[0, 1, 3, 4]])


def test_in_an_old_class_everybody_is_still_who_they_were(classroom: ClassStore) -> None:
    expected = EXPECTED["classroom.sqlite3"]
    code, token, drawn = expected["code"], expected["token"], (pictures(7)[:, 0] * 255).to(torch.uint8).numpy()
    assert list(classroom.mine(code, "a-first-visitor")) == expected["first"]
    assert classroom.take_back(code, "a-first-visitor", *expected["ids"]) == 2
    assert not classroom.submit(code, "a-second-visitor", 0, drawn[3], True).new
    assert classroom.submit(code, "a-second-visitor", 6, drawn[6], True).new
    with pytest.raises(InvalidInput):  # shut out by the teacher then
        classroom.submit(code, "a-third-visitor", 6, drawn[6], True)
    with pytest.raises(InvalidInput, match="takes no"):
        classroom.submit(expected["closed"], "a-second-visitor", 6, drawn[6], True)
    with pytest.raises(InvalidInput, match="not the teacher's token"):
        classroom.check_token(code, token[:-1] + ("A" if token[-1] != "A" else "C"))
    classroom.check_token(code, token)
    classroom.delete_class(code, token)
    with pytest.raises(InvalidInput):
        classroom.counts(code)
