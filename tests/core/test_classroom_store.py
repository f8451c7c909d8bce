"""Class sets: who may do what, how much of it, and what becomes of nonsense."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from core.classroom import codes
from core.classroom import store as store_module
from core.classroom.database import VARIABLE, default_url
from core.classroom.giving import Limits
from core.classroom.models import Base
from core.classroom.store import ClassStore, Looks, class_store
from core.errors import InvalidInput

ROOT = Path(__file__).resolve().parents[2]
ANN, BEN, TEACHER = "ann-" * 6, "ben-" * 6, "teacher-" * 4
# A hosted database can be named to run the same tests on it; its chalknet_ tables are emptied.
HOSTED = os.environ.get("CHALKNET_TEST_DATABASE_URL")


def digit(seed: int = 0) -> np.ndarray:
    """Something with ink on it, another one for each seed."""
    return np.random.default_rng(seed).integers(0, 256, (28, 28)).astype(np.uint8)


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", "hosted"] if HOSTED else ["sqlite"])
def store(request, tmp_path, clock):
    url = HOSTED if request.param == "hosted" else f"sqlite:///{tmp_path / 'class.sqlite3'}"
    if request.param == "hosted":
        engine = create_engine(url)
        Base.metadata.drop_all(engine)
        engine.dispose()
    made = ClassStore(url, Limits(per_visitor=6, per_minute=4, per_class=9, classes_per_day=2, classes=3), clock)
    yield made
    made.database.close()


@pytest.fixture
def room(store):
    """A class: its code and its teacher's token."""
    return store.create_class(TEACHER)


# -- codes and tokens ---------------------------------------------------------------------------------------------


def test_a_code_is_short_unambiguous_and_different_each_time() -> None:
    made = {codes.new_code() for _ in range(500)}
    assert len(made) == 500
    assert not set("".join(made)) & set("AEIOUBLQSZ012568")
    assert {len(code) for code in made} == {8}
    assert len(codes.ALPHABET) ** 8 > 2.5e10
    assert len(codes.ALPHABET) ** codes.TOKEN_CHARS > 2**100


@pytest.mark.parametrize(
    "typed", ["cdfg-hjkm", " CDFG hjkm\n", "c-d-f-g-h-j-k-m", "ｃｄｆｇ－ｈｊｋｍ", "CDFG\u2013HJKM"]
)
def test_a_code_may_be_typed_in_many_ways(typed) -> None:
    assert codes.read_code(typed) == "CDFGHJKM"


@pytest.mark.parametrize(
    "typed",
    ["", "CDFG", "CDFGHJKMN", "CDFG-HJKO", None, 7, b"CDFGHJKM", "'; DROP TABLE chalknet_class; --", "x" * 10**6],
)
def test_what_is_no_code_is_refused_and_not_repeated_at_length(typed) -> None:
    with pytest.raises(InvalidInput, match="is no class code") as refusal:
        codes.read_code(typed)
    assert len(str(refusal.value)) < 200
    assert re.fullmatch(r"[A-Z0-9]*", str(refusal.value.values["code"]))


def test_only_hashes_of_token_and_visitor_are_stored(store, room, tmp_path) -> None:
    given_id = store.submit(room.code, ANN, 3, digit(), True).id
    assert store.take_back(room.code, ANN, given_id) == 1
    store.submit(room.code, ANN, 3, digit(1), True)
    if HOSTED:
        return
    everything = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for secret in (room.token, room.token.replace("-", ""), ANN, TEACHER):
        assert secret.encode() not in everything
    assert digit(1).tobytes()[:64] in everything  # or this would prove nothing


def test_a_visitor_has_another_mark_in_every_class(store) -> None:
    assert codes.visitor_mark(ANN, b"1" * 16) != codes.visitor_mark(ANN, b"2" * 16)


# -- giving and looking --------------------------------------------------------------------------------------------


def test_what_is_given_is_there(store, room, clock) -> None:
    first = store.submit(room.code, ANN, 3, digit(0), True)
    clock.now += 5
    second = store.submit(room.code.lower(), BEN, np.int64(7), digit(1), True)
    assert first.new
    assert second.new
    found = store.collection(room.code)
    assert list(zip(found.ids, found.labels, found.given_at, strict=True)) == [
        (first.id, 3, 1_700_000_000),
        (second.id, 7, 1_700_000_005),
    ]
    np.testing.assert_array_equal(found.images[0], digit(0))
    assert not found.images.flags.writeable
    counts = store.counts(room.code)
    assert counts.labels == (0, 0, 0, 1, 0, 0, 0, 1, 0, 0)
    assert (counts.total, counts.visitors, counts.open) == (2, 2, True)
    assert store.mine(room.code, ANN) == (first.id,)
    assert store.mine(room.code, "somebody else") == ()


