"""A script in parts: each is a comment and lines of code in the script, and two cells in the notebook."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final


def N_(message: str, /) -> str:
    """Mark an English literal for translation and return it as it is; who shows it translates it."""
    return message


@dataclass(frozen=True)
class Part:
    """One step of a script.

    Attributes:
        title: a short line, English; the comment above the code.
        words: one or two sentences, English, in Markdown; above the cell in the notebook.
        code: Python without its imports, as few lines as possible.
    """

    title: str
    words: str
    code: str


# Name in the code → the line that imports it; in the order of isort.
_PLAIN: Final = {
    "csv": "import csv\n",
    "plt": "import matplotlib.pyplot as plt",
    "torch": "import torch",
}
_FROM: Final = {
    "load_file": "safetensors.torch",
    "make_blobs": "sklearn.datasets",
    "make_moons": "sklearn.datasets",
    "nn": "torch",
    "DataLoader": "torch.utils.data",
    "Subset": "torch.utils.data",
    "TensorDataset": "torch.utils.data",
    "datasets": "torchvision",
    "transforms": "torchvision",
}


def imports(code: str) -> str:
    """Return the import lines that some code needs: none missing, none unused.

    >>> print(imports("net = nn.Linear(3, 5)"))
    from torch import nn
    """
    names = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    modules: dict[str, list[str]] = {}
    for name, module in _FROM.items():
        if name in names:
            modules.setdefault(module, []).append(name)
    lines = [line for name, line in _PLAIN.items() if name in names]
    return "\n".join([*lines, *(f"from {module} import {', '.join(found)}" for module, found in modules.items())])


def script(parts: Iterable[Part]) -> str:
    """Return the parts as one file: the imports, then each part under its comment."""
    shown = list(parts)
    needed = imports("\n".join(part.code for part in shown))
    text = "\n\n".join([needed, *(f"# {part.title}\n{part.code.strip()}" for part in shown)]) + "\n"
    return _with_blank_lines(text)


def _with_blank_lines(text: str) -> str:
    """Put two empty lines around a class or function at the top, as PEP 8 wants it."""
    lines = text.split("\n")
    found: list[str] = []
    inside = False
    for at, line in enumerate(lines):
        starts = line.startswith(("class ", "def "))
        comment = line.startswith("#") and lines[at + 1].startswith(("class ", "def "))
        if (comment or (starts and not found[-1].startswith("#")) or (inside and line and not line[0].isspace())) and (
            not (starts and found[-1].startswith("#"))
        ):
            while found and not found[-1]:
                found.pop()
            found += ["", ""]
        inside = starts or (inside and (not line or line[0].isspace()))
        found.append(line)
    return "\n".join(found)
