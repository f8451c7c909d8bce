"""Small tables of numbers as HTML, each cell tinted by its value: windows, filters, products."""

import html
import math
from typing import Final

import torch

from ui.design import colour
from ui.table import Cell, table
from ui.words import plain

STRONGEST: Final = 60  # percent of colour behind a number, so that it can still be read


def grid(values: torch.Tensor, caption: str, *, scale: float | None = None) -> str:
    """Return a table of numbers.

    Args:
        values: (rows, columns).
        caption: above it; its text alternative as well.
        scale: value of the strongest colour; None: the largest here.
    """
    known = torch.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    most = (scale if scale and math.isfinite(scale) else float(known.abs().max())) or 1.0
    tints = {True: colour("positive"), False: colour("negative")}
    rows = []
    for row in values.tolist():
        cells = []
        for value in row:
            share = round(STRONGEST * min(1.0, abs(value) / most)) if math.isfinite(value) else 0
            tint = f'style="background:color-mix(in srgb,{tints[value > 0]} {share}%,transparent)"'
            cells.append(Cell(_short(value), tint))
        rows.append(cells)
    return f'<figure class="ck-grid"><figcaption>{html.escape(caption)}</figcaption>{table("", rows)}</figure>'


def joined(*parts: str) -> str:
    """Return grids and signs in one line, with the style that they need."""
    return f"{_STYLE}<div class='ck-grids'>{''.join(parts)}</div>"


def after(sign: str, table: str) -> str:
    """Return a grid with the operator before it, which stays with it where there is no room in the line."""
    return f"<span><b>{html.escape(sign)}</b>{table}</span>"


def _short(value: float) -> str:
    if not math.isfinite(value):
        return plain(value)
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")


_STYLE: Final = """<style>
.ck-grids { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 0.2rem; margin: 0.25rem 0; }
.ck-grids span { display: inline-flex; align-items: center; gap: 0.2rem; }
.ck-grids b { font-weight: 500; font-size: 1.1rem; }
.ck-grid { margin: 0; }
.ck-grid figcaption { color: var(--ck-muted); font-size: 0.75rem; line-height: 1.3; }
.ck-grid table { border-collapse: collapse; font-size: 0.6875rem; line-height: 1.2; }
.ck-grid td { border: 1px solid var(--ck-line); padding: 0.12rem 0.05rem; text-align: right; min-width: 1.75rem; }
@media (max-width: 640px) { .ck-grid td { min-width: 1.85rem; font-size: 0.62rem; padding-inline: 0.1rem; } }
</style>"""