def test_a_picture_in_any_memory_order_is_stored_as_it_looks(store, room) -> None:
    store.submit(room.code, ANN, 3, np.asfortranarray(digit(5)), True)
    store.submit(room.code, ANN, 3, np.flip(digit(6), axis=1), True)
    plain, flipped = store.collection(room.code).images
    np.testing.assert_array_equal(plain, digit(5))
    np.testing.assert_array_equal(flipped, np.flip(digit(6), axis=1))


def test_the_same_click_twice_is_one_entry(store, room) -> None:
    first = store.submit(room.code, ANN, 3, digit(), True)
    version = store.version(room.code)
    again = store.submit(room.code, ANN, 3, digit(), True)
    assert (again.id, again.new) == (first.id, False)
    assert store.version(room.code) == version
    with pytest.raises(InvalidInput, match="this very picture already, as a 3"):
        store.submit(room.code, ANN, 8, digit(), True)
    assert store.submit(room.code, BEN, 3, digit(), True).new  # another hand may write the same


def test_a_collection_is_everything_of_one_moment(store, room) -> None:
    assert len(store.collection(room.code)) == 0
    assert store.collection(room.code).images.shape == (0, 28, 28)
    ids = [store.submit(room.code, owner, 1, digit(n), True).id for n, owner in enumerate([BEN, ANN, BEN, TEACHER])]
    found = store.collection(room.code)
    assert found.ids.tolist() == ids
    assert found.hands.tolist() == [0, 1, 0, 2]
    assert found.labels.dtype == np.int64
    np.testing.assert_array_equal(found.images, np.stack([digit(n) for n in range(4)]))
    assert found.counts.version == store.version(room.code)
    for array in (found.ids, found.labels, found.images, found.given_at, found.hands):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_every_change_has_its_version(store, room) -> None:
    seen = [store.version(room.code)]
    entry = store.submit(room.code, ANN, 3, digit(), True)
    seen.append(store.version(room.code))
    store.take_back(room.code, ANN, entry.id)
    seen.append(store.version(room.code))
    store.take_back(room.code, ANN, entry.id)  # nothing there any more
    assert store.version(room.code) == seen[-1]
    store.set_open(room.code, room.token, False)
    seen.append(store.version(room.code))
    assert len(set(seen)) == 4


# -- consent, limits -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("consent", [False, None, 1, "yes"])
def test_nothing_is_stored_without_consent(store, room, consent) -> None:
    with pytest.raises(InvalidInput, match="only stored when its writer agrees"):
        store.submit(room.code, ANN, 3, digit(), consent)
    assert store.counts(room.code).total == 0


def test_a_visitor_gives_so_many_a_minute_and_is_told_how_long_to_wait(store, room, clock) -> None:
    for n in range(4):
        store.submit(room.code, ANN, n, digit(n), True)
        clock.now += 2
    with pytest.raises(InvalidInput, match=r"more than 4 digits a minute.* in 52 s"):
        store.submit(room.code, ANN, 4, digit(4), True)
    store.submit(room.code, BEN, 4, digit(4), True)
    store.take_back(room.code, ANN, *store.mine(room.code, ANN))
    with pytest.raises(InvalidInput, match="a minute"):  # giving and taking back in turn does not help
        store.submit(room.code, ANN, 4, digit(4), True)
    clock.now += 52
    for n in range(4, 8):
        store.submit(room.code, ANN, n, digit(n), True)
    clock.now -= 3600  # a clock that is set back locks nobody out
    store.submit(room.code, ANN, 8, digit(8), True)


def test_a_visitor_gives_so_many_to_a_class_and_may_exchange_one(store, room, clock) -> None:
    for n in range(6):
        clock.now += 60
        last = store.submit(room.code, ANN, n, digit(n), True)
    clock.now += 60
    with pytest.raises(InvalidInput, match=r"You have given 6 digits .* no more than 6"):
        store.submit(room.code, ANN, 6, digit(6), True)
    assert not store.submit(room.code, ANN, 5, digit(5), True).new  # a repeated click is still told that it is there
    assert store.take_back(room.code, ANN, last.id) == 1
    assert store.submit(room.code, ANN, 6, digit(6), True).new


