"""The visitor's CSV: good files by hand, bad ones by their sentence, and mutated, random and hostile ones."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.data import tables
from core.data.table_rows import MAX_BYTES
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
        IRIS.replace(b"\n", b"\r"),
        IRIS.replace(b",", b", "),
        IRIS.replace(b",set", b', "set').replace(b"osa", b'osa"'),
        b"\xef\xbb\xbf" + IRIS,
        b"\xef\xbb\xbf" * 2 + IRIS.replace(b"length", b'"length"'),
        IRIS.decode().encode("utf-16"),
        IRIS.decode().encode("utf-16-le").join([b"\xff\xfe", b""]),
        b"\n\n" + IRIS + b"\n,,\n",
        b" \n,\n" + IRIS + b"\n \n,,,,,\n\n",
        IRIS.replace(b"setosa", b'"setosa"'),
    ],
)
def test_the_usual_dialects_are_the_same_table(content: bytes) -> None:
    table = tables.read(content)
    assert table.columns == ("length", "width", "kind")
    assert table.cells.to_numpy().tolist() == [line.split(",") for line in IRIS.decode().splitlines()[1:]]


def test_texts_stay_as_they_are() -> None:
    table = tables.read(b'id,size,say "so"\n007,5" disk,"a ""b"", c"\nTrue,1e3,#\n')
    assert table.columns == ("id", "size", 'say "so"')
    assert table.cells.to_numpy().tolist() == [["007", '5" disk', 'a "b", c'], ["True", "1e3", "#"]]
    assert tables.read(b"x;y\n1,5;2\n2,5;3\n").cells.iloc[0].tolist() == ["1,5", "2"]


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
        (b",,\n,,\n", "empty"),
        (b"\n;;\n;;\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        ("\u2003\n\x85".encode(), "empty"),
        (b"x,y\n1,2\n", "1 rows of data"),
        (b"x,y\n", "0 rows of data"),
        (b"x\n1\n2\n", "1 column"),
        (b"x,x\n1,2\n3,4\n", "'x' stands 2 times"),
        (b"x,\n1,2\n3,4\n", "Column 2 has no name"),
        (b"x,y\n1,2\n3\n", "Line 3 has 1 cells"),
        (b"x,y\n1,2,3\n3,4,5\n", "Line 2 has 3 cells"),
        (b"x,y\n1,2,3,4\n3,4,5,6\n", "Line 2 has 4 cells"),
        (b"\n\nx,y\n1,2\n\n3,4,\n", "Line 6 has 3 cells"),
        (b'"x\n1",y\n"1\n\n",2\n3\n', "Line 6 has 1 cells"),
        (b"My data\nx,y\n1,2\n3,4\n", r"first row \(=My data\) holds 1 column"),
        (b"x,y\n1,2\n" + b"1," * 200, "Row 3 has 201 columns"),
        (b'x,y\n1,2\n3,"4\n5,6\n7,8\n', "Line 3 .* quotation mark"),
        (b'x,y\n1,2\n3,"4"5\n5,"6"\n7,8\n', "Line 3 .* quotation mark"),
        (b'"x,y\n1,2\n', "Line 1 .* quotation mark"),
        (b"x,y\n1,2\n3," + b"4" * 140_000 + b"\n5,6\n", "Line 3 .*131072"),
        ("x,y\n1,é\n".encode("latin-1"), "0xE9 at position 6"),
        ("长度,类\n1,甲\n".encode("gb18030"), "1 rows of data"),
        (b"PK\x03\x04rest", "no workbook"),
        (b"x,y\n1,\x002\n", "zero byte"),
        ("x,y\n1,2\n3,4\n".encode("utf-16-le"), "position 1 is a zero byte"),
        (b"x,y\n" + b"1,2\n" * 60_001, "60002 lines"),
        (b"x" * (MAX_BYTES + 1), "5.0 MB"),
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
        (b"1,a\n2,\n", [0], [1], r"Column 'y', line 3: the value \(=\) is missing"),
        (b"1e39,2\n2,3\n", [0], [1], "1e39 is too large"),
        (b"1e999,2\n2,3\n", [0], [1], "1e999 is too large"),
        (b"1,2\n-inf,3\n", [0], [1], "line 3: -inf is too large"),
        (b'"1",2\n"\n2",3\n\nx,4\n', [0], [1], "line 6: 'x' is text"),
        (b'"1,5",2\n2,3\n', [0], [1], "'1,5' is text"),
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


def check(content: bytes, data: st.DataObject) -> None:
    """Read, mark some columns; all that may happen is a data set of finite numbers or a sentence."""
    try:
        table = tables.read(content)
        columns = range(len(table.columns))
        marked = data.draw(st.lists(st.sampled_from(columns), max_size=4, unique=True))
        found = tables.data_set(table, marked[1:], marked[:1])
    except InvalidInput:
        return
    assert np.isfinite(found.inputs).all()
    assert np.isfinite(found.outputs).all()
    assert len(found) >= 2


@settings(max_examples=250, deadline=2000)
@given(data=st.data())
def test_whatever_a_file_turns_into_only_invalid_input_is_raised(data: st.DataObject) -> None:
    content = bytearray(
        data.draw(st.sampled_from([IRIS, b"x,y\n1,0\n2,1\n", b'a;b\n"1";2\n3;4\n', "长,类\n1,甲\n2,乙\n".encode()]))
    )
    pieces = [b"\n", b",", b'"', b"\r", b"e9", b"\x00", b"inf", b"-", b"\xef\xbb\xbf", b",,,", b"\n\n", b" "]
    for _mutation in range(data.draw(st.integers(0, 8))):
        at = data.draw(st.integers(0, len(content)))
        end = at + data.draw(st.integers(0, 3))
        content[at:end] = data.draw(st.one_of(st.binary(max_size=3), st.sampled_from(pieces)))
    check(bytes(content), data)


@settings(max_examples=200, deadline=2000)
@given(
    content=st.one_of(
        st.binary(max_size=200),
        st.text("a1,;\t\n\r\" '.-e\ufeff\x1c\x85\u2028é甲😀", max_size=200).map(str.encode),
        st.text(max_size=100).map(lambda text: text.encode("utf-16")),
        st.lists(st.lists(st.text(max_size=5), min_size=2, max_size=3).map(",".join)).map("\n".join).map(str.encode),
    ),
    data=st.data(),
)
def test_whatever_the_bytes_only_invalid_input_is_raised(content: bytes, data: st.DataObject) -> None:
    check(content, data)


HOSTILE = r"""
import resource, sys, time
from core.data import tables
from core.data.table_rows import MAX_BYTES
from core.errors import InvalidInput

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

