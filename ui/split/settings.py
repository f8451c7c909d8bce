"""What a link to lesson 1 sets, and the names that its options have."""

from dataclasses import dataclass
from typing import ClassVar

from core.data.overfitting import MAX_DEGREE
from core.data.sets import MOST
from core.data.splits import HOW, SETS, SplitConfig
from ui.state.fields import choice, flag, number, span, text
from ui.text import _


@dataclass(frozen=True)
class Settings:
    """What a link to this lesson sets."""

    PREFIX: ClassVar[str] = "split_"
    topic: str = choice("split", ("split", "batches", "overfit"))
    # The split
    data: str = choice("onehot", ("onehot", "mnist", "regression", "csv"))
    samples: int = number(1_000, 10, MOST)
    cuts: tuple[int, int] = span((80, 80), 5, 95, step=5)
    how: str = choice("order", HOW)
    seed: int = number(0, 0, 9_999)
    sort: bool = flag(False)
    copies: int = number(0, 0, 50, step=5)
    inputs: str = text("", 300)
    outputs: str = text("", 60)
    # What is looked at
    by_class: bool = flag(False)
    stop: str = choice("cut", ("order", "shuffled", "cut"))
    view: str = choice("rows", ("rows", "classes", "picture", "leaks", "folds"))
    part: str = choice("train", SETS)
    sample: int = number(1, 1, MOST)
    normalised: bool = flag(False)
    folds: int = number(5, 2, 10)
    script: str = choice("course", ("course", "loader", "sklearn"))
    # Batches
    batch_size: int = number(64, 1, MOST)
    epochs: int = number(5, 1, 10_000)
    drop_last: bool = flag(False)
    reshuffle: bool = flag(True)
    # Overfitting
    points: int = number(15, 3, 500)
    degree: int = number(3, 0, MAX_DEGREE)
    noise: float = number(0.2, 0.0, 2.0, step=0.05)
    ridge: float = number(0.0, 0.0, 100.0)


def topics() -> dict[str, str]:
    """Return the names of the lesson's three topics."""
    return {"split": _("Split"), "batches": _("Batches and epochs"), "overfit": _("Overfitting")}


def data_names() -> dict[str, str]:
    """Return the names of the data sets."""
    return {
        "onehot": _("One-hot (DNN 三)"),
        "mnist": _("MNIST digits"),
        "regression": _("Regression: noisy sine"),
        "csv": _("Your own table"),
    }


def hows() -> dict[str, str]:
    """Return the names of the manners of splitting."""
    return {"order": _("As they come"), "random": _("Random"), "stratified": _("Stratified")}


def set_names() -> dict[str, str]:
    """Return the names of the three sets, short."""
    return {"train": _("Training"), "validation": _("Validation"), "test": _("Test")}


def views(data: str) -> dict[str, str]:
    """Return the names of the looks at a split."""
    picture = {"onehot": _("Cube"), "mnist": _("Digits")}.get(data, _("Scatter"))
    return {
        "rows": _("Rows"),
        "classes": _("Classes"),
        "picture": picture,
        "leaks": _("Leaks"),
        "folds": _("Folds"),
    }


def split_config(settings: Settings, samples: int) -> SplitConfig:
    """Return the split that the settings ask for.

    Raises:
        InvalidInput: a set would be empty.
    """
    first, second = settings.cuts
    return SplitConfig(samples, first / 100, settings.how, settings.seed, (second - first) / 100)  # type: ignore[arg-type]
