"""The tables of the class sets. Nothing in them names a person."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SIDE = 28
PIXELS = SIDE * SIDE
SCHEMA = 1  # raise it when a table changes, and say in database.py what is to be done with an older one

# SQLite numbers rows by itself only in an INTEGER column.
_Number = BigInteger().with_variant(Integer, "sqlite")
# An id that was removed never names another row: a click on an old page must not hit a newer entry.
_NEVER_AGAIN = {"sqlite_autoincrement": True}


class Base(DeclarativeBase):
    """What all tables hang on."""


class About(Base):
    """Facts about the database itself: the schema's number."""

    __tablename__ = "chalknet_about"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))


class ClassSet(Base):
    """One class.

    Attributes:
        code: see codes.py; unique.
        token_hash: SHA-256 of salt and teacher token.
        salt: of the token's hash and of the visitors' marks.
        created_at: Unix seconds.
        version: counts the changes to its entries, so that a page asks for them only when there are any.
        is_open: 1 while entries are accepted.
    """

    __tablename__ = "chalknet_class"
    __table_args__ = (_NEVER_AGAIN,)
    id: Mapped[int] = mapped_column(_Number, primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    created_at: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(BigInteger, default=0)
    is_open: Mapped[int] = mapped_column(SmallInteger, default=1)


class Visitor(Base):
    """Somebody who gave something to one class: a mark that means nothing elsewhere, for the limits and to take back.

    Attributes:
        mark: see codes.visitor_mark.
        minute_at: when the present minute of giving began, Unix seconds.
        in_minute: how many were given in it, those taken back since included.
        shut_out: 1 when the teacher wants no more from here.
    """

    __tablename__ = "chalknet_visitor"
    __table_args__ = (UniqueConstraint("class_id", "mark"), _NEVER_AGAIN)
    id: Mapped[int] = mapped_column(_Number, primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("chalknet_class.id", ondelete="CASCADE"))
    mark: Mapped[bytes] = mapped_column(LargeBinary(16))
    minute_at: Mapped[int] = mapped_column(BigInteger, default=0)
    in_minute: Mapped[int] = mapped_column(Integer, default=0)
    shut_out: Mapped[int] = mapped_column(SmallInteger, default=0)


class Entry(Base):
    """One digit that was given.

    Attributes:
        digest: of the picture, so that a click that is sent twice is kept once.
        label: which digit it is, as its giver says.
        image: 784 bytes, 28 rows of 28 grey values, light on dark; the sketch itself is not kept.
        given_at: Unix seconds.
    """

    __tablename__ = "chalknet_entry"
    __table_args__ = (
        UniqueConstraint("visitor_id", "digest"),
        Index("chalknet_entry_of_class", "class_id", "id"),
        CheckConstraint("label BETWEEN 0 AND 9", name="chalknet_entry_label"),
        CheckConstraint(f"length(image) = {PIXELS}", name="chalknet_entry_image"),
        _NEVER_AGAIN,
    )
    id: Mapped[int] = mapped_column(_Number, primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("chalknet_class.id", ondelete="CASCADE"))
    visitor_id: Mapped[int] = mapped_column(ForeignKey("chalknet_visitor.id", ondelete="CASCADE"))
    digest: Mapped[bytes] = mapped_column(LargeBinary(16))
    label: Mapped[int] = mapped_column(SmallInteger)
    image: Mapped[bytes] = mapped_column(LargeBinary(PIXELS))
    given_at: Mapped[int] = mapped_column(BigInteger)


class Day(Base):
    """A day's salt: what is stored of who made a class cannot be compared with any other day's.

    Attributes:
        day: whole days since 1970 in UTC.
    """

    __tablename__ = "chalknet_day"
    day: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))


class Creation(Base):
    """That a visitor made a class today; forgotten with its day."""

    __tablename__ = "chalknet_creation"
    __table_args__ = (Index("chalknet_creation_of_day", "day", "mark"),)
    id: Mapped[int] = mapped_column(_Number, primary_key=True)
    day: Mapped[int] = mapped_column(ForeignKey("chalknet_day.day", ondelete="CASCADE"))
    mark: Mapped[bytes] = mapped_column(LargeBinary(16))