def test_a_class_holds_so_many(store, room) -> None:
    for n in range(9):
        store.submit(room.code, f"visitor number {n}", n, digit(n), True)
    with pytest.raises(InvalidInput, match="is full: it has 9 digits of at most 9"):
        store.submit(room.code, "one more visitor", 9, digit(9), True)
    assert store.counts(room.code).total == 9


def test_a_visitor_makes_so_many_classes_a_day(store, clock) -> None:
    store.create_class(ANN)
    store.create_class(ANN)
    with pytest.raises(InvalidInput, match="2 classes today"):
        store.create_class(ANN)
    store.create_class(BEN)
    clock.now += 86_401  # tomorrow there is room for Ann; the classes that nobody used make way
    store.create_class(ANN)


def test_a_class_that_is_used_never_makes_way(store, clock) -> None:
    used = [store.create_class(owner) for owner in (ANN, BEN, TEACHER)]
    for room in used:
        store.submit(room.code, ANN, 3, digit(), True)
    clock.now += 30 * 86_400
    with pytest.raises(InvalidInput, match="3 classes here and no more than 3"):
        store.create_class("somebody new")
    store.delete_class(used[0].code, used[0].token)
    unused = store.create_class("somebody new")
    with pytest.raises(InvalidInput, match="3 classes here"):  # not while it is fresh
        store.create_class("somebody newer")
    clock.now += 86_401
    store.create_class("somebody newer")
    with pytest.raises(InvalidInput, match="no class"):
        store.counts(unused.code)
    assert [store.counts(room.code).total for room in used[1:]] == [1, 1]


# -- taking out ------------------------------------------------------------------------------------------------------


def test_only_the_giver_takes_back(store, room) -> None:
    entry = store.submit(room.code, ANN, 3, digit(), True)
    assert store.take_back(room.code, BEN, entry.id) == 0
    assert store.counts(room.code).total == 1
    assert store.take_back(room.code, ANN, entry.id) == 1
    assert store.counts(room.code).total == 0
    newer = store.submit(room.code, BEN, 4, digit(1), True)
    assert newer.id > entry.id  # an id is never used again: an old page's click hits nothing
    assert store.take_back(room.code, ANN, entry.id, newer.id) == 0


def test_the_teacher_removes_with_the_token_and_nobody_without(store, room) -> None:
    other = store.create_class(BEN)
    entry = store.submit(room.code, ANN, 3, digit(), True)
    elsewhere = store.submit(other.code, ANN, 3, digit(), True)
    for token in ("", other.token, room.token[:-1], room.code, "é" * 30, None, "' OR 1=1 --"):
        for action in (
            lambda t: store.remove(room.code, t, entry.id),
            lambda t: store.set_open(room.code, t, False),
            lambda t: store.delete_class(room.code, t),
            lambda t: store.check_token(room.code, t),
        ):
            with pytest.raises(InvalidInput, match="not the teacher's token"):
                action(token)
    assert store.counts(room.code) == store.collection(room.code).counts
    assert store.counts(room.code).total == 1
    store.check_token(room.code, room.token.lower().replace("-", " "))
    assert store.remove(room.code, room.token, elsewhere.id) == 0  # another class's entry
    assert store.remove(room.code, room.token, entry.id, entry.id, -1, True, 2**70) == 1
    assert (store.counts(room.code).total, store.counts(other.code).total) == (0, 1)


def test_the_teacher_can_shut_a_visitor_out(store, room) -> None:
    bad = [store.submit(room.code, ANN, n, digit(n), True).id for n in range(3)]
    store.submit(room.code, BEN, 1, digit(1), True)
    assert store.remove(room.code, room.token, bad[1], shut_out=True) == 3
    assert store.counts(room.code).total == 1
    with pytest.raises(InvalidInput, match="takes no more digits from this browser"):
        store.submit(room.code, ANN, 5, digit(5), True)
    store.submit(room.code, BEN, 5, digit(5), True)
    elsewhere = store.create_class(TEACHER)
    store.submit(elsewhere.code, ANN, 5, digit(5), True)


def test_a_closed_class_takes_nothing_and_opens_again(store, room) -> None:
    store.set_open(room.code, room.token, False)
    assert not store.counts(room.code).open
    with pytest.raises(InvalidInput, match="takes no more digits; ask your teacher"):
        store.submit(room.code, ANN, 3, digit(), True)
    store.set_open(room.code, room.token, True)
    store.submit(room.code, ANN, 3, digit(), True)


