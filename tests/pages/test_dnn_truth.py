"""Lesson 2 says what is true: guides, verdicts and words beside the pictures."""

from __future__ import annotations

import math
import time

import pytest
import torch
from streamlit.testing.v1 import AppTest

from core.runs.scheduler import SCHEDULER
from core.runs.snapshot import Snapshot, State
from core.training.changes import Change
from core.training.evaluate import Evaluation
from ui.components.said import filled
from ui.dnn.stage import last_finite, templates

LEARNS = {"dnn_loss": "cross_entropy", "dnn_optimiser": "adam"}
CIRCLE = {
    "dnn_data": "circle",
    "dnn_widths": "4-2",
    "dnn_activation": "tanh",
    "dnn_loss": "cross_entropy",
    "dnn_optimiser": "adam",
    "dnn_batch": "32",
    "dnn_epochs": "100",
}


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        (LEARNS | {"dnn_view": "lines"}, "One line, 0 %."),
        (LEARNS | {"dnn_view": "lines", "dnn_sample": "5"}, "One line, 0 %."),
        (LEARNS, "The 67 % trap · Cross-entropy and Adam."),
        (LEARNS | {"dnn_view": "histograms"}, "The 67 % trap · Cross-entropy and Adam."),
        ({"dnn_view": "lines", "dnn_log": "true"}, "One line, 0 % · On a network that learned nothing."),
        (LEARNS | {"dnn_seed": "2", "dnn_width": "16"}, "Dying ReLUs · Wider."),
        ({"dnn_loss": "cross_entropy", "dnn_lr": "0.1"}, "Three learning rates."),
    ],
)
def test_the_guide_is_that_of_the_experiment_whose_link_was_opened(open_page, words, changes, title) -> None:
    shown = words(open_page("dnn_playground", **changes))
    assert f"**{title}**" in shown
    assert shown.count(":material/science: **") == 1


def test_a_variant_has_its_own_words_and_no_guide_stands_where_the_view_is_the_experiment(open_page, words) -> None:
    shown = words(open_page("dnn_playground", **LEARNS))
    assert "answers more than 99 % of the test set rightly" in shown
    assert "every sample is answered with the middle class" not in shown
    assert "**圆形**\u3000按" in words(open_page("dnn_playground", **CIRCLE, lang="zh"))
    assert ":material/science: **" not in words(open_page("dnn_playground", dnn_view="histograms"))


def stands(**more: object) -> Snapshot:
    """Return how the course's run stands at its end, but for what is given."""
    at = {
        "run_id": "run",
        "job": None,
        "state": State.FINISHED,
        "mine": True,
        "step": 1000,
        "steps": 1000,
        "epoch": 1000.0,
        "losses": ((1, 0.38), (1000, 0.1601)),
        "evaluations": (),
        "evaluation": Evaluation(3000, 2035, 0.16, ((0, 480, 0), (0, 2035, 0), (0, 485, 0))),
        "evaluated_at": 1000,
        "seconds": 1.0,
        "updates_per_second": 0.0,
        "eta_s": None,
        "not_learning": True,
        "error": None,
        "parked": False,
        "weights": {},
        "weights_at": 1000,
        "parameters": (),
    }
    return Snapshot(**(at | more))


def told(now: Snapshot) -> str:
    """Return what is said of a run below its picture."""

    def page() -> None:
        import streamlit as st

        from ui.run import status

        status.verdict(st.session_state["now"])

    at = AppTest.from_function(page)
    at.session_state["now"] = now
    at.run()
    return "\n".join(str(element.value) for kind in ("error", "warning", "info") for element in at.get(kind))


def test_the_course_s_run_is_said_to_be_hardly_better_and_its_accuracy_is_compared_with_the_test_set_s_share() -> None:
    shown = told(stands())
    assert "not even 3 % lower" in shown.replace("3%", "3 %")
    assert (
        "the test accuracy, 67.83%, is no higher than the share of the test set's most frequent class, 67.83%" in shown
    )
    assert "no lower" not in shown


def test_a_run_whose_accuracy_is_above_the_majority_is_not_said_to_have_learned_nothing() -> None:
    above = Evaluation(100, 56, 0.69, ((30, 20), (24, 26)))
    shown = told(stands(evaluation=above))
    assert "Hardly learning" in shown
    assert "56.00%, is above" in shown
    assert "50.00%" in shown


def test_a_loss_that_fell_while_every_answer_is_still_the_same_is_told() -> None:
    shown = told(stands(not_learning=False))
    assert "every test sample still gets the same answer" in shown
    assert "67.83%" in shown
    learned = Evaluation(100, 56, 0.69, ((30, 20), (24, 26)))
    assert told(stands(not_learning=False, evaluation=learned)) == ""
    assert told(stands(not_learning=False, state=State.RUNNING)) == ""


