"""What a link to the DNN playground sets, what the options are called, and the job that they describe."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from core.data.features import FEATURES
from core.data.number_table import NumberTable
from core.data.playground import DATA_SETS, DataConfig, shape_of
from core.errors import InvalidInput
from core.nets.initialisation import INITIALISATIONS
from core.nets.mlp import ACTIVATIONS, MlpConfig
from core.runs.goals import MAX_LOSS, MAX_PARAMETERS, MAX_UPDATES
from core.runs.playground_job import PlaygroundJob
from core.training.config import ENGINES, TrainConfig
from core.training.losses import LOSSES
from core.training.optimisers import OPTIMISERS, WITH_MOMENTUM
from core.training.schedules import SCHEDULES
from ui.components.timeline import NEWEST
from ui.state.fields import choice, flag, many, number, text
from ui.text import _, once_a_language

MAX_HIDDEN, MAX_NEURONS = 8, 64  # of one layer: what can still be looked at
USUAL: Final[Mapping[str, int]] = {"onehot": 10_000}  # samples; the sets on the plane are drawn with fewer
USUAL_2D: Final = 500
CUBE_NAMES: Final = {"x1": "x₁", "x2": "x₂", "x3": "x₃"}
LOOKS = 100  # at the test set during a run


@dataclass(frozen=True)
class Settings:
    """The DNN playground's settings; the defaults are the course's (2.1, 2.2 and 2.4)."""

    PREFIX: ClassVar[str] = "dnn_"
    # A task that a teacher sets, which an experiment's link does not end
    KEPT: ClassVar[tuple[str, ...]] = ("hide", "goal_accuracy", "goal_loss", "goal_parameters", "goal_updates")
    # Data
    data: str = choice("onehot", DATA_SETS)
    samples: int = number(0, 0, 20_000)
    noise: float = number(0.0, 0.0, 0.5, step=0.05)
    share: float = number(0.7, 0.1, 0.9, step=0.05)
    data_seed: int = number(0, 0, 999_999)
    features: tuple[str, ...] = many(("x1", "x2"), tuple(FEATURES))
    inputs: str = text("", 300)  # marked columns of an own file, as in lesson 1
    outputs: str = text("", 60)
    # Network
    layers: int = number(3, 0, MAX_HIDDEN)
    width: int = number(5, 1, MAX_NEURONS)
    widths: str = text("", 40)
    activation: str = choice("relu", tuple(ACTIVATIONS))
    activations: str = text("", 120)
    init: str = choice("default", tuple(INITIALISATIONS))
    dropout: float = number(0.0, 0.0, 0.9, step=0.05)
    norm: bool = flag(False)
    # Training
    loss: str = choice("mse", tuple(LOSSES))
    optimiser: str = choice("sgd", tuple(OPTIMISERS))
    lr: float = number(0.01, 0.00001, 100.0)
    momentum: float = number(0.0, 0.0, 0.99, step=0.01)
    schedule: str = choice("constant", tuple(SCHEDULES))
    batch: int = number(0, 0, 20_000)
    epochs: int = number(1000, 1, 10_000)
    shuffle: bool = flag(True)
    patience: int = number(0, 0, 100)
    l1: float = number(0.0, 0.0, 1.0)
    l2: float = number(0.0, 0.0, 1.0)
    seed: int = number(0, 0, 999_999)
    engine: str = choice("auto", ENGINES)
    # What is looked at
    view: str = choice("curves", ("curves", "confusion", "histograms", "lines", "use"))
    typed: str = text("", 2000)  # numbers with "_" between them, for the network that is used
    sample: int = number(1, 1, 20_000)
    at: int = number(NEWEST, NEWEST, 20_000_000)
    axis: str = choice("x3", ("s", "x1", "x2", "x3"))
    level: float = number(0.5, 0.0, 1.0, step=0.05)
    cube: str = choice("slice", ("slice", "solid"))
    neuron: str = text("", 12)  # chosen in the picture, see ui.dnn.diagram.follow_link
    gradients: bool = flag(False)
    log: bool = flag(False)
    smooth: float = number(0.0, 0.0, 0.95, step=0.05)
    out: str = choice("model", ("data", "split", "model", "parameters", "losses", "test", "device"))
    cell: str = choice("test", ("test", "save"))  # of the notes, line by line
    # See KEPT
    hide: str = text("", 200)
    goal_accuracy: float = number(0.0, 0.0, 100.0)
    goal_loss: float = number(0.0, 0.0, float(MAX_LOSS))
    goal_parameters: int = number(0, 0, MAX_PARAMETERS)
    goal_updates: int = number(0, 0, MAX_UPDATES)


@once_a_language
def data_names() -> dict[str, str]:
    """Return what the data sets are called on the screen."""
    return {
        "onehot": _("One-hot (DNN 三)"),
        "circle": _("Circle"),
        "xor": "XOR",
        "gauss": _("Two clouds (Gaussians)"),
        "spiral": _("Spiral"),
        "moons": _("Two moons"),
        "blobs": _("Three clouds"),
        "plane": _("Regression: plane"),
        "hills": _("Regression: hills"),
        "csv": _("Your own table"),
    }


@once_a_language
def control_names() -> dict[str, str]:
    """Return what the controls of a training are called on the screen, by field name; a link can hide each of them."""
    return {
        "data": _("Data"),
        "samples": _("Samples"),
        "noise": _("Noise"),
        "share": _("Share of the training set"),
        "data_seed": _("Seed of the data"),
        "features": _("Input features"),
        "layers": _("Hidden layers"),
        "width": _("Neurons in each"),
        "widths": _("Widths one by one"),
        "activation": _("Activation function"),
        "activations": _("Activations one by one"),
        "init": _("Initialisation"),
        "dropout": _("Dropout"),
        "norm": _("Batch normalisation"),
        "loss": _("Loss function"),
        "optimiser": _("Optimiser"),
        "lr": _("Learning rate"),
        "momentum": _("Momentum"),
        "schedule": _("Learning rate over time"),
        "batch": _("Batch size"),
        "epochs": _("Epochs"),
        "shuffle": _("Shuffle again in every epoch"),
        "patience": _("Early stopping"),
        "l1": _("L1 penalty"),
        "l2": _("L2 penalty"),
        "seed": _("Seed"),
        "engine": _("Engine"),
    }


def feature_names() -> dict[str, str]:
    """Return how the input features are written."""
    return {
        "x1": "x₁",
        "x2": "x₂",
        "x1^2": "x₁²",
        "x2^2": "x₂²",
        "x1x2": "x₁x₂",
        "sin x1": "sin x₁",
        "sin x2": "sin x₂",
    }


def hidden(settings: Settings) -> tuple[int, ...]:
    """Return the hidden layers' widths: the list if one is written, else the same width for all.

    Raises:
        InvalidInput: the list is not whole numbers, or too long, or a layer is too wide.
    """
    if not settings.widths.strip():
        return (settings.width,) * settings.layers
    try:
        widths = tuple(int(part) for part in _parts(settings.widths))
    except ValueError as error:
        raise InvalidInput(
            "“{widths}” is not a list of widths; write whole numbers with dashes, such as 8-4-2, or leave it empty.",
            widths=settings.widths,
        ) from error
    if len(widths) > MAX_HIDDEN or any(not 1 <= width <= MAX_NEURONS for width in widths):
        raise InvalidInput(
            "“{widths}” is more than this page can draw: at most {layers} hidden layers of 1 to {most} neurons; "
            "write fewer or smaller numbers, such as 8-4-2.",
            widths=settings.widths,
            layers=MAX_HIDDEN,
            most=MAX_NEURONS,
        )
    return widths


def activations(settings: Settings, count: int) -> tuple[str, ...]:
    """Return the activation of each hidden layer if a list is written, else nothing.

    Args:
        settings: of the page.
        count: hidden layers.

    Raises:
        InvalidInput: a name is not known, or there are more or fewer than hidden layers.
    """
    names = tuple(part.lower() for part in _parts(settings.activations))
    unknown = [name for name in names if name not in ACTIVATIONS]
    if unknown:
        raise InvalidInput(
            "“{name}” is not an activation function; write names of {names} with dashes, one for each hidden layer.",
            name=unknown[0],
            names=", ".join(ACTIVATIONS),
        )
    if names and len(names) != count:
        raise InvalidInput(
            "{given} activation functions are written for {count} hidden layers; write one for each, such as "
            "{example}, or leave the list empty.",
            given=len(names),
            count=count,
            example="-".join((names * count)[:count]) or "–",
        )
    return names


def _parts(written: str) -> list[str]:
    for separator in ", –—;→":
        written = written.replace(separator, "-")
    return [part for part in written.split("-") if part]


def usual_samples(data: str) -> int:
    """Return how many samples a set is drawn with when no number is asked for."""
    return USUAL.get(data, USUAL_2D)


def data_config(settings: Settings, table: NumberTable | None = None) -> DataConfig:
    """Return the data that the settings ask for.

    Raises:
        InvalidInput: there is no such data, and why.
    """
    return DataConfig(
        name=settings.data,
        samples=settings.samples or usual_samples(settings.data),
        noise=settings.noise,
        train_share=settings.share,
        seed=settings.data_seed,
        features=settings.features,
        table=table if settings.data == "csv" else None,
    )


def job(settings: Settings, table: NumberTable | None = None) -> PlaygroundJob:
    """Return what Train would start.

    Args:
        settings: of the page.
        table: the visitor's own data, for "csv".

    Raises:
        InvalidInput: the settings cannot be trained, and why.
    """
    data = data_config(settings, table)
    inputs, outputs = shape_of(data)
    inner = hidden(settings)
    return PlaygroundJob(
        net=MlpConfig(
            (inputs, *inner, outputs),
            settings.activation,
            settings.init,
            settings.seed,
            activations=activations(settings, len(inner)),
            dropout=settings.dropout if inner else 0.0,
            batch_norm=settings.norm and bool(inner),
        ),
        train=TrainConfig(
            loss=settings.loss,
            optimiser=settings.optimiser,
            lr=settings.lr,
            momentum=settings.momentum if settings.optimiser in WITH_MOMENTUM else 0.0,
            batch_size=settings.batch,
            epochs=settings.epochs,
            seed=settings.seed,
            evaluations=LOOKS,
            l1=settings.l1,
            l2=settings.l2,
            schedule=settings.schedule,
            reshuffle=settings.shuffle,
            patience=settings.patience,
            engine=settings.engine,
        ),
        data=data,
    )
