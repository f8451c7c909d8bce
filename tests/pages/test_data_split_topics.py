"""Lesson 1's data, looks, batches and overfitting, through widgets and address."""

import re
import time
from dataclasses import fields
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from core.data import tables
from ui.split.settings import Settings

IRIS = "length,width,kind\n" + "".join(f"{i / 10},{i % 7},{'setosa' if i % 3 else 'virginica'}\n" for i in range(60))
# One value per field that is not its default, as a link carries it.
ELSEWHERE = {
    "topic": "batches",
    "data": "regression",
    "samples": "77",
    "cuts": "35-60",
    "how": "random",
    "seed": "12",
    "sort": "1",
    "copies": "15",
    "inputs": "2.1",
    "outputs": "3",
    "by_class": "1",
    "stop": "order",
    "view": "leaks",
    "part": "test",
    "sample": "9",
    "normalised": "1",
    "folds": "7",
    "script": "sklearn",
    "batch_size": "8",
    "epochs": "3",
    "drop_last": "1",
    "reshuffle": "0",
    "points": "33",
    "degree": "7",
    "noise": "0.45",
    "ridge": "0.5",
}


def loaded(at):
    """Wait until MNIST is in memory."""
    until = time.monotonic() + 60
    while at.get("progress") and time.monotonic() < until:
        time.sleep(0.2)
        at.run()
    assert not at.get("progress")
    return at


def link(at) -> dict[str, str]:
    return {key: "".join(value) for key, value in at.query_params.items()}


def upload(at, content: bytes, name: str = "iris.csv"):
    return at.file_uploader[0].set_value((name, content, "text/csv")).run()


def test_every_setting_stands_in_the_table_above() -> None:
    assert set(ELSEWHERE) == {field.name for field in fields(Settings)}


@pytest.mark.parametrize("topic", ["split", "batches", "overfit"])
def test_a_link_comes_back_as_it_went_in(open_page, topic) -> None:
    wanted = {f"split_{name}": value for name, value in (ELSEWHERE | {"topic": topic}).items()}
    if topic == "split":
        del wanted["split_topic"]
    at = open_page("data_split", **wanted)
    assert not at.error
    assert link(at) == wanted


@pytest.mark.parametrize("hostile", ["", "x" * 5_000, "85-70-1", "-5-200", "70--85", "<b>", "1e999", "\u0000"])
def test_hostile_values_fall_back_everywhere(open_page, hostile) -> None:
    at = open_page("data_split", **{f"split_{name}": hostile for name in ELSEWHERE})
    assert not at.error
    kept = {key for key in link(at) if key not in {"split_inputs", "split_outputs"}}
    assert kept == set()


def test_cuts_the_wrong_way_round_are_put_right(open_page, words) -> None:
    at = open_page("data_split", split_cuts="85-70")
    assert at.slider(key="split_cuts").value == (70, 85)
    assert link(at) == {"split_cuts": "70-85"}
    assert "Validation set" in words(at)


def test_the_rounding_is_explained(open_page, words) -> None:
    shown = words(open_page("data_split", split_samples="997", split_cuts="70-85"))
    for number in ("int(997 · 0.7)", "**697**", "int(997 · 0.15)", "**149**", "**151**", "697.9"):
        assert number in shown


def test_sorted_and_unshuffled_data_is_warned_about_with_the_reason(open_page) -> None:
    at = open_page("data_split", split_sort="1")
    assert len(at.warning) == 1
    assert "Out3" in at.warning[0].value
    assert "Shuffle them" in at.warning[0].value
    at.segmented_control(key="split_how").set_value("stratified").run()
    assert not at.warning


def test_class_shares_stand_beside_each_other(open_page, words) -> None:
    shown = words(open_page("data_split", split_view="classes", split_cuts="60-80", split_how="stratified"))
    rows = re.findall(r"<tr><th>Out\d</th>.*?</tr>", shown)
    assert len(rows) == 3
    for row in rows:
        shares = [float(share) for share in re.findall(r"([\d.]+)%\D", re.sub(r"width:[\d.]+%", "", row))]
        assert len(shares) == 4
        assert max(shares) - min(shares) < 0.6  # one sample of 200 is 0.5 %


