"""What lesson 4 sends of a run that goes on: the same bytes for every language, made without anybody's session."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from core.nets.digit_files import model_of
from ui.live import frames
from ui.live.hub import HUB, View, of_weights

pytestmark = pytest.mark.usefixtures("ready_digits", "scheduler")

LOOKS = {
    "maps": {"maps", "scores", "speed", "moments", "progress", "same"},
    "filters": {"lenet_filters", "lenet_weights", "scores", "speed", "moments", "progress", "same"},
    "saliency": {"saliency", "answer", "scores", "speed", "moments", "progress", "same"},
    "curves": {"curves", "digit", "scores", "speed", "progress", "same"},
    "test": {"scores", "speed", "moments", "progress", "same"},  # what is hidden is not in the run's own test
    "compare": {"compared", "compared to", "accuracy by epoch", "scores", "speed", "progress", "same"},
}
ASKED = {"lenet_samples": "600", "lenet_batch": "8", "lenet_epochs": "50", "lenet_hide": "c1.2"}
OWNER = "a-visitor-of-this-test"
Makes = dict[str, Callable[..., dict[str, Any]]]


@pytest.fixture
def both(open_page, scheduler, monkeypatch) -> tuple[str, str]:
    """Ids of two runs of one visitor that were paused on their way."""
    from core import cache
    from ui.run import stage
    from ui.state import session

    for module in (session, stage):  # each page that is opened is the same visitor's
        monkeypatch.setattr(module, "owner", lambda: OWNER)
    every = cache.mnist()
    few = replace(every, test_images=every.test_images[:200], test_labels=every.test_labels[:200])
    monkeypatch.setattr(cache, "mnist", lambda: few)
    at = open_page("lenet_training", lenet_look="compare", **ASKED)
    at.button(key="lenet_both").click().run()
    own = str(at.session_state["lenet_run"])
    other = scheduler.newest(OWNER, "mnist-dnn").run_id
    for run in (own, other):
        until = time.monotonic() + 60
        while len(scheduler.snapshot(run).kept.moments) < 2 and time.monotonic() < until:
            time.sleep(0.02)
    at.run()
    at.button(key="lenet_pause_both").click().run()
    return own, other


def offered(open_page, monkeypatch, **parameters: str) -> tuple[AppTest, Makes]:
    """Open the page and return it with what it offers to stream, by run and key."""
    found: Makes = {}

    def offer(run_id: str, key: object, make: Callable[..., dict[str, Any]], every: float = 0.0) -> str:
        return found.setdefault(f"{run_id} {key!r}", make) and f"{run_id} {key!r}"

    with monkeypatch.context() as patched:
        patched.setattr(HUB, "offer", offer)
        return open_page("lenet_training", **parameters), found


def made(makes: Makes, scheduler) -> dict[str, bytes]:
    """Make and encode every view on a thread that belongs to no session."""
    done: dict[str, bytes] = {}

    def work() -> None:
        for name, make in makes.items():
            done[name] = frames.encode(name, 1, make(scheduler.snapshot(name.split()[0])))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return done


@pytest.mark.parametrize("look", LOOKS)
def test_views_know_no_language_and_no_session(open_page, both, scheduler, monkeypatch, look) -> None:
    from ui import text
    from ui.state import session

    asked = ASKED | {"lenet_run": both[0], "lenet_look": look}
    english, chinese = (offered(open_page, monkeypatch, lang=lang, **asked)[1] for lang in ("en", "zh"))
    keys = {name.split(" ", 1)[1] for name in english}
    assert {key.strip("('").split("'")[0] for key in keys} == LOOKS[look]

    def refuse(*_given: object) -> None:
        raise AssertionError("a view asked for a session, or for words")

    for name in ("memo", "recall", "remember", "owner"):
        monkeypatch.setattr(session, name, refuse)
    monkeypatch.setattr(text, "language", refuse)
    found = made(english, scheduler)
    assert found.keys() == english.keys()
    assert made(chinese, scheduler) == found


def test_an_earlier_moment_stands_still(open_page, both, monkeypatch) -> None:
    _at, makes = offered(open_page, monkeypatch, **ASKED, lenet_run=both[0], lenet_at="0")
    assert {name.split(" ", 1)[1].strip("('").split("'")[0] for name in makes} == LOOKS["maps"] - {"maps"}


def test_what_is_streamed_are_the_run_s_own_numbers(open_page, both, scheduler, monkeypatch) -> None:
    from core import cache
    from ui.lenet.forward import silenced

    asked = ASKED | {"lenet_run": both[0], "lenet_digit": "3"}
    _at, makes = offered(open_page, monkeypatch, **asked)
    now = scheduler.snapshot(both[0])
    views = {name.split(" ", 1)[1]: make(now) for name, make in makes.items()}
    maps = next(view for key, view in views.items() if key.startswith("('maps'"))["numbers"]
    network = model_of(now.weights, "lenet5")
    image = cache.mnist().test_images[2:3]
    with torch.no_grad():
        outputs = silenced(network, "lenet5", {"c1": (1,)})(image)[0]
        shares = network(image)[0].softmax(dim=0)
    assert np.frombuffer(maps[-1]["outputs"], "<f4").tolist() == outputs.tolist()
    assert np.frombuffer(maps[-1]["before"], "<f4").tolist() == shares.tolist()
    assert maps[0] == {}  # the digit stands still
    assert [entry["tiles"] for entry in maps[1:]] == [6, 6, 16, 16, 1, 1, 1]
    assert set(np.frombuffer(maps[1]["values"], "u1")[784 : 2 * 784]) == {128}  # hidden: 0 everywhere
    moments = next(view for key, view in views.items() if key.startswith("('moments'"))
    rows = np.frombuffer(moments["stops"].rows, "<f8").reshape(-1, 3)
    assert rows[:, 0].tolist() == [moment.step for moment in now.kept.moments]
    assert rows[:, 2].tolist() == [moment.test.accuracy for moment in now.kept.moments]
    scores = next(view for key, view in views.items() if key.startswith("('scores'"))["parts"]
    assert scores[0][1]["share"] == f"{now.evaluation.accuracy:.2%}"


def test_a_view_is_made_and_sent_only_when_it_is_another(both, scheduler) -> None:
    now, calls = scheduler.snapshot(both[0]), []

    def make(now: Any) -> dict[str, Any]:
        calls.append(now.step)
        return {"copy": now.weights_copy}

    view = View(now.run_id, "name", of_weights("key", make))
    for step in (1, 2, 3):
        view.look(replace(now, step=step), float(step))
    assert (calls, view.number) == ([1], 1)
    view.look(replace(now, step=4, weights_copy=now.weights_copy + 1), 4.0)
    assert (calls, view.number, view.at) == ([1, 4], 2, 4)


def test_a_large_view_comes_less_often_until_the_run_rests(both, scheduler) -> None:
    now = replace(scheduler.snapshot(both[0]), state="running")
    view = View(now.run_id, "name", lambda now: {"step": now.step}, every=1.0)
    seen = []
    for step, clock in ((1, 0.0), (2, 0.5), (3, 1.1), (4, 1.2)):
        view.look(replace(now, step=step), clock)
        seen.append(view.at)
    assert seen == [1, 1, 3, 3]
    view.look(replace(now, step=5, state="finished"), 1.3)
    assert view.at == 5
