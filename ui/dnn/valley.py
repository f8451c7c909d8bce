"""The valley of the learning rate: the loss along the gradient's line, and gradient descent's next steps in it."""

import math
from typing import Any

import streamlit as st

from core.errors import InvalidInput
from core.inspect.valley import Valley, valley
from ui import charts
from ui.design import colour
from ui.dnn.diagram import Subject
from ui.state import session
from ui.text import _, aside, explain, listed, paragraph, together
from ui.words import plain

CLOSE = 0.05  # of the picture's width
CREEPS = 0.01  # of the way to the bottom: a step that covers less


def draw(seen: Subject) -> None:
    """Draw the valley where a run stands, with its learning rate; before it, where the plan's first weights lie."""
    now = seen.now
    paragraph("**The valley of the learning rate**")
    if seen.live:
        aside("The valley is drawn when the run is paused or over.")
        return
    lr = now.lr if now is not None and math.isfinite(now.lr) else seen.job.train.lr
    shown = now.shows if now is not None else None
    found = session.memo("dnn_valley", (seen.job, shown, lr), lambda: _found(seen, lr))
    if isinstance(found, InvalidInput):
        st.caption(explain(found))
        return
    _chart(found)
    st.markdown(_verdict(found))
    st.caption(_drawn(seen, found))


def _found(seen: Subject, lr: float) -> Valley | InvalidInput:
    try:
        return valley(seen.model, seen.data.data, seen.job.train, lr)
    except InvalidInput as error:
        return error


def _chart(found: Valley) -> None:
    shown, tint = found.drawn, colour("text")
    losses = [found.steps[0][1], found.bottom[1], *(loss for _s, loss in shown)]
    low = min(*losses, *(loss for _s, loss in found.curve if math.isfinite(loss)))
    room = max(losses) - low
    curve = [[s, loss if math.isfinite(loss) else None] for s, loss in found.curve]
    points: list[dict[str, Any]] = [{"value": [s, loss]} for s, loss in shown]
    marks = [_("now"), f"s = {found.lr:.4g}"][: len(points)]
    if found.lr < CLOSE * (found.curve[-1][0] - found.curve[0][0]):
        marks[0] = ""  # the two labels would lie on each other
    for point, mark, position in zip(points, marks, ("top", "right"), strict=False):
        point |= {"symbolSize": 10, "label": {"show": True, "formatter": mark, "position": position, "color": tint}}
    steps = charts.line(_("next steps"), points, tint, width=1, showSymbol=True, symbol="circle", symbolSize=6)
    charts.chart(
        [charts.line(_("loss along the gradient"), curve, colour("train")), steps],
        charts.axis(_("s: how far against the gradient")) | _ends(found.curve[0][0], found.curve[-1][0]),
        charts.axis("") | _ends(low - 0.08 * room, max(losses) + 0.25 * room),
        margins=(6, 24, 34, 22),
        legend=charts.legend("left", itemWidth=28),
        height=280,
        key="dnn_valley",
        alt=_(
            "The training loss along the line of the gradient: {now} at s = 0, lowest, {low}, at s = {bottom}; the "
            "steps of the learning rate {lr} are at s = {steps}.",
            now=plain(found.steps[0][1]),
            low=plain(found.bottom[1]),
            bottom=f"{found.bottom[0]:.2g}",
            lr=f"{found.lr:.4g}",
            steps=", ".join(f"{s:.3g}" for s, _loss in found.steps[1:]),
        ),
    )


def _ends(low: float, high: float) -> dict[str, float]:
    """Return where an axis begins and ends: at round numbers, as they are written there."""
    unit = 10.0 ** math.floor(math.log10(high - low) - 1)
    return {"min": float(f"{math.floor(low / unit) * unit:.6g}"), "max": float(f"{math.ceil(high / unit) * unit:.6g}")}


def _verdict(found: Valley) -> str:
    """Return what the first step does in this valley."""
    (_zero, now), bottom, lr = found.steps[0], found.bottom[0], f"{found.lr:.4g}"
    if len(found.steps) < 2:
        return _("A step of {lr} jumps out of the valley: there the loss is not a finite number.", lr=lr)
    landed = found.steps[1][1]
    numbers = {"lr": lr, "before": plain(now), "after": plain(landed), "bottom": f"{bottom:.2g}"}
    if landed >= now:
        return _(
            "The learning rate {lr} **jumps out of the valley**: the loss goes from {before} up to {after}. The lowest "
            "place of this line is at s = {bottom}.",
            **numbers,
        )
    if found.lr > bottom:
        return _(
            "The learning rate {lr} **crosses the valley**: past its lowest place, at s = {bottom}, to the other side; "
            "the loss goes from {before} to {after}.",
            **numbers,
        )
    share = f"{100 * found.lr / bottom:.2g}%"
    if found.lr < CREEPS * bottom:
        return _(
            "The learning rate {lr} **creeps**: a step covers {share} of the way to the lowest place of this line, at "
            "s = {bottom}; the loss goes from {before} to {after}.",
            share=share,
            **numbers,
        )
    return _(
        "The learning rate {lr} **walks down**: a step covers {share} of the way to the lowest place of this line, at "
        "s = {bottom}; the loss goes from {before} to {after}.",
        share=share,
        **numbers,
    )


def _drawn(seen: Subject, found: Valley) -> str:
    """Return what the picture is made of, and whether the steps are the run's own."""
    step = seen.now.weights_at if seen.now is not None else 0
    here = _("the weights after update {step}", step=step) if step else _("the first weights")
    parts = [
        _(
            "Curve: the loss of {n:,} training samples at ω − s·gradient, where ω are {here}.",
            n=found.samples,
            here=here,
        ),
        _(
            "Dots: gradient descent’s next {steps} updates from there, seen from the side: each takes its own gradient "
            "and leaves this line, so a dot may lie beside the curve.",
            steps=len(found.steps) - 1,
        ),
    ]
    train, samples = seen.job.train, len(seen.data.data.train_labels)
    other = {
        _("its batches"): 0 < train.batch_size < samples or found.samples < samples,
        _("its optimiser"): train.optimiser != "sgd" or bool(train.momentum),
        _("its dropout"): bool(seen.job.net.dropout),
        _("its falling learning rate"): train.schedule != "constant",
    }
    if any(other.values()):
        reasons = listed(words for words, differs in other.items() if differs)
        parts.append(_("This run’s own updates are different ones, through {reasons}.", reasons=reasons))
    elif seen.now is None or seen.now.state.alive:
        parts.append(_("They are the next updates of this run."))
    if len(found.drawn) < len(found.steps):
        s, loss = found.steps[len(found.drawn)]
        parts.append(
            _("Step {n} leaves the picture: s = {s}, loss {loss}.", n=len(found.drawn), s=f"{s:.3g}", loss=plain(loss))
        )
    return together(*parts)
