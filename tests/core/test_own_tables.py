"""Tables as pupils have them: read, with what was assumed said and undone; what stays doubtful is asked."""

import io
import zipfile

import pandas as pd
import pytest
from openpyxl import Workbook

from core.data import tables, workbook
from core.data.number_table import number_table
from core.data.table_rows import Unclear
from core.data.tables import Assumed
from core.errors import InvalidInput

IRIS = pd.DataFrame({"长度": [5.1, 4.9, 6.2], "宽度": [3.5, 3.0, 2.9], "类别": ["甲", "甲", "乙"]})
ROWS = [["5.1", "3.5", "甲"], ["4.9", "3.0", "甲"], ["6.2", "2.9", "乙"]]


def texts(table: tables.Table) -> list[list[str]]:
    return table.cells.to_numpy().tolist()


@pytest.mark.parametrize(
    ("encoding", "assumed"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("gbk", "gb18030"), ("gb18030", "gb18030"), ("utf-16", "utf-16")],
)
def test_encodings(encoding: str, assumed: str) -> None:
    table = tables.read(IRIS.to_csv(index=False).encode(encoding))
    assert table.columns == ("长度", "宽度", "类别")
    assert texts(table) == ROWS
    assert table.assumed == Assumed(assumed)
    assert table.assumed.plain == (assumed == "utf-8")


def test_letters_that_may_be_chinese_or_western_are_asked() -> None:
    content = "größe,straße\n1,2\n3,4\n".encode("cp1252").replace(b"\xf6\xdf", b"\xf6x")
    with pytest.raises(Unclear, match="say which it is") as unclear:
        tables.read(content)
    assert (unclear.value.flag, unclear.value.choices) == ("encoding", ("gb18030", "cp1252"))
    assert tables.read(content, encoding="cp1252").columns == ("gröxe", "straße")
    assert tables.read(content, encoding="gb18030").columns != ("gröxe", "straße")
    with pytest.raises(InvalidInput, match="utf-8, gb18030"):
        tables.read(content, encoding="latin-9")
    with pytest.raises(InvalidInput, match="0xE9 at position 6"):  # neither
        tables.read("x,y\n1,é\n".encode("cp1252"))


def test_the_index_column_of_pandas_is_left_out() -> None:
    for content in (
        IRIS.to_csv(),
        IRIS.sample(frac=1, random_state=0).to_csv(),
        pd.read_csv(io.StringIO(IRIS.to_csv())).to_csv(index=False),
    ):
        table = tables.read(content.encode())
        assert table.columns == ("长度", "宽度", "类别")
        assert sorted(texts(table)) == sorted(ROWS)
        assert table.assumed.index
        assert not table.assumed.plain
    with pytest.raises(InvalidInput, match="Column 1 has no name"):
        tables.read(IRIS.to_csv().encode(), index=False)
    with pytest.raises(InvalidInput, match="Column 1 has no name"):
        tables.read(IRIS.set_index("类别").rename_axis(None).to_csv().encode())  # words are no numbers of rows
    assert tables.read(b"n,x,y\n1,2,3\n2,5,6\n").columns == ("n", "x", "y")
    assert tables.read(b"n,x,y\n1,2,3\n2,5,6\n", index=True).columns == ("x", "y")


def test_a_table_without_names_gets_some() -> None:
    content = IRIS.to_csv(index=False, header=False).encode()
    table = tables.read(content)
    assert table.columns == ("In1", "In2", "Out1")
    assert texts(table) == ROWS
    assert not table.assumed.header
    assert tables.read(b"1,2\n3,4\n5,6\n").columns == ("In1", "Out1")
    years = tables.read(b"2024,2025\n3,4\n5,6\n", header=True)
    assert (years.columns, len(years.cells)) == (("2024", "2025"), 2)
    assert len(tables.read(b"x,y\n3,4\n5,6\n", header=False).cells) == 3


@pytest.mark.parametrize(
    ("content", "flag"),
    [(b"x,1,2\n3,4,5\n6,7,8\n", "header"), (b"1,a\n2,b\n3,c\n", "header"), (b"0,5,6\n1,7,8\n2,9,9\n", "index")],
)
def test_what_is_doubtful_is_asked_and_the_answer_taken(content: bytes, flag: str) -> None:
    with pytest.raises(Unclear) as unclear:
        tables.read(content)
    assert (unclear.value.flag, unclear.value.choices) == (flag, (True, False))
    read = [tables.read(content, **{flag: choice}) for choice in unclear.value.choices]
    assert texts(read[0]) != texts(read[1])
    assert read[0].digest != read[1].digest


