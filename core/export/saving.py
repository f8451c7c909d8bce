"""The notes' 三 3.7 really done, in memory: save a network whole or its numbers alone, load it, test it again."""

import io
import pickle
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import torch

from core.nets.course import DNN
from core.training.evaluate import Evaluation

_TERMINAL: Final = re.compile("\x1b\\[[0-9;]*m")  # bold type, for a terminal


@dataclass(frozen=True, eq=False)
class Saved:
    """What came of it.

    Attributes:
        whole_bytes: size of the file with the whole network.
        named: the class that this file names; its code is not in the file.
        error: what ``torch.load`` says of that file since PyTorch 2.6: kind and text.
        number_bytes: size of the file with the ``state_dict``.
        before: the test of the network itself.
        whole: of the one read with ``weights_only=False``.
        new: of a new network, before the numbers are loaded.
        loaded: of the same after that.
    """

    whole_bytes: int
    named: str
    error: str
    number_bytes: int
    before: Evaluation
    whole: Evaluation
    new: Evaluation
    loaded: Evaluation


def save_and_load(model: DNN, new_model: DNN, test: Callable[[DNN], Evaluation]) -> Saved:
    """Save a network in both ways and read it back.

    Args:
        model: the network.
        new_model: another one with the same layers; it gets the network's weights.
        test: looks at the test set.
    """
    whole, numbers = io.BytesIO(), io.BytesIO()
    torch.save(model, whole)
    torch.save(model.state_dict(), numbers)
    whole.seek(0)
    error = ""
    try:
        torch.load(whole)
    except pickle.UnpicklingError as refused:
        error = _TERMINAL.sub("", f"{type(refused).__name__}: {refused}")
    # Runs whatever the file says: these very bytes were written a line ago, and nobody else's are ever read so.
    again = torch.load(io.BytesIO(whole.getvalue()), weights_only=False)
    new = test(new_model)
    new_model.load_state_dict(torch.load(io.BytesIO(numbers.getvalue())))
    return Saved(
        whole_bytes=len(whole.getvalue()),
        named=f"{type(model).__module__}.{type(model).__qualname__}",
        error=error,
        number_bytes=len(numbers.getvalue()),
        before=test(model),
        whole=test(again),
        new=new,
        loaded=test(new_model),
    )
