"""The notebook's test line run beside the right one, on the network as it stands (course 2.6)."""

import html

import streamlit as st
import torch

from core.inspect.mistakes import Marked, column_wise, row_wise
from core.inspect.surface import answers
from ui.dnn.diagram import Subject
from ui.table import table
from ui.text import _, aside

LIVE_ROWS, MOST_ROWS = 500, 3000  # the notebook's line writes n² numbers: 80 ms for 3000 rows
SHOWN = 6  # rows of the table
NOTEBOOK = "Pred[:, torch.argmax(Pred, axis=1)] = 1\nPred[Pred != 1] = 0\ncorrect = torch.sum((Pred == Y).all(1))"
RIGHT = "best = Pred.argmax(1)\nPred = F.one_hot(best, Pred.shape[1])\ncorrect = torch.sum((Pred == Y).all(1))"


def draw(seen: Subject) -> None:
    """Draw both test lines, what they score with a network, and what they make of the first rows."""
    if seen.data.regression:
        aside("These lines test a classification; the answers of this data are numbers on a scale.")
        return
    most = LIVE_ROWS if seen.live else MOST_ROWS
    labels = seen.data.data.test_labels[:most]
    outputs = answers(seen.model, seen.data, seen.data.raw_test[:most])
    truth = torch.nn.functional.one_hot(labels, outputs.shape[1]).float()
    notebook, right = column_wise(outputs, truth), row_wise(outputs, truth)
    cards = ((_("The notebook’s line"), NOTEBOOK, notebook), (_("Row by row"), RIGHT, right))
    st.html(f"{_STYLE}<div class='ck-lines'>{''.join(_card(*card) for card in cards)}</div>")
    _table(outputs, truth, notebook, right)
    _why(len(set(outputs.argmax(dim=1).tolist())), outputs.shape[1])


def _card(title: str, code: str, marked: Marked) -> str:
    """Return one test line with what it scores; beside the other one where there is room, else above it."""
    count = _("{correct:,} of {n:,} test samples", correct=marked.correct, n=len(marked.right))
    return (
        f"<section><h4>{html.escape(title)}</h4><p><b>{marked.accuracy:.2%}</b><span>{html.escape(count)}</span></p>"
        f"<pre tabindex='0'>{html.escape(code)}</pre></section>"
    )


def _why(kinds: int, classes: int) -> None:
    """Say what the notebook's line does to these very answers."""
    if kinds == 1:
        aside(
            "The notebook’s line sets every column that is the largest of any row, in all rows. Here that is the "
            "same column in every row, so each row has a single 1, as it should; the mistake does not show."
        )
        return
    aside(
        "The notebook’s line sets every column that is the largest of any row, in all rows. Here {kinds} of "
        "{classes} columns are, so each of its rows has {kinds} ones; a row with more than one is never right.",
        kinds=kinds,
        classes=classes,
    )


def _table(outputs: torch.Tensor, truth: torch.Tensor, notebook: Marked, right: Marked) -> None:
    heads = [_("network answers"), _("truth Y"), _("notebook"), _("by row")]
    rows = []
    for row in range(min(SHOWN, len(outputs))):
        said = "  ".join(_short(value) for value in outputs[row].tolist())
        cells = [said, _digits(truth[row])]
        cells += [f"{_digits(m.answers[row])} {'✓' if bool(m.right[row]) else '✕'}" for m in (notebook, right)]
        rows.append(cells)
    st.html(table("ck-lines-table", rows, [heads]))


def _short(value: float) -> str:
    """Return a number with three digits that matter.

    >>> _short(-106.84), _short(0.0312), _short(0.68)
    ('−107', '0.0312', '0.680')
    """
    return f"{value:#.3g}".rstrip(".").replace("-", "−")


def _digits(row: torch.Tensor) -> str:
    return " ".join(str(int(value)) for value in row.tolist())


_STYLE = """<style>
.ck-lines { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(17rem, 100%), 1fr)); gap: 0.75rem 1rem; }
.ck-lines section { min-width: 0; }
.ck-lines h4 { margin: 0; padding: 0; font-size: 0.875rem; font-weight: 600; }
.ck-lines p { margin: 0 0 0.25rem; }
.ck-lines p b { margin-right: 0.5rem; font-size: 1.375rem; font-weight: 600; }
.ck-lines p span { color: var(--ck-muted); font-size: 0.8125rem; }
.ck-lines pre {
  margin: 0; padding: 0.5rem 0.6rem; border-radius: 6px; overflow-x: auto;
  background: var(--ck-panel); font-size: 0.6875rem; line-height: 1.5;
}
.ck-lines-table { border-collapse: collapse; font-size: 0.75rem; line-height: 1.35; }
.ck-lines-table th, .ck-lines-table td { padding: 0.14rem 0.5rem 0.14rem 0; border: 0; text-align: left; }
.ck-lines-table th:last-child, .ck-lines-table td:last-child { padding-right: 0; }
.ck-lines-table td { white-space: pre; }
.ck-lines-table td:first-child { text-align: right; }
.ck-lines-table th { color: var(--ck-muted); font-weight: 500; vertical-align: bottom; }
</style>"""
