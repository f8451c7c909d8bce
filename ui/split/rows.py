"""Lesson 1's table: the rows at its ends and around the cuts, with the legend and how the counts come about."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

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


def legend(split: Split) -> str:
    """Return HTML that names the sets with their sign, colour and number of samples."""
    names = {"train": _("Training set"), "validation": _("Validation set"), "test": _("Test set")}
    items = []
    for name, numbers in split.parts:
        colour = design.colour(name)
        half = f"linear-gradient(135deg, {colour} 50%, transparent 50%)"
        fill = {"train": colour, "validation": half, "test": "transparent"}[name]
        items.append((colour, fill, f'<b style="color:{colour}">{escape(names[name])}</b> {len(numbers):,}'))
    return _legend(items)


def class_legend(data: DataSet) -> str:
    """Return HTML that names the classes with their colour."""
    pairs = zip(data.class_names, design.class_colours(data.kinds), strict=True)
    return _legend([(colour, colour, escape(name)) for name, colour in pairs])


def _legend(items: list[tuple[str, str, str]]) -> str:
    spans = (
        f'<span><i style="border-color:{edge};background:{fill}"></i>{words}</span>' for edge, fill, words in items
    )
    return f'<div class="ck-legend">{"".join(spans)}</div>'


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
        np.repeat(np.arange(3), split.config.sizes)[:most], pd.Index([set_names()[name] for name in SETS])
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
