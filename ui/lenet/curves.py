"""Loss and accuracy of a run as curves that grow while it is live."""

import streamlit as st

from core.runs.digits_job import MnistJob
from core.runs.snapshot import Snapshot
from core.training.config import TrainConfig
from ui import charts
from ui.lenet import digit_curve
from ui.lenet.settings import Settings
from ui.state.controls import Controls
from ui.text import _, aside

HEIGHT = 250


def how_often(train: TrainConfig) -> str:
    """Return in words how often a run looks at the test set: where epochs are short, less than four times in one."""
    per_epoch = train.evaluations / train.epochs
    names = {4: _("every quarter of an epoch"), 3: _("every third of an epoch"), 2: _("every half epoch")}
    if per_epoch in names:
        return names[int(per_epoch)]
    return _("after every epoch") if per_epoch == 1 else _("{n} times", n=train.evaluations)


def draw(controls: Controls[Settings], now: Snapshot | None) -> None:
    """Draw the loss of every update, smoothed over the faint true one, and the accuracy per quarter of an epoch.

    Args:
        controls: of the page.
        now: the run, or None.
    """
    if now is None:
        aside("No run yet: press Train and watch the orange line, the test set.")
        return
    settings = controls.settings
    charts.losses(now, "chart_lenet_losses", HEIGHT, log=settings.log, smooth=settings.smooth, smoothed_of=("train",))
    charts.accuracies(now, "chart_lenet_accuracy", HEIGHT)
    left, right = st.columns(2, gap="medium", vertical_alignment="center")
    with left:
        controls.slider("smooth", _("Smoothing"), help=_("Weight of the past in the drawn curve; 0: as it was."))
    with right:
        controls.toggle("log", _("Logarithmic loss"))
    trained = now.train_evaluation
    if trained is not None and isinstance(now.job, MnistJob):
        aside(
            "Accuracy is looked at {often}, on {test:,} test digits and the first {train:,} training digits.",
            often=how_often(now.job.train),
            test=now.evaluation.samples if now.evaluation else 0,
            train=trained.samples,
        )
    digit_curve.draw(controls, now)
