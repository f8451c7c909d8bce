"""An input too large for its numbers, to scale: padding, first and last window, and what no window reads."""

from core.conv.axis import Axis
from ui.text import _

LARGEST = 260  # pixels of the longer side


def svg(rows: Axis, columns: Axis) -> tuple[str, str]:
    """Return an input with its window as SVG, and what it shows in words.

    Args:
        rows: the window's way down.
        columns: the window's way across.
    """
    reach = [max(axis.padded, axis.padded + axis.overhang) for axis in (rows, columns)]
    scale = LARGEST / max(reach)
    last = [(axis.output - 1) * axis.stride for axis in (rows, columns)]
    read = [axis.padded - axis.leftover for axis in (rows, columns)]

    def rectangle(top: float, left: float, height: float, width: float, style: str) -> str:
        place = f'x="{left * scale + 3:.1f}" y="{top * scale + 3:.1f}"'
        return f'<rect {place} width="{width * scale:.1f}" height="{height * scale:.1f}" style="{style}"/>'

    window = "fill:color-mix(in srgb, var(--accent) 20%, transparent);stroke:var(--accent);stroke-width:2"
    unread = "fill:url(#unread);stroke:none"
    parts = [
        rectangle(0, 0, rows.padded, columns.padded, "fill:none;stroke:var(--muted);stroke-dasharray:4 3"),
        rectangle(rows.padding, columns.padding, rows.size, columns.size, "fill:var(--panel);stroke:var(--muted)"),
        rectangle(read[0], 0, rows.leftover, columns.padded, unread) if rows.leftover else "",
        rectangle(0, read[1], rows.padded, columns.leftover, unread) if columns.leftover else "",
        rectangle(0, 0, rows.window, columns.window, window),
        rectangle(last[0], last[1], rows.window, columns.window, window + ";stroke-dasharray:5 3"),
    ]
    told = _(
        "The input {h}×{w} to scale, the first window and, dashed, the last; striped: {rows} rows and {columns} "
        "columns that no window reads.",
        h=rows.size,
        w=columns.size,
        rows=rows.leftover,
        columns=columns.leftover,
    )
    stripes = (
        '<pattern id="unread" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect width="2" height="6" style="fill:var(--negative)"/></pattern>'
    )
    size = f'width="{reach[1] * scale + 6:.0f}" height="{reach[0] * scale + 6:.0f}"'
    return f"<svg {size}><defs>{stripes}</defs>{''.join(parts)}</svg>", told
