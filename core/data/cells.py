"""What one cell of a CSV file holds: a number, nothing, or words."""

from __future__ import annotations

from typing import Final

LARGEST: Final = 3.4e38  # of float32
MISSING: Final = frozenset({"", "na", "n/a", "nan", "null", "none", "?", "-"})


def all_numbers(texts: list[str]) -> bool:
    """Return whether a column is one of numbers, missing ones and huge ones included, not one of words."""
    return all(text.lower() in MISSING or number(text) is not None for text in texts) and any(
        number(text) is not None for text in texts
    )


def number(text: str) -> float | None:
    """Return the number that a cell holds (1e999 is infinite); None for text, also 1_000, nan and inf."""
    if not text.isascii() or "_" in text or text.strip("+- ").lower() in {"nan", "inf", "infinity"}:
        return None
    try:
        return float(text)
    except ValueError:
        return None
