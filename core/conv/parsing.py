"""Text → chain and input: what the ``sizes`` command is given."""

import json
import re
from collections.abc import Callable
from dataclasses import MISSING, fields
from difflib import get_close_matches

from core.conv.layers import LAYERS, MAX_LAYERS, Activation, Chain, Layer, shown
from core.conv.presets import PRESETS
from core.conv.sizes import Shape, check_input, in_layer
from core.errors import InvalidInput

MAX_TEXT = 100_000
"""Longest chain in characters; 64 layers need a few thousand."""


def parse_chain(text: str) -> Chain:
    """Return the chain that ``text`` names or spells out.

    Args:
        text: a name of ``PRESETS``, or a JSON list of layers such as
            ``[{"type": "conv", "filters": 6, "kernel_size": [5, 5]}, {"type": "maxpool", "kernel_size": 2}]``.

    Raises:
        InvalidInput: if it is neither; the sentence names the layer.

    >>> parse_chain("lenet5")[0].name
    'C1'
    >>> parse_chain('[{"type": "linear", "features": 10}]')
    (Linear(features=10, bias=True, activation=None, name=''),)
    """
    text = text.strip()
    if text in PRESETS:
        return PRESETS[text].chain
    if not text.startswith("["):
        raise InvalidInput(
            "chain (={value}) is neither a preset nor a JSON list of layers; try one of {known}.",
            value=shown(text),
            known=", ".join(PRESETS),
        )
    return tuple(read_layer(number, row) for number, row in enumerate(read_rows(text), 1))


def read_rows(text: str) -> list[object]:
    """Return the layers of a JSON list as they are written, none of them looked at.

    Raises:
        InvalidInput: if the text is no JSON list of 1 to ``MAX_LAYERS`` entries.
    """
    if not text.lstrip().startswith("["):
        raise InvalidInput(
            'the chain (={value}) must be a JSON list such as [{{"type": "flatten"}}].', value=shown(text)
        )
    rows = _json_list(text)
    if not 1 <= len(rows) <= MAX_LAYERS:
        raise InvalidInput("a chain has 1 to {most} layers, not {layers}.", most=MAX_LAYERS, layers=len(rows))
    return rows


def parse_input(text: str) -> Shape:
    """Return (channels, height, width) from text.

    Raises:
        InvalidInput: if it is not three whole numbers in range.

    >>> parse_input("1x28x28")
    (1, 28, 28)
    """
    match = re.fullmatch(r"\s*(\d{1,9})\s*[xX×]\s*(\d{1,9})\s*[xX×]\s*(\d{1,9})\s*", text, re.ASCII)
    if match is None:
        raise InvalidInput("the input (={value}) must be channels, height and width; try 1x28x28.", value=shown(text))
    channels, height, width = (int(part) for part in match.groups())
    check_input((channels, height, width))
    return channels, height, width


def _json_list(text: str) -> list[object]:
    if len(text) > MAX_TEXT:
        raise InvalidInput(
            "the chain is {length} characters long; at most {most} are read.", length=len(text), most=MAX_TEXT
        )
    try:
        rows = json.loads(text, parse_constant=_constant, object_pairs_hook=_unique)
    except InvalidInput:
        raise
    except RecursionError as error:
        raise InvalidInput("the chain is nested too deeply; write a flat list of layers.") from error
    except ValueError as error:  # also whole numbers of more than 4300 digits
        where = f"line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else "a number"
        raise InvalidInput(
            'the chain is not valid JSON ({where}); try [{{"type": "flatten"}}].', where=where
        ) from error
    assert isinstance(rows, list)  # the text starts with [
    return rows


def _constant(text: str) -> object:
    raise InvalidInput("{value} is not a number that a layer can have; use whole numbers.", value=text)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    row = dict(pairs)
    if len(row) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise InvalidInput("{key} is given twice in one layer; keep one.", key=shown(twice))
    return row


def read_layer(number: int, row: object) -> Layer:
    """Return one layer from its JSON object; an InvalidInput names the layer by its number."""
    kind = row.get("type") if isinstance(row, dict) else None
    label = kind if isinstance(kind, str) and kind in LAYERS else "?"
    name = row.get("name") if isinstance(row, dict) else None
    try:
        return _build(row)
    except InvalidInput as error:
        raise in_layer(
            error, number, label, name if isinstance(name, str) and name[:40].isprintable() else ""
        ) from error


def _build(row: object) -> Layer:
    if not isinstance(row, dict):
        raise InvalidInput('a layer must be an object such as {{"type": "flatten"}}, not {value}.', value=shown(row))
    values = dict(row)
    kind = values.pop("type", None)
    layer = LAYERS.get(kind) if isinstance(kind, str) else None
    if layer is None:
        raise InvalidInput("type (={value}) must be one of {known}.", value=shown(kind), known=", ".join(LAYERS))
    known = [field.name for field in fields(layer)]
    for key in values:
        if key not in known:
            close = get_close_matches(str(key), known, 1)
            raise InvalidInput(
                "{key} is not a key of a {kind} layer; did you mean {example}? It may have {known}.",
                key=shown(key),
                kind=kind,
                example=close[0] if close else known[0],
                known=", ".join(known),
            )
    for field in fields(layer):
        if field.default is MISSING and field.name not in values:
            raise InvalidInput("{key} is missing; add it to the layer.", key=field.name)
        if values.get(field.name, 0) is None and not (field.name == "activation" and layer is not Activation):
            raise InvalidInput("{key} (=null) has no value; leave the key out or give one.", key=field.name)
    make: Callable[..., Layer] = layer  # every value is checked by the layer itself
    return make(**values)
