"""Extract every translatable string and bring the catalogues up to date: ``python -m ui.catalogue``.

A development tool; the app itself only reads the .po files (ui/text.py). Whoever adds or changes a visible string runs
it and fills in the empty ``msgstr`` entries that it reports; tests/test_translations.py fails until then.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from core.export.parts import COMMENT
from ui.text import DOMAIN, LANGUAGES, LOCALE

ROOT = LOCALE.parent
HEADER = "# ChalkNet. Written by people, brought up to date by: python -m ui.catalogue"
# None: the only argument counts; the template of an exception is its first.
SENTENCES = ("InvalidInput", "Blank", "Unclear", "checked_choice", "checked_whole", "checked_number")
KEYWORDS = {**dict.fromkeys(("_", "N_", "paragraph", "aside")), **dict.fromkeys(SENTENCES, (1,))}


def extract() -> Catalog:
    """Return a catalogue of all strings in core, ui and pages, with the files that they stand in (no line numbers)."""
    catalogue = Catalog(project="ChalkNet", header_comment=HEADER)
    for folder in ("core", "ui", "pages"):
        # In the order of paths, so that an update changes as few lines as possible.
        found = extract_from_dir(
            ROOT / folder, method_map=[("**.py", "python")], keywords=KEYWORDS, comment_tags=("Translators:",)
        )
        for name, _line, message, comments, context in sorted(found, key=lambda entry: (entry[0], entry[1])):
            location = f"{folder}/{Path(name).as_posix()}"
            catalogue.add(message, locations=[(location, 0)], auto_comments=comments, context=context)
    for path in sorted((ROOT / "core" / "export").glob("*.py")):
        for comment in comments_in_code(path.read_text("utf-8")):
            catalogue.add(comment, locations=[(path.relative_to(ROOT).as_posix(), 0)])
    return catalogue


def comments_in_code(module: str) -> Iterator[str]:
    """Yield the comments in the code that a module of core.export writes."""
    tree = ast.parse(module)
    docstrings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docstrings:
            yield from (found[2] for found in COMMENT.finditer(node.value))


def source(language: str) -> Path:
    """Return a language's .po file."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(language: str) -> Catalog:
    """Return a language's catalogue as it is on disk; an empty one when there is none yet."""
    path = source(language)
    if not path.exists():
        return Catalog(locale=language, project="ChalkNet", header_comment=HEADER, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def update(language: str) -> list[str]:
    """Add new strings to a language's .po file, drop those that are gone, and return those without translation."""
    catalogue = read(language)
    catalogue.update(extract(), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.header_comment = HEADER
    catalogue.obsolete.clear()
    catalogue.fuzzy = False
    path = source(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=118, sort_by_file=True, omit_header=False, include_lineno=False)
    return [str(message.id) for message in catalogue if message.id and not message.string]


def main() -> int:
    """Update every language and print what is still to be translated."""
    missing = 0
    for language in LANGUAGES:
        if language == "en":
            continue
        todo = update(language)
        missing += len(todo)
        print(f"{language}: {len(todo)} to translate in {source(language).relative_to(ROOT)}")
        for message in todo:
            print(f"  {message}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
