"""AppTest always starts from pages/index.py, as the server does; Streamlit's caches are emptied between tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

INDEX = Path(__file__).resolve().parents[2] / "pages" / "index.py"


@pytest.fixture(autouse=True)
def _empty_caches() -> Iterator[None]:
    st.cache_data.clear()
    yield
    st.cache_data.clear()


@pytest.fixture
def ready_digits() -> None:
    """Pages need not wait for MNIST, as when the server has been up for a while."""
    from core import cache

    cache.mnist()


@pytest.fixture
def open_page() -> Callable[..., AppTest]:
    """Return a function that opens a page by file stem with query parameters, as a link does, and runs it."""

    def open_(stem: str, timeout: float = 60, **parameters: str) -> AppTest:
        at = AppTest.from_file(str(INDEX), default_timeout=timeout)
        if stem != "home":
            at.switch_page(f"{stem}.py")  # before the first run, so Home's script does not run
        at.query_params.update(parameters)
        at.run()
        assert not at.exception, at.exception[0].message
        return at

    return open_


@pytest.fixture
def words() -> Callable[[AppTest], str]:
    """Return a function that gives everything readable on a page, for looking up numbers and words."""

    def words_(at: AppTest) -> str:
        parts: list[str] = []
        for kind in ("title", "header", "subheader", "caption", "markdown", "error", "info", "warning"):
            parts += [str(element.value) for element in at.get(kind)]
        parts += [str(element.proto.body) for element in at.get("html")]
        parts += [str(element.proto.label) for element in at.get("page_link")]
        parts += [f"{element.label} {element.value}" for element in at.metric]
        parts += [str(element.label) for element in at.button]
        for element in at.get("bidi_component"):
            data, name = json.loads(element.proto.json), element.proto.component_name
            said = {"chalknet_progress": [data.get("said")], "chalknet_said": data.get("parts")}.get(name, [])
            parts += [data["words"][name].format(**values) for name, values in said]
        return "\n".join(parts)

    return words_
