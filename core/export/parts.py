"""A script in parts: each is a comment and lines of code in the script, and two cells in the notebook."""

import ast
import re
from collections.abc import Callable, Iterable
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


_COMMENT: Final = re.compile(r"(^ *|  )# (.+)$", re.MULTILINE)


COMMENTS: Final = (
    N_("0: paper, 1: a whole stroke; as the page has found it"),
    N_("0: the whole training set at once"),
    N_("a 1 at the class"),
    N_("a folder with MNIST's four .gz files"),
    N_("a whole stroke"),
    N_("after so many updates: learning rate, as changed by hand"),
    N_("after so many updates: weights that were written by hand"),
    N_("after these the test set is looked at"),
    N_("as in training"),
    N_("backward"),
    N_("centre: the centre of mass comes to pixel (14, 14)"),
    N_("crop"),
    N_("cross-entropy takes the number of the class"),
    N_("decides the batches"),
    N_("decides the first weights"),
    N_("decides which neurons drop out"),
    N_("early stopping"),
    N_("else the new gradients are added to the old ones"),
    N_("epoch: batch size, as changed by hand"),
    N_("fit: the longer side gets so many pixels"),
    N_("forward"),
    N_("forward, backward, one step of the optimizer"),
    N_("grey, 0 to 255"),
    N_("how far each pixel is from the paper"),
    N_("how far F6 is from each digit's picture of 7×12, with the other sign"),
    N_("in all"),
    N_("in each row a 1 at the largest number"),
    N_("in which red, green and blue differ most"),
    N_("input features"),
    N_('LeCun et al. 1998, eq. 9: cross-entropy with an eleventh answer, "none of them"'),
    N_("Legendre polynomials up to this degree: orthogonal, so that the sum stays exact"),
    N_("MNIST's strokes reach full white"),
    N_("noise: the label is that of a point nearby"),
    N_("noise: the output features of these rows are drawn anew"),
    N_("noise: y is that of a point nearby"),
    N_("not centred by its mass"),
    N_("not cropped"),
    N_("not normalised"),
    N_("of the training set alone"),
    N_("one digit beside the other, as the page has cut them out"),
    N_('or "cuda:0": a GPU rounds differently in the last digits'),
    N_("output features"),
    N_("output features: a one-hot code"),
    N_("random_split cannot stratify"),
    N_("ridge: every coefficient but the constant"),
    N_("red, green and blue, 0 to 255"),
    N_("rows in which every number agrees"),
    N_("softmax is part of it"),
    N_("sorted by output"),
    N_("The app moves its digits with other random numbers, so that its losses are not quite the same."),
    N_("the board's colour; white paper is (255, 255, 255)"),
    N_("the classroom's copy first, then torchvision's own addresses"),
    N_("No copy in the classroom is known here, so that torchvision downloads from its own addresses."),
    N_("the first convolution and its tanh"),
    N_("the first weights, from a file"),
    N_("the last samples are copies of the first ones"),
    N_("the paper's own noise"),
    N_("the parameters change"),
    N_("the picture's, not learned ones"),
    N_("the place of the largest of the ten numbers"),
    N_("Too many weights were written by hand to repeat them here, so that the losses are others."),
    N_("what the network is given of a point"),
    N_("whole parts first, then the largest remainders"),
    N_("without the biases"),
)
"""Every comment in the code of a part, so that it can be translated."""

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
    shown = list(parts)
    needed = imports("\n".join(part.code for part in shown))
    heads = [f"# {part.cells}: {say(part.title)}" if part.cells else f"# {say(part.title)}" for part in shown]
    bodies = [in_language(part.code.strip(), say) for part in shown]
    text = "\n\n".join([needed, *(f"{head}\n{body}" for head, body in zip(heads, bodies, strict=True))]) + "\n"
    return _with_blank_lines(text)


def in_language(code: str, say: Say) -> str:
    """Return code with its comments, and the words of LAYOUT, translated.

    Args:
        code: Python; its comments are whole sentences of COMMENTS, without anything filled in.
        say: translates a sentence, and returns what it does not know as it is.

    >>> in_language("x = 1  # the seed", str.upper)
    'x = 1  # THE SEED'
    """
    return _COMMENT.sub(lambda found: f"{found[1]}# {say(found[2])}", code.replace(LAYOUT, say(LAYOUT)))


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
