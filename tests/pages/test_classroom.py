"""The class's parts of a page: into a class, giving, the wall, the numbers, training on, the teacher's tools."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core import cache
from core.classroom.giving import Limits
from core.classroom.store import ClassStore, NewClass, class_store
from core.data.grey import denormalise
from core.errors import InvalidInput
from core.nets.pretrained import pretrained
from core.score import Score, wilson

TEACHER = "teacher-" * 4
# A page with nothing but these parts; what is on the board lies in the session.
SCRIPT = """
import streamlit as st
from ui import text
from ui.state import session
from ui.classroom.membership import Membership
from ui.classroom import give, tabs
from ui.state.session import recall, remember

text.switch()
session.enter("scratch")
member = Membership()
give.draw(member, recall("board"), lambda: remember("board", None))
tabs.draw(member)
"""
TABS = {
    "en": ("The wall", "How well is it read?", "Train LeNet-5 on it", "Invite", "Download", "Teacher"),
    "zh": ("数字墙", "读得怎么样？", "用它训练 LeNet-5", "邀请", "下载", "老师"),
}


@pytest.fixture
def file(tmp_path, monkeypatch) -> Iterator[Path]:
    monkeypatch.setenv("CHALKNET_DATABASE_URL", f"sqlite:///{tmp_path / 'class.sqlite3'}")
    yield tmp_path / "class.sqlite3"
    class_store().database.close()


@pytest.fixture
def store(file) -> ClassStore:
    return class_store()


@pytest.fixture
def room(store) -> NewClass:
    return store.create_class(TEACHER)


@pytest.fixture
def pictures(digits) -> np.ndarray:
    """MNIST's first test digits: 7 2 1 0 4 1 4 9 5 9 (of all of MNIST)."""
    return denormalise(digits.test_images[:100, 0]).cpu().numpy()


@pytest.fixture
def truth(digits) -> list[int]:
    return digits.test_labels[:100].tolist()


@pytest.fixture
def visit(file) -> Callable[..., AppTest]:
    """Return a function that opens the page as another visitor."""

    def visit_(**parameters: str) -> AppTest:
        at = AppTest.from_string(SCRIPT, default_timeout=60)
        for key, value in parameters.items():
            at.query_params["class" if key == "code" else key] = value
        return fine(at.run())

    return visit_


def fine(at: AppTest) -> AppTest:
    assert not at.exception, at.exception[0].message
    return at


def tab(at: AppTest, number: int, lang: str = "en") -> AppTest:
    at.session_state["class_tabs"] = TABS[lang][number]
    return fine(at.run())


def parameter(at: AppTest, name: str) -> str:
    value = at.query_params[name]
    return value if isinstance(value, str) else value[0]


def draw(at: AppTest, picture: np.ndarray) -> AppTest:
    at.session_state["_kept_board"] = picture
    return fine(at.run())


def label(at: AppTest):
    return next(widget for widget in at.segmented_control if widget.key.startswith("class_label"))


def agree(at: AppTest):
    return next(box for box in at.checkbox if box.key.startswith("class_agree"))


def keys(at: AppTest) -> set[str]:
    return {button.key for button in at.button}


def tiles(at: AppTest, key: str = "class_wall") -> list[dict]:
    """What the browser is told to draw, without the pictures."""
    data = [json.loads(element.proto.json) for element in at.get("bidi_component") if element.proto.id.endswith(key)]
    return [tile for row in data[0]["rows"] for tile in row["tiles"]]


# -- into a class ------------------------------------------------------------------------------------------------------


def test_a_teacher_begins_a_class_and_sees_the_token_once(visit, words, store) -> None:
    at = visit()
    at.button(key="class_begin").click()
    fine(at.run())
    code, token = parameter(at, "class"), at.code[0].value
    assert store.counts(code).total == 0
    store.check_token(code, token)
    assert code in words(at)
    at.button(key="class_token_done").click()
    fine(at.run())
    for number in range(6):
        tab(at, number)
        assert token not in words(at) + "".join(block.value for block in at.code)
    assert "class_open" in keys(at)  # in this session the teacher's tools are there without it


