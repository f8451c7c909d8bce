"""The network's inside for one digit, as layers of pictures; what is chosen and hidden in it."""

from typing import Any, Final

import torch

from core.nets.lenet import LeNet5
from ui.components.maps import Layer, Place, Window, bars, maps, numbers
from ui.lenet.forward import answers, title
from ui.lenet.settings import Settings, hidden_maps
from ui.lenet.subject import Subject, followed
from ui.state.controls import Controls
from ui.text import _

KEY: Final = "lenet_maps"
GRIDS: Final = {"c5": (15, 8), "f6": (12, 7), "h1": (32, 16), "h2": (16, 16), "h3": (16, 8), "h4": (8, 8)}
"""Rows and columns in which single neurons are laid out; F6's 84 are the 7×12 pictures of 1998."""


def draw(controls: Controls[Settings], seen: Subject) -> dict[str, torch.Tensor]:
    """Draw every layer's answers to the chosen digit.

    Args:
        controls: of the page.
        seen: what is looked at.

    Returns:
        The answers, with what is hidden set to 0.
    """
    settings = controls.settings
    hidden = hidden_maps(seen.written)
    found = answers(seen.shown, seen.image)
    names = list(found)
    maps(
        [_layer(seen, name, found[name]) for name in names],
        followed(seen, settings, "maps", pictured),
        label=_("What each layer of the network answers to test digit {n}", n=seen.number),
        key=KEY,
        chosen=place_of(settings.cell, found),
        hidden={names.index(name): numbers for name, numbers in hidden.items() if name in names},
        legend=["positive", "negative", "truth", *(["before"] if hidden else [])],
        on_cell=lambda place: controls.change(cell=written_place(place, names, found), part=0),
        hint=_("Choose a cell, or press Enter on a map, to see its window, its filter and its sum."),
    )
    return found


def pictured(seen: Subject) -> dict[str, Any]:
    """Return what the picture shows of a network, without words."""
    found = answers(seen.shown, seen.image)
    plain = answers(seen.model, seen.image)["out"] if seen.written else None
    shown: list[dict[str, Any]] = [{}]  # the digit itself stands still
    for name, values in list(found.items())[1:]:
        if name == "out":
            shown.append(bars(values, plain))
        else:
            shown.append(numbers(values.reshape(1, *GRIDS[name]) if name in GRIDS else values))
    return {"numbers": shown}


def place_of(written: str, found: dict[str, torch.Tensor]) -> Place | None:
    """Return the cell that a link names: "c3.5.2.7" is C3's map 5, row 2, column 7; "f6.12" is F6's neuron 12."""
    name, *numbers = written.split(".")
    names = list(found)
    if name not in names or not all(part.isascii() and part.isdigit() and int(part) > 0 for part in numbers):
        return None
    places = [int(part) - 1 for part in numbers]
    layer = names.index(name)
    shape = tuple(found[name].shape)
    single = len(shape) == 1 or shape[1:] == (1, 1)
    if single and len(places) == 1 and places[0] < shape[0]:
        if name == "out":
            return layer, 0, places[0], 0
        row, column = divmod(places[0], GRIDS[name][1])
        return layer, 0, row, column
    fits = not single and len(places) == 3 and all(at < size for at, size in zip(places, shape, strict=True))
    return (layer, places[0], places[1], places[2]) if fits else None


def written_place(place: Place | None, names: list[str], found: dict[str, torch.Tensor]) -> str:
    """Return the URL form of a cell, "" for none."""
    if place is None:
        return ""
    name = names[place[0]]
    shape = found[name].shape
    if len(shape) == 1 or shape[1:] == (1, 1):
        neuron = place[2] if name == "out" else place[2] * GRIDS[name][1] + place[3]
        return f"{name}.{neuron + 1}" if neuron < shape[0] else ""
    return f"{name}.{place[1] + 1}.{place[2] + 1}.{place[3] + 1}"


def _layer(seen: Subject, name: str, values: torch.Tensor) -> Layer:
    head, size = title(name), "×".join(map(str, values.shape))
    convolutions = isinstance(seen.model, LeNet5)
    if name == "in":
        inked = values - values.min()
        return Layer(_("Digit"), size, inked, tile=78, tint="ink", open=False, row="top", most=150)
    if name == "out":
        rbf = isinstance(seen.model, LeNet5) and seen.model.variant.rbf
        size = _("−distance · softmax") if rbf else _("before · after softmax")
        return Layer(_("Out"), size, kind="bars", row="top", wide=1.6, window=Window(0), truth=seen.label)
    if name in GRIDS:
        window = Window(5) if name == "c5" else Window(0)
        return Layer(head, size, kind="cells", window=window, row="flat" if convolutions else None)
    padding = 0 if isinstance(seen.model, LeNet5) and seen.model.variant.frame else 2
    if name == "c1":
        return Layer(head, size, tile=54, window=Window(5, padding=padding), narrow=6)
    if name == "s2":
        return Layer(head, size, tile=44, window=Window(2, 2, each=True), narrow=6)
    if name == "c3":
        return Layer(head, size, tile=40, across=2, window=Window(5), narrow=8)
    return Layer(head, size, tile=34, across=2, window=Window(2, 2, each=True), narrow=8)
