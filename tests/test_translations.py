"""Every visible string is extracted, translated, and keeps its fields."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from core.errors import InvalidInput
from ui import catalogue, text

ROOT = Path(__file__).resolve().parents[1]
OTHERS = [language for language in text.LANGUAGES if language != "en"]
SOURCES = sorted(path for folder in ("core", "ui", "pages") for path in (ROOT / folder).rglob("*.py"))


@pytest.fixture(scope="module")
def extracted() -> Catalog:
    return catalogue.extract()


def fields(message: str) -> set[str]:
    """Return the names of a message's ``{named}`` fields; LaTeX's braces and the like are none."""
    try:
        return {name for _, name, _, _ in Formatter().parse(message) if name and name.isidentifier()}
    except ValueError:
        return set()


@pytest.mark.parametrize("language", OTHERS)
def test_every_string_is_translated(language: str, extracted: Catalog) -> None:
    present = catalogue.read(language)
    missing = [m.id for m in extracted if m.id and (m.id not in present or not present[m.id].string)]
    assert not missing, f"run `python -m ui.catalogue` and translate: {missing}"


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_fuzzy_obsolete_or_left_over(language: str, extracted: Catalog) -> None:
    present = catalogue.read(language)
    assert not present.obsolete
    assert not [m.id for m in present if m.id and m.fuzzy]
    assert not [m.id for m in present if m.id and m.id not in extracted], "run `python -m ui.catalogue`"


@pytest.mark.parametrize("language", OTHERS)
def test_translations_have_the_same_fields(language: str) -> None:
    for message in catalogue.read(language):
        if message.id and message.string:
            assert fields(str(message.string)) == fields(str(message.id)), message.id


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in catalogue.KEYWORDS:
                yield node


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_marked_strings_are_literals_that_the_extraction_sees(path: Path, extracted: Catalog) -> None:
    if path.name in ("text.py", "errors.py"):
        return
    tree = ast.parse(path.read_text("utf-8"))
    for call in calls(tree):
        line = f"{path.name}:{call.lineno}"
        assert call.args, line
        message = call.args[0]
        if path.name == "checks.py" and ast.unparse(message) == "sentence":
            continue  # a literal where the check is made
        assert isinstance(message, ast.Constant), f"{line}: only a literal can be extracted"
        # Before Python 3.12 Babel does not look into f-strings: a call in there would be missing.
        assert message.value in extracted, f"{line}: not extracted; is it inside an f-string?"


def test_a_message_is_translated_then_filled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "language", lambda: "zh")
    assert text._("Lesson {number}", number=3) == "第 3 课"
    error = InvalidInput("epochs (={epochs}) must be at least 1; try 5.", epochs=0)
    assert text.explain(error) == "轮次 epochs（=0）至少为 1；可以试试 5。"


def test_outside_a_session_everything_is_english(recwarn: pytest.WarningsRecorder) -> None:
    assert text.language() == "en"
    assert text._("Lesson {number}", number=3) == "Lesson 3"
    assert not recwarn.list


@pytest.mark.parametrize(
    ("locale", "expected"), [("zh-CN", "zh"), ("zh_TW", "zh"), ("ZH", "zh"), ("de-DE", "en"), ("", "en"), (None, "en")]
)
def test_the_browser_s_language_is_taken_when_there_is_a_catalogue(locale: str | None, expected: str) -> None:
    assert text._of_browser(locale) == expected


def test_bold_chinese_is_followed_by_what_markdown_needs() -> None:
    """CommonMark closes ``**`` after a full-width mark only before white space or punctuation."""
    broken = re.compile(r"\*\*[^*]*[。：？，！、）]\*\*[^\s。：？，！、（）]")
    for code in sorted(set(text.LANGUAGES) - {"en"}):
        with catalogue.source(code).open("rb") as file:
            assert [message.id for message in read_po(file, locale=code) if broken.search(str(message.string))] == []
