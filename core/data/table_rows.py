"""A CSV file → rows of text, in the encodings that programs write, within limits."""

import csv
import io
import re
from typing import Any, Final

from core.checks import checked_choice
from core.data.sets import MOST
from core.errors import InvalidInput

MAX_BYTES: Final = 5 * 1024 * 1024
MAX_COLUMNS: Final = 100
MAX_CELLS: Final = 600_000  # some 10 MB in a visitor's session
DELIMITERS: Final = (",", ";", "\t")
BLANK: Final = ",;\t \n"
ENCODINGS: Final = ("utf-8", "gb18030", "cp1252", "utf-16")
"""What the bytes of a text can mean: all of Unicode, Chinese Excel's, western Excel's, Windows' "Unicode text"."""

Rows = list[tuple[int, list[str]]]
"""On which line (row of a sheet) each row ends, and its cells as stripped text; rows without any are left out."""


class Unclear(InvalidInput):
    """What a file leaves open: a question with its answers, and a sentence for where nobody can be asked.

    Args:
        template: as for InvalidInput; the sentence says how the file could be made clear.
        flag: the argument of ``core.data.tables.read`` that is asked for.
        choices: its possible values.
        **values: as for InvalidInput.
    """

    @property
    def flag(self) -> str:
        """The argument of ``core.data.tables.read`` that is asked for."""
        return str(self.values["flag"])

    @property
    def choices(self) -> tuple[Any, ...]:
        """The values that it can have."""
        choices = self.values["choices"]
        assert isinstance(choices, tuple)
        return choices


def text_rows(content: bytes, encoding: str | None) -> tuple[Rows, str]:
    """Return the rows of a CSV file, and the encoding that it was read in.

    Args:
        content: the file.
        encoding: one of ENCODINGS; None: the one that fits.

    Raises:
        Unclear: two encodings fit.
        InvalidInput: none fits, or it is no CSV file within the limits.
    """
    text, encoding = _decoded(content, encoding)
    return _rows(text), encoding


def check_size(content: bytes) -> None:
    """Refuse a file that is too large, or one of Excel's before 2007.

    Raises:
        InvalidInput: it is.
    """
    if len(content) > MAX_BYTES:
        raise InvalidInput(
            "The file has {size} MB; at most {most} MB are read. Keep fewer rows or columns.",
            size=f"{len(content) / 1024**2:.1f}",
            most=MAX_BYTES // 1024**2,
        )
    if content[:4] == b"\xd0\xcf\x11\xe0":
        raise InvalidInput(
            "The file is a workbook of Excel before 2007 (.xls). Save it as .xlsx or as 'CSV UTF-8' and choose that."
        )


def _decoded(content: bytes, encoding: str | None) -> tuple[str, str]:
    if encoding is None:
        encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
        text = _text(content, encoding)
        if text is None and encoding == "utf-8" and (text := _text(content, "gb18030")) is not None:
            encoding = "gb18030"
            if _text(content, "gb2312") is None:  # no everyday Chinese: perhaps é, ü or ß
                raise Unclear(
                    "The file is not UTF-8: it may be Chinese (GB 18030: {chinese}) or western (Windows-1252: "
                    "{western}). Save it as 'CSV UTF-8', or say which it is.",
                    flag="encoding",
                    choices=("gb18030", "cp1252"),
                    chinese=_letters(text),
                    western=_letters(content.decode("cp1252", "replace")),
                )
    else:
        checked_choice("encoding (={value}) is not known; choose one of {names}.", encoding, ENCODINGS)
        text = _text(content, encoding)
    if text is None:
        try:
            content.decode(encoding)
        except UnicodeDecodeError as error:
            raise InvalidInput(
                "Byte {byte} at position {at} is not UTF-8 text. Save the file as 'CSV UTF-8' and choose it again.",
                byte=f"0x{content[min(error.start, len(content) - 1)]:02X}",
                at=error.start,
            ) from None
    assert text is not None
    if "\x00" in text:
        raise InvalidInput(
            "The character at position {at} is a zero byte, which no text contains. Save the file as 'CSV UTF-8'.",
            at=text.index("\x00"),
        )
    return re.sub("\r\n?", "\n", text.replace("\ufeff", "")).rstrip(" \n"), encoding


def _text(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _letters(text: str) -> str:
    """Return the first letters of a text that are not ASCII, with those around them."""
    found = re.search(r"[^\x00-\x7f]", text)
    return " ".join(text[max(0, found.start() - 8) : found.start() + 8].split()) if found else ""


def _rows(text: str) -> Rows:
    separator = max(DELIMITERS, key=(text.lstrip(BLANK) or text.strip()).partition("\n")[0].count)
    lines = text.count("\n") + 1
    count = text.count(separator) + lines
    if lines > MOST + 1 or count > MAX_CELLS:
        raise too_many(lines, count)
    # Not pandas' own reader, which does not tell an empty cell from one that is not there, nor on which line a row is.
    reader = csv.reader(io.StringIO(text), delimiter=separator, skipinitialspace=True, strict=True)
    rows: Rows = []
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
            raise too_wide(number, len(row))
    return [(line, row) for line, row in rows if any(row)]


def too_many(lines: int, cells: int) -> InvalidInput:
    """Return the refusal of a table with too many rows or cells."""
    return InvalidInput(
        "The file has {lines} lines and {cells} cells; at most {most} lines and {most_cells} cells are read. "
        "Keep fewer rows or columns.",
        lines=lines,
        cells=cells,
        most=MOST + 1,
        most_cells=MAX_CELLS,
    )


def too_wide(row: int, columns: int) -> InvalidInput:
    """Return the refusal of a row with too many cells."""
    return InvalidInput(
        "Row {row} has {columns} columns; at most {most} can be marked. Take out some.",
        row=row,
        columns=columns,
        most=MAX_COLUMNS,
    )
