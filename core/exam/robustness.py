"""Networks side by side on digits that are shifted, turned, larger, thicker or noisy: where a convolution helps."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import nn

from core.checks import checked_choice
from core.data.grey import denormalise, normalise
from core.score import Score
from core.sketch.transform import Change, transform
from core.training.digit_engine import update_seed

SLICE = 1_000  # images at a time
SAMPLE = 1_000  # test digits that are asked for by default: the interval is ±1 % at 97 %


@dataclass(frozen=True)
class Kind:
    """A way to change digits.

    Attributes:
        amounts: how far, in order, ``same`` among them.
        unit: "px", "°", "×" or "" (standard deviation of grey values from 0 to 1).
        same: the amount that leaves them as they are.
    """

    amounts: tuple[float, ...]
    unit: str
    same: float = 0.0


KINDS: dict[str, Kind] = {
    "shift": Kind((0, 1, 2, 3, 4, 5, 6), "px"),
    "turn": Kind((0, 10, 20, 30, 40, 50, 60), "°"),
    "size": Kind((0.4, 0.55, 0.7, 0.85, 1, 1.2, 1.4), "×", same=1.0),
    "thickness": Kind((-1, -0.5, 0, 0.5, 1, 1.5, 2), "px"),
    "noise": Kind((0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6), ""),
}


WAYS: dict[str, Callable[[float], tuple[Change, ...]]] = {
    "shift": lambda by: (Change(right=by), Change(down=by), Change(right=-by), Change(down=-by)),
    "turn": lambda by: (Change(turn=by), Change(turn=-by)),
    "size": lambda by: (Change(size=by),),
    "thickness": lambda by: (Change(thickness=by),),
}


@dataclass(frozen=True)
class Point:
    """Every network at one amount.

    Attributes:
        amount: how far the digits were changed.
        scores: by network, all of the same digits.
    """

    amount: float
    scores: Mapping[str, Score]


def changed(images: torch.Tensor, kind: str, amount: float, seed: int = 0) -> torch.Tensor:
    """Return digits that are all changed by the same amount.

    From digit to digit a shift goes right, down, left or up, and a turn to the left or to the right: it is the amount
    that is compared, not the direction. Every digit has noise of its own.

    Args:
        images: float32 (n, 1, 28, 28), normalised; not changed.
        kind: a key of KINDS.
        amount: in the kind's unit; a factor for the size, negative only for the thickness.
        seed: of the noise.

    Returns:
        float32 (n, 1, 28, 28), normalised, of 256 grey values.

    Raises:
        InvalidInput: no such kind, or an amount that cannot be.
    """
    checked_choice("The change (={value}) is not known; choose one of {names}.", kind, KINDS)
    if kind == "noise":
        Change(noise=amount)  # checks it
        generator = torch.Generator().manual_seed(seed)
        grain = torch.randn(images.shape, generator=generator).to(images.device)
        light = (denormalise(images).float() / 255 + amount * grain).clamp(0, 1)
        return normalise((light * 255).round().to(torch.uint8)) if amount else images.clone()
    ways = WAYS[kind](amount)
    result = torch.empty_like(images)
    for start, change in enumerate(ways):
        result[start :: len(ways)] = transform(images[start :: len(ways)], change)
    return result


@torch.no_grad()
def compare(
    models: Mapping[str, nn.Module], images: torch.Tensor, labels: torch.Tensor, kind: str, seed: int = 0
) -> Iterator[Point]:
    """Yield how many of the same changed digits each network reads right, amount by amount.

    Args:
        models: by name, in eval mode; nothing of them is changed.
        images: float32 (n, 1, 28, 28), normalised, on the models' device.
        labels: int64 (n,).
        kind: a key of KINDS.
        seed: of the noise.

    Raises:
        InvalidInput: there is no such kind.
    """
    amounts = KINDS[kind].amounts if kind in tuple(KINDS) else (0.0,)
    for amount in amounts:
        right = dict.fromkeys(models, 0)
        for start in range(0, len(images), SLICE):
            batch = changed(images[start : start + SLICE], kind, amount, update_seed(seed, start))
            for name, model in models.items():
                right[name] += int((model(batch).argmax(dim=1) == labels[start : start + SLICE]).sum())
        yield Point(amount, {name: Score(count, len(images)) for name, count in right.items()})


def sample(images: torch.Tensor, labels: torch.Tensor, size: int = SAMPLE, seed: int = 0) -> tuple[torch.Tensor, ...]:
    """Return some test digits with their labels, the first ones of a seeded permutation.

    Args:
        images: float32 (n, 1, 28, 28).
        labels: int64 (n,).
        size: how many at most.
        seed: of the permutation.
    """
    rows = torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed))[:size].to(labels.device)
    return images[rows], labels[rows]
