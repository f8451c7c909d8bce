"""A slider over the kept moments of a run, drawn on the curve of its test accuracy; it can play them like a film."""

from collections.abc import Callable, Mapping
from typing import Any

from ui.components import component
from ui.state import session
from ui.text import _

_COMPONENT = component("timeline")
NEWEST = -1


def timeline(shown: Mapping[str, Any], last: int, *, key: str, on_move: Callable[[int], None]) -> None:
    """Draw the slider; it grows in place while a run is live, and what is being dragged stays where it is.

    Args:
        shown: ``stops``: rows of float64 (updates done, passes over the training set, accuracy on the test set 0 … 1),
            in order; ``at``: updates of the one that is looked at, NEWEST: the present; ``ended``: whether the present
            is the last of them. With fewer than two there is no slider yet.
        last: updates of the whole run: no moment is later.
        key: keeps it mounted.
        on_move: called with the updates of the moment that was chosen, or NEWEST.
    """
    words = {
        "wait": _("Once the test set was looked at twice, a slider here goes back through the training."),
        "label": _("Rewind: moments of this run"),
        "play": _("Play the training as a film"),
        "pause": _("Stop the film"),
        "now": _("Now"),
        # The browser fills these in.
        "then": _("Epoch {epoch} (update {step}): {share} of the test set right"),
        "newest": _("Now, at the newest weights"),
    }

    def moved() -> None:
        sent = session.sent(key, "at")
        on_move(sent if type(sent) is int and 0 <= sent <= last else NEWEST)

    _COMPONENT(data={**shown, "words": words}, key=key, on_at_change=moved)
