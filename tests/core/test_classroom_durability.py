"""Class sets under fire: many writers, locks, a full disk, a killed process. What was acknowledged is there, whole."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import event, text

from core.classroom import database, giving
from core.classroom.giving import Limits
from core.classroom.store import ClassStore
from core.errors import InvalidInput

ROOT = Path(__file__).resolve().parents[2]
MANY = Limits(per_visitor=10_000, per_minute=10_000, per_class=10_000)
TEACHER = "teacher-" * 4
MUCH_TOO_LONG = 20.0  # seconds for a wait of less than two; a slow machine is no reason to be red

# A process of its own that gives digits from several threads and says of each that it was acknowledged: "id seed".
# A digit's picture follows from its seed, so that whoever looks can tell whether it is whole.
WRITER = """
import sys, threading
import numpy as np
from core.classroom.giving import Limits
from core.classroom.store import ClassStore
from core.errors import InvalidInput

url, code, first, threads, each = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
if len(sys.argv) > 6:
    import resource, signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[6]),) * 2)
many = Limits(per_visitor=10_000, per_minute=10_000, per_class=10_000)
store, say = ClassStore(url, many), threading.Lock()
store.database.patience_s = 30  # a slow machine is no reason to be red

def write(thread):
    for number in range(each):
        seed = first + thread * each + number
        picture = np.random.default_rng(seed).integers(0, 256, (28, 28)).astype(np.uint8)
        try:
            line = f"{store.submit(code, f'visitor {thread}', seed % 10, picture, True).id} {seed}"
        except InvalidInput as error:
            line = f"refused {error}"
        with say:
            print(line, flush=True)

workers = [threading.Thread(target=write, args=(thread,)) for thread in range(threads)]
[worker.start() for worker in workers]
[worker.join() for worker in workers]
"""


def digit(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (28, 28)).astype(np.uint8)


@pytest.fixture
def file(tmp_path) -> Path:
    return tmp_path / "class.sqlite3"


@pytest.fixture
def store(file) -> Iterator[ClassStore]:
    made = ClassStore(f"sqlite:///{file}", MANY)
    yield made
    made.database.close()


@pytest.fixture
def code(store) -> str:
    return store.create_class(TEACHER).code


def writer(file: Path, code: str, first: int, threads: int, each: int, *more: int) -> subprocess.Popen[str]:
    numbers = [str(number) for number in (first, threads, each, *more)]
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, f"sqlite:///{file}", code, *numbers],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def acknowledged(lines: str) -> dict[int, int]:
    """Return seed by id, of complete lines only."""
    pairs = [line.split() for line in lines.splitlines(keepends=True) if line.endswith("\n")]
    return {int(pair[0]): int(pair[1]) for pair in pairs if pair[0] != "refused"}


def check_whole(file: Path, code: str, given: dict[int, int], others: Callable[[int], bool] = lambda _n: False) -> None:
    """See that exactly those entries are there, with their own pictures and labels, and that the file is sound.

    Args:
        others: which number of entries may be there beyond those that were acknowledged.
    """
    with sqlite3.connect(file) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
        [(version,)] = raw.execute("SELECT version FROM chalknet_class").fetchall()
    raw.close()
    fresh = ClassStore(f"sqlite:///{file}")
    found = fresh.collection(code)
    fresh.database.close()
    assert set(given) <= set(found.ids.tolist())
    extra = len(found) - len(given)
    assert extra == 0 or others(extra), extra
    assert version == len(found)  # counted in the same transaction as each entry
    place = {number: index for index, number in enumerate(found.ids.tolist())}
    for number, seed in given.items():
        np.testing.assert_array_equal(found.images[place[number]], digit(seed))
        assert found.labels[place[number]] == seed % 10


# -- many at once ------------------------------------------------------------------------------------------------------


def test_many_threads_lose_nothing(store, file, code) -> None:
    store.database.patience_s = 30  # a slow machine is no reason to be red

    def give(seed: int) -> tuple[int, int]:
        return store.submit(code, f"visitor {seed % 30}", seed % 10, digit(seed), True).id, seed

    started = time.monotonic()
    with ThreadPoolExecutor(30) as pool:
        given = dict(pool.map(give, range(240)))
    print(f"240 digits from 30 threads in {time.monotonic() - started:.2f} s")
    assert len(given) == 240
    check_whole(file, code, given)
    assert store.counts(code).visitors == 30


def test_two_processes_lose_nothing(store, file, code) -> None:
    running = [writer(file, code, first, 12, 8) for first in (0, 1000)]
    lines = [process.communicate(timeout=120) for process in running]
    assert [errors for _said, errors in lines] == ["", ""]
    given = acknowledged("".join(said for said, _errors in lines))
    assert "refused" not in "".join(said for said, _errors in lines)
    assert len(given) == 2 * 12 * 8
    check_whole(file, code, given)


@pytest.mark.parametrize(
    ("limits", "owners", "words"),
    [
        (Limits(per_class=7), 20, "is full"),
        (Limits(per_visitor=7, per_minute=100), 1, "You have given 7"),
        (Limits(per_minute=7), 1, "a minute"),
    ],
    ids=["class", "visitor", "minute"],
)
def test_a_limit_holds_however_many_come_at_once(file, limits, owners, words) -> None:
    store = ClassStore(f"sqlite:///{file}", limits)
    code = store.create_class(TEACHER).code

    def give(seed: int) -> str:
        try:
            store.submit(code, f"visitor {seed % owners}", seed % 10, digit(seed), True)
        except InvalidInput as error:
            return str(error)
        return "given"

    with ThreadPoolExecutor(20) as pool:
        said = list(pool.map(give, range(20)))
    assert said.count("given") == 7
    assert sum(words in line for line in said) == 13
    assert store.counts(code).total == 7
    store.database.close()


def test_one_click_that_arrives_twenty_times_is_one_entry(store, code) -> None:
    with ThreadPoolExecutor(20) as pool:
        given = list(pool.map(lambda _n: store.submit(code, "one visitor", 3, digit(0), True), range(20)))
    assert len({entry.id for entry in given}) == 1
    assert sum(entry.new for entry in given) == 1
    assert store.counts(code).total == 1


def test_processes_that_open_a_new_database_at_once_agree_on_it(file) -> None:
    command = (
        "import sys; from core.classroom.store import ClassStore; print(ClassStore(sys.argv[1]).create_class('x'))"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", command, f"sqlite:///{file}"], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for _n in range(3)
    ]
    assert all(process.communicate(timeout=60)[0].startswith("NewClass") for process in running)
    with sqlite3.connect(file) as raw:
        assert raw.execute("SELECT count(*) FROM chalknet_class").fetchone() == (3,)
        assert raw.execute("SELECT value FROM chalknet_about").fetchall() == [("1",)]
    raw.close()


# -- locked ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def lock(file) -> Iterator[sqlite3.Connection]:
    """Another program that is about to hold the database's write lock."""
    raw = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    yield raw
    raw.close()


