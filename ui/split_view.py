"""Lesson 1's pictures: every sample as a cell, the course's table in short, and one epoch cut into batches."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

from core.data.batches import Batches
from core.data.splits import Split
from core.data.synthetic import CLASS_SHARES
from ui import design
from ui.text import _

if TYPE_CHECKING:
    import pandas as pd
    from pandas.io.formats.style import Styler

    from core.data.synthetic import OneHot

STRIP_ASPECT = 5.0  # width by height
STRIP_PIXELS = 1_280  # twice the width on screen, for sharp cells
HEAD, NEAR = 2, 2  # rows of the short table at its start, and on either side of each cut
BLOCKS = 40  # batches drawn one by one; of more, the first ones and the last


def strip(split: Split) -> bytes:
    """Return a PNG with one cell per sample, in the order of sample numbers.

    Training samples are full squares, test samples hollow ones in the test colour: readable without colour.
    """
    return _strip(split, design.colour("train"), design.colour("test"), design.colour("ground"))


@lru_cache(maxsize=32)
def _strip(split: Split, train: str, test: str, ground: str) -> bytes:
    import numpy as np
    from PIL import Image

    samples = split.config.samples
    columns = max(1, min(samples, round((samples * STRIP_ASPECT) ** 0.5)))
    rows = -(-samples // columns)
    cell = max(2, min(64, STRIP_PIXELS // columns))
    gap = cell // 6
    hollow = slice(cell // 4, cell - gap - cell // 4) if cell >= 6 else slice(0, 0)

    colours = np.array([_rgb(ground), _rgb(train), _rgb(test)], dtype=np.uint8)
    kind = np.zeros(rows * columns, dtype=np.uint8)
    kind[:samples] = 1
    kind[np.asarray(split.test) - 1] = 2
    picture = colours[kind.reshape(rows, columns)].repeat(cell, 0).repeat(cell, 1)
    cells = picture.reshape(rows, cell, columns, cell, 3).swapaxes(1, 2)  # a view: (rows, columns, cell, cell, 3)
    cells[:, :, cell - gap :, :] = colours[0]
    cells[:, :, :, cell - gap :] = colours[0]
    cells[kind.reshape(rows, columns) == 2, hollow, hollow] = colours[0]
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    return buffer.getvalue()


def legend(split: Split) -> str:
    """Return HTML that names both sets with their sign, colour and number of samples."""
    sets = (
        ("train", True, _("Training set"), split.config.train_size),
        ("test", False, _("Test set"), split.config.test_size),
    )
    items = []
    for name, full, label, count in sets:
        colour = design.colour(name)
        fill = colour if full else "transparent"
        samples = _("{n:,} samples", n=count)
        items.append(
            f'<span><i style="border-color:{colour};background:{fill}"></i>'
            f'<b style="color:{colour}">{escape(label)}</b> {escape(samples)}</span>'
        )
    return f'<div class="ck-legend">{"".join(items)}</div>'


def short_table(data: OneHot, split: Split) -> str:
    """Return the course's table as HTML: the rows at its ends and around the cut, coloured by split.

    Args:
        data: inputs and targets float32 (n, 3), n = the split's samples.
        split: which row holds which sample.
    """
    n, cut = split.config.samples, split.config.train_size
    wanted = sorted(
        {row for row in (*range(HEAD), *range(cut - NEAR, cut + NEAR), *range(n - NEAR, n)) if 0 <= row < n}
    )
    lines: list[str] = []
    before = -1
    for row in wanted:
        if row != before + 1:
            gap = _("{n:,} more rows", n=row - before - 1)
            lines.append(f'<tr class="ck-gap"><td colspan="9">⋮ {escape(gap)}</td></tr>')
        lines.append(_table_row(data, split, row))
        before = row
    upper = (_("Row"), _("Sample"), _("Input features"), _("Output features"), _("Set"))
    row_head, sample_head, inputs_head, outputs_head, set_head = map(escape, upper)
    head = (
        f'<tr><th rowspan="2">{row_head}</th><th rowspan="2">{sample_head}</th>'
        f'<th colspan="3" class="ck-group">{inputs_head}</th><th colspan="3" class="ck-group">{outputs_head}</th>'
        f'<th rowspan="2" class="ck-wide">{set_head}</th></tr>'
        "<tr>" + "".join(f"<th>{name}{i}</th>" for name in ("In", "Out") for i in (1, 2, 3)) + "</tr>"
    )
    body = "".join(lines)
    return f'<div class="ck-scroll"><table class="ck-table"><thead>{head}</thead><tbody>{body}</tbody></table></div>'


def _table_row(data: OneHot, split: Split, row: int) -> str:
    sample = split.order[row]
    training = row < split.config.train_size
    colour = design.colour("train" if training else "test")
    cells = "".join(f"<td>{value:.3f}</td>" for value in data.inputs[sample - 1].tolist())
    cells += "".join(f"<td>{value:.0f}</td>" for value in data.targets[sample - 1].tolist())
    name = escape(_("Training") if training else _("Test"))
    cut = ' class="ck-cut"' if row == split.config.train_size else ""
    return (
        f'<tr{cut} style="background:{colour}1f"><td>{row + 1}</td><td>{sample}</td>{cells}'
        f'<td><b style="color:{colour}">{"■" if training else "□"} <span class="ck-wide">{name}</span></b></td></tr>'
    )


def full_table(data: OneHot, split: Split) -> pd.DataFrame:
    """Return all rows in table order, with sample number and set.

    Returns:
        Columns Row, Sample, In1…In3, Out1…Out3, Set; headings translated, one row per sample.
    """
    import pandas as pd

    order = [sample - 1 for sample in split.order]
    inputs, targets = data.inputs[order].numpy(), data.targets[order].numpy().astype(int)
    names = [_("Training")] * split.config.train_size + [_("Test")] * split.config.test_size
    columns: dict[str, object] = {_("Row"): range(1, len(order) + 1), _("Sample"): split.order}
    columns |= {f"In{i + 1}": inputs[:, i] for i in range(3)}
    columns |= {f"Out{i + 1}": targets[:, i] for i in range(3)}
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
    count = _(
        "{samples:,} samples ÷ {batch_size:,} per batch = **{per_epoch:,} updates per epoch**; × {epochs:,} epochs = "
        "**{updates:,} updates**.",
        samples=batches.samples,
        batch_size=batches.batch_size,
        per_epoch=batches.updates_per_epoch,
        epochs=batches.epochs,
        updates=batches.updates,
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


def class_counts(data: OneHot, split: Split) -> Styler:
    """Return how many samples of each class each set got, beside the share that the problem's geometry gives."""
    import pandas as pd

    columns: dict[str, object] = {_("Class"): ["Out1", "Out2", "Out3"]}
    for name, samples in ((_("Training set"), split.train), (_("Test set"), split.test)):
        columns[name] = data.targets[[sample - 1 for sample in samples]].sum(0).int().tolist()
        columns[f"{name} %"] = (data.targets[[sample - 1 for sample in samples]].mean(0) * 100).tolist()
    columns[_("Exact share %")] = [100 * share for share in CLASS_SHARES]
    return pd.DataFrame(columns).style.format(precision=2)


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


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