def book(**sheets: list[list[object]]) -> bytes:
    made, file = Workbook(), io.BytesIO()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(file)
    return file.getvalue()


HEAD = [["长度", "宽度", "类别"]]
CELLS = [[5.1, 3.5, "甲"], [4.9, 3, "甲"], [6.2, 2.9, "乙"]]


def test_a_workbook_is_read() -> None:
    table = tables.read(book(数据=HEAD + CELLS, 空=[]), "我的.xlsx")
    assert table.columns == ("长度", "宽度", "类别")
    assert texts(table) == [[cell.replace("3.0", "3") for cell in row] for row in ROWS]
    assert table.assumed == Assumed("", sheet="数据")
    assert table.cells.index.tolist() == [2, 3, 4]
    assert tables.read(book(s=[[None], *CELLS, [None, None, None, None]])).columns == ("In1", "In2", "Out1")
    assert texts(tables.read(book(s=[["a", "b"], [True, pd.Timestamp(2026, 1, 2)], [1e20, 1.5]])))[0] == [
        "True",
        "2026-01-02",
    ]


def test_of_several_sheets_one_is_chosen() -> None:
    content = book(a=HEAD + CELLS, b=HEAD + CELLS[:2])
    with pytest.raises(Unclear, match="several sheets") as unclear:
        tables.read(content)
    assert (unclear.value.flag, unclear.value.choices) == ("sheet", ("a", "b"))
    assert len(tables.read(content, sheet="b").cells) == 2
    with pytest.raises(InvalidInput, match="choose one of a, b"):
        tables.read(content, sheet="c")


def repacked(content: bytes, change) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, change(entry.filename, old.read(entry)))
    return file.getvalue()


def sheet1(text: bytes):
    return lambda name, data: text if name.endswith("sheet1.xml") else data


XML = (
    b'<?xml version="1.0"?>%s<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s'
    b"</sheetData></worksheet>"
)
ROW = b'<row r="%d"><c r="%s%d"><v>1</v></c></row>'
HOSTILE = {
    "a bomb": (sheet1(b" " * (workbook.MAX_UNPACKED + 1)), "MB unpacked"),
    "words of its own": (sheet1(XML % (b'<!DOCTYPE x [<!ENTITY a "aaaa">]>', b"")), "no workbook"),
    "no XML": (sheet1(b"nothing"), "no workbook"),
    "a row far down": (sheet1(XML % (b"", ROW % (1, b"A", 1) + ROW % (1_000_000, b"A", 1_000_000))), "lines"),
    "a row far beyond": (sheet1(XML % (b"", ROW % (10**9, b"A", 10**9))), "lines|no workbook"),
    "a wide row": (sheet1(XML % (b"", ROW % (1, b"XFD", 1))), "columns"),
    "nothing": (sheet1(XML % (b"", b"")), "empty"),
}


@pytest.mark.parametrize(("change", "words"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_workbooks_are_refused(change, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        tables.read(repacked(book(s=HEAD + CELLS), change))


def test_other_archives_old_workbooks_and_slow_ones_are_refused(monkeypatch) -> None:
    with pytest.raises(InvalidInput, match="no workbook"):
        tables.read(b"PK\x03\x04rest")
    with pytest.raises(InvalidInput, match="before 2007"):
        tables.read(b"\xd0\xcf\x11\xe0rest")
    monkeypatch.setattr(workbook, "MAX_SECONDS", -1)
    with pytest.raises(InvalidInput, match="takes longer"):
        tables.read(book(s=HEAD + CELLS))


@pytest.mark.parametrize(
    "content",
    [
        IRIS.to_csv(index=False).encode("gbk"),
        IRIS.to_csv().encode(),
        IRIS.to_csv(index=False, header=False).encode(),
        book(s=HEAD + CELLS),
    ],
)
def test_what_the_lessons_code_reads_is_the_same_table(content: bytes) -> None:
    table = tables.read(content, "我的.csv")
    again = tables.read(tables.as_csv(table))
    assert (again.columns, texts(again)) == (table.columns, texts(table))
    assert again.assumed.plain
    assert table.code_file == "我的-utf8.csv"
    assert number_table(table, [0, 1], [2]).name == "我的-utf8.csv"
    assert again.code_file == "data.csv"
