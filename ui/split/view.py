"""Lesson 1's table, legends and sentences, and one epoch cut into batches."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from core.data.batches import Batches
from core.data.sets import DataSet
from core.data.splits import SETS, Numbers, Split, SplitConfig
from ui import design
from ui.split.settings import set_names
from ui.table import Cell, Row, table
from ui.text import _

if TYPE_CHECKING:
    import pandas as pd

HEAD, NEAR = 2, 2  # rows of the short table at its start, and on either side of each cut
SIGNS = {"train": "■", "validation": "◤", "test": "□"}  # as the cells of the strip
BLOCKS = 40  # batches drawn one by one; of more, the first ones and the last


def legend(split: Split) -> str:
    """Return HTML that names the sets with their sign, colour and number of samples."""
    names = {"train": _("Training set"), "validation": _("Validation set"), "test": _("Test set")}
    items = []
    for name, numbers in split.parts:
        colour = design.colour(name)
        fill = {"train": colour, "test": "transparent"}.get(
            name, f"linear-gradient(135deg, {colour} 50%, transparent 50%)"
        )
        items.append(
            f'<span><i style="border-color:{colour};background:{fill}"></i>'
            f'<b style="color:{colour}">{escape(names[name])}</b> {len(numbers):,}</span>'
        )
    return f'<div class="ck-legend">{"".join(items)}</div>'


def class_legend(data: DataSet) -> str:
    """Return HTML that names the classes with their colour."""
    pairs = zip(data.class_names, design.class_colours(data.kinds), strict=True)
    items = "".join(
        f'<span><i style="border-color:{colour};background:{colour}"></i>{escape(name)}</span>'
        for name, colour in pairs
    )
    return f'<div class="ck-legend">{items}</div>'


def rounding(config: SplitConfig) -> str:
    """Return how the exact counts come about, as Markdown."""
    parts = [
        _(
            "training `int({n} · {share:g})` = **{count:,}**",
            n=config.samples,
            share=config.ratio,
            count=config.train_size,
        )
    ]
    if config.validation_size:
        parts.append(
            _(
                "validation `int({n} · {share:g})` = **{count:,}**",
                n=config.samples,
                share=config.validation,
                count=config.validation_size,
            )
        )
    parts.append(_("test: the rest, **{count:,}**", count=config.test_size))
    sentence = " · ".join(parts)
    cut_off = [
        config.samples * share
        for share, size in ((config.ratio, config.train_size), (config.validation, config.validation_size))
        if abs(config.samples * share - size) > 1e-9
    ]
    if cut_off:
        sentence += " " + _(
            "`int` cuts the fraction of {value} off; those samples go to the test set.", value=f"{cut_off[0]:.10g}"
        )
    return sentence


def short_table(data: DataSet, split: Split) -> str:
    """Return the course's table as HTML: the rows at its ends and around the cuts, coloured by split."""
    import numpy as np

    n, sizes = split.config.samples, split.config.sizes
    cuts = {sizes[0], sizes[0] + sizes[1]}
    near = NEAR if len(cuts) == 1 else 1
    around = [row for cut in cuts for row in range(cut - near, cut + near)]
    wanted = sorted({row for row in (*range(HEAD), *around, *range(n - NEAR, n)) if 0 <= row < n})
    samples = split.order[np.array(wanted)]
    inputs, outputs = data.input_of(samples, data.shown), data.output_of(samples)
    span = 3 + len(data.shown) + outputs.shape[1]
    lines: list[Row] = []
    before = -1
    for at, row in enumerate(wanted):
        if row != before + 1:
            gap = _("{n:,} more rows", n=row - before - 1)
            lines.append(Row([Cell(f"⋮ {escape(gap)}", f'colspan="{span}"')], 'class="ck-gap"'))
        name = next(name for name, end in zip(SETS, (sizes[0], sizes[0] + sizes[1], n), strict=True) if row < end)
        colour = design.colour(name)
        words = f'{SIGNS[name]} <span class="ck-wide">{escape(set_names()[name])}</span>'
        cells: list[str | Cell] = [
            str(row + 1),
            str(samples[at]),
            *map(number, inputs[at].tolist()),
            *output_texts(data, samples[at : at + 1])[0],
            Cell(f'<b style="color:{colour}">{words}</b>'),
        ]
        cut_line = 'class="ck-cut" ' if row in cuts else ""
        lines.append(Row(cells, f'{cut_line}style="background:{colour}1f"'))
        before = row
    more = data.inputs.shape[1] - len(data.shown)
    inputs_head = _("Input features")
    if more:
        inputs_head = _("Input features ({shown} of {all})", shown=len(data.shown), all=data.inputs.shape[1])
    upper = [
        Cell(escape(_("Row")), 'rowspan="2"'),
        Cell(escape(_("Sample")), 'rowspan="2"'),
        Cell(escape(inputs_head), f'colspan="{len(data.shown)}" class="ck-group"'),
        Cell(escape(_("Output features")), f'colspan="{outputs.shape[1]}" class="ck-group"'),
        Cell(escape(_("Set")), 'rowspan="2" class="ck-wide"'),
    ]
    return table("ck-table", lines, [upper, (*data.input_names, *data.output_names)])


def number(value: float) -> str:
    """Return a number in a few characters."""
    return f"{value:.3f}" if abs(value) < 1_000 else f"{value:.5g}"


