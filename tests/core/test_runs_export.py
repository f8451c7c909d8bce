"""Runs as CSV and JSON: read back, every number is the same; a name is never a formula."""

import csv
import io
import json
import math
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.export.runs import differing, runs_csv, runs_json
from core.runs.book import Entry
from core.training.changes import Change

WHEN = datetime(2026, 3, 1, 12, 30, 5, tzinfo=UTC)
ROW = Entry(
    id="abc",
    number=7,
    name="deeper 更深",
    settings=(("net.widths", "3-5-3"), ("train.lr", 0.1), ("train.seed", 0), ("net.batch_norm", False)),
    job=None,
    state="finished",
    seconds=1.25,
    step=280,
    epoch=20.0,
    updates_per_epoch=14,
    loss=0.1 + 0.2,
    train_accuracy=1 / 3,
    test_accuracy=None,
    train_loss=0.5,
    test_loss=math.nan,
    losses=((1, 1.5), (2, math.inf)),
    evaluations=((0, 0.5, 1.0),),
    train_evaluations=(),
    changes=(Change(120, "lr", 0.05), Change(130, "weight", 1, "net.0.bias", (0,))),
    started_at=WHEN,
    ended_at=WHEN,
)


def read(content):
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_csv_has_settings_as_columns_and_every_number_again():
    [row] = read(runs_csv([ROW]))
    assert (row["number"], row["name"], row["state"]) == ("7", "deeper 更深", "finished")
    assert float(row["loss"]) == 0.1 + 0.2
    assert float(row["train_accuracy"]) == 1 / 3
    assert (row["test_accuracy"], row["test_loss"]) == ("", "")
    assert (row["net.widths"], row["train.lr"], row["train.seed"], row["net.batch_norm"]) == (
        "3-5-3",
        "0.1",
        "0",
        "False",
    )
    assert row["ended_at"] == "2026-03-01T12:30:05+00:00"
    assert row["changes"] == "lr = 0.05 after update 120; weight net.0.bias[0] = 1.0 after update 130"
    assert "losses" not in row


def test_csv_of_runs_with_other_settings_has_all_columns():
    other = replace(ROW, settings=(("train.lr", 1.0), ("net.activation", "tanh")), losses=())
    first, second = read(runs_csv([ROW, other]))
    assert (first["net.activation"], second["net.activation"]) == ("", "tanh")
    assert (first["net.widths"], second["net.widths"]) == ("3-5-3", "")
    assert read(runs_csv([])) == []


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")'])
def test_a_name_is_never_a_formula(name):
    [row] = read(runs_csv([replace(ROW, name=name)]))
    assert row["name"] == "'" + name


@pytest.mark.parametrize("name", ['a"b', "a,b", "a;b", "'", "  "])
def test_names_with_separators_come_back(name):
    [row] = read(runs_csv([replace(ROW, name=name)]))
    assert row["name"] == name


def test_json_has_curves_and_is_strict():
    def refuse(constant):
        raise AssertionError(constant)

    [run] = json.loads(runs_json([ROW]), parse_constant=refuse)
    assert run["name"] == "deeper 更深"
    assert run["settings"] == dict(ROW.settings)
    assert run["losses"] == [{"update": 1, "loss": 1.5}, {"update": 2, "loss": None}]
    assert run["evaluations"] == [{"update": 0, "accuracy": 0.5, "loss": 1.0}]
    assert run["train_evaluations"] == []
    assert (run["loss"], run["test_loss"], run["test_accuracy"]) == (0.1 + 0.2, None, None)
    assert run["changes"][0] == {"update": 120, "what": "lr", "detail": "", "value": 0.05}
    assert json.loads(runs_json([])) == []


def test_only_what_differs():
    other = replace(ROW, settings=(("net.widths", "3-5-3"), ("train.lr", 1.0), ("train.seed", 0), ("more", "x")))
    assert differing([ROW, other]) == ["train.lr", "net.batch_norm", "more"]
    assert differing([ROW, ROW]) == []
    assert differing([ROW]) == []
    assert differing([]) == []
