"""Lesson 2 through its widgets: train, pause, one update, stop; links; bad input; both languages."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from streamlit.testing.v1 import AppTest

from tests.experiment_links import queries
from ui.dnn import experiments
from ui.dnn.settings import Settings

pytestmark = pytest.mark.usefixtures("scheduler")

LINKS = queries(Settings, experiments.first() + experiments.others())

FAST = {"dnn_loss": "cross_entropy", "dnn_optimiser": "adam"}


def run_id(at: AppTest) -> str:
    return str(at.session_state["dnn_run"])


def wait(at: AppTest, state: str, seconds: float = 60) -> object:
    """Wait until the page's run is in a state, then draw the page again."""
    from core.runs.scheduler import SCHEDULER

    until = time.monotonic() + seconds
    while time.monotonic() < until:
        snapshot = SCHEDULER.snapshot(run_id(at))
        assert snapshot is not None
        if snapshot.state == state:
            at.run()
            assert not at.exception
            return snapshot
        time.sleep(0.02)
    raise AssertionError(f"still {snapshot.state}, update {snapshot.step}")


def test_the_course_settings_end_at_the_majority_share_and_the_page_says_so(open_page, words) -> None:
    at = open_page("dnn_playground")
    at.button(key="dnn_train").click().run()
    snapshot = wait(at, "finished")
    shown = words(at)
    assert snapshot.step == 1000
    assert snapshot.evaluation.accuracy == snapshot.evaluation.majority
    assert f"{snapshot.evaluation.accuracy:.2%}" in shown
    assert f"{snapshot.evaluation.correct}" in shown
    assert "3000" in shown
    assert "Not learning" in shown


def test_cross_entropy_with_adam_learns(open_page, words) -> None:
    at = open_page("dnn_playground", **FAST)
    at.button(key="dnn_train").click().run()
    snapshot = wait(at, "finished")
    assert snapshot.evaluation.accuracy > 0.99
    assert "Not learning" not in words(at)
    assert f"**{snapshot.evaluation.accuracy:.2%}**" in words(at)
    assert f"**{snapshot.train_evaluation.accuracy:.2%}**" in words(at)


def test_an_earlier_moment_shows_its_own_network_and_numbers_and_another_run_the_newest(open_page, words) -> None:
    at = open_page("dnn_playground", **FAST)
    at.button(key="dnn_train").click().run()
    moments = wait(at, "finished").kept.moments
    assert len(moments) >= 20
    first, ended = moments[1], words(at)
    at = open_page("dnn_playground", **FAST, dnn_run=run_id(at), dnn_at=str(first.step))
    shown = words(at)
    assert f"at update {first.step}" in shown
    assert f"**{first.test.accuracy:.2%}** ({first.test.correct} of 3000)" in shown
    assert "at update" not in ended
    at.button(key="dnn_train").click().run()
    wait(at, "finished")
    assert at.query_params.get("dnn_at") is None


def test_pause_one_update_resume_stop(open_page, scheduler) -> None:
    at = open_page("dnn_playground", dnn_epochs="10000")
    at.button(key="dnn_train").click().run()
    at.run()
    at.button(key="dnn_pause").click().run()
    paused = wait(at, "paused")
    time.sleep(0.2)
    before = scheduler.snapshot(run_id(at)).step
    assert before - paused.step <= 200  # at most the slice that was under way
    at.button(key="dnn_step").click().run()
    assert scheduler.snapshot(run_id(at)).step == before + 1
    at.button(key="dnn_resume").click().run()
    at.run()
    assert scheduler.snapshot(run_id(at)).state == "running"
    at.button(key="dnn_stop").click().run()
    assert scheduler.snapshot(run_id(at)).state == "stopped"
    at.run()
    assert at.button(key="dnn_train").disabled is False
    assert at.button(key="dnn_stop").disabled is True


def test_one_update_from_the_start_does_exactly_one(open_page, scheduler) -> None:
    at = open_page("dnn_playground")
    at.button(key="dnn_step").click().run()
    snapshot = scheduler.snapshot(run_id(at))
    assert (snapshot.step, snapshot.state) == (1, "paused")
    assert len(snapshot.losses) == 1
    assert snapshot.evaluated_at == 1


