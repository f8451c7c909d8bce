"""The notes' test cells line by line: what the tables of these lines have alike in lessons 2 and 4."""

from collections.abc import Sequence

import streamlit as st
import torch

from ui.table import Cell, table
from ui.text import _, paragraph

SHOWN = 5  # samples in the tables


def rows(
    columns: Sequence[tuple[str, torch.Tensor]], digits: int = 4, names: Sequence[str] = (), largest: bool = False
) -> None:
    """Draw the first samples of some tensors, one column each.

    Args:
        columns: (heading, tensor (n,) or (n, k)) each.
        digits: after the point.
        names: of the k numbers, written above those of a single column; empty: they stand in one cell.
        largest: whether the largest of the k numbers is bold.
    """
    heads = [_("sample"), *(names or [name for name, _values in columns])]
    body = []
    for row in range(min(SHOWN, len(columns[0][1]))):
        cells: list[str | Cell] = [str(row + 1)]
        for _name, values in columns:
            entry = values[row]
            said = [written(value, digits) for value in entry.flatten().tolist()]
            if largest:
                at = int(entry.argmax())
                shown: list[str | Cell] = [Cell(f"<b>{text}</b>") if at == n else text for n, text in enumerate(said)]
            else:
                shown = [*said]
            cells += shown if names else [" ".join(said)]
        body.append(cells)
    st.html(f"{_STYLE}{table('ck-cell ck-many' if names else 'ck-cell', body, [heads])}")


def written(value: object, digits: int = 4) -> str:
    """Return one entry as it is read: a truth value, all of which are of one length, a whole number, or so many places.

    >>> written(True), written(3), written(-0.25, 2), written(-0.04, 1)
    (' True', '3', '−0.25', '0.0')
    """
    text = (
        f"{value:z.{digits}f}"  # z: no −0.0
        if isinstance(value, float)
        else f"{value!s:>5}"
        if isinstance(value, bool)
        else str(value)
    )
    return text.replace("-", "−")


def gradients(with_: torch.Tensor, without: torch.Tensor) -> None:
    """Say what no_grad changes, with the two answers' own words.

    Args:
        with_: the answers computed with gradients.
        without: the same computed under no_grad.
    """
    paragraph(
        "`Pred.requires_grad` is `{without}` inside `torch.no_grad()`, and `{with_}` without it: then PyTorch "
        "would keep every step of the way (`{graph}`) for a backward pass that never comes. The numbers are the "
        "same: `{same}`.",
        without=without.requires_grad,
        with_=with_.requires_grad,
        graph=type(with_.grad_fn).__name__,
        same=torch.equal(with_.detach(), without),
    )


def added(right: torch.Tensor) -> None:
    """Add up the first truth values, then all of them.

    Args:
        right: bool (n,).
    """
    few = right[:SHOWN].tolist()
    paragraph(
        "True counts 1 and False 0. The first {n}: {sum} = {few}. All {all:,}: `{total}`.",
        n=len(few),
        sum=" + ".join(str(int(value)) for value in few),
        few=sum(few),
        all=len(right),
        total=str(torch.sum(right)),
    )


_STYLE = """<style>
.ck-cell { border-collapse: collapse; font-family: ui-monospace, monospace; font-size: 0.8125rem; line-height: 1.4; }
.ck-cell th, .ck-cell td { padding: 0.14rem 0.8rem 0.14rem 0; border: 0; text-align: right; white-space: pre; }
.ck-cell th { color: var(--ck-muted); font-weight: 500; vertical-align: bottom; }
.ck-cell td:first-child { color: var(--ck-muted); }
@media (max-width: 640px) {
  .ck-cell { font-size: 0.6875rem; }
  .ck-cell th, .ck-cell td { padding-right: 0.6rem; }
  .ck-cell.ck-many { font-size: 0.625rem; }
  .ck-cell.ck-many th, .ck-cell.ck-many td { padding-right: 0.3rem; }
}
</style>"""
