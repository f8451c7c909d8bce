"""What a network sees, stage by stage; each step can be switched off, and says what that would change."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ui.components import component
from ui.packed import png
from ui.state import session
from ui.text import _

_COMPONENT = component("steps", "ol")


@dataclass(frozen=True)
class Effect:
    """What a network would answer with one step switched the other way.

    Attributes:
        network: its name.
        digit: what it would read.
        share: how surely, 0 to 1.
        changed: whether that is another digit than now.
    """

    network: str
    digit: int
    share: float
    changed: bool


@dataclass(frozen=True, eq=False)
class Stage:
    """One picture on the way to the network.

    Attributes:
        pixels: uint8 (H, W) or (H, W, 3).
        title: above it, translated.
        note: below it, translated.
        alt: for those who cannot see it, translated.
        step: name of the step that leads to it, sent when it is switched; "" for the first, which is no step.
        on: whether the step is taken.
        effects: with the step switched the other way; empty while nothing is drawn.
    """

    pixels: npt.NDArray[np.uint8]
    title: str
    note: str
    alt: str
    step: str = ""
    on: bool = True
    effects: tuple[Effect, ...] = ()


def steps(stages: Sequence[Stage], *, key: str, on_switch: Callable[[str], None]) -> None:
    """Draw the stages from left to right.

    Args:
        stages: in order.
        key: of this place on the page.
        on_switch: called with the name of the step that was switched.
    """

    def switched() -> None:
        name = session.sent(key, "step")
        if isinstance(name, str) and name in {stage.step for stage in stages}:
            on_switch(name)

    _COMPONENT(
        data={
            "stages": [
                vars(stage) | {"pixels": png(stage.pixels, 1), "effects": [vars(effect) for effect in stage.effects]}
                for stage in stages
            ],
            "words": {"without": _("without it"), "with": _("with it"), "same": _("the same digits")},
        },
        key=key,
        on_step_change=switched,
    )
