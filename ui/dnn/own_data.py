"""The visitor's own CSV file as data of the playground."""

from core.data.number_table import NumberTable, number_table
from ui import own_table
from ui.dnn.settings import Settings
from ui.state.controls import Controls
from ui.state.session import memo


def table(controls: Controls[Settings]) -> NumberTable | None:
    """Return the marked columns of the visitor's file, or None without one; says what is missing.

    Raises:
        InvalidInput: the marked columns cannot be used.
    """
    if controls.settings.data != "csv":
        return None
    read = own_table.kept()
    if read is None:
        own_table.ask()
        return None
    inputs, outputs = own_table.marked(read, controls.settings)
    return memo("dnn_table", (read.digest, inputs, outputs), lambda: number_table(read, inputs, outputs))
