"""The playground's experiments: the course's mistakes first (2.6), each a link with a short guide.

tests/core/test_experiments.py runs every one of them and holds the guides to what they promise.
"""

from __future__ import annotations

from typing import Any, Final

from ui.lesson import Experiment
from ui.text import _

LEARNS: Final = {"loss": "cross_entropy", "optimiser": "adam"}
DEAD: Final = {**LEARNS, "seed": 2}
SLOPE: Final = {"loss": "cross_entropy", "view": "curves"}
DEEP: Final = {"loss": "cross_entropy", "layers": 8, "lr": 0.1, "view": "histograms"}
PLAYED: Final = {"activation": "tanh", "loss": "cross_entropy", "optimiser": "adam", "batch": 32, "epochs": 100}
FEW: Final = {**PLAYED, "data": "moons", "noise": 0.35, "samples": 400, "share": 0.1, "batch": 0, "epochs": 1500}
LARGE: Final = {**FEW, "layers": 2, "width": 32}
BATCHES: Final = {"loss": "cross_entropy", "lr": 0.1, "epochs": 20, "activation": "leaky_relu", "samples": 2000}

# Fields that only choose what is looked at; an experiment's guide stays while they change.
LOOKED_AT: Final = ("view", "sample", "axis", "level", "log", "smooth", "hide")


def first() -> list[Experiment]:
    """Return the six that are always in view."""
    return [
        Experiment(
            _("The 67 % trap"),
            _("The course's settings: the accuracy stops at two thirds. What has been learned?"),
            {"view": "confusion"},
            _(
                "Press Train and watch the confusion matrix: every sample is answered with the middle class. Two "
                "thirds of all samples are of that class, so always giving the same answer scores as much. Then try "
                "“Cross-entropy and Adam”: what was wrong was not the size of the network."
            ),
            also=((_("Cross-entropy and Adam"), {**LEARNS}),),
        ),
        Experiment(
            _("One line, 0 %"),
            _("The notebook's test line against the right one, on the same network."),
            {**LEARNS, "view": "lines"},
            _(
                "Press Train and compare the two test lines. The notebook's sets whole columns for all rows, and looks "
                "right only while every row has the same answer: the better the network, the worse it scores."
            ),
            also=((_("On a network that learned nothing"), {"view": "lines"}),),
        ),
        Experiment(
            _("Dying ReLUs"),
            _("Another seed, and the same network learns nothing: a whole layer answers 0 for ever."),
            DEAD,
            _(
                "Press Train and watch the crosses in the picture: neurons that answer 0 for every sample have no "
                "gradient and never come back. With the whole second layer dead, no input reaches the output. Three "
                "cures: another seed, wider layers, or LeakyReLU."
            ),
            also=(
                (_("Another seed"), {**DEAD, "seed": 3}),
                (_("Wider"), {**DEAD, "width": 16}),
                ("LeakyReLU", {**DEAD, "activation": "leaky_relu"}),
            ),
        ),
        Experiment(
            _("Three learning rates"),
            _("Too small, right, too large: the same first weights, the same samples."),
            {**SLOPE, "lr": 0.1},
            _(
                "Train with each of the three and overlay the curves under Inside, Runs. 0.001 barely moves in 1000 "
                "updates, 0.1 comes down, 3 jumps across the valley, kills its ReLUs and stays where a constant answer "
                "is."
            ),
            also=(
                (_("0.001: too small"), {**SLOPE, "lr": 0.001}),
                (_("0.1: right"), {**SLOPE, "lr": 0.1}),
                (_("3: too large"), {**SLOPE, "lr": 3.0}),
            ),
        ),
        Experiment(
            _("Circle"),
            _("TensorFlow Playground's first problem: watch the border bend around the points."),
            {**PLAYED, "data": "circle", "widths": "4-2"},
            _(
                "Press Train. Each neuron of the first layer can only draw a straight line, as its small picture "
                "shows; the second layer joins the lines into a ring. Then take the hidden layers away and give x₁² "
                "and x₂² instead: the right feature replaces a layer."
            ),
            also=(
                (
                    _("x₁² and x₂², no hidden layer"),
                    {**PLAYED, "data": "circle", "layers": 0, "features": ("x1^2", "x2^2"), "lr": 0.03},
                ),
                (_("Spiral"), {**PLAYED, "data": "spiral", "layers": 3, "width": 16, "epochs": 150}),
            ),
        ),
        Experiment(
            _("Too few samples"),
            _("40 samples and a large network: right on what it saw, wrong on what it did not."),
            LARGE,
            _(
                "Press Train: the training accuracy climbs to 100 % while the test loss turns and rises again; the "
                "border bends around single points. More samples cure it best; an L2 penalty and a small network help."
            ),
            also=(
                (_("800 samples"), {**LARGE, "samples": 4000, "share": 0.2}),
                (_("L2 penalty"), {**LARGE, "l2": 0.01}),
                (_("A small network"), {**FEW, "layers": 1, "width": 3}),
            ),
        ),
    ]


