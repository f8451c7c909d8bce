"""A visitor's own CSV file, read strictly; what cannot be used is refused with the place and the remedy."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from core.data.sets import MOST, DataSet, Source
from core.data.splits import Numbers
from core.errors import InvalidInput

MAX_BYTES: Final = 5 * 1024 * 1024
MAX_COLUMNS: Final = 100
MAX_CELLS: Final = 600_000  # some 10 MB in a visitor's session
MAX_CLASSES: Final = 10  # as many as there are colours that can be told apart
MAX_NAME: Final = 40
DELIMITERS: Final = (",", ";", "\t")
BLANK: Final = ",;\t \n"
LARGEST: Final = 3.4e38  # of float32
MISSING: Final = ("", "na", "n/a", "nan", "null", "none", "?", "-")


@dataclass(frozen=True, eq=False)
class Table:
    """A CSV file's columns as text; nothing is converted yet.

    Attributes:
        name: of the file.
        cells: one row of texts per sample under the file's column names; the index is each row's line in the file.
        digest: of the bytes, tells files apart.
    """

    name: str
    cells: pd.DataFrame
    digest: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The column names, from the first row."""
        return tuple(self.cells.columns)

    def numeric(self, column: int) -> bool:
        """Return whether a column's first row holds a number."""
        return not np.isnan(numbers(self.cells.iloc[:1, column]))[0]


def read(content: bytes, name: str = "data.csv") -> Table:
    """Read a CSV file: UTF-8, separated by comma, semicolon or tab, column names in the first row.

    Raises:
        InvalidInput: what is wrong with the file, where, and how to mend it.
    """
    rows = _rows(_decoded(content))
    if not rows:
        raise InvalidInput("The file is empty (0 rows). Choose a CSV file with column names and samples.")
    (_line, header), *samples = rows
    _check_header(header)
    for line, cells in samples:
        if len(cells) != len(header):
            raise InvalidInput(
                "Line {line} has {cells} cells, but there are {columns} column names. Give every row as many cells as "
                "there are names; put quotation marks around a cell that contains the separator.",
                line=line,
                cells=len(cells),
                columns=len(header),
            )
    if len(samples) < 2:
        raise InvalidInput(
            "The file has {rows} rows of data below its column names; a split needs at least 2. Add rows.",
            rows=len(samples),
        )
    lines, texts = [line for line, _cells in samples], [cells for _line, cells in samples]
    digest = hashlib.sha256(content).hexdigest()[:16]
    return Table(name[:MAX_NAME], pd.DataFrame(texts, lines, header, dtype=str), digest)


def data_set(table: Table, inputs: Sequence[int], outputs: Sequence[int]) -> DataSet:
    """Return the marked columns as a data set.

    One output column of text, or of at most 10 different whole numbers, is a class; so are several columns that
    hold one 1 per row and 0 otherwise (one-hot). Any other output is a number on a scale.

    Args:
        table: what ``read`` gave.
        inputs: columns, counted from 0.
        outputs: columns, counted from 0, none of them an input.

    Raises:
        InvalidInput: no column marked, one marked twice, or a cell that cannot be used.
    """
    if not inputs or not outputs:
        raise InvalidInput(
            "{inputs} input and {outputs} output columns are marked; each needs at least 1. Mark another column.",
            inputs=len(inputs),
            outputs=len(outputs),
        )
    for column in set(inputs) & set(outputs):
        raise InvalidInput(
            "Column '{name}' is marked as input and as output; the network would be given the answer. "
            "Take it out of one of them.",
            name=table.columns[column],
        )
    x = np.stack([_floats(table, column) for column in inputs], axis=1)
    classes: Numbers | None = None
    names: tuple[str, ...] = ()
    if len(outputs) == 1 and is_text(table, outputs[0]):
        classes, texts = _known(table, outputs[0]).factorize(sort=True)
        if len(texts) > MAX_CLASSES:
            raise InvalidInput(
                "Column '{name}' holds {kinds} different texts; as classes at most {most} can be told apart. "
                "Take another output, or merge classes.",
                name=table.columns[outputs[0]],
                kinds=len(texts),
                most=MAX_CLASSES,
            )
        names = tuple(text[:MAX_NAME] for text in texts)
        y = classes[:, None].astype(np.float32)
    else:
        y = np.stack([_floats(table, column) for column in outputs], axis=1)
        if len(outputs) == 1:
            values, places = np.unique(y[:, 0], return_inverse=True)
            if len(values) <= MAX_CLASSES and np.all(values == np.round(values)):
                classes, names = places, tuple(f"{value:.0f}" for value in values)
        elif len(outputs) <= MAX_CLASSES and np.isin(y, (0, 1)).all() and np.all(y.sum(axis=1) == 1):
            classes, names = y.argmax(axis=1), tuple(table.columns[column] for column in outputs)
    return DataSet(
        source=Source(("csv", table.digest, (tuple(inputs), tuple(outputs))), x, y),
        input_names=tuple(table.columns[column] for column in inputs[:3]),
        output_names=tuple(table.columns[column] for column in outputs),
        shown=tuple(range(min(3, len(inputs)))),
        classes=classes,
        class_names=names,
        rows=np.arange(len(table.cells)),
    )


def is_text(table: Table, column: int) -> bool:
    """Return whether a column holds words, so that it can be a class but no number."""
    cells = table.cells.iloc[:, column]
    missing = cells.str.lower().isin(MISSING)
    return bool(missing.all() or np.isnan(numbers(cells[~missing])).any())


