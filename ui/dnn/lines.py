"""The notebook's test line run beside the right one, on the network as it stands (course 2.6)."""

from __future__ import annotations

import html

import streamlit as st
import torch

from core.inspect.mistakes import Marked, column_wise, row_wise
from core.inspect.surface import answers
from core.training.jobs import PlaygroundJob
from core.training.snapshot import Snapshot
from ui.dnn.diagram import subject
from ui.dnn.words import brief
from ui.text import _

LIVE_ROWS, MOST_ROWS = 500, 3000  # the notebook's line writes n² numbers: 80 ms for 3000 rows
SHOWN = 6  # rows of the table
NOTEBOOK = "Pred[:, torch.argmax(Pred, axis=1)] = 1\nPred[Pred != 1] = 0\ncorrect = torch.sum((Pred == Y).all(1))"
RIGHT = "Pred = F.one_hot(Pred.argmax(1), Pred.shape[1])\ncorrect = torch.sum((Pred == Y).all(1))"


def compare_lines(now: Snapshot | None, planned: PlaygroundJob | None = None) -> None:
    """Draw both test lines, what they score, and what they make of the first rows.

    Args:
        now: the run, or None: then with the plan's first weights.
        planned: what Train would start, or None.
    """
    seen = subject(now, planned)
    if seen is None:
        return
    if seen.data.regression:
        st.caption(_("These lines test a classification; the answers of this data are numbers on a scale."))
        return
    most = LIVE_ROWS if seen.live else MOST_ROWS
    labels = seen.data.data.test_labels[:most]
    outputs = answers(seen.model, seen.data, seen.data.raw_test[:most])
    truth = torch.nn.functional.one_hot(labels, outputs.shape[1]).float()
    notebook, right = column_wise(outputs, truth), row_wise(outputs, truth)
    for column, title, code, marked in zip(
        st.columns(2, gap="medium"),
        (_("The notebook’s line"), _("Row by row")),
        (NOTEBOOK, RIGHT),
        (notebook, right),
        strict=True,
    ):
        with column:
            st.metric(title, f"{marked.accuracy:.2%}")
            st.caption(_("{correct:,} of {n:,} test samples", correct=marked.correct, n=len(labels)))
            st.code(code, "python", wrap_lines=True)
    _table(outputs, truth, notebook, right)
    kinds = len(set(outputs.argmax(dim=1).tolist()))
    st.caption(
        _(
            "The notebook’s line sets every column that is the largest of any row, in all rows. Here {kinds} of "
            "{classes} columns are, so each of its rows has {kinds} ones; a row with more than one is never right.",
            kinds=kinds,
            classes=outputs.shape[1],
        )
    )


def _table(outputs: torch.Tensor, truth: torch.Tensor, notebook: Marked, right: Marked) -> None:
    heads = [_("row"), _("network answers"), _("truth Y"), _("notebook"), _("by row")]
    rows = []
    for row in range(min(SHOWN, len(outputs))):
        said = "  ".join(brief(value) for value in outputs[row].tolist())
        cells = [str(row + 1), said, _digits(truth[row])]
        cells += [f"{_digits(m.answers[row])} {'✓' if bool(m.right[row]) else '✕'}" for m in (notebook, right)]
        rows.append("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>")
    top = "".join(f"<th>{html.escape(head)}</th>" for head in heads)
    st.html(f"{_STYLE}<div class='ck-lines'><table><tr>{top}</tr>{''.join(rows)}</table></div>")


def _digits(row: torch.Tensor) -> str:
    return " ".join(str(int(value)) for value in row.tolist())


_STYLE = """<style>
.ck-lines { overflow-x: auto; }
.ck-lines table { border-collapse: collapse; font-size: 0.875rem; line-height: 1.3; }
.ck-lines th, .ck-lines td { padding: 0.14rem 0.6rem 0.14rem 0; border: 0; text-align: left; white-space: pre; }
.ck-lines td:nth-child(2) { text-align: right; }
.ck-lines th { color: var(--ck-muted); font-weight: 500; }
</style>"""
