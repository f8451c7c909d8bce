"""Class sets: make one, give to it, look at it, take out of it. Every refusal is a sentence.

A stranger needs the class code to see or give anything, a visitor's own token to take an own entry back, and the
teacher's token for everything else. What is kept of an entry: 28×28 pixels, the label, the time, and a mark of the
visitor that differs from class to class.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from copy import copy
from typing import Any, NamedTuple

from sqlalchemy import URL, Connection, delete, select, update

from core.classroom import codes, looking
from core.classroom.creating import new_class
from core.classroom.database import Database, default_url
from core.classroom.entries import Collection, Counts, Limits, Page, checked_image, checked_label
from core.classroom.giving import find_class, give, note_change
from core.classroom.models import ClassSet, Entry, Visitor
from core.errors import InvalidInput

MAX_OWNER_CHARS = 200
MAX_ID = 2**63 - 1


class NewClass(NamedTuple):
    """A class set that was just made.

    Attributes:
        code: for everybody, as it is shown: two groups of four.
        token: the teacher's; it cannot be had again.
    """

    code: str
    token: str


class Given(NamedTuple):
    """An entry that is stored.

    Attributes:
        id: its number in the class sets' database.
        new: False when the same visitor's same picture was there already.
    """

    id: int
    new: bool


class ClassStore:
    """All class sets of one database. Every method may be called from any thread, and raises only InvalidInput.

    Args:
        url: of the database; None: core.classroom.database.default_url().
        limits: how much is accepted.
        clock: Unix seconds; a test may pass its own.

    Raises:
        InvalidInput: the database cannot be opened.
    """

    def __init__(
        self, url: URL | str | None = None, limits: Limits | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self.database = Database(default_url() if url is None else url)
        self.limits = limits or Limits()
        self._clock = clock

    def create_class(self, owner: str) -> NewClass:
        """Make a class set.

        Args:
            owner: the visitor's token, for the daily limit.

        Raises:
            InvalidInput: too many were made, or the database could not store it.
        """
        who = _checked_owner(owner)
        code, token = self.database.write(lambda link: new_class(link, who, self.limits, self._now()))
        return NewClass(codes.grouped(code), token)

    def submit(self, code: str, owner: str, label: int, image: Any, consent: bool) -> Given:
        """Give a digit to a class; once this returns it is on the disk.

        Args:
            code: of the class, as it was typed.
            owner: the visitor's token.
            label: 0 … 9.
            image: uint8 (28, 28), the ``centred`` stage of core.sketch.preprocess.
            consent: whether the visitor agreed that it is stored and shown.

        Raises:
            InvalidInput: something of it is not right, a limit is reached, or the database could not store it.
        """
        if consent is not True:
            raise InvalidInput("A digit is only stored when its writer agrees; tick the box first.")
        key, who = codes.read_code(code), _checked_owner(owner)
        digit, pixels = checked_label(label), checked_image(image)
        stored = self.database.write(lambda link: give(link, key, who, digit, pixels, self.limits, self._now()))
        return Given(*stored)

    def take_back(self, code: str, owner: str, *ids: int) -> int:
        """Remove own entries and return how many there were; other visitors' entries stay.

        Args:
            code: of the class.
            owner: the token that gave them.
            ids: of the entries.
        """
        key, who, wanted = codes.read_code(code), _checked_owner(owner), _checked_ids(ids)

        def work(link: Connection) -> int:
            group = find_class(link, key, lock=True)
            mark = codes.visitor_mark(who, group.salt)
            own = select(Visitor.id).where(Visitor.class_id == group.id, Visitor.mark == mark)
            return _remove(link, group.id, Entry.id.in_(wanted), Entry.visitor_id.in_(own))

        return self.database.write(work)

    def remove(self, code: str, token: str, *ids: int, shut_out: bool = False) -> int:
        """Remove entries for the teacher and return how many there were.

        Args:
            code: of the class.
            token: the teacher's.
            ids: of the entries.
            shut_out: remove everything else that the same visitors gave, and take nothing more from them.

        Raises:
            InvalidInput: not this class's token.
        """
        wanted = _checked_ids(ids)

        def work(link: Connection) -> int:
            group = _teachers(link, code, token)
            if not shut_out:
                return _remove(link, group.id, Entry.id.in_(wanted))
            givers = select(Entry.visitor_id).where(Entry.class_id == group.id, Entry.id.in_(wanted)).distinct()
            hands = list(link.scalars(givers))
            link.execute(update(Visitor).where(Visitor.id.in_(hands)).values(shut_out=1))
            return _remove(link, group.id, Entry.visitor_id.in_(hands))

        return self.database.write(work)

    def set_open(self, code: str, token: str, accept: bool) -> None:
        """Have a class accept entries or not, for the teacher."""

        def work(link: Connection) -> None:
            group = _teachers(link, code, token)
            link.execute(update(ClassSet).where(ClassSet.id == group.id).values(is_open=int(accept)))
            note_change(link, group.id)

        self.database.write(work)

    def delete_class(self, code: str, token: str) -> None:
        """Remove a class with everything in it, for the teacher; its code never comes back."""

        def work(link: Connection) -> None:
            group = _teachers(link, code, token)
            link.execute(delete(Entry).where(Entry.class_id == group.id))
            link.execute(delete(Visitor).where(Visitor.class_id == group.id))
            link.execute(delete(ClassSet).where(ClassSet.id == group.id))

        self.database.write(work)

    def check_token(self, code: str, token: str) -> None:
        """See whether this is the teacher's token of that class.

        Raises:
            InvalidInput: it is not, or there is no such class.
        """
        self.database.read(lambda link: _teachers(link, code, token, lock=False))

    def entries(
        self, code: str, *, label: int | None = None, after: int | None = None, limit: int = 100, newest: bool = True
    ) -> Page:
        """Return a part of a class set.

        Args:
            code: of the class.
            label: only this digit.
            after: what the part before said under ``next``.
            limit: 1 … 1000 entries.
            newest: newest first, else oldest first.
        """
        key, digit = codes.read_code(code), None if label is None else checked_label(label)
        return self.database.read(
            lambda link: looking.page(link, find_class(link, key).id, digit, after, limit, newest)
        )

    def counts(self, code: str) -> Counts:
        """Return how many entries of which digit there are."""
        key = codes.read_code(code)
        return self.database.read(lambda link: looking.counts(link, find_class(link, key)))

    def version(self, code: str) -> int:
        """Return a number that changes with every entry that comes or goes: the cheapest question there is."""
        key = codes.read_code(code)
        return self.database.read(lambda link: int(find_class(link, key).version))

    def collection(self, code: str) -> Collection:
        """Return everything that a class set holds, from one moment."""
        key = codes.read_code(code)
        return self.database.read(lambda link: looking.collection(link, find_class(link, key)))

    def mine(self, code: str, owner: str) -> tuple[int, ...]:
        """Return the ids of a visitor's own entries, oldest first."""
        key, who = codes.read_code(code), _checked_owner(owner)

        def work(link: Connection) -> tuple[int, ...]:
            group = find_class(link, key)
            return looking.given_by(link, group.id, codes.visitor_mark(who, group.salt))

        return self.database.read(work)

    def _now(self) -> int:
        return int(self._clock())


