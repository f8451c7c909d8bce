"""What a link to the LeNet-5 lesson sets, what the options are called, and the job that they describe."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from core import cache
from core.nets.files import Weights
from core.nets.networks import DIGITS, VARIANTS
from core.runs.digits_job import MAX_BATCH, MnistJob
from core.training.config import ENGINES
from core.training.courses import COURSES
from core.training.optimisers import OPTIMISERS, WITH_MOMENTUM
from core.training.schedules import SCHEDULES
from ui.components.timeline import NEWEST
from ui.state.fields import choice, flag, number, text
from ui.text import _, once_a_language

DNN: Final = "mnist-dnn"
_COURSE: Final = COURSES["lenet5"]


@dataclass(frozen=True)
class Settings:
    """The LeNet-5 lesson's settings; the defaults are the course's (section 5)."""

    PREFIX: ClassVar[str] = "lenet_"
    network: str = choice("lenet5", DIGITS)
    lr: float = number(_COURSE.lr, 0.00001, 100.0)
    momentum: float = number(_COURSE.momentum, 0.0, 0.99)
    batch: int = number(_COURSE.batch_size, 1, MAX_BATCH)
    epochs: int = number(_COURSE.epochs, 1, 50)
    samples: int = number(0, 0, 60_000)
    seed: int = number(0, 0, 999_999)
    optimiser: str = choice(_COURSE.optimiser, tuple(OPTIMISERS))
    schedule: str = choice("constant", tuple(SCHEDULES))
    augment: bool = flag(False)
    data_seed: int = number(0, 0, 999_999)
    engine: str = choice("auto", ENGINES)
    # What is looked at
    look: str = choice("maps", ("maps", "filters", "saliency", "curves", "test", "compare"))
    tested: str = choice("mistakes", ("mistakes", "classes", "calibration"))
    change: str = choice("shift", ("shift", "turn", "size", "thickness", "noise"))
    other_lr: float = number(0.0, 0.0, 100.0)
    digit: int = number(1, 1, 10_000)
    at: int = number(NEWEST, NEWEST, 10_000_000)
    cell: str = text("", 40)
    part: int = number(0, 0, 16)  # the input map whose window is written out; 0: the strongest
    output: str = choice("answer", ("answer", *map(str, range(10))))
    mixed: str = text("", 5)  # the open cell of the confusion matrix, such as 4.9
    hide: str = text("", 200)
    log: bool = flag(False)
    smooth: float = number(0.6, 0.0, 0.95, step=0.05)
    out: str = choice("model", ("shapes", "model", "parameters", "losses", "test", "device"))


LOOKED_AT: Final = (
    *("look", "tested", "change", "other_lr", "digit", "at", "cell", "part", "output", "mixed", "hide"),
    *("log", "smooth", "out"),
)
"""Fields that only choose what is looked at; an experiment's guide stays while they change."""


@once_a_language
def network_names() -> dict[str, str]:
    """Return what the networks are called on the screen."""
    return {
        "lenet5": _("LeNet-5 (CNN 二)"),
        "lenet5-sigmoid": _("LeNet-5 with sigmoid"),
        "lenet5-relu-max": _("LeNet-5 with ReLU and max pooling"),
        "lenet5-32": _("LeNet-5 on 32×32, no padding"),
        "lenet5-rbf": _("LeNet-5 with RBF outputs (1998)"),
        DNN: _("Fully connected (DNN 六)"),
    }


@once_a_language
def short_names() -> dict[str, str]:
    """Return what the networks are called where there is little room."""
    return dict.fromkeys(VARIANTS, "LeNet-5") | {DNN: _("Fully connected")}


def course_settings(network: str) -> dict[str, object]:
    """Return the settings that suit a network, the course's where it has some, as changes to this page's."""
    config = COURSES[network]
    return {
        "lr": config.lr,
        "momentum": config.momentum,
        "batch": config.batch_size,
        "epochs": config.epochs,
        "optimiser": config.optimiser,
    }


def job(settings: Settings, start: Weights | None = None) -> MnistJob:
    """Return what Train would start; MNIST must be in memory.

    Args:
        settings: of the page.
        start: first weights from a file, or None to draw them.

    Raises:
        InvalidInput: the settings cannot be trained, and why.
    """
    data = cache.mnist_data()
    used = settings.samples or len(data.train_labels)
    train = replace(
        COURSES[settings.network],
        lr=settings.lr,
        momentum=settings.momentum if settings.optimiser in WITH_MOMENTUM else 0.0,
        batch_size=settings.batch,
        epochs=settings.epochs,
        seed=settings.seed,
        optimiser=settings.optimiser,
        schedule=settings.schedule,
        engine=settings.engine,
        evaluations=looks(settings.epochs, -(-used // settings.batch), len(data.test_labels)),
    )
    return MnistJob(
        settings.network,
        settings.seed,
        train,
        data,
        samples=settings.samples,
        data_seed=settings.data_seed,
        augment=settings.augment,
        start=start,
    )


def looks(epochs: int, updates: int, tests: int) -> int:
    """Return how often the test set is looked at: each quarter of an epoch, less often where epochs are very short.

    A look at 10 000 digits costs as much as 20 updates, and shall not take more than half as long as the training.

    Args:
        epochs: of the run.
        updates: of one epoch.
        tests: test digits.

    >>> looks(5, 235, 10_000), looks(5, 12, 10_000), looks(5, 16, 1_000)
    (20, 5, 20)
    """
    affordable = updates * 10_000 // (40 * max(1, tests))
    return min(500, epochs * max(1, min(4, affordable)))


def hidden_maps(written: str) -> Mapping[str, tuple[int, ...]]:
    """Return which maps a link hides: layer → numbers from 0. What makes no sense is left out.

    >>> hidden_maps("c1.3,c3.16,x")
    {'c1': (2,), 'c3': (15,)}
    """
    found: dict[str, tuple[int, ...]] = {}
    for part in written.split(","):
        layer, _dot, number_ = part.partition(".")
        if number_.isascii() and number_.isdigit() and int(number_) > 0:
            found[layer] = (*found.get(layer, ()), int(number_) - 1)
    return found


def written_maps(hidden: Mapping[str, tuple[int, ...]]) -> str:
    """Return the URL form of what is hidden."""
    return ",".join(f"{layer}.{number_ + 1}" for layer, maps in hidden.items() for number_ in sorted(set(maps)))
