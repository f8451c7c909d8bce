"""A visitor's own table, read strictly; what cannot be used is refused with the place and the remedy."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from core.data.sets import DataSet, Source
from core.data.splits import Numbers
from core.data.table_head import MAX_NAME, check_names, headed, indexed, numbers
from core.data.table_rows import check_size, text_rows
from core.data.workbook import is_workbook, sheet_rows
from core.errors import InvalidInput

MAX_CLASSES: Final = 10  # as many as there are colours that can be told apart
LARGEST: Final = 3.4e38  # of float32
MISSING: Final = ("", "na", "n/a", "nan", "null", "none", "?", "-")


@dataclass(frozen=True)
class Assumed:
    """What a file was taken for, where it does not say so itself or nobody else did.

    Attributes:
        encoding: of a CSV file, one of core.data.table_rows.ENCODINGS; "" for a workbook.
        header: whether the first row names the columns.
        index: whether a first column was left out that only numbers the rows.
        sheet: of a workbook; "" for a CSV file.
    """

    encoding: str = "utf-8"
    header: bool = True
    index: bool = False
    sheet: str = ""

    @property
    def plain(self) -> bool:
        """Whether every program takes such a file for the same table, so that nothing needs to be told."""
        return self.encoding == "utf-8" and self.header and not self.index


@dataclass(frozen=True, eq=False)
class Table:
    """A file's columns as text; nothing is converted yet.

    Attributes:
        name: of the file.
        cells: one row of texts per sample under the column names; the index is each row's line in the file.
        digest: of the bytes and of what was assumed, tells tables apart.
        assumed: what the file was taken for.
    """

    name: str
    cells: pd.DataFrame
    digest: str
    assumed: Assumed = Assumed()

    @property
    def code_file(self) -> str:
        """The name of the file that scripts read: the visitor's own, or the one that ``as_csv`` makes of it."""
        return self.name if self.assumed.plain else f"{self.name.rpartition('.')[0] or self.name}-utf8.csv"

    @property
    def columns(self) -> tuple[str, ...]:
        """The column names, from the first row."""
        return tuple(self.cells.columns)

    def numeric(self, column: int) -> bool:
        """Return whether a column's first row holds a number."""
        return not np.isnan(numbers(self.cells.iloc[:1, column]))[0]


def read(
    content: bytes,
    name: str = "data.csv",
    *,
    encoding: str | None = None,
    header: bool | None = None,
    index: bool | None = None,
    sheet: str | None = None,
) -> Table:
    """Read a table: CSV separated by comma, semicolon or tab, or an .xlsx workbook.

    What is not said is taken from the file; ``Table.assumed`` tells it, and each can be said otherwise.

    Args:
        content: the file.
        name: of the file.
        encoding: what its bytes mean, one of core.data.table_rows.ENCODINGS; none for a workbook.
        header: whether the first row names the columns; otherwise they are called In1, In2, … and Out1.
        index: whether the first column only numbers the rows, so that it is left out.
        sheet: which one of a workbook.

    Raises:
        Unclear: the file leaves open what it means; an argument answers the question.
        InvalidInput: what is wrong with the file, where, and how to mend it.
    """
    check_size(content)
    if is_workbook(content):
        rows, sheet = sheet_rows(content, sheet)
        encoding = ""
    else:
        rows, encoding = text_rows(content, encoding)
        sheet = ""
    if not rows:
        raise InvalidInput("The file is empty (0 rows). Choose a CSV file with column names and samples.")
    names, samples, header = headed(rows, header)
    index = indexed(names, samples, header, index)
    check_names(names[1:] if index else names)
    for line, cells in samples:
        if len(cells) != len(names):
            raise InvalidInput(
                "Line {line} has {cells} cells, but there are {columns} column names. Give every row as many cells as "
                "there are names; put quotation marks around a cell that contains the separator.",
                line=line,
                cells=len(cells),
                columns=len(names),
            )
    if len(samples) < 2:
        raise InvalidInput(
            "The file has {rows} rows of data below its column names; a split needs at least 2. Add rows.",
            rows=len(samples),
        )
    lines, texts = [line for line, _cells in samples], [cells[index:] for _line, cells in samples]
    assumed = Assumed(encoding, header, index, sheet)
    digest = hashlib.sha256(content + (b"" if assumed.plain else repr(assumed).encode())).hexdigest()[:16]
    return Table(name[:MAX_NAME], pd.DataFrame(texts, lines, names[index:], dtype=str), digest, assumed)


def as_csv(table: Table) -> bytes:
    """Return a table as the file that every lesson's code reads: CSV in UTF-8, column names in the first row."""
    return table.cells.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")


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
