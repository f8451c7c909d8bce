"""The lesson's experiments, each a link with a short guide."""

from __future__ import annotations

from ui.lenet.settings import DNN, course_settings
from ui.lesson import Experiment
from ui.text import _


def first() -> list[Experiment]:
    """Return those that are always in view."""
    return [
        Experiment(
            _("The course's settings"),
            _("Five epochs; with all 60,000 digits about 98 % are read. Watch how early the curve bends."),
            {"look": "curves"},
            _("Press Train. Most of what is learned is learned in the first quarter of the first epoch."),
        ),
        Experiment(
            _("Momentum on top"),
            _("Momentum 0.9 makes these steps too large: the loss leaps instead of falling, yet is never NaN."),
            {"momentum": 0.9, "look": "curves"},
            _(
                "Press Train: the loss leaps and then stays near ln 10 ≈ 2.303, where every digit is given one tenth. "
                "Look inside: the maps are all one colour, tanh is at its ends and passes no gradient on."
            ),
        ),
        Experiment(
            _("Small steps"),
            _("A tenth of the learning rate: the same road, walked more slowly."),
            {"lr": 0.09, "look": "curves"},
        ),
        Experiment(
            _("Fully connected"),
            _("The course's other network with its own settings: nine times as many parameters. Compare the accuracy."),
            {"network": DNN, **course_settings(DNN)},
        ),
        Experiment(
            _("Another seed"),
            _("Other first weights, other batches: how much of the accuracy was luck?"),
            {"seed": 1, "look": "curves"},
        ),
    ]