def _teachers(link: Connection, code: str, token: str, lock: bool = True) -> Any:
    """Return a class's row to its teacher."""
    group = find_class(link, codes.read_code(code), lock=lock)
    if not codes.same(codes.token_hash(token, group.salt), group.token_hash):
        raise InvalidInput(
            "This is not the teacher's token of the class {code}; it was shown once, when the class was made.",
            code=codes.grouped(group.code),
        )
    return group


def _remove(link: Connection, class_id: int, *which: Any) -> int:
    gone = link.execute(delete(Entry).where(Entry.class_id == class_id, *which)).rowcount
    if gone:
        note_change(link, class_id)
    return gone


def _checked_owner(owner: Any) -> str:
    if not isinstance(owner, str) or not 1 <= len(owner) <= MAX_OWNER_CHARS:
        raise InvalidInput("This browser has no token of its own; allow cookies for this address and reload the page.")
    return owner


def _checked_ids(ids: tuple[Any, ...]) -> list[int]:
    """Return the ids that could be one; from a browser may come anything."""
    return [number for number in ids if type(number) is int and 0 < number <= MAX_ID][:10_000]


AGAIN_S = 5.0  # after a failure to open, so long everybody is told the same at once instead of waiting in a row
_OPEN: dict[str, ClassStore] = {}
_FAILED: dict[str, tuple[float, InvalidInput]] = {}
_OPENING = threading.Lock()


def class_store() -> ClassStore:
    """Return this process's class sets, opened at the first call and after CHALKNET_DATABASE_URL has changed.

    Raises:
        InvalidInput: the database cannot be opened; it is tried again some seconds later.
    """
    url = default_url()
    key = url.render_as_string(hide_password=False)
    with _OPENING:
        if key in _OPEN:
            return _OPEN[key]
        failed = _FAILED.get(key)
        if failed is not None and time.monotonic() - failed[0] < AGAIN_S:
            raise copy(failed[1])  # each page its own: a traceback grows with every raise
        try:
            _OPEN[key] = ClassStore(url)
        except InvalidInput as error:
            _FAILED[key] = (time.monotonic(), error)
            raise
        return _OPEN[key]