def test_a_locked_database_is_a_sentence_in_time_and_stores_nothing(store, file, code, lock) -> None:
    store.database.patience_s = 0.4
    given = {store.submit(code, "visitor", 1, digit(1), True).id: 1}
    lock.execute("BEGIN IMMEDIATE")
    started = time.monotonic()
    with pytest.raises(InvalidInput, match=r"busy for 0\.4 s, and nothing was changed. Try again"):
        store.submit(code, "visitor", 2, digit(2), True)
    assert time.monotonic() - started < MUCH_TOO_LONG
    assert store.counts(code).total == 1  # readers do not wait for a writer
    lock.execute("ROLLBACK")
    given[store.submit(code, "visitor", 2, digit(2), True).id] = 2
    check_whole(file, code, given)


def test_a_lock_that_goes_in_time_is_not_noticed(store, file, code, lock) -> None:
    store.database.patience_s = 30
    lock.execute("BEGIN IMMEDIATE")
    threading.Timer(0.5, lambda: lock.execute("ROLLBACK")).start()
    given = {store.submit(code, "visitor", 2, digit(2), True).id: 2}
    check_whole(file, code, given)


def test_twenty_writers_behind_a_lock_all_hear_of_it_in_time(store, code, lock) -> None:
    store.database.patience_s = 0.6
    lock.execute("BEGIN IMMEDIATE")
    started = time.monotonic()

    def give(seed: int) -> str:
        with pytest.raises(InvalidInput) as refusal:
            store.submit(code, f"visitor {seed}", 1, digit(seed), True)
        return str(refusal.value)

    with ThreadPoolExecutor(20) as pool:
        said = set(pool.map(give, range(20)))
    assert time.monotonic() - started < MUCH_TOO_LONG
    assert len(said) == 1
    lock.execute("ROLLBACK")
    assert store.counts(code).total == 0


def test_a_database_that_nobody_else_may_even_read_is_a_sentence_too(store, file, code, lock) -> None:
    store.database.patience_s = 0.3
    store.database.close()
    lock.execute("PRAGMA locking_mode = EXCLUSIVE")
    lock.execute("BEGIN EXCLUSIVE")
    for action in (lambda: store.counts(code), lambda: database.Database(f"sqlite:///{file}", patience_s=0.3)):
        started = time.monotonic()
        with pytest.raises(InvalidInput, match=r"was busy for 0\.3 s"):
            action()
        assert time.monotonic() - started < MUCH_TOO_LONG


