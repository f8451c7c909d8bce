"""A digit that is dragged, turned, scaled and thickened, with pointer, buttons or keys."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from core.checks import is_number
from ui.components import component
from ui.packed import png
from ui.state import session
from ui.text import _

_COMPONENT = component("mover")


@dataclass(frozen=True)
class Place:
    """Where the digit is: pixels of the 28×28 input, degrees counter-clockwise, factor, pixels of thickness."""

    right: float = 0.0
    down: float = 0.0
    turn: float = 0.0
    size: float = 1.0
    thick: float = 0.0


LIMITS = {"right": (-14, 14), "down": (-14, 14), "turn": (-180, 180), "size": (0.3, 1.5), "thick": (-1, 3)}


def mover(
    pixels: npt.NDArray[np.uint8], place: Place, *, key: str, alt: str, side: int, on_move: Callable[[Place], None]
) -> None:
    """Draw a digit on a board, where it is now.

    Args:
        pixels: uint8 (H, W, 3), square, of the right thickness but neither moved, turned nor scaled: the browser does
            that at once, and the networks' answers follow.
        place: where it is.
        key: of this place on the page.
        alt: what the picture shows, translated.
        side: of the board on the screen, in pixels.
        on_move: called with every new place.
    """

    def sent() -> None:
        found = _checked(session.sent(key, "place"))
        if found is not None:
            on_move(found)

    _COMPONENT(
        data={
            "source": png(pixels, 1),
            "place": asdict(place),
            "alt": alt,
            "side": side,
            "words": {
                "keys": _("Drag, or arrow keys; [ and ] turn, + and − thicken, < and > scale, 0 puts it back."),
                "left": _("Turn left"),
                "right": _("Turn right"),
                "thin": _("Thinner"),
                "thick": _("Thicker"),
                "small": _("Smaller"),
                "large": _("Larger"),
                "back": _("Put it back"),
            },
        },
        key=key,
        on_place_change=sent,
    )


def _checked(raw: object) -> Place | None:
    """Return what the browser sent, brought into its limits; None when it is no place."""
    if not isinstance(raw, dict) or set(raw) - {*LIMITS, "count"}:
        return None
    values: dict[str, float] = {}
    for name, (low, high) in LIMITS.items():
        value = raw.get(name)
        if not is_number(value):
            return None
        values[name] = min(max(float(value), low), high)
    return Place(**values)
