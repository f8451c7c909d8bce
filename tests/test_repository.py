"""What the documents promise is there: links, pictures, make targets, commands; and tools are pinned once."""

import re
from pathlib import Path

import pytest

from core.cli import main

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TARGETS = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_links_and_pictures_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", document.read_text("utf-8"))
    assert [target for target in targets if "://" not in target and not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_make_targets_that_are_named_exist(document: Path) -> None:
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", document.read_text("utf-8"), re.MULTILINE))
    assert named <= TARGETS


def test_every_target_says_what_it_does_and_is_no_file() -> None:
    phony = set(re.search(r"^\.PHONY: (.*)", MAKEFILE, re.MULTILINE).group(1).split())
    assert phony == TARGETS == set(re.findall(r"^([a-z]+):.*## \w", MAKEFILE, re.MULTILINE))


def test_the_readme_begins_with_a_picture_and_the_two_commands() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    first = text.index("## ")
    assert text.index("![") < text.index("make run") < text.index("make test") < first


def test_commands_of_the_readme_are_understood(capsys: pytest.CaptureFixture[str]) -> None:
    commands = re.findall(r"python -m core ([a-z]+)", (ROOT / "README.md").read_text("utf-8"))
    assert {"train", "sizes", "predict", "fetch", "pretrain"} <= set(commands)
    for command in set(commands):
        with pytest.raises(SystemExit) as leaving:
            main([command, "--help"])
        assert leaving.value.code == 0
        assert capsys.readouterr().out


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_to_one_version(file: str) -> None:
    lines = [line.split("#")[0].strip() for line in (ROOT / file).read_text("utf-8").splitlines()]
    assert [
        line for line in lines if line and not re.fullmatch(r"[\w-]+==[\w.]+|-r requirements\.txt", line.split(";")[0])
    ] == []


def test_decisions_are_short() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert len(pages) >= 7
    assert [page.name for page in pages if len(page.read_text("utf-8").splitlines()) > 40] == []
