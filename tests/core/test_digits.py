"""Digits as bytes: the numbers that they become, in torch and in the compiled engine, and what is not imported."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from torchvision import transforms

from core.data.digits import Digits, part
from core.data.grey import normalise
from core.data.problem import ClassData
from core.nets.building import build
from core.training.config import TrainConfig
from core.training.engines import engine_for

EVERY = torch.arange(256, dtype=torch.uint8).repeat(40 * 49).reshape(640, 1, 28, 28)[:, :, :, torch.randperm(28)]


def test_rows_are_bitwise_what_the_notes_loader_gives() -> None:
    notes = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
    rows = torch.randperm(640)[:64]
    theirs = torch.stack([notes(EVERY[row, 0].numpy()) for row in rows])
    found = Digits(EVERY)[rows]
    assert type(found) is torch.Tensor
    assert torch.equal(found, theirs)


def test_it_is_the_tensor_that_it_stands_for() -> None:
    digits, numbers = Digits(EVERY), normalise(EVERY)
    assert (digits.shape, digits.dtype, digits.device) == (numbers.shape, torch.float32, numbers.device)
    assert torch.equal(digits, numbers)
    assert torch.equal(digits.flatten(1) + 1, numbers.flatten(1) + 1)
    with torch.inference_mode():
        assert torch.equal(digits.flatten(1), numbers.flatten(1))
        assert torch.equal(torch.split(digits, 100)[2], numbers[200:300])
    assert isinstance(digits.cpu(), Digits)
    some = part(digits, slice(5, 9))
    assert isinstance(some, Digits)
    assert some.pixels.data_ptr() == EVERY[5:].data_ptr()
    assert torch.equal(some, numbers[5:9])


@pytest.mark.usefixtures("compiled")
@pytest.mark.parametrize(("network", "batch"), [("lenet5", 40), ("mnist-dnn", 64), ("mnist-dnn", 7)])
@pytest.mark.parametrize("engine", ["auto", "torch"])
def test_bytes_and_numbers_train_to_the_same_bits(network: str, batch: int, engine: str) -> None:
    labels = torch.arange(640) % 10
    config = TrainConfig(epochs=1, batch_size=batch, loss="cross_entropy", lr=0.01, engine=engine)
    engines = [
        engine_for(build(network, 1), ClassData(images, labels, images, labels, 10, ""), config)
        for images in (Digits(EVERY), normalise(EVERY))
    ]
    losses = [each.advance(16) for each in engines]
    assert losses[0] == losses[1]
    assert np.isfinite(losses[0]).all()
    assert all(each.note.compiled == (engine == "auto") for each in engines)
    answers = [each.outputs(each.inputs) for each in engines]
    assert answers[0] is None or torch.equal(answers[0], answers[1])


def test_no_training_imports_torch_s_compiler() -> None:
    script = """
import sys, torch
from core.data.digits import Digits
from core.data.problem import ClassData
from core.runs.digits_job import MnistJob
from core.training.courses import COURSES
images, labels = Digits(torch.zeros(300, 1, 28, 28, dtype=torch.uint8)), torch.arange(300) % 10
for name in ("lenet5", "mnist-dnn"):
    job = MnistJob(name, 0, COURSES[name], ClassData(images, labels, images, labels, 10, ""))
    job.make().engine.advance(2)
print(sorted({"sympy", "torch._dynamo", "torchvision", "matplotlib", "sklearn"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