def test_a_reload_does_not_cost_the_teacher_the_token(visit, words, store, file) -> None:
    def again(owner: str, **parameters: str) -> AppTest:
        at = AppTest.from_string(SCRIPT, default_timeout=60)
        at.session_state["_owner"] = owner
        for key, value in parameters.items():
            at.query_params[key] = value
        return fine(at.run())

    at = again("the browser of a teacher in a hurry")
    at.button(key="class_begin").click()
    fine(at.run())
    code, token = parameter(at, "class"), at.code[0].value
    stranger = again("somebody else's browser", **{"class": code})
    assert not stranger.code
    reloaded = again("the browser of a teacher in a hurry", **{"class": code})  # another session, the same cookie
    assert reloaded.code[0].value == token
    assert "class_open" in keys(tab(reloaded, 5))
    reloaded.button(key="class_token_done").click()
    fine(reloaded.run())
    assert not again("the browser of a teacher in a hurry", **{"class": code}).code, "it was written down"


def test_the_open_tab_is_in_the_address_and_outlives_another_language(visit, room) -> None:
    at = visit(code=room.code, class_tab="invite")
    assert [title.value for title in at.title] == [room.code]
    at.session_state["_language"] = "zh"
    fine(at.run())
    assert [title.value for title in at.title] == [room.code]


def test_a_class_is_joined_by_its_code_however_it_is_typed(visit, words, room) -> None:
    at = visit()
    at.text_input(key="class_typed_view").set_value("nonsense")
    at.button(key="class_join_view").click()
    fine(at.run())
    assert "“NONSENSE” is no class code" in at.error[0].value
    at.text_input(key="class_typed_view").set_value("CCCC-CCCC")
    fine(at.run())
    assert "no class CCCC-CCCC" in at.error[0].value
    at.text_input(key="class_typed_view").set_value(room.code.lower().replace("-", " "))
    fine(at.run())
    assert not at.error
    assert parameter(at, "class") == room.code
    assert f"Class {room.code}" in [element.value for element in at.subheader]
    at.button(key="class_leave").click()
    fine(at.run())
    assert "class" not in at.query_params
    assert "class_begin" in keys(at)


def test_the_address_leads_into_a_class_and_experiments_do_not_lead_out(visit, room) -> None:
    at = visit(code=room.code.lower(), sketch_pen="4")
    assert f"Class {room.code}" in [element.value for element in at.subheader]
    at.query_params.clear()  # a chip of "Try this": its own settings, and all others at their default
    at.query_params["set"] = "1"
    fine(at.run())
    assert parameter(at, "class") == room.code
    for nonsense in ("<script>alert(1)</script>", "' OR 1=1", "x" * 500, "\x00"):
        assert "class_begin" in keys(visit(code=nonsense))


def test_a_class_that_is_gone_is_said_to_be_gone(visit, store, room) -> None:
    at = visit(code=room.code)
    store.delete_class(room.code, room.token)
    for number in (0, 1, 4):
        tab(at, number)
        assert f"no class {room.code}" in at.error[0].value


# -- giving ------------------------------------------------------------------------------------------------------------


def test_a_digit_is_given_when_it_is_named_and_agreed_to(visit, words, store, room, pictures) -> None:
    at = visit(code=room.code)
    assert at.button(key="class_give_it").disabled
    draw(at, pictures[0])
    assert not agree(at).value  # nobody agrees by not looking
    label(at).set_value("7")
    fine(at.run())
    assert at.button(key="class_give_it").disabled
    agree(at).check()
    fine(at.run())
    assert not at.button(key="class_give_it").disabled
    at.button(key="class_give_it").click()
    fine(at.run())
    given = store.collection(room.code)
    assert given.labels.tolist() == [7]
    np.testing.assert_array_equal(given.images[0], pictures[0])
    assert "Your 7 is on the class's wall (1 from you so far)" in words(at)
    assert at.session_state["_kept_board"] is None  # the board is wiped for the next one
    assert label(at).value is None
    assert agree(at).value
    assert [tile["id"] for tile in tiles(at)] == given.ids.tolist()
    assert tiles(at)[0]["mine"]
    draw(at, pictures[1])
    label(at).set_value("2")
    fine(at.run())
    at.button(key="class_give_it").click()
    fine(at.run())
    assert store.collection(room.code).labels.tolist() == [7, 2]
    at.button(key="class_undo").click()
    fine(at.run())
    assert store.collection(room.code).labels.tolist() == [7]


