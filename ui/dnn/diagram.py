"""The network of a run, drawn live: what its neurons answer, its weights or gradients, and which neuron is chosen."""

import re
from dataclasses import dataclass

import torch

from core.data.playground import PlaygroundData
from core.inspect import surface
from core.inspect.model import blocks, first_model, shared_model
from core.inspect.neurons import broken, symmetric
from core.inspect.view import LIVE_ROWS, SIDE, View, view
from core.nets.mlp import ACTIVATIONS, Mlp
from core.runs.playground_job import PlaygroundJob
from core.runs.snapshot import Snapshot, State
from ui import lesson
from ui.components.network import Chosen, network, numbers
from ui.dnn.settings import Settings
from ui.labels import option_labels
from ui.live.hub import part
from ui.state import session
from ui.state.controls import Controls
from ui.text import _, aside, listed

KEY = "dnn_network"


@dataclass(frozen=True, eq=False)
class Subject:
    """What is looked at: the network of a run as it stands, or the first weights of the plan.

    Attributes:
        now: the run, None before there is one.
        job: its settings, else those of the plan.
        data: its samples.
        model: in eval mode, frozen.
        rows: training samples that are looked at while the run is live; None: all.
    """

    now: Snapshot | None
    job: PlaygroundJob
    data: PlaygroundData
    model: Mlp
    rows: int | None

    @property
    def live(self) -> bool:
        """Whether the run is going on at this moment."""
        return self.rows is not None


def look_at(now: Snapshot | None, job: PlaygroundJob) -> Subject:
    """Return what is looked at: of the run, or with the first weights.

    Raises:
        InvalidInput: the weights are another network's.
    """
    started = now is not None and bool(now.weights)
    model = shared_model(now.weights, job.net) if now is not None and started else first_model(job.net, job.start)
    live = now is not None and now.state is State.RUNNING
    return Subject(now, job, job.playground(), model, LIVE_ROWS if live else None)


def subject(now: Snapshot | None, planned: PlaygroundJob | None) -> Subject | None:
    """Return what is looked at, or None when there is nothing; says what is wrong when it cannot be."""
    job = now.job if now is not None and isinstance(now.job, PlaygroundJob) else planned
    if job is None:
        return None
    with lesson.problems():
        return look_at(now, job)
    return None


def draw(seen: Subject, *, sample: int = 1, axis: str = "s", level: float = 0.5) -> None:
    """Draw a network.

    Args:
        seen: the network.
        sample: number of the chosen training sample, from 1.
        axis: of the cut through the cube on which its neurons' maps are drawn.
        level: of that cut, 0 … 1.
    """
    data = seen.data
    points, exists, grid = _points(data, axis, level)
    by_gradient = bool(session.recall(f"{KEY}_gradient", False))
    row = row_of(data, sample)
    job = seen.job

    def pictured(now: Snapshot | None) -> View:
        found = look_at(now, job)
        return view(
            found.model,
            data.data.train_inputs,
            data.data.train_labels,
            job.train.loss,
            points=points,
            exists=exists,
            sample=data.data.train_inputs[row : row + 1],
            with_gradients=by_gradient,
            rows=found.rows,
        )

    network(
        part(
            seen.now,
            ("network", row, axis, level, by_gradient),
            lambda now: numbers(pictured(now), by_gradient),
            weights=True,
        ),
        widths=job.net.widths,
        inputs=data.feature_names,
        outputs=data.output_names,
        activations=[block.activation for block in blocks(seen.model)],
        names=activation_names(),
        grid=grid,
        chosen=chosen(job.net.widths),
        on_choose=lambda found: session.remember(f"{KEY}_chosen", found),
        on_show=lambda shown: session.remember(f"{KEY}_gradient", shown),
        key=KEY,
    )
    if not seen.live and not _broken(seen.model):
        _alike(seen.model)


def chosen(widths: tuple[int, ...]) -> Chosen | None:
    """Return the neuron that was chosen in the picture, if the network has it."""
    found = session.recall(f"{KEY}_chosen")
    if not isinstance(found, Chosen) or found.layer >= len(widths) or found.neuron >= widths[found.layer]:
        return None
    if found.weight is not None and found.weight >= widths[found.layer - 1]:
        return Chosen(found.layer, found.neuron)
    return found


def follow_link(controls: Controls[Settings]) -> None:
    """Let the link say which neuron is chosen and whether gradients are drawn, and the picture change the link.

    A neuron is written "2.3": layer and neuron, both from 1, layer 0 being the inputs; "2.3.1" has a weight of it, too.
    """
    settings, last = controls.settings, session.recall(f"{KEY}_link")
    if last is None or last != (settings.neuron, settings.gradients):  # opened, a preset, back or forward
        session.remember(f"{KEY}_chosen", _read(settings.neuron))
        session.remember(f"{KEY}_gradient", settings.gradients)
    found = session.recall(f"{KEY}_chosen")
    present = (_written(found), bool(session.recall(f"{KEY}_gradient", False)))
    if present != (settings.neuron, settings.gradients):
        controls.change(neuron=present[0], gradients=present[1])
    session.remember(f"{KEY}_link", present)


def _read(written: str) -> Chosen | None:
    if not re.fullmatch(r"\d{1,2}\.[1-9]\d{0,2}(\.[1-9]\d{0,2})?", written, re.ASCII):
        return None
    layer, neuron, *weight = map(int, written.split("."))
    return Chosen(layer, neuron - 1, weight[0] - 1 if weight and layer else None)


def _written(found: object) -> str:
    if not isinstance(found, Chosen):
        return ""
    weight = "" if found.weight is None else f".{found.weight + 1}"
    return f"{found.layer}.{found.neuron + 1}{weight}"


def row_of(data: PlaygroundData, sample: int) -> int:
    """Return the row, from 0, of a training sample by its number, from 1; a number too large is the last one's."""
    return max(1, min(sample, len(data.data.train_inputs))) - 1


def activation_names() -> dict[str, str]:
    """Return what activations are called where there is little room."""
    names = option_labels()
    return {name: names[name] for name in ACTIVATIONS} | {"identity": _("identity")}


def _points(data: PlaygroundData, axis: str, level: float) -> tuple[torch.Tensor, torch.Tensor | None, tuple[int, int]]:
    """Return the network's inputs where maps are drawn, which of them exist, and how many columns and rows."""
    if len(data.input_names) == 1:
        return data.expand(surface.line(data, SIDE)), None, (SIDE, 1)
    if data.config.name != "onehot":
        return data.expand(surface.cut(data, (0, 1), SIDE).points), None, (SIDE, SIDE)
    raw = surface.cube_cut(axis, level, SIDE).points
    return data.expand(raw), ((raw >= 0) & (raw <= 1)).all(dim=1), (SIDE, SIDE)


def _broken(model: Mlp) -> bool:
    """Say which layers' numbers are not finite any more, if any are."""
    layers = [str(number) for number, flag in enumerate(broken(model), 1) if flag]
    if layers:
        aside(
            "Layers {layers} have weights or biases that are not finite numbers (NaN or ∞): what these neurons "
            "answer is not a number, either.",
            layers=listed(layers),
        )
    return bool(layers)


def _alike(model: Mlp) -> None:
    """Say which neurons are one and the same."""
    for layer, groups in enumerate(symmetric(model), 1):
        if groups:
            largest = max(groups, key=len)
            aside(
                "Layer {layer}: neurons {neurons} have the same weights, so the same gradients; they will stay one "
                "and the same neuron for ever.",
                layer=layer,
                neurons=listed(str(neuron + 1) for neuron in largest),
            )
            return
