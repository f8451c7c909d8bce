"""Small tables as HTML, where cells are tinted, spanned or narrower than Streamlit's own tables have them."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple


class Cell(NamedTuple):
    """A cell that is more than text: its content as HTML, and its attributes, such as ``colspan="2"``."""

    content: str
    attributes: str = ""


class Row(NamedTuple):
    """A row with attributes, such as ``class="ck-cut"``."""

    cells: Sequence[str | Cell]
    attributes: str = ""


def table(
    kind: str,
    rows: Iterable[Sequence[str | Cell] | Row],
    heads: Iterable[Sequence[str | Cell]] = (),
    *,
    named: bool = False,
    caption: str = "",
) -> str:
    """Return a table that scrolls where it is too wide; what is given as text is escaped.

    Args:
        kind: its class, whose style says how the columns are aligned.
        rows: cell by cell.
        heads: rows above them.
        named: the first cell of each row is the row's name.
        caption: above the table; its text alternative as well.

    >>> table("sums", [["a<b", "3"]], named=True)
    '<div class="ck-scroll"><table class="sums"><tbody><tr><th>a&lt;b</th><td>3</td></tr></tbody></table></div>'
    """
    said = f"<caption>{escape(caption)}</caption>" if caption else ""
    top = "".join(_row(cells, "th", "th") for cells in heads)
    top = f"<thead>{top}</thead>" if top else ""
    body = "".join(_row(cells, "th" if named else "td", "td") for cells in rows)
    return f'<div class="ck-scroll"><table class="{kind}">{said}{top}<tbody>{body}</tbody></table></div>'


def _row(row: Sequence[str | Cell] | Row, first: str, rest: str) -> str:
    cells, attributes = row if isinstance(row, Row) else (row, "")
    inner = "".join(_tag(rest if at else first, cell) for at, cell in enumerate(cells))
    return f"<tr{attributes and ' ' + attributes}>{inner}</tr>"


def _tag(name: str, cell: str | Cell) -> str:
    content, attributes = cell if isinstance(cell, Cell) else (escape(cell), "")
    return f"<{name}{attributes and ' ' + attributes}>{content}</{name}>"
