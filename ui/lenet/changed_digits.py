"""What becomes of the accuracy when the test digits are shifted, turned, larger, thicker or noisy."""

from typing import Final

import streamlit as st
import torch
from torch import nn

from core import cache
from core.exam.robustness import KINDS, Point, changed, sample
from core.exam.robustness import compare as compared
from core.nets.digit_files import model_of
from core.runs.digits_job import MnistJob
from core.runs.scheduler import SCHEDULER
from core.runs.snapshot import Snapshot, State
from ui import charts
from ui.components.gallery import Row, Tile, gallery, inked
from ui.lenet.settings import Settings, short_names
from ui.state import session
from ui.state.controls import Controls
from ui.text import _, aside, listed, named, paragraph

KEPT: Final = "lenet_changed"
Key = tuple[str, tuple[tuple[str, int], ...]]
STROKES: Final = ("solid", "dashed")


def draw(controls: Controls[Settings], runs: list[Snapshot]) -> None:
    """Draw the accuracy of each network against how far the digits are changed, and one digit so changed.

    Args:
        controls: of the page.
        runs: one or two, of different networks.
    """
    ready = [run for run in runs if run.weights]
    if not ready:
        return
    paragraph("**The same test digits, changed**")
    kind = controls.segmented("change", _("Change"), kind_names(), label_visibility="collapsed")
    key = _key(kind, ready)
    measured, at = session.recall(KEPT, {}), None
    if key not in measured and any(run.state is State.RUNNING for run in ready):
        at = next((old for old in reversed(measured) if _same_runs(old, key)), None)
        st.button(
            _("Measure now"),
            key="lenet_measure",
            icon=":material/straighten:",
            on_click=lambda: _measure(kind, _newest(ready)),
            help=_("Asks both networks, as they stand, for changed digits; the training is slowed for a moment."),
        )
        if at is None:
            aside("Measured when the training pauses or ends.")
            return
    elif key not in measured:
        with st.spinner(_("Both networks read changed digits …")):
            _measure(kind, ready)
        measured = session.recall(KEPT, {})
    shown: list[Point] = measured[at or key]
    _curves(kind, shown, ready)
    if not any(run.state is State.RUNNING for run in ready):
        _one_digit(controls, kind, ready)


def kind_names() -> dict[str, str]:
    """Return what the ways to change digits are called."""
    return {
        "shift": _("Shifted"),
        "turn": _("Turned"),
        "size": _("Larger or smaller"),
        "thickness": _("Thicker or thinner"),
        "noise": _("Noisy"),
    }


def _axis(kind: str) -> str:
    return {
        "shift": _("shifted by, in pixels"),
        "turn": _("turned by, in degrees"),
        "size": _("times as large"),
        "thickness": _("thicker by, in pixels"),
        "noise": _("noise: standard deviation, white is 1"),
    }[kind]


def _same_runs(old: Key, key: Key) -> bool:
    """Return whether two measurements are of the same change and the same runs, perhaps at other updates."""
    return old[0] == key[0] and [run for run, _at in old[1]] == [run for run, _at in key[1]]


def _models(runs: list[Snapshot]) -> dict[str, nn.Module]:
    return {run.job.network: model_of(run.weights, run.job.network) for run in runs if isinstance(run.job, MnistJob)}


def _newest(runs: list[Snapshot]) -> list[Snapshot]:
    """Return runs as they stand now: a page is not drawn anew while they go on."""
    return [SCHEDULER.snapshot(run.run_id, session.owner()) or run for run in runs]


def _key(kind: str, runs: list[Snapshot]) -> Key:
    return kind, tuple((run.run_id, run.weights_at) for run in runs)


def _measure(kind: str, runs: list[Snapshot]) -> None:
    key = _key(kind, runs)
    data = cache.mnist()
    images, labels = sample(data.test_images.cpu(), data.test_labels.cpu())
    found = list(compared(_models(runs), images, labels, key[0]))
    kept = dict(list(session.recall(KEPT, {}).items())[-11:])
    session.remember(KEPT, kept | {key: found})


def _curves(kind: str, points: list[Point], runs: list[Snapshot]) -> None:
    names = short_names()
    networks = [run.job.network for run in runs if isinstance(run.job, MnistJob)]
    samples = next(iter(points[0].scores.values())).samples
    charts.curves(
        [
            (
                names[network],
                "test",
                stroke,
                [(point.amount, point.scores[network].accuracy) for point in points if network in point.scores],
            )
            for network, stroke in zip(networks, STROKES, strict=False)
        ],
        x=_axis(kind),
        x_max=None,
        height=270,
        title=_("Accuracy in %"),
        key="chart_lenet_changed",
        alt=_("Accuracy of each network against how far the digits are changed."),
        percent=True,
    )
    if len(networks) > 1:
        one, other = networks[:2]
        apart = max(points, key=lambda point: abs(point.scores[one].accuracy - point.scores[other].accuracy))
        aside(
            "On {n:,} test digits. Farthest apart at {amount}: {first} reads {share} right, {second} {rest}.",
            n=samples,
            amount=f"{apart.amount:g} {KINDS[kind].unit}".strip(),
            first=names[one],
            share=f"{apart.scores[one].accuracy:.1%}",
            second=names[other],
            rest=f"{apart.scores[other].accuracy:.1%}",
        )


def _one_digit(controls: Controls[Settings], kind: str, runs: list[Snapshot]) -> None:
    """Draw the chosen test digit at every amount, with both networks' answers."""
    data = cache.mnist()
    row = min(controls.settings.digit, len(data.test_labels)) - 1
    image, label = data.test_images[row : row + 1].cpu(), int(data.test_labels[row])
    amounts = KINDS[kind].amounts
    several = image.expand(4, -1, -1, -1)  # of several digits each goes another way; this one goes to the right
    images = torch.cat([changed(several, kind, amount)[:1] for amount in amounts])
    with torch.inference_mode():
        read = {name: model(images).argmax(dim=1).tolist() for name, model in _models(runs).items()}
    names, unit = short_names(), KINDS[kind].unit
    tiles = [
        Tile(
            place,
            f"{amount:g}{unit}: {' · '.join(str(answers[place]) for answers in read.values())}",
            _(
                "{amount}: {answers}",
                amount=f"{amount:g} {unit}".strip(),
                answers=listed(named(names[name], str(answers[place])) for name, answers in read.items()),
            ),
        )
        for place, amount in enumerate(amounts)
    ]
    gallery(
        [Row("", tiles)],
        inked(images[:, 0]),
        key="lenet_changed_digit",
        label=_("The chosen test digit, changed step by step"),
        look="paper",
    )
    aside(
        "Test digit {n}, a {digit}, changed step by step; below each what the networks answer, in the order {names}.",
        n=row + 1,
        digit=label,
        names=listed(names[name] for name in read),
    )
