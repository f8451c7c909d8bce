"""Lesson 2: a real network on the one-hot data, with every hyperparameter within reach."""

import streamlit as st

from core.errors import InvalidInput
from ui import lesson
from ui.lesson import Experiment
from ui.state import Controls
from ui.text import _

lesson.header(2, _("DNN playground"), _("What has a network learned when two out of three answers are right?"))
lesson.wait_for_torch()

from core.export.train_script import playground_script
from core.training.jobs import PlaygroundJob
from ui import dnn, live

controls = Controls(dnn.Settings)
stage, panel = lesson.layout()
with panel:
    dnn.controls(controls, lesson.more)
job: PlaygroundJob | None = None
try:
    job = dnn.job(controls.settings)
except InvalidInput as error:
    with stage:
        lesson.problem(error)
with stage:
    live.follow(controls, job, lambda now: dnn.stage(now, job))

lesson.try_this(
    [
        Experiment(
            _("The course's settings"),
            _("The accuracy stops at two thirds: compare it with always giving the same answer."),
        ),
        Experiment(
            _("Cross-entropy and Adam"),
            _("The same network passes 99 % — what was wrong was not its size."),
            {"loss": "cross_entropy", "optimiser": "adam"},
        ),
        Experiment(
            _("Dying ReLUs"),
            _("Another seed, and the same network learns nothing: all neurons of one layer answer 0 for ever."),
            {"loss": "cross_entropy", "optimiser": "adam", "seed": 2},
        ),
        Experiment(
            _("The cure"),
            _("The same seed with LeakyReLU: no neuron can die, and it learns."),
            {"loss": "cross_entropy", "optimiser": "adam", "seed": 2, "activation": "leaky_relu"},
        ),
        Experiment(
            _("Steps too large"),
            _("The loss jumps across the valley until it is no number any more."),
            {"lr": 100.0},
        ),
        Experiment(
            _("No activation"),
            _("Nine layers without σ are one linear layer. Here even that learns: the classes are slices of one sum."),
            {"loss": "cross_entropy", "optimiser": "adam", "activation": "identity", "layers": 8},
        ),
    ],
    controls,
)


def theory() -> None:
    """The theory in short."""
    st.markdown(
        _(
            "A neuron computes $y = \\sigma(\\omega_1 x_1 + \\omega_2 x_2 + \\dots + b)$: every line in the picture is "
            "a weight ω, every node has its own bias b. The loss measures how far the answers are from the truth; its "
            "gradient says for each parameter whether to grow or to shrink; the learning rate scales the step."
        )
    )
    st.markdown(
        _(
            "The data: $s = x_1 + x_2 + x_3$ of three numbers between 0 and 1 decides the class. Two thirds of all "
            "samples have 1 < s < 2, so a network that ignores its inputs is right two times out of three. An accuracy "
            "means something only beside that number."
        )
    )


def code() -> None:
    """The run as one script."""
    if job is not None:
        st.caption(_("This script gives the same losses as the app, to the last digit."))
        st.code(playground_script(job), "python")


lesson.inside(
    [
        (_("Parameters"), lambda: dnn.parameters(controls, job)),
        (_("Why"), theory),
        (_("Code"), code),
    ]
)
