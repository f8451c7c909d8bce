"""The chosen data: built in, or the visitor's own CSV file, which lives in the session."""

from __future__ import annotations

from typing import Any, Protocol

import streamlit as st

from core import cache
from core.data import tables
from core.data.sets import DataSet, mnist_set, one_hot_set, regression_set
from core.data.tables import Table
from core.errors import InvalidInput
from ui.lenet import wait_for_digits
from ui.split.settings import Settings
from ui.state.controls import Controls
from ui.state.session import memo, recall, remember
from ui.text import _, explain

KEPT = "split_csv"


class Marks(Protocol):
    """Settings that mark columns of the visitor's file: lesson 1's and lesson 2's."""

    @property
    def inputs(self) -> str:
        """The input columns, as in a link."""

    @property
    def outputs(self) -> str:
        """The output columns, as in a link."""


def load(settings: Settings) -> DataSet | None:
    """Return the data set that the settings ask for, or None when it is not there yet (the page then says why).

    Raises:
        InvalidInput: the marked columns of the visitor's file cannot be used.
    """
    if settings.data == "mnist":
        if not wait_for_digits():
            return None
        data = mnist_set(cache.mnist(), settings.samples)
    elif settings.data == "csv":
        table = recall(KEPT)
        if not isinstance(table, Table):
            return None
        data = _from_table(table, settings)
    else:
        data = (one_hot_set if settings.data == "onehot" else regression_set)(settings.samples)
    if settings.sort:
        data = data.sorted_by_class()
    return data.copied(settings.copies)


def count(settings: Settings) -> int:
    """Return how many samples there will be, without loading them."""
    table = recall(KEPT)
    return len(table.cells) if settings.data == "csv" and isinstance(table, Table) else settings.samples


def upload(controls: Controls[Any]) -> None:
    """Draw the file chooser, and the choice of input and output columns of the file that was read."""
    file = st.file_uploader(
        _("CSV file"),
        type=["csv", "txt", "tsv"],
        max_upload_size=5,
        key="split_upload",
        help=_("At most 5 MB, UTF-8, column names in the first row. It stays in this session and is not stored."),
    )
    table = recall(KEPT)
    if file is not None and recall(f"{KEPT}_id") != file.file_id:
        try:
            table = tables.read(file.getvalue(), file.name)
        except InvalidInput as error:
            remember(KEPT, None)
            st.error(explain(error), icon=":material/error:")
            return
        remember(KEPT, table)
        remember(f"{KEPT}_id", file.file_id)
    if not isinstance(table, Table):
        return
    settings = controls.settings
    inputs, outputs = marked(table, settings)
    choices = list(range(len(table.columns)))

    def name(column: int) -> str:
        return table.columns[column]

    chosen_in = st.multiselect(
        _("Input columns"), choices, [*inputs], format_func=name, key=f"split_in_{table.digest}", max_selections=100
    )
    chosen_out = st.multiselect(
        _("Output columns"), choices, [*outputs], format_func=name, key=f"split_out_{table.digest}", max_selections=10
    )
    st.caption(_("{file}: {rows:,} rows", file=table.name, rows=len(table.cells)))
    if (tuple(chosen_in), tuple(chosen_out)) != (inputs, outputs):
        # Both at once: what is not written follows the other, and the page would not show what is marked.
        controls.change(inputs=_written(chosen_in), outputs=_written(chosen_out))


def marked(table: Table, settings: Marks) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the input and output columns, counted from 0: those of the link where the file has them.

    Without any the last column is the output, and every other column of numbers an input.
    """
    count = len(table.columns)
    outputs = _read(settings.outputs, count)
    if outputs is None:
        outputs = (count - 1,)
    inputs = _read(settings.inputs, count)
    if inputs is None:
        inputs = tuple(column for column in range(count) if column not in outputs and table.numeric(column))
    return inputs, outputs


def _from_table(table: Table, settings: Settings) -> DataSet:
    inputs, outputs = marked(table, settings)
    return memo(f"{KEPT}_set", (table.digest, inputs, outputs), lambda: tables.data_set(table, inputs, outputs))


def _written(columns: list[int]) -> str:
    return ".".join(str(column + 1) for column in columns) or "0"


def _read(raw: str, count: int) -> tuple[int, ...] | None:
    """Return the columns that a setting names ("1.3": the first and the third; "0": none); None: it names nothing."""
    parts = raw.split(".")
    if raw == "0":
        return ()
    if not all(part.isascii() and part.isdigit() and len(part) < 4 and 1 <= int(part) <= count for part in parts):
        return None
    return tuple(dict.fromkeys(int(part) - 1 for part in parts))
