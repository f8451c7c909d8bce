"""The book of runs as a table and as data: CSV for a spreadsheet, JSON for a program."""

import csv
import io
import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

from core.runs.book import Entry

RESULTS = (
    "number",
    "name",
    "state",
    "started_at",
    "ended_at",
    "seconds",
    "step",
    "epoch",
    "loss",
    "train_accuracy",
    "test_accuracy",
    "train_loss",
    "test_loss",
)
CURVES = {
    "losses": ("update", "loss"),
    **dict.fromkeys(("evaluations", "train_evaluations"), ("update", "accuracy", "loss")),
}
# A spreadsheet computes a cell that begins with one of these; a name is a text.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def runs_csv(entries: Sequence[Entry]) -> bytes:
    """Return one line per run: what came of it, then every setting; what it has not is empty.

    UTF-8 with the mark by which spreadsheets know it. Floats are written so that reading gives the same number.
    """
    names = list(dict.fromkeys(name for entry in entries for name, _value in entry.settings))
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*RESULTS, "changes", *names])
    for entry in entries:
        settings = dict(entry.settings)
        changes = "; ".join(
            f"{f'{each.what} {each.place}'.strip()} = {float(each.value)!r} after update {each.step}"
            for each in entry.changes
        )
        cells = [_result(entry, name) for name in RESULTS]
        writer.writerow([_cell(value) for value in (*cells, changes, *(settings.get(name) for name in names))])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def runs_json(entries: Sequence[Entry]) -> bytes:
    """Return the runs with their curves; a number that is not finite is null."""
    runs = []
    for entry in entries:
        results = {name: _result(entry, name) for name in RESULTS}
        curves = {
            name: [dict(zip(parts, point, strict=True)) for point in getattr(entry, name)]
            for name, parts in CURVES.items()
        }
        changes = [
            {"update": each.step, "what": each.what, "detail": each.place, "value": float(each.value)}
            for each in entry.changes
        ]
        runs.append(results | {"settings": dict(entry.settings), "changes": changes} | curves)
    return json.dumps(_finite(runs), ensure_ascii=False, indent=1, allow_nan=False).encode()


def differing(entries: Iterable[Entry]) -> list[str]:
    """Return the names of the settings that are not the same in all of these runs, in their order."""
    each = [dict(entry.settings) for entry in entries]
    names = dict.fromkeys(name for settings in each for name in settings)
    return [name for name in names if len({repr(settings.get(name)) for settings in each}) > 1]


def _result(entry: Entry, name: str) -> Any:
    value = getattr(entry, name)
    return value.isoformat(timespec="seconds") if name.endswith("_at") and value is not None else value


def _cell(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(FORMULA) else value
    return repr(value)


def _finite(value: Any) -> Any:
    """Return the same without what JSON cannot say."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _finite(inner) for name, inner in value.items()}
    return [_finite(inner) for inner in value] if isinstance(value, list | tuple) else value
