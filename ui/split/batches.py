"""Batches and epochs: the counts, and which sample is in which update."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.data.batches import Batches
from core.data.schedule import Schedule, schedule
from core.data.splits import Split
from ui import design
from ui.split import view as split_view
from ui.split.settings import Settings
from ui.text import _

EPOCHS = 3
FIRST = 3  # updates of an epoch that are drawn, and the last one
SHOWN = 8  # sample numbers of an update


def draw(batches: Batches, result: Split, settings: Settings) -> None:
    """Draw the arithmetic, one epoch to scale, and the schedule of the first epochs."""
    st.markdown(split_view.sentence(batches))
    st.html(split_view.epoch(batches))
    if min(batches.last_batch, batches.samples) == 1:
        st.warning(
            _(
                "A batch of 1 sample: batch normalisation cannot compute a spread from it, and PyTorch refuses such a "
                "batch in training. Take another batch size, or drop the last batch."
            ),
            icon=":material/filter_1:",
        )
    plan = schedule(batches, result.train, settings.seed, settings.reshuffle, EPOCHS)
    st.html(_schedule(plan, settings.sample))
    st.caption(_follow(plan, settings))


def _schedule(plan: Schedule, followed: int) -> str:
    batches = plan.batches
    count = batches.updates_per_epoch
    places = sorted({*range(min(FIRST, count)), count - 1})
    lines = ""
    for epoch in range(len(plan.epochs)):
        own = plan.place_of(followed, epoch)
        wanted = sorted({*places, *([] if own is None else [own])})
        boxes, before = "", -1
        for place in wanted:
            if place != before + 1:
                boxes += f"<span>… {place - before - 1:,} …</span>"
            boxes += _box(plan, epoch, place, followed)
            before = place
        title = escape(_("Epoch {n}", n=epoch + 1))
        lines += f'<section><h4>{title}</h4><div class="ck-updates">{boxes}</div></section>'
    more = batches.epochs - len(plan.epochs)
    if more:
        rest = escape(_("… and {n:,} more epochs", n=more))
        lines += f"<p>{rest}</p>"
    return f'<div class="ck-schedule">{lines}</div>'


def _box(plan: Schedule, epoch: int, place: int, followed: int) -> str:
    numbers = plan.update(epoch, place).tolist()
    shown = numbers[:SHOWN]
    if followed in numbers and followed not in shown:
        shown = [*shown[:-1], followed]
    chips = "".join(
        f'<b style="border-color:{design.colour("train")}">{number}</b>' if number == followed else f"<i>{number}</i>"
        for number in shown
    )
    rest = f"<i>+{len(numbers) - len(shown):,}</i>" if len(numbers) > len(shown) else ""
    at = epoch * plan.batches.updates_per_epoch + place + 1
    title = escape(_("Update {n:,}", n=at))
    return f"<div><small>{title}</small>{chips}{rest}</div>"


def _follow(plan: Schedule, settings: Settings) -> str:
    order = (
        _("A new order in every epoch, as `DataLoader(shuffle=True)` draws it with seed {seed}.", seed=settings.seed)
        if settings.reshuffle
        else _("The same order in every epoch: every update sees the same samples together (`shuffle=False`).")
    )
    per_epoch = plan.batches.updates_per_epoch
    places = [plan.place_of(settings.sample, epoch) for epoch in range(len(plan.epochs))]
    if not any(settings.sample in epoch for epoch in plan.epochs[:1]):
        own = _("Sample {n} is not in the training set.", n=settings.sample)
    else:
        texts = [
            _("dropped") if place is None else f"{epoch * per_epoch + place + 1:,}"
            for epoch, place in enumerate(places)
        ]
        own = _("Sample {n} is in update {updates}.", n=settings.sample, updates=", ".join(texts))
    return f"{own} {order}"
