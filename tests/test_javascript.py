"""The browser's code: its own tests, and what Python and it have to agree on."""

import os
import re
import subprocess
from pathlib import Path

import deno
import pytest
import streamlit

from ui import components

ROOT = Path(__file__).resolve().parents[1]
COMPONENTS = ROOT / "ui" / "components"
NAMES = sorted(path.parent.name for path in COMPONENTS.glob("*/__init__.py"))


def test_its_unit_tests_pass(tmp_path: Path) -> None:
    environment = os.environ | {"DENO_DIR": str(tmp_path), "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"}
    command = [deno.find_deno_bin(), "test", "--no-check", "--config", COMPONENTS / "deno.json", "tests/js"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"ok \| [1-9]\d+ passed", done.stdout)


def test_joined_into_one_they_export_what_they_do_alone(tmp_path: Path) -> None:
    """All but the board, whose canvas wants a page."""
    names = [name for name in components._MODULES if name != "board/main.js"]
    (tmp_path / "all.js").write_text(components._FILES["all.js"], "utf-8")
    script = """
      import { load, styles } from "./all.js"
      const [folder, ...names] = Deno.args
      for (const name of names) {
        const [joined, alone] = await Promise.all([load(name), import(`${folder}/${name}`)])
        const shape = (module) => Object.keys(module).sort().map((key) => `${key}: ${module[key]}`).join()
        if (shape(joined) !== shape(alone)) throw new Error(name)
      }
      console.log(names.length, Object.keys(styles).length)
    """
    (tmp_path / "compare.js").write_text(script, "utf-8")
    environment = os.environ | {"DENO_DIR": str(tmp_path), "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"}
    command = [deno.find_deno_bin(), "run", "--no-check", "-R", tmp_path / "compare.js", COMPONENTS.as_uri(), *names]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split() == [str(len(names)), str(len(NAMES))], done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_each_component_has_its_two_functions_and_its_style(name: str) -> None:
    folder = COMPONENTS / name
    script = (folder / "main.js").read_text(encoding="utf-8")
    assert re.findall(r"^export function (\w+)", script, re.MULTILINE) == ["build", "show"]
    assert (folder / "style.css").exists()
    assert re.search(rf'^_COMPONENT = component\("{name}"', (folder / "__init__.py").read_text("utf-8"), re.MULTILINE)


def test_colours_in_it_are_colours_of_the_design() -> None:
    from ui import design

    known = {*design.PALETTE, "on-accent"} | {name for count in (3, 10) for name in design.class_names(count)}
    for path in [*COMPONENTS.rglob("*.js"), *COMPONENTS.rglob("*.css")]:
        used = set(re.findall(r"var\(--ck-([\w-]+)\)", path.read_text(encoding="utf-8")))
        assert used <= known, path


def test_streamlit_s_own_words_are_those_that_it_says() -> None:
    """An upgrade that says something else is noticed here; what a template carries is left out of the comparison."""
    said = "\n".join(path.read_text("utf-8") for path in (Path(streamlit.__file__).parent / "static").rglob("*.js"))
    said = re.sub(r"\$\{[^{}]*(\{[^{}]*\}[^{}]*)*\}", "{}", said)
    words = (COMPONENTS / "language" / "zh.js").read_text("utf-8")
    keys = re.findall(r'^  "(.+?)":', words, re.MULTILINE)
    assert len(keys) > 60
    composed = {  # a sentence and its ending, put together there
        "Press Enter to apply": ["Press Enter to {}", "`apply`"],
        "Press Ctrl+Enter to apply": ["Press {}+Enter to {}", "`Ctrl`"],
        "Press ⌘+Enter to apply": ["Press {}+Enter to {}", "`⌘`"],
        "Connecting to Streamlit server": ["Connecting to Streamlit server"],
    }
    ending = ". Running the app's main page."
    for key in keys:
        for part in composed.get(key, [key.removesuffix(ending), *([ending] if key.endswith(ending) else [])]):
            assert part in said, key
