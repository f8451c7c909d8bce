"""Lesson 1: a data set is split, its training set is fed in batches, and why a test set is kept apart."""

import streamlit as st

from core.data.batches import Batches
from core.data.overfitting import FitConfig, fit
from core.data.splits import split
from core.errors import InvalidInput
from ui import lesson
from ui.course import here
from ui.split import batches, control_panel, data, experiments, inside, overfitting, stage
from ui.split.settings import Settings, split_config, topics
from ui.state.controls import Controls
from ui.text import _


def split_topic(controls: Controls[Settings], batching: bool) -> dict[str, lesson.Tab]:
    """Draw the first two topics: which samples the network may learn from, and in what portions."""
    before, beside = lesson.layout()
    with beside:
        if batching:
            control_panel.batches(controls)
        else:
            control_panel.split(controls)
    now = controls.settings
    with before:
        try:
            samples = data.load(now)
            if samples is None:
                stage.empty(now)
                return {}
            result = split(split_config(now, len(samples)), samples.classes)
            feeding = Batches(result.config.train_size, now.batch_size, now.epochs, now.drop_last)
        except InvalidInput as error:
            lesson.problem(error)
            return {}
        if batching:
            batches.draw(feeding, result, now)
        else:
            stage.draw(samples, result, controls)
            st.caption(batches.sentence(feeding))
    return {
        "numbers": (_("Numbers"), lambda: inside.tables(samples, result, feeding)),
        "why": (_("Why"), inside.theory),
        "code": (_("Code"), lambda: inside.code(samples, result, feeding, controls)),
    }


def overfit_topic(controls: Controls[Settings]) -> dict[str, lesson.Tab]:
    """Draw the third topic: a fit that is right, and one that has learned the noise."""
    before, beside = lesson.layout()
    with beside:
        control_panel.overfit(controls)
    now = controls.settings
    found = fit(FitConfig(now.points, now.degree, now.noise, now.ridge, now.seed))
    with before:
        overfitting.draw(found)
    return {
        "numbers": (_("Numbers"), lambda: inside.errors(found)),
        "why": (_("Why"), inside.overfit_theory),
        "code": (_("Code"), lambda: inside.fit_code(found)),
    }


place = lesson.header(1, _("Which samples may the network learn from, and in what portions?"))
controls = Controls(Settings)
lesson.wait_for_torch()
stage.style()
topic = controls.segmented("topic", _("Topic"), topics(), label_visibility="collapsed")
tabs = overfit_topic(controls) if topic == "overfit" else split_topic(controls, topic == "batches")
lesson.try_this(experiments.first(topic), controls)
if tabs:
    lesson.inside(tabs)
with place:
    here.draw()
