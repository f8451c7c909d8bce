"""Lesson 4 through its widgets; the run itself is watched in the browser tests and measured in tests/core."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

LANGUAGES = ("en", "zh")


@pytest.fixture(autouse=True)
def scheduler() -> Iterator[object]:
    from core import cache
    from core.training.scheduler import SCHEDULER

    cache.mnist()  # as the server does in the background
    SCHEDULER.start()
    yield SCHEDULER
    SCHEDULER.stop()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_update_at_the_course_settings(open_page, words, scheduler, lang) -> None:
    at = open_page("lenet_training", lang=lang)
    at.button(key="lenet_step").click().run()
    run = at.session_state["lenet_run"]
    until = time.monotonic() + 30
    while scheduler.snapshot(run).step < 1 and time.monotonic() < until:
        time.sleep(0.05)
    at.run()
    snapshot = scheduler.snapshot(run)
    assert (snapshot.state, snapshot.step) == ("paused", 1)
    assert abs(snapshot.losses[0][1] - 2.303) < 0.05  # ten equal answers: ln 10
    assert snapshot.job.train.lr == 0.9
    assert snapshot.job.train.batch_size == 256
    assert snapshot.job.train.momentum == 0
    shown = words(at)
    assert f"{snapshot.evaluation.accuracy:.2%}" in shown
    assert f"{snapshot.job.data.train_labels.shape[0]:,}" in shown  # the page names its data
    at.button(key="lenet_stop").click().run()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_other_network_brings_the_course_settings_along(open_page, lang) -> None:
    at = open_page("lenet_training", lang=lang)
    at.selectbox(key="lenet_network").set_value("mnist-dnn").run()
    assert at.number_input(key="lenet_lr").value == 0.01
    assert at.number_input(key="lenet_momentum").value == 0.5
    assert at.number_input(key="lenet_batch").value == 64
    at.selectbox(key="lenet_network").set_value("lenet5").run()
    assert at.number_input(key="lenet_lr").value == 0.9
    assert not at.exception


def test_a_run_over_budget_is_refused_with_a_sentence(open_page) -> None:
    at = open_page("lenet_training", lenet_batch="1", lenet_epochs="50")
    assert len(at.error) == 1
    assert "larger batch" in at.error[0].value
    assert at.button(key="lenet_train").disabled


def test_hostile_addresses_fall_back_to_the_defaults(open_page) -> None:
    at = open_page("lenet_training", lenet_lr="-1", lenet_batch="0", lenet_network="resnet", lenet_epochs="1e9")
    assert at.number_input(key="lenet_lr").value == 0.9
    assert at.number_input(key="lenet_batch").value == 256
    assert at.number_input(key="lenet_epochs").value == 5
