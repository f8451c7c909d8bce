"""Reading class sets out of the database."""

from __future__ import annotations

from typing import Any

import numpy as np
from sqlalchemy import Connection, func, select

from core.classroom.entries import Collection, Counts, Entry, Numbers, Page, picture
from core.classroom.models import SIDE, Visitor
from core.classroom.models import Entry as Stored
from core.errors import InvalidInput

MOST = 1_000


def page(connection: Connection, class_id: int, label: int | None, after: int | None, limit: int, newest: bool) -> Page:
    """Return a part of a class set; see ClassStore.entries."""
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MOST:
        raise InvalidInput("A page holds 1 to {most} entries, not {limit}; try 100.", most=MOST, limit=str(limit)[:20])
    wanted = select(Stored.id, Stored.label, Stored.image, Stored.given_at).where(Stored.class_id == class_id)
    if label is not None:
        wanted = wanted.where(Stored.label == label)
    if after is not None:
        wanted = wanted.where(Stored.id < after if newest else Stored.id > after)
    rows = connection.execute(wanted.order_by(Stored.id.desc() if newest else Stored.id).limit(limit + 1)).all()
    found = tuple(Entry(row.id, row.label, picture(row.image), row.given_at) for row in rows[:limit])
    return Page(found, found[-1].id if len(rows) > limit else None)


def counts(connection: Connection, group: Any) -> Counts:
    """Return how a class's row stands, with the number of entries of each digit."""
    numbers = select(Stored.label, func.count()).where(Stored.class_id == group.id).group_by(Stored.label)
    of_label = {row[0]: row[1] for row in connection.execute(numbers)}
    givers = select(func.count(Stored.visitor_id.distinct())).where(Stored.class_id == group.id)
    return Counts(
        code=group.code,
        version=group.version,
        open=bool(group.is_open),
        labels=tuple(of_label.get(digit, 0) for digit in range(10)),
        visitors=connection.scalar(givers) or 0,
    )


def collection(connection: Connection, group: Any) -> Collection:
    """Return all of a class set, oldest first."""
    wanted = select(Stored.id, Stored.label, Stored.given_at, Stored.visitor_id, Stored.image)
    rows = connection.execute(wanted.where(Stored.class_id == group.id).order_by(Stored.id)).all()
    numbers = np.array([row[:4] for row in rows], dtype=np.int64).reshape(-1, 4)
    images = np.frombuffer(b"".join(row.image for row in rows), dtype=np.uint8).reshape(-1, SIDE, SIDE)
    # Numbered in order of appearance, so that nothing tells which visitor of the database it was.
    _ids, first, which = np.unique(numbers[:, 3], return_index=True, return_inverse=True)
    hands: Numbers = np.argsort(np.argsort(first))[which].astype(np.int64)
    numbers.flags.writeable = hands.flags.writeable = False
    return Collection(
        counts(connection, group),
        ids=numbers[:, 0],
        labels=numbers[:, 1],
        images=images,
        given_at=numbers[:, 2],
        hands=hands,
    )


def given_by(connection: Connection, class_id: int, mark: bytes) -> tuple[int, ...]:
    """Return the ids of what one visitor gave, oldest first."""
    wanted = (
        select(Stored.id)
        .join(Visitor, Visitor.id == Stored.visitor_id)
        .where(Visitor.class_id == class_id, Visitor.mark == mark)
        .order_by(Stored.id)
    )
    return tuple(connection.scalars(wanted))
