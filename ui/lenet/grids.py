"""Small tables of numbers as HTML, each cell tinted by its value: windows, filters, products."""

from __future__ import annotations

import html
from typing import Final

import torch

from ui.design import colour
from ui.dnn.words import plain

STRONGEST: Final = 60  # percent of colour behind a number, so that it can still be read


def grid(values: torch.Tensor, caption: str, *, numbers: bool = True, scale: float | None = None) -> str:
    """Return a table of numbers.

    Args:
        values: (rows, columns).
        caption: above it; its text alternative as well.
        numbers: written into the cells; else each cell says its number on pointing at it.
        scale: value of the strongest colour; None: the largest here.
    """
    most = scale or float(values.abs().max()) or 1.0
    tints = {True: colour("positive"), False: colour("negative")}
    rows = []
    for row in values.tolist():
        cells = []
        for value in row:
            share = round((STRONGEST if numbers else 100) * min(1.0, abs(value) / most))
            style = f"background:color-mix(in srgb,{tints[value > 0]} {share}%,transparent)"
            text = _short(value) if numbers else ""
            tip = "" if numbers else f' title="{plain(value)}"'
            cells.append(f'<td style="{style}"{tip}>{text}</td>')
        rows.append(f"<tr>{''.join(cells)}</tr>")
    kind = "numbers" if numbers else "tints"
    head = f"<figcaption>{html.escape(caption)}</figcaption>"
    return f'<figure class="ck-grid {kind}">{head}<table>{"".join(rows)}</table></figure>'


def joined(*parts: str) -> str:
    """Return grids and signs in one line, with the style that they need."""
    return f"{_STYLE}<div class='ck-grids'>{''.join(parts)}</div>"


def sign(text: str) -> str:
    """Return an operator that stands between two grids."""
    return f"<b>{html.escape(text)}</b>"


def _short(value: float) -> str:
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")


_STYLE: Final = """<style>
.ck-grids { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 0.35rem; margin: 0.25rem 0; }
.ck-grids b { font-weight: 500; font-size: 1.1rem; }
.ck-grid { margin: 0; }
.ck-grid figcaption { color: var(--ck-muted); font-size: 0.75rem; line-height: 1.3; }
.ck-grid table { border-collapse: collapse; font-size: 0.6875rem; line-height: 1.2; }
.ck-grid td { border: 1px solid var(--ck-line); padding: 0.12rem 0.12rem; text-align: right; min-width: 1.95rem; }
.ck-grid.tints td { min-width: 0; width: 0.7rem; height: 0.7rem; padding: 0; }
@media (max-width: 640px) { .ck-grid td { min-width: 1.85rem; font-size: 0.62rem; padding-inline: 0.1rem; } }
</style>"""
