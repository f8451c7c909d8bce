"""The route of the components' modules."""

import re

import pytest
import streamlit as st
from starlette.applications import Starlette

from tests.ui.asgi import ask
from ui import components


def get(path: str) -> tuple[int, dict[str, str], str]:
    """Ask the route and return status, headers and body."""
    status, headers, body = ask(Starlette(routes=[components.route()]), path)
    return status, {name: values[0] for name, values in headers.items()}, body.decode()


def address(name: str) -> str:
    return f"/chalknet/{components._DIGEST}/{name}"


@pytest.mark.parametrize("name", ["mount.js", "dom.js", "network/main.js", "plane/paint.js", "drawable_canvas.js"])
def test_a_module_is_javascript_that_is_kept_for_good(name: str) -> None:
    status, headers, body = get(address(name))
    assert status == 200
    assert headers["content-type"] == "text/javascript; charset=utf-8"
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert re.search(r"^export ", body, re.MULTILINE)


@pytest.mark.parametrize(
    "path",
    [
        "/chalknet/0123456789abcdef/mount.js",  # of another version
        address("network/__init__.py"),
        address("network/style.css"),
        address("network"),
        address("../../server.py"),
        address("..%2f..%2fserver.py"),
        address("network/../mount.js"),
        address("/etc/passwd"),
    ],
)
def test_nothing_else_is_served(path: str) -> None:
    assert get(path)[0] == 404


def test_it_lies_below_the_path_of_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "get_option", {"server.baseUrlPath": "/class/room/"}.get)
    assert get("/class/room" + address("mount.js"))[0] == 200
    assert get(address("mount.js"))[0] == 404


def test_the_start_of_a_component_names_modules_that_are_served() -> None:
    start = components._START.format(digest=components._DIGEST, name="plane")
    folder = re.search(r"chalknet/\w+/", start).group()
    names = re.findall(r'from\("([^"]+)"\)', start)
    assert names == ["mount.js", "plane/main.js"]
    assert [get(f"/{folder}{name}")[0] for name in names] == [200, 200]
