"""The map of the notes: every link opens its screen, which says where in the notes it belongs."""

from __future__ import annotations

from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest

from ui.course import notes, place
from ui.state import fields

SETTINGS = {
    place.SPLIT: "ui.split.settings",
    place.DNN: "ui.dnn.settings",
    place.CONV: "ui.conv.settings",
    place.LENET: "ui.lenet.settings",
    place.SKETCH: "ui.sketch.settings",
}
ENTRIES = [
    (f"{part.name} {section.number}".strip(), entry)
    for part in notes.parts()
    for section in part.sections
    for entry in section.entries
]
NOTES = Path(__file__).resolve().parents[3] / "shared" / "notes"


def test_links_are_written_as_the_pages_write_them() -> None:
    for number, entry in ENTRIES:
        rules = fields.rules(import_module(SETTINGS[entry.page]).Settings)
        prefix = place.PREFIXES[entry.page]
        for name, value in entry.changes.items():
            rule, default = rules[name]
            assert rule.valid(value), (number, entry.places, name)
            if value != default:
                assert place.address(entry)[prefix + name] == rule.show(value)


def test_no_setting_is_named_at_its_default() -> None:
    """The address leaves defaults out, so that the screen could not be told from others by it."""
    for number, entry in ENTRIES:
        rules = fields.rules(import_module(SETTINGS[entry.page]).Settings)
        assert all(rules[name][1] != value for name, value in entry.changes.items()), (number, entry.places)


@pytest.mark.parametrize("page", SETTINGS)
def test_every_link_opens_its_screen_and_leads_back(open_page, words, page) -> None:
    seen: set[tuple[tuple[str, str], ...]] = set()
    for number, entry in ENTRIES:
        link = place.address(entry)
        if entry.page != page or tuple(link.items()) in seen:
            continue
        seen.add(tuple(link.items()))
        at = open_page(page, **link)
        where = f"{number} {entry.places}: {link}"
        assert not at.exception, where
        assert not at.warning, (where, [warning.value for warning in at.warning])
        back = [str(element.proto.label) for element in at.get("page_link") if element.proto.page == "course"]
        assert back, where
        for name, value in entry.changes.items():  # the screen stands where the map says
            assert _plain(at.session_state[f"{place.PREFIXES[page]}{name}"]) == _plain(value), (where, name)
        assert number in back[0] or back[0].endswith("…"), (where, back)
        if entry.inside:
            assert at.session_state["lesson_inside"], where
            assert at.query_params["inside"] == entry.inside, where


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def test_every_cell_figure_and_table_of_the_notes_has_its_place() -> None:
    """Read from the notes themselves where they are at hand."""
    texts = list(NOTES.glob("*.txt"))
    if not texts:
        pytest.skip(f"NOT CHECKED: the notes are not in {NOTES}")
    import re

    said = "\n".join(path.read_text("utf-8") for path in texts)
    found = Counter(re.findall(r"^(?:表|图) \d-\d+", said, re.MULTILINE))
    listed = Counter(place for _number, entry in ENTRIES for place in re.findall(r"[表图] \d-\d+", entry.places))
    assert found.keys() <= listed.keys(), found.keys() - listed.keys()
    cells = len(re.findall(r"In \[\d+\]:", said))
    covered = 0
    for part in notes.parts():
        numbers: set[int] = set()
        for section in part.sections:
            for entry in section.entries:
                for first, last in re.findall(r"In \[(\d+)\](?:-\[(\d+)\])?", entry.places):
                    numbers |= set(range(int(first), int(last or first) + 1))
        covered += len(numbers)
    assert covered == cells


def test_the_page_lists_every_entry(open_page, words) -> None:
    at = open_page("course")
    text = words(at)
    for _number, entry in ENTRIES:
        assert entry.says in text
