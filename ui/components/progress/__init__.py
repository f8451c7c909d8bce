"""How far a run is, in one line; the part of a page that notices that a run has come to rest."""

from collections.abc import Mapping
from typing import Any

from ui.components import component
from ui.text import _

_COMPONENT = component("progress")


def progress(
    shown: Mapping[str, Any],
    *,
    words: Mapping[str, str],
    run_id: str = "",
    orders: Mapping[str, str] = {},
    key: str,
) -> None:
    """Draw a bar with a sentence above it.

    Args:
        shown: ``share`` 0 … 1; ``said``: (key of words, values of its fields); of a run also ``moment``, which is
            another one whenever the rest of the page is to be drawn anew, and ``rests``, whether that can be done now.
        words: templates of sentences.
        run_id: of the run.
        orders: what a click on the button with a key orders: its owner need not wait for a script run.
        key: keeps it mounted.
    """
    lost = _("No connection; trying again.")
    data = {**shown, "words": {**words, "lost": lost}, "run": run_id, "orders": dict(orders)}
    _COMPONENT(data=data, key=key, on_moved_change=lambda: None)  # that the script runs is all that is wanted
