"""The book of runs: whose rows, how many, named and struck out, from many threads at once."""

import threading
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime

import numpy as np
import pytest
from safetensors.torch import save

from core.data.number_table import NumberTable
from core.data.playground import DataConfig
from core.errors import InvalidInput
from core.nets.files import Weights
from core.nets.mlp import MlpConfig, mlp
from core.runs import book as module
from core.runs.book import MAX_ENTRIES, MAX_NAME, MAX_POINTS, Book, plain_settings
from core.runs.playground_job import PlaygroundJob
from core.runs.snapshot import Snapshot, State
from core.training.changes import Change
from core.training.config import TrainConfig
from core.training.evaluate import Evaluation
from tests.core.scheduling import As

JOB = PlaygroundJob(MlpConfig(), TrainConfig(epochs=2), DataConfig())


def snapshot(run_id="run", job=JOB, state=State.FINISHED, step=3, **more):
    tested = Evaluation(4, 3, 0.25, ((2, 1), (0, 1)))
    values = {
        "run_id": run_id,
        "job": job,
        "state": state,
        "mine": True,
        "step": step,
        "steps": 10,
        "epoch": 1.5,
        "losses": tuple((at, 1 / at) for at in range(1, step + 1)),
        "evaluations": ((0, 0.5, 0.9), (step, 0.75, 0.25)),
        "evaluation": tested,
        "evaluated_at": step,
        "seconds": 0.5,
        "updates_per_second": 6.0,
        "eta_s": None,
        "not_learning": False,
        "error": None,
        "parked": False,
        "weights": {},
        "weights_at": 3,
        "parameters": (),
        "started_at": datetime.now(UTC),
        "updates_per_epoch": 2,
    }
    return Snapshot(**(values | more))


def test_a_row_says_what_the_snapshot_said():
    book = Book()
    trained = Evaluation(8, 8, 0.125, ((4, 0), (0, 4)))
    book.write(
        snapshot(
            train_evaluation=trained,
            train_evaluations=((3, 1.0, 0.125),),
            changes=(Change(2, "lr", 0.5),),
        ),
        "ann",
    )
    [row] = book.entries("ann")
    assert (row.state, row.step, row.epoch, row.seconds, row.updates_per_epoch) == ("finished", 3, 1.5, 0.5, 2)
    assert (row.test_accuracy, row.test_loss, row.train_accuracy, row.train_loss) == (0.75, 0.25, 1.0, 0.125)
    assert row.loss == 1 / 3
    assert row.losses == ((1, 1.0), (2, 0.5), (3, 1 / 3))
    assert row.evaluations == ((0, 0.5, 0.9), (3, 0.75, 0.25))
    assert row.train_evaluations == ((3, 1.0, 0.125),)
    assert row.changes == (Change(2, "lr", 0.5),)
    assert row.job == JOB
    assert dict(row.settings) == plain_settings(JOB)
    assert "run" not in row.id  # a row does not give away the id that steers a run
    assert (row.ended_at - row.started_at).total_seconds() >= 0
    with pytest.raises(FrozenInstanceError):
        row.name = "x"


@pytest.mark.parametrize(
    ("state", "early", "word"),
    [
        (State.FINISHED, False, "finished"),
        (State.FINISHED, True, "early"),
        (State.STOPPED, False, "stopped"),
        (State.DIVERGED, False, "diverged"),
    ],
)
def test_the_word_for_an_end(state, early, word):
    book = Book()
    book.write(snapshot(state=state, early=early), "ann")
    assert book.entries("ann")[0].state == word


def test_what_is_no_row():
    book = Book()
    book.write(snapshot(state=State.FAILED), "ann")
    book.write(snapshot(state=State.RUNNING), "ann")
    book.write(snapshot(step=0, losses=()), "ann")
    book.write(snapshot(job=As("lenet5", JOB)), "ann")
    assert book.entries("ann") == ()


def test_a_regression_and_a_run_without_a_look():
    book = Book()
    book.write(snapshot(evaluation=Evaluation(4, 0, 0.25, ()), evaluations=((3, float("nan"), 0.25),)), "ann")
    book.write(snapshot(evaluation=None, evaluations=(), losses=()), "ann")
    without, regression = book.entries("ann")
    assert (without.loss, without.test_accuracy, without.test_loss) == (None, None, None)
    assert regression.test_loss == 0.25
    assert regression.train_accuracy is None


def test_a_visitors_file_is_not_kept():
    """Forty rows of every owner with a file of a megabyte each would fill the memory."""

    first = Weights(save(mlp(MlpConfig()).state_dict()))
    numbers = np.zeros((9, 3), np.float32)
    own = NumberTable("abc", "mine.csv", ("a", "b", "c"), ("d", "e", "f"), (), numbers, numbers)
    regression = replace(JOB, train=TrainConfig("mse"), data=DataConfig("csv", table=own))
    book = Book()
    book.write(snapshot(job=replace(JOB, start=first)), "ann")
    book.write(snapshot(job=regression), "ann")
    table, start = book.entries("ann")
    assert (table.job, start.job) == (None, None)
    assert dict(start.settings)["start"] == first.digest
    assert dict(table.settings)["data.table"] == "abc"


