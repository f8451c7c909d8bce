"""The exported script reproduces the app's losses bit for bit."""

from dataclasses import replace

import pytest
import torch

from core.export.train_script import mnist_script, one_hot_script
from core.nets.mlp import MlpConfig
from core.training.config import TrainConfig
from core.training.data import ClassData
from core.training.jobs import MnistJob, one_hot_job

FULL = TrainConfig(loss="mse", lr=0.01, batch_size=0, epochs=20, evaluations=3)


def run(script: str) -> dict:
    names: dict = {}
    exec(compile(script, "script.py", "exec"), names)
    return names


def app(job) -> tuple[list[float], float]:
    losses, accuracy = [], 0.0
    for progress in job.make():
        losses += progress.losses
        accuracy = progress.evaluation.accuracy if progress.evaluation else accuracy
    return losses, accuracy


@pytest.mark.parametrize(
    "job",
    [
        one_hot_job(MlpConfig(), FULL),
        one_hot_job(MlpConfig(seed=3), replace(FULL, loss="cross_entropy", optimiser="adam")),
        one_hot_job(
            MlpConfig((3, 8, 4, 3), "tanh", "xavier", 7), replace(FULL, batch_size=1000, momentum=0.9, epochs=3)
        ),
        one_hot_job(MlpConfig((3, 3), seed=1), replace(FULL, batch_size=999, seed=5, epochs=2), data_seed=4),
        one_hot_job(MlpConfig((3, 6, 3), "leaky_relu", "he", 2), FULL),
        one_hot_job(MlpConfig((3, 6, 3), "gelu", "large", 2), replace(FULL, optimiser="adam")),
        one_hot_job(MlpConfig((3, 6, 3), "sigmoid", "zeros", 2), FULL),
        one_hot_job(MlpConfig((3, 6, 6, 3), "identity", "default", 2), replace(FULL, loss="cross_entropy")),
    ],
    ids=lambda job: "-".join(map(str, job.net.widths)) + job.net.activation + job.net.initialisation,
)
def test_one_hot_script_gives_the_same_losses(job, capsys):
    names = run(one_hot_script(job))
    losses, accuracy = app(job)
    assert names["losses"] == losses
    assert f"{names['right'] / len(names['test_X']):.4%}" == f"{accuracy:.4%}"
    assert f"{accuracy:.4%}" in capsys.readouterr().out


@pytest.mark.parametrize("network", ["lenet5", "mnist-dnn"])
def test_mnist_script_builds_the_same_network_and_losses(network, monkeypatch):
    """torchvision's MNIST is replaced by 640 random images, so that the script's own lines run quickly."""
    import torchvision.transforms.functional as functional
    from PIL import Image
    from torchvision import datasets

    from core.data.mnist import normalise

    pixels = torch.randint(0, 256, (640, 28, 28), generator=torch.Generator().manual_seed(0)).to(torch.uint8)
    answers = torch.arange(640) % 10

    class Tiny(torch.utils.data.Dataset):
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
    losses, accuracy = app(job)
    assert len(losses) == 14  # 7 updates an epoch, the last of 40 samples
    assert names["losses"] == losses
    assert names["right"] / 640 == accuracy
