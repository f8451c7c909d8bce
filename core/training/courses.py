"""The trainings of the course, which network, which data, the course's own settings; and LeNet-5's variants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from torch import nn

from core.nets.lenet import LeNet5, lenet5
from core.nets.mlp import MNIST_DNN_WIDTHS, ONE_HOT_WIDTHS, Mlp, MlpConfig, mlp, mnist_dnn
from core.training.config import TrainConfig

ONE_HOT_SAMPLES, ONE_HOT_SHARE = 10_000, 0.7


@dataclass(frozen=True)
class Course:
    """One training of the course.

    Attributes:
        name: as on the command line.
        data: "mnist" or "one-hot".
        build: seed → network with its first weights, on the CPU.
        shape_only: the same network without drawing weights, for the meta device.
        config: the course's settings.
        sample_shape: of one input.
        classes: number of classes.
    """

    name: str
    data: str
    build: Callable[[int], nn.Module]
    shape_only: Callable[[], nn.Module]
    config: TrainConfig
    sample_shape: tuple[int, ...]
    classes: int


def _variant(name: str, **config: Any) -> Course:
    train = TrainConfig(batch_size=256, epochs=5, evaluations=20, **config)
    return Course(name, "mnist", partial(lenet5, name=name), partial(LeNet5, name), train, (1, 28, 28), 10)


COURSES = {
    course.name: course
    for course in (
        # course 5: SGD lr 0.9, batch size 256, 5 epochs
        Course(
            "lenet5",
            "mnist",
            lenet5,
            LeNet5,
            TrainConfig(lr=0.9, batch_size=256, epochs=5, evaluations=20),
            (1, 28, 28),
            10,
        ),
        # course 3: SGD lr 0.01, momentum 0.5, batch size 64, 5 epochs
        Course(
            "mnist-dnn",
            "mnist",
            mnist_dnn,
            lambda: Mlp(MNIST_DNN_WIDTHS),
            TrainConfig(lr=0.01, momentum=0.5, batch_size=64, epochs=5, evaluations=20),
            (1, 28, 28),
            10,
        ),
        # course 2.4: MSE, SGD lr 0.01, full batch, 1000 epochs
        Course(
            "one-hot",
            "one-hot",
            lambda seed: mlp(MlpConfig(ONE_HOT_WIDTHS, seed=seed)),
            lambda: Mlp(ONE_HOT_WIDTHS),
            TrainConfig(loss="mse", lr=0.01, batch_size=0, epochs=1000, evaluations=100),
            (3,),
            3,
        ),
        # LeNet-5's variants, with learning rates that suit them; what they reach: benchmarks/lenet_variants.py
        _variant("lenet5-sigmoid", optimiser="adam", lr=0.003),
        _variant("lenet5-relu-max", lr=0.1),
        _variant("lenet5-32", lr=0.9),
        _variant("lenet5-rbf", loss="rbf", lr=0.03),
    )
}
