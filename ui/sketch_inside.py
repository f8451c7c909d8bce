"""Lesson 5 below the stage: things to try, the networks in numbers, why preprocessing matters, and the code."""

from __future__ import annotations

import math

import streamlit as st

from core import cache
from core.nets.pretrained import MODELS, about
from ui.lesson import Experiment
from ui.sketch.networks import SHIPPED as NETWORKS
from ui.text import _

# Samples of MNIST's test set: LeNet-5 right and the DNN wrong; LeNet-5 itself wrong. Tests hold both.
DISAGREE, HARD = 9754, 625


def experiments() -> list[Experiment]:
    """Return the lesson's experiments; those with samples of MNIST's test set only where it is at hand."""
    samples = [
        Experiment(
            _("Two opinions"),
            _("One test sample, two readings: LeNet-5 is right, the MNIST DNN is not. Which of its strokes misled it?"),
            {"topic": "sample", "index": DISAGREE},
        ),
        Experiment(
            _("A hard one"),
            _("LeNet-5 misreads this test sample. Would you have read it?"),
            {"topic": "sample", "index": HARD},
        ),
    ]
    drawing = [
        Experiment(
            _("A corner"),
            _("Draw small, in a corner: cropped and centred, it is the same picture to the networks."),
            {},
        ),
        Experiment(
            _("Thin chalk"),
            _("Write a digit with a line 4 pixels wide: what is left of it in 28×28 pixels?"),
            {"pen": 4},
        ),
        Experiment(
            _("Thick chalk"),
            _("Write an 8 so thick that its loops close: which network gives up first?"),
            {"pen": 44},
        ),
        Experiment(
            _("Not a digit"),
            _("Draw a letter: the ten probabilities still sum to 100 %, as no output stands for “none”."),
            {},
        ),
    ]
    loaded = cache.mnist_loading().ready and cache.mnist().provenance.full
    return drawing + (samples if loaded else [])


def numbers() -> None:
    """Draw where the two networks come from, as their own files say it."""
    rows = []
    for key, name in NETWORKS.items():
        facts = about(key)
        rows.append(
            {
                _("Network"): name,
                _("Parameters"): f"{sum(math.prod(value.shape) for value in MODELS[key](0).parameters()):,}",
                _("Accuracy on MNIST's test set"): f"{100 * float(facts['test_accuracy']):.2f} %",
                _("Test samples"): f"{int(facts['test_samples']):,}",
                _("Epochs"): facts["epochs"],
                _("Seed"): facts["seed"],
            }
        )
    st.dataframe(rows, hide_index=True)
    st.caption(
        _(
            "Both were trained on MNIST's 60 000 training samples, each shifted, scaled, turned, slanted and written "
            "with a thinner or thicker pen anew in every epoch. No test sample was among them."
        )
    )


def why() -> None:
    """Explain in short why the sketch is made to look like MNIST, and what the percentages mean."""
    st.markdown(
        _(
            "**Why crop and centre?** A network only knows what its training set showed it. In MNIST every digit was "
            "fitted into 20×20 pixels and moved until its centre of mass lay in the middle of 28×28. A sketch that is "
            "merely shrunk to 28×28 looks different, and is often misread; brought into MNIST's own form, it is not."
        )
    )
    st.markdown(
        _(
            "**Why the same normalisation?** Training subtracted 0.1307 from every pixel and divided by 0.3081, the "
            "mean and standard deviation of the training set. Without that step the sketch is another kind of input."
        )
    )
    st.markdown(
        _(
            "**What do the percentages mean?** Softmax turns the ten outputs into positive numbers that sum to 1. They "
            "say how one digit compares with the nine others, not whether the drawing is a digit at all."
        )
    )
    st.latex(r"p_i = \frac{e^{z_i}}{e^{z_0} + e^{z_1} + \dots + e^{z_9}}")
    st.markdown(
        _(
            "**Why does LeNet-5 need fewer parameters?** The DNN has a weight of its own for every pixel and must "
            "learn a stroke anew at every place. A convolution slides the same few weights over the whole picture."
        )
    )


def code(index: int | None) -> None:
    """Draw the code that does what the stage does.

    Args:
        index: of the test sample on the stage, None for the board.
    """
    st.code(_FROM_FILE if index is None else _FROM_MNIST.format(index=index), language="python")
    if index is None:
        st.caption(_("Save a sketch as digit.png first; or on the command line: `python -m core predict digit.png`."))


_FROM_FILE = """\
from core.nets.pretrained import pretrained
from core.predict import predict

for name in ("lenet5", "mnist-dnn"):
    model = pretrained(name)                  # eval mode, parameters frozen
    answer = predict("digit.png", model)      # crop, fit into 20×20, centre in 28×28, normalise, softmax
    print(name, answer.digit, answer.probabilities)
"""

_FROM_MNIST = """\
from core.data import mnist
from core.nets.pretrained import pretrained

digits = mnist.load()
index = {index} % len(digits.test_images)
image = digits.test_images[index : index + 1]  # float32 (1, 1, 28, 28), normalised
print("truth", digits.test_labels[index].item())
for name in ("lenet5", "mnist-dnn"):
    probabilities = pretrained(name)(image).softmax(dim=1)[0]
    print(name, probabilities.argmax().item(), probabilities.tolist())
"""
