"""Chain → the JSON text that core.conv.parsing reads, defaults left out so that it fits into a URL."""

import json
from collections.abc import Sequence
from dataclasses import fields

from core.conv.layers import Layer

MAX_CHAIN_TEXT = 2_000
"""Longest text of a chain in a URL, in characters."""


def write_chain(chain: Sequence[Layer]) -> str:
    """Return a chain as JSON on one line.

    >>> from core.conv.layers import Conv, MaxPool
    >>> write_chain([Conv(6, 5, padding=2), MaxPool(2)])
    '[{"type":"conv","filters":6,"kernel_size":5,"padding":2},{"type":"maxpool","kernel_size":2}]'
    """
    return json.dumps([write_layer(layer) for layer in chain], separators=(",", ":"), ensure_ascii=False)


def write_layer(layer: Layer) -> dict[str, object]:
    """Return one layer as the plain values of its JSON object."""
    row: dict[str, object] = {"type": layer.kind}
    for field in fields(layer):
        value = getattr(layer, field.name)
        # a pooling layer's stride is its window unless said otherwise
        default = getattr(layer, "kernel_size", None) if field.default is None else field.default
        if isinstance(value, tuple):
            if value in (default, (default, default)):
                continue
            value = value[0] if value[0] == value[1] else list(value)
        elif value == field.default and field.name != "kernel_size":
            continue
        row[field.name] = value
    return row
