"""What lesson 2 submits to the scheduler: a fully connected network on one of its data sets."""

from dataclasses import dataclass, field
from functools import lru_cache

from core.data.playground import REGRESSIONS, DataConfig, PlaygroundData, playground, shape_of
from core.errors import InvalidInput
from core.nets.files import Weights, read_weights
from core.nets.mlp import Mlp, MlpConfig, mlp
from core.training.checkpoints import Checkpoint
from core.training.config import TrainConfig
from core.training.fit import Fit, fit
from core.training.losses import LOSSES
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
        if self.train.loss not in LOSSES:
            raise InvalidInput(
                "The loss {loss} belongs to LeNet-5's outputs of 1998; choose one of {names}.",
                loss=self.train.loss,
                names=", ".join(LOSSES),
            )
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
        """See core.runs.job."""
        return "playground"

    @property
    def data_digest(self) -> str | None:
        """See core.runs.job.fingerprint: the settings say all, and a visitor's own table is nobody else's."""
        return "" if self.data.table is None else None

    @property
    def regression(self) -> bool:
        """Whether the true answers are numbers on a scale, not classes."""
        table = self.data.table if self.data.name == "csv" else None
        return self.data.name in REGRESSIONS or (table is not None and not table.class_names)

    def estimate(self) -> Estimate:
        """Check the run and return what it will cost."""
        return _estimate(self.net, self.train, *shape_of(self.data), self.data.train_size)

    def playground(self) -> PlaygroundData:
        """Return the samples, split; shared, never written to."""
        return playground(self.data)

    def model(self) -> Mlp:
        """Return the network with the weights that its training begins with."""
        model = mlp(self.net)
        if self.start is not None:
            self.start.fill(model)
        return model

    def make(self, resume: Checkpoint | None = None) -> Fit:
        """Return the training, from its start or from a checkpoint; on the CPU, which is faster at this size."""
        return fit(self.model(), self.playground().data, self.train, resume=resume, train_look=MAX_TRAIN_LOOK)


@lru_cache(maxsize=256)
def _estimate(net: MlpConfig, train: TrainConfig, inputs: int, outputs: int, samples: int) -> Estimate:
    """Check a run once for all who ask: a page makes its job again at every click. What is refused is checked again."""
    return preflight(lambda: Mlp(net), (inputs,), outputs, samples, train)