def others() -> list[Experiment]:
    """Return the rest."""
    return [
        Experiment(
            _("Vanishing gradients"),
            _("Eight sigmoid layers: the first layers are hardly told anything."),
            {**DEEP, "activation": "sigmoid"},
            _(
                "Press One update and look at the gradients layer by layer: each sigmoid passes on at most a quarter, "
                "so the first layer is told almost nothing, and 1000 updates change nothing. tanh with Xavier's first "
                "weights passes enough on, and so does batch normalisation."
            ),
            also=(
                (_("tanh and Xavier"), {**DEEP, "activation": "tanh", "init": "xavier"}),
                (_("ReLU and batch normalisation"), {**DEEP, "norm": True}),
            ),
        ),
        Experiment(
            _("All weights zero"),
            _("Neurons that start alike stay alike: the layer is one neuron, many times."),
            {**LEARNS, "init": "zeros", "activation": "tanh"},
            _(
                "Press Train: every neuron of a layer starts with the same weights, gets the same gradient and stays "
                "the same. Only the output's biases learn the class shares. Random first weights break the symmetry."
            ),
            also=((_("Xavier"), {**LEARNS, "init": "xavier", "activation": "tanh"}),),
        ),
        Experiment(
            _("No activation"),
            _("Nine layers without σ are one linear layer; Inside shows its matrix."),
            {**LEARNS, "activation": "identity", "layers": 8},
            _(
                "Train, then open Inside, Why: the nine layers are multiplied out into one matrix and one bias, with "
                "the same answers. Here even that learns, because the classes are slices of one sum. On the circle it "
                "fails."
            ),
            also=((_("The same on the circle"), {**PLAYED, "data": "circle", "activation": "identity"}),),
        ),
        Experiment(
            _("BGD, SGD, mini-batch"),
            _("20 epochs each: 20, 28,000 or 440 updates."),
            {**BATCHES, "batch": 64},
            _(
                "Train with each and overlay the curves under Inside, Runs, by updates and by epochs. In 20 epochs the "
                "full batch makes 20 careful steps and has hardly moved; single samples make 28,000 noisy ones and "
                "come furthest; mini-batches lie between, and need far less computing for it."
            ),
            also=(
                (_("Full batch (BGD)"), {**BATCHES, "batch": 0}),
                (_("One sample (SGD)"), {**BATCHES, "batch": 1}),
                (_("64 samples (MBGD)"), {**BATCHES, "batch": 64}),
            ),
        ),
        Experiment(
            _("Regression"),
            _("A height for every point of the plane instead of a class."),
            {
                "data": "hills",
                "activation": "tanh",
                "optimiser": "adam",
                "layers": 2,
                "width": 12,
                "batch": 32,
                "epochs": 300,
            },
            _("Press Train: the picture's colours are the network's answers, the points' colours the truth."),
        ),
    ]


def settings() -> list[tuple[str, dict[str, Any]]]:
    """Return (label, changes) of every link, for the tests."""
    found = []
    for experiment in first() + others():
        found.append((experiment.label, dict(experiment.changes)))
        found += [(f"{experiment.label}: {label}", dict(changes)) for label, changes in experiment.also]
    return found
