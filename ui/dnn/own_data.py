"""The visitor's own CSV file as data of the playground; it lives in the session, and is lesson 1's as well."""

from __future__ import annotations

import streamlit as st

from core.data.number_table import NumberTable, number_table
from core.data.tables import Table
from ui.dnn.settings import Settings
from ui.split import source
from ui.state.controls import Controls
from ui.state.session import memo, recall
from ui.text import _

_KEPT = "dnn_table"


def table(controls: Controls[Settings]) -> NumberTable | None:
    """Return the marked columns of the visitor's file, or None without one; says what is missing.

    Raises:
        InvalidInput: the marked columns cannot be used.
    """
    if controls.settings.data != "csv":
        return None
    read = recall(source.KEPT)
    if not isinstance(read, Table):
        st.info(
            _(
                "Choose a CSV file among the controls: one sample per row, column names in the first row, numbers as "
                "inputs. The last column is taken as output; you can mark others."
            ),
            icon=":material/upload_file:",
        )
        return None
    inputs, outputs = source.marked(read, controls.settings)
    return memo(_KEPT, (read.digest, inputs, outputs), lambda: number_table(read, inputs, outputs))