def test_too_large_steps_are_explained(open_page, words) -> None:
    at = open_page("dnn_playground", dnn_lr="100")
    at.button(key="dnn_train").click().run()
    wait(at, "diverged")
    assert "smaller learning rate" in words(at)


def test_another_visitor_watches_but_cannot_stop(open_page, words) -> None:
    first = open_page("dnn_playground", dnn_epochs="10000")
    first.button(key="dnn_train").click().run()
    second = open_page("dnn_playground", dnn_epochs="10000", dnn_run=run_id(first))
    assert "another visitor's run" in words(second)
    assert second.button(key="dnn_stop").disabled
    assert "dnn_pause" not in {button.key for button in second.button}
    first.run()
    first.button(key="dnn_stop").click().run()


def test_changed_controls_wait_for_the_next_start(open_page, words) -> None:
    at = open_page("dnn_playground")
    at.button(key="dnn_step").click().run()
    assert "controls have changed" not in words(at)
    at.slider(key="dnn_width").set_value(7).run()
    assert "dnn_train" not in {button.key for button in at.button}
    assert "Reset begins with them" in words(at)
    at.button(key="dnn_stop").click().run()
    at.run()
    assert "dnn_train" in {button.key for button in at.button}
    assert "take effect when you next press Train" in words(at)


def test_train_is_not_asked_for_while_it_cannot_be_pressed(open_page, words) -> None:
    for query in ({"dnn_data": "csv"}, {"dnn_widths": "0"}):
        at = open_page("dnn_playground", **query)
        assert at.button(key="dnn_train").disabled
        shown = words(at) + "".join(str(bar.proto.text) for bar in at.get("progress"))
        assert "press Train" not in shown
        assert "see the message above" in shown


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"dnn_widths": "5-x"}, "5-x"),
        ({"dnn_widths": "4000-4000"}, "1 to 64 neurons"),
        ({"dnn_widths": "0"}, "1 to 64 neurons"),
        ({"dnn_widths": "1-2-3-4-5-6-7-8-9"}, "at most 8 hidden layers"),
        ({"dnn_activations": "relu-tanh"}, "2 activation functions are written for 3 hidden layers"),
        ({"dnn_activations": "relu-x-tanh"}, "“x” is not an activation function"),
        ({"dnn_batch": "1", "dnn_epochs": "10000"}, "at most"),
        ({"dnn_data": "plane", "dnn_loss": "cross_entropy"}, "mean squared error"),
        ({"dnn_norm": "1", "dnn_batch": "1"}, "at least 2"),
        ({"dnn_data": "circle", "dnn_features": "-"}, "feature"),
        ({"dnn_samples": "3"}, "20 to"),
    ],
)
def test_what_cannot_be_trained_is_refused_with_a_sentence(open_page, query, said) -> None:
    at = open_page("dnn_playground", **query)
    assert len(at.error) == 1
    assert at.button(key="dnn_train").disabled
    assert said in at.error[0].value


def test_hostile_addresses_fall_back_to_the_defaults(open_page) -> None:
    at = open_page(
        "dnn_playground",
        dnn_layers="-5",
        dnn_width="9e99",
        dnn_lr="nan",
        dnn_activation="<script>",
        dnn_run="../../etc/passwd",
        dnn_seed="1" * 5000,
    )
    assert at.slider(key="dnn_layers").value == 3
    assert at.slider(key="dnn_width").value == 5
    assert at.number_input(key="dnn_lr").value == 0.01
    assert at.number_input(key="dnn_seed").value == 0
    assert not at.error


def test_the_run_is_the_settings_and_the_code_is_the_run_s(open_page) -> None:
    from core.export.train_script import playground_script
    from core.nets.mlp import MlpConfig
    from core.runs.playground_job import PlaygroundJob
    from core.training.config import TrainConfig

    at = open_page("dnn_playground", dnn_widths="4", dnn_epochs="20")
    at.button(key="dnn_train").click().run()
    snapshot = wait(at, "finished")
    shapes = {name: tuple(value.shape) for name, value in snapshot.weights.items()}
    assert shapes == {"net.0.weight": (4, 3), "net.0.bias": (4,), "net.2.weight": (3, 4), "net.2.bias": (3,)}
    train = TrainConfig(loss="mse", lr=0.01, batch_size=0, epochs=20, evaluations=100)
    assert snapshot.job == PlaygroundJob(MlpConfig((3, 4, 3)), train)
    assert "nn.Linear(3, 4)" in playground_script(snapshot.job)
    losses = [loss for _step, loss in snapshot.losses]
    assert all(later < earlier for earlier, later in pairwise(losses))


