"""Class sets as pages look at them, again and again: read anew only when something has changed."""

from __future__ import annotations

import threading
from collections import OrderedDict

from core.classroom import codes
from core.classroom.entries import Collection
from core.classroom.store import ClassStore, class_store

KEPT = 8  # class sets; a full one takes 4 MB


class Looks:
    """The newest state of a few class sets, shared by all pages of this process; safe for any number of threads."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._newest: OrderedDict[tuple[int, str], Collection] = OrderedDict()
        self._lock = threading.Lock()

    def look(self, code: str, store: ClassStore | None = None) -> Collection:
        """Return a class set as it is now; raises what ClassStore.collection does.

        Args:
            code: of the class.
            store: where it is; None: this process's.
        """
        where = store or class_store()
        key = (id(where), codes.read_code(code))
        version = where.version(key[1])
        with self._lock:
            found = self._newest.get(key)
            if found is not None and found.counts.version == version:
                self._newest.move_to_end(key)
                return found
        fresh = where.collection(key[1])
        with self._lock:
            self._newest[key] = fresh
            self._newest.move_to_end(key)
            while len(self._newest) > self._kept:
                self._newest.popitem(last=False)
        return fresh


LOOKS = Looks()
"""This process's."""
