"""Class sets: make one, give to it, look at it, take out of it. Every refusal is a sentence.

A stranger needs the class code to see or give anything, a visitor's own token to take an own entry back, and the
teacher's token for everything else. What is kept of an entry: 28×28 pixels, the label, the time, and a mark of the
visitor that differs from class to class.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from copy import copy
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pandas as pd
from sqlalchemy import URL, delete, func, select, update
from sqlalchemy.orm import Session

from core.classroom import codes
from core.classroom.database import Database, default_url
from core.classroom.entries import Collection, Counts, checked_image, checked_label
from core.classroom.giving import Limits, find_class, give, new_class, note_change
from core.classroom.models import SIDE, ClassSet, Entry, Visitor
from core.errors import InvalidInput

T = TypeVar("T")
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
        code, token = self.database.write(lambda session: new_class(session, who, self.limits, self._now()))
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
        stored = self.database.write(lambda session: give(session, key, who, digit, pixels, self.limits, self._now()))
        return Given(*stored)

    def take_back(self, code: str, owner: str, *ids: int) -> int:
        """Remove own entries and return how many there were; other visitors' entries stay.

        Args:
            code: of the class.
            owner: the token that gave them.
            ids: of the entries.
        """
        key, who, wanted = codes.read_code(code), _checked_owner(owner), _checked_ids(ids)

        def work(session: Session) -> int:
            group = find_class(session, key, lock=True)
            mark = codes.visitor_mark(who, group.salt)
            own = select(Visitor.id).where(Visitor.class_id == group.id, Visitor.mark == mark)
            return _remove(session, group, Entry.id.in_(wanted), Entry.visitor_id.in_(own))

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

        def work(session: Session) -> int:
            group = _teachers(session, code, token)
            if not shut_out:
                return _remove(session, group, Entry.id.in_(wanted))
            givers = select(Entry.visitor_id).where(Entry.class_id == group.id, Entry.id.in_(wanted)).distinct()
            hands = list(session.scalars(givers))
            session.execute(update(Visitor).where(Visitor.id.in_(hands)).values(shut_out=1))
            return _remove(session, group, Entry.visitor_id.in_(hands))

        return self.database.write(work)

    def set_open(self, code: str, token: str, accept: bool) -> None:
        """Have a class accept entries or not, for the teacher."""

        def work(session: Session) -> None:
            group = _teachers(session, code, token)
            group.is_open = int(accept)
            note_change(group)

        self.database.write(work)

    def delete_class(self, code: str, token: str) -> None:
        """Remove a class with everything in it, for the teacher; its code never comes back."""

        def work(session: Session) -> None:
            group = _teachers(session, code, token)
            session.execute(delete(Entry).where(Entry.class_id == group.id))
            session.execute(delete(Visitor).where(Visitor.class_id == group.id))
            session.delete(group)

        self.database.write(work)

    def check_token(self, code: str, token: str) -> None:
        """See whether this is the teacher's token of that class.

        Raises:
            InvalidInput: it is not, or there is no such class.
        """
        self.database.read(lambda session: _teachers(session, code, token, lock=False))

    def counts(self, code: str) -> Counts:
        """Return how many entries of which digit there are."""
        return self._read(code, _counts)

    def version(self, code: str) -> int:
        """Return a number that changes with every entry that comes or goes: the cheapest question there is."""
        return self._read(code, lambda _session, group: int(group.version))

    def collection(self, code: str) -> Collection:
        """Return everything that a class set holds, from one moment."""
        return self._read(code, _collection)

    def mine(self, code: str, owner: str) -> tuple[int, ...]:
        """Return the ids of a visitor's own entries, oldest first."""
        who = _checked_owner(owner)

        def work(session: Session, group: ClassSet) -> tuple[int, ...]:
            own = Visitor.class_id == group.id, Visitor.mark == codes.visitor_mark(who, group.salt)
            wanted = select(Entry.id).join(Visitor, Visitor.id == Entry.visitor_id).where(*own)
            return tuple(session.scalars(wanted.order_by(Entry.id)))

        return self._read(code, work)

    def _read(self, code: str, work: Callable[[Session, ClassSet], T]) -> T:
        key = codes.read_code(code)
        return self.database.read(lambda session: work(session, find_class(session, key)))

    def _now(self) -> int:
        return int(self._clock())


def _teachers(session: Session, code: str, token: str, lock: bool = True) -> ClassSet:
    """Return a class to its teacher."""
    group = find_class(session, codes.read_code(code), lock=lock)
    if not codes.same(codes.token_hash(token, group.salt), group.token_hash):
        raise InvalidInput(
            "This is not the teacher's token of the class {code}; it was shown once, when the class was made.",
            code=codes.grouped(group.code),
        )
    return group


def _remove(session: Session, group: ClassSet, *which: Any) -> int:
    entries = delete(Entry).where(Entry.class_id == group.id, *which)
    gone = session.connection().execute(entries).rowcount
    if gone:
        note_change(group)
    return gone


def _counts(session: Session, group: ClassSet) -> Counts:
    numbers = select(Entry.label, func.count()).where(Entry.class_id == group.id).group_by(Entry.label)
    of_label = {row[0]: row[1] for row in session.execute(numbers)}
    givers = select(func.count(Entry.visitor_id.distinct())).where(Entry.class_id == group.id)
    return Counts(
        code=group.code,
        version=group.version,
        open=bool(group.is_open),
        labels=tuple(of_label.get(digit, 0) for digit in range(10)),
        visitors=session.scalar(givers) or 0,
    )


def _collection(session: Session, group: ClassSet) -> Collection:
    wanted = select(Entry.id, Entry.label, Entry.given_at, Entry.visitor_id, Entry.image)
    rows = session.execute(wanted.where(Entry.class_id == group.id).order_by(Entry.id)).all()
    numbers = np.array([row[:4] for row in rows], dtype=np.int64).reshape(-1, 4)
    images = np.frombuffer(b"".join(row.image for row in rows), dtype=np.uint8).reshape(-1, SIDE, SIDE)
    # Numbered in order of appearance, so that nothing tells which visitor of the database it was.
    hands = pd.factorize(numbers[:, 3])[0].astype(np.int64)
    numbers.flags.writeable = hands.flags.writeable = False
    return Collection(
        _counts(session, group),
        ids=numbers[:, 0],
        labels=numbers[:, 1],
        images=images,
        given_at=numbers[:, 2],
        hands=hands,
    )


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
