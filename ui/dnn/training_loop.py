"""The training loop's five lines, walked through one by one with the numbers of the update that was just done."""

from collections.abc import Sequence

import streamlit as st
import torch

from core.runs.playground_job import PlaygroundJob
from core.runs.snapshot import Snapshot, State
from core.training.trace import StepTrace
from ui.code_walk import buttons, listed
from ui.dnn import valley
from ui.dnn.diagram import chosen, subject
from ui.state import session
from ui.table import table
from ui.text import _, aside, paragraph
from ui.words import plain

LINES = (
    "Pred = model(x)",
    "loss = loss_fn(Pred, y)",
    "optimizer.zero_grad()",
    "loss.backward()",
    "optimizer.step()",
)
KEY = "dnn_loop"
SHOWN = 4  # samples in the tables


def draw(now: Snapshot | None, planned: PlaygroundJob | None) -> None:
    """Draw the loop with one line marked, what this line did in the last single update, and the step's valley.

    Args:
        now: the run, or None.
        planned: what Train would start, or None.
    """
    _loop(now, planned)
    seen = subject(now, planned)
    if seen is not None:
        valley.draw(seen)


def _loop(now: Snapshot | None, planned: PlaygroundJob | None) -> None:
    trace = now.trace if now is not None else None
    step = trace.step if trace is not None else 0
    at = _place(step)
    _code(at if trace is not None else None)
    if now is None or trace is None:
        st.caption(_ask(now, planned))
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        buttons(KEY, at, len(LINES), of=step)
        aside("Line {n} of {all}, update {step}", n=at + 1, all=len(LINES), step=step)
    (_forward, _loss, _zero_grad, _backward, _step)[at](now, trace)


def _ask(now: Snapshot | None, planned: PlaygroundJob | None) -> str:
    """Return what brings the numbers of one update here, in the state that the run is in."""
    mine = now is not None and now.mine
    if planned is None and not (mine and now is not None and now.state.alive):
        return _("No update can be done with these settings: see the message above.")
    if mine and now is not None and not now.state.alive:
        over = _("This run has diverged") if now.state is State.DIVERGED else _("This run is over")
        return _(
            "{over}, and does no more updates. Press Reset, then One update: the loop then stands still after its "
            "first round, with every line’s numbers to see.",
            over=over,
        )
    if mine and now is not None and now.state is State.RUNNING:
        return _("Press One update: the run pauses after one more round of the loop, with every line’s numbers to see.")
    return _("Press One update: the loop then stands still after one round, with every line’s numbers to see.")


def _place(step: int) -> int:
    """Return which line is marked; a new update starts with the first."""
    kept = session.recall(KEY)
    return int(kept[1]) if isinstance(kept, tuple) and kept[0] == step else 0


def _code(at: int | None) -> None:
    told = (_("forward"), _("loss"), _("gradients to zero"), _("backward"), _("step"))
    st.html(listed(list(zip(LINES, told, strict=True)), at, "for x, y in batches:"))
    aside("These five lines once are 1 update = 1 forward pass + 1 backward pass.")


# -- what each line did ----------------------------------------------------------------------------------------------


def _forward(_now: Snapshot, trace: StepTrace) -> None:
    paragraph("The batch of {n:,} samples goes through the network. The first of them, and its answers:", n=trace.batch)
    _samples(trace, [(_("x"), trace.inputs), (_("prediction"), trace.prediction)])


def _loss(_now: Snapshot, trace: StepTrace) -> None:
    paragraph(
        "One number says how far all {n:,} answers are from the truth: **{loss}**.",
        n=trace.batch,
        loss=plain(trace.loss),
    )
    if trace.penalty:
        paragraph(
            "The penalty on the weights adds {penalty} before the gradients are taken; the curves show the loss "
            "without it.",
            penalty=plain(trace.penalty),
        )
    _samples(trace, [(_("prediction"), trace.prediction), (_("truth y"), trace.targets)])


def _zero_grad(now: Snapshot, trace: StepTrace) -> None:
    paragraph(
        "PyTorch adds every new gradient to the old one. So the old ones are thrown away first; without this line "
        "the steps would still follow batches of long ago."
    )
    _numbers(now, trace, [(_("gradient before"), trace.gradients_before), (_("after"), trace.gradients_zeroed)])


def _backward(now: Snapshot, trace: StepTrace) -> None:
    paragraph(
        "The chain rule, from the loss back to the first layer, gives every parameter its gradient: "
        "which way is uphill."
    )
    _numbers(now, trace, [(_("gradient before"), trace.gradients_zeroed), (_("after"), trace.gradients)])


def _step(now: Snapshot, trace: StepTrace) -> None:
    paragraph("Every parameter takes a step downhill; the learning rate of this step was {lr}.", lr=plain(trace.lr))
    _numbers(
        now,
        trace,
        [(_("before"), trace.before), (_("gradient"), trace.gradients), (_("after"), trace.after)],
    )
    if now.job.train.optimiser == "sgd" and not now.job.train.momentum:
        aside("SGD: after = before − learning rate · gradient.")
    else:
        aside("This optimiser makes its step of the gradient and of what it remembers of earlier ones.")


# -- tables ----------------------------------------------------------------------------------------------------------


def _samples(trace: StepTrace, columns: Sequence[tuple[str, torch.Tensor]]) -> None:
    heads = [_("row"), *(name for name, _values in columns)]
    rows = [
        [str(row + 1), *(_vector(values[place]) for _name, values in columns)]
        for place, row in enumerate(trace.rows[:SHOWN])
    ]
    st.html(table("ck-loop-table", rows, [heads]))


def _numbers(
    now: Snapshot,
    trace: StepTrace,
    columns: Sequence[tuple[str, dict[str, torch.Tensor] | dict[str, torch.Tensor | None]]],
) -> None:
    """Show one number of each parameter; of the neuron that is chosen in the picture, its own."""
    if not trace.before:
        aside("This network has too many parameters to keep them all; choose a smaller one to see them here.")
        return
    rows = []
    for name, shape in ((name, tuple(value.shape)) for name, value in trace.before.items()):
        index = _index(now, name, shape, trace)
        place = ", ".join(map(str, index))
        rows.append([f"{name}[{place}]", *(_entry(values.get(name), index) for _head, values in columns)])
    st.html(table("ck-loop-table", rows, [[_("parameter"), *(head for head, _values in columns)]]))


def _index(now: Snapshot, name: str, shape: tuple[int, ...], trace: StepTrace) -> tuple[int, ...]:
    """Return which number is shown: the chosen neuron's in its layer, else the one with the largest gradient."""
    found = chosen(now.job.net.widths) if isinstance(now.job, PlaygroundJob) else None
    linear = [key for key, value in trace.before.items() if value.ndim == 2]
    if found is not None and found.layer > 0 and name.rsplit(".", 1)[0] == linear[found.layer - 1].rsplit(".", 1)[0]:
        return (found.neuron, found.weight or 0) if len(shape) == 2 else (found.neuron,)
    slope = trace.gradients.get(name)
    flat = int(slope.abs().nan_to_num(0.0).argmax()) if slope is not None else 0
    return divmod(flat, shape[1]) if len(shape) == 2 else (flat,)


def _entry(value: torch.Tensor | None, index: tuple[int, ...]) -> str:
    return "None" if value is None else plain(float(value[index]))


def _vector(values: torch.Tensor) -> str:
    numbers = values.tolist()
    return "  ".join(plain(number) for number in numbers) if isinstance(numbers, list) else str(numbers)
