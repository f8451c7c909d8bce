"""Does this look like a digit at all? Letters, scribbles and noise should not be given a number.

**Method.** A network of its own, 46 650 parameters, with ten outputs "it is a 0" … "it is a 9" that may all say no:
each answers its own question (binary cross-entropy), none has to win as with softmax. It was trained on MNIST's
training digits, written again by other pens, against pictures that are no digits (random strokes, spoilt
digits, solid shapes, noise: core/pretraining/not_digits.py); no letter was among them. The doubt is the chance that the
most convinced of the ten is wrong.

**Why this one.** Letters of 14 fonts, scribbles and noise against MNIST's test digits; no weight and no limit was
fitted to any of them. AUROC, the same without letters that look like digits (O, l, S, Z, …), and the share of those
that is doubted when 2 % of other people's digits (UCI) are:

| method                           | AUROC | without look-alikes | doubted |
|----------------------------------|-------|---------------------|---------|
| this one                         | 0.967 |               0.997 |    88 % |
| 10 nearest training digits in F6 | 0.961 |               0.985 |    49 % |
| energy of LeNet-5 and DNN        | 0.957 |               0.988 |    68 % |
| energy of LeNet-5                | 0.957 |               0.983 |    61 % |
| Mahalanobis distance in F6       | 0.956 |               0.978 |    26 % |
| largest softmax of LeNet-5       | 0.943 |               0.971 |    34 % |
| residue of a PCA of each class   | 0.922 |               0.950 |    92 % |

(The last one doubts a third of MNIST's own digits at that limit.) The limit that ships is set on training digits left
out (core/pretraining/doubter.py): 1.4 % of MNIST's test digits and 1.6 % of UCI's are doubted.
``python -m benchmarks.doubt --compare --count 600`` prints this table; ``python -m core.pretraining.doubter`` makes
the weights again.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch
from torch import nn

from core.data.grey import normalise
from core.errors import InvalidInput
from core.nets.doubter import Doubter, doubter
from core.nets.files import remarks
from core.nets.pretrained import MAX_BYTES, WEIGHTS, fill


@dataclass(frozen=True)
class Doubt:
    """How little a picture looks like a digit.

    Attributes:
        score: 0 = surely a digit … 1 = surely none.
        doubtful: whether the score is above the limit.
        limit: the score above which a picture is doubted.
    """

    score: float
    doubtful: bool
    limit: float


def doubt(normalised: torch.Tensor) -> Doubt:
    """Judge one picture in MNIST's form.

    Args:
        normalised: float32 (1, 1, 28, 28), as ``Stages.normalised``.

    Returns:
        Score and verdict; about a millisecond.

    Raises:
        InvalidInput: the tensor has another shape.
    """
    if tuple(normalised.shape) != (1, 1, 28, 28):
        raise InvalidInput(
            "A picture of shape {shape} cannot be judged; give (1, 1, 28, 28).", shape=tuple(normalised.shape)
        )
    model, limit = _doubter()
    score = float(scores(model, normalised.cpu())[0])
    return Doubt(score, score > limit, limit)


def scores(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """Return each picture's doubt.

    Args:
        model: a Doubter in eval mode, or any network with ten logits for sigmoids.
        images: float32 (n, 1, 28, 28), normalised.

    Returns:
        float64 (n,), 0 to 1: one minus the largest of the ten sigmoids; in float64, where 1 − 10⁻¹² still is not 1.
    """
    with torch.inference_mode():
        sure = torch.cat([model(part).amax(dim=1) for part in torch.split(images, 1000)])
    return (-sure.double()).sigmoid()


def read_doubter(folder: Path | None = None) -> tuple[Doubter, float]:
    """Read the shipped network and its limit.

    Args:
        folder: where doubt.safetensors lies; the project's own weights when left out.

    Raises:
        InvalidInput: the file is missing, or is not this network's.
    """
    path = (folder or WEIGHTS) / "doubt.safetensors"
    if not path.is_file():
        raise InvalidInput("{file} is missing; make it with `python -m core.pretraining.doubter`.", file=path.name)
    with path.open("rb") as file:
        payload = file.read(MAX_BYTES + 1)
    model = doubter()
    fill(model, payload)
    return model.eval().requires_grad_(False), float(remarks(payload)["limit"])


def doubt_logits(pixels: torch.Tensor) -> torch.Tensor:
    """Return how much pictures look like the digit that they look like most, as float32 (n,) logits.

    Args:
        pixels: uint8 (n, 1, 28, 28), in MNIST's form.
    """
    with torch.inference_mode():
        sure: torch.Tensor = _doubter()[0](normalise(pixels)).amax(dim=1)
        return sure


@cache
def _doubter() -> tuple[Doubter, float]:
    return read_doubter()
