"""Numbers that a visitor typed over an example's: short text for a URL ⇄ what changes where.

``x0_1_2_5`` sets input channel 0, row 1, column 2 to 5; ``w0_1_2_3_-1`` the weight of filter 0, channel 1, row 2,
column 3; ``b0_0.5`` the bias of filter 0. Items are joined by ``~``, so that nothing needs escaping in a URL.
Places outside the present sizes are kept and do nothing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.conv.filters import Grid
from core.conv.layers import shown
from core.errors import InvalidInput

MAX_EDITS_TEXT = 2_000
"""Longest text of edits, in characters."""
MAX_VALUE = 999
"""Largest number that may be typed; at most three decimals."""
_PLACES = {"x": 3, "w": 4, "b": 1}
_NUMBER = r"-?[0-9]{1,3}(?:\.[0-9]{1,3})?"

Place = tuple[int, ...]


@dataclass(frozen=True)
class Edits:
    """What was typed over.

    Args:
        inputs: (channel, row, column) → number.
        weights: (filter, channel, row, column) → number.
        biases: (filter,) → number.
    """

    inputs: Mapping[Place, float] = field(default_factory=dict)
    weights: Mapping[Place, float] = field(default_factory=dict)
    biases: Mapping[Place, float] = field(default_factory=dict)


def parse_edits(text: str) -> Edits:
    """Return what a text of edits says; a later item wins over an earlier one for the same place.

    Raises:
        InvalidInput: if it says nothing that makes sense.

    >>> parse_edits("x0_1_2_5~b0_-0.5").biases
    {(0,): -0.5}
    """
    if len(text) > MAX_EDITS_TEXT:
        raise InvalidInput(
            "the edited numbers take {length} characters in the link; at most {most} fit: start anew.",
            length=len(text),
            most=MAX_EDITS_TEXT,
        )
    found: dict[str, dict[Place, float]] = {kind: {} for kind in _PLACES}
    for item in text.split("~") if text else []:
        kind, *parts = item[:1], *item[1:].split("_")
        places, value = parts[:-1], parts[-1]
        right = len(places) == _PLACES.get(kind, 0) and all(re.fullmatch(r"[0-9]{1,2}", place) for place in places)
        if not right or re.fullmatch(_NUMBER, value) is None:
            raise InvalidInput(
                "edited number (={item}) must be such as x0_1_2_5: channel 0, row 1, column 2 becomes 5, "
                "from -{most} to {most}.",
                item=shown(item),
                most=MAX_VALUE,
            )
        number = float(value)
        found[kind][tuple(map(int, places))] = int(number) if number.is_integer() else number
    return Edits(found["x"], found["w"], found["b"])


def edited(grid: Grid, changes: Mapping[Place, float], *before: int) -> Grid:
    """Return a grid with the changes whose place starts with ``before``.

    >>> edited(((1, 2), (3, 4)), {(0, 1, 1): 9}, 0)
    ((1, 2), (3, 9))
    """
    if not changes:
        return grid
    return tuple(
        tuple(changes.get((*before, i, j), value) for j, value in enumerate(row)) for i, row in enumerate(grid)
    )
