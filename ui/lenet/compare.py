"""LeNet-5 and the fully connected network side by side, trained on the same batches."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from core.errors import InvalidInput
from core.training.courses import COURSES
from core.training.mnist_job import MnistJob
from core.training.scheduler import SCHEDULER
from core.training.snapshot import Snapshot
from ui import charts, lesson, session
from ui.lenet.settings import DNN, Settings, network_names
from ui.lenet.subject import mnist_run
from ui.state import Controls
from ui.text import _

PROBLEM = "lenet_both_refused"


def compare(controls: Controls[Settings], now: Snapshot | None, planned: MnistJob | None) -> None:
    """Draw both networks' runs.

    Args:
        controls: of the page.
        now: the page's run, or None.
        planned: what Train would start, or None.
    """
    other = partner_run(now, planned)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.button(
            _("Train both"),
            key="lenet_both",
            icon=":material/compare_arrows:",
            disabled=planned is None,
            on_click=lambda: _train_both(controls, planned),
            help=_("Starts this network and the other one, with the same samples in the same batches."),
        )
        st.caption(_("The other network keeps its own learning rate; samples, batches, epochs and seed are the same."))
    problem = session.recall(PROBLEM)
    if isinstance(problem, InvalidInput):
        lesson.problem(problem)
    runs = [run for run in (now, other) if run is not None]
    if not runs:
        st.caption(_("No run yet: train both and watch which one reads more digits it has never seen."))
        return
    _curves(runs)
    _numbers(runs)


def partner(job: MnistJob) -> MnistJob:
    """Return the other network's training on the same samples in the same batches.

    Args:
        job: of a LeNet or of the DNN.

    Raises:
        InvalidInput: it cannot be trained so.
    """
    name = "lenet5" if job.network == DNN else DNN
    own = COURSES[name].config
    train = replace(job.train, lr=own.lr, momentum=own.momentum, optimiser=own.optimiser, loss=own.loss)
    return replace(job, network=name, train=train, start=None, earlier=None)


def partner_run(now: Snapshot | None, planned: MnistJob | None) -> Snapshot | None:
    """Return this visitor's newest run of the other network."""
    job = now.job if now is not None and isinstance(now.job, MnistJob) else planned
    if job is None:
        return None
    kind = "lenet5" if job.kind == DNN else DNN
    return mnist_run(SCHEDULER.newest(session.owner(), kind))


def _train_both(controls: Controls[Settings], planned: MnistJob | None) -> None:
    if planned is None:
        return
    problem: InvalidInput | None = None
    try:
        other = partner(planned)
        controls.run_id = SCHEDULER.submit(planned, session.owner())
        SCHEDULER.submit(other, session.owner())
    except InvalidInput as error:
        problem = error
    session.remember(PROBLEM, problem)


def _name(run: Snapshot) -> str:
    assert isinstance(run.job, MnistJob)
    return network_names()[run.job.network]


def _curves(runs: list[Snapshot]) -> None:
    charts.curves(
        [
            (
                _name(run),
                "test",
                stroke,
                [(at / (run.updates_per_epoch or 1), share) for at, share, _loss in run.evaluations],
            )
            for run, stroke in zip(runs, ("solid", "dashed"), strict=False)
        ],
        x=_("epoch"),
        x_max=max(run.job.train.epochs for run in runs if isinstance(run.job, MnistJob)),
        height=260,
        title=_("Test accuracy in %"),
        key="chart_lenet_both",
        alt=_("Test accuracy of both networks against epochs."),
        percent=True,
    )


def _numbers(runs: list[Snapshot]) -> None:
    rows = []
    for run in runs:
        job, tested = run.job, run.evaluation
        assert isinstance(job, MnistJob)
        cost = job.estimate()
        rows.append(
            {
                _("network"): _name(run),
                _("test accuracy"): tested.accuracy if tested else None,
                _("parameters"): cost.parameters,
                _("updates"): run.step,
                _("learning rate"): job.train.lr,
                _("seconds of computing"): round(run.seconds, 1),
            }
        )
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        alt=_("Both networks in numbers"),
        column_config={_("test accuracy"): st.column_config.NumberColumn(format="percent")},
    )
