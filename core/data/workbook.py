"""Excel's .xlsx → rows of text: read by openpyxl within limits of bytes, cells and time; formulas as last computed."""

import io
import time
import warnings
import zipfile
from typing import Any, Final

from core.data.sets import MOST
from core.data.table_rows import MAX_CELLS, MAX_COLUMNS, Rows, Unclear, too_many, too_wide
from core.errors import InvalidInput

MAX_UNPACKED: Final = 30 * 1024 * 1024
"""Bytes that a workbook may have once it is unpacked."""
MAX_ENTRIES: Final = 1_000
MAX_SHEETS: Final = 20
MAX_SECONDS: Final = 20.0
"""Time for a workbook; what fits into the other limits takes a few seconds."""


def is_workbook(content: bytes) -> bool:
    """Return whether a file is a zip archive, as .xlsx is."""
    return content[:4] == b"PK\x03\x04"


def sheet_rows(content: bytes, sheet: str | None) -> tuple[Rows, str]:
    """Return the rows of a sheet of an .xlsx workbook, and the sheet's name.

    Args:
        content: the file.
        sheet: its name; None: the only one that is not empty.

    Raises:
        Unclear: several sheets have rows.
        InvalidInput: it is no workbook within the limits, or has no such sheet.
    """
    from openpyxl import load_workbook  # takes a tenth of a second, and few files need it

    _check_unpacked(content)
    began = time.monotonic()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about what a workbook has beside its cells
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            names = [each.title for each in book.worksheets[:MAX_SHEETS]]
            if sheet is None:
                filled = [name for name in names if len(names) == 1 or _sheet(book[name], began, 1)]
                if len(filled) > 1:
                    raise Unclear(
                        "The workbook has several sheets with rows ({sheets}). Keep the one with the samples, or say "
                        "which it is.",
                        sheets=", ".join(filled)[:100],
                        flag="sheet",
                        choices=tuple(filled),
                    )
                sheet = filled[0] if filled else names[0]
            elif sheet not in names:
                raise InvalidInput(
                    "sheet (={name}) is not in the workbook; choose one of {names}.",
                    name=sheet,
                    names=", ".join(names)[:100],
                )
            return _sheet(book[sheet], began), sheet
    except InvalidInput:
        raise
    except Exception as error:  # a stranger's XML: openpyxl lets through whatever its parts raise
        raise _no_workbook() from error


def _check_unpacked(content: bytes) -> None:
    """Refuse an archive that unpacks to too much, or whose XML defines words of its own, which can unpack, too."""
    if content.count(b"PK\x01\x02") > MAX_ENTRIES:
        raise _no_workbook()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            size = sum(entry.file_size for entry in entries)  # zipfile reads no more of an entry than it says
            if size > MAX_UNPACKED:
                raise InvalidInput(
                    "The workbook has {size} MB unpacked; at most {most} MB are read. Keep fewer rows, columns or "
                    "formats, or save it as 'CSV UTF-8'.",
                    size=size // 1024**2,
                    most=MAX_UNPACKED // 1024**2,
                )
            for entry in entries:
                if entry.filename.endswith((".xml", ".rels")):
                    with archive.open(entry) as file:
                        if b"<!DOCTYPE" in file.read(4_096):
                            raise _no_workbook()
    except InvalidInput:
        raise
    except Exception as error:  # a stranger's archive
        raise _no_workbook() from error


def _sheet(sheet: Any, began: float, enough: int = MOST + 2) -> Rows:
    rows: Rows = []
    cells = width = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
        texts = [_shown(value) for value in row]
        while texts and not texts[-1]:
            texts.pop()
        cells += len(row)
        width = max(width, len(texts))
        if number > MOST + 1 or cells > MAX_CELLS:
            raise too_many(number, cells)
        if width > MAX_COLUMNS:
            raise too_wide(number, width)
        if time.monotonic() - began > MAX_SECONDS:
            raise InvalidInput(
                "The workbook takes longer than {seconds} s to read. Save it as 'CSV UTF-8' and choose that.",
                seconds=round(MAX_SECONDS),
            )
        if texts:
            rows.append((number, texts))
            if len(rows) >= enough:
                break
    return [(number, texts + [""] * (width - len(texts))) for number, texts in rows]


def _shown(value: object) -> str:
    """Return a cell as a CSV file has it: 3 for 3.0, the day alone for a date."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).removesuffix(" 00:00:00").strip()


def _no_workbook() -> InvalidInput:
    return InvalidInput("The file is no workbook (.xlsx) that can be read. Save it as 'CSV UTF-8' and choose that.")
