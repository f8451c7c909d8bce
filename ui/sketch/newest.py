"""What stands on lesson 5's page at this moment, for downloads that are made when they are clicked."""

from dataclasses import dataclass, field

from core.sketch.form import Bytes
from core.sketch.reading import Sheet
from core.sketch.transform import Change
from ui.state.session import recall, remember


@dataclass(eq=False)
class Newest:
    """One for a session. A stroke redraws the board alone, so that the rest of the page would hold an old sketch.

    Attributes:
        page: the sketch; None: there is none.
        change: how it is moved.
        digits: of the number, each uint8 (28, 28).
    """

    page: Sheet | None = None
    change: Change = field(default_factory=Change)
    digits: tuple[Bytes, ...] = ()


def newest() -> Newest:
    """Return the session's own."""
    found = recall("sketch_newest")
    if not isinstance(found, Newest):
        remember("sketch_newest", found := Newest())
    return found
