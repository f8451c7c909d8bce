"""Looks at a split: class shares, leaks and folds, as HTML and sentences."""

from html import escape

import numpy as np
import streamlit as st

from core.data.balance import Oddity, counts, oddities
from core.data.folds import Folds
from core.data.leakage import Duplicates, Statistics, duplicates, statistics
from core.data.sets import DataSet
from core.data.splits import Split
from ui import design
from ui.split.rows import SIGNS
from ui.split.settings import Settings, set_names
from ui.table import Cell, table
from ui.text import _, aside, paragraph, together

MOST_FEATURES = 8  # rows of the table of statistics


def warn(data: DataSet, result: Split, settings: Settings) -> None:
    """Say which set misses a class or has far too much or too little of one, and why; nothing when all is well."""
    if data.classes is None:
        return
    found = oddities(result, data.classes, data.kinds)
    if not found:
        return
    first = _oddity(found[0], data)
    more = _("({n} more under Classes.)", n=len(found) - 1) if len(found) > 1 else ""
    if settings.how == "order":
        reason = _("The rows are cut as they come, and they are not in random order. Shuffle them, or stratify.")
    else:
        reason = _("The classes or sets are so small that chance decides. Stratify, or take more samples.")
    st.warning(f"{first} {more} {reason}", icon=":material/balance:")


def _oddity(odd: Oddity, data: DataSet) -> str:
    names = {"train": _("training set"), "validation": _("validation set"), "test": _("test set")}
    words = {"part": names[odd.part], "label": data.class_names[odd.label], "expected": f"{odd.expected:.1f}"}
    if odd.missing:
        return _("The {part} has no sample of class {label}; its share would be {expected}.", **words)
    return _(
        "The {part} has {count:,} samples of class {label}; its share would be {expected}, and a random split is so "
        "far off less than once in 1000 times.",
        count=odd.count,
        **words,
    )


def classes(data: DataSet, result: Split) -> None:
    """Draw the share of each class in each set beside each other, and the warnings with their rule."""
    if data.classes is None:
        aside("This data has no classes: its output is a number on a scale. Per set:")
        st.html(_scale(data, result))
        return
    per_set = counts(result, data.classes, data.kinds)
    names = set_names()
    heads = [Cell(f"{SIGNS[part]} {escape(names[part])}", f'style="color:{design.colour(part)}"') for part in per_set]
    whole = np.bincount(data.classes, minlength=data.kinds)
    largest = max(float((each / max(1, each.sum())).max()) for each in per_set.values())
    found = {(odd.part, odd.label): odd for odd in oddities(result, data.classes, data.kinds)}
    rows: list[list[str | Cell]] = []
    for label, name in enumerate(data.class_names):
        cells = []
        for part, each in per_set.items():
            share = each[label] / max(1, each.sum())
            width = 100 * share / largest if largest else 0
            bar = f'<span class="ck-bar" style="width:{width:.1f}%;background:{design.colour(part)}"></span>'
            count = f"<small>{each[label]:,}{_expected(found.get((part, label)))}</small>"
            cells.append(Cell(f"{bar}{share:.1%} {count}"))
        rows.append([name, *cells, f"{whole[label] / len(data):.1%}"])
    st.html(table("ck-shares-table", rows, [[_("Class"), *heads, _("All")]], named=True))
    said = _("⚠ marks what is out of proportion.") if found else _("No set is out of proportion.")
    rule = _(
        "The rule: a set misses a class, or a random split would be as far off less than once in 1000 times "
        "(hypergeometric distribution: a set of m of n samples gets mK/n of a class of K on average)."
    )
    st.caption(together(said, rule))


def _expected(odd: Oddity | None) -> str:
    return "" if odd is None else " " + escape(_("⚠ {expected} expected", expected=f"{odd.expected:.1f}"))


def _scale(data: DataSet, result: Split) -> str:
    names = set_names()
    heads = [_("Set"), _("Samples"), _("Mean"), _("Standard deviation"), _("Smallest"), _("Largest")]
    rows = []
    for part, numbers in result.parts:
        values = data.output_of(numbers)[:, 0].astype(np.float64)
        stats = (values.mean(), values.std(), values.min(), values.max())
        rows.append([f"{SIGNS[part]} {names[part]}", f"{len(numbers):,}", *(f"{value:.4g}" for value in stats)])
    return table("ck-table ck-even", rows, [heads], named=True)


