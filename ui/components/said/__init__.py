"""Numbers in words, parted by dots: a line that goes on counting while a run does."""

from collections.abc import Mapping, Sequence

from ui.components import component

_COMPONENT = component("said", "p")
Said = tuple[str, Mapping[str, str]]
"""Which sentence, and what its fields stand for."""


def said(shown: Mapping[str, object], words: Mapping[str, str], *, key: str, quiet: bool = False) -> None:
    """Draw sentences one after another.

    Args:
        shown: ``parts``: Said of each sentence.
        words: templates by name, in the visitor's language; what stands between two ** is bold.
        key: keeps it mounted.
        quiet: as a caption is written, and no wider than the words.
    """
    data = {**shown, "words": dict(words), "quiet": quiet}
    _COMPONENT(data=data, key=key, width="content" if quiet else "stretch")


def filled(parts: Sequence[Said], words: Mapping[str, str]) -> list[str]:
    """Return the sentences as text."""
    return [words[name].format(**values) for name, values in parts]
