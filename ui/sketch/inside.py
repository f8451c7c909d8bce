"""Lesson 5's Inside: the networks in numbers, why preprocessing matters, what doubt means, and the code."""

import math

import streamlit as st
import torch

from core import cache
from core.nets.building import shape_only
from core.nets.pretrained import about
from core.sketch.doubt import read_doubter, scores
from core.sketch.reading import STEPS
from ui.sketch import own_file
from ui.sketch.answer import doubt_method
from ui.sketch.readers import SHIPPED
from ui.sketch.settings import Settings, change, moves, steps
from ui.text import _


def numbers() -> None:
    """Draw where the shipped networks come from, as their own files say it."""
    rows = []
    for key, name in SHIPPED.items():
        facts = about(key)
        rows.append(
            {
                _("Network"): name,
                _("Parameters"): f"{sum(math.prod(value.shape) for value in shape_only(key).parameters()):,}",
                _("Accuracy on MNIST's test set"): f"{100 * float(facts['test_accuracy']):.2f} %",
                _("Test samples"): f"{int(facts['test_samples']):,}",
                _("Epochs"): facts["epochs"],
                _("Seed"): facts["seed"],
            }
        )
    st.dataframe(rows, hide_index=True, alt=_("The two networks in numbers"))
    st.caption(
        _(
            "Both were trained on MNIST's 60 000 training samples, each shifted, scaled, turned, slanted and written "
            "with a thinner or thicker pen anew in every epoch. No test sample was among them."
        )
    )
    st.markdown(
        _(
            "**Yours** reads beside them as soon as you have trained one: a LeNet-5 or a DNN in lesson 4, or the "
            "class's in “Our class”. The newest of each kind answers, with the weights that it has at that moment."
        )
    )
    own_file.draw()


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
        _("**Entropy** says in one number how undecided the ten are: 0 bit is sure, 3.32 bit a blind guess among ten.")
    )
    st.latex(r"H = -\sum_i p_i \log_2 p_i")
    st.markdown(
        _(
            "**Why does LeNet-5 need fewer parameters?** The DNN has a weight of its own for every pixel and must "
            "learn a stroke anew at every place. A convolution slides the same few weights over the whole picture."
        )
    )


def doubt() -> None:
    """Explain how it is decided whether something is a digit, and count how often digits are doubted."""
    st.markdown(doubt_method())
    st.markdown(
        _(
            "It has learned from MNIST's training digits against pictures that are none: random strokes, spoilt "
            "digits, solid shapes, noise; never from a letter. The doubt is the chance that the most convinced of its "
            "ten answers is wrong, and the limit is set so that few real digits are doubted."
        )
    )
    if cache.mnist_loading().ready:
        rows = []
        for name, images in _compared():
            found = scores(read_doubter()[0], images)
            rows.append(
                {
                    _("Pictures"): name,
                    _("Count"): f"{len(images):,}",
                    _("doubted"): f"{100 * float((found > read_doubter()[1]).float().mean()):.1f} %",
                    _("median doubt"): f"{100 * float(found.median()):.1f} %",
                }
            )
        st.dataframe(rows, hide_index=True, alt=_("How often pictures are doubted"))
    st.caption(
        _("Counted just now. `python -m benchmarks.doubt` compares methods on letters of fonts, scribbles and noise.")
    )


def _compared() -> list[tuple[str, torch.Tensor]]:
    """Return pictures to be judged, in MNIST's form: test digits, and the same with their halves swapped."""
    images = cache.mnist().test_images[:1000].cpu()
    return [
        (_("MNIST's test digits"), images),
        (_("the same, upper and lower half swapped"), images.roll(14, dims=2)),
    ]


def code(now: Settings) -> None:
    """Draw the code that does what the stage does.

    Args:
        now: the settings of the page.
    """
    parts = {"steps": _steps(now), "change": _change(now)}
    if now.topic == "sample":
        st.code(_FROM_MNIST.format(index=now.index, **parts), language="python")
        return
    if now.topic == "several":
        st.code(_NUMBER, language="python")
        return
    opened = (
        'photo_sheet(Path("photo.jpg").read_bytes())'
        if now.topic == "photo"
        else 'sheet(open_image(Path("digit.png")))'
    )
    names = "photo_sheet" if now.topic == "photo" else "sheet"
    more = "" if now.topic == "photo" else "from core.sketch.predict import open_image\n"
    st.code(_FROM_FILE.format(opened=opened, names=names, more=more, **parts), language="python")
    if now.topic != "photo":
        st.caption(_("Save a sketch as digit.png first; or on the command line: `python -m core predict digit.png`."))


def _steps(now: Settings) -> str:
    taken = steps(now)
    left_out = [f"{name}=False" for name in STEPS if not getattr(taken, name)]
    return f"Steps({', '.join(left_out)})"


def _change(now: Settings) -> str:
    if not moves(now):
        return "Change()"
    found, start = change(now), type(change(now))()
    moved = [
        f"{name}={getattr(found, name)}"
        for name in ("right", "down", "turn", "size", "thickness")
        if getattr(found, name) != getattr(start, name)
    ]
    return f"Change({', '.join(moved)})"


_ASK = """
for name in ("lenet5", "mnist-dnn"):
    answer = read(page, [pretrained(name)], {steps}, {change}).answers[0]
    print(name, answer.digit, answer.probabilities)
"""

_FROM_FILE = (
    """\
from pathlib import Path

from core.nets.pretrained import pretrained
{more}from core.sketch.preprocess import Steps
from core.sketch.reading import {names}, read
from core.sketch.transform import Change

page = {opened}  # what is ink, and what is paper?
"""
    + _ASK
)

_FROM_MNIST = (
    """\
from core.data import mnist
from core.nets.pretrained import pretrained
from core.sketch.preprocess import Steps
from core.sketch.reading import digit_sheet, read
from core.sketch.transform import Change

digits = mnist.load()
index = {index} % len(digits.test_images)
page = digit_sheet(mnist.denormalise(digits.test_images[index, 0]).cpu().numpy())
print("truth", digits.test_labels[index].item())
"""
    + _ASK
)

_NUMBER = """\
from pathlib import Path

from core.nets.pretrained import pretrained
from core.sketch.predict import open_image
from core.sketch.segment import as_number, read_number

digits = read_number(open_image(Path("number.png")), pretrained("lenet5"))
print(as_number(digits))
for digit in digits:
    print(digit.box, digit.prediction.digit, digit.prediction.probabilities)
"""
