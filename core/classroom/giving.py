"""Making a class set and giving digits to it, within everybody's limits."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from core.classroom import codes
from core.classroom.entries import digest
from core.classroom.models import ClassSet, Creation, Day, Entry, Visitor
from core.errors import InvalidInput

DAY_S = 86_400
MINUTE_S = 60


@dataclass(frozen=True)
class Limits:
    """How much is accepted.

    Attributes:
        per_visitor: entries of one visitor in one class.
        per_minute: entries of one visitor a minute, in one class.
        per_class: entries in one class.
        classes_per_day: classes that one visitor makes in a day (UTC).
        classes: classes in all.
    """

    per_visitor: int = 50
    per_minute: int = 10
    per_class: int = 5_000
    classes_per_day: int = 5
    classes: int = 2_000


def new_class(session: Session, owner: str, limits: Limits, now: int) -> tuple[str, str]:
    """Make a class set.

    Args:
        session: in a transaction.
        owner: the visitor's token; kept as a mark that means nothing tomorrow.
        limits: what is allowed.
        now: Unix seconds.

    Returns:
        Its code, and the teacher's token, of which only a hash is stored.

    Raises:
        InvalidInput: too many for today, or too many in all.
    """
    day = now // DAY_S
    mark = _mark_of_today(session, owner, day)
    today = _count(session, Creation, Creation.day == day, Creation.mark == mark)
    if today >= limits.classes_per_day:
        raise InvalidInput(
            "You have made {count} classes today, and no more than {most} a day are allowed; use one of them, or come "
            "back tomorrow.",
            count=today,
            most=limits.classes_per_day,
        )
    _make_room(session, limits.classes, now)
    code, token, salt = codes.new_code(), codes.new_token(), codes.new_salt()
    session.add(ClassSet(code=code, token_hash=codes.token_hash(token, salt), salt=salt, created_at=now))
    session.add(Creation(day=day, mark=mark))
    return code, token


def find_class(session: Session, code: str, lock: bool = False) -> ClassSet:
    """Return a class.

    Args:
        session: in a transaction.
        code: as read_code returns it.
        lock: have everybody else who asks for the lock wait; SQLite's writing transactions do so anyway.

    Raises:
        InvalidInput: there is none.
    """
    wanted = select(ClassSet).where(ClassSet.code == code)
    found = session.scalar(wanted.with_for_update() if lock else wanted)
    if found is None:
        raise InvalidInput(
            "There is no class {code}, or not any more; look at the code on the board again.", code=codes.grouped(code)
        )
    return found


def give(
    session: Session, code: str, owner: str, label: int, image: bytes, limits: Limits, now: int
) -> tuple[int, bool]:
    """Store one digit; the same picture from the same visitor is stored once.

    Args:
        session: in a transaction.
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
    group = find_class(session, code, lock=True)
    visitor = _visitor(session, group.id, codes.visitor_mark(owner, group.salt))
    same = session.scalar(select(Entry).where(Entry.visitor_id == visitor.id, Entry.digest == digest(image)))
    if same is not None:
        if same.label != label:
            raise InvalidInput(
                "You gave this very picture already, as a {label}; take it back first.", label=same.label
            )
        return same.id, False
    _check_room(session, group, visitor, limits)
    _count_in_minute(visitor, limits, now)
    entry = Entry(
        class_id=group.id, visitor_id=visitor.id, digest=digest(image), label=label, image=image, given_at=now
    )
    session.add(entry)
    session.flush()
    note_change(group)
    return entry.id, True


def note_change(group: ClassSet) -> None:
    """Count a change, so that pages look again."""
    group.version = ClassSet.version + 1


def _count(session: Session, table: type[Any], *where: Any) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*where)) or 0


def _mark_of_today(session: Session, owner: str, today: int) -> bytes:
    """Return the visitor's mark of today, forgetting what earlier days kept."""
    session.execute(delete(Creation).where(Creation.day < today))
    session.execute(delete(Day).where(Day.day < today))
    # Locked, where the database knows row locks: two clicks at once are counted one after the other.
    salt = session.scalar(select(Day.salt).where(Day.day == today).with_for_update())
    if salt is None:
        salt = codes.new_salt()
        session.add(Day(day=today, salt=salt))
    return codes.visitor_mark(owner, salt)


def _make_room(session: Session, most: int, now: int) -> None:
    """See that one more class fits; classes that nobody gave anything to for a day may have to go."""
    if _count(session, ClassSet) < most:
        return
    unused = ~exists().where(Entry.class_id == ClassSet.id)
    ids = list(session.scalars(select(ClassSet.id).where(ClassSet.created_at < now - DAY_S, unused)))
    session.execute(delete(Visitor).where(Visitor.class_id.in_(ids)))
    session.execute(delete(ClassSet).where(ClassSet.id.in_(ids)))
    count = _count(session, ClassSet)
    if count >= most:
        raise InvalidInput(
            "There are {count} classes here and no more than {most} can be; ask a teacher to delete one that is over.",
            count=count,
            most=most,
        )


def _visitor(session: Session, class_id: int, mark: bytes) -> Visitor:
    visitor = session.scalar(select(Visitor).where(Visitor.class_id == class_id, Visitor.mark == mark))
    if visitor is None:
        visitor = Visitor(class_id=class_id, mark=mark)
        session.add(visitor)
        session.flush()
    return visitor


def _check_room(session: Session, group: ClassSet, visitor: Visitor, limits: Limits) -> None:
    if not group.is_open:
        raise InvalidInput(
            "The class {code} takes no more digits; ask your teacher to open it again.", code=codes.grouped(group.code)
        )
    if visitor.shut_out:
        raise InvalidInput("The teacher takes no more digits from this browser in this class.")
    own = _count(session, Entry, Entry.visitor_id == visitor.id)
    if own >= limits.per_visitor:
        raise InvalidInput(
            "You have given {count} digits to this class, and no more than {most} are taken from one visitor; take "
            "one back to give another.",
            count=own,
            most=limits.per_visitor,
        )
    total = _count(session, Entry, Entry.class_id == group.id)
    if total >= limits.per_class:
        raise InvalidInput(
            "The class set is full: it has {count} digits of at most {most}. Ask your teacher to begin another class.",
            count=total,
            most=limits.per_class,
        )


def _count_in_minute(visitor: Visitor, limits: Limits, now: int) -> None:
    """Count one more digit in the visitor's present minute, if there may be one."""
    # A clock that was set back must not lock anybody out.
    if not 0 <= now - visitor.minute_at < MINUTE_S:
        visitor.minute_at, visitor.in_minute = now, 0
    if visitor.in_minute >= limits.per_minute:
        raise InvalidInput(
            "No more than {most} digits a minute are taken from one visitor; give this one in {seconds} s.",
            most=limits.per_minute,
            seconds=visitor.minute_at + MINUTE_S - now,
        )
    visitor.in_minute += 1
