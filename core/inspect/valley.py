"""The valley that a learning rate steps through: the loss along the line of the gradient, and steps seen along it."""

import math
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Final

import torch
from torch import nn

from core.data.problem import ClassData
from core.errors import InvalidInput
from core.inspect.view import few
from core.training.config import TrainConfig
from core.training.losses import LOSSES, penalty, targets_for

STEPS: Final = 16  # that are followed
POINTS: Final = 41  # of the curve, and as many again within the valley
MOST_PRODUCTS: Final = 20_000_000  # weights times samples of one forward pass: about 10 ms
FLAT: Final = 1e-6  # of the loss; what falls less is as good as level, and float32 knows no more than 6e-8 of it
FAR: Final = 3.0  # valley widths that are drawn to either side
DOUBLINGS: Final = 60

Point = tuple[float, float]


@dataclass(frozen=True)
class Valley:
    """The loss at w − s·g, where w are the weights now and g is the loss's gradient there.

    Attributes:
        curve: (s, loss), s rising; loss may be inf or NaN far out.
        bottom: (s, loss), the lowest of these points on this side of the wall.
        wall: the s > 0 where the loss is as high again as now; inf where it nowhere is.
        steps: (s, loss) of gradient descent's next updates, the present weights (0, loss) first. Every update takes its
            own gradient and so leaves the line: s is its place seen along the line, the loss is its own. The first one
            is on the line, at s = learning rate. They end before a loss that is not finite.
        lr: learning rate of the steps.
        samples: training samples that the loss is the mean of.
    """

    curve: tuple[Point, ...]
    bottom: Point
    wall: float
    steps: tuple[Point, ...]
    lr: float
    samples: int

    @property
    def drawn(self) -> tuple[Point, ...]:
        """The steps up to the first one that lies outside of the curve."""
        inside = [self.curve[0][0] <= s <= self.curve[-1][0] for s, _loss in self.steps]
        return self.steps[: inside.index(False)] if False in inside else self.steps


def valley(model: nn.Module, data: ClassData, config: TrainConfig, lr: float) -> Valley:
    """Follow a network's gradient as far as the other side of the valley, and its next updates.

    The updates are gradient descent's on all samples that are looked at: those of a run of SGD without momentum that
    takes all samples at once, to the last bit if all are looked at. Dropout is off; batch norm normalises over the
    batch, as in training.

    Args:
        model: float32 (n, inputs) → float32 (n, outputs), in eval mode; left as it is.
        data: its training set; of a large network only some samples, evenly spread, are looked at.
        config: its loss and penalties.
        lr: learning rate of the updates.

    Raises:
        InvalidInput: there is no valley: the loss is not finite, or the ground is level.
    """
    ground = _Ground(model, data, config)
    here = ground.weights()
    now, gradient = ground.slope()
    square = float(gradient.double().square().sum())
    if not math.isfinite(now) or not math.isfinite(square):
        raise InvalidInput("There is no valley to draw: the loss, or its gradient, is not a finite number any more.")

    def along(s: float) -> float:
        return ground.loss(here - s * gradient)

    wall = _wall(along, now, lr) if square > 0 else 0.0
    steps = tuple(_steps(ground, here, gradient, square, lr))
    width = wall if 0 < wall < math.inf else lr * STEPS
    reach = [s for s, _loss in steps if abs(s) <= FAR * width]
    low, high = min(0.0, *reach, -0.05 * width), max(1.1 * width, *(1.05 * s for s in reach))
    places = {*torch.linspace(low, high, POINTS).tolist(), *torch.linspace(0, width, POINTS).tolist()}
    curve = tuple((s, along(s)) for s in sorted(places))
    within = [(s, loss) for s, loss in curve if 0 <= s <= width and math.isfinite(loss)]
    bottom = min(within, key=lambda point: point[1], default=(0.0, now))
    if not now - bottom[1] > FLAT * abs(now):
        raise InvalidInput(
            "The ground is level here: along the gradient the loss, {loss}, falls by less than a millionth of it. No "
            "learning rate shows a valley.",
            loss=f"{now:.4f}",
        )
    return Valley(curve, bottom, wall, steps, lr, ground.samples)


class _Ground:
    """The training loss as a function of all parameters, one vector."""

    def __init__(self, model: nn.Module, data: ClassData, config: TrainConfig) -> None:
        self.model = deepcopy(model).requires_grad_(True)
        self.parameters = list(self.model.parameters())
        for layer in self.model.modules():
            layer.train(isinstance(layer, nn.BatchNorm1d))
        most = max(256, MOST_PRODUCTS // sum(value.numel() for value in self.parameters))
        rows = few(len(data.train_labels), most)
        self.inputs = data.train_inputs[rows]
        self.targets = targets_for(config.loss, data.train_labels[rows], data.classes)
        self.function, self.config = LOSSES[config.loss].function, config

    @property
    def samples(self) -> int:
        return len(self.inputs)

    def weights(self) -> torch.Tensor:
        return nn.utils.parameters_to_vector(self.parameters).detach().clone()

    def slope(self) -> tuple[float, torch.Tensor]:
        """Return loss and gradient where the network stands."""
        loss = self._objective()
        found = torch.autograd.grad(loss, self.parameters)
        return float(loss.detach()), nn.utils.parameters_to_vector(found)

    def loss(self, weights: torch.Tensor) -> float:
        self.move(weights)
        with torch.no_grad():
            return float(self._objective())

    def move(self, weights: torch.Tensor) -> None:
        nn.utils.vector_to_parameters(weights, self.parameters)

    def _objective(self) -> torch.Tensor:
        loss = self.function(self.model(self.inputs), self.targets)
        extra = penalty(self.model, self.config.l1, self.config.l2)
        return loss if extra is None else loss + extra


def _steps(ground: _Ground, here: torch.Tensor, gradient: torch.Tensor, square: float, lr: float) -> Iterator[Point]:
    weights = here
    for _step in range(STEPS + 1):
        ground.move(weights)
        loss, slope = ground.slope()
        place = float(((here - weights).double() * gradient.double()).sum()) / square if square else 0.0
        if not math.isfinite(loss) or not math.isfinite(place):
            return
        yield place, loss
        weights = weights.add(slope, alpha=-lr)  # as torch.optim.SGD writes it, to the last bit


def _wall(along: Callable[[float], float], now: float, first: float) -> float:
    """Return the s where the loss is as high again as now: doubled or halved from ``first`` on, then closed in on."""

    def lower(s: float) -> bool:
        return along(s) < now  # a loss that is not a number is no lower

    inner, outer = (first, 2 * first) if lower(first) else (first / 2, first)
    for _doubling in range(DOUBLINGS):
        if not lower(inner):
            inner, outer = inner / 2, inner
        elif lower(outer):
            inner, outer = outer, 2 * outer
        else:
            break
    else:
        return math.inf if lower(inner) else 0.0
    for _halving in range(8):
        middle = (inner + outer) / 2
        inner, outer = (middle, outer) if lower(middle) else (inner, middle)
    return outer
