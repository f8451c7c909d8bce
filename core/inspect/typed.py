"""A network in use: numbers are typed, one forward pass answers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import torch
from torch import nn

from core.data.playground import PlaygroundData
from core.errors import InvalidInput
from core.inspect.surface import answers

MOST: Final = 1e30  # of a typed number: float32 ends at 3e38


@dataclass(frozen=True)
class Answer:
    """What a network answers to one sample.

    Attributes:
        inputs: as the network gets them: features of a point, or a table's columns standardised.
        outputs: one number each, as the output layer gives them.
        shares: softmax of the outputs.
        place: of the largest output, None where one is not finite: the class, unless it is a regression.
        outside: raw columns whose number lies outside of the range of all samples.
    """

    inputs: tuple[float, ...]
    outputs: tuple[float, ...]
    shares: tuple[float, ...]
    place: int | None
    outside: tuple[int, ...]


def answer_to(
    model: nn.Module, data: PlaygroundData, values: Sequence[float | None], names: Sequence[str] = ()
) -> Answer:
    """Let a network answer to typed numbers, treated as its samples were.

    Args:
        model: float32 (n, data.inputs) → float32 (n, data.outputs), in eval mode.
        data: that it was made for.
        values: one for each raw column; None: not typed, or no number.
        names: of the columns, as the visitor sees them; the data's own without.

    Raises:
        InvalidInput: a number is missing or too large.
    """
    for name, value in zip(names or data.input_names, values, strict=True):
        if value is None or not math.isfinite(value):
            raise InvalidInput("{name} has no number; type one, such as 0.5.", name=name)
        if abs(value) > MOST:
            raise InvalidInput("{name} (={value}) is too large; type a number up to 1e30.", name=name, value=value)
    raw = torch.tensor([values], dtype=torch.float32)
    outputs = answers(model, data, raw)[0]
    finite = bool(outputs.isfinite().all())
    return Answer(
        tuple(data.expand(raw)[0].tolist()),
        tuple(outputs.tolist()),
        tuple(outputs.softmax(dim=0).tolist()),
        int(outputs.argmax()) if finite else None,
        tuple(
            column
            for column, (value, low, high) in enumerate(zip(raw[0].tolist(), data.low, data.high, strict=True))
            if not low <= value <= high
        ),
    )