def test_curves_are_thinned_evenly_with_both_ends():
    book = Book()
    long = tuple((at, float(at)) for at in range(1, 501))
    book.write(snapshot(step=500, losses=long), "ann")
    [row] = book.entries("ann")
    assert len(row.losses) == MAX_POINTS
    assert (row.losses[0], row.losses[-1]) == (long[0], long[-1])
    gaps = {after[0] - before[0] for before, after in zip(row.losses, row.losses[1:], strict=False)}
    assert gaps <= {2, 3}
    assert set(row.losses) <= set(long)


def test_newest_first_numbered_and_bounded():
    book = Book()
    for turn in range(MAX_ENTRIES + 5):
        book.write(snapshot(f"run {turn}"), "ann")
    rows = book.entries("ann")
    assert [row.number for row in rows] == list(range(MAX_ENTRIES + 5, 5, -1))
    assert len({row.id for row in rows}) == MAX_ENTRIES
    book.delete("ann", rows[0].id)
    book.write(snapshot("another"), "ann")
    assert book.entries("ann")[0].number == MAX_ENTRIES + 6  # a number is never given twice


def test_owners_are_bounded_and_those_who_were_heard_of_last_stay(monkeypatch):
    monkeypatch.setattr(module, "MAX_OWNERS", 3)
    book = Book()
    for owner in ("ann", "bob", "cem"):
        book.write(snapshot(), owner)
    book.entries("ann")  # reading is a sign of life
    book.write(snapshot(), "dan")
    assert [len(book.entries(owner)) for owner in ("ann", "bob", "cem", "dan")] == [1, 0, 1, 1]


def test_all_rows_together_are_bounded(monkeypatch):
    monkeypatch.setattr(module, "MAX_IN_ALL", 5)
    book = Book()
    for turn in range(4):
        book.write(snapshot(f"a{turn}"), "ann")
    for turn in range(3):
        book.write(snapshot(f"b{turn}"), "bob")
    assert (len(book.entries("ann")), len(book.entries("bob"))) == (2, 3)
    for row in book.entries("ann"):
        book.delete("ann", row.id)
    for turn in range(3):
        book.write(snapshot(f"c{turn}"), "cem")
    assert len(book.entries("bob")) + len(book.entries("cem")) == 5


def test_rename_and_delete_touch_only_the_owners_row():
    book = Book()
    book.write(snapshot("one"), "ann")
    book.write(snapshot("two"), "ann")
    newest, oldest = book.entries("ann")
    book.rename("ann", oldest.id, "  deeper 更深 ")
    assert [row.name for row in book.entries("ann")] == ["", "deeper 更深"]
    book.rename("bob", oldest.id, "mine")
    book.delete("bob", oldest.id)
    assert book.entries("ann")[1].name == "deeper 更深"
    book.delete("ann", oldest.id)
    book.delete("ann", oldest.id)
    book.rename("ann", oldest.id, "gone")
    assert book.entries("ann") == (newest,)
    assert book.entries("bob") == ()


@pytest.mark.parametrize("name", ["x" * (MAX_NAME + 1), "a\nb", "\x00", "a\u202eb"])
def test_a_name_that_cannot_be_shown_is_refused(name):
    book = Book()
    book.write(snapshot(), "ann")
    with pytest.raises(InvalidInput, match=f"at most {MAX_NAME}"):
        book.rename("ann", book.entries("ann")[0].id, name)
    assert book.entries("ann")[0].name == ""


def test_a_row_does_not_change_under_a_reader():
    book = Book()
    book.write(snapshot(), "ann")
    seen = book.entries("ann")
    book.rename("ann", seen[0].id, "new")
    book.delete("ann", seen[0].id)
    assert (len(seen), seen[0].name) == (1, "")


def test_many_threads_at_once(monkeypatch):
    monkeypatch.setattr(module, "MAX_IN_ALL", 60)
    monkeypatch.setattr(module, "MAX_OWNERS", 4)
    book, failures = Book(), []

    def work(number):
        try:
            for turn in range(150):
                owner = f"owner {(number + turn) % 6}"
                book.write(snapshot(f"{number}-{turn}"), owner)
                for row in book.entries(owner)[:2]:
                    book.rename(owner, row.id, "x")
                    if turn % 3 == 0:
                        book.delete(owner, row.id)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not failures
    left = [len(book.entries(f"owner {n}")) for n in range(6)]
    assert sum(left) == book._count <= 60
    assert sum(count > 0 for count in left) <= 4


def test_plain_settings_are_one_level_without_tensors_or_files():
    settings = plain_settings(replace(JOB, net=MlpConfig((3, 8, 3))))
    assert settings["net.widths"] == "3-8-3"
    assert settings["data.features"] == "x1,x2"
    assert settings["data.table"] == ""
    assert settings["start"] == ""
    assert settings["train.lr"] == 0.01
    assert all(isinstance(value, str | int | float) for value in settings.values())
