"""Batches and epochs: the counts, and which sample is in which update."""

from html import escape

import streamlit as st

from core.data.batches import Batches
from core.data.order_of_use import OrderOfUse, order_of_use
from core.data.splits import Split
from ui import design
from ui.split.settings import Settings
from ui.text import _, listed, together

BLOCKS = 40  # batches drawn one by one; of more, the first ones and the last
EPOCHS = 3
FIRST = 3  # updates of an epoch that are drawn, and the last one
SHOWN = 8  # sample numbers of an update


def draw(batches: Batches, result: Split, settings: Settings) -> None:
    """Draw the arithmetic, one epoch to scale, and the schedule of the first epochs."""
    st.markdown(sentence(batches))
    st.html(epoch(batches))
    if min(batches.last_batch, batches.samples) == 1:
        st.warning(
            _(
                "A batch of 1 sample: batch normalisation cannot compute a spread from it, and PyTorch refuses such a "
                "batch in training. Take another batch size, or drop the last batch."
            ),
            icon=":material/filter_1:",
        )
    plan = order_of_use(batches, result.train, settings.seed, settings.reshuffle, EPOCHS)
    st.html(_schedule(plan, settings.sample))
    st.caption(_follow(plan, settings))


def _schedule(plan: OrderOfUse, followed: int) -> str:
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


def _box(plan: OrderOfUse, epoch: int, place: int, followed: int) -> str:
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


def _follow(plan: OrderOfUse, settings: Settings) -> str:
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
        own = _("Sample {n} is in update {updates}.", n=settings.sample, updates=listed(texts))
    return together(own, order)


def epoch(batches: Batches) -> str:
    """Return HTML of one epoch: a block per batch, as wide as the batch has samples, and what is left out."""
    count = batches.updates_per_epoch
    drawn = min(count, BLOCKS)
    sizes = [batches.batch_size] * (drawn - 1) + [min(batches.last_batch, batches.samples)]
    colour = design.colour("train")
    blocks = "".join(
        f'<i style="flex:{size} 0 0;background:{colour};opacity:{1 if size == sizes[0] else 0.55}"></i>'
        for size in sizes
    )
    if count > drawn:
        middle = '<b aria-hidden="true">…</b>'
        cut = blocks.rindex("<i ")
        blocks = blocks[:cut] + middle + blocks[cut:]
    if batches.dropped:
        blocks += f'<i style="flex:{batches.dropped} 0 0;border:1px dashed {design.colour("muted")}"></i>'
    label = escape(_("One epoch: {count:,} batches", count=count))
    return f'<div class="ck-epoch" role="img" aria-label="{label}">{blocks}</div>'


def sentence(batches: Batches) -> str:
    """Return the arithmetic of batches and epochs in words, as Markdown."""
    names = {
        "BGD": _("batch gradient descent (BGD): all samples at once"),
        "SGD": _("stochastic gradient descent (SGD): one sample per update"),
        "MBGD": _("mini-batch gradient descent (MBGD)"),
    }
    kind = _("This is {name}.", name=names[batches.kind])
    numbers: dict[str, object] = {
        "samples": batches.samples,
        "batch_size": batches.batch_size,
        "quotient": f"{batches.samples / batches.batch_size:,.4g}",
        "per_epoch": batches.updates_per_epoch,
        "epochs": batches.epochs,
        "updates": batches.updates,
    }
    whole = batches.batch_size >= batches.samples
    if whole:
        count = _(
            "One batch holds all {samples:,} samples: **one update per epoch**; × {epochs:,} epochs = "
            "**{updates:,} updates**."
        )
    elif not batches.remainder:
        count = _(
            "{samples:,} samples ÷ {batch_size:,} per batch = **{per_epoch:,} updates per epoch**; × {epochs:,} epochs "
            "= **{updates:,} updates**."
        )
    elif batches.dropped:
        count = _(
            "{samples:,} samples ÷ {batch_size:,} per batch = {quotient}, rounded down: **{per_epoch:,} updates per "
            "epoch**; × {epochs:,} epochs = **{updates:,} updates**."
        )
    else:
        count = _(
            "{samples:,} samples ÷ {batch_size:,} per batch = {quotient}, rounded up: **{per_epoch:,} updates per "
            "epoch**; × {epochs:,} epochs = **{updates:,} updates**."
        )
    if batches.dropped:
        rest = _("The {n:,} left over are dropped in every epoch.", n=batches.dropped)
    elif batches.remainder:
        rest = _("The last batch has only {n:,}.", n=batches.remainder)
    else:
        rest = _("Every batch is full.")
    return together(count.format(**numbers), "" if whole else rest, kind)
