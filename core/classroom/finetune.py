"""Going on to train the shipped LeNet-5 with a class's own handwriting, and what it forgets of MNIST by that."""

from dataclasses import dataclass, field

import numpy as np
import torch

from core.checks import checked_seed
from core.classroom.entries import Collection, Numbers
from core.data.grey import normalise
from core.data.mnist import Mnist
from core.data.problem import ClassData
from core.errors import InvalidInput
from core.nets.lenet import LeNet5
from core.nets.pretrained import pretrained
from core.training.checkpoints import Checkpoint
from core.training.config import TrainConfig
from core.training.fit import Fit, fit
from core.training.preflight import Estimate, preflight

LEAST_ENTRIES = 50
HELD_OUT = 0.3
FEWEST_HANDS = 5  # with fewer, one hand is too large a part of the set to be held out whole
# Small steps: the weights are nearly right already.
SETTINGS = TrainConfig(lr=0.01, momentum=0.9, batch_size=16, epochs=20, evaluations=40)


@dataclass(frozen=True, eq=False)
class Parts:
    """A class set, split.

    Attributes:
        train: int64, rows of the collection to train with.
        held: int64, rows to test with; no other row is.
        hands: of how many visitors the held-out part has everything; 0: visitors are in both parts.
    """

    train: Numbers
    held: Numbers
    hands: int


def split(found: Collection, seed: int = 0) -> Parts:
    """Hold out about 30 % of a class set: whole visitors where there are enough, so that their hands are new.

    Args:
        found: the class set.
        seed: of the choice.

    Raises:
        InvalidInput: the set is too small.
    """
    count = len(found)
    if count < LEAST_ENTRIES:
        raise InvalidInput(
            "The class set has {count} digits; to train on it and still hold some out it must have {least}: "
            "give {missing} more.",
            count=count,
            least=LEAST_ENTRIES,
            missing=LEAST_ENTRIES - count,
        )
    draw, wanted = np.random.default_rng(checked_seed(seed)), round(HELD_OUT * count)
    hands = draw.permutation(int(found.hands.max()) + 1)
    held = np.zeros(count, dtype=bool)
    taken = 0
    for hand in hands if len(hands) >= FEWEST_HANDS else ():
        own = found.hands == hand
        if held.sum() + own.sum() <= 1.2 * wanted:
            held |= own
            taken += 1
        if held.sum() >= wanted:
            break
    if held.sum() < 0.7 * wanted:  # a few hands wrote nearly everything
        held[:], taken = False, 0
        held[draw.permutation(count)[:wanted]] = True
    return Parts(np.flatnonzero(~held), np.flatnonzero(held), taken)


def class_data(found: Collection, parts: Parts, data: Mnist, rehearse: bool, seed: int = 0) -> ClassData:
    """Return a class set as a classification problem on MNIST's device.

    Args:
        found: the class set.
        parts: how it is split.
        data: MNIST, for rehearsal.
        rehearse: mix as many of MNIST's training digits in as the class's part for training has.
        seed: of the choice of those.
    """
    device = data.train_images.device
    images = normalise(torch.from_numpy(found.images.copy()).unsqueeze(1)).to(device)
    labels = torch.from_numpy(found.labels.copy()).to(device)
    train, held = torch.from_numpy(parts.train).to(device), torch.from_numpy(parts.held).to(device)
    inputs, targets = images[train], labels[train]
    if rehearse:
        draw = torch.Generator().manual_seed(checked_seed(seed))
        rows = torch.randperm(len(data.train_labels), generator=draw)[: len(inputs)].to(device)
        inputs = torch.cat([inputs, data.train_images[rows]])
        targets = torch.cat([targets, data.train_labels[rows]])
    return ClassData(inputs, targets, images[held], labels[held], 10, f"class set {found.counts.code}")


@dataclass(frozen=True)
class FineTuneJob:
    """Training the shipped LeNet-5 on with a class set; for the scheduler.

    Attributes:
        code: of the class.
        version: of the class set when it was read.
        rehearse: whether MNIST digits are mixed in.
        train: hyperparameters.
        seed: of the split and of the MNIST digits.
        found: the class set.
        digits: MNIST, shared and never written to.

    Raises:
        InvalidInput: the class set is too small, or the run is over budget.
    """

    code: str
    version: int
    rehearse: bool
    train: TrainConfig
    seed: int
    found: Collection = field(repr=False, compare=False)
    digits: Mnist = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        self.estimate()

    @property
    def kind(self) -> str:
        """See core.runs.job."""
        return "class-set"

    @property
    def parts(self) -> Parts:
        """Which digits are held out."""
        return split(self.found, self.seed)

    def estimate(self) -> Estimate:
        """Check the run and return what it will cost."""
        own = len(self.parts.train)
        rehearsed = min(own, len(self.digits.train_labels)) if self.rehearse else 0
        return preflight(LeNet5, (1, 28, 28), 10, own + rehearsed, self.train)

    def data(self) -> ClassData:
        """Return the digits to train with, and those held out as its test set."""
        return class_data(self.found, self.parts, self.digits, self.rehearse, self.seed)

    def make(self, resume: Checkpoint | None = None) -> Fit:
        """Return the training, from the shipped weights or from a checkpoint."""
        model = pretrained("lenet5", self.digits.train_images.device).requires_grad_(True)
        return fit(model, self.data(), self.train, resume=resume)


def fine_tuning(
    found: Collection, digits: Mnist, rehearse: bool = True, train: TrainConfig = SETTINGS, seed: int = 0
) -> FineTuneJob:
    """Return the job that trains LeNet-5 on with a class set; raises what FineTuneJob does."""
    return FineTuneJob(found.counts.code, found.counts.version, rehearse, train, seed, found, digits)
