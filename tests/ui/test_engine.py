"""Who does a run's updates, in words, and what its script promises."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from core.data.playground import DataConfig, playground
from core.errors import InvalidInput
from core.nets.mlp import MlpConfig, mlp
from core.runs.playground_job import PlaygroundJob
from core.training.config import TrainConfig
from core.training.engines import obstacle
from core.training.progress import EngineNote
from ui import text
from ui.run import engine


def test_the_words_say_who_trains_and_how_that_is_known() -> None:
    assert "agree with PyTorch's autograd to 2·10⁻⁷" in engine.words(EngineNote(True, 1.8e-7))
    assert "still to come" in engine.words(EngineNote(True))
    why = InvalidInput("The compiled engine has no {what}.", what="Dropout")
    assert engine.words(EngineNote(False, None, why)) == "PyTorch's operations. The compiled engine has no Dropout."
    assert engine.words(EngineNote(False)) == "PyTorch's operations."


@pytest.mark.parametrize(
    ("net", "loss", "words"),
    [
        ({"dropout": 0.1}, "mse", "编译引擎没有 随机失活（Dropout）。"),
        ({"batch_norm": True}, "mse", "编译引擎没有 批标准化（BatchNorm）。"),
        ({}, "rbf", "编译引擎没有 RBF（距离）。"),
    ],
)
def test_what_the_compiled_engine_lacks_is_named_in_the_page_s_language(
    net: dict[str, Any], loss: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = DataConfig(samples=20)
    why = obstacle(mlp(MlpConfig(**net)), playground(data).data, TrainConfig(loss, batch_size=4))
    monkeypatch.setattr(text, "language", lambda: "zh")
    assert why is not None
    assert text.explain(why) == words


@pytest.mark.parametrize(
    ("chosen", "note", "exact"),
    [
        ("torch", None, True),
        ("auto", None, False),
        ("auto", EngineNote(False), True),
        ("auto", EngineNote(True, 1e-7), False),
    ],
)
def test_a_script_promises_the_last_digit_where_pytorch_trains(
    chosen: str, note: EngineNote | None, exact: bool
) -> None:
    now: Any = SimpleNamespace(engine=note) if note is not None else None
    assert ("to the last digit" in engine.promise(chosen, now).split(". ")[0]) == exact


@pytest.mark.usefixtures("compiled")
def test_a_run_says_who_trains() -> None:
    run = PlaygroundJob(MlpConfig(), TrainConfig("mse", batch_size=0, epochs=20, evaluations=2)).make()
    *_, last = run
    assert "agree" in engine.words(last.engine)
