"""What the cells of lesson 4's script print (the notes' Out [6] to Out [11]), from the live objects."""

from collections.abc import Callable, Sequence

import torch

from core.export.net_part import parameters_part
from core.export.outputs import last_line, part_of
from core.export.parts import Part, in_language
from core.nets.course import DNN, in_course_class
from core.nets.digit_files import model_of
from core.nets.lenet import LeNet5
from core.nets.networks import VARIANTS
from core.runs.digits_job import MnistJob
from core.runs.snapshot import Snapshot, State
from ui import outputs
from ui.outputs import Output
from ui.text import _, aside, catalogue, language

SHAPES = """\
for layer in model.net:
    X = layer(X)
    print(layer.__class__.__name__, "output shape:\\t", X.shape)
"""


def found(job: MnistJob, now: Snapshot | None, parts: Sequence[Part]) -> dict[str, Output]:
    """Return what the script's cells print, by the options of the setting ``out``.

    Args:
        job: the run that the script is of.
        now: as it stands, None before there is one.
        parts: of the script.
    """
    say = catalogue(language()).gettext
    lenet = job.network in VARIANTS
    known = (job, now.shows if now is not None else None)

    def said(label: str, told: str, name: str, code: str, names: Callable[[], dict[str, object]]) -> Output:
        return outputs.cell(label, told, f"lenet_out_{name}", known, in_language(code, say), names)

    def this() -> dict[str, object]:
        return {"model": model(job, now)}

    built, tested = (7, 11) if lenet else (6, 10)
    part, test = part_of(parts, built), part_of(parts, tested)
    each = said(str(tested), say(test.title), "test", test.code, lambda: {**this(), **_test_set(job)})
    if now is not None and now.state is State.RUNNING:
        each = each._replace(draw=_later)
    own = parameters_part()
    return {
        "model": said(str(built), say(part.title), "model", last_line(part), this),
        "shapes": said(
            "6" if lenet else _("shapes"),
            _("The output’s shape after each layer: (samples, channels, rows, columns)"),
            "shapes",
            SHAPES,
            lambda: {**this(), "X": _one_digit(job)},
        ),
        "parameters": said(_("parameters"), say(own.title), "parameters", own.code, this),
        "losses": Output(str(tested - 1), _("The loss at each update"), lambda: outputs.losses(now, batched=True)),
        "test": each,
        "device": outputs.device("lenet_out_device", known, lambda: model(job, now)),
    }


def model(job: MnistJob, now: Snapshot | None) -> DNN:
    """Return the network in the notes' class, as it stands in the run: where it is, and what of it is learned.

    Args:
        job: the run.
        now: as it stands, None before there is one: then with its first weights.
    """
    if now is None or not now.weights:
        found = in_course_class(job.model(), True).requires_grad_(True)
    else:
        found = outputs.as_learned(in_course_class(model_of(now.weights, job.network), True), now)
    return found.to(job.data.test_inputs.device)


def framed(job: MnistJob, images: torch.Tensor) -> torch.Tensor:
    """Return images, float32 (n, 1, rows, columns), as the network in the notes' class is given them."""
    model_ = job.model()
    return model_.framed(images) if isinstance(model_, LeNet5) else images


def _one_digit(job: MnistJob) -> torch.Tensor:
    return framed(job, job.data.test_inputs[:1])


def _test_set(job: MnistJob) -> dict[str, object]:
    data, size = job.data, max(64, job.train.batch_size or 1000)  # one by one, ten thousand digits would take seconds
    images = torch.split(framed(job, data.test_inputs), size)
    labels = torch.split(data.test_labels, size)
    return {"test_loader": list(zip(images, labels, strict=True)), "device": data.test_inputs.device}


def _later() -> None:
    aside("The run goes on. Pause it, and this cell asks the network for all test digits.")
