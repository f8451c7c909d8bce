"""The language switch on an open page: every control keeps its value, in both directions, on all five pages.

AppTest alone cannot see what goes wrong there: a browser holds the *label* of a select box's option and goes on sending
that one, until the server says otherwise. The fixture ``browser_labels`` makes AppTest's boxes do the same.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import InitialValue, Multiselect, Selectbox

from ui.state import fields

pytestmark = pytest.mark.usefixtures("scheduler")

# Every kind of control off its default, with what the address says of it.
PAGES = {
    "data_split": (
        "ui.split.settings",
        {"split_data": "regression", "split_samples": "2000", "split_cuts": "70-85", "split_how": "random"},
    ),
    "dnn_playground": (
        "ui.dnn.settings",
        {
            "dnn_data": "spiral",
            "dnn_noise": "0.1",
            "dnn_features": "x1.x2.sin x1",
            "dnn_layers": "2",
            "dnn_widths": "4-2",
            "dnn_activation": "identity",
            "dnn_init": "large",
            "dnn_norm": "1",
            "dnn_loss": "cross_entropy",
            "dnn_schedule": "step",
            "dnn_lr": "0.5",
            "dnn_view": "histograms",
        },
    ),
    "conv_calculator": ("ui.conv.settings", {"conv_height": "9", "conv_kernel": "blur", "conv_square": "0"}),
    "lenet_training": (
        "ui.lenet.settings",
        {"lenet_network": "mnist-dnn", "lenet_lr": "0.05", "lenet_schedule": "cosine", "lenet_augment": "1"},
    ),
    "sketch_pad": (
        "ui.sketch.settings",
        {"sketch_topic": "sample", "sketch_look": "nearest", "sketch_index": "5", "sketch_steps": "crop.fit"},
    ),
}


@pytest.fixture
def browser_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let select boxes send the label that the browser shows, which only ``set_value`` replaces."""
    held: dict[str, Any] = {}

    def sent(box: Any, value: Any, shown: Any, default: Any) -> Any:
        if not isinstance(box._value, InitialValue):  # chosen just now, of the options that are shown
            held[box.id] = value
        elif box.proto.set_value:
            held[box.id] = shown
        else:
            held.setdefault(box.id, default)
        return held[box.id]

    def one(box: Selectbox[Any]) -> Any:
        state = chosen(box)
        state.string_value = sent(box, state.string_value, box.proto.raw_value, box.options[box.proto.default])
        return state

    def several(box: Multiselect[Any]) -> Any:
        state = many(box)
        default = [box.options[index] for index in box.proto.default]
        labels = sent(box, list(state.string_array_value.data), list(box.proto.raw_values), default)
        state.string_array_value.data[:] = labels
        return state

    chosen, many = Selectbox._widget_state.fget, Multiselect._widget_state.fget
    monkeypatch.setattr(Selectbox, "_widget_state", property(one))
    monkeypatch.setattr(Multiselect, "_widget_state", property(several))


def settings(at: AppTest, kind: type) -> dict[str, Any]:
    """Return the session's values of a page's settings."""
    found = {name: at.session_state[f"{kind.PREFIX}{name}"] for name in fields.rules(kind)}
    return {name: tuple(value) if isinstance(value, list) else value for name, value in found.items()}


def address(at: AppTest, prefix: str) -> dict[str, str]:
    return {key: value for key, value in at.query_params.items() if key.startswith(prefix)}


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("page", PAGES)
def test_every_control_keeps_its_value_when_the_language_is_switched(open_page, browser_labels, page, late) -> None:
    module, query = PAGES[page]
    kind = import_module(module).Settings
    at = open_page(page, **query)
    at.run()
    before, asked = settings(at, kind), address(at, kind.PREFIX)
    assert asked == query
    for language in ("zh", "en", "zh"):
        at.button_group(key="_language_switch").set_value(language).run()
        assert not at.exception
        if late:  # a click that the browser made before the answer to the switch had arrived
            for box in at.selectbox:
                box.proto.set_value = False
        for _click in range(2):  # the next click brings the browser's labels along
            at.run()
            assert not at.exception
            assert address(at, kind.PREFIX) == asked
            assert settings(at, kind) == before


@pytest.mark.parametrize(("late", "speed"), [(False, 5.0), (True, None)])
def test_train_starts_after_a_switch_and_at_the_chosen_speed(open_page, browser_labels, late, speed) -> None:
    from core.runs.scheduler import SCHEDULER

    at = open_page("dnn_playground", dnn_data="spiral", dnn_loss="cross_entropy")
    at.selectbox(key="dnn_speed").set_value(5).run()
    at.button_group(key="_language_switch").set_value("zh").run()
    if late:
        at.selectbox(key="dnn_speed").proto.set_value = False
    at.button(key="dnn_train").click().run()
    assert not at.error
    now = SCHEDULER.snapshot(str(at.session_state["dnn_run"]))
    assert (now.job.data.name, now.job.train.loss, now.speed) == ("spiral", "cross_entropy", speed)