def leaks(data: DataSet, result: Split) -> None:
    """Draw what has leaked from the held-out samples into training: samples, and statistics."""
    st.markdown(_duplicates(duplicates(data, result)))
    paragraph(
        "**Statistics.** Normalising subtracts a mean and divides by a standard deviation. Taken from **all** "
        "samples, they carry the test set into training; they belong to the **training set**:"
    )
    found = statistics(data, result)
    st.html(_statistics(found))
    shift = np.abs(found.whole[0] - found.train[0]) / np.where(found.train[1] > 0, found.train[1], 1)
    at = int(shift.argmax())
    feature = found.names[at] or _("pixel value")
    aside(
        "Normalised with all samples, {feature} moves by up to {shift:.4f} standard deviations. In a random split "
        "of many samples this is little; in sorted data it is not.",
        feature=feature,
        shift=float(shift[at]),
    )


def _duplicates(found: Duplicates) -> str:
    held_out = _("{n:,} validation and test samples", n=found.held_out)
    if not found.groups:
        return _(
            "**Duplicates.** No sample occurs twice: none of the {held_out} is known from training.", held_out=held_out
        )
    return _(
        "**Duplicates.** {groups:,} samples occur more than once. **{leaked:,}** of the {held_out} also stand in the "
        "training set ({share:.1%}): the network is graded on samples that it has learned by heart.",
        groups=found.groups,
        leaked=found.leaked,
        held_out=held_out,
        share=found.leaked / max(1, found.held_out),
    )


def _statistics(found: Statistics) -> str:
    rows = []
    for at, name in enumerate(found.names[:MOST_FEATURES]):
        numbers = (found.whole[0][at], found.train[0][at], found.whole[1][at], found.train[1][at])
        rows.append([name or _("all pixels, 0 … 1"), *(f"{value:.5g}" for value in numbers)])
    head = [
        Cell(escape(_("Input")), 'rowspan="2"'),
        Cell(escape(_("Mean")), 'colspan="2"'),
        Cell(escape(_("Standard deviation")), 'colspan="2"'),
    ]
    return table("ck-table ck-even", rows, [head, (_("All"), _("Training")) * 2], named=True)


def folds(result: Split, k: int) -> None:
    """Draw k-fold cross-validation: one bar per round, the fold that validates marked, the test set kept out."""
    config = result.config
    plan = Folds(config.samples - config.test_size, k)
    train, validation, test = (design.colour(name) for name in ("train", "validation", "test"))
    used = f"border-color:{train};background:{train}"
    stripes = f"repeating-linear-gradient(135deg,{validation} 0 4px,transparent 4px 7px)"
    held, lines = f"border-color:{validation};background:{stripes}", ""
    for turn in range(k):
        blocks = "".join(
            f'<i style="flex:{size};{held if fold == turn else used}"></i>' for fold, size in enumerate(plan.sizes)
        )
        start, end = plan.bounds(turn)
        words = _(
            "Round {turn}: rows {start:,} to {end:,} validate, the other {rest:,} train.",
            turn=turn + 1,
            start=start + 1,
            end=end,
            rest=plan.samples - (end - start),
        )
        lines += (
            f'<li><div class="ck-fold">{blocks}<i style="flex:{config.test_size};border-color:{test}"></i></div>'
            f"<small>{escape(words)}</small></li>"
        )
    st.html(f'<ol class="ck-folds">{lines}</ol>')
    numbers = {"k": k, "test": config.test_size, "rest": plan.samples % k}
    st.caption(
        _(
            "Each of the {k} folds validates once, and the {k} results are averaged: every sample but the test set's "
            "{test:,} (hollow) both trains and validates, never at the same time. {rest} samples do not divide evenly: "
            "the first folds have one more.",
            **numbers,
        )
        if numbers["rest"]
        else _(
            "Each of the {k} folds validates once, and the {k} results are averaged: every sample but the test set's "
            "{test:,} (hollow) both trains and validates, never at the same time.",
            **numbers,
        )
    )
