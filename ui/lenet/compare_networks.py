"""LeNet-5 and the fully connected network side by side, trained on the same batches."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import streamlit as st

from core.inspect_cnn.layers import layer_table
from core.runs.digits_job import MnistJob
from core.runs.scheduler import SCHEDULER
from core.runs.snapshot import Snapshot, State
from core.score import wilson
from ui import charts, lesson
from ui.components.curves import grown
from ui.components.facts import facts
from ui.lenet import changed_digits
from ui.lenet.settings import DNN, Settings, network_names, short_names
from ui.lenet.subject import mnist_run
from ui.live.hub import part
from ui.run import status
from ui.run.stage import SETTLE_S
from ui.state import session
from ui.state.controls import Controls
from ui.text import _, aside

PROBLEM: Final = "lenet_both_refused"
STROKES: Final = ("solid", "dashed")
LEARNED: Final = 0.6  # test accuracy below which a network that is done has not learned enough to be compared


def draw(controls: Controls[Settings], now: Snapshot | None, planned: MnistJob | None) -> None:
    """Draw both networks' runs, and how they read digits that were changed.

    Args:
        controls: of the page.
        now: the page's run, or None.
        planned: what Train would start, or None.
    """
    other = partner_run(now, planned)
    _buttons(controls, now, other, planned)
    lesson.outcome(PROBLEM)
    # The LeNet first, so that its strokes are always the same.
    runs = sorted((run for run in (now, other) if run is not None), key=lambda run: run.job.kind == DNN)
    if not runs:
        aside("No run yet: train both and watch which one reads more digits that it has never seen.")
        return
    _curves(runs)
    _numbers(runs, other)
    changed_digits.draw(controls, runs)


def partner_run(now: Snapshot | None, planned: MnistJob | None) -> Snapshot | None:
    """Return this visitor's newest run of the other network."""
    job = now.job if now is not None and isinstance(now.job, MnistJob) else planned
    if job is None:
        return None
    return mnist_run(SCHEDULER.newest(session.owner(), "lenet5" if job.kind == DNN else DNN))


def name_of(run: Snapshot) -> str:
    """Return what a run's network is called."""
    assert isinstance(run.job, MnistJob)
    return network_names()[run.job.network]


def _buttons(
    controls: Controls[Settings], now: Snapshot | None, other: Snapshot | None, planned: MnistJob | None
) -> None:
    alive = [run for run in (now, other) if run is not None and run.mine and run.state.alive]
    moving = [run for run in alive if run.state is State.RUNNING]

    def button(key: str, label: str, icon: str, act: Callable[[], object], disabled: bool = False) -> None:
        st.button(
            label,
            key=f"lenet_{key}",
            icon=f":material/{icon}:",
            disabled=disabled,
            on_click=lesson.attempt,
            args=(PROBLEM, act),
        )

    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        button("both", _("Train both"), "compare_arrows", lambda: _train_both(controls, planned), planned is None)
        if moving:
            button("pause_both", _("Pause both"), "pause", lambda: _each(moving, SCHEDULER.pause))
        elif alive and other in alive:
            button("resume_both", _("Resume both"), "play_arrow", lambda: _each(alive, SCHEDULER.resume))
        if other in alive:
            button("stop_both", _("Stop both"), "stop", lambda: _each(alive, SCHEDULER.cancel))
        with st.popover(_("The other network"), icon=":material/tune:"):
            controls.number(
                "other_lr",
                _("Learning rate of the other network"),
                step=0.01,
                format="%.5g",
                help=_("0: its own of the course, made to suit this batch size. On few digits it needs a larger one."),
            )
    aside(
        "Both learn from the same digits in the same batches, from the same seed; each with the optimiser that "
        "the course gives it."
    )


def _each(runs: list[Snapshot], act: Callable[[str, str], object]) -> None:
    for run in runs:
        act(run.run_id, session.owner())
        SCHEDULER.settle(run.run_id, SETTLE_S)


def _train_both(controls: Controls[Settings], planned: MnistJob | None) -> None:
    if planned is not None:
        other = planned.beside("lenet5" if planned.kind == DNN else DNN)
        if controls.settings.other_lr:
            other = replace(other, train=replace(other.train, lr=controls.settings.other_lr))
        controls.run_id = SCHEDULER.submit(planned, session.owner())
        SCHEDULER.submit(other, session.owner())


def _curves(runs: list[Snapshot]) -> None:
    charts.curves(
        [
            (short_names()[run.job.network] if isinstance(run.job, MnistJob) else "", "test", stroke, ())
            for run, stroke in zip(runs, STROKES, strict=False)
        ],
        x=_("epoch"),
        x_max=max(run.job.train.epochs for run in runs if isinstance(run.job, MnistJob)),
        height=250,
        title=_("Test accuracy in %"),
        key="chart_lenet_both",
        alt=_("Test accuracy of both networks against epochs."),
        percent=True,
        live={"each": [part(run, "accuracy by epoch", by_epoch) for run in runs]},
    )


def by_epoch(now: Snapshot | None) -> dict[str, Any]:
    """Return the points of a network's curve, without words.

    Args:
        now: its run.
    """
    looks = now.evaluations if now is not None else ()
    each = (now and now.updates_per_epoch) or 1
    return {"points": [grown([(at / each, share) for at, share, _loss in looks])]}


def _numbers(runs: list[Snapshot], other: Snapshot | None) -> None:
    """Draw both networks in numbers, a column each."""
    for run in runs:
        if run.evaluation and run.step == run.steps and run.evaluation.accuracy < LEARNED:
            aside(
                "{network} has hardly learned anything in {steps} updates; with few digits it needs a larger learning "
                "rate or more epochs.",
                network=name_of(run),
                steps=run.steps,
            )
    names = [
        _("test accuracy"),
        _("95 % interval"),
        _("parameters"),
        _("multiply-adds"),
        _("learning rate"),
        _("epochs"),
        _("seconds of computing"),
    ]
    facts(
        [part(run, "compared to", _followed) if run is other else part(run, "compared", numbers) for run in runs],
        [name_of(run) for run in runs],
        names,
        alt=_("Both networks in numbers"),
        key="lenet_both_numbers",
    )


def numbers(now: Snapshot | None) -> dict[str, Any]:
    """Return the column of a network, without words.

    Args:
        now: its run.
    """
    if now is None or not isinstance(now.job, MnistJob):
        return {"columns": [], "moments": [], "rests": []}
    rows, tested = layer_table(now.job.network), now.evaluation
    low, high = wilson(tested.correct, tested.samples) if tested else (0.0, 0.0)
    column = [
        f"{tested.accuracy:.2%}" if tested else "–",
        f"{100 * low:.2f}–{high:.2%}" if tested else "–",
        f"{sum(row.parameters for row in rows):,}",
        f"{sum(row.multiply_adds for row in rows):,}",
        f"{now.job.train.lr:g}",
        f"{now.epoch:.2f}".removesuffix(".00"),
        f"{now.seconds:.1f}",
    ]
    return {"columns": [column], "moments": [], "rests": []}


def _followed(now: Snapshot | None) -> dict[str, Any]:
    """Return the column of the other network, whose coming to rest nothing else on the page tells."""
    rest = {"moments": [status.moment(now)], "rests": [status.rests(now)]} if now is not None else {}
    return numbers(now) | rest