def test_no_wait_for_a_lock_is_longer_than_two_seconds(store) -> None:
    def pragma(name: str) -> object:
        return store.database.read(lambda session: session.scalar(text(f"PRAGMA {name}")))

    assert pragma("busy_timeout") <= 2000
    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == 2  # FULL: on the disk before it is acknowledged
    assert pragma("foreign_keys") == 1


# -- a full disk, a broken one -----------------------------------------------------------------------------------------


def test_a_full_disk_is_a_sentence_and_keeps_what_it_has(file) -> None:
    room = 40  # pages of 4 kB

    def limited() -> ClassStore:
        opened = ClassStore(f"sqlite:///{file}", MANY)
        opened.database.close()

        @event.listens_for(opened.database._engine, "connect")
        def limit(connection, _record) -> None:
            connection.execute(f"PRAGMA max_page_count = {room}")

        return opened

    store = limited()
    code, given = store.create_class(TEACHER).code, {}

    def give_all() -> None:
        for seed in range(1000):
            given[store.submit(code, "visitor", seed % 10, digit(seed), True).id] = seed

    with pytest.raises(InvalidInput, match="Nothing was stored: the disk of the class sets is full"):
        give_all()
    assert 20 < len(given) < 200
    for seed in range(2000, 2005):  # and it stays so
        with pytest.raises(InvalidInput, match="is full"):
            store.submit(code, "visitor", 1, digit(seed), True)
    check_whole(file, code, given)
    assert store.take_back(code, "visitor", max(given)) == 1  # making room is possible on a full disk
    del given[max(given)]
    store.database.close()
    room = 1000
    store = limited()
    given[store.submit(code, "visitor", 5, digit(5005), True).id] = 5005
    assert store.counts(code).total == len(given)
    store.database.close()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on the size of files")
def test_a_process_that_may_write_no_more_bytes_loses_nothing(store, file, code) -> None:
    """The operating system refuses to write on, in the middle of the log or of the file itself."""
    process = writer(file, code, 0, 4, 60, 150_000)
    said, errors = process.communicate(timeout=120)
    assert errors == ""
    given = acknowledged(said)
    refusals = {line for line in said.splitlines() if line.startswith("refused")}
    assert given
    assert refusals
    assert all("Nothing was stored" in line or "nothing was changed" in line for line in refusals), refusals
    check_whole(file, code, given)
    given[store.submit(code, "visitor", 1, digit(9001), True).id] = 9001  # and another process may go on


def test_an_error_in_the_middle_leaves_nothing_half_done(store, file, code, monkeypatch) -> None:
    given = {store.submit(code, "visitor", 1, digit(1), True).id: 1}

    def fails(*_args: object) -> None:
        raise InvalidInput("in the middle")

    with monkeypatch.context() as patch:
        patch.setattr(giving, "note_change", fails)  # the entry itself is already inserted
        with pytest.raises(InvalidInput, match="in the middle"):
            store.submit(code, "another visitor", 2, digit(2), True)
    check_whole(file, code, given)
    assert store.mine(code, "another visitor") == ()


def test_a_commit_that_fails_is_not_acknowledged(store, file, code, monkeypatch) -> None:
    def fails(_connection: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr(store.database._engine.dialect, "do_commit", fails)
        with pytest.raises(InvalidInput, match=r"does not work \(OperationalError\), and nothing was changed"):
            store.submit(code, "visitor", 1, digit(1), True)
    given = {store.submit(code, "visitor", 2, digit(2), True).id: 2}
    check_whole(file, code, given)


def test_a_file_that_is_no_database_is_a_sentence(file) -> None:
    file.write_bytes(b"not a database " * 500)
    with pytest.raises(InvalidInput, match="SQLITE_NOTADB"):
        ClassStore(f"sqlite:///{file}")


# -- killed ------------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
@pytest.mark.parametrize("after", [1, 25, 60])
def test_a_writer_that_is_killed_loses_nothing_that_it_acknowledged(store, file, code, after) -> None:
    process = writer(file, code, 0, 6, 500)
    assert process.stdout is not None
    lines = [process.stdout.readline() for _n in range(after)]
    os.kill(process.pid, signal.SIGKILL)
    rest, errors = process.communicate(timeout=30)
    assert process.returncode == -signal.SIGKILL
    assert errors == ""
    given = acknowledged("".join(lines) + rest)
    assert len(given) >= after
    # Each of its six threads may have been between the commit and the word of it.
    check_whole(file, code, given, lambda extra: 0 < extra <= 6)
    store.submit(code, "visitor", 1, digit(9001), True)  # no lock is left behind
