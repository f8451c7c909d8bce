"""What a link to the sketch pad sets, and what the options are called."""

from dataclasses import dataclass
from typing import ClassVar, Final

from core.sketch.preprocess import Steps
from core.sketch.reading import STEPS
from core.sketch.transform import Change
from ui.state.controls import Controls
from ui.state.fields import choice, many, number
from ui.text import _

MOVES: Final = ("right", "down", "turn", "size", "thick")
"""Fields that move the digit; they change all the time while it is dragged."""
LOOKED_AT: Final = ("look", "tool", "pen", "steps", *MOVES)
"""Fields in which a page may differ from an experiment's link and still show its guide."""


@dataclass(frozen=True)
class Settings:
    """What a link to this lesson sets."""

    PREFIX: ClassVar[str] = "sketch_"
    topic: str = choice("draw", ("draw", "photo", "sample", "several", "class"))
    tool: str = choice("chalk", ("chalk", "move"))
    pen: int = number(20, 4, 48)
    index: int = number(0, 0, 9999)
    look: str = choice("steps", ("steps", "maps", "saliency", "nearest"))
    steps: tuple[str, ...] = many(STEPS, STEPS)
    # In pixels of the 28×28 input and degrees, as core.sketch.transform.Change has them.
    right: float = number(0.0, -14.0, 14.0, step=0.5)
    down: float = number(0.0, -14.0, 14.0, step=0.5)
    turn: int = number(0, -180, 180, step=5)
    size: float = number(1.0, 0.3, 1.5, step=0.1)
    thick: float = number(0.0, -1.0, 3.0, step=0.25)


def topics(controls: Controls[Settings]) -> str:
    """Draw the choice between the lesson's topics and return the chosen one."""
    names = {
        "draw": _("Draw"),
        "photo": _("Photo"),
        "sample": _("MNIST sample"),
        "several": _("Several digits"),
        "class": _("Our class"),
    }
    topic: str = controls.segmented("topic", _("Digit from"), names, label_visibility="collapsed")
    return topic


def steps(settings: Settings) -> Steps:
    """Return which steps of the preprocessing are taken."""
    return Steps(**{name: name in settings.steps for name in STEPS})


def change(settings: Settings) -> Change:
    """Return how the digit is moved."""
    return Change(settings.right, settings.down, float(settings.turn), settings.size, settings.thick)


def moves(settings: Settings) -> bool:
    """Return whether the digit can be moved as the page stands: a sketch only while the hand is chosen."""
    return settings.topic in ("photo", "sample") or (settings.topic == "draw" and settings.tool == "move")
