"""Typed numbers: treated as the samples were, answered by one forward pass."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.data.number_table import NumberTable
from core.data.playground import DataConfig, playground
from core.errors import InvalidInput
from core.inspect.typed import answer_to
from core.nets.mlp import MlpConfig, mlp


def test_a_sample_of_the_set_gets_the_answer_that_it_gets_in_the_set() -> None:
    data, model = playground(DataConfig(samples=100)), mlp(MlpConfig()).eval()
    raw = data.raw_test[3]
    found = answer_to(model, data, raw.tolist())
    outputs = model(data.data.test_inputs)[3].detach()
    assert found.outputs == pytest.approx(outputs.tolist(), rel=1e-5)
    assert found.shares == pytest.approx(outputs.softmax(0).tolist(), rel=1e-5)
    assert found.place == int(outputs.argmax())
    assert found.outside == ()
    assert answer_to(model, data, [0.5, 1.5, -1.0]).outside == (1, 2)


def test_features_and_tables_are_made_of_what_is_typed() -> None:
    data = playground(DataConfig("circle", 50, features=("x1^2", "x1x2")))
    assert answer_to(mlp(MlpConfig((2, 2))).eval(), data, [3.0, -2.0]).inputs == (9.0, -6.0)
    rows = np.array([[10, 1], [20, 1], [30, 2], [40, 2]], dtype=np.float32)
    table = NumberTable("digest", "t.csv", ("a", "b"), ("c",), ("no", "yes"), rows, np.array([0, 1, 0, 1]))
    data = playground(DataConfig("csv", train_share=0.75, table=table))
    typed = data.raw_train[1]
    assert answer_to(mlp(MlpConfig((2, 2))).eval(), data, typed.tolist()).inputs == pytest.approx(
        data.data.train_inputs[1].tolist()
    )


@pytest.mark.parametrize(
    ("values", "what"),
    [([0.1, None, 0.2], "x2 has no number"), ([float("nan"), 0, 0], "x1 has no number"), ([0, 0, 1e38], "too large")],
)
def test_what_is_no_number_or_too_large_is_refused_by_name(values: list[float | None], what: str) -> None:
    with pytest.raises(InvalidInput, match=what):
        answer_to(mlp(MlpConfig()).eval(), playground(DataConfig(samples=100)), values)


def test_a_network_that_diverged_has_no_answer() -> None:
    model = mlp(MlpConfig()).eval()
    with torch.no_grad():
        next(model.parameters()).fill_(float("nan"))
    assert answer_to(model, playground(DataConfig(samples=100)), [0.5, 0.5, 0.5]).place is None
