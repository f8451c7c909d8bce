"""The playground's experiments beyond the six that are always in view."""

from __future__ import annotations

from ui.dnn.presets import BATCHES, DEEP, LEARNS, PLAYED
from ui.lesson import Experiment
from ui.text import _


def others() -> list[Experiment]:
    """Return the rest."""
    return [
        Experiment(
            _("Vanishing gradients"),
            _("Eight sigmoid layers: the first layers are hardly told anything."),
            {**DEEP, "activation": "sigmoid"},
            _(
                "Press One update and look at the gradients layer by layer: each sigmoid passes on at most a quarter, "
                "so the first layer is told almost nothing, and after 1000 updates every sample still gets the same "
                "answer. tanh with Xavier's first weights passes enough on; so does ReLU with batch normalisation."
            ),
            also=(
                (
                    _("tanh and Xavier"),
                    {**DEEP, "activation": "tanh", "init": "xavier"},
                    _(
                        "Press One update: the gradients of the first layer are no smaller than the last one's. Then "
                        "press Resume: more than 85 % of the test samples are answered rightly at the end."
                    ),
                ),
                (
                    _("ReLU and batch normalisation"),
                    {**DEEP, "norm": True},
                    _(
                        "Press Train: more than 95 % of the test samples are answered rightly at the end. Eight layers "
                        "of ReLU without batch normalisation give every sample the same answer."
                    ),
                ),
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
            also=(
                (
                    _("Xavier"),
                    {**LEARNS, "init": "xavier", "activation": "tanh"},
                    _(
                        "Press Train: random first weights make every neuron another one, and more than 98 % of the "
                        "test samples are answered rightly."
                    ),
                ),
            ),
        ),
        Experiment(
            _("No activation"),
            _("Nine layers without σ are one linear layer; Inside shows its matrix."),
            {**LEARNS, "activation": "identity", "layers": 8},
            _(
                "Train, then open Inside, Folding: the nine layers are multiplied out into one matrix and one bias, "
                "with the same answers. Here even that learns, because the classes are slices of one sum. On the "
                "circle it fails."
            ),
            also=(
                (
                    _("The same on the circle"),
                    {**PLAYED, "data": "circle", "activation": "identity"},
                    _(
                        "Press Train: one matrix can only draw a straight border, and none parts the middle from the "
                        "ring around it. Less than 70 % of the test samples are answered rightly."
                    ),
                ),
            ),
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
                (
                    _("Full batch (BGD)"),
                    {**BATCHES, "batch": 0},
                    _(
                        "Press Train: 20 epochs are only 20 updates. The loss has begun to fall, and every test sample "
                        "still gets the same answer."
                    ),
                ),
                (
                    _("One sample (SGD)"),
                    {**BATCHES, "batch": 1},
                    _(
                        "Press Train: 28,000 updates in the same 20 epochs, each from one sample, so the curves "
                        "jitter. More than 90 % of the test samples are answered rightly at the end."
                    ),
                ),
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
