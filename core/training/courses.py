"""The trainings of the networks: which data, and the course's own settings or what suits a variant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from torch import nn

from core.nets.building import build, shape_only
from core.nets.networks import NETWORKS
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


COURSES = {
    name: Course(
        name,
        network.data,
        partial(build, name),
        partial(shape_only, name),
        TrainConfig(**network.training),
        network.sample_shape,
        network.classes,
    )
    for name, network in NETWORKS.items()
}