def without_looks(query: dict[str, str]) -> dict[str, str]:
    from ui.dnn.experiments import LOOKED_AT

    return {key: value for key, value in query.items() if key.removeprefix("dnn_") not in LOOKED_AT}


@pytest.mark.parametrize(("label", "query"), LINKS, ids=lambda value: value if isinstance(value, str) else "")
def test_every_experiment_opens_by_link_alone_with_its_guide(open_page, words, label, query) -> None:
    at = open_page("dnn_playground", **query)
    assert not at.error
    assert at.button(key="dnn_train").disabled is False
    guides = [str(element.value) for element in at.markdown if ":material/science:" in str(element.value)]
    assert len(guides) == 1
    same = [other for other, wanted in LINKS if without_looks(wanted) == without_looks(query)]
    assert any(other.replace(": ", " · ", 1) in guides[0] or f"**{other}.**" in guides[0] for other in same)
    shown = {key: value for key, value in at.query_params.items() if key.startswith("dnn_") and key != "dnn_run"}
    assert shown == query


@pytest.mark.parametrize("data", ["circle", "xor", "gauss", "spiral", "moons", "blobs", "plane", "hills"])
def test_every_data_set_trains_and_every_look_is_drawn(open_page, data) -> None:
    at = open_page("dnn_playground", dnn_data=data, dnn_epochs="30", dnn_lr="0.1", dnn_samples="100", dnn_width="3")
    assert not at.error
    at.button(key="dnn_train").click().run()
    snapshot = wait(at, "finished")
    assert snapshot.step == 30
    for view in ("confusion", "histograms", "lines", "curves"):
        at.segmented_control(key="dnn_view").set_value(view).run()
        assert not at.exception


def test_an_own_file_is_asked_for_and_then_trained_on(open_page, words) -> None:
    at = open_page("dnn_playground", dnn_data="csv", dnn_epochs="5")
    assert at.button(key="dnn_train").disabled
    assert "Choose a table among the controls" in words(at)
    rows = "\n".join(f"{n},{n % 7},{'yes' if n > 20 else 'no'}" for n in range(40))
    at.file_uploader(key="split_upload").upload("own.csv", f"a,b,answer\n{rows}\n".encode(), "text/csv").run()
    assert not at.error
    at.button(key="dnn_train").click().run()
    snapshot = wait(at, "finished")
    assert (snapshot.job.net.widths[0], snapshot.job.net.widths[-1]) == (2, 2)
    assert snapshot.evaluation.samples == 12


def test_a_task_is_posed_hides_controls_and_says_when_it_is_met(open_page, words) -> None:
    task = {"dnn_goal_accuracy": "95", "dnn_goal_parameters": "120"}
    at = open_page("dnn_playground", **FAST, **task, dnn_hide="lr,optimiser,train,<b>")
    assert "Reach 95 % test accuracy with at most 120 parameters." in words(at)
    assert {"dnn_lr", "dnn_optimiser"}.isdisjoint({widget.key for widget in (*at.number_input, *at.selectbox)})
    at.button(key="dnn_train").click().run()
    snapshot = wait(at, "finished")
    assert snapshot.evaluation.accuracy > 0.95
    assert any("Met after" in str(box.value) for box in at.success)
    plain = open_page("dnn_playground", hide="layers,width")
    assert {"dnn_layers", "dnn_width"}.isdisjoint({slider.key for slider in plain.slider})


def test_one_epoch_reset_and_a_change_under_way(open_page, scheduler) -> None:
    at = open_page("dnn_playground", dnn_batch="1000", dnn_epochs="50")
    at.button(key="dnn_epoch").click().run()
    snapshot = wait(at, "paused")
    assert snapshot.step == 7
    at.number_input(key="dnn_lr").set_value(0.5).run()
    at.button(key="dnn_take_over").click().run()
    assert scheduler.snapshot(run_id(at)).lr == 0.5
    before = run_id(at)
    at.button(key="dnn_reset").click().run()
    at.run()
    assert run_id(at) != before
    assert scheduler.snapshot(run_id(at)).step == 0
