"""A confusion matrix as a table of buttons: a cell says what it counts, and opens its samples when it is chosen."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ui import design
from ui.components import component
from ui.state import session
from ui.text import _

_COMPONENT = component("confusion")
Cell = tuple[int, int]


def confusion(
    shown: Mapping[str, Any],
    labels: Sequence[str],
    *,
    key: str,
    chosen: Cell | None,
    on_cell: Callable[[Cell | None], None],
) -> None:
    """Draw a confusion matrix; it updates in place while a run is live.

    A cell's tint is its share of its row, so that rare classes show as well; the diagonal also has a frame.

    Args:
        shown: ``counts``: rows = truth, columns = answers.
        labels: class names.
        key: keeps the table mounted.
        chosen: the open cell, as (truth, answer).
        on_cell: called with the cell that was chosen, or with None when the open one was closed.
    """
    data = {
        **shown,
        "labels": list(labels),
        "chosen": list(chosen) if chosen else None,
        "dark": design.dark(),
        "words": {
            "caption": _("Confusion matrix: {wrong} of {total} samples are off the diagonal."),
            "truth": _("truth"),
            "answer": _("answer"),
            # Filled in by the browser.
            "cell": _("truth %t, answer %a: %n samples, %p of its row"),
            "hint": _("Choose a cell to see its samples."),
        },
    }
    _COMPONENT(data=data, key=key, on_cell_change=lambda: on_cell(_checked(session.sent(key, "cell"), len(labels))))


def _checked(sent: object, classes: int) -> Cell | None:
    """Return what the browser sent if it is a cell; it may send anything."""
    if not isinstance(sent, list | tuple) or len(sent) != 2:
        return None
    truth, answer = sent
    if type(truth) is not int or type(answer) is not int or not (0 <= truth < classes and 0 <= answer < classes):
        return None
    return truth, answer
