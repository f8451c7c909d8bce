"""What is looked at: a network at one moment of a run, and one test digit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import torch
from torch import nn

from core import cache
from core.nets.digit_files import model_of
from core.runs.digits_job import MnistJob
from core.runs.history import Moment, nearest
from core.runs.snapshot import Snapshot, State
from ui.lenet.forward import had, silenced
from ui.lenet.settings import NEWEST, Settings, hidden_maps, written_maps
from ui.state import session

_MODEL: Final = "lenet_model"


@dataclass(frozen=True, eq=False)
class Subject:
    """A network and a digit.

    Attributes:
        now: the run, None before there is one.
        job: its settings, else those of the plan.
        model: in eval mode, frozen, on the CPU.
        shown: the same with some maps hidden, if any are.
        step: updates that it has seen.
        moment: of the rewind, when an earlier one is looked at.
        number: of the test digit, from 1.
        image: float32 (1, 1, 28, 28), normalised, on the CPU.
        label: the true digit.
        written: what of this network is hidden, as the URL has it.
    """

    now: Snapshot | None
    job: MnistJob
    model: nn.Module
    shown: nn.Module
    step: int
    moment: Moment | None
    number: int
    image: torch.Tensor
    label: int
    written: str = ""

    @property
    def network(self) -> str:
        """One of core.nets.networks.DIGITS."""
        return self.job.network

    @property
    def test_samples(self) -> int:
        """Test digits there are."""
        return len(self.job.data.test_labels)

    @property
    def live(self) -> bool:
        """Whether what is looked at changes by itself."""
        return self.now is not None and self.now.state is State.RUNNING and self.moment is None


def mnist_run(now: Snapshot | None) -> Snapshot | None:
    """Return a run if it is one of this lesson."""
    return now if now is not None and isinstance(now.job, MnistJob) else None


def moment_of(now: Snapshot | None, at: int) -> Moment | None:
    """Return the kept moment that is looked at, None for the newest weights."""
    if now is None or at == NEWEST or not now.kept.moments:
        return None
    return nearest(now.kept.moments, at)


def subject(now: Snapshot | None, planned: MnistJob | None, settings: Settings) -> Subject | None:
    """Return what is looked at, or None when there is neither a run nor a plan.

    Args:
        now: the run, or None.
        planned: what Train would start, or None.
        settings: of the page.
    """
    run = mnist_run(now)
    job = run.job if run is not None and isinstance(run.job, MnistJob) else planned
    if job is None:
        return None
    moment = moment_of(run, settings.at)
    if moment is not None:
        model, step = _kept_model((run and run.run_id, moment.step), moment.weights, job.network), moment.step
    elif run is not None and run.weights:
        model, step = _kept_model((run.run_id, run.weights_at), run.weights, job.network), run.weights_at
    else:
        model, step = _first_model(job), 0
    data = cache.mnist()
    row = min(settings.digit, len(data.test_labels)) - 1
    image = data.test_images[row : row + 1].cpu()
    hidden = had(job.network, hidden_maps(settings.hide))
    shown = silenced(model, job.network, hidden) if hidden else model
    return Subject(
        run, job, model, shown, step, moment, row + 1, image, int(data.test_labels[row]), written_maps(hidden)
    )


def _kept_model(key: object, weights: Mapping[str, torch.Tensor], network: str) -> nn.Module:
    """Return a network with these weights; the one of the last redraw when they are the same."""
    return session.memo(_MODEL, (key, network), lambda: model_of(weights, network))


def _first_model(job: MnistJob) -> nn.Module:
    key = ("first", job.seed, job.start.digest if job.start is not None else "")
    return session.memo(_MODEL, (key, job.network), lambda: job.model().eval().requires_grad_(False))