def test_stratifying_a_scale_is_explained(open_page) -> None:
    at = open_page("data_split", split_data="regression", split_how="stratified")
    assert "needs classes" in at.error[0].value
    at.selectbox(key="split_data").set_value("onehot").run()
    assert not at.error


@pytest.mark.parametrize("view", ["rows", "classes", "picture", "leaks", "folds"])
@pytest.mark.parametrize("data", ["onehot", "regression", "mnist"])
def test_every_look_at_every_data_set(open_page, words, data, view) -> None:
    settings = {"data": data, "view": view, "how": "random", "cuts": "70-85"}
    at = loaded(open_page("data_split", **{f"split_{key}": value for key, value in settings.items()}))
    assert not at.error
    shown = words(at)
    assert "700" in shown
    expected = {"leaks": "0.", "folds": "Round 5", "rows": "int(1000 · 0.7)"}
    assert expected.get(view, "") in shown


def test_copies_on_both_sides_are_counted(open_page, words) -> None:
    shown = words(open_page("data_split", split_view="leaks", split_copies="20"))
    assert "200 samples occur more than once" in shown
    assert "**200** of the 200 validation and test samples" in shown
    assert "(100.0%)" in shown


def test_a_digit_s_pixels_before_and_after(open_page, words) -> None:
    at = loaded(open_page("data_split", split_data="mnist", split_view="picture", split_sample="2"))
    before = re.findall(r"<td style=[^>]*>([^<]*)", words(at))
    assert len(before) == 784
    assert max(map(int, before)) > 250
    at.toggle(key="split_normalised").set_value(True).run()
    after = [float(value) for value in re.findall(r"<td style=[^>]*>([^<]*)", words(at))]
    assert min(after) == pytest.approx(-0.4, abs=0.05)
    assert max(after) == pytest.approx(2.8, abs=0.15)


def test_a_file_of_one_s_own(open_page, words) -> None:
    at = open_page("data_split", split_data="csv")
    assert at.info
    upload(at, IRIS.encode())
    assert not at.error
    shown = words(at)
    assert "setosa" in shown
    assert "48" in shown  # int(60 · 0.8)
    assert at.multiselect[0].value == [0, 1]
    at.multiselect[1].set_value([1]).run()
    assert "1, " not in "".join(error.value for error in at.error)
    assert link(at)["split_outputs"] == "2"
    assert "as input and as output" in at.error[0].value
    at.multiselect[0].set_value([0]).run()
    assert not at.error
    at.session_state["lesson_inside"] = True
    at.run()
    assert not at.exception
    at.switch_page("home.py").run()
    at.switch_page("data_split.py").run()
    assert "length" in words(at)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"PK\x03\x04", "workbook"),
        ("名\n".encode("gb18030"), "first row (=名) holds 1 column"),
        (b"x,1,2\n3,4,5\n6,7,8\n", "first row (=x, 1, 2) holds numbers and words"),
        (b"a,b\n1,2\n", "1 rows"),
        (b"a,b\n1,<script>alert(1)</script>\n,x\n", "missing"),
        (b"a,b\n1e400,1\n2,0\n", "too large"),
    ],
)
def test_a_bad_file_says_why(open_page, content, says) -> None:
    at = upload(open_page("data_split", split_data="csv"), content)
    assert len(at.error) == 1
    assert says in at.error[0].value


def test_a_link_marks_columns_before_the_file_is_there(open_page, words) -> None:
    at = upload(open_page("data_split", split_data="csv", split_inputs="2", split_outputs="1"), IRIS.encode())
    assert (at.multiselect[0].value, at.multiselect[1].value) == ([1], [0])
    assert link(at) == {"split_data": "csv", "split_inputs": "2", "split_outputs": "1"}


