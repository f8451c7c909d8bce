"""Ten probabilities per network, and the pictures on the way to them; updated in place, never remounted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ui.components import component
from ui.packed import png
from ui.text import _

_COMPONENT = component("answers", "section")


@dataclass(frozen=True)
class Answer:
    """One network's column.

    Attributes:
        name: shown above the column.
        probabilities: of the digits 0 … 9; empty while there is none.
        sub: in small print below the name.
        before: the same with all steps of the preprocessing, to compare with; empty: nothing to compare.
        entropy: of the probabilities, in bits; None: not shown.
    """

    name: str
    probabilities: tuple[float, ...] = ()
    sub: str = ""
    before: tuple[float, ...] = ()
    entropy: float | None = None


@dataclass(frozen=True)
class Judgement:
    """Whether it looks like a digit at all.

    Attributes:
        doubtful: it does not.
        words: the sentence, translated.
        help: how that was found out, translated.
    """

    doubtful: bool
    words: str
    help: str


@dataclass(frozen=True)
class Picture:
    """One stage on the way to the network.

    Attributes:
        pixels: uint8 (H, W) or (H, W, 3).
        caption: shown below it, translated.
        alt: for those who cannot see it, translated.
    """

    pixels: npt.NDArray[np.uint8]
    caption: str
    alt: str


def answers(
    found: Sequence[Answer],
    *,
    key: str,
    note: str = "",
    big: bool = False,
    pictures: Sequence[Picture] = (),
    judgement: Judgement | None = None,
    seen: Picture | None = None,
) -> None:
    """Draw the networks' answers as bars, and pictures below them.

    Args:
        found: one column each.
        key: of this place on the page.
        note: a sentence instead of the bars: nothing drawn yet, or why a sketch is refused.
        big: whether the first network's digit is shown large, at the left of everything.
        pictures: left to right, with an arrow between neighbours.
        seen: what the networks see, beside the judgement.
        judgement: whether it looks like a digit; with it the first network's digit stands large above the bars.
    """
    spoken = [
        _(
            "{network}: {digit}, {share}",
            network=answer.name,
            digit=best,
            share=f"{100 * answer.probabilities[best]:.1f}%",
        )
        for answer in found
        if answer.probabilities
        for best in [max(range(10), key=answer.probabilities.__getitem__)]
    ]
    _COMPONENT(
        data={
            "networks": [
                vars(answer) | {"entropy": None if answer.entropy is None else f"{answer.entropy:.2f}"}
                for answer in found
            ],
            "pictures": [_sent(picture) for picture in pictures],
            "note": note,
            "big": big,
            "seen": seen and _sent(seen),
            "judgement": judgement and vars(judgement),
            "spoken": "; ".join([*spoken, judgement.words] if judgement and judgement.doubtful else spoken),
            "words": {
                "digit": _("Digit"),
                "region": _("Probability of each digit"),
                "entropy": _("Entropy"),
                "bits": _("{n} bit"),
                "before": _("The line: with all steps."),
            },
        },
        key=key,
    )


def _sent(picture: Picture) -> dict[str, str]:
    return {"source": png(picture.pixels, 1), "caption": picture.caption, "alt": picture.alt}
