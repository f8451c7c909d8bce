"""Lesson 2's neuron and its tabs: what they say is what core computes of the run that is shown, in both languages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from ui import text
from ui.components.network import Chosen

pytestmark = pytest.mark.usefixtures("scheduler")

CHOSEN = "_kept_dnn_network_chosen"
FEW = {"dnn_samples": "200", "dnn_loss": "cross_entropy"}


def now_of(at: AppTest) -> Any:
    from core.runs.scheduler import SCHEDULER

    return SCHEDULER.snapshot(str(at.session_state["dnn_run"]))


def choose(at: AppTest, *place: int) -> None:
    at.session_state[CHOSEN] = Chosen(*place)
    at.run()
    assert not at.exception


def open_tab(at: AppTest, title: str) -> None:
    at.session_state["lesson_inside"] = True
    at.session_state["lesson_tabs"] = title
    at.run()
    assert not at.exception


def test_a_link_says_which_neuron_is_chosen_and_a_choice_changes_the_link(open_page, words) -> None:
    at = open_page("dnn_playground", **FEW, dnn_neuron="2.4.1", dnn_gradients="1", dnn_cube="solid")
    assert "Layer 2, neuron 4 (ReLU)" in words(at)
    assert at.session_state[CHOSEN] == Chosen(2, 3, 0)
    assert at.session_state["_kept_dnn_network_gradient"] is True
    assert at.get("plotly_chart")
    choose(at, 1, 0)
    assert at.query_params["dnn_neuron"] in ("1.1", ["1.1"])
    at.query_params["dnn_neuron"] = "0.2"
    at.query_params["set"] = "1"  # as a preset's link has it
    at.run()
    assert "Input x₂" in words(at)
    at.button(key="dnn_network_close").click().run()
    assert "dnn_neuron" not in at.query_params
    assert "Choose a neuron" in words(at)


@pytest.mark.parametrize("written", ["9.9", "2.0", "2", "x.1", "1.1.1.1", "٢.٣", "-1.2"])
def test_a_link_to_no_neuron_chooses_none(open_page, words, written) -> None:
    at = open_page("dnn_playground", **FEW, dnn_neuron=written)
    assert "Choose a neuron" in words(at)


def test_a_neuron_s_formula_has_the_numbers_of_its_walk(open_page, words) -> None:
    from core.inspect.model import model_of
    from core.inspect.walk import walk
    from ui.dnn.neuron_formula import number

    at = open_page("dnn_playground", **FEW, dnn_sample="7")
    assert "Choose a neuron" in words(at)
    at.button(key="dnn_step").click().run()
    choose(at, 2, 3)
    now = now_of(at)
    data = now.job.playground().data
    walked = walk(model_of(now.weights, now.job.net), data.train_inputs[6:7], data.train_labels[6:7], "cross_entropy")
    layer = walked.layers[1]
    said = words(at)
    assert "Layer 2, neuron 4 (ReLU)" in said
    assert "Training sample 7 of 140" in said
    assert rf"y = \mathrm{{ReLU}}({number(float(layer.z[3]))}) = \mathbf{{{number(float(layer.outputs[3]))}}}" in said
    assert rf"\mathbf{{{number(float(layer.by_outputs[3]))}}}" in said
    assert f"L = {number(walked.loss)}" in said
    for value in layer.block.linear.weight[3].tolist():
        assert f"<td>{f'{value:.4f}'.replace('-', '−')}</td>" in said


def test_a_weight_changed_by_hand_is_in_the_network_and_training_goes_on(open_page, words) -> None:
    at = open_page("dnn_playground", **FEW)
    choose(at, 1, 0, 2)
    assert not [field for field in at.number_input if "_value_" in str(field.key)]  # no run yet
    at.button(key="dnn_step").click().run()
    field = next(field for field in at.number_input if "_value_2_" in str(field.key))
    assert field.value == pytest.approx(float(now_of(at).weights["net.0.weight"][0, 2]))
    field.set_value(1.25).run()
    assert not at.exception
    now = now_of(at)
    assert float(now.weights["net.0.weight"][0, 2]) == 1.25
    assert [change.what for change in now.changes] == ["weight"]
    assert "1.2500" in words(at)
    bias = next(box for box in at.selectbox if "_which_" in str(box.key))
    bias.set_value(3).run()
    next(field for field in at.number_input if "_value_3_" in str(field.key)).set_value(-0.5).run()
    assert float(now_of(at).weights["net.0.bias"][0]) == -0.5
    at.button(key="dnn_step").click().run()
    assert now_of(at).step == 2


def test_inputs_outputs_batch_norm_and_regressions_have_their_words(open_page, words) -> None:
    at = open_page("dnn_playground", **FEW)
    choose(at, 0, 1)
    assert "has no weights and no bias" in words(at)
    choose(at, 4, 2)
    assert r"\mathrm{softmax}(y) - t" in words(at)
    choose(at, 9, 0)
    assert "Choose a neuron" in words(at)  # the network has no such layer
    at = open_page("dnn_playground", dnn_data="plane", dnn_samples="100", dnn_norm="1", dnn_activation="tanh")
    choose(at, 1, 0)
    assert r"\sqrt{v + \varepsilon}" in words(at)
    assert "as it is tested" in words(at)
    choose(at, 4, 0)
    assert r"\tfrac{2}{1}(y - t)" in words(at)


def test_the_loop_s_lines_are_walked_through_with_the_trace(open_page, words) -> None:
    at = open_page("dnn_playground", **FEW, dnn_lr="0.1")
    open_tab(at, "Training loop")
    assert "Press One update: the loop" in words(at)
    at.button(key="dnn_step").click().run()
    trace = now_of(at).trace
    seen = []
    for place in range(5):
        assert f"Line {place + 1} of 5, update 1" in words(at)
        seen.append(words(at))
        assert at.button(key="dnn_loop_next").disabled == (place == 4)
        if place < 4:
            at.button(key="dnn_loop_next").click().run()
    assert "140 samples" in seen[0]
    assert f"**{trace.loss:.4f}**" in seen[1]
    assert "<td>None</td>" in seen[2]
    weight, slope = trace.before["net.6.weight"], trace.gradients["net.6.weight"]
    at_most = int(slope.abs().argmax())
    row, column = divmod(at_most, 5)
    value = f"{float(weight[row, column]):.4f}".replace("-", "−")
    after = f"{float(weight[row, column] - 0.1 * slope[row, column]):.4f}".replace("-", "−")
    assert f"net.6.weight[{row}, {column}]" in seen[4]
    assert f"<td>{value}</td>" in seen[4]
    assert f"<td>{after}</td>" in seen[4]
    at.button(key="dnn_step").click().run()
    assert "Line 1 of 5, update 2" in words(at)


def test_both_test_lines_are_run(open_page, words) -> None:
    from core.inspect.mistakes import column_wise, row_wise
    from core.inspect.model import first_model

    at = open_page("dnn_playground", **FEW)
    open_tab(at, "Test and save")
    at.button(key="dnn_test_cell_next").click().run()
    job = at.session_state  # the plan's first weights: no run yet
    assert "dnn_run" not in job or not job["dnn_run"]
    import torch

    from core.data.playground import DataConfig, playground
    from core.nets.mlp import MlpConfig

    data = playground(DataConfig(samples=200)).data
    outputs = first_model(MlpConfig())(data.test_inputs)
    truth = torch.nn.functional.one_hot(data.test_labels, 3).float()
    notebook, right = column_wise(outputs, truth), row_wise(outputs, truth)
    scores = re.findall(r"<b>([^<]*)</b><span>(\d+) of 60 test samples", words(at))
    assert scores == [(f"{marked.accuracy:.2%}", str(marked.correct)) for marked in (notebook, right)]


def test_folding_names_the_layer_that_bends_or_gives_the_matrix(open_page, words) -> None:
    at = open_page("dnn_playground", **FEW)
    open_tab(at, "Folding")
    assert "Layer 1 has the activation relu" in words(at)
    at = open_page("dnn_playground", **FEW, dnn_activation="identity", dnn_layers="8")
    open_tab(at, "Folding")
    assert "The 9 layers of this network" in words(at)
    assert r"\begin{pmatrix}" in words(at)


@pytest.mark.parametrize("data", ["onehot", "spiral", "plane", "blobs"])
def test_every_tab_opens_in_chinese_with_and_without_a_run(open_page, words, data: str) -> None:
    titles = ("Training loop", "Parameters", "Histograms", "Test and save", "Folding", "Why")
    at = open_page("dnn_playground", lang="zh", dnn_data=data, dnn_samples="100")
    for begun in (False, True):
        if begun:
            at.button(key="dnn_step").click().run()
        for title in titles:
            open_tab(at, text.catalogue("zh").gettext(title))
    choose(at, 1, 0)
    assert "第 1 层第 1 个神经元" in words(at)


def test_equal_neurons_are_named(open_page, words) -> None:
    at = open_page("dnn_playground", **FEW, dnn_init="zeros", dnn_activation="tanh")
    assert "Layer 1: neurons 1, 2, 3, 4, 5 have the same weights" in words(at)