size = MAX_BYTES
head = ",".join(f"c{i}" for i in range(11)).encode()
tables.data_set(tables.read(b"x,y\n1,2\n3,4\n"), [0], [1])
before = peak()
loaded = 0
for content in (
    head + (b"\n" + b"0.12345," * 10 + b"0.12345") * 54_000,
    b"x,y" + b"\n1,2" * 60_000,
    b"x" + b"," * (size - 1),
    b"x,y\n" + b"," * (size - 4),
    b"x" + b"," * 590_000,
    b'x,"\n"' + b"," * 590_000,
    b"1\n" * (size // 2),
    b"x,y\n" + b"\n" * (size - 5) + b"1",
    b"x,y\n" + b"1\n" * 59_000,
    b'x,y\n1,"' + b"a" * (size - 8) + b'"',
    b'x,y\n1,"' + b"a" * (size - 8),
    b'"' * size,
    b"a" * size,
    b"\r" * size,
    b"\xef\xbb\xbf" * (size // 3),
):
    start = time.process_time()
    try:
        table = tables.read(content)
        tables.data_set(table, range(len(table.columns) - 1), [len(table.columns) - 1])
        loaded += 1
    except InvalidInput:
        pass
    print(f"{time.process_time() - start:.2f} s, {peak() - before:.0f} MB:", content[:12])
    assert time.process_time() - start < 2
    assert peak() - before < 200
assert loaded == 2
"""


def test_a_hostile_file_takes_neither_time_nor_memory() -> None:
    root = Path(tables.__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", HOSTILE],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
