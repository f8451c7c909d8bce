"""What a map of the notes is made of, and how an entry of it becomes a link."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PREFIXES = {
    "data_split": "split_",
    "dnn_playground": "dnn_",
    "conv_calculator": "conv_",
    "lenet_training": "lenet_",
    "sketch_pad": "sketch_",
}
SPLIT, DNN, CONV, LENET, SKETCH = "data_split", "dnn_playground", "conv_calculator", "lenet_training", "sketch_pad"
MNIST_DNN = {"network": "mnist-dnn", "lr": 0.01, "momentum": 0.5, "batch": 64}


@dataclass(frozen=True)
class Entry:
    """One place of the notes.

    Attributes:
        places: its numbers as printed, such as "表 2-1" or "In [3]".
        says: what stands there, in one line, translated.
        page: file stem of the page that shows it.
        changes: settings of that page, all others at their default.
        inside: the tab under Inside that shows it; empty: the stage.
        remark: it says where the notes are imprecise, and the page is the proof.
    """

    places: str
    says: str
    page: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    inside: str = ""
    remark: bool = False


class Section:
    """A numbered section of a part, such as 2.1, with its places in their order."""

    def __init__(self, number: str, title: str, *entries: Entry) -> None:
        self.number, self.title, self.entries = number, title, entries


class Part:
    """One of the notes' five documents.

    Args:
        name: as printed, such as "DNN 二".
        title: of the document, translated.
        *sections: in their order.
    """

    def __init__(self, name: str, title: str, *sections: Section) -> None:
        self.name, self.title, self.sections = name, title, sections


def anchor(name: str) -> str:
    """Return what a part is called in the address of its page.

    >>> anchor("DNN 二"), anchor("CNN 一")
    ('dnn-2', 'cnn-1')
    """
    kind, number = name.split()
    return f"{kind.lower()}-{'〇一二三四五六'.index(number)}"


def address(entry: Entry) -> dict[str, str]:
    """Return the query parameters of an entry's link: its settings, all others at their default, and its tab.

    Args:
        entry: with a page.
    """
    asked = {f"{PREFIXES[entry.page]}{name}": _written(value) for name, value in entry.changes.items()}
    return asked | ({"inside": entry.inside} if entry.inside else {})


def _written(value: object) -> str:
    """Return how a setting's value stands in an address; a test compares it with the pages' own rules."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, tuple):
        return "-".join(map(str, value))
    return f"{value:.10g}" if isinstance(value, float) else str(value)
