"""What a training run is told: plain values, checked before anything starts."""

from dataclasses import dataclass

from core.checks import checked_choice, checked_flag, checked_number, checked_seed, checked_whole, is_number
from core.errors import InvalidInput
from core.training.losses import ALL_LOSSES, LOSSES
from core.training.optimisers import OPTIMISERS
from core.training.schedules import SCHEDULES

MAX_EPOCHS, MAX_BATCH, MAX_LR, MAX_EVALUATIONS, MAX_PENALTY = 10_000, 70_000, 100.0, 500, 10.0
ENGINES = ("auto", "torch")


@dataclass(frozen=True)
class TrainConfig:
    """The hyperparameters of one run.

    Attributes:
        loss: a key of ALL_LOSSES.
        optimiser: a key of OPTIMISERS.
        lr: learning rate, above 0 and at most 100.
        momentum: 0 ≤ momentum < 1; "sgd" and "rmsprop" may use it, "nesterov" needs it.
        batch_size: samples per update; 0 means the whole training set (batch gradient descent, never reshuffled).
        epochs: passes over the training set, 1 … 10 000.
        seed: of the batch order; the same numbers as DataLoader(shuffle=True, generator=manual_seed(seed)).
        evaluations: how many times the test set is looked at during the run, spread evenly, 1 … 500.
        l1: l1·Σ|w| over all weights is added to the loss before the gradients are taken, 0 … 10; the losses that are
            recorded are those of the data alone.
        l2: l2·Σw² likewise.
        schedule: a key of SCHEDULES: how the learning rate falls, epoch by epoch.
        reshuffle: whether the rows are mixed anew for each epoch; else they keep their order.
        patience: early stopping: the run ends after this many looks in a row without a lower test loss than ever
            before, 1 … 500; 0: never.
        engine: "auto": the compiled engine where it can do the run, else PyTorch's autograd; "torch": that.

    Raises:
        InvalidInput: naming the value, the rule and the remedy.
    """

    loss: str = "cross_entropy"
    optimiser: str = "sgd"
    lr: float = 0.01
    momentum: float = 0.0
    batch_size: int = 64
    epochs: int = 5
    seed: int = 0
    evaluations: int = 20
    l1: float = 0.0
    l2: float = 0.0
    schedule: str = "constant"
    reshuffle: bool = True
    patience: int = 0
    engine: str = "auto"

    def __post_init__(self) -> None:
        checked_choice("The loss (={value}) is not known; choose one of {names}.", self.loss, ALL_LOSSES, LOSSES)
        checked_choice("The optimiser (={value}) is not known; choose one of {names}.", self.optimiser, OPTIMISERS)
        checked_choice("The schedule (={value}) is not known; choose one of {names}.", self.schedule, SCHEDULES)
        checked_choice("The engine (={value}) is not known; choose one of {names}.", self.engine, ENGINES)
        checked_rate(self.lr)
        if not is_number(self.momentum, 0) or self.momentum >= 1:
            raise InvalidInput(
                "The momentum (={value}) must be at least 0 and below 1; try 0.9 or 0.", value=self.momentum
            )
        if self.optimiser == "nesterov" and not self.momentum:
            raise InvalidInput(
                "Nesterov looks ahead along its momentum, so that momentum (={value}) must be above 0; "
                "try 0.9, or choose SGD.",
                value=self.momentum,
            )
        checked_batch(self.batch_size)
        for name, value in (("l1", self.l1), ("l2", self.l2)):
            checked_number(
                "The penalty {name} (={value}) must be at least 0 and at most {most:g}; try 0.001, or 0 for none.",
                value,
                0,
                MAX_PENALTY,
                name=name,
            )
        checked_flag("reshuffle", self.reshuffle)
        checked_whole(
            "The patience (={value}) must be a whole number of looks from 1 to {most}, or 0 to go on to the end; "
            "try 10.",
            self.patience,
            0,
            MAX_EVALUATIONS,
        )
        checked_whole(
            "The number of epochs (={value}) must be a whole number from 1 to {most}; try 5.",
            self.epochs,
            1,
            MAX_EPOCHS,
        )
        checked_whole(
            "The number of evaluations (={value}) must be a whole number from 1 to {most}; try 20.",
            self.evaluations,
            1,
            MAX_EVALUATIONS,
        )
        checked_seed(self.seed)


def checked_rate(lr: float) -> float:
    """Return a learning rate, or say what it may be.

    Raises:
        InvalidInput: not above 0, or above MAX_LR.
    """
    if not is_number(lr, 0, MAX_LR) or lr == 0:
        raise InvalidInput(
            "The learning rate (={value}) must be above 0 and at most {most}; try 0.01.", value=lr, most=f"{MAX_LR:g}"
        )
    return lr


def checked_batch(size: float) -> int:
    """Return a batch size, or say what it may be.

    Raises:
        InvalidInput: not a whole number from 0 (the whole training set) to MAX_BATCH.
    """
    return checked_whole(
        "The batch size (={value}) must be a whole number from 1 to {most}, or 0 for the whole training set; try 64.",
        size,
        0,
        MAX_BATCH,
    )
