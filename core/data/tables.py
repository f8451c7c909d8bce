"""A visitor's own CSV file: read strictly, refused with the value, the rule and the remedy; no pandas guesses."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.data.cells import LARGEST, MISSING, all_numbers, number
from core.data.sets import MOST, DataSet
from core.data.splits import Numbers
from core.errors import InvalidInput

MAX_BYTES: Final = 5 * 1024 * 1024
MAX_COLUMNS: Final = 100
MAX_CELLS: Final = 600_000  # some 40 MB in a visitor's session
MAX_CLASSES: Final = 10  # as many as there are colours that can be told apart
MAX_NAME: Final = 40
DELIMITERS: Final = (",", ";", "\t")


@dataclass(frozen=True)
class Table:
    """A CSV file's columns as text; nothing is converted yet.

    Attributes:
        name: of the file.
        columns: names, from the first row.
        rows: one tuple of texts per row, as many as there are columns.
        lines: the file's line number of each row, for messages.
        digest: of the bytes, tells files apart.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    digest: str

    def numeric(self, column: int) -> bool:
        """Return whether a column's first row holds a number."""
        return number(self.rows[0][column]) is not None


def read(content: bytes, name: str = "data.csv") -> Table:
    """Read a CSV file: UTF-8, separated by comma, semicolon or tab, column names in the first row.

    Raises:
        InvalidInput: what is wrong with the file, where, and how to mend it.
    """
    import hashlib

    text = _decoded(content)
    records = [(line, row) for line, row in _records(text) if any(cell.strip() for cell in row)]
    if not records:
        raise InvalidInput("The file holds no rows (0 of at least 3). Choose a CSV file with column names and samples.")
    header = tuple(cell.strip() for cell in records[0][1])
    _check_header(header)
    if len(records) - 1 < 2:
        raise InvalidInput(
            "The file has {rows} rows of data below its column names; a split needs at least 2. Add rows.",
            rows=len(records) - 1,
        )
    if len(records) - 1 > MOST:
        raise InvalidInput(
            "The file has {rows} rows; at most {most} can be shown. Keep the first {most} rows.",
            rows=len(records) - 1,
            most=MOST,
        )
    if (len(records) - 1) * len(header) > MAX_CELLS:
        raise InvalidInput(
            "The file has {rows} rows of {columns} columns; at most {most} cells are read. Keep fewer rows or columns.",
            rows=len(records) - 1,
            columns=len(header),
            most=MAX_CELLS,
        )
    for line, row in records[1:]:
        if len(row) != len(header):
            raise InvalidInput(
                "Line {line} has {cells} cells, but there are {columns} column names. Give every row as many cells as "
                "there are names; put quotation marks around a cell that contains the separator.",
                line=line,
                cells=len(row),
                columns=len(header),
            )
    rows = tuple(tuple(cell.strip() for cell in row) for _line, row in records[1:])
    digest = hashlib.sha256(content).hexdigest()[:16]
    return Table(name[:MAX_NAME], header, rows, tuple(line for line, _row in records[1:]), digest)


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
    for column in inputs:
        if column in outputs:
            raise InvalidInput(
                "Column '{name}' is marked as input and as output; the network would be given the answer. "
                "Take it out of one of them.",
                name=table.columns[column],
            )
    x = np.stack([_floats(table, column) for column in inputs], axis=1).astype(np.float32)
    texts = [row[outputs[0]] for row in table.rows]
    classes: Numbers | None = None
    names: tuple[str, ...] = ()
    if len(outputs) == 1 and not all_numbers(texts):
        names = _classes(table, outputs[0], texts)
        place = {text: at for at, text in enumerate(sorted(set(texts)))}
        classes = np.array([place[text] for text in texts], dtype=np.int64)
        y = classes[:, None].astype(np.float32)
    else:
        y = np.stack([_floats(table, column) for column in outputs], axis=1).astype(np.float32)
        if len(outputs) == 1:
            values = np.unique(y[:, 0])
            if len(values) <= MAX_CLASSES and np.all(values == np.round(values)):
                names = tuple(f"{value:.0f}" for value in values)
                classes = np.searchsorted(values, y[:, 0]).astype(np.int64)
        elif len(outputs) <= MAX_CLASSES and np.isin(y, (0, 1)).all() and np.all(y.sum(axis=1) == 1):
            names = tuple(table.columns[column] for column in outputs)
            classes = y.argmax(axis=1).astype(np.int64)
    return DataSet(
        "csv",
        x,
        y,
        tuple(table.columns[column] for column in inputs[:3]),
        tuple(table.columns[column] for column in outputs),
        tuple(range(min(3, len(inputs)))),
        classes,
        names,
        np.arange(len(table.rows)),
        ("csv", table.digest, (tuple(inputs), tuple(outputs))),
    )


