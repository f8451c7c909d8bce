"""Lesson 4: LeNet-5 learns real handwriting while the class watches."""

import streamlit as st

from core.errors import InvalidInput
from ui import lesson
from ui.lesson import Experiment
from ui.state import Controls
from ui.text import _

lesson.header(4, _("LeNet-5 on MNIST"), _("How well does a network read handwriting that it has never seen?"))
lesson.wait_for_torch()

from core import cache
from core.export.train_script import mnist_script
from core.training.jobs import MnistJob
from ui import lenet, live

controls = Controls(lenet.Settings)
stage, panel = lesson.layout()
with panel:
    lenet.controls(controls, lesson.more)
job: MnistJob | None = None
with stage:
    if lenet.wait_for_digits():
        try:
            job = lenet.job(controls.settings)
        except InvalidInput as error:
            lesson.problem(error)
        live.follow(controls, job, lambda now: lenet.stage(now, controls.settings))
        lenet.source(cache.mnist().provenance)

lesson.try_this(
    [
        Experiment(
            _("The course's settings"),
            _("Five epochs; with all 60,000 digits about 98 % are read. Watch how early the curve bends."),
        ),
        Experiment(
            _("Momentum on top"),
            _("Momentum 0.9 makes these steps too large: the loss leaps instead of falling, yet is never NaN."),
            {"momentum": 0.9},
        ),
        Experiment(
            _("Small steps"),
            _("A tenth of the learning rate: the same road, walked more slowly."),
            {"lr": 0.09},
        ),
        Experiment(
            _("Fully connected"),
            _("The course's other network with its own settings: nine times as many parameters. Compare the accuracy."),
            {"network": "mnist-dnn", **lenet.course_settings("mnist-dnn")},
        ),
        Experiment(
            _("Another seed"),
            _("Other first weights, other batches: how much of the accuracy was luck?"),
            {"seed": 1},
        ),
    ],
    controls,
)


def theory() -> None:
    """The theory in short."""
    st.markdown(
        _(
            "A convolution layer looks at the image through small windows and keeps its rows and columns; pooling "
            "makes the picture smaller; the last layers weigh what was found. The same few weights are used at every "
            "place, so LeNet-5 needs far fewer of them than a fully connected network."
        )
    )
    st.markdown(
        _(
            "The ten outputs become probabilities by softmax; cross-entropy already contains it. Before it has learned "
            "anything a network gives every digit one tenth, and its loss is ln 10 ≈ 2.303."
        )
    )


def code() -> None:
    """The run as one script."""
    if job is not None:
        if cache.mnist().provenance.full:
            st.caption(_("This script gives the same losses as the app, to the last digit."))
        else:
            st.caption(_("This script downloads all of MNIST: its losses differ from this page's smaller data set."))
        st.code(mnist_script(job), "python")


lesson.inside(
    [
        (_("Layers"), lambda: lenet.layer_table(controls.settings.network)),
        (_("Why"), theory),
        (_("Code"), code),
    ]
)
