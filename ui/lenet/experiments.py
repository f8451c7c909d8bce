"""The lesson's experiments, each a link with a short guide."""

from typing import Any, Final

from ui.lenet.settings import DNN, course_settings
from ui.lesson import Experiment
from ui.text import _, once_a_language

FEW: Final[dict[str, Any]] = {"samples": 100, "batch": 20, "epochs": 20, "lr": 0.2, "look": "curves"}


@once_a_language
def first() -> list[Experiment]:
    """Return those that are always in view."""
    return [
        Experiment(
            _("Watch it learn to see"),
            _("The first maps are noise; after a few updates they show strokes and corners."),
            {"cell": "c3.5.5.5"},
            _(
                "Press Train and watch the maps of one digit, or the filters; most is learned in the first quarter of "
                "the first epoch. Then drag the slider back, or play the film: where do C3's maps begin to differ from "
                "digit to digit?"
            ),
            (_("Its filters"), {"look": "filters"}),
            (_("What mattered"), {"look": "saliency"}),
        ),
        Experiment(
            _("Where convolution helps"),
            _("Shift the test digits by three pixels: one network still reads many more of them than the other."),
            {"look": "compare"},
            _(
                "Press Train both. Then look at the curves below: the same test digits, shifted. The fully connected "
                "network has its own weights for every pixel and has never seen a digit there. Convolution does not "
                "help everywhere: in noise the fully connected network is ahead."
            ),
            (_("Turned"), {"look": "compare", "change": "turn"}),
            (_("Noisy"), {"look": "compare", "change": "noise"}),
        ),
        Experiment(
            _("Momentum on top"),
            _("Momentum 0.9 makes these steps too large: the loss leaps instead of falling, yet is never NaN."),
            {"momentum": 0.9, "look": "curves"},
            _(
                "Press Train: at the learning rate 0.9 the loss leaps after its first few updates and stays above "
                "ln 10 ≈ 2.303, which giving every digit one tenth would have. Look inside: tanh is at its ends "
                "nearly everywhere and passes no gradient on. At a tenth of that rate the same momentum does no harm."
            ),
            (_("A tenth of the rate"), {"momentum": 0.9, "lr": 0.09, "look": "curves"}),
        ),
        Experiment(
            _("How many digits are enough?"),
            _("100, 1000 or all: what does the test accuracy say, and what the training accuracy?"),
            FEW,
            _(
                "Press Train with each. With 100 digits the network soon knows all of them by heart and still misreads "
                "many of the test set; ten times as many halve its mistakes. Does moving the digits help as well?"
            ),
            (_("1000 digits"), {**FEW, "samples": 1000, "batch": 50, "epochs": 10}),
            (_("100, moved"), {**FEW, "epochs": 50, "augment": True}),
        ),
        Experiment(
            _("The outputs of 1998"),
            _("F6 learns to draw: its 84 values become a small picture of the digit."),
            {"network": "lenet5-rbf", **course_settings("lenet5-rbf")},
            _(
                "Press Train and watch F6: 12 rows of 7 values that come to look like the digit. The answer is the "
                "digit whose fixed picture is nearest."
            ),
        ),
        Experiment(
            _("Variants"),
            _("Sigmoid, ReLU with max pooling, 32×32: what does each change?"),
            {"network": "lenet5-relu-max", **course_settings("lenet5-relu-max"), "look": "curves"},
            _(
                "Press Train with each and compare how early the curve bends. Sigmoid waits before it learns: its "
                "slope is at most a quarter, so that little of the gradient reaches C1."
            ),
            (_("Sigmoid"), {"network": "lenet5-sigmoid", **course_settings("lenet5-sigmoid"), "look": "curves"}),
            (_("32×32"), {"network": "lenet5-32", **course_settings("lenet5-32"), "look": "curves"}),
            (
                _("Fully connected"),
                {"network": DNN, **course_settings(DNN), "look": "curves"},
                _(
                    "Press Train: no convolution and no sigmoid here, every pixel has its own weight to each of the "
                    "first layer’s neurons, and ReLU passes the gradient on. Compare its accuracy and its number of "
                    "parameters with LeNet-5’s."
                ),
            ),
        ),
    ]


@once_a_language
def others() -> list[Experiment]:
    """Return the rest."""
    return [
        Experiment(
            _("Hide a filter"),
            _("One map of C1 is switched off: does the network still know its digit?"),
            {"hide": "c1.3"},
            _(
                "Train first. The crossed map is 0 everywhere; the thin marks beside the answers show what they were "
                "with it. Choose a cell of another map and press Hide: which one can this digit not do without?"
            ),
        ),
        Experiment(
            _("How sure may it be?"),
            _("Of the answers that are 90 % sure, are 90 in 100 right?"),
            {"look": "test", "tested": "calibration"},
            _(
                "Train, then look at the diagram: below the dotted line the network is surer than it has a right to "
                "be. Look at its surest mistakes as well: would you have read them better?"
            ),
            (_("Surest mistakes"), {"look": "test"}),
        ),
        Experiment(
            _("Another seed"),
            _("Other first weights, other batches: how much of the accuracy was luck?"),
            {"seed": 1, "look": "curves"},
            _(
                "Train with several seeds. The 95 % interval beside the accuracy says how far luck in the choice of "
                "the test digits goes; seeds differ by more than that at this learning rate."
            ),
            (_("Seed 2"), {"seed": 2, "look": "curves"}),
        ),
    ]
