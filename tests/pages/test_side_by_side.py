"""Beside a run at the course's settings: the notes' figure, its own, and ten seeds', as they were measured."""

from __future__ import annotations

import base64
import json
import re
import time
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.exam.ten_seeds import FILE
from core.score import wilson

pytestmark = pytest.mark.usefixtures("ready_digits", "scheduler")


@pytest.fixture
def ten_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many test digits as MNIST has, and few to train on."""
    from core import cache

    every = cache.mnist()
    images, labels = every.test_images[:1000], every.test_labels[:1000]
    small = replace(
        every,
        train_images=every.train_images[:600],
        train_labels=every.train_labels[:600],
        test_images=images.repeat(10, 1, 1, 1),
        test_labels=labels.repeat(10),
    )
    monkeypatch.setattr(cache, "mnist", lambda: small)


def seeds(network: str) -> list[str]:
    found = json.loads(FILE.read_text("utf-8"))[network]
    return [f"{right / found['samples']:.2%}" for right in found["correct"].values()]


def strip(at: AppTest) -> tuple[str, str]:
    """Return the strip's text alternative and its SVG."""
    pictures = [str(one.proto.body) for one in at.get("html") if "ten seeds" in str(one.proto.body)]
    assert len(pictures) == 1
    alt, source = re.findall(r'alt="([^"]*)" src="data:image/svg\+xml;base64,([^"]*)"', pictures[0])[0]
    return alt, base64.b64decode(source).decode()


def trained(at: AppTest, prefix: str) -> object:
    from core.runs.scheduler import SCHEDULER

    at.button(key=f"{prefix}train").click().run()
    until = time.monotonic() + 120
    while time.monotonic() < until:
        now = SCHEDULER.snapshot(str(at.session_state[f"{prefix}run"]))
        if now.state == "finished" and not now.busy:
            at.run()
            assert not at.exception, at.exception[0].message
            return now
        time.sleep(0.05)
    raise AssertionError(now.state)


def test_the_small_network_beside_the_notes(open_page, words) -> None:
    at = open_page("dnn_playground", dnn_view="confusion", dnn_seed="3", dnn_data_seed="5")
    assert "<td>still to come</td>" in words(at)
    assert "this run" not in strip(at)[1]
    now = trained(at, "dnn_")
    low, high = wilson(now.evaluation.correct, 3_000)
    shown = words(at)
    assert "in the notes: 67.17%" in shown
    assert f"<td>{now.evaluation.accuracy:.2%}</td>" in shown
    assert f"<td>{100 * low:.2f}–{high:.2%}</td>" in shown
    assert "67.17% are 2,015 of 3,000" in shown
    assert "worth 0.033 percentage points" in shown
    assert "python -m core seeds one-hot" in shown
    alt, svg = strip(at)
    assert alt == f"Test accuracy of ten seeds: {', '.join(seeds('one-hot'))}"
    assert f"<td>{min(seeds('one-hot'))[:-1]}–{max(seeds('one-hot'))}</td>" in shown
    assert "this run" in svg
    # the dots lie as the shares do
    places = [float(x) for x in re.findall(r'<circle cx="([^"]*)"', svg)]
    shares = [float(share[:-1]) for share in seeds("one-hot")]
    assert len(places) == 10
    slope = (max(places) - min(places)) / (max(shares) - min(shares))
    assert places == pytest.approx([min(places) + (share - min(shares)) * slope for share in shares], abs=1.5)


@pytest.mark.parametrize("network", ["lenet5", "mnist-dnn"])
@pytest.mark.usefixtures("ten_thousand")
def test_digits_beside_the_notes(open_page, words, network) -> None:
    from ui.course.place import MNIST_DNN

    asked = {f"lenet_{name}": str(value) for name, value in MNIST_DNN.items()} if network == "mnist-dnn" else {}
    at = open_page("lenet_training", lenet_look="test", **asked)
    now = trained(at, "lenet_")
    shown, figure = words(at), {"lenet5": "97.94%", "mnist-dnn": "96.66%"}[network]
    assert f"in the notes: {figure}" in shown
    assert f"<td>{figure}</td>" in shown
    assert f"<td>{now.evaluation.accuracy:.2%}</td>" in shown
    assert strip(at)[0].endswith(", ".join(seeds(network)))
    assert "one of them is worth 0.01 percentage points" in shown


@pytest.mark.parametrize(
    ("page", "asked"),
    [
        ("dnn_playground", {"dnn_view": "confusion", "dnn_lr": "0.02"}),
        ("dnn_playground", {"dnn_view": "confusion", "dnn_data": "circle"}),
        ("lenet_training", {"lenet_look": "test", "lenet_momentum": "0.5"}),
        ("lenet_training", {"lenet_look": "test", "lenet_samples": "600"}),
        ("lenet_training", {"lenet_look": "test", "lenet_network": "lenet5-32"}),
    ],
)
@pytest.mark.usefixtures("ten_thousand")
def test_nothing_is_said_at_other_settings(open_page, words, page, asked) -> None:
    assert "en seeds" not in words(open_page(page, **asked))
