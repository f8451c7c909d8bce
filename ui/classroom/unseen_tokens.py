"""Teacher tokens that nobody has confirmed to have written down: a reloaded page shows them again for a while."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from core.classroom.store import NewClass

LIFETIME_S: Final = 900.0
MOST: Final = 500


class Unseen:
    """New classes by the browser that began them, in memory alone. Safe for any number of threads.

    Args:
        clock: seconds that never go back; a test may pass its own.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, NewClass]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, owner: str, new: NewClass) -> None:
        """Keep a browser's newest class for 15 minutes; the oldest make way where there are many."""
        with self._lock:
            self._kept.pop(owner, None)
            self._kept[owner] = (self._clock() + LIFETIME_S, new)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)

    def of(self, owner: str, code: str) -> NewClass | None:
        """Return the class of that code, where this browser began it and has not confirmed its token."""
        with self._lock:
            until, new = self._kept.get(owner, (0.0, None))
            return new if new is not None and self._clock() < until and new.code == code else None

    def forget(self, owner: str) -> None:
        """The token is written down."""
        with self._lock:
            self._kept.pop(owner, None)


UNSEEN: Final = Unseen()
