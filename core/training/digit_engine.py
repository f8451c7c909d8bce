"""Training on a part of MNIST and on digits that are moved a little: which images each update really sees.

No run copies the images: they lie in memory once, and an update fetches its own rows.
"""

from dataclasses import replace

import torch
from torch import nn

from core.checks import checked_seed, is_whole
from core.data.augment import Pens, augment
from core.data.problem import ClassData
from core.errors import InvalidInput
from core.training.config import TrainConfig
from core.training.engine import AutogradEngine
from core.training.losses import targets_for

FEWEST = 100  # training samples that may be chosen
MOVED = Pens(
    shift=2.0, scale=0.1, stretch=0.0, rotation=10.0, shear=0.0, wobble=0.0, thin=0.0, thick=0.0, blur=0.0
)  # what augmentation does to a digit: moved by up to 2 pixels, turned by up to 10°, up to a tenth larger or smaller


def chosen_rows(total: int, samples: int, seed: int) -> torch.Tensor | None:
    """Return which training samples are used: the first ones of a seeded permutation, so that few are among many.

    Args:
        total: samples there are.
        samples: how many are wanted, 100 … total; 0: all.
        seed: of the permutation.

    Returns:
        Row numbers, int64 (samples,), those of ``torch.randperm(total, generator=…)[:samples]``; None: all, as they
        are.

    Raises:
        InvalidInput: fewer or more than there can be, or the seed is out of range.
    """
    checked_seed(seed)
    if not is_whole(samples) or (samples and not FEWEST <= samples <= total):
        raise InvalidInput(
            "The number of training samples (={samples}) must lie between {fewest} and {total}; try 1000, or 0 for "
            "all of them.",
            samples=samples,
            fewest=FEWEST,
            total=total,
        )
    if samples in (0, total):
        return None
    return torch.randperm(total, generator=torch.Generator().manual_seed(seed))[:samples]


def update_seed(seed: int, update: int) -> int:
    """Return a seed for one update's own random numbers, 0 … 2**32 − 1.

    A generator that starts anew at each update needs no place in a checkpoint. Both numbers are mixed, because torch's
    CPU generator looks at the lowest 32 bits of a seed only (splitmix64: Steele, Lea & Flood 2014, fig. 17).

    Args:
        seed: of the run.
        update: 1 for the first one.
    """
    mixed = (seed + (update + 1) * 0x9E3779B97F4A7C15) % 2**64
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB % 2**64
    return (mixed ^ mixed >> 31) >> 32


class DigitEngine(AutogradEngine):
    """The reference engine on some rows of a training set, whose images it may move.

    Args:
        model: as for AutogradEngine.
        data: all digits, shared.
        config: as for AutogradEngine.
        rows: of the training set, int64 (n,); None: all.
        moved: whether each update sees its digits moved a little (MOVED), anew each time.
    """

    def __init__(
        self, model: nn.Module, data: ClassData, config: TrainConfig, rows: torch.Tensor | None, moved: bool
    ) -> None:
        labels = data.train_labels if rows is None else data.train_labels[rows]
        super().__init__(model, replace(data, train_labels=labels), config)
        self.targets = targets_for(config.loss, data.train_labels, data.classes)
        self.rows, self.moved = rows, moved

    def chosen(self, rows: torch.Tensor | None) -> torch.Tensor | None:
        """Return which digits some of the chosen ones are."""
        if self.rows is None:
            return rows
        return self.rows if rows is None else self.rows[rows]

    def batch(self, rows: torch.Tensor | None) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the inputs and targets of the update that ``order`` has just begun."""
        inputs, targets = super().batch(rows)
        if self.moved:
            generator = torch.Generator(inputs.device)
            generator.manual_seed(update_seed(self.config.seed, self.order.step))
            inputs = augment(inputs.reshape(-1, 1, 28, 28), generator, MOVED).reshape(inputs.shape)
        return inputs, targets
