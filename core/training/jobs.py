"""What the lessons submit to the scheduler: frozen settings that know how to make their training."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch

from core.data.synthetic import checked_samples, checked_seed, one_hot
from core.errors import InvalidInput
from core.nets.mlp import Mlp, MlpConfig, mlp
from core.training.checkpoints import Checkpoint
from core.training.config import TrainConfig
from core.training.courses import COURSES, ONE_HOT_SAMPLES, ONE_HOT_SHARE
from core.training.data import ClassData, from_one_hot
from core.training.fit import Fit, fit
from core.training.preflight import Estimate, preflight


@dataclass(frozen=True)
class OneHotJob:
    """A network of any widths on the one-hot data.

    Attributes:
        net: the network; 3 inputs and 3 outputs.
        train: hyperparameters.
        data_seed: of the samples and of their shuffling.
        samples: in all, before the 70/30 split.

    Raises:
        InvalidInput: the network does not fit the data, or the run is over budget.
    """

    net: MlpConfig
    train: TrainConfig
    data_seed: int = 0
    samples: int = ONE_HOT_SAMPLES

    def __post_init__(self) -> None:
        checked_seed(self.data_seed)
        if int(checked_samples(self.samples) * ONE_HOT_SHARE) < 1:
            raise InvalidInput(
                "samples (={samples}) leaves no sample for the training set; try 10000.", samples=self.samples
            )
        self.estimate()

    @property
    def kind(self) -> str:
        """See scheduler.Job."""
        return "one-hot"

    def estimate(self) -> Estimate:
        """Check the run and return what it will cost."""
        samples = int(self.samples * ONE_HOT_SHARE)
        return preflight(lambda: Mlp(self.net.widths, self.net.activation), (3,), 3, samples, self.train)

    def data(self) -> ClassData:
        """Draw the samples and split them 70/30."""
        return from_one_hot(one_hot(self.samples, self.data_seed), ONE_HOT_SHARE, self.data_seed)

    def make(self, resume: Checkpoint | None = None) -> Fit:
        """Return the training, from its start or from a checkpoint; on the CPU, which is faster at this size."""
        return fit(mlp(self.net), self.data(), self.train, resume=resume)


@dataclass(frozen=True)
class MnistJob:
    """LeNet-5 or the MNIST DNN on shared MNIST tensors.

    Attributes:
        network: "lenet5" or "mnist-dnn".
        seed: of the first weights.
        train: hyperparameters.
        data: shared by all runs, never written to.

    Raises:
        InvalidInput: there is no such network, the seed is out of range, or the run is over budget.
    """

    network: str
    seed: int
    train: TrainConfig
    data: ClassData = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        names = tuple(name for name, course in COURSES.items() if course.data == "mnist")
        if self.network not in names:
            raise InvalidInput(
                "The network (={name}) is not known; choose one of {names}.", name=self.network, names=", ".join(names)
            )
        checked_seed(self.seed)
        self.estimate()

    @property
    def kind(self) -> str:
        """See scheduler.Job."""
        return self.network

    def estimate(self) -> Estimate:
        """Check the run and return what it will cost."""
        course = COURSES[self.network]
        return preflight(
            course.shape_only, course.sample_shape, course.classes, len(self.data.train_labels), self.train
        )

    def make(self, resume: Checkpoint | None = None) -> Fit:
        """Return the training on the data's device, from its start or from a checkpoint."""
        device: torch.device = self.data.train_inputs.device
        return fit(COURSES[self.network].build(self.seed).to(device), self.data, self.train, resume=resume)
