"""Which tensor of a file is which parameter of a network: by name, else by the order and shapes of their layers."""

import re
from collections.abc import Mapping
from math import prod

from core.errors import InvalidInput

Shape = tuple[int, ...]
_Layer = tuple[str, dict[str, Shape]]  # what stands before the last dot of its tensors' names; what behind, and shape


def matched(found: Mapping[str, Shape], wanted: Mapping[str, Shape], ordered: bool) -> dict[str, str]:
    """Return the name in the network → the name in the file.

    A layer of the file is the first one left of the right shapes, so that files of any class with these layers fit,
    whatever the class calls them. A fully connected layer right after the flatten has the same numbers in the same
    order as a convolution that covers its whole input, and counts as one.

    Args:
        found: the file's tensors.
        wanted: the network's.
        ordered: whether the file has its tensors in the order of the layers, as a ``state_dict`` does; otherwise the
            numbers in their names decide.

    Raises:
        InvalidInput: a layer is missing, too many, of another shape, or one of several that nothing tells apart.

    >>> matched({"1.weight": (5, 3)}, {"net.0.weight": (5, 3)}, ordered=True)
    {'net.0.weight': '1.weight'}
    """
    if found.keys() == wanted.keys():
        return {name: name for name in wanted}
    names = list(found) if ordered else sorted(found, key=_numbered)
    left, names_of = _layers({name: found[name] for name in names}), dict[str, str]()
    for own, shapes in _layers(wanted):
        fitting = [layer for layer in left if _fits(layer[1], shapes)]
        numberless = {re.sub(r"\d+", "", name) for name, _shapes in fitting}
        if not fitting or (not ordered and len(numberless) > 1):
            raise _other_layers(found, wanted)
        left.remove(fitting[0])
        names_of |= {_joined(own, part): _joined(fitting[0][0], part) for part in shapes}
    if left:
        raise _other_layers(found, wanted)
    return names_of


def _layers(shapes: Mapping[str, Shape]) -> list[_Layer]:
    layers: dict[str, dict[str, Shape]] = {}
    for name, shape in shapes.items():
        layer, _dot, part = name.rpartition(".")
        layers.setdefault(layer, {})[part] = shape
    return list(layers.items())


def _joined(layer: str, part: str) -> str:
    return f"{layer}.{part}" if layer else part


def _numbered(name: str) -> list[tuple[bool, int, str]]:
    return [(part.isdigit(), int(part[:9]) if part.isdigit() else 0, part) for part in re.split(r"([0-9]+)", name)]


def _fits(found: Mapping[str, Shape], wanted: Mapping[str, Shape]) -> bool:
    return found.keys() == wanted.keys() and all(_same(found[part], shape) for part, shape in wanted.items())


def _same(found: Shape, wanted: Shape) -> bool:
    dense = {len(found), len(wanted)} == {2, 4} and found[0] == wanted[0]
    return found == wanted or (dense and prod(found) == prod(wanted))


def _other_layers(found: Mapping[str, Shape], wanted: Mapping[str, Shape]) -> InvalidInput:
    if common := found.keys() & wanted.keys():
        return InvalidInput(
            "The weights file does not fit this network: {name} is missing or not wanted; choose another file, or "
            "give the network the layers that the file was saved from.",
            name=short(min(found.keys() ^ wanted.keys() or common)),
        )
    return InvalidInput(
        "The weights file does not fit this network: its layers are {found}, and this network's are {wanted}; choose "
        "another file, or give the network the layers that the file was saved from.",
        found=_told(found),
        wanted=_told(wanted),
    )


def _told(shapes: Mapping[str, Shape]) -> str:
    """Return the shapes of layers, without those of biases."""
    told = ["×".join(map(str, shape)) for shape in shapes.values() if len(shape) > 1]
    return short(", ".join(told) or "–", 120)


def short(value: object, most: int = 40) -> str:
    """Return a stranger's text short and printable."""
    text = "".join(letter if letter.isprintable() else "?" for letter in str(value)[: most + 1])
    return text if len(text) <= most else text[:most] + "…"
