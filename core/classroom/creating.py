"""Making a class set, within a visitor's daily share and the server's."""

from __future__ import annotations

from sqlalchemy import Connection, delete, exists, func, insert, select

from core.classroom import codes
from core.classroom.entries import Limits
from core.classroom.models import ClassSet, Creation, Day, Entry, Visitor
from core.errors import InvalidInput

DAY_S = 86_400


def new_class(connection: Connection, owner: str, limits: Limits, now: int) -> tuple[str, str]:
    """Make a class set.

    Args:
        connection: in a transaction.
        owner: the visitor's token; kept as a mark that means nothing tomorrow.
        limits: what is allowed.
        now: Unix seconds.

    Returns:
        Its code, and the teacher's token, of which only a hash is stored.

    Raises:
        InvalidInput: too many for today, or too many in all.
    """
    mark = _mark_of_today(connection, owner, now // DAY_S)
    today = connection.scalar(
        select(func.count()).select_from(Creation).where(Creation.day == now // DAY_S, Creation.mark == mark)
    )
    if (today or 0) >= limits.classes_per_day:
        raise InvalidInput(
            "You have made {count} classes today, and no more than {most} a day are allowed; use one of them, or come "
            "back tomorrow.",
            count=today,
            most=limits.classes_per_day,
        )
    _make_room(connection, limits.classes, now)
    code, token, salt = codes.new_code(), codes.new_token(), codes.new_salt()
    connection.execute(
        insert(ClassSet).values(
            code=code, token_hash=codes.token_hash(token, salt), salt=salt, created_at=now, version=0, is_open=1
        )
    )
    connection.execute(insert(Creation).values(day=now // DAY_S, mark=mark))
    return code, token


def _mark_of_today(connection: Connection, owner: str, today: int) -> bytes:
    """Return the visitor's mark of today, forgetting what earlier days kept."""
    connection.execute(delete(Creation).where(Creation.day < today))
    connection.execute(delete(Day).where(Day.day < today))
    # Locked, where the database knows row locks: two clicks at once are counted one after the other.
    salt = connection.scalar(select(Day.salt).where(Day.day == today).with_for_update())
    if salt is None:
        salt = codes.new_salt()
        connection.execute(insert(Day).values(day=today, salt=salt))
    return codes.visitor_mark(owner, salt)


def _make_room(connection: Connection, most: int, now: int) -> None:
    """See that one more class fits; classes that nobody gave anything to for a day may have to go."""

    def count() -> int:
        return connection.scalar(select(func.count()).select_from(ClassSet)) or 0

    if count() < most:
        return
    unused = ~exists().where(Entry.class_id == ClassSet.id)
    old = select(ClassSet.id).where(ClassSet.created_at < now - DAY_S, unused)
    ids = list(connection.scalars(old))
    connection.execute(delete(Visitor).where(Visitor.class_id.in_(ids)))
    connection.execute(delete(ClassSet).where(ClassSet.id.in_(ids)))
    if count() >= most:
        raise InvalidInput(
            "There are {count} classes here and no more than {most} can be; ask a teacher to delete one that is over.",
            count=count(),
            most=most,
        )
