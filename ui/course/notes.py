"""The course's notes, part by part: every section, figure, table and cell, and the screen that shows it.

The notes are Chinese and number themselves (二 2.1, 表 2-1, In [3]); these numbers stand here as they are printed, in
both languages, since pupils look for them on paper.
"""

from collections.abc import Mapping

from ui.course import cnn_notes, dnn_notes, mnist_notes
from ui.course.place import PREFIXES, Entry, Part, address
from ui.text import once_a_language


@once_a_language
def parts() -> tuple[Part, ...]:
    """Return the notes' five documents in their order."""
    return (
        dnn_notes.principles(),
        dnn_notes.practice(),
        mnist_notes.handwriting(),
        cnn_notes.convolution(),
        cnn_notes.lenet(),
    )


def place(page: str, parameters: Mapping[str, str]) -> list[tuple[str, Entry]]:
    """Return the places of the notes that a screen shows.

    Args:
        page: file stem of the page.
        parameters: of its address: every setting that is not at its default, and the open tab.

    Returns:
        (part's name and section's number, entry) of those entries whose link this screen has followed: with the open
        tab, if any is about it, and with the most settings.
    """
    set_here = {name for name in parameters if name.startswith(PREFIXES[page]) and name != f"{PREFIXES[page]}run"}
    found = [
        (number, entry)
        for number, entry, asked in _places(page)
        if asked.items() <= parameters.items()
        and (entry.changes or not set_here)  # a page at its defaults; of others it says nothing
    ]
    most = max(((bool(entry.inside), len(entry.changes)) for _number, entry in found), default=None)
    return [(number, entry) for number, entry in found if (bool(entry.inside), len(entry.changes)) == most]


@once_a_language
def _places(page: str) -> list[tuple[str, Entry, dict[str, str]]]:
    """Return the notes' places that a page shows: where they stand, what they are, and their links' parameters."""
    return [
        (f"{part.name} {section.number}".strip(), entry, address(entry))
        for part in parts()
        for section in part.sections
        for entry in section.entries
        if entry.page == page
    ]
