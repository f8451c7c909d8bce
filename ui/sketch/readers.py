"""Who reads: the two shipped networks, and those that this visitor has trained."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final

from torch import nn

from core import cache
from core.classroom.finetune import FineTuneJob
from core.nets.digit_files import model_of
from core.runs.digits_job import MnistJob
from core.runs.scheduler import SCHEDULER
from core.runs.snapshot import Snapshot
from ui.sketch import own_file
from ui.state.session import owner
from ui.text import _

SHIPPED: Final = {"lenet5": "LeNet-5", "mnist-dnn": "MNIST DNN"}
SHORT: Final = {"lenet5": "LeNet", "mnist-dnn": "DNN"}
OWN_KINDS: Final = ("lenet5", "mnist-dnn", "class-set")
LONGEST: Final = 24  # letters of a file's name below its answers
KEPT: Final = 24  # networks of visitors' runs, at most 2 MB each


@dataclass(frozen=True, eq=False)
class Reader:
    """A network that answers.

    Attributes:
        name: shown above its answers.
        sub: where its weights come from, below the name.
        model: in eval mode, frozen.
        key: "lenet5" or "mnist-dnn" for the shipped ones, else "".
        short: the name where there is little room.
    """

    name: str
    sub: str
    model: nn.Module
    key: str = ""
    short: str = ""


def readers() -> list[Reader]:
    """Return the shipped networks, then the visitor's own: the newest run of each kind, and the one from a file."""
    found = [Reader(name, _("ready-made"), cache.pretrained(key), key, SHORT[key]) for key, name in SHIPPED.items()]
    for kind in OWN_KINDS:
        run = SCHEDULER.newest(owner(), kind)
        if run is not None and run.weights and run.weights_at:
            name = _own_name(run)
            found.append(Reader(name, _("update {n}", n=f"{run.weights_at:,}"), _own_model(run), short=name))
    if own := own_file.reads():
        found.append(Reader(_("Your file"), _short(own[0]), own[1], short=_("File")))
    return found


def shipped(names: Sequence[str] = tuple(SHIPPED)) -> list[Reader]:
    """Return shipped networks.

    Args:
        names: keys of SHIPPED.
    """
    return [Reader(SHIPPED[key], "", cache.pretrained(key), key, SHORT[key]) for key in names]


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def _own_name(run: Snapshot) -> str:
    if isinstance(run.job, FineTuneJob):
        return _("Class's LeNet-5")
    return _("Your DNN") if isinstance(run.job, MnistJob) and run.job.kind == "mnist-dnn" else _("Your LeNet-5")


_MODELS: OrderedDict[tuple[str, int], nn.Module] = OrderedDict()
_LOCK: Final = Lock()


def _own_model(run: Snapshot) -> nn.Module:
    """Return a run's network at its newest weights; made once for all reruns of all pages."""
    key = (run.run_id, run.weights_at)
    with _LOCK:
        if key in _MODELS:
            _MODELS.move_to_end(key)
            return _MODELS[key]
    model = model_of(run.weights, run.job.network if isinstance(run.job, MnistJob) else "lenet5")
    with _LOCK:
        _MODELS[key] = model
        while len(_MODELS) > KEPT:
            _MODELS.popitem(last=False)
    return model
