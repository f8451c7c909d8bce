"""What is looked at: a network at one moment of a run, and one test digit."""

from collections import deque
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import nn

from core import cache
from core.nets.digit_files import model_of
from core.runs.digits_job import MnistJob
from core.runs.history import Moment
from core.runs.snapshot import Snapshot, State
from ui.components.timeline import NEWEST
from ui.lenet.forward import had, silenced
from ui.lenet.settings import Settings, hidden_maps, written_maps
from ui.live.hub import part
from ui.run.rewind import moment_of
from ui.run.stage import newest_snapshot
from ui.state.controls import Controls


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


def subject(now: Snapshot | None, planned: MnistJob | None, settings: Settings) -> Subject | None:
    """Return what is looked at, or None when there is neither a run nor a plan.

    Args:
        now: the run, or None.
        planned: what Train would start, or None.
        settings: of the page.
    """
    run = mnist_run(now)
    job = run.job if run is not None and isinstance(run.job, MnistJob) else planned
    return None if job is None else look_at(run, job, settings)


def look_at(now: Snapshot | None, job: MnistJob, settings: Settings) -> Subject:
    """Return what is looked at; asks no session, so that it can be done for all who watch a run.

    Args:
        now: a run of this lesson, or None.
        job: its settings, else those of the plan.
        settings: of the page: moment, digit and hidden maps.
    """
    moment, network = moment_of(now, settings.at), job.network
    weights: Mapping[str, torch.Tensor] | None = None
    step = 0
    if moment is not None:
        weights, step = moment.weights, moment.step
    elif now is not None and now.weights:
        weights, step = now.weights, now.weights_at
    hidden = had(network, hidden_maps(settings.hide))
    written = written_maps(hidden)
    start = (job.seed, job.start and job.start.digest) if weights is None else None
    model = _shared((network, start, ""), weights, lambda: _frozen(job, weights))
    shown = _shared((network, start, written), weights, lambda: silenced(model, network, hidden)) if hidden else model
    data = cache.mnist()
    row = min(settings.digit, len(data.test_labels)) - 1
    image = data.test_images[row : row + 1].cpu()
    return Subject(now, job, model, shown, step, moment, row + 1, image, int(data.test_labels[row]), written)


def newest(controls: Controls[Settings], seen: Subject) -> Subject:
    """Return what is looked at as it stands now, for what is clicked: a page is not drawn anew while its run goes on.

    Args:
        controls: of the page.
        seen: as the page was drawn.
    """
    return look_at(mnist_run(newest_snapshot(controls)) or seen.now, seen.job, controls.settings)


def followed(
    seen: Subject, settings: Settings, key: Hashable, make: Callable[[Subject], dict[str, Any]], every: float = 0.0
) -> dict[str, Any]:
    """Return what a component shows of a network, and where it gets the rest of a run that goes on.

    Args:
        seen: what is looked at; an earlier moment stands still.
        settings: of the page.
        key: tells this from what else is shown of the digit, see ui.live.hub.
        make: returns what is shown, without words.
        every: seconds between two pictures at least.
    """
    if seen.moment is not None:
        return make(seen)
    job, newest = seen.job, replace(settings, at=NEWEST)
    key = key, settings.digit, settings.hide
    return part(seen.now, key, lambda now: make(look_at(now, job, newest)), weights=True, every=every)


def _frozen(job: MnistJob, weights: Mapping[str, torch.Tensor] | None) -> nn.Module:
    return job.model().eval().requires_grad_(False) if weights is None else model_of(weights, job.network)


_SEEN: deque[tuple[object, object, nn.Module]] = deque(maxlen=8)


def _shared(key: object, weights: Mapping[str, torch.Tensor] | None, build: Callable[[], nn.Module]) -> nn.Module:
    """Return a network with these weights, built once for all pictures of it; others look at it as well.

    Args:
        key: tells it from others with the same weights.
        weights: of a snapshot or a moment, which nobody changes: the same mapping is the same network.
        build: makes it.
    """
    for known, seen, model in tuple(_SEEN):
        if seen is weights and known == key:
            return model
    model = build()
    _SEEN.append((key, weights, model))
    return model
