"""Lesson 5's Inside: the networks in numbers, why preprocessing matters, and what doubt means."""

import math

import streamlit as st
import torch

from core import cache
from core.nets.building import shape_only
from core.nets.pretrained import about
from core.sketch.doubt import read_doubter, scores
from ui.sketch import own_file
from ui.sketch.answer import doubt_method
from ui.sketch.readers import SHIPPED
from ui.table import Cell, table
from ui.text import _, aside, paragraph


def numbers() -> None:
    """Draw where the shipped networks come from, as their own files say it."""
    found = {key: about(key) for key in SHIPPED}
    sizes = [sum(math.prod(value.shape) for value in shape_only(key).parameters()) for key in SHIPPED]
    rows = [
        [_("Number of parameters"), *(f"{size:,}" for size in sizes)],
        [_("Accuracy on MNIST's test set"), *(f"{float(each['test_accuracy']):.2%}" for each in found.values())],
        [_("Test samples"), *(f"{int(each['test_samples']):,}" for each in found.values())],
        [_("Epochs"), *(each["epochs"] for each in found.values())],
        [_("Seed"), *(each["seed"] for each in found.values())],
    ]
    st.html(
        table(
            "ck-facts",
            rows,
            [[_("Network"), *(Cell(name, 'style="white-space:nowrap"') for name in SHIPPED.values())]],
            named=True,
        )
    )
    aside(
        "Both were trained on MNIST's 60 000 training samples, each shifted, scaled, turned, slanted and written "
        "with a thinner or thicker pen anew in every epoch. No test sample was among them."
    )
    paragraph(
        "**Yours** reads beside them as soon as you have trained one: a LeNet-5 or a DNN in lesson 4, or the "
        "class's in “Our class”. The newest of each kind answers, with the weights that it has at that moment."
    )
    own_file.draw()


def why() -> None:
    """Explain in short why the sketch is made to look like MNIST, and what the percentages mean."""
    paragraph(
        "**Why crop and centre?** A network only knows what its training set showed it. In MNIST every digit was "
        "fitted into 20×20 pixels and moved until its centre of mass lay in the middle of 28×28. A sketch that is "
        "merely shrunk to 28×28 looks different, and is often misread; brought into MNIST's own form, it is not."
    )
    paragraph(
        "**Why the same normalisation?** Training subtracted 0.1307 from every pixel and divided by 0.3081, the "
        "mean and standard deviation of the training set. Without that step the sketch is another kind of input."
    )
    paragraph(
        "**What do the percentages mean?** Softmax turns the ten outputs into positive numbers that sum to 1. They "
        "say how one digit compares with the nine others, not whether the drawing is a digit at all."
    )
    st.latex(r"p_i = \frac{e^{z_i}}{e^{z_0} + e^{z_1} + \dots + e^{z_9}}")
    paragraph(
        "**Entropy** says in one number how undecided the ten are: 0 bit is sure, 3.32 bit a blind guess among ten."
    )
    st.latex(r"H = -\sum_i p_i \log_2 p_i")
    paragraph(
        "**Why does LeNet-5 need fewer parameters?** The DNN has a weight of its own for every pixel and must "
        "learn a stroke anew at every place. A convolution slides the same few weights over the whole picture."
    )


def doubt() -> None:
    """Explain how it is decided whether something is a digit, and count how often digits are doubted."""
    st.markdown(doubt_method())
    paragraph(
        "It has learned from MNIST's training digits against pictures that are none: random strokes, spoilt "
        "digits, solid shapes, noise; never from a letter. The doubt is the chance that the most convinced of its "
        "ten answers is wrong, and the limit is set so that few real digits are doubted."
    )
    if cache.mnist_loading().ready:
        rows = []
        for name, images in _compared():
            found = scores(read_doubter()[0], images)
            doubted, median = float((found > read_doubter()[1]).float().mean()), float(found.median())
            rows.append([name, f"{len(images):,}", f"{doubted:.1%}", f"{median:.1%}"])
        heads = [_("Pictures"), _("Count"), _("doubted"), _("median doubt")]
        st.html(table("ck-facts", rows, [heads], named=True))
    aside("Counted just now. `python -m benchmarks.doubt` compares methods on letters of fonts, scribbles and noise.")


def _compared() -> list[tuple[str, torch.Tensor]]:
    """Return pictures to be judged, in MNIST's form: test digits, and the same with their halves swapped."""
    images = cache.mnist().test_images[:1000].cpu()
    return [
        (_("MNIST's test digits"), images),
        (_("the same, upper and lower half swapped"), images.roll(14, dims=2)),
    ]
