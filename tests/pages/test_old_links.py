"""Links that an earlier version made say the same settings, and nothing in them is refused (tests/files/README.md)."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from core.conv.parsing import parse_chain
from core.conv.sizes import trace
from tests.core.conv_steps import worked as worked_out
from ui.conv.settings import Settings as ConvSettings
from ui.conv.settings import example
from ui.dnn.settings import Settings as DnnSettings
from ui.dnn.settings import job

LINKS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "files" / "links.json").read_text(encoding="utf-8"))
ROOMS = {
    "data_split": "split",
    "dnn_playground": "dnn",
    "conv_calculator": "conv",
    "lenet_training": "lenet",
    "sketch_pad": "sketch",
}


def plain(value: Any) -> Any:
    """Return a value as JSON would give it back."""
    return json.loads(json.dumps(value))


def page() -> None:
    import importlib
    import json
    from dataclasses import asdict
    from urllib.parse import parse_qsl

    import streamlit as st

    from ui.state.controls import Controls

    room, links = st.session_state["asked"]
    settings = importlib.import_module(f"ui.{room}.settings").Settings
    found = []
    for link in links:
        st.session_state.clear()  # each is opened by a new visitor
        st.query_params.from_dict(dict(parse_qsl(link, keep_blank_values=True, strict_parsing=bool(link))))
        controls = Controls(settings)
        found.append((asdict(controls.settings), controls.link()))
    st.text(json.dumps(found))


@pytest.mark.parametrize("lesson", ROOMS)
def test_every_link_sets_what_it_was_made_from(lesson: str) -> None:
    links = LINKS[lesson]["links"]
    at = AppTest.from_function(page, default_timeout=60)
    at.session_state["asked"] = (ROOMS[lesson], [entry["link"] for entry in links])
    at.run()
    assert not at.exception
    assert [str(box.value) for box in at.warning] == []
    found = json.loads(at.text[0].value)
    assert len(found) == len(links) >= 20
    for (settings, again), entry in zip(found, links, strict=True):
        meant = LINKS[lesson]["defaults"] | entry["changes"]
        assert {name: settings[name] for name in meant} == meant, entry["link"]  # newer fields: see the link below
        # and what is made of them is the same link, but for the mark that it wins over an open page
        assert again == {name: value for name, value in parse_qsl(entry["link"]) if name != "set"}


def settings_of(kind: type[Any], changes: dict[str, Any]) -> Any:
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in changes.items()})


def test_the_playgrounds_links_train_what_they_trained() -> None:
    found = [entry for entry in LINKS["dnn_playground"]["links"] if "job" in entry]
    assert len(found) >= 20
    for entry in found:
        begun = job(settings_of(DnnSettings, entry["changes"]))
        ours = plain({"net": asdict(begun.net), "train": asdict(begun.train), "data": asdict(begun.data)})
        assert ours == entry["job"] | {"train": entry["job"]["train"] | {"engine": "auto"}}


def test_the_calculators_links_work_out_what_they_worked_out() -> None:
    worked = [entry for entry in LINKS["conv_calculator"]["links"] if "worked" in entry]
    assert len(worked) >= 10
    for entry in worked:
        shown = example(settings_of(ConvSettings, entry["changes"]))
        assert plain([worked_out(shown, number).output for number in range(len(entry["worked"]))]) == entry["worked"]
    chains = [entry for entry in LINKS["conv_calculator"]["links"] if "shapes" in entry]
    assert len(chains) >= 2
    for entry in chains:
        found = trace(parse_chain(entry["changes"]["own"]), (3, 32, 40))
        assert plain([layer.output for layer in found.layers]) == entry["shapes"]


@pytest.mark.parametrize("lesson", ROOMS)
def test_the_link_with_everything_in_it_opens_its_page(lesson: str, open_page: Any) -> None:
    fullest = max(LINKS[lesson]["links"], key=lambda entry: len(entry["changes"]))
    parameters = dict(parse_qsl(fullest["link"], keep_blank_values=True))
    at = open_page(lesson, **parameters)
    assert not [box for box in at.warning if "in the address is not used" in str(box.value)]
    assert parameters.items() - {("set", "1")} <= at.query_params.items()
