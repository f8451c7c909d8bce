"""The walls of the house: who may import whom, what must stay fast, how long a file may be."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("core", "ui", "pages")
SOURCES = sorted([ROOT / "app.py", *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))])
PAGES = sorted((ROOT / "pages").glob("*.py"))
# A part may import those that stand to the right of it, and itself.
ALLOWED = {"app": {"ui", "core"}, "pages": {"ui", "core"}, "ui": {"ui", "core"}, "core": {"core"}}
CORE = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in (ROOT / "core").rglob("*.py")
    if path != ROOT / "core" / "cache.py"
)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported(path: Path) -> Iterator[str]:
    """Yield the first part of everything that a file imports, wherever in the file it does so."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)}: imports are absolute"
            yield str(node.module).split(".")[0]


def fresh(code: str) -> str:
    """Run code in a fresh process and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_imports_go_from_app_to_pages_to_ui_to_core(path: Path) -> None:
    part = path.relative_to(ROOT).parts[0].removesuffix(".py")
    own = set(imported(path)) & {"app", "pages", "ui", "core"}
    assert own <= ALLOWED[part], f"{part} may not import {own - ALLOWED[part]}"


@pytest.mark.parametrize("path", [path for path in SOURCES if path.is_relative_to(ROOT / "core")], ids=name)
def test_core_does_not_name_streamlit(path: Path) -> None:
    if path.name != "cache.py":
        assert "streamlit" not in set(imported(path))


def test_no_module_of_core_loads_streamlit() -> None:
    assert len(CORE) > 10
    loads = "; ".join(f"import {module}" for module in CORE)
    assert fresh(f"import sys; {loads}; print(sorted(m for m in sys.modules if m == 'streamlit'))") == "[]"


@pytest.mark.parametrize(
    "module", ["core.errors", "core.conv.sizes", "core.data.splits", "core.data.batches", "core.data.synthetic"]
)
def test_arithmetic_does_not_load_torch(module: str) -> None:
    assert fresh(f"import sys, {module}; print('torch' in sys.modules)") == "False"


@pytest.mark.parametrize(
    "module", ["app", "ui.lesson", "ui.server", "ui.state.controls", "ui.state.session", "ui.split.view"]
)
def test_the_shell_does_not_load_torch(module: str) -> None:
    assert fresh(f"import sys, {module}; print('torch' in sys.modules)") == "False"


def test_the_first_page_is_drawn_before_torch_is_loaded() -> None:
    code = """
import sys
from streamlit.testing.v1 import AppTest
from ui import server
server.WARM_UP._thread = object()  # a server has started, and torch is not there yet
at = AppTest.from_file("pages/index.py", default_timeout=60).run()
assert not at.exception, at.exception
assert at.title[0].value == "ChalkNet"
print("torch" in sys.modules, len(at.get("page_link")))
"""
    assert fresh(code) == "False 5"


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_pages_are_short_and_leave_the_work_to_core(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 150
    assert not set(imported(path)) & {"torch", "torchvision", "numpy", "pandas", "plotly", "threading"}


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_files_are_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= (60 if path.name == "app.py" else 300)


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_only_state_knows_the_session_s_keys(path: Path) -> None:
    if path.name in {"controls.py", "session.py"} and path.parent.name == "state":
        return
    assert not [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"session_state", "query_params"}
    ]
