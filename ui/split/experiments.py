"""What there is to try in each of lesson 1's topics."""

from ui.lesson import Experiment
from ui.text import _, once_a_language


@once_a_language
def first(topic: str) -> list[Experiment]:
    """Return a topic's experiments."""
    return {"split": _split, "batches": _batches, "overfit": _overfit}[topic]()


def _split() -> list[Experiment]:
    return [
        Experiment(_("The course's table"), _("Rows 1 to 800 train, rows 801 to 1000 test: find the cut.")),
        Experiment(
            _("10,000 samples, 70 / 30"),
            _("The tables of lesson 2, shuffled: 7000 rows to train, 3000 to test. Replay the shuffle."),
            {"samples": 10_000, "cuts": (70, 70), "how": "random"},
        ),
        Experiment(
            _("Sorted and not shuffled"),
            _("The test set lacks a whole class, and so does the training set. Then choose Random or Stratified."),
            {"sort": True, "by_class": True, "view": "classes"},
        ),
        Experiment(
            _("60,000 digits"),
            _("Training, validation and test set, stratified: every digit has the same share in each."),
            {
                "data": "mnist",
                "samples": 60_000,
                "cuts": (70, 85),
                "how": "stratified",
                "by_class": True,
                "view": "picture",
            },
        ),
        Experiment(
            _("A leak"),
            _("One sample in five is a copy: how many of the test set were seen in training?"),
            {"copies": 20, "how": "random", "view": "leaks"},
        ),
        _batches()[0],
    ]


def _batches() -> list[Experiment]:
    return [
        Experiment(
            _("10,240 in batches of 1,024"),
            _("10 updates per epoch; 5 epochs make 50."),
            {"topic": "batches", "samples": 12_800, "batch_size": 1_024},
        ),
        Experiment(
            _("One sample at a time"),
            _("As many updates as samples: 800 in every epoch instead of 13."),
            {"topic": "batches", "batch_size": 1},
        ),
        Experiment(
            _("Drop the last batch"),
            _("One update fewer per epoch, and 32 samples sit it out."),
            {"topic": "batches", "drop_last": True},
        ),
        Experiment(
            _("Follow one sample"),
            _("20 samples in batches of 6: sample 7 changes its company in every epoch. Then keep the order."),
            {"topic": "batches", "samples": 25, "batch_size": 6, "sample": 7, "epochs": 3},
        ),
    ]


def _overfit() -> list[Experiment]:
    return [
        Experiment(
            _("Right"),
            _("Degree 3 follows the points without meeting any: both errors are small."),
            {"topic": "overfit"},
        ),
        Experiment(
            _("Over-fitted"),
            _("Degree 12 bends until it meets nearly every point. Read the test error."),
            {"topic": "overfit", "degree": 12},
        ),
        Experiment(
            _("Too simple"),
            _("A straight line cannot bend: both errors stay large."),
            {"topic": "overfit", "degree": 1},
        ),
        Experiment(
            _("More samples cure it"),
            _("The same degree 12 with 300 points: the test error falls to the noise."),
            {"topic": "overfit", "degree": 12, "points": 300},
        ),
        Experiment(
            _("A penalty cures it"),
            _("Ridge keeps the parameters small: degree 12 bends no more than it must."),
            {"topic": "overfit", "degree": 12, "ridge": 0.1},
        ),
    ]
