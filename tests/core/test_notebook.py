"""The notebook is valid, its cells run, and they give the app's losses."""

from __future__ import annotations

import ast
import json
from dataclasses import replace

import nbformat
import pytest

from core.data.playground import DataConfig
from core.export.notebook import notebook
from core.export.parts import LAYOUT
from core.export.train_script import playground_script
from core.nets.mlp import MlpConfig
from core.runs.playground_job import PlaygroundJob
from core.training.changes import Change
from core.training.config import TrainConfig
from ui.text import catalogue

TRAIN = TrainConfig(loss="cross_entropy", optimiser="adam", lr=0.02, batch_size=16, epochs=6, evaluations=4)
JOB = PlaygroundJob(MlpConfig((2, 6, 2), "tanh", dropout=0.2), TRAIN, DataConfig("spiral", 120))
REGRESSION = PlaygroundJob(
    MlpConfig((2, 6, 1), "tanh"), replace(TRAIN, loss="mse", batch_size=0, patience=2), DataConfig("hills", 80)
)


@pytest.fixture(autouse=True)
def _quiet(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path))
    monkeypatch.setenv("MPLBACKEND", "Agg")


def cells(payload: bytes, kind: str) -> list[str]:
    book = nbformat.reads(payload.decode(), as_version=4)
    nbformat.validate(book)
    return [cell.source for cell in book.cells if cell.cell_type == kind]


@pytest.mark.parametrize("job", [JOB, REGRESSION], ids=["classes", "regression"])
def test_its_cells_run_and_give_the_app_s_losses(job, capsys) -> None:
    names: dict = {}
    code = cells(notebook(job), "code")
    for number, lines in enumerate(code):
        exec(compile(lines, f"cell {number}", "exec"), names)
    losses, evaluation = [], None
    for progress in job.make():
        losses += progress.losses
        evaluation = progress.evaluation or evaluation
    assert names["losses"] == losses
    assert evaluation is not None
    if evaluation.confusion:
        assert f"({evaluation.correct} / {evaluation.samples})" in capsys.readouterr().out
    else:
        assert f"test loss {evaluation.loss:.9g}" in capsys.readouterr().out


def test_every_cell_has_its_explanation_and_the_code_is_the_script_s() -> None:
    payload = notebook(JOB)
    code, words = cells(payload, "code"), cells(payload, "markdown")
    assert len(code) == len(words) == 11
    assert words[0].startswith("# A network of 2-6-2 neurons")
    assert all(text.startswith("## ") and len(text.split("\n\n")[1]) > 20 for text in words[1:])
    script = playground_script(JOB)
    for lines in code[1:]:
        assert lines in script or "plt.plot" in lines
    assert not any(line.startswith(("import", "from")) for lines in code[1:] for line in lines.splitlines())


def test_the_same_run_gives_the_same_file() -> None:
    assert notebook(JOB) == notebook(JOB)
    assert json.loads(notebook(JOB))["nbformat"] == 4


def test_changes_by_hand_are_in_it() -> None:
    assert any("new_rates = {3: 0.5}" in cell for cell in cells(notebook(JOB, [Change(3, "lr", 0.5)]), "code"))


def test_it_speaks_the_session_s_language() -> None:
    english = cells(notebook(JOB), "markdown")
    chinese = cells(notebook(JOB, say=catalogue("zh").gettext), "markdown")
    assert all(
        any("\u4e00" <= letter <= "\u9fff" for letter in text.split("\n\n")[part])
        for text in chinese
        for part in (0, 1)
    )
    assert len(chinese) == len(english)
    ours, theirs = cells(notebook(JOB), "code"), cells(notebook(JOB, say=catalogue("zh").gettext), "code")
    plain = [lines.replace(catalogue("zh").gettext(LAYOUT), LAYOUT) for lines in theirs]  # what is printed, not done
    assert [ast.dump(ast.parse(lines)) for lines in ours] == [ast.dump(ast.parse(lines)) for lines in plain]
    assert ours != theirs  # its comments
