"""What the script's cells print, said by the cells themselves: their lines are run on the objects of a run."""

import io
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import torch
from torch import nn

from core.export.parts import Part

CUDA: Final = 'model.to("cuda:0")'
SHOW_DEVICE: Final = """\
print(next(model.parameters()).device)
print(all(param.requires_grad for param in model.parameters()))
print(torch.cuda.is_available())
"""


def printed(code: str, **names: Any) -> str:
    """Run lines of a script and return what they print.

    Args:
        code: lines that the exporter wrote, in which nothing of a visitor's stands.
        **names: what they use beside torch and nn, such as ``model``.
    """
    found = io.StringIO()
    exec(code, {"torch": torch, "nn": nn, "print": partial(print, file=found), **names})
    return found.getvalue().rstrip()


def part_of(parts: Sequence[Part], cell: int) -> Part:
    """Return the part that a cell of the notes belongs to.

    Args:
        parts: of a script.
        cell: its number; the last one of the part.
    """
    return next(part for part in parts if part.cells.endswith(f"[{cell}]"))


def last_line(part: Part) -> str:
    """Return the line that prints what a part has made."""
    return part.code.strip().splitlines()[-1]


def on_cuda() -> str:
    """Return what this machine says of ``cuda:0``: the device's name where there is one, else the error."""
    if torch.cuda.is_available():
        return str(torch.device("cuda:0"))  # asking more would take hundreds of MB of the GPU
    try:
        return str(torch.zeros(1).to("cuda:0").device)
    except (RuntimeError, AssertionError) as error:  # the latter where PyTorch was built without CUDA
        return f"{type(error).__name__}: {str(error).splitlines()[0]}"