def test_a_deleted_class_is_gone_with_everything_in_it(store, room, tmp_path) -> None:
    other = store.create_class(BEN)
    store.submit(room.code, ANN, 3, digit(), True)
    store.submit(other.code, ANN, 4, digit(1), True)
    store.delete_class(room.code, room.token)
    for action in (
        lambda: store.submit(room.code, ANN, 3, digit(2), True),
        lambda: store.counts(room.code),
        lambda: store.collection(room.code),
        lambda: store.version(room.code),
        lambda: store.mine(room.code, ANN),
        lambda: store.take_back(room.code, ANN, 1),
        lambda: store.remove(room.code, room.token, 1),
        lambda: store.delete_class(room.code, room.token),
    ):
        with pytest.raises(InvalidInput, match=f"no class {room.code}"):
            action()
    assert store.counts(other.code).total == 1
    if HOSTED:
        return
    store.database.close()
    with sqlite3.connect(tmp_path / "class.sqlite3") as raw:
        assert raw.execute("SELECT count(*) FROM chalknet_entry").fetchone() == (1,)
        assert raw.execute("SELECT count(*) FROM chalknet_visitor").fetchone() == (1,)
    raw.close()
    # Overwritten, not only forgotten.
    assert digit(0).tobytes()[:64] not in (tmp_path / "class.sqlite3").read_bytes()


# -- nonsense --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "label", [-1, 10, 3.0, "3", None, True, np.float64(3), "3; DROP TABLE chalknet_entry", 10**30, "x" * 10**6]
)
def test_a_label_is_a_digit(store, room, label) -> None:
    with pytest.raises(InvalidInput, match="is no digit") as refusal:
        store.submit(room.code, ANN, label, digit(), True)
    assert len(str(refusal.value)) < 120


@pytest.mark.parametrize(
    "image",
    [
        None,
        b"\x89PNG" + bytes(780),
        digit().tolist(),
        digit().tobytes(),
        digit().astype(np.float32),
        digit().astype(np.int64),
        digit()[:27],
        digit()[None],
        digit().reshape(784),
        np.broadcast_to(np.uint8(255), (50_000, 50_000)),
        np.zeros((0, 28), np.uint8),
    ],
    ids=str,
)
def test_a_picture_is_28_by_28_bytes(store, room, image) -> None:
    with pytest.raises(InvalidInput, match="28×28 bytes, not") as refusal:
        store.submit(room.code, ANN, 3, image, True)
    assert len(str(refusal.value)) < 200


def test_an_empty_picture_is_refused(store, room) -> None:
    faint = np.full((28, 28), 100, np.uint8)
    faint[3, 3:8] = 255
    for image in (np.zeros((28, 28), np.uint8), faint):
        with pytest.raises(InvalidInput, match="no digit on the picture"):
            store.submit(room.code, ANN, 3, image, True)
    faint[3, 8] = 255
    store.submit(room.code, ANN, 3, faint, True)


@pytest.mark.parametrize("owner", ["", None, 5, "x" * 201, b"ann"])
def test_a_visitor_without_a_token_is_told(store, room, owner) -> None:
    for action in (
        lambda: store.submit(room.code, owner, 3, digit(), True),
        lambda: store.create_class(owner),
        lambda: store.mine(room.code, owner),
    ):
        with pytest.raises(InvalidInput, match="no token of its own"):
            action()


def test_an_unknown_class_is_said_to_be_unknown(store) -> None:
    with pytest.raises(InvalidInput, match="no class CDFG-HJKM"):
        store.submit("CDFGHJKM", ANN, 3, digit(), True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    code=st.one_of(st.text(max_size=30), st.integers(), st.none()),
    label=st.one_of(st.integers(), st.text(max_size=10), st.floats(), st.booleans()),
    token=st.one_of(st.text(max_size=40), st.none(), st.binary(max_size=10)),
    number=st.one_of(st.integers(), st.text(max_size=5), st.none()),
)
def test_whatever_is_sent_is_refused_in_a_sentence(store, room, code, label, token, number) -> None:
    before = store.counts(room.code)
    for action in (
        lambda: store.submit(code, ANN, 3, digit(), True),
        lambda: store.remove(room.code, token, number),
        lambda: store.remove(code, room.token, number),
    ):
        with pytest.raises(InvalidInput):
            action()
    if label not in range(10) or isinstance(label, bool | float):
        with pytest.raises(InvalidInput):
            store.submit(room.code, ANN, label, digit(), True)
    store.take_back(room.code, ANN, number)
    assert store.counts(room.code) == before


