"""What the lessons submit to the scheduler: frozen settings that know how to make their training."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch

from core.data.playground import REGRESSIONS, DataConfig, PlaygroundData, playground, shape_of
from core.data.synthetic import checked_seed
from core.errors import InvalidInput
from core.nets.files import Weights, read_weights
from core.nets.mlp import Mlp, MlpConfig, mlp
from core.training.checkpoints import Checkpoint
from core.training.config import TrainConfig
from core.training.courses import COURSES
from core.training.data import ClassData
from core.training.fit import Fit, fit
from core.training.preflight import Estimate, preflight

MAX_TRAIN_LOOK = 10_000  # training samples that are looked at beside the test set


@dataclass(frozen=True)
class PlaygroundJob:
    """A fully connected network on one of the data sets of lesson 2.

    Attributes:
        net: the network; its inputs and outputs are those of ``shape_of(data)``.
        train: hyperparameters.
        data: what the samples are.
        start: first weights from a file, instead of those that ``net`` draws.

    Raises:
        InvalidInput: the network or the loss does not fit the data, the weights are another network's, or the run is
            over budget.
    """

    net: MlpConfig
    train: TrainConfig
    data: DataConfig = field(default_factory=DataConfig)
    start: Weights | None = None

    def __post_init__(self) -> None:
        if self.regression and self.train.loss == "cross_entropy":
            raise InvalidInput(
                "Cross-entropy compares classes, but the answers of {data} are numbers on a scale; "
                "choose the mean squared error.",
                data=self.data.name,
            )
        inputs, outputs = shape_of(self.data)
        if self.net.widths[0] != inputs or self.net.widths[-1] != outputs:
            raise InvalidInput(
                "The network {widths} does not fit the data, which has {inputs} inputs and {outputs} outputs; "
                "let its widths begin with {inputs} and end with {outputs}.",
                widths="-".join(map(str, self.net.widths)),
                inputs=inputs,
                outputs=outputs,
            )
        self.estimate()
        if self.start is not None:
            read_weights(self.start.payload, self.net)

    @property
    def kind(self) -> str:
        """See scheduler.Job."""
        return "playground"

    @property
    def regression(self) -> bool:
        """Whether the true answers are numbers on a scale, not classes."""
        table = self.data.table if self.data.name == "csv" else None
        return self.data.name in REGRESSIONS or (table is not None and not table.class_names)

    def estimate(self) -> Estimate:
        """Check the run and return what it will cost."""
        inputs, outputs = shape_of(self.data)
        return preflight(lambda: Mlp(self.net), (inputs,), outputs, self.data.train_size, self.train)

    def playground(self) -> PlaygroundData:
        """Return the samples, split; shared, never written to."""
        return playground(self.data)

    def make(self, resume: Checkpoint | None = None) -> Fit:
        """Return the training, from its start or from a checkpoint; on the CPU, which is faster at this size."""
        model = mlp(self.net)
        if self.start is not None:
            self.start.fill(model)
        return fit(model, self.playground().data, self.train, resume=resume, train_look=MAX_TRAIN_LOOK)


def one_hot_job(net: MlpConfig, train: TrainConfig, data_seed: int = 0, samples: int = 10_000) -> PlaygroundJob:
    """Return a job on the course's one-hot data, split 70/30."""
    return PlaygroundJob(net, train, DataConfig(samples=samples, seed=data_seed))


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