def test_why_a_run_diverged_is_what_happened() -> None:
    broken = {"state": State.DIVERGED, "not_learning": False}
    steps = told(stands(**broken, losses=((1, 0.3), (2, 9.0), (3, math.nan))))
    assert "Diverged at update 3" in steps
    assert "smaller learning rate" in steps
    start = told(stands(**broken, losses=((1, math.inf),)))
    assert "before any step was made" in start
    assert "learning rate" not in start
    edited = (Change(1, "weight", 1e6, "net.0.bias", (2,)),)
    hand = told(stands(**broken, losses=((1, 0.3), (2, 9.0), (3, math.nan)), changes=edited))
    assert "net.0.bias[2] was set to 1e+06 by hand at update 1" in hand
    huge = told(stands(weights={"net.0.weight": torch.full((2, 2), 1e30)}))
    assert "the largest weight is 1e+30" in huge


def test_a_diverged_run_s_scores_are_its_last_finite_ones() -> None:
    looks = ((10, 0.5, 0.2), (20, 0.6, 3e8), (30, 0.157, math.inf), (40, 0.157, math.nan))
    shown = filled(last_finite(stands(state=State.DIVERGED, evaluations=looks, train_evaluations=looks)), templates())
    assert shown == [
        "The last finite look, at update 20",
        "Test: 60.00%, loss 3e+08",
        "Training: 60.00%, loss 3e+08",
    ]
    none = stands(state=State.DIVERGED, evaluations=((0, 0.1, math.nan),))
    assert filled(last_finite(none), templates()) == ["No look at the test set was finite."]


def test_a_diverged_run_s_scores_are_those_of_its_last_finite_look_and_no_neuron_is_called_dead_or_alike(
    open_page, words
) -> None:
    SCHEDULER.start()
    try:
        at = open_page(
            "dnn_playground", dnn_activation="identity", dnn_lr="10", dnn_epochs="100", dnn_view="histograms"
        )
        at.button(key="dnn_train").click().run()
        until = time.monotonic() + 60
        while SCHEDULER.snapshot(str(at.session_state["dnn_run"])).state is State.RUNNING:
            assert time.monotonic() < until
            time.sleep(0.05)
        shown = words(at.run())
    finally:
        SCHEDULER.stop()
    assert "The last finite look, at update" in shown
    assert "not finite ·" not in shown
    assert "are not finite numbers (NaN or ∞)" in shown
    assert "have the same weights" not in shown


def lines(kind: str) -> str:
    """Return what the two test lines make of first weights."""

    def page() -> None:
        import streamlit as st

        from core.nets.mlp import MlpConfig
        from core.runs.playground_job import PlaygroundJob
        from core.training.config import TrainConfig
        from ui.dnn import two_test_lines
        from ui.dnn.diagram import subject

        net = MlpConfig(initialisation=st.session_state["kind"])
        two_test_lines.draw(subject(None, PlaygroundJob(net, TrainConfig(epochs=1))))

    at = AppTest.from_function(page)
    at.session_state["kind"] = kind
    at.run()
    assert not at.exception
    return "\n".join([str(element.value) for element in at.caption] + [str(e.proto.body) for e in at.get("html")])


def test_the_two_test_lines_say_what_they_score_and_a_single_1_is_not_called_ones() -> None:
    alike, differing = lines("zeros"), lines("large")
    assert "each row has a single 1" in alike
    assert "1 ones" not in alike + differing
    assert "a row with more than one is never right" in differing
    assert "<b>0.00%</b><span>0 of 3,000 test samples</span>" in differing
    assert "Pred[:, torch.argmax(Pred, axis=1)] = 1" in differing
    assert "F.one_hot(best, Pred.shape[1])" in differing


def test_shapes_are_written_as_torch_writes_them() -> None:
    def page() -> None:
        import streamlit as st

        from ui.dnn.inside import parameters

        parameters(st.session_state["now"], None)

    at = AppTest.from_function(page)
    weights = {"net.0.weight": torch.ones(5, 3), "net.0.bias": torch.ones(5)}
    at.session_state["now"] = stands(weights=weights, parameters=tuple((name, True, "cpu") for name in weights))
    at.run()
    assert at.dataframe[0].value["shape"].tolist() == ["(5, 3)", "(5,)"]


def test_what_s_and_a_slice_are_is_said_where_they_stand_first(open_page) -> None:
    at = open_page("dnn_playground")
    help_ = next(caption.proto.help for caption in at.caption if caption.value == "of the cube")
    assert "s = x₁ + x₂ + x₃" in help_
    assert "slice" in help_
