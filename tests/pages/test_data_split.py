"""Lesson 1 through its widgets and its address."""

import re

import numpy as np
import pytest

from ui.split import pictures


def cells(page_words: str) -> list[list[str]]:
    """Return the short table's rows as texts."""
    rows = re.findall(r"<tr[^>]*><td>\d.*?</tr>", page_words)
    return [re.findall(r"<td>(?:<b[^>]*>)?([^<]*)", row) for row in rows]


def test_the_course_table_stands_there_at_first(open_page, words) -> None:
    shown = words(open_page("data_split"))
    rows = cells(shown)
    assert [(row[0], row[1]) for row in rows] == [(str(n), str(n)) for n in (1, 2, 799, 800, 801, 802, 999, 1000)]
    assert [row[8].strip() for row in rows] == ["■"] * 4 + ["□"] * 4
    assert "800" in shown
    assert "200" in shown
    assert "**13" in shown  # 800 / 64 = 12.5, rounded up
    assert "**65" in shown
    assert "Training set" in shown


def test_the_10240_example_is_one_link(open_page, words) -> None:
    shown = words(open_page("data_split", split_samples="12800", split_batch_size="1024"))
    assert "10,240" in shown
    assert re.search(r"\*\*10\b", shown)
    assert re.search(r"\*\*50\b", shown)


def test_the_10240_example_is_one_click(open_page) -> None:
    at = open_page("data_split")
    links = {element.proto.query_string for element in at.get("page_link")}
    assert "split_topic=batches&split_samples=12800&split_batch_size=1024&set=1" in links


def test_a_link_wins_over_what_was_set_before(open_page, words) -> None:
    at = open_page("data_split", split_cuts="50-50", split_epochs="9")
    assert "500" in words(at)
    at.query_params.clear()
    at.query_params["split_samples"] = "12800"
    at.query_params["set"] = "1"
    at.run()
    assert "10,240" in words(at)
    assert "× 5 epochs" in words(at)
    assert "set" not in at.query_params


def test_a_shuffled_sample_keeps_its_number_and_values(open_page, words) -> None:
    kept = {row[1]: row[2:8] for row in cells(words(open_page("data_split", split_samples="10")))}
    moved = cells(words(open_page("data_split", split_samples="10", split_how="random", split_seed="1")))
    assert [row[1] for row in moved] != [row[0] for row in moved]
    common = [row for row in moved if row[1] in kept]
    assert common
    assert all(kept[row[1]] == row[2:8] for row in common)


def test_shuffle_again_takes_the_next_seed(open_page) -> None:
    at = open_page("data_split", split_samples="40")
    at.button[0].click().run()
    assert at.segmented_control(key="split_how").value == "random"
    assert at.number_input(key="split_seed").value == 1
    assert "".join(at.query_params["split_seed"]) == "1"
    assert "".join(at.query_params["split_samples"]) == "40"


def test_an_impossible_batch_is_explained(open_page) -> None:
    at = open_page("data_split", split_samples="10", split_batch_size="100", split_drop_last="1")
    assert len(at.error) == 1
    assert "100" in at.error[0].value
    assert "Take a smaller batch" in at.error[0].value


@pytest.mark.parametrize(
    "hostile",
    [
        {"split_samples": "99999999999999999999"},
        {"split_samples": "-5", "split_seed": "x" * 5_000},
        {"split_cuts": "nan-80", "split_epochs": "1e9"},
        {"split_how": "maybe", "split_drop_last": "<script>alert(1)</script>"},
        {"split_samples": "10\u0000", "split_batch_size": "٣"},
        {"lang": "../../etc/passwd"},
        {"set": "x" * 100, "split_cuts": "0.8"},
    ],
)
def test_a_hostile_address_falls_back_to_the_defaults(open_page, words, hostile) -> None:
    at = open_page("data_split", **hostile)
    assert not at.error
    assert "800" in words(at)
    assert at.number_input(key="split_samples").value == 1_000
    assert not any("script" in str(value) for value in at.query_params.values())


def test_every_experiment_can_be_opened(open_page) -> None:
    from urllib.parse import parse_qsl

    links = open_page("data_split").get("page_link")
    strings = [element.proto.query_string for element in links if element.proto.page != "course"]
    assert len(strings) == 6
    for string in strings:
        at = open_page("data_split", **dict(parse_qsl(string)))
        assert not at.error


def test_inside_shows_every_row_and_the_code_runs(open_page) -> None:
    at = open_page("data_split", split_samples="50", split_how="random")
    at.session_state["lesson_inside"] = True
    at.run()
    assert not at.exception
    tables = [element.value for element in at.dataframe]
    assert len(tables[0]) == 50
    assert sorted(tables[0]["Sample"]) == list(range(1, 51))


def test_a_phone_shows_the_columns_of_a_digit_that_have_ink() -> None:
    grey = np.zeros((28, 28))
    grey[4:24, 1:21] = 0.5
    assert pictures._phone_columns(grey.ravel()) == range(1, 21)
    grey[:] = 0
    grey[:, 26] = 1
    assert pictures._phone_columns(grey.ravel()) == range(8, 28)
    assert pictures._phone_columns(np.zeros(784)) == range(4, 24)
    grey[:, 0] = 1
    assert pictures._phone_columns(grey.ravel()) == range(28)  # wider than MNIST's: nothing is left out


def test_the_three_ways_are_a_table_of_their_own_numbers(open_page) -> None:
    at = open_page("data_split", split_samples="1000")
    at.session_state["lesson_inside"] = True
    at.run()
    page = "".join(element.proto.body for element in at.get("html"))
    # 800 training samples: 1, ⌈800/64⌉ and 800 updates an epoch, five epochs
    for numbers in ((800, 64, 1), (1, 13, 800), (5, 65, "4,000"), (800, 32, 1), (0, 0, 0)):
        assert "".join(f"<td>{number}</td>" for number in numbers) in page
