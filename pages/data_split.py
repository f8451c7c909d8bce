"""Lesson 1: a data set is split, its training set is fed in batches, and why a test set is kept apart."""

from collections.abc import Callable

import streamlit as st

from core.data.batches import Batches
from core.data.overfitting import FitConfig, fit
from core.data.splits import split
from core.errors import InvalidInput
from ui import lesson
from ui.split import experiments, feeding, fitting, numbers, panel, stage
from ui.split import view as split_view
from ui.split.data import load
from ui.split.settings import Settings, topics
from ui.state.controls import Controls
from ui.text import _

Tab = tuple[str, Callable[[], None]]


def splitting(controls: Controls[Settings], batching: bool) -> list[Tab]:
    """Draw the first two topics: which samples the network may learn from, and in what portions."""
    before, beside = lesson.layout()
    with beside:
        if batching:
            panel.batches(controls)
        else:
            panel.split(controls)
    now = controls.settings
    with before:
        try:
            data = load(now)
            if data is None:
                stage.empty(now)
                return []
            result = split(panel.config(now, len(data)), data.classes)
            batches = Batches(result.config.train_size, now.batch_size, now.epochs, now.drop_last)
        except InvalidInput as error:
            lesson.problem(error)
            return []
        if batching:
            feeding.stage(batches, result, now)
        else:
            stage.split(data, result, controls)
            st.caption(split_view.sentence(batches))
    return [
        (_("Numbers"), lambda: numbers.tables(data, result, batches)),
        (_("Why"), numbers.theory),
        (_("Code"), lambda: numbers.code(data, result, batches, controls)),
    ]


def overfitting(controls: Controls[Settings]) -> list[Tab]:
    """Draw the third topic: a fit that is right, and one that has learned the noise."""
    before, beside = lesson.layout()
    with beside:
        panel.overfit(controls)
    now = controls.settings
    found = fit(FitConfig(now.points, now.degree, now.noise, now.ridge, now.seed))
    with before:
        fitting.stage(found)
    return [
        (_("Numbers"), lambda: numbers.errors(found)),
        (_("Why"), numbers.overfit_theory),
        (_("Code"), lambda: numbers.fit_code(found)),
    ]


lesson.header(1, _("Which samples may the network learn from, and in what portions?"))
controls = Controls(Settings)
lesson.wait_for_torch()
stage.style()
topic = stage.topics(controls, topics())
tabs = overfitting(controls) if topic == "overfit" else splitting(controls, topic == "batches")
lesson.try_this(experiments.experiments(topic), controls)
if tabs:
    lesson.inside(tabs)