def _decoded(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise InvalidInput(
            "The file has {size} MB; at most {most} MB are read. Keep fewer rows or columns.",
            size=f"{len(content) / 1024**2:.1f}",
            most=MAX_BYTES // 1024**2,
        )
    if not content.strip():
        raise InvalidInput("The file is empty (0 rows). Choose a CSV file with column names and samples.")
    if content[:4] == b"PK\x03\x04" or content[:4] == b"\xd0\xcf\x11\xe0":
        raise InvalidInput(
            "The file is a workbook (its first bytes are {start}), not text. Save it as 'CSV UTF-8' and choose that.",
            start=content[:4].hex(" "),
        )
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
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
    return text


def _records(text: str) -> Iterable[tuple[int, list[str]]]:
    """Return line number and cells of every record; the separator is the commonest of the first line."""
    first = text.lstrip().split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise InvalidInput(
            "Line {line} cannot be read as CSV ({why}). Look for a quotation mark that is opened and not closed.",
            line=reader.line_num,
            why=str(error),
        ) from None


def _check_header(header: tuple[str, ...]) -> None:
    shown = ", ".join(header)[:60]
    if len(header) < 2:
        raise InvalidInput(
            "The first row (={row}) holds 1 column; inputs and output need at least 2, separated by comma, semicolon "
            "or tab.",
            row=shown,
        )
    if len(header) > MAX_COLUMNS:
        raise InvalidInput(
            "The file has {columns} columns; at most {most} can be marked. Take out some.",
            columns=len(header),
            most=MAX_COLUMNS,
        )
    if any(number(name) is not None for name in header):
        raise InvalidInput(
            "The first row (={row}) holds numbers, but it must name the columns. Put a row of names above it, "
            "such as x1,x2,y.",
            row=shown,
        )
    for name, times in Counter(header).items():
        if not name:
            raise InvalidInput("Column {at} has no name in the first row. Name it.", at=header.index(name) + 1)
        if times > 1:
            raise InvalidInput(
                "The column name '{name}' stands {times} times in the first row. Give each column its own name.",
                name=name[:MAX_NAME],
                times=times,
            )
        if len(name) > MAX_NAME:
            raise InvalidInput(
                "The column name '{name}…' has {length} characters; at most {most} fit. Shorten it.",
                name=name[:MAX_NAME],
                length=len(name),
                most=MAX_NAME,
            )


def _floats(table: Table, column: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    values = np.empty(len(table.rows))
    for at, row in enumerate(table.rows):
        value = number(row[column])
        place = {"name": table.columns[column], "line": table.lines[at], "value": row[column][:MAX_NAME]}
        if row[column].lower() in MISSING:
            raise InvalidInput(
                "Column '{name}', line {line}: the value (={value}) is missing. Fill it in, delete the row, or leave "
                "the column out.",
                **place,
            )
        if value is None:
            raise InvalidInput(
                "Column '{name}', line {line}: '{value}' is text, and a network computes with numbers. Leave the "
                "column out, write numbers, or mark it as the only output to use it as a class.",
                **place,
            )
        if not abs(value) <= LARGEST:
            raise InvalidInput(
                "Column '{name}', line {line}: {value} is too large; float32 ends at 3.4e38. Use a larger unit.",
                **place,
            )
        values[at] = value
    return values


def _classes(table: Table, column: int, texts: list[str]) -> tuple[str, ...]:
    for at, text in enumerate(texts):
        if text.lower() in MISSING:
            raise InvalidInput(
                "Column '{name}', line {line}: the class (={value}) is missing. Fill it in or delete the row.",
                name=table.columns[column],
                line=table.lines[at],
                value=text,
            )
    names = sorted(set(texts))
    if len(names) > MAX_CLASSES:
        raise InvalidInput(
            "Column '{name}' holds {kinds} different texts; as classes at most {most} can be told apart. "
            "Take another output, or merge classes.",
            name=table.columns[column],
            kinds=len(names),
            most=MAX_CLASSES,
        )
    return tuple(name[:MAX_NAME] for name in names)


def is_text(table: Table, column: int) -> bool:
    """Return whether a column holds words, so that it can be a class but no number."""
    return not all_numbers([row[column] for row in table.rows])
