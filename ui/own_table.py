"""The visitor's own table, in every lesson that takes one: chosen, read, columns marked, kept in the session."""

from typing import Any

import streamlit as st

from core.data import tables
from core.data.table_rows import Unclear
from core.data.tables import Table
from core.errors import InvalidInput
from ui.state.controls import Controls
from ui.state.session import recall, remember
from ui.take_away import download
from ui.text import _, aside, explain, listed

KEPT = "split_csv"
_ANSWERS = "split_csv_answers"  # (the file, what was said of how to read it)


def kept() -> Table | None:
    """Return the file that was read last, None before there is one."""
    found = recall(KEPT)
    return found if isinstance(found, Table) else None


def ask() -> None:
    """Say what file to choose, while there is none."""
    st.info(
        _(
            "Choose a table among the controls, a CSV file or an Excel workbook: one sample per row, numbers as "
            "inputs. The last column is taken as output; you can mark others."
        ),
        icon=":material/upload_file:",
    )


def upload(controls: Controls[Any]) -> None:
    """Draw the file chooser, and the choice of input and output columns of the file that was read."""
    file = st.file_uploader(
        _("CSV file"),
        type=["csv", "txt", "tsv", "xlsx"],
        max_upload_size=5,
        key="split_upload",
        help=_("A CSV file or an .xlsx workbook of at most 5 MB. It stays in this session and is not stored."),
    )
    table = kept()
    if file is not None and recall(_ANSWERS, ("",))[0] != file.file_id:
        remember(_ANSWERS, (file.file_id, {}))
    answers: dict[str, Any] = recall(_ANSWERS, ("", {}))[1]
    known = (file.file_id, sorted(answers.items())) if file is not None else None
    if file is not None and recall(f"{KEPT}_id") != known:
        try:
            table = tables.read(file.getvalue(), file.name, **answers)
        except InvalidInput as error:
            remember(KEPT, None)
            st.error(explain(error), icon=":material/error:")
            if isinstance(error, Unclear):
                _otherwise({f"{error.flag}_{choice}": (error.flag, choice) for choice in error.choices})
            return
        remember(KEPT, table)
        remember(f"{KEPT}_id", known)
    if table is None:
        return
    if not table.assumed.plain:
        _told(table)
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
    aside("{file}: {rows:,} rows", file=table.name, rows=len(table.cells))
    if (tuple(chosen_in), tuple(chosen_out)) != (inputs, outputs):
        # Both at once: what is not written follows the other, and the page would not show what is marked.
        controls.change(inputs=_written(chosen_in), outputs=_written(chosen_out))


def _told(table: Table) -> None:
    """Say what the file was taken for, with a button for each thing that could be otherwise."""
    found = table.assumed
    said = [] if found.encoding in ("", "utf-8") else [_("encoding {name}", name=found.encoding.upper())]
    said += [] if found.header else [_("no row of names")]
    said += [_("the first column only numbers the rows and is left out")] if found.index else []
    aside("Taken for granted: {what}.", what=listed(said))
    others: dict[str, tuple[str, Any]] = {} if found.header else {"header_True": ("header", True)}
    _otherwise(others | ({"index_False": ("index", False)} if found.index else {}))
    download(_("As plain CSV, for the code"), "own_csv", lambda: tables.as_csv(table), table.code_file, "text/csv")


def _otherwise(choices: dict[str, tuple[str, Any]]) -> None:
    """Draw a button for each (argument of tables.read, value); the table is read anew with it."""
    words = {
        "header_True": _("The first row names the columns"),
        "header_False": _("The first row is a sample"),
        "index_True": _("The first column only numbers the rows"),
        "index_False": _("The first column is a value"),
        "encoding_gb18030": _("It is Chinese (GB 18030)"),
        "encoding_cp1252": _("It is western (Windows-1252)"),
    }

    def choose(flag: str, value: object) -> None:
        name, answers = recall(_ANSWERS)
        remember(_ANSWERS, (name, {**answers, flag: value}))

    with st.container(horizontal=True, gap="small"):
        for name, (flag, value) in choices.items():
            st.button(words.get(name, str(value)), key=f"own_{name}", on_click=choose, args=(flag, value))


def marked(table: Table, settings: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
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
