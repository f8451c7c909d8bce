"""What a page of this app drew, as calls of Streamlit that draw the same: widgets, texts, containers, components.

Nothing of the app is in them: every label, option and datum is a constant, so that drawing them is what Streamlit
itself costs. Data of components and charts, and tables, are as large as they were.
"""

from __future__ import annotations

import functools
import io
import json
import os
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer
from streamlit.proto.Block_pb2 import Block
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.Element_pb2 import Element

FOLDER: Final = "CHALKNET_BARE_PLANS"  # environment: where plans are
Path_ = tuple[int, ...]
Step = tuple[Path_, str, Any, dict[str, Any], list[Path_]]  # parent, method, arguments, options, blocks that it makes
Menu = list[tuple[str, str, str]]  # address, title, icon
WIDTHS: Final = {"use_stretch": "stretch", "use_content": "content"}


def write(name: str, steps: Sequence[Step], menu: Menu, folder: Path) -> None:
    """Write a plan where a server of bare pages finds it."""
    (folder / f"{name}.plan").write_bytes(pickle.dumps((list(steps), menu)))


@functools.cache
def plan(name: str) -> tuple[list[Step], Menu]:
    """Return a plan by its name; in the server of bare pages."""
    return pickle.loads((Path(os.environ[FOLDER]) / f"{name}.plan").read_bytes())  # type: ignore[no-any-return]


@functools.cache
def component(parts: tuple[str, str, str, str]) -> ComponentRenderer:
    """Register a component once."""
    name, html, css, js = parts
    return st.components.v2.component(name, html=html or "<div></div>", css=css or None, js=js or None)


def planned(drawn: Sequence[tuple[Path_, Delta]], media: dict[str, bytes]) -> list[Step]:
    """Return the calls that draw what a page drew.

    Args:
        drawn: place and message, in the order in which they came.
        media: what stands at an address of an image or a download.
    """
    steps: list[Step] = []
    for place, delta in drawn:
        at = f"e{'_'.join(map(str, place))}"
        if delta.WhichOneof("type") == "new_element":
            element = delta.new_element
            found = _element(element, element.WhichOneof("type") or "", at, media)
            if found is not None:
                method, arguments, options = found
                steps.append((place[:-1], method, arguments, options, []))
            continue
        made = _block(delta.add_block, at, [each for each in drawn if each[0][:-1] == place])
        if made is not None:
            method, arguments, options, several = made
            children = [each for each, one in drawn if each[:-1] == place and _kind(one) in ("column", "tab")]
            steps.append((place[:-1], method, arguments, options, children if several else [place]))
    return steps


def _kind(delta: Delta) -> str:
    return delta.add_block.WhichOneof("type") or "" if delta.WhichOneof("type") == "add_block" else ""


def _block(
    block: Block, at: str, children: Sequence[tuple[Path_, Delta]]
) -> tuple[str, tuple[Any, ...], dict[str, Any], bool] | None:
    kind = block.WhichOneof("type")
    inside = [delta.add_block for _place, delta in children if _kind(delta) in ("column", "tab")]
    if kind in ("column", "tab"):
        return None  # made by what holds it
    if kind == "flex_container" and inside:
        return "columns", ([each.column.weight for each in inside],), {}, True
    if kind == "tab_container":
        rerun = {"key": at, "on_change": "rerun"} if block.tab_container.id else {}
        return "tabs", ([each.tab.label for each in inside],), rerun, True
    if kind == "expandable":
        own = block.expandable
        rerun = {"key": at, "on_change": "rerun"} if own.id else {}
        return "expander", (own.label,), rerun | {"expanded": own.expanded}, False
    if kind == "popover":
        return "popover", (block.popover.label,), {"icon": block.popover.icon or None}, False
    if kind == "grid_container":
        return "grid", (), {"min_column_width": block.grid_container.min_column_width_px or 200}, False
    flex = block.flex_container
    options: dict[str, Any] = {"horizontal": flex.direction == Block.FlexContainer.HORIZONTAL, "border": flex.border}
    return "container", (), options | ({"key": at} if block.id else {}), False


