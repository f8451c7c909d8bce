"""A network's layers as pictures of what they answer; a cell can be pointed at, walked to with the keys, and chosen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import torch

from ui.components import component
from ui.packed import packed
from ui.state import session
from ui.text import _

_COMPONENT = component("maps", "figure")
Place = tuple[int, int, int, int]
"""Layer, map, row and column, each from 0."""
NOTHING: Final[Mapping[str, Any]] = {}


@dataclass(frozen=True)
class Window:
    """From which cells of the layer before one cell is computed.

    Attributes:
        size: rows and columns of the window; 0: the whole layer.
        stride: of the window.
        padding: around the layer before.
        each: a map looks at the map of its own number alone, as pooling does.
    """

    size: int
    stride: int = 1
    padding: int = 0
    each: bool = False


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer of the picture.

    Attributes:
        name: above it.
        size: below its name, such as 6×28×28.
        values: (maps, rows, columns) of a picture that stands still; None: they are among what is shown now.
        kind: "maps", or "cells" for single neurons laid out as one map, or "bars" for the ten outputs.
        across: maps beside one another.
        tile: width of a map, in units of about a pixel.
        tint: "maps": orange below 0, blue above; "ink": paper and ink; "heat": 0 to the accent.
        window: what a cell is computed from, for the frames; None: nothing.
        open: whether its cells can be chosen.
        narrow: maps beside one another on a phone.
        most: pixels of a map there, at most.
        row: layers with the same name share a row there.
        wide: of that row's width, in parts.
        under: of "heat": the picture that it lies on, of the same shape.
        truth: of "bars": the right one.
    """

    name: str
    size: str
    values: torch.Tensor | None = None
    kind: Literal["maps", "cells", "bars"] = "maps"
    across: int = 1
    tile: float = 60
    tint: Literal["maps", "ink", "heat"] = "maps"
    window: Window | None = None
    open: bool = True
    narrow: int = 1
    most: int = 110
    row: str | None = None
    wide: float = 1
    under: torch.Tensor | None = None
    truth: int | None = None


def numbers(values: torch.Tensor, tint: str = "maps") -> dict[str, Any]:
    """Return what a layer shows, without words: for each value the byte that is its tint.

    Args:
        values: (maps, rows, columns).
        tint: as the layer has it.
    """
    tiles, rows, columns = values.shape
    scale, coded = _bytes(values, tint)
    return {"tiles": tiles, "rows": rows, "columns": columns, "scale": scale, "values": packed(coded)}


def bars(outputs: torch.Tensor, before: torch.Tensor | None = None) -> dict[str, Any]:
    """Return what a layer of the ten outputs shows; what is not finite is 0: a diverged network has no answer.

    Args:
        outputs: float32 (10,), before softmax.
        before: likewise, of the network with nothing hidden.
    """
    outputs = torch.nan_to_num(outputs, nan=0.0, posinf=0.0, neginf=0.0)
    return {
        "tiles": 1,
        "rows": len(outputs),
        "columns": 1,
        "outputs": packed(outputs),
        "shares": _shares(outputs),
        "before": None if before is None else _shares(before),
        "answer": int(outputs.argmax()),
    }


def _shares(outputs: torch.Tensor) -> bytes:
    return packed(torch.nan_to_num(outputs.softmax(dim=0)))


def maps(
    layers: Sequence[Layer],
    shown: Mapping[str, Any] = NOTHING,
    *,
    label: str,
    key: str,
    chosen: Place | None = None,
    hidden: Mapping[int, Sequence[int]] | None = None,
    legend: Sequence[str] = ("positive", "negative"),
    on_cell: Callable[[Place | None], None] | None = None,
    flow: Literal["columns", "rows"] = "columns",
    tallest: int = 430,
    hint: str = "",
) -> None:
    """Draw layers side by side, or below one another where there is little room; they change in place.

    Args:
        layers: in order.
        shown: ``numbers``: of each layer see numbers and bars, empty for one that stands still; ``fields``: of the
            label.
        label: what the whole picture is, for those who do not see it.
        key: keeps the picture mounted.
        chosen: the cell that is marked, with its window in the layer before.
        hidden: layer → maps (of "cells": neurons) that are crossed out.
        legend: keys of the words below that explain the colours.
        on_cell: called with the cell that was chosen, None when it was let go.
        flow: "rows": below one another wherever.
        tallest: pixels of the picture, side by side.
        hint: said while nothing is pointed at.
    """
    data = {
        "numbers": [{} for _layer in layers],
        "fields": {},
        **shown,
        "layers": [_sent(layer) for layer in layers],
        "chosen": list(chosen) if chosen else None,
        "hidden": {str(layer): list(found) for layer, found in (hidden or {}).items()},
        "legend": list(legend),
        "flow": flow,
        "tallest": tallest,
        "words": _words(label, hint),
    }

    def clicked() -> None:
        if on_cell is not None:
            on_cell(_checked(session.sent(key, "cell"), layers, data["numbers"]))

    _COMPONENT(data=data, key=key, on_cell_change=clicked)


def _sent(layer: Layer) -> dict[str, Any]:
    return {
        **vars(layer),
        "values": None,
        **({} if layer.values is None else numbers(layer.values, layer.tint)),
        "under": None if layer.under is None else packed(_bytes(layer.under, "ink")[1]),
        "tint": None if layer.tint == "maps" else layer.tint,
        "window": layer.window and vars(layer.window),
    }


def _bytes(values: torch.Tensor, tint: str) -> tuple[float, torch.Tensor]:
    """Return the value that the strongest colour stands for, and each value as one byte; what is not finite as 0."""
    known = torch.nan_to_num(values.detach().float(), nan=0.0, posinf=0.0, neginf=0.0)
    scale = float(known.abs().max()) or 1.0
    if tint == "maps":
        return scale, ((known / scale * 127).round() + 128).to(torch.uint8)
    return scale, (known.clamp(min=0) / scale * 255).round().to(torch.uint8)


def _checked(sent: object, layers: Sequence[Layer], shown: Sequence[Mapping[str, Any]]) -> Place | None:
    """Return what a browser says was chosen, if there is such a cell that can be."""
    if not isinstance(sent, list) or len(sent) != 4 or any(type(number) is not int for number in sent):
        return None
    layer, tile, row, column = sent
    if not 0 <= layer < len(layers) or not layers[layer].open:
        return None
    sizes = shown[layer] or _sent(layers[layer])
    fits = all(0 <= at < sizes[name] for name, at in (("tiles", tile), ("rows", row), ("columns", column)))
    return (layer, tile, row, column) if fits else None


def _words(label: str, hint: str) -> dict[str, str]:
    return {
        "label": label,
        "hint": hint,
        "comma": _(", "),
        "named": _("{name}: {value}"),
        # The browser fills these in.
        "map": _("{layer}, map {n} of {all}"),
        "only": _("{layer}, {size}"),
        "cells": _("{layer}, {size}: each cell is a neuron"),
        "hidden": _("hidden"),
        "cellAt": _("{layer}, map {n}, row {row}, column {column}: about {value}"),
        "neuronAt": _("{layer}, neuron {n}: about {value}"),
        "pixelAt": _("{layer}, row {row}, column {column}: about {value}"),
        "bar": _("Output {digit}: {share} (before softmax {output})"),
        "positive": _("positive"),
        "negative": _("negative"),
        "right": _("the right digit"),
        "wrong": _("the others"),
        "truth": _("framed: the truth"),
        "before": _("before hiding"),
    }
