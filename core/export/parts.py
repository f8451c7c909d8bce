"""A script in parts: each is a comment and lines of code in the script, and two cells in the notebook."""

import ast
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
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
        code: Python without its imports, as few lines as possible; its comments are English, see ``in_language``.
        cells: which cells of the notes it is, such as "In [3]"; empty where the notes have none.
    """

    title: str
    words: str
    code: str
    cells: str = ""


Say = Callable[[str], str]
"""Translates an English sentence."""


# Name in the code → the line that imports it; in the order of isort.
_STANDARD: Final = {"csv": "import csv", "os": "import os", "shutil": "import shutil"}
_PLAIN: Final = {
    "plt": "import matplotlib.pyplot as plt",
    "np": "import numpy as np",
    "torch": "import torch",
    "nn": "import torch.nn as nn",
}
_FROM: Final = {
    "Image": "PIL",
    "make_blobs": "sklearn.datasets",
    "make_moons": "sklearn.datasets",
    "train_test_split": "sklearn.model_selection",
    "DataLoader": "torch.utils.data",
    "Subset": "torch.utils.data",
    "TensorDataset": "torch.utils.data",
    "random_split": "torch.utils.data",
    "datasets": "torchvision",
    "transforms": "torchvision",
}


COMMENT: Final = re.compile(r"(^ *|  )# (.{3,})$", re.MULTILINE)
"""A comment that can be translated; two letters are a layer's name. ``ui.catalogue`` collects them where they stand."""


LAYOUT: Final = N_("parameter: {name}\\nshape: {param.shape}\\nvalues: {param}\\n")
"""How the notes print a parameter; its words are translated, too."""


def imports(code: str) -> str:
    """Return the import lines that some code needs: none missing, none unused.

    >>> print(imports("net = nn.Linear(3, 5)"))
    import torch.nn as nn
    """
    names = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    modules: dict[str, list[str]] = {}
    for name, module in _FROM.items():
        if name in names:
            modules.setdefault(module, []).append(name)
    lines = [line for name, line in _STANDARD.items() if name in names]
    lines += [""] * bool(lines) + [line for name, line in _PLAIN.items() if name in names]
    return "\n".join([*lines, *(f"from {module} import {', '.join(found)}" for module, found in modules.items())])


def script(parts: Iterable[Part], say: Say = str) -> str:
    """Return the parts as one file: the imports, then each part under its comment.

    Args:
        parts: in their order.
        say: translates titles and comments.
    """
    return _script(tuple(parts), say)


@lru_cache(maxsize=64)
def _script(shown: tuple[Part, ...], say: Say) -> str:
    needed = imports("\n".join(part.code for part in shown))
    heads = [f"# {part.cells}: {say(part.title)}" if part.cells else f"# {say(part.title)}" for part in shown]
    bodies = [in_language(part.code.strip(), say) for part in shown]
    text = "\n\n".join([needed, *(f"{head}\n{body}" for head, body in zip(heads, bodies, strict=True))]) + "\n"
    return _with_blank_lines(text)


def in_language(code: str, say: Say) -> str:
    """Return code with its comments, and the words of LAYOUT, translated.

    Args:
        code: Python; its comments are whole sentences, without anything filled in.
        say: translates a sentence, and returns what it does not know as it is.

    >>> in_language("x = 1  # the seed", str.upper)
    'x = 1  # THE SEED'
    """
    return COMMENT.sub(lambda found: f"{found[1]}# {say(found[2])}", code.replace(LAYOUT, say(LAYOUT)))


def device_part() -> Part:
    """Return the part that says where a training is computed (the notes write 'cuda:0' in each place)."""
    return Part(
        N_("Where it is computed"),
        N_("`cpu` gives the app's losses to the last digit. On a GPU (`cuda:0`) they agree to rounding."),
        'device = "cpu"  # or "cuda:0": a GPU rounds differently in the last digits',
    )


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