def output_texts(data: DataSet, samples: Numbers) -> list[list[str]]:
    """Return the outputs of samples as the table shows them: classes by name, one-hot as 0 and 1, numbers as such."""
    if data.classes is not None and data.outputs.shape[1] == 1:
        return [[data.class_names[label]] for label in data.classes[samples - 1].tolist()]
    whole = data.classes is not None
    return [[f"{value:.0f}" if whole else number(value) for value in row] for row in data.output_of(samples).tolist()]


def full_table(data: DataSet, split: Split, most: int | None = None) -> pd.DataFrame:
    """Return all rows, or the first ones, in table order, with sample number and set.

    Returns:
        Columns Row, Sample, the inputs that are shown, the outputs, Set; headings translated, one row per sample.
    """
    import numpy as np
    import pandas as pd

    order = split.order[:most]
    inputs, outputs = data.input_of(order, data.shown), data.output_of(order)
    names = pd.Categorical.from_codes(
        np.repeat(np.arange(3), split.config.sizes)[:most],
        pd.Index([set_names()[name] for name in SETS]),
    )
    columns: dict[str, object] = {_("Row"): range(1, len(order) + 1), _("Sample"): order}
    own = {
        name: f"{name} (CSV)" if name in (*columns, _("Set")) else name for name in data.input_names + data.output_names
    }
    columns |= {own[name]: inputs[:, at] for at, name in enumerate(data.input_names)}
    if data.classes is not None and outputs.shape[1] == 1:
        columns[own[data.output_names[0]]] = pd.Categorical.from_codes(
            data.classes[order - 1], pd.Index(data.class_names)
        )
    else:
        kind = int if data.classes is not None else float
        columns |= {own[name]: outputs[:, at].astype(kind) for at, name in enumerate(data.output_names)}
    return pd.DataFrame(columns | {_("Set"): names})


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
    if batches.batch_size >= batches.samples:
        count = _(
            "One batch holds all {samples:,} samples: **one update per epoch**; × {epochs:,} epochs = "
            "**{updates:,} updates**.",
            samples=batches.samples,
            epochs=batches.epochs,
            updates=batches.updates,
        )
        return _("{count} {kind}", count=count, kind=_("This is {name}.", name=names[batches.kind]))
    numbers: dict[str, object] = {
        "samples": batches.samples,
        "batch_size": batches.batch_size,
        "quotient": f"{batches.samples / batches.batch_size:,.4g}",
        "per_epoch": batches.updates_per_epoch,
        "epochs": batches.epochs,
        "updates": batches.updates,
    }
    if not batches.remainder:
        count = _(
            "{samples:,} samples ÷ {batch_size:,} per batch = **{per_epoch:,} updates per epoch**; × {epochs:,} epochs "
            "= **{updates:,} updates**.",
            **numbers,
        )
    elif batches.dropped:
        count = _(
            "{samples:,} samples ÷ {batch_size:,} per batch = {quotient}, rounded down: **{per_epoch:,} updates per "
            "epoch**; × {epochs:,} epochs = **{updates:,} updates**.",
            **numbers,
        )
    else:
        count = _(
            "{samples:,} samples ÷ {batch_size:,} per batch = {quotient}, rounded up: **{per_epoch:,} updates per "
            "epoch**; × {epochs:,} epochs = **{updates:,} updates**.",
            **numbers,
        )
    if batches.dropped:
        rest = _("The {n:,} left over are dropped in every epoch.", n=batches.dropped)
    elif batches.remainder:
        rest = _("The last batch has only {n:,}.", n=batches.remainder)
    else:
        rest = _("Every batch is full.")
    kind = _("This is {name}.", name=names[batches.kind])
    return _("{count} {rest} {kind}", count=count, rest=rest, kind=kind)  # Translators: three sentences in a row


def kinds(batches: Batches) -> pd.DataFrame:
    """Return the same training set fed in the course's three ways: BGD, MBGD with the page's batch size, and SGD."""
    import pandas as pd

    ways = [
        (_("Batch (BGD)"), replace(batches, batch_size=batches.samples)),
        (_("Mini-batch (MBGD)"), batches),
        (_("Stochastic (SGD)"), replace(batches, batch_size=1)),
    ]
    return pd.DataFrame(
        {
            _("Gradient descent"): [name for name, _way in ways],
            _("Batch size"): [way.batch_size for _name, way in ways],
            _("Updates per epoch"): [way.updates_per_epoch for _name, way in ways],
            _("Updates in all"): [way.updates for _name, way in ways],
            _("Last batch"): [min(way.last_batch, way.samples) for _name, way in ways],
            _("Dropped per epoch"): [way.dropped for _name, way in ways],
        }
    )


def theory() -> str:
    """Return why a data set is split and fed in batches, in short, as Markdown."""
    return _(
        "A network is graded on samples that it has **never seen**: whoever has learned the answers by heart is "
        "found out. So the test set is put aside before training starts, and is not used to choose anything.\n\n"
        "**Shuffling** comes first because tables are often sorted; the cut would otherwise keep whole kinds of "
        "samples out of the training set. Inputs and outputs of a sample move together.\n\n"
        "Each update needs one **batch**. All samples at once give the exact gradient but only one update per "
        "epoch; one sample at a time gives many noisy updates. A mini-batch is the usual way between, most often "
        "a power of two. PyTorch's `torch.optim.SGD` only means gradient descent: the batch that it is fed makes "
        "it BGD, SGD or MBGD. Batch normalisation needs at least 2 samples in a batch."
    )
