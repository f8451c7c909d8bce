"""What lesson 4 submits to the scheduler: LeNet-5, one of its variants or the MNIST DNN on real digits."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache

import torch
from torch import nn

from core.checks import checked_flag, checked_seed, is_whole
from core.data.digits import part
from core.data.problem import ClassData
from core.errors import InvalidInput
from core.nets.building import build, shape_only
from core.nets.digit_files import read_digit_weights
from core.nets.files import Weights
from core.nets.networks import NETWORKS, checked_network
from core.runs.history import Kept, RewindableFit
from core.runs.snapshot import Snapshot
from core.training.checkpoints import Checkpoint
from core.training.config import MAX_EVALUATIONS, TrainConfig
from core.training.courses import COURSES
from core.training.digit_engine import chosen_rows
from core.training.engines import digit_engine
from core.training.preflight import Estimate, preflight

TRAIN_LOOK = 2_000  # training samples that are looked at beside the test set; LeNet-5 needs 80 ms for them
MAX_BATCH = 2_048  # more would hold a shared worker for seconds at each update


@dataclass(frozen=True)
class MnistJob:
    """A training on shared MNIST tensors.

    Attributes:
        network: "lenet5", another key of core.nets.networks.VARIANTS, or "mnist-dnn".
        seed: of the first weights.
        train: hyperparameters.
        data: shared by all runs, never written to.
        samples: training samples to use, 100 … all; 0: all. See core.training.digit_engine.chosen_rows.
        data_seed: decides which ones.
        augment: whether each update sees its digits moved a little; see core.training.digit_engine.MOVED.
        start: first weights from a file, instead of those that ``seed`` draws.
        earlier: what was kept of a shorter run of the same settings, from whose end this one goes on.

    Raises:
        InvalidInput: there is no such network, the seed, the samples, the batch size or the patience are out of
            range, the loss is not the network's, the weights are another network's, or the run is over budget.
    """

    network: str
    seed: int
    train: TrainConfig
    data: ClassData = field(repr=False, compare=False)
    samples: int = 0
    data_seed: int = 0
    augment: bool = False
    start: Weights | None = None
    earlier: Kept | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        checked_network(self.network, tuple(name for name, network in NETWORKS.items() if network.data == "mnist"))
        checked_seed(self.seed)
        checked_seed(self.data_seed)
        checked_flag("augment", self.augment)
        self.chosen()
        rbf = COURSES[self.network].loss == "rbf"
        if (self.train.loss == "rbf") != rbf:
            raise InvalidInput(
                "The loss {loss} does not fit the outputs of {network}; choose {own}.",
                loss=self.train.loss,
                network=self.network,
                own="rbf" if rbf else "cross_entropy",
            )
        if (self.train.batch_size or self.samples_used) > MAX_BATCH and self.samples_used > MAX_BATCH:
            raise InvalidInput(
                "A batch of {size} images would hold the shared machine for seconds; choose at most {most}.",
                size=min(self.train.batch_size or self.samples_used, self.samples_used),
                most=MAX_BATCH,
            )
        if self.train.patience:
            raise InvalidInput(
                "Early stopping (patience {value}) is for the networks of lesson 2; choose 0.",
                value=self.train.patience,
            )
        self.estimate()
        if self.start is not None:
            read_digit_weights(self.start.payload, self.network)

    @property
    def kind(self) -> str:
        """See core.runs.job: one LeNet and one DNN may live side by side."""
        return "mnist-dnn" if self.network == "mnist-dnn" else "lenet5"

    @property
    def data_digest(self) -> str | None:
        """See core.runs.job.fingerprint; a run that goes on from another one is its owner's alone."""
        if self.earlier is not None or not self.data.checksum:
            return None
        return f"{self.data.checksum} {len(self.data.train_labels)} {len(self.data.test_labels)}"

    @property
    def samples_used(self) -> int:
        """Training samples in all."""
        return self.samples or len(self.data.train_labels)

    def chosen(self) -> torch.Tensor | None:
        """Return the rows of the training set that are used, None for all."""
        return chosen_rows(len(self.data.train_labels), self.samples, self.data_seed)

    def estimate(self) -> Estimate:
        """Check the run and return what it will cost."""
        return _estimate(self.network, self.samples_used, self.train)

    def model(self) -> nn.Module:
        """Return the network with its first weights, on the CPU."""
        model = build(self.network, self.seed)
        if self.start is not None:
            self.start.fill(model)
        return model

    def make(self, resume: Checkpoint | None = None) -> RewindableFit:
        """Return the training on the data's device, from its start or from a checkpoint."""
        data, rows = self.data, self.chosen()
        model = self.model().to(data.train_inputs.device)
        if resume is None and self.earlier is not None and self.earlier.end is not None:
            resume = replace(self.earlier.end, config=self.train)
        engine = digit_engine(model, data, self.train, rows, self.augment, resume)
        if rows is not None:
            # fit needs the labels of all chosen samples, and the images of those that are looked at alone
            data = replace(
                data, train_inputs=part(data.train_inputs, rows[:TRAIN_LOOK]), train_labels=data.train_labels[rows]
            )
        run = RewindableFit(model, data, self.train, engine, resume, TRAIN_LOOK)
        run.earlier = self.earlier
        return run

    def beside(self, network: str) -> MnistJob:
        """Return the job that trains another network on the very same batches, beside this one.

        The other network keeps its own optimiser, with its learning rate scaled to this batch size (linearly for
        gradient descent: Goyal et al. 2017, arXiv 1706.02677, section 2.1).

        Args:
            network: of the other one.

        Raises:
            InvalidInput: there is no such network, or the run is over budget.
        """
        own = COURSES.get(network, self.train)
        scale = self.train.batch_size / own.batch_size if "adam" not in own.optimiser and self.train.batch_size else 1
        train = replace(self.train, loss=own.loss, optimiser=own.optimiser, lr=own.lr * scale, momentum=own.momentum)
        return replace(self, network=network, train=train, start=None, earlier=None)

    def longer(self, epochs: int, earlier: Kept) -> MnistJob:
        """Return the job that goes on for more epochs, with looks at the same places.

        Args:
            epochs: in all, more than now.
            earlier: what was kept of this job's run, with its end.

        Raises:
            InvalidInput: not more than now, over budget, or the learning rate's schedule depends on their number.
        """
        now = self.train
        if not is_whole(epochs, now.epochs + 1):
            raise InvalidInput(
                "The run has done {now} epochs; to go on it needs more than these in all, not {epochs}.",
                now=now.epochs,
                epochs=epochs,
            )
        if now.schedule != "constant":
            raise InvalidInput(
                "The learning rate falls over {now} epochs ({schedule}), so that this run cannot go on; "
                "start another one with more epochs.",
                now=now.epochs,
                schedule=now.schedule,
            )
        looks = min(MAX_EVALUATIONS, max(1, round(now.evaluations * epochs / now.epochs)))
        return replace(self, train=replace(now, epochs=epochs, evaluations=looks), earlier=earlier)


def continued(now: Snapshot, epochs: int) -> MnistJob:
    """Return a job that takes a finished run on, as if it had been longer from the start.

    Its losses, looks, moments and weights are those of one run of so many epochs, bit for bit; only where moments or
    points of a curve were thinned out may others be left.

    Args:
        now: the finished run.
        epochs: in all, more than it has done.

    Raises:
        InvalidInput: it has not finished, it cannot go on, or it would be over budget.
    """
    if not isinstance(now.job, MnistJob) or now.kept.end is None:
        raise InvalidInput("Only a run that has done all its epochs can go on for more; let this one finish first.")
    return now.job.longer(epochs, now.kept)


@lru_cache(maxsize=256)
def _estimate(network: str, samples: int, train: TrainConfig) -> Estimate:
    """Check a run once for all who ask: a page makes its job again at every click. What is refused is checked again."""
    return preflight(lambda: shape_only(network), (1, 28, 28), 10, samples, train)