def _element(element: Element, kind: str, at: str, media: dict[str, bytes]) -> tuple[str, Any, dict[str, Any]] | None:
    own = getattr(element, kind)
    if kind in ("empty", ""):
        return "empty", (), {}
    if kind == "markdown":
        caption = own.element_type == own.CAPTION
        options: dict[str, Any] = {"unsafe_allow_html": own.allow_html, "help": own.help or None}
        return "caption" if caption else "markdown", (own.body,), options
    if kind == "heading":
        return {"h1": "title", "h2": "header"}.get(own.tag, "subheader"), (own.body,), {"anchor": own.anchor or False}
    if kind == "html":
        return "html", (own.body,), {}
    if kind == "alert":
        return own.Format.Name(own.format).lower(), (own.body,), {"icon": own.icon or None}
    if kind == "progress":
        return "progress", (own.value,), {"text": own.text}
    if kind == "code":
        return "code", (own.code_text, own.language or None), {"wrap_lines": own.wrap_lines}
    if kind == "page_link":
        options = {"label": own.label, "icon": own.icon or None, "help": own.help or None}
        return "page_link", (own.page,), options | {"query_params": dict(parse_qsl(own.query_string))}
    if kind == "imgs":
        files = [_file(each.url, media) for each in own.imgs]
        return "image", (files if len(files) > 1 else files[0],), {}
    if kind == "dataframe":
        import pyarrow as pa

        table = pa.ipc.open_stream(io.BytesIO(own.arrow_data.data)).read_pandas()
        return "dataframe", (table,), {"hide_index": True, "key": at}
    if kind == "echarts_chart":
        return "echarts_chart", (json.loads(own.spec),), {"key": at, "alt": own.alt}
    if kind == "plotly_chart":
        import plotly.io

        return "plotly_chart", (plotly.io.from_json(own.spec),), {"key": at}
    if kind == "bidi_component":
        data = json.loads(own.json) if own.json else None
        parts = (own.component_name.replace(".", "_"), own.html_content, own.css_content, own.js_content)
        return "component", parts, {"data": data, "key": at}
    return _widget(own, kind, at, media)


def _file(url: str, media: dict[str, bytes]) -> bytes | str:
    return media.get(url, url)


def _widget(own: Any, kind: str, at: str, media: dict[str, bytes]) -> tuple[str, Any, dict[str, Any]]:
    same = {"key": at, "help": getattr(own, "help", "") or None, "disabled": own.disabled}
    if kind == "button":
        return "button", (own.label,), same | {"icon": own.icon or None, "type": own.type or "secondary"}
    if kind == "download_button":
        data = _file(own.url, media)
        return "download_button", (own.label, data), same | {"file_name": "file", "icon": own.icon or None}
    if kind == "button_group":
        options = [each.content for each in own.options]
        several = own.click_mode == own.MULTI_SELECT
        method = "pills" if own.style == own.PILLS else "segmented_control"
        default = [options[each] for each in own.default] if several else None
        if not several and len(own.default):
            default = options[own.default[0]]  # type: ignore[assignment]
        chosen = {"selection_mode": "multi" if several else "single", "default": default}
        return method, (own.label, options), same | chosen
    if kind == "selectbox":
        return "selectbox", (own.label, list(own.options)), same
    if kind == "multiselect":
        return "multiselect", (own.label, list(own.options)), same
    if kind == "radio":
        return "radio", (own.label, [str(each) for each in own.options]), same
    if kind == "checkbox":
        return "toggle" if own.type == own.TOGGLE else "checkbox", (own.label, own.default), same
    if kind == "slider":
        cast = int if own.data_type == own.INT else float
        value = tuple(map(cast, own.value or own.default))
        options = {"value": value if len(value) > 1 else value[0], "step": cast(own.step)}
        return "slider", (own.label, cast(own.min), cast(own.max)), same | options
    if kind == "number_input":
        cast = int if own.data_type == own.INT else float
        limits = (cast(own.min) if own.has_min else None, cast(own.max) if own.has_max else None)
        value = own.value if own.HasField("value") else own.default if own.HasField("default") else None
        options = {"value": None if value is None else cast(value), "step": cast(own.step)}
        return "number_input", (own.label, *limits), same | options
    if kind in ("text_input", "text_area"):
        return kind, (own.label, own.value or own.default), same | {"placeholder": own.placeholder or None}
    if kind == "file_uploader":
        return "file_uploader", (own.label,), same
    raise NotImplementedError(f"{kind}: say in benchmarks/_bare_plan.py how it is drawn")
