"""The visitor's CSV: good files by hand, bad ones by their sentence, mutated ones by Hypothesis."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data import tables
from core.errors import InvalidInput

IRIS = b"""length,width,kind
5.1,3.5,setosa
4.9,3.0,setosa
6.2,2.9,versicolor
"""


def test_a_text_output_is_a_class() -> None:
    table = tables.read(IRIS)
    data = tables.data_set(table, [0, 1], [2])
    assert data.class_names == ("setosa", "versicolor")
    assert data.classes is not None
    assert data.classes.tolist() == [0, 0, 1]
    assert data.inputs.tolist() == np.float32([[5.1, 3.5], [4.9, 3.0], [6.2, 2.9]]).tolist()
    assert (data.input_names, data.output_names) == (("length", "width"), ("kind",))


@pytest.mark.parametrize(
    "content",
    [
        IRIS.replace(b",", b";"),
        IRIS.replace(b",", b"\t"),
        IRIS.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + IRIS,
        IRIS.decode().encode("utf-16"),
        b"\n\n" + IRIS + b"\n,,\n",
        IRIS.replace(b"setosa", b'"setosa"'),
    ],
)
def test_the_usual_dialects_are_the_same_table(content: bytes) -> None:
    table = tables.read(content)
    assert (table.columns, table.rows) == (tables.read(IRIS).columns, tables.read(IRIS).rows)


def test_number_classes_one_hot_and_scales() -> None:
    table = tables.read(b"x,n,a,b,y\n1,3,1,0,0.5\n2,7,0,1,1e3\n3,3,0,1,-2\n")
    whole = tables.data_set(table, [0], [1])
    assert whole.class_names == ("3", "7")
    assert whole.classes is not None
    assert whole.classes.tolist() == [0, 1, 0]
    pair = tables.data_set(table, [0], [2, 3])
    assert pair.class_names == ("a", "b")
    assert pair.classes is not None
    assert pair.classes.tolist() == [0, 1, 1]
    scale = tables.data_set(table, [0], [4])
    assert scale.classes is None
    assert scale.outputs[:, 0].tolist() == [0.5, 1000.0, -2.0]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"  \n\n", "empty"),
        (b",,\n,,\n", "no rows"),
        (b"x,y\n1,2\n", "1 rows of data"),
        (b"x,y\n", "0 rows of data"),
        (b"1,2\n3,4\n5,6\n", r"first row \(=1, 2\)"),
        (b"x\n1\n2\n", "1 column"),
        (b"x,x\n1,2\n3,4\n", "'x' stands 2 times"),
        (b"x,\n1,2\n3,4\n", "Column 2 has no name"),
        (b"x,y\n1,2\n3\n", "Line 3 has 1 cells"),
        (b'x,y\n1,"2\n3,4\n', "quotation mark"),
        ("x,y\n1,é\n".encode("latin-1"), "0xE9 at position 6"),
        ("长度,类\n1,甲\n".encode("gb18030"), "not UTF-8"),
        (b"PK\x03\x04rest", "workbook"),
        (b"x,y\n1,\x002\n", "zero byte"),
        (b"x,y\n" + b"1,2\n" * 60_001, "60001 rows"),
        (b"x" * (tables.MAX_BYTES + 1), "5.0 MB"),
        (",".join(f"c{i}" for i in range(90)).encode() + b"\n" + (b"1" + b",1" * 89 + b"\n") * 7_000, "600000 cells"),
        (",".join(f"c{i}" for i in range(101)).encode() + b"\n", "101 columns"),
        (b"x," + b"y" * 50 + b"\n1,2\n3,4\n", "50 characters"),
    ],
)
def test_a_bad_file_is_told_what_is_wrong(content: bytes, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        tables.read(content)


@pytest.mark.parametrize(
    ("rows", "inputs", "outputs", "says"),
    [
        (b"1,a\n2,b\n", [1], [0], "Column 'y', line 2: 'a' is text"),
        (b"1,2\n,3\n", [0], [1], r"Column 'x', line 3: the value \(=\) is missing"),
        (b"1,2\nNaN,3\n", [0], [1], r"\(=NaN\) is missing"),
        (b"1,a\n2,\n", [0], [1], r"the class \(=\) is missing"),
        (b"1e39,2\n2,3\n", [0], [1], "1e39 is too large"),
        (b"1e999,2\n2,3\n", [0], [1], "1e999 is too large"),
        (b"1_000,2\n2,3\n", [0], [1], "'1_000' is text"),
        (b"1,2\n3,4\n", [0], [0], "as input and as output"),
        (b"1,2\n3,4\n", [], [1], "0 input and 1 output"),
        (b"1,2\n3,4\n", [0], [], "1 input and 0 output"),
        (b"".join(b"1,t%d\n" % i for i in range(11)), [0], [1], "11 different texts"),
    ],
)
def test_a_bad_column_is_named(rows: bytes, inputs: list[int], outputs: list[int], says: str) -> None:
    table = tables.read(b"x,y\n" + rows)
    with pytest.raises(InvalidInput, match=says):
        tables.data_set(table, inputs, outputs)


@settings(max_examples=600, deadline=None)
@given(data=st.data())
def test_whatever_the_bytes_only_invalid_input_is_raised(data: st.DataObject) -> None:
    content = bytearray(
        data.draw(st.sampled_from([IRIS, b"x,y\n1,0\n2,1\n", b'a;b\n"1";2\n3;4\n', "长,类\n1,甲\n2,乙\n".encode()]))
    )
    for _mutation in range(data.draw(st.integers(0, 8))):
        at = data.draw(st.integers(0, len(content)))
        end = at + data.draw(st.integers(0, 3))
        content[at:end] = data.draw(
            st.one_of(st.binary(max_size=3), st.sampled_from([b"\n", b",", b'"', b"\r", b"e9", b"\x00"]))
        )
    try:
        table = tables.read(bytes(content))
        columns = range(len(table.columns))
        marked = data.draw(st.lists(st.sampled_from(columns), max_size=4, unique=True))
        found = tables.data_set(table, marked[1:], marked[:1])
    except InvalidInput:
        return
    assert np.isfinite(found.inputs).all()
    assert np.isfinite(found.outputs).all()
    assert len(found) >= 2
