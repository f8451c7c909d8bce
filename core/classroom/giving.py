"""Giving a digit to a class set, within everybody's limits."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from core.classroom import codes
from core.classroom.entries import Limits, digest
from core.classroom.models import ClassSet, Entry, Visitor
from core.errors import InvalidInput

MINUTE_S = 60


def find_class(connection: Connection, code: str, lock: bool = False) -> Any:
    """Return a class's row.

    Args:
        connection: in a transaction.
        code: as read_code returns it.
        lock: have everybody else who asks for the lock wait; SQLite's writing transactions do so anyway.

    Raises:
        InvalidInput: there is none.
    """
    wanted = select(ClassSet).where(ClassSet.code == code)
    row = connection.execute(wanted.with_for_update() if lock else wanted).one_or_none()
    if row is None:
        raise InvalidInput(
            "There is no class {code}, or not any more; look at the code on the board again.", code=codes.grouped(code)
        )
    return row


def give(
    connection: Connection, code: str, owner: str, label: int, image: bytes, limits: Limits, now: int
) -> tuple[int, bool]:
    """Store one digit; the same picture from the same visitor is stored once.

    Args:
        connection: in a transaction.
        code: as read_code returns it.
        owner: the visitor's token; only its mark in this class is stored.
        label: 0 … 9.
        image: 784 bytes.
        limits: what is allowed.
        now: Unix seconds.

    Returns:
        The entry's id, and whether it is new.

    Raises:
        InvalidInput: no such class, it is closed or full, or the visitor has given enough.
    """
    group = find_class(connection, code, lock=True)
    visitor = _visitor(connection, group.id, codes.visitor_mark(owner, group.salt))
    same = connection.execute(
        select(Entry.id, Entry.label).where(Entry.visitor_id == visitor.id, Entry.digest == digest(image))
    ).one_or_none()
    if same is not None:
        if same.label != label:
            raise InvalidInput(
                "You gave this very picture already, as a {label}; take it back first.", label=same.label
            )
        return same.id, False
    _check_room(connection, group, visitor, limits)
    begun, count = _this_minute(visitor, limits, now)
    connection.execute(update(Visitor).where(Visitor.id == visitor.id).values(minute_at=begun, in_minute=count + 1))
    stored = connection.execute(
        insert(Entry).values(
            class_id=group.id, visitor_id=visitor.id, digest=digest(image), label=label, image=image, given_at=now
        )
    )
    note_change(connection, group.id)
    key = stored.inserted_primary_key
    assert key is not None
    return int(key[0]), True


def note_change(connection: Connection, class_id: int) -> None:
    """Count a change, so that pages look again."""
    connection.execute(update(ClassSet).where(ClassSet.id == class_id).values(version=ClassSet.version + 1))


def _visitor(connection: Connection, class_id: int, mark: bytes) -> Any:
    wanted = select(Visitor).where(Visitor.class_id == class_id, Visitor.mark == mark)
    row = connection.execute(wanted).one_or_none()
    if row is None:
        values = {"minute_at": 0, "in_minute": 0, "shut_out": 0}
        connection.execute(insert(Visitor).values(class_id=class_id, mark=mark, **values))
        row = connection.execute(wanted).one()
    return row


def _check_room(connection: Connection, group: Any, visitor: Any, limits: Limits) -> None:
    if not group.is_open:
        raise InvalidInput(
            "The class {code} takes no more digits; ask your teacher to open it again.", code=codes.grouped(group.code)
        )
    if visitor.shut_out:
        raise InvalidInput("The teacher takes no more digits from this browser in this class.")
    own = connection.scalar(select(func.count()).select_from(Entry).where(Entry.visitor_id == visitor.id)) or 0
    if own >= limits.per_visitor:
        raise InvalidInput(
            "You have given {count} digits to this class, and no more than {most} are taken from one visitor; take "
            "one back to give another.",
            count=own,
            most=limits.per_visitor,
        )
    total = connection.scalar(select(func.count()).select_from(Entry).where(Entry.class_id == group.id)) or 0
    if total >= limits.per_class:
        raise InvalidInput(
            "The class set is full: it has {count} digits of at most {most}. Ask your teacher to begin another class.",
            count=total,
            most=limits.per_class,
        )


def _this_minute(visitor: Any, limits: Limits, now: int) -> tuple[int, int]:
    """Return when the visitor's present minute began, and how many digits were given in it."""
    # A clock that was set back must not lock anybody out.
    begun = visitor.minute_at if 0 <= now - visitor.minute_at < MINUTE_S else now
    count = visitor.in_minute if begun == visitor.minute_at else 0
    if count >= limits.per_minute:
        raise InvalidInput(
            "No more than {most} digits a minute are taken from one visitor; give this one in {seconds} s.",
            most=limits.per_minute,
            seconds=begun + MINUTE_S - now,
        )
    return begun, count
