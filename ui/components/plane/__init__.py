"""The plane: what a network answers at every point of two inputs, and the samples on it; drawn on a canvas."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from core.checks import is_whole
from core.inspect.surface import Cut, Marks, wrong
from ui import design
from ui.components import component
from ui.packed import packed
from ui.state import session
from ui.text import GAPS, _, language

_COMPONENT = component("plane", "figure")


def numbers(marks: Marks, answered: tuple[torch.Tensor, torch.Tensor], *, output: int | None) -> dict[str, Any]:
    """Return what a picture shows of a network, without words.

    Args:
        marks: the samples on it.
        answered: what the network answers at the piece's points, float32 (side², outputs), and at the samples, float32
            (n, outputs).
        output: which one of a regression is shown; None: classes, of which all are.
    """
    everywhere, said = (outputs if output is None else outputs[:, output : output + 1] for outputs in answered)
    missed = wrong(answered[1], marks.truth)
    return {
        "grid": packed(everywhere),
        "said": packed(said),
        "wrong": packed(missed),
        "missed": {"wrong_train": int((missed & ~marks.test).sum()), "wrong_test": int((missed & marks.test).sum())},
    }


def plane(
    shown: Mapping[str, Any],
    piece: Cut,
    marks: Marks,
    *,
    key: str,
    classes: Sequence[str],
    output: int,
    output_name: str,
    names: tuple[str, str],
    note: str,
    on_pick: Callable[[bool, int], None] | None,
    width: int,
) -> None:
    """Draw decision regions, or a regression's surface, with the samples of both sets on it.

    A training sample is full, a test sample a ring, a wrong one a triangle. Pointing, or the arrow keys, give exact
    values; the legend's buttons hide a set or take the shades away, in the browser alone. It changes in place.

    Args:
        shown: see numbers.
        piece: where the picture cuts through the inputs.
        marks: the samples on it.
        key: keeps the picture mounted between updates.
        classes: one name per class; empty for a regression.
        output: which output of a regression is shown.
        output_name: what it is called.
        names: of the two axes.
        note: what else is to be said below the picture, in front of the hint how to point.
        on_pick: called with (of the test set?, row in its set) when a training sample is clicked; None: none can be.
        width: at most, in CSS pixels; the picture is square.
    """
    truth = marks.truth if classes else marks.truth[:, output]
    middle, reach = (0.0, 1.0) if classes else _scale(truth)
    data = {
        **shown,
        "side": piece.side,
        "low": piece.low,
        "high": piece.high,
        "names": names,
        "outline": piece.outline,
        "borders": piece.borders,
        "outputs": len(classes) or 1,
        "classes": list(classes),
        "output": output_name,
        "middle": middle,
        "reach": reach,
        "colours": design.class_names(len(classes)) if len(classes) > 2 else ["negative", "positive"],
        "marks": {
            "at": packed(marks.raw[:, list(piece.across)]),
            "truth": packed(truth.float()),
            "test": packed(marks.test),
            "row": packed(marks.row.int()),
        },
        "width": width,
        "picks": on_pick is not None,
        "words": _words(marks, bool(classes), names) | {"note": note},
    }

    def picked() -> None:
        found = _pick(session.sent(key, "picked"), marks)
        if on_pick is not None and found is not None:
            on_pick(*found)

    _COMPONENT(data=data, key=key, on_picked_change=picked)


def colours(classes: int) -> list[str]:
    """Return one colour per class: orange and blue for two, as for weights; for a regression its two ends.

    Args:
        classes: how many; 0 for a regression.
    """
    if classes > 2:
        return design.class_colours(classes)
    return [design.colour("negative"), design.colour("positive")]


def _pick(sent: object, marks: Marks) -> tuple[bool, int] | None:
    """Return the set and row of a sample by its place among the marks; what comes from a browser is checked."""
    if not is_whole(sent, 0, len(marks.row) - 1):
        return None
    return bool(marks.test[sent]), int(marks.row[sent])


def _scale(truth: torch.Tensor) -> tuple[float, float]:
    """Return the middle of the colours and how far they reach: around 0 where the truth lies on both sides of it."""
    if not len(truth):
        return 0.0, 1.0
    low, high = float(truth.min()), float(truth.max())
    if low <= 0 <= high:
        return 0.0, max(-low, high) or 1.0
    return (low + high) / 2, (high - low) / 2 or 1.0


def _words(marks: Marks, classified: bool, names: tuple[str, str]) -> dict[str, str | list[str]]:
    alt = _("What the network answers over {x} and {y}, with {train} training and {test} test samples.")
    if classified:
        alt = _(
            "What the network answers over {x} and {y}; {wrong_train} of {train} training and {wrong_test} of {test} "
            "test samples are wrong."
        )
    test = int(marks.test.sum())
    for name, value in {"x": names[0], "y": names[1], "train": len(marks.test) - test, "test": test}.items():
        alt = alt.replace(f"{{{name}}}", str(value))
    return {
        "alt": alt,
        "hint": _("Point at the picture, or use the arrow keys: exact values."),
        "sets": [_("training samples"), _("test samples")],
        "wrong": _("wrong answer"),
        "named": _("{name}: {value}"),
        "gap": GAPS.get(language(), " "),
        "border": _("where the truth changes"),
        "flat": _("No shades"),
        "flat_help": _("Only which answer it is, not how far it is ahead of the next one."),
        "flat_values": _("In steps"),
        "here": _("{at}: the network answers {answer}"),
        "outputs": _("outputs {values}"),
        "sample": [
            _("Training sample {n}, {at}: truth {truth}; answer {answer}"),
            _("Test sample {n}, {at}: truth {truth}; answer {answer}"),
        ],
        "not_finite": _("not finite"),
        "outside": _("{at}: outside the cube"),
        "pick": _("{text}. Click: look at this sample in the network."),
    }
