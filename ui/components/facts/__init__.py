"""A small table of facts, a column for each run: its numbers go on while the runs do."""

from collections.abc import Mapping, Sequence
from typing import Any

from ui.components import component

_COMPONENT = component("facts")


def facts(
    each: Sequence[Mapping[str, Any]],
    heads: Sequence[str],
    names: Sequence[str],
    *,
    alt: str,
    key: str,
) -> None:
    """Draw the table.

    Args:
        each: of each run ``columns``: one list of texts, a row each; ``moments``: one text that is another one when
            the page is to be drawn anew, or none; ``rests``: likewise, whether that can be done now.
        heads: of the columns.
        names: of the rows.
        alt: what the table says, for those who do not see it.
        key: keeps it mounted.
    """
    data = {"each": list(each), "heads": list(heads), "names": list(names), "alt": alt}
    _COMPONENT(data=data, key=key, on_moved_change=lambda: None)  # that the script runs is all that is wanted
