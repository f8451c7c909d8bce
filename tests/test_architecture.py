"""The walls of the house: who may import whom, what must stay fast, how long a file may be."""

import ast
import io
import subprocess
import symtable
import sys
import tokenize
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = sorted([ROOT / "app.py", *(path for part in ("core", "ui", "pages") for path in (ROOT / part).rglob("*.py"))])
MODULES = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in SOURCES}

# Who stands on a floor may import from the floors below it and from its own room (a folder, or a file without one).
PARTS = (("core",), ("ui",), ("pages",), ("app",))
CORE_FLOORS = (
    ("core",),
    ("errors",),
    ("checks", "devices", "memory", "score"),
    ("data",),
    ("nets",),
    ("training",),
    ("conv", "inspect", "inspect_cnn", "runs", "sketch"),
    ("exam",),
    ("classroom", "export", "pretraining"),
    ("cache", "cli"),
    ("__main__",),
)
LESSONS = ("conv", "dnn", "lenet", "sketch", "split")
UI_FLOORS = (
    ("ui",),
    ("state",),
    ("live",),
    ("shared",),
    ("components",),
    ("run",),
    ("charts",),
    ("board", "classroom", "outputs"),
    LESSONS,
    ("course",),
)
# Files of ui with another floor: the text asks the session for its language, and what is wrong with an address is said
# in it; the board and curves are drawn with a component; what makes and serves the components knows none of them.
UI_ROOMS = {
    **{"ui": "ui", "ui.text": "state", "ui.components": "shared"},
    **{f"ui.{name}": name for name in ("board", "charts", "outputs")},
}


def modules_of(part: str) -> set[str]:
    return {module for module in MODULES if module.split(".")[0] == part}


CORE = sorted(modules_of("core") - {"core.cache"})


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text("utf-8"))


@cache
def imports(module: str) -> tuple[tuple[str, str | None], ...]:
    """Return (module, name taken from it) of everything that a module imports, wherever in the file it does so."""
    found: list[tuple[str, str | None]] = []
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            found += [(alias.name, None) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are absolute"
            found += [(str(node.module), alias.name) for alias in node.names]
    return tuple(found)


@cache
def own_imports(module: str) -> frozenset[str]:
    """Return the modules of this project that a module imports."""
    wanted = (f"{source}.{name}" if f"{source}.{name}" in MODULES else source for source, name in imports(module))
    return frozenset(wanted) & MODULES.keys()


def foreign(module: str) -> set[str]:
    """Return the first part of everything that a module imports."""
    return {source.split(".")[0] for source, _name in imports(module)}


def upward(floors: tuple[tuple[str, ...], ...], rooms: dict[str, str]) -> list[str]:
    """Return the imports that do not lead down from floor to floor, nor stay in their room."""
    floor_of = {room: floor for floor, names in enumerate(floors) for room in names}
    assert not set(rooms.values()) - floor_of.keys(), "a new room needs a floor"
    return [
        f"{module} -> {other}"
        for module, room in rooms.items()
        for other in sorted(own_imports(module) & rooms.keys())
        if rooms[other] != room and floor_of[rooms[other]] >= floor_of[room]
    ]


def room_of_core(module: str) -> str:
    return module.split(".")[min(1, module.count("."))]


def room_of_ui(module: str) -> str:
    path = MODULES[module].relative_to(ROOT / "ui")
    return UI_ROOMS.get(module, "shared" if path.parent == Path() else path.parts[0])


def circles(modules: set[str]) -> list[list[str]]:
    """Return groups of modules of which each reaches itself through the imports of the others."""
    reached: dict[str, set[str]] = {}
    for module in modules:
        seen: set[str] = set()
        ahead = set(own_imports(module) & modules)
        while ahead:
            seen |= ahead
            ahead = {other for at in ahead for other in own_imports(at) & modules} - seen
        reached[module] = seen
    rings = {frozenset(other for other in reached[m] if m in reached[other]) for m in modules if m in reached[m]}
    return [sorted(ring) for ring in rings]


def code_lines(path: Path) -> int:
    """Return how many lines hold code: not blank, no comment, no docstring."""
    text = path.read_text("utf-8")
    silent = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in silent:
            lines |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            lines -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(lines)


@cache
def made(module: str) -> frozenset[str]:
    """Return the names that a module makes itself, at its top level."""
    path = MODULES[module]
    names = symtable.symtable(path.read_text("utf-8"), str(path), "exec").get_symbols()
    return frozenset(name.get_name() for name in names if name.is_assigned() and not name.is_imported())


def fresh(code: str) -> str:
    """Run code in a fresh process and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


def test_imports_go_from_app_to_pages_to_ui_to_core() -> None:
    found = upward(PARTS, {module: module.split(".")[0] for module in MODULES})
    assert not found


def test_imports_of_core_go_down_from_floor_to_floor() -> None:
    found = upward(CORE_FLOORS, {module: room_of_core(module) for module in modules_of("core")})
    assert not found


def test_imports_of_ui_go_down_from_floor_to_floor_and_no_lesson_imports_another() -> None:
    found = upward(UI_FLOORS, {module: room_of_ui(module) for module in modules_of("ui")})
    assert not found


@pytest.mark.parametrize("part", ["core", "ui"])
def test_no_modules_import_one_another_in_a_circle(part: str) -> None:
    found = circles(modules_of(part))
    assert not found


def test_a_name_is_imported_from_where_it_is_made() -> None:
    found = [
        f"{module}: {name} from {source}"
        for module in MODULES
        for source, name in imports(module)
        if source in MODULES and f"{source}.{name}" not in MODULES and name is not None and name not in made(source)
    ]
    assert not found


def test_core_does_not_name_streamlit() -> None:
    assert not [module for module in CORE if "streamlit" in foreign(module)]


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
    "module", ["app", "ui.lesson", "ui.server", "ui.state.controls", "ui.state.session", "ui.split.rows"]
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
    assert fresh(code) == "False 6"


def test_pages_are_short_and_leave_the_work_to_core() -> None:
    for module in (module for module in MODULES if module.startswith("pages.")):
        assert len(MODULES[module].read_text("utf-8").splitlines()) <= 150, module
        assert not foreign(module) & {"torch", "torchvision", "numpy", "pandas", "plotly", "threading"}, module


def test_files_are_short() -> None:
    assert len((ROOT / "app.py").read_text("utf-8").splitlines()) <= 60
    assert not [(name, count) for name, path in MODULES.items() if (count := code_lines(path)) > 300]


def test_only_state_knows_the_session_s_keys() -> None:
    assert not [
        (module, node.lineno)
        for module in MODULES
        if module not in ("ui.state.controls", "ui.state.session")
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Attribute) and node.attr in {"session_state", "query_params"}
    ]
