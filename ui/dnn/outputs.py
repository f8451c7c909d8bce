"""What the cells of lesson 2's script print (the notes' Out [3] to Out [11]), from the live objects."""

from collections.abc import Callable, Sequence

import torch

from core.data.playground import shape_of
from core.export.outputs import last_line, part_of
from core.export.parts import Part, in_language
from core.inspect.model import first_model, model_of
from core.nets.course import DNN, in_course_class
from core.runs.playground_job import PlaygroundJob
from core.runs.snapshot import Snapshot
from ui import outputs
from ui.outputs import Output
from ui.text import _, aside, catalogue, language


def found(job: PlaygroundJob, now: Snapshot | None, parts: Sequence[Part]) -> dict[str, Output]:
    """Return what the script's cells print, by the options of the setting ``out``.

    Args:
        job: the run that the script is of.
        now: as it stands, None before there is one.
        parts: of the script.
    """
    say = catalogue(language()).gettext
    known = (job, now.shows if now is not None else None)

    def cell(number: int, names: Callable[[], dict[str, object]], whole: bool = False) -> Output:
        part = part_of(parts, number)
        code = in_language(part.code if whole else last_line(part), say)
        return outputs.cell(str(number), say(part.title), f"dnn_out_{number}", known, code, names)

    test = cell(11, lambda: {"model": model(job, now), "test_Data": tables(job)[1]}, whole=True)
    return {
        "model": cell(6, lambda: {"model": model(job, now)}),
        "data": cell(3, lambda: {"Data": torch.cat(tables(job))}),
        "split": cell(4, lambda: dict(zip(("train_Data", "test_Data"), tables(job), strict=True))),
        "parameters": cell(7, lambda: {"model": model(job, now)}, whole=True),
        "losses": Output("10", _("The loss at each update"), lambda: outputs.losses(now, job.train.batch_size > 0)),
        "test": test._replace(draw=_no_test) if job.regression else test,
        "device": outputs.device("dnn_out_device", known, lambda: model(job, now)),
    }


def model(job: PlaygroundJob, now: Snapshot | None) -> DNN:
    """Return the network in the notes' class, as it stands in the run: where it is, and what of it is learned.

    Args:
        job: the run.
        now: as it stands, None before there is one: then with its first weights.
    """
    if now is None or not now.weights:
        return in_course_class(first_model(job.net, job.start)).requires_grad_(True)
    return outputs.as_learned(in_course_class(model_of(now.weights, job.net)), now)


def tables(job: PlaygroundJob) -> tuple[torch.Tensor, torch.Tensor]:
    """Return train_Data and test_Data, float32 (rows, inputs + outputs), as the script has them."""
    data, outputs_ = job.playground().data, shape_of(job.data)[1]

    def table(inputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        answers = labels if job.regression else torch.nn.functional.one_hot(labels, outputs_).float()
        return torch.cat([inputs, answers], dim=1)

    return table(data.train_inputs, data.train_labels), table(data.test_inputs, data.test_labels)


def _no_test() -> None:
    aside("These lines test a classification; the answers of this data are numbers on a scale.")
