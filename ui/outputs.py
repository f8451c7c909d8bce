"""What the notes' cells print, beside the code, for the objects of the run that is shown or of the one to begin."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import streamlit as st
import torch
from torch import nn

from core.export.outputs import CUDA, SHOW_DEVICE, on_cuda, printed
from core.nets.course import DNN
from core.runs.scheduler import SCHEDULER
from core.runs.snapshot import Snapshot, State
from ui import charts
from ui.state.controls import Controls
from ui.state.session import memo
from ui.text import _, aside

HEIGHT = 540  # of the code, which scrolls
MOST_LINES = 24  # of what a cell prints; more scrolls
LOSS_HEIGHT = 280


class Output(NamedTuple):
    """What one cell prints.

    Attributes:
        label: on its button: the cell's number, such as "6", or a name.
        told: what the cell does, translated.
        draw: draws what it prints.
    """

    label: str
    told: str
    draw: Callable[[], None]


def beside(
    controls: Controls[Any], code: Callable[[], object], outputs: Mapping[str, Output], now: Snapshot | None
) -> None:
    """Draw the code, and at its right (below it on a phone) what one of its cells prints.

    Args:
        controls: of the page; its setting ``out`` says which cell.
        code: draws the code.
        outputs: by the options of that setting.
        now: the run that the code is of, None before there is one.
    """
    with st.container(key="outputs"):
        st.html(_STYLE)
        left, right = st.columns(2, gap="medium")
    with left:
        code()
    with right:
        labels = {name: output.label for name, output in outputs.items()}
        shown = outputs[controls.segmented("out", _("What the cells print: Out [n]"), labels)]
        if now is None or not now.weights_at:
            moment = _("before training")
        elif now.state is State.RUNNING:
            moment = _("after update {step}; the run goes on", step=now.weights_at)
        else:
            moment = _("after update {step}", step=now.weights_at)
        st.caption(f"{shown.told} · {moment}")
        shown.draw()


def cell(label: str, told: str, key: str, known: object, code: str, names: Callable[[], dict[str, object]]) -> Output:
    """Return an output that is what some code prints.

    Args:
        label: see Output.
        told: see Output.
        key: under which it is remembered.
        known: what it depends on beside the code.
        code: of the cell.
        names: makes what the code uses.
    """
    return Output(label, told, lambda: text(key, (known, code), lambda: printed(code, **names())))


def text(key: str, known: object, make: Callable[[], str], wrap: bool = False) -> None:
    """Draw what a cell prints; that of the last redraw while ``known``, what it depends on, is the same."""
    said = memo(key, known, make)
    st.code(said, None, height="content" if said.count("\n") < MOST_LINES else HEIGHT - 100, wrap_lines=wrap)


def losses(now: Snapshot | None, batched: bool) -> None:
    """Draw the loss of each update as plt.plot(losses) does: nothing smoothed, nothing left out.

    Args:
        now: the run, or None.
        batched: whether an epoch has more than one update.
    """
    each = SCHEDULER.losses(now.run_id) if now is not None else ()
    if now is None or not each:
        aside("`losses` is empty before training. Press Train: each update puts its loss there.")
        return
    charts.curves(
        [(_("loss"), "train", "solid", list(enumerate(each)))],
        x=_("update") if batched else _("epoch"),
        x_max=None,
        key="outputs_losses",
        alt=_("Loss against updates."),
        height=LOSS_HEIGHT,
    )
    text("outputs_losses", (now.run_id, len(each)), lambda: printed(_LOSSES, losses=list(each)))
    if len(each) < now.step:
        aside("The first {n:,} updates; so long a run does not keep them all.", n=len(each))


_LOSSES = "print(len(losses), losses[0], losses[-1])"


def as_learned(model: DNN, now: Snapshot) -> DNN:
    """Return a network in the notes' class whose parameters are where a run has them, and learned as there."""
    for parameter, (_name, learned, device) in zip(model.parameters(), now.parameters, strict=True):
        parameter.requires_grad_(learned)
        parameter.data = parameter.data.to(device)
    return model


def device(key: str, known: object, model: Callable[[], nn.Module]) -> Output:
    """Return the output that says where a network is; ``known`` is what it depends on."""
    return Output("device", _("Where it is computed"), lambda: _device(key, known, model))


def _device(key: str, known: object, model: Callable[[], nn.Module]) -> None:
    """Draw where the parameters are, whether they are learned, and what this machine says of a GPU."""
    st.code(SHOW_DEVICE.strip(), "python", height="content", wrap_lines=True)
    text(key, known, lambda: printed(SHOW_DEVICE, model=model()))
    st.code(CUDA, "python", height="content")
    text("outputs_cuda", None, on_cuda, wrap=True)
    if not torch.cuda.is_available():
        reason = _("It is `cpu` here, because PyTorch finds no GPU of NVIDIA’s on this server.")
    elif next(model().parameters()).is_cuda:
        reason = ""
    else:
        reason = _("It is `cpu` here, because for so small a network the way to the GPU and back takes longest.")
    told = _(
        "`cuda:0` is the first GPU of NVIDIA’s. There, each printed parameter ends with `device='cuda:0'`; of the CPU, "
        "the default, nothing is printed. Model and data must be in the same place."
    )
    st.caption(f"{reason} {told}")


_STYLE = """<style>
.st-key-outputs pre, .st-key-outputs pre code { font-size: 0.75rem; line-height: 1.5; }
</style>"""
