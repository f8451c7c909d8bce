"""A picture's numbers as bytes, encoded once for everyone who sees it.

A part is a JSON head behind its length (uint32, little-endian), and a body. The head is ``{"id", "at", "whole",
"values"}``; where a value is a block of bytes it is ``{"$": [offset, length]}`` in the body, and ``{"$": [offset,
length, kept]}`` where the browser keeps so many bytes of what it had and appends the rest; then ``whole`` is false.
A message is parts, one after another, each behind its own length (uint32).
"""

import json
import math
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any


@dataclass(frozen=True)
class Growing:
    """Rows that become more: what a browser has of them is not sent again.

    Attributes:
        rows: bytes of all of them.
        width: bytes of one row.
    """

    rows: bytes
    width: int

    def kept(self, before: object) -> int:
        """Return how many bytes of an earlier value still stand; the last row of it may have been replaced."""
        if not isinstance(before, Growing):
            return 0
        for rows in (before.rows, before.rows[: -self.width]):
            if self.rows.startswith(rows):
                return len(rows)
        return 0


def encode(name: str, at: int, values: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> bytes:
    """Return a part.

    Args:
        name: of the view.
        at: the update that it shows.
        values: as JSON has them, and bytes or Growing anywhere among them; a float that is not finite becomes null.
        before: the values that the browser has; None: none.
    """
    body = bytearray()

    def block(value: bytes, *kept: int) -> dict[str, list[int]]:
        at = len(body)
        body.extend(value)
        return {"$": [at, len(value), *kept]}

    def plain(value: Any, old: Any) -> Any:
        if isinstance(value, bytes):
            return block(value)
        if isinstance(value, Growing):
            kept = value.kept(old)
            return block(value.rows[kept:], kept)
        if isinstance(value, Mapping):
            known = old if isinstance(old, Mapping) else {}
            return {key: plain(entry, known.get(key)) for key, entry in value.items()}
        if isinstance(value, list | tuple):
            olds = chain(old if isinstance(old, list | tuple) else (), repeat(None))
            return [plain(entry, earlier) for entry, earlier in zip(value, olds, strict=False)]
        if isinstance(value, float) and not math.isfinite(value):
            return None  # JSON has no such number
        return value

    said = {"id": name, "at": at, "whole": before is None, "values": plain(values, before or {})}
    head = json.dumps(said, separators=(",", ":"), allow_nan=False).encode()
    return struct.pack("<I", len(head)) + head + bytes(body)


def message(parts: Iterable[bytes]) -> bytes:
    """Return one message of several parts."""
    return b"".join(struct.pack("<I", len(part)) + part for part in parts)