def _decoded(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise InvalidInput(
            "The file has {size} MB; at most {most} MB are read. Keep fewer rows or columns.",
            size=f"{len(content) / 1024**2:.1f}",
            most=MAX_BYTES // 1024**2,
        )
    if content[:4] == b"PK\x03\x04" or content[:4] == b"\xd0\xcf\x11\xe0":
        raise InvalidInput(
            "The file is a workbook (its first bytes are {start}), not text. Save it as 'CSV UTF-8' and choose that.",
            start=content[:4].hex(" "),
        )
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            "Byte {byte} at position {at} is not UTF-8 text. Save the file as 'CSV UTF-8' and choose it again.",
            byte=f"0x{content[min(error.start, len(content) - 1)]:02X}",
            at=error.start,
        ) from None
    if "\x00" in text:
        raise InvalidInput(
            "The character at position {at} is a zero byte, which no text contains. Save the file as 'CSV UTF-8'.",
            at=text.index("\x00"),
        )
    return re.sub("\r\n?", "\n", text.replace("\ufeff", "")).rstrip(" \n")


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Return the rows that are not empty: on which line each one ends, and its cells as stripped text."""
    separator = max(DELIMITERS, key=(text.lstrip(BLANK) or text.strip()).partition("\n")[0].count)
    lines = text.count("\n") + 1
    count = text.count(separator) + lines
    if lines > MOST + 1 or count > MAX_CELLS:
        raise InvalidInput(
            "The file has {lines} lines and {cells} cells; at most {most} lines and {most_cells} cells are read. "
            "Keep fewer rows or columns.",
            lines=lines,
            cells=count,
            most=MOST + 1,
            most_cells=MAX_CELLS,
        )
    # Not pandas' own reader, which does not tell an empty cell from one that is not there, nor on which line a row is.
    reader = csv.reader(io.StringIO(text), delimiter=separator, skipinitialspace=True, strict=True)
    rows: list[tuple[int, list[str]]] = []
    last = 0
    try:
        for row in reader:
            last = reader.line_num
            rows.append((last, [cell.strip() for cell in row]))
    except csv.Error as error:
        begun = enumerate(text.split("\n")[last : reader.line_num], last + 1)
        raise InvalidInput(
            "Line {line} cannot be read as CSV ({why}). Look for a quotation mark that is opened and not closed.",
            line=max((line for line, said in begun if '"' in said), default=last + 1),
            why=str(error),
        ) from None
    for number, (_line, row) in enumerate(rows, 1):
        if len(row) > MAX_COLUMNS:
            raise InvalidInput(
                "Row {row} has {columns} columns; at most {most} can be marked. Take out some.",
                row=number,
                columns=len(row),
                most=MAX_COLUMNS,
            )
    return [(line, row) for line, row in rows if any(row)]


def _check_header(header: list[str]) -> None:
    shown = ", ".join(header)[:60]
    if len(header) < 2:
        raise InvalidInput(
            "The first row (={row}) holds 1 column; inputs and output need at least 2, separated by comma, semicolon "
            "or tab.",
            row=shown,
        )
    if np.isfinite(numbers(header)).any():
        raise InvalidInput(
            "The first row (={row}) holds numbers, but it must name the columns. Put a row of names above it, "
            "such as x1,x2,y.",
            row=shown,
        )
    for name in header:
        if not name:
            raise InvalidInput("Column {at} has no name in the first row. Name it.", at=header.index(name) + 1)
        if header.count(name) > 1:
            raise InvalidInput(
                "The column name '{name}' stands {times} times in the first row. Give each column its own name.",
                name=name[:MAX_NAME],
                times=header.count(name),
            )
        if len(name) > MAX_NAME:
            raise InvalidInput(
                "The column name '{name}…' has {length} characters; at most {most} fit. Shorten it.",
                name=name[:MAX_NAME],
                length=len(name),
                most=MAX_NAME,
            )


def numbers(cells: pd.Series[str] | list[str]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return the numbers that cells hold (1e999 is infinite), and NaN for all else, also 1_000."""
    return pd.to_numeric(pd.Series(cells, dtype=str), errors="coerce").to_numpy(np.float64)


def _known(table: Table, column: int) -> pd.Series[str]:
    cells = table.cells.iloc[:, column]
    missing = cells[cells.str.lower().isin(MISSING)]
    if len(missing):
        raise InvalidInput(
            "Column '{name}', line {line}: the value (={value}) is missing. Fill it in, delete the row, or leave "
            "the column out.",
            name=table.columns[column],
            line=int(missing.index[0]),
            value=missing.iloc[0],
        )
    return cells


def _floats(table: Table, column: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    cells = _known(table, column)
    values = numbers(cells)
    for at in np.flatnonzero(~(np.abs(values) <= LARGEST)).tolist():
        place = {"name": table.columns[column], "line": int(cells.index[at]), "value": cells.iloc[at][:MAX_NAME]}
        if np.isnan(values[at]):
            raise InvalidInput(
                "Column '{name}', line {line}: '{value}' is text, and a network computes with numbers. Leave the "
                "column out, write numbers, or mark it as the only output to use it as a class.",
                **place,
            )
        raise InvalidInput(
            "Column '{name}', line {line}: {value} is too large; float32 ends at 3.4e38. Use a larger unit.", **place
        )
    return values.astype(np.float32)
