"""A slider over the kept moments of a run, drawn on the curve of its test accuracy; it can play them like a film."""

from collections.abc import Callable, Sequence

from ui.components import component
from ui.state import session
from ui.text import _

_COMPONENT = component("timeline")
NEWEST = -1


def timeline(
    stops: Sequence[tuple[int, float, float]], at: int, *, key: str, on_move: Callable[[int], None], ended: bool = False
) -> None:
    """Draw the slider; it grows in place while a run is live, and what is being dragged stays where it is.

    Args:
        stops: in order, at least two.
        at: step of the moment that is looked at, NEWEST: the present.
        key: keeps it mounted.
        on_move: called with the step that was chosen, or NEWEST.
        ended: whether the present is the last of the stops.
    """
    steps = [step for step, _epoch, _share in stops]
    data = {
        "stops": [[step, round(epoch, 2), round(share, 4)] for step, epoch, share in stops],
        "at": at,
        "ended": ended,
        "words": {
            "label": _("Rewind: moments of this run"),
            "play": _("Play the training as a film"),
            "pause": _("Stop the film"),
            "now": _("Now"),
            # The browser fills these in.
            "then": _("Epoch {epoch} (update {step}): {share} of the test digits right"),
            "newest": _("Now, at the newest weights"),
        },
    }

    def moved() -> None:
        sent = session.sent(key, "at")
        on_move(sent if isinstance(sent, int) and sent in steps else NEWEST)

    _COMPONENT(data=data, key=key, on_at_change=moved)