def test_what_is_kept_is_said_on_the_screen(visit, words, room) -> None:
    shown = words(visit(code=room.code))
    assert "28×28 pixels, the digit that you say it is, the time, and a mark of this browser" in shown
    assert "No name, no address." in shown


def test_agreeing_holds_for_one_class(visit, store, room) -> None:
    at = visit(code=room.code)
    agree(at).check()
    fine(at.run())
    other = store.create_class(TEACHER)
    at.query_params["class"] = other.code
    at.query_params["set"] = "1"
    fine(at.run())
    assert f"Class {other.code}" in [element.value for element in at.subheader]
    assert not agree(at).value


def ready(at: AppTest, picture: np.ndarray, digit: int) -> AppTest:
    draw(at, picture)
    label(at).set_value(str(digit))
    agree(at).check()
    return fine(at.run())


def test_a_refusal_is_a_sentence_and_loses_neither_drawing_nor_label(visit, store, room, file, pictures) -> None:
    at = ready(visit(code=room.code), pictures[0], 7)
    store.set_open(room.code, room.token, False)
    at.button(key="class_give_it").click()
    fine(at.run())
    assert "takes no more digits; ask your teacher" in at.error[0].value
    store.set_open(room.code, room.token, True)
    store.database.patience_s = 0.2
    lock = sqlite3.connect(file, isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    at.button(key="class_give_it").click()
    fine(at.run())
    assert "nothing was changed. Try again" in at.error[0].value
    lock.execute("ROLLBACK")
    lock.close()
    assert store.counts(room.code).total == 0
    np.testing.assert_array_equal(at.session_state["_kept_board"], pictures[0])
    assert label(at).value == "7"
    at.button(key="class_give_it").click()
    fine(at.run())
    assert not at.error
    assert store.counts(room.code).labels[7] == 1


def test_no_stroke_waits_for_the_database(visit, room, pictures, monkeypatch) -> None:
    at = visit(code=room.code)
    tab(at, 3)  # the invitation needs no database either

    def fails() -> None:
        raise AssertionError("the database was asked")

    from ui.classroom import give, start

    monkeypatch.setattr(give, "class_store", fails)
    monkeypatch.setattr(start, "class_store", fails)
    ready(at, pictures[0], 7)
    assert not at.button(key="class_give_it").disabled


def test_a_visitor_without_a_database_gets_a_sentence(visit, monkeypatch, room) -> None:
    at = visit(code=room.code)
    monkeypatch.setenv("CHALKNET_DATABASE_URL", "oracle://user:secret@host/db")
    fine(at.run())
    assert "cannot be opened" in at.error[0].value
    assert "secret" not in at.error[0].value
    monkeypatch.undo()


# -- the wall ----------------------------------------------------------------------------------------------------------


def said_of(truth: list[int], row: int) -> int:
    """What a digit's giver says it is: the truth but for two of them."""
    return (truth[row] + 1) % 10 if row in (3, 4) else truth[row]


@pytest.fixture
def class_of_twelve(store, room, pictures, truth) -> dict[int, int]:
    """Twelve digits from three visitors, two of them under another label; row by id."""
    given = {}
    for row in range(12):
        said = said_of(truth, row)
        given[store.submit(room.code, f"visitor number {row % 3}", said, pictures[row], True).id] = row
    return given


def test_the_wall_shows_what_lenet_reads_otherwise(visit, room, words, class_of_twelve, digits, truth) -> None:
    answers = pretrained("lenet5")(digits.test_images[:12]).argmax(1).tolist()
    at = visit(code=room.code)
    shown = tiles(at)
    assert [tile["id"] for tile in shown] == sorted(class_of_twelve, reverse=True)
    for tile in shown:
        row = class_of_twelve[tile["id"]]
        said = said_of(truth, row)
        right = said == answers[row]
        assert tile["odd"] == (not right)
        assert tile["note"] == (str(said) if right else f"{said} → {answers[row]}")
        assert not tile["choosable"]
        assert not tile["mine"]
    assert "**12** digits from **3** hands" in words(at)
    at.segmented_control(key="class_show").set_value("misread")
    fine(at.run())
    wrong = {tile["id"] for tile in shown if tile["odd"]}
    assert wrong >= {number for number, row in class_of_twelve.items() if row in (3, 4)}
    assert {tile["id"] for tile in tiles(at)} == wrong
    at.segmented_control(key="class_show").set_value("digit")
    fine(at.run())
    assert len(tiles(at)) == 12
    assert parameter(at, "class_show") == "digit"


def test_a_long_wall_is_opened_piece_by_piece(visit, room, class_of_twelve, monkeypatch) -> None:
    import ui.classroom.wall

    monkeypatch.setattr(ui.classroom.wall, "PAGE", 5)
    at = visit(code=room.code)
    for count in (5, 10):
        assert [tile["id"] for tile in tiles(at)] == sorted(class_of_twelve, reverse=True)[:count]
        at.button(key="class_further").click()
        fine(at.run())
    assert len(tiles(at)) == 12
    assert "class_further" not in keys(at)


def test_the_pictures_on_the_wall_are_those_that_were_given(visit, room, class_of_twelve, pictures) -> None:
    import base64
    import io

    from PIL import Image

    at = visit(code=room.code)
    [element] = [element for element in at.get("bidi_component") if element.proto.id.endswith("class_wall")]
    data = json.loads(element.proto.json)
    sheet = np.asarray(Image.open(io.BytesIO(base64.b64decode(data["sheet"].split(",")[1]))))
    for place, tile in enumerate(tiles(at)):
        top, left = place // data["columns"] * 28, place % data["columns"] * 28
        found = sheet[top : top + 28, left : left + 28, 1]  # clear where there is no ink
        np.testing.assert_array_equal(found, pictures[class_of_twelve[tile["id"]]])


def test_one_visitor_sees_what_another_one_gives_without_doing_anything(visit, store, room, pictures) -> None:
    at = visit(code=room.code)
    assert len(at.info) == 1  # what an empty wall is for
    for row in range(3):
        store.submit(room.code, "somebody else", 1, pictures[row], True)
        fine(at.run())
        assert len(tiles(at)) == row + 1


def choose(at: AppTest, *ids: int) -> AppTest:
    """As if these tiles had been clicked in the browser."""
    at.session_state["_kept_class_chosen"] = ids
    return fine(at.run())


def test_a_visitor_takes_own_digits_back_and_no_other(visit, store, room, pictures) -> None:
    at, other = visit(code=room.code), visit(code=room.code)
    ready(at, pictures[0], 7)
    at.button(key="class_give_it").click()
    fine(at.run())
    [mine] = [tile["id"] for tile in tiles(at)]
    fine(other.run())
    choose(other, mine)
    assert not {"class_take_back", "class_remove", "class_shut_out"} & keys(other)
    choose(at, mine)
    assert not {"class_remove", "class_shut_out"} & keys(at)
    at.button(key="class_take_back").click()
    fine(at.run())
    assert store.counts(room.code).total == 0
    assert at.session_state["_kept_class_forget"] == 1  # the browser forgets what was chosen


# -- numbers -----------------------------------------------------------------------------------------------------------


def test_the_numbers_are_those_of_the_networks(visit, room, words, class_of_twelve, digits, truth) -> None:
    cache.mnist()  # or the page says that it is being loaded
    said = [said_of(truth, row) for row in range(12)]
    read, on_mnist = {}, {}
    for name in ("lenet5", "mnist-dnn"):
        answers = pretrained(name)(digits.test_images).argmax(1)
        read[name] = sum(a == b for a, b in zip(answers[:12].tolist(), said, strict=True))
        on_mnist[name] = int((answers == digits.test_labels).sum())
    at = tab(visit(code=room.code), 1)
    table = at.dataframe[0].value
    column = [int(str(value).replace(",", "")) for value in table.iloc[:, 4]]
    total = [int(str(value).replace(",", "")) for value in table.iloc[:, 5]]
    assert column == [read["lenet5"], on_mnist["lenet5"], read["mnist-dnn"], on_mnist["mnist-dnn"]]
    assert total == [12, len(digits.test_labels)] * 2
    assert table.iloc[0, 2] == f"{100 * read['lenet5'] / 12:.1f}%"
    low, high = wilson(read["lenet5"], 12)
    assert table.iloc[0, 3] == f"{100 * low:.1f} – {100 * high:.1f}%"
    assert len(tiles(at, "class_misread")) == 12 - read["lenet5"] >= 1
    assert f"**{12 - read['lenet5']}**" in words(at)
    odd = next(
        row for row in range(12) if pretrained("lenet5")(digits.test_images[row : row + 1]).argmax() != said[row]
    )
    cell = (said[odd], int(pretrained("lenet5")(digits.test_images[odd : odd + 1]).argmax()))
    at.session_state["_kept_class_cell"] = cell
    fine(at.run())
    shown = tiles(at, "class_misread")
    assert {tile["note"].split()[0] for tile in shown} == {f"{cell[0]}→{cell[1]}"}, "one cell's digits"
    at.session_state["_kept_class_cell"] = (truth[0], (truth[0] + 1) % 10)
    fine(at.run())
    assert f"answers “{(truth[0] + 1) % 10}” to **0**" in words(at)
    at.session_state["_kept_class_cell"] = None
    at.segmented_control(key="class_network").set_value("mnist-dnn")
    fine(at.run())
    assert f"**{12 - read['mnist-dnn']}**" in words(at)


# -- training on -------------------------------------------------------------------------------------------------------


def test_too_small_a_class_cannot_be_trained_with(visit, room, class_of_twelve, ready_digits, scheduler) -> None:
    at = tab(visit(code=room.code), 2)
    assert "must have 50: give 38 more" in at.error[0].value
    assert at.button(key="class_train").disabled


def test_lenet_is_trained_on_and_the_page_says_what_changed(
    visit, store, room, pictures, truth, digits, ready_digits, scheduler, words
) -> None:
    many = ClassStore(store.database._engine.url, Limits(per_minute=1000))
    for row in range(60):  # mirror writing
        flipped = np.ascontiguousarray(pictures[row][:, ::-1])
        many.submit(room.code, f"visitor number {row % 12}", truth[row], flipped, True)
    many.database.close()
    at = tab(visit(code=room.code), 2)
    at.toggle(key="class_rehearse").set_value(False)
    fine(at.run())
    at.button(key="class_train").click()
    fine(at.run())
    run = at.session_state["class_run"]
    until = time.monotonic() + 60
    while scheduler.snapshot(run).state.alive and time.monotonic() < until:
        time.sleep(0.1)
    fine(at.run())
    now = scheduler.snapshot(run)
    assert now.state == "finished"
    held = now.evaluation.samples
    assert held == len(now.job.parts.held)
    table = at.dataframe[0].value
    assert table.iloc[0, 1] == f"{100 * now.evaluations[0][1]:.1f}%"
    assert table.iloc[0, 3] == f"{100 * now.evaluation.accuracy:.1f}%"
    assert table.iloc[0, 5] == str(held)
    from core.nets.digit_files import model_of

    after = (model_of(now.weights, "lenet5")(digits.test_images).argmax(1) == digits.test_labels).float().mean().item()
    before = (pretrained("lenet5")(digits.test_images).argmax(1) == digits.test_labels).float().mean().item()
    assert table.iloc[1, 1] == f"{100 * before:.1f}%"
    assert table.iloc[1, 3] == f"{100 * after:.1f}%"
    assert after < before
    from ui.classroom.training import _forgotten, _gain

    count, first = len(digits.test_labels), now.evaluations[0][1]
    own = Score(round(first * held), held), Score(now.evaluation.correct, held)
    mnist = Score(round(before * count), count), Score(round(after * count), count)
    assert f"{_gain(*own)} {_forgotten(*mnist)}" in words(at)


def test_before_and_now_are_compared_with_their_intervals(open_page) -> None:
    open_page("home")
    from ui.classroom.training import _forgotten, _gain

    assert "better than before" in _gain(Score(20, 50), Score(45, 50))
    assert "worse than before" in _gain(Score(45, 50), Score(20, 50))
    assert "45 right before, 47 now, of 50" in _gain(Score(45, 50), Score(47, 50))
    assert "1,200 fewer" in _forgotten(Score(9930, 10_000), Score(8730, 10_000))
    assert "as before" in _forgotten(Score(9930, 10_000), Score(9925, 10_000))


def test_every_part_is_there_in_chinese(visit, room, words, class_of_twelve, ready_digits, scheduler) -> None:
    at = visit(code=room.code, lang="zh")
    parts = ["3** 个人写的 **12", "威尔逊区间", "至少要有 50 个", "班级码", "12** 个数字组成的数据集", "解锁"]
    for number, part in enumerate(parts):
        tab(at, number, "zh")
        assert part in words(at), words(at)


# -- downloads, invitation ---------------------------------------------------------------------------------------------


def test_downloads_wait_for_something_to_download(visit, store, room, pictures) -> None:
    at = tab(visit(code=room.code), 4)
    assert [button.disabled for button in at.download_button] == [True, True]
    store.submit(room.code, "visitor", 1, pictures[0], True)
    fine(at.run())
    assert [button.disabled for button in at.download_button] == [False, False]


def test_the_invitation_shows_the_code(visit, room) -> None:
    at = tab(visit(code=room.code), 3)
    assert [element.value for element in at.title] == [room.code]


# -- the teacher -------------------------------------------------------------------------------------------------------


def test_the_token_opens_the_tools_and_nothing_else_does(visit, store, room, class_of_twelve) -> None:
    at = tab(visit(code=room.code), 5)
    for wrong in ("nonsense", store.create_class(TEACHER).token):
        at.text_input(key="class_token_typed").set_value(wrong)
        at.button(key="class_unlock").click()
        fine(at.run())
        assert "not the teacher's token" in at.error[0].value
        assert "class_open" not in keys(at)
    at.text_input(key="class_token_typed").set_value(room.token.lower())
    fine(at.run())
    assert not at.error
    at.button(key="class_open").click()
    fine(at.run())
    assert not store.counts(room.code).open
    tab(at, 0)
    assert all(tile["choosable"] for tile in tiles(at))
    first, second, third, *_rest = sorted(class_of_twelve)
    choose(at, second, 10**6, third)
    at.button(key="class_remove").click()
    fine(at.run())
    assert {second, third} & set(store.collection(room.code).ids.tolist()) == set()
    choose(at, first)  # of the visitor who gave four
    at.button(key="class_shut_out").click()
    fine(at.run())
    assert store.counts(room.code).total == 12 - 2 - 4
    tab(at, 5)
    at.button(key="class_lock").click()
    fine(at.run())
    tab(at, 0)
    assert not any(tile["choosable"] for tile in tiles(at))


def test_a_class_is_deleted_only_when_its_code_is_typed(visit, store, room, class_of_twelve) -> None:
    at = tab(visit(code=room.code), 5)
    at.text_input(key="class_token_typed").set_value(room.token)
    fine(at.run())
    for typed in ("", "yes", "CCCCCCCC"):
        at.text_input(key="class_delete_typed").set_value(typed)
        at.button(key="class_delete").click()
        fine(at.run())
        assert len(at.error) == 1
        assert store.counts(room.code).total == 12
    at.text_input(key="class_delete_typed").set_value(room.code.lower())
    at.button(key="class_delete").click()
    fine(at.run())
    assert not at.error
    assert "class_begin" in keys(at)
    with pytest.raises(InvalidInput, match="no class"):
        store.counts(room.code)
