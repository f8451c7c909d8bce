"""Everything that the picture of a network shows, computed in one go and cheap enough for a run that is live."""

from dataclasses import dataclass

import torch

from core.inspect.model import blocks
from core.inspect.neurons import dead, gradients, responses
from core.inspect.seen import Seen
from core.nets.mlp import Mlp

LIVE_ROWS = 512  # training samples that are looked at while a run is live: about 3 ms for 8 layers of 16 neurons
SIDE = 20  # points of a neuron's map in each direction


@dataclass(frozen=True, eq=False)
class View:
    """A network at one moment; tuples go from the first layer with weights to the output layer unless said otherwise.

    Attributes:
        weights: float32 (neurons, inputs) each.
        biases: float32 (neurons,) each.
        activations: keys of ACTIVATIONS; "" for the output layer.
        answers: float32 (neurons,) each, for the chosen sample, the input layer first; empty without one.
        maps: uint8 (neurons, points) each, the input layer first; 128 is 0, 255 and 1 are plus and minus the largest
            answer of the layer (of the feature, in the input layer), 0 is a point that does not exist, or where the
            answer is no finite number; empty without points.
        dead: flags; ReLUs that answer 0 for every training sample looked at.
        gradients: float32 (neurons, inputs) each, ∂loss/∂weight over those samples; empty when not asked for.
        looked_at: training samples that ``dead`` and ``gradients`` come from.
        samples: training samples in all.
    """

    weights: tuple[torch.Tensor, ...]
    biases: tuple[torch.Tensor, ...]
    activations: tuple[str, ...]
    answers: tuple[torch.Tensor, ...]
    maps: tuple[torch.Tensor, ...]
    dead: tuple[tuple[bool, ...], ...]
    gradients: tuple[torch.Tensor, ...]
    looked_at: int
    samples: int

    @property
    def flow(self) -> tuple[float, ...]:
        """Mean |∂loss/∂weight| of each layer."""
        return tuple(float(gradient.abs().mean()) for gradient in self.gradients)


_SEEN: Seen[View] = Seen(16)


def view(
    model: Mlp,
    inputs: torch.Tensor,
    targets: torch.Tensor,
    loss: str,
    *,
    points: torch.Tensor | None = None,
    exists: torch.Tensor | None = None,
    sample: torch.Tensor | None = None,
    with_gradients: bool = False,
    rows: int | None = None,
) -> View:
    """Look at a network; what was seen of it last is not computed again, and nobody may change it.

    Args:
        model: in eval mode.
        inputs: float32 (n, inputs), n ≥ 1: the training set.
        targets: int64 (n,) or float32 (n, outputs).
        loss: a key of LOSSES.
        points: float32 (p, inputs), where maps are drawn.
        exists: bool (p,), which of them there are; None: all.
        sample: float32 (1, inputs), the chosen one.
        with_gradients: whether they are wanted.
        rows: training samples to look at, evenly spread; None: all.
    """
    about = (model, inputs, targets, loss, points, exists, sample, with_gradients, rows)
    return _SEEN.find(about, lambda: _look(*about))


def _look(
    model: Mlp,
    inputs: torch.Tensor,
    targets: torch.Tensor,
    loss: str,
    points: torch.Tensor | None,
    exists: torch.Tensor | None,
    sample: torch.Tensor | None,
    with_gradients: bool,
    rows: int | None,
) -> View:
    parts = blocks(model)
    chosen = few(len(inputs), rows)
    seen, truth = inputs[chosen], targets[chosen]
    return View(
        weights=tuple(block.linear.weight.detach() for block in parts),
        biases=tuple(block.linear.bias.detach() for block in parts),
        activations=tuple(block.activation for block in parts),
        answers=() if sample is None else (sample[0], *(layer[:, 0] for layer in responses(model, sample))),
        maps=() if points is None else _maps(model, points, exists),
        dead=dead(model, seen),
        gradients=gradients(model, seen, truth, loss) if with_gradients else (),
        looked_at=len(seen),
        samples=len(inputs),
    )


def few(samples: int, rows: int | None) -> slice:
    """Return which of so many samples are looked at: at most ``rows``, evenly spread.

    >>> len(range(7000)[few(7000, 512)])
    500
    """
    return slice(None) if rows is None else slice(None, None, -(-samples // rows))


def _maps(model: Mlp, points: torch.Tensor, exists: torch.Tensor | None) -> tuple[torch.Tensor, ...]:
    everywhere = torch.ones(len(points), dtype=torch.bool) if exists is None else exists
    layers = [_bytes(layer, everywhere) for layer in responses(model, points)]
    return torch.cat([_bytes(feature[None], everywhere) for feature in points.T]), *layers


def _bytes(answers: torch.Tensor, exists: torch.Tensor) -> torch.Tensor:
    """Return answers (neurons, points) as bytes, scaled by the largest of them that exists."""
    exists = exists & answers.isfinite()
    answers = torch.where(exists, answers, 0.0)
    scaled = 128.0 + 127.0 * answers / answers.abs().max().clamp(min=1e-12)
    return torch.where(exists, scaled.round(), 0.0).to(torch.uint8)