# -- where it is -----------------------------------------------------------------------------------------------------


def test_the_default_is_a_file_in_the_user_s_data_folder(monkeypatch, tmp_path) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr("platformdirs.user_data_dir", lambda name: str(tmp_path / name))
    assert default_url().database == str(tmp_path / "chalknet" / "classroom.sqlite3")
    store = class_store()
    assert store is class_store()
    assert (tmp_path / "chalknet" / "classroom.sqlite3").is_file()
    assert (tmp_path / "chalknet").stat().st_mode & 0o077 == 0
    store.database.close()


def test_the_environment_names_another_and_classes_outlive_the_process(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path / 'own' / 'my%20class.db'}")
    room = class_store().create_class(ANN)
    entry = class_store().submit(room.code, ANN, 3, digit(), True)
    again = ClassStore(default_url())  # as after a restart
    assert again.submit(room.code, ANN, 3, digit(), True) == (entry.id, False)
    for opened in (again, class_store()):
        opened.database.close()


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("nonsense", "no URL"),
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("unknown://user:secret@host/db", "NoSuchModuleError"),
        ("postgresql+nodriver://user:secret@host/db", "NoSuchModuleError"),
        ("oracle://user:secret@host/db", "ModuleNotFoundError"),
        ("sqlite+aiosqlite:///file", "only works with asyncio"),
        ("sqlite:////proc/no/such/folder/x.db", "No such file"),
    ],
)
def test_a_database_that_cannot_be_opened_is_explained_without_its_password(monkeypatch, url, why) -> None:
    monkeypatch.setenv(VARIABLE, url)
    with pytest.raises(InvalidInput, match=why) as refusal:
        class_store()
    assert "secret" not in str(refusal.value)
    assert VARIABLE in str(refusal.value)


def test_a_database_that_comes_back_is_used_again_and_nobody_waits_in_a_row_until_then(monkeypatch, tmp_path) -> None:
    tried, broken = [], ClassStore(f"sqlite:///{tmp_path / 'a.sqlite3'}")

    def opens(url):
        tried.append(url)
        if len(tried) == 1:
            raise InvalidInput("not now")
        return broken

    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path / 'a.sqlite3'}")
    monkeypatch.setattr(store_module, "ClassStore", opens)
    for _page in range(5):
        with pytest.raises(InvalidInput, match="not now"):
            class_store()
    assert len(tried) == 1
    monkeypatch.setattr(store_module, "AGAIN_S", 0.0)
    assert class_store() is broken
    assert class_store() is broken
    assert len(tried) == 2
    broken.database.close()


def test_a_database_of_another_version_of_the_app_is_left_alone(tmp_path) -> None:
    url = f"sqlite:///{tmp_path / 'class.sqlite3'}"
    ClassStore(url).database.close()
    with sqlite3.connect(tmp_path / "class.sqlite3") as raw:
        raw.execute("UPDATE chalknet_about SET value = '99' WHERE name = 'schema'")
    raw.close()
    with pytest.raises(InvalidInput, match="schema 99, this app knows 1"):
        ClassStore(url)


# -- looking again and again -------------------------------------------------------------------------------------------


def test_a_page_that_looks_again_reads_only_what_has_changed(store, room) -> None:
    looks = Looks(kept=2)
    store.submit(room.code, ANN, 3, digit(), True)
    first = looks.look(room.code, store)
    assert looks.look(room.code.lower(), store) is first
    entry = store.submit(room.code, ANN, 4, digit(1), True)
    assert looks.look(room.code, store).labels.tolist() == [3, 4]
    store.take_back(room.code, ANN, entry.id)
    assert looks.look(room.code, store).labels.tolist() == [3]
    for _n in range(2):
        other = store.create_class(BEN)
        assert len(looks.look(other.code, store)) == 0
    assert looks.look(room.code, store) is not first
    assert len(looks._newest) == 2
    store.delete_class(room.code, room.token)
    with pytest.raises(InvalidInput, match="no class"):
        looks.look(room.code, store)


def test_giving_needs_no_torch() -> None:
    """The home page could have the panel before torch is there."""
    command = "import sys, core.classroom.store, core.classroom.export; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
