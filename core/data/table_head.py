"""The first row and the first column of a table: names or values, row numbers or values."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from core.data.table_rows import Rows, Unclear
from core.errors import InvalidInput

MAX_NAME: Final = 40


def numbers(cells: pd.Series[str] | list[str]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the numbers that cells hold (1e999 is infinite), and NaN for all else, also 1_000."""
    return pd.to_numeric(pd.Series(cells, dtype=str), errors="coerce").to_numpy(np.float64)


def headed(rows: Rows, header: bool | None) -> tuple[list[str], Rows, bool]:
    """Return the column names, the rows below them, and whether the first row had them.

    Args:
        rows: of the file, at least one.
        header: whether its first row names the columns; None: what it looks like.

    Raises:
        Unclear: it looks like both.
    """
    first, below = rows[0][1], rows[1:]
    if header is None:
        header = _names_columns(first, [cells for _line, cells in below])
    if header:
        return first, below, True
    names = [f"In{number}" for number in range(1, len(first))] + ["Out1"]
    return names[-len(first) :], rows, False


def _names_columns(first: list[str], below: list[list[str]]) -> bool:
    """Return whether a first row names the columns: it does unless numbers, or words that come again, stand in it.

    Raises:
        Unclear: some of it looks like a name, and some like a value.
    """
    counts = np.isfinite(numbers(first))
    if not counts.any() or len(first) < 2:
        return True
    columns = [[cells[place] for cells in below if place < len(cells)] for place in range(len(first))]
    again = [place for place, word in enumerate(first) if not counts[place] and word and word in columns[place]]
    if len(again) == sum(bool(word) for word in first) - counts.sum():
        return False
    raise Unclear(
        "The first row (={row}) holds numbers and words: does it name the columns, or is it a sample? Put a row of "
        "names above it, such as x1,x2,y, or say which it is.",
        row=_row(first),
        flag="header",
        choices=(True, False),
    )


def indexed(names: list[str], rows: Rows, header: bool, index: bool | None) -> bool:
    """Return whether the first column only numbers the rows, as pandas' to_csv writes it.

    Args:
        names: of the columns.
        rows: below them.
        header: whether the names come from the file.
        index: what was said about it; None: nothing.

    Raises:
        Unclear: it counts, but it may be a value.
    """
    if index is not None or len(names) < 2 or not rows:
        return bool(index)
    counted = numbers([cells[0] for _line, cells in rows if cells])
    unnamed = header and (not names[0] or names[0].startswith("Unnamed: "))
    if unnamed:
        return len(np.unique(counted)) == len(rows) and bool(np.all(counted == np.round(counted)))
    if (
        not header
        and len(names) > 2
        and np.array_equal(counted, np.arange(len(rows)) + counted[0])
        and counted[0] in (0, 1)
    ):
        raise Unclear(
            "The first column counts the rows ({first}, {second}, …): is it a value of the sample, or only its number? "
            "Delete the column, name it in the first row, or say which it is.",
            first=int(counted[0]),
            second=int(counted[0]) + 1,
            flag="index",
            choices=(True, False),
        )
    return False


def _row(cells: list[str]) -> str:
    return ", ".join(cells)[:60]


def check_names(names: list[str]) -> None:
    """Refuse names that cannot tell the columns apart.

    Raises:
        InvalidInput: fewer than two, or one that is missing, long or there twice.
    """
    if len(names) < 2:
        raise InvalidInput(
            "The first row (={row}) holds 1 column; inputs and output need at least 2, separated by comma, semicolon "
            "or tab.",
            row=_row(names),
        )
    for name in names:
        if not name:
            raise InvalidInput("Column {at} has no name in the first row. Name it.", at=names.index(name) + 1)
        if names.count(name) > 1:
            raise InvalidInput(
                "The column name '{name}' stands {times} times in the first row. Give each column its own name.",
                name=name[:MAX_NAME],
                times=names.count(name),
            )
        if len(name) > MAX_NAME:
            raise InvalidInput(
                "The column name '{name}…' has {length} characters; at most {most} fit. Shorten it.",
                name=name[:MAX_NAME],
                length=len(name),
                most=MAX_NAME,
            )
