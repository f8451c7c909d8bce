"""The route of the components' modules."""

import re
from graphlib import TopologicalSorter

import pytest
import streamlit as st
from starlette.applications import Starlette

from tests.ui.asgi import ask
from ui import components
from ui.joined import imports, joined


def get(path: str) -> tuple[int, dict[str, str], str]:
    """Ask the route and return status, headers and body."""
    status, headers, body = ask(Starlette(routes=[components.route()]), path)
    return status, {name: values[0] for name, values in headers.items()}, body.decode()


def address(name: str) -> str:
    return f"/chalknet/{components._DIGEST}/{name}"


@pytest.mark.parametrize("name", ["all.js", "drawable_canvas.js"])
def test_a_module_is_javascript_that_is_kept_for_good(name: str) -> None:
    status, headers, body = get(address(name))
    assert status == 200
    assert headers["content-type"] == "text/javascript; charset=utf-8"
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert re.search(r"^export ", body, re.MULTILINE)


@pytest.mark.parametrize(
    "path",
    [
        "/chalknet/0123456789abcdef/all.js",  # of another version
        address("mount.js"),
        address("network/__init__.py"),
        address("network/style.css"),
        address("network"),
        address("../../server.py"),
        address("..%2f..%2fserver.py"),
        address("network/../all.js"),
        address("/etc/passwd"),
    ],
)
def test_nothing_else_is_served(path: str) -> None:
    assert get(path)[0] == 404


def test_it_lies_below_the_path_of_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "get_option", {"server.baseUrlPath": "/class/room/"}.get)
    assert get("/class/room" + address("all.js"))[0] == 200
    assert get(address("all.js"))[0] == 404


def test_the_start_of_a_component_names_what_is_served() -> None:
    start = components._START.format(modules=components.MODULES, name="plane")
    assert get("/" + re.search(r"chalknet/\w+/[\w.]+", start).group())[0] == 200
    assert re.findall(r'load\("([^"]+)"\)', start) == ["mount.js", "plane/main.js"]
    assert {"mount.js", "plane/main.js"} < components._MODULES.keys()
    assert components._STYLES.keys() == {
        name.split("/")[0] for name in components._MODULES if name.endswith("/main.js")
    }


def test_modules_do_not_import_in_a_circle() -> None:
    graph = {name: imports(name, text) for name, text in components._MODULES.items()}
    assert sum(map(len, graph.values())) > 50
    TopologicalSorter(graph).prepare()


def test_joined_modules_are_functions_that_know_their_places() -> None:
    text = (
        'import {\n  a,\n  b as c,\n} from "../d.js"\nexport const e = import.meta.url\nexport async function f() {}\n'
    )
    one = joined({"d.js": "export const a = 1, b = 2\n", "g/h.js": text})
    assert 'const {\n  a,\n  b: c,\n} = await load("d.js")\n' in one
    assert 'const e = new URL("g/h.js", import.meta.url).href\nasync function f() {}\nreturn { e, f }\n' in one


@pytest.mark.parametrize(
    "line",
    [
        'import a from "./a.js"',
        'import * as a from "./a.js"',
        'import "./a.js"',
        "export default 1",
        "export let a = 1",
        "export class A {}",
        "export { a }",
        'import { a } from "./b.js"',
    ],
)
def test_what_cannot_be_joined_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"c\.js"):
        joined({"a.js": "", "c.js": line + "\n"})