def test_names_in_a_file_stay_text(open_page, words) -> None:
    evil = b"<img src=x>,y\n" + b"".join(b"%d,<b>%d</b>\n" % (i, i % 2) for i in range(20))
    at = upload(open_page("data_split", split_data="csv", split_by_class="1"), evil)
    assert not at.error
    assert "<img" not in words(at)
    assert "&lt;img" in words(at)


@pytest.mark.parametrize("name", ["BGD", "MBGD", "SGD"])
def test_the_three_ways_are_one_click(open_page, words, name) -> None:
    at = open_page("data_split", split_topic="batches")
    at.button(key=f"split_way_{name}").click().run()
    assert f"({name})" in words(at)


def test_a_batch_of_one_is_warned_about(open_page) -> None:
    at = open_page("data_split", split_topic="batches", split_samples="21", split_cuts="50-50", split_batch_size="9")
    assert "batch normalisation" in at.warning[0].value  # 10 = 9 + 1
    at.toggle(key="split_drop_last").set_value(True).run()
    assert not at.warning


def test_the_schedule_follows_a_sample(open_page, words) -> None:
    settings = {"topic": "batches", "samples": "25", "batch_size": "6", "sample": "7", "epochs": "3"}
    at = open_page("data_split", **{f"split_{key}": value for key, value in settings.items()})
    shown = words(at)
    assert len(re.findall(r"<b style=[^>]*>7</b>", shown)) == 3
    at.toggle(key="split_reshuffle").set_value(False).run()
    assert "Sample 7 is in update 2, 6, 10." in words(at)


@pytest.mark.parametrize(
    ("settings", "says"),
    [({}, "A right fit"), ({"split_degree": "12"}, "Over-fitted"), ({"split_degree": "1"}, "Too simple")],
)
def test_the_fit_is_judged(open_page, words, settings, says) -> None:
    assert says in words(open_page("data_split", split_topic="overfit", **settings))


@pytest.mark.parametrize("topic", ["split", "batches", "overfit"])
def test_every_experiment_and_all_inside(open_page, topic) -> None:
    shown = open_page("data_split", split_topic=topic).get("page_link")
    links = [element.proto.query_string for element in shown if element.proto.page != "course"]
    assert 3 <= len(links) <= 6
    for string in links:
        at = loaded(open_page("data_split", **dict(parse_qsl(string))))
        assert not at.error
    at.session_state["lesson_inside"] = True
    at.run()
    assert not at.exception
    assert at.dataframe


def test_a_table_as_excel_and_pandas_write_it_is_read_and_what_was_assumed_is_told(
    open_page, words, tmp_path, monkeypatch, capsys
) -> None:
    rows = "\n".join(f"{n},{n / 10},{'是' if n % 2 else '否'}" for n in range(12))
    at = upload(open_page("data_split", split_data="csv"), f",身高,答案\n{rows}\n".encode("gb18030"))
    shown = words(loaded(at))
    assert "Taken for granted: encoding GB18030, the first column only numbers the rows and is left out." in shown
    assert "身高" in shown
    at.query_params["inside"] = "code"
    at = loaded(at.run())
    assert "As plain CSV, for the code" in {button.label for button in at.get("download_button")}
    monkeypatch.chdir(tmp_path)
    table = at.session_state["_kept_split_csv"]
    Path(table.code_file).write_bytes(tables.as_csv(table))  # what the button gives is what the code reads
    exec(at.code[0].value, {})
    assert capsys.readouterr().out.splitlines()[0] == "torch.Size([12, 2])"
    at = loaded(at.button(key="own_index_False").click().run())
    assert "left out" not in words(at)
    assert not at.exception


def test_what_a_table_leaves_open_is_asked(open_page, words) -> None:
    at = upload(open_page("data_split", split_data="csv"), b"1,2,yes\n" + b"3,4,no\n" * 9)
    assert "does it name the columns, or is it a sample?" in at.error[0].value
    at = loaded(at.button(key="own_header_False").click().run())
    assert not at.error
    assert "no row of names" in words(at)
