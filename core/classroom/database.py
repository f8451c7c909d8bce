"""The database under the class sets: opened, made safe against a crash, retried when locked, its failures in words.

SQLite is the default, one file in the user's data folder; CHALKNET_DATABASE_URL may name any database that SQLAlchemy
knows. What ``write`` returns is on the disk: SQLite runs in WAL mode with synchronous=FULL, so that a killed process or
a power cut loses nothing that was acknowledged. Every wait is bounded: a visitor gets a sentence instead.
"""

import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import platformdirs
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, select
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from core.classroom.models import SCHEMA, About, Base
from core.errors import InvalidInput

T = TypeVar("T")

VARIABLE: Final = "CHALKNET_DATABASE_URL"
PATIENCE_S: Final = 4.0  # how long a visitor who gives something waits for a storm of others; then a sentence
READ_PATIENCE_S: Final = 1.5  # a page that only looks: it looks again soon
BUSY_S: Final = 1.0  # SQLite's own wait for another process's lock, per attempt
ATTEMPTS: Final = 3  # where two were the first at the same time
CONNECT_S: Final = 2  # for a database on another machine
# SQLite's primary result codes (https://www.sqlite.org/rescode.html).
BUSY, LOCKED, FULL = 5, 6, 13
# SQLSTATE of databases on other machines: serialisation failure, deadlock, lock not available, disk full; MySQL's own.
PASSING_STATES: Final = {"40001", "40P01", "55P03"}
PASSING_NUMBERS: Final = {1205, 1213}
FULL_STATES: Final = {"53100"}


def default_url() -> URL:
    """Return what CHALKNET_DATABASE_URL says, else the file classroom.sqlite3 in the user's data folder.

    Raises:
        InvalidInput: the variable holds no URL. The URL itself is not shown: it may hold a password.
    """
    own = os.environ.get(VARIABLE, "").strip()
    if not own:
        return URL.create("sqlite", database=str(Path(platformdirs.user_data_dir("chalknet")) / "classroom.sqlite3"))
    try:
        return make_url(own)
    except SQLAlchemyError as error:
        raise _unusable("no URL") from error


class Database:
    """Connections to one database.

    Args:
        url: where it is.
        patience_s: how long a call may wait for locks in all.

    Raises:
        InvalidInput: it cannot be opened, and why.
    """

    def __init__(self, url: URL | str, patience_s: float = PATIENCE_S) -> None:
        self.patience_s = patience_s
        self._engine = _engine(make_url(url))
        # SQLite lets one writer in at a time and makes no queue; threads of this process wait here instead, in turn.
        self._turn = threading.Lock() if self._engine.dialect.name == "sqlite" else None
        self._writer = self._engine.execution_options(chalknet_writes=True)
        self.write(self._prepare)

    def write(self, work: Callable[[Session], T]) -> T:
        """Do work in one transaction; once this returns, its changes last, and if it raises there are none.

        Args:
            work: may be called again from the start, when the database was locked.

        Raises:
            InvalidInput: what ``work`` raised, or why the database could not do it.
        """

        def attempt(until: float) -> T:
            with self._in_turn(until), Session(self._writer) as session, session.begin():
                return work(session)

        return self._retried(attempt, self.patience_s)

    def read(self, work: Callable[[Session], T]) -> T:
        """Do work that only reads, all of it from one state of the database; raises what ``write`` does."""

        def attempt(_until: float) -> T:
            with Session(self._engine) as session, session.begin():
                return work(session)

        return self._retried(attempt, min(READ_PATIENCE_S, self.patience_s))

    def close(self) -> None:
        """Close the connections that nobody is using."""
        self._engine.dispose()

    @staticmethod
    def _prepare(session: Session) -> None:
        Base.metadata.create_all(session.connection())
        found = session.scalar(select(About.value).where(About.name == "schema"))
        if found is None:
            session.add(About(name="schema", value=str(SCHEMA)))
        elif found != str(SCHEMA):
            raise InvalidInput(
                "The class sets' database has schema {found}, this app knows {wanted}; update the app, "
                "or set CHALKNET_DATABASE_URL to another database.",
                found=found,
                wanted=SCHEMA,
            )

    @staticmethod
    def _retried(attempt: Callable[[float], T], patience_s: float) -> T:
        until, clashes = time.monotonic() + patience_s, 0
        while True:
            try:
                return attempt(until)
            except IntegrityError as error:
                clashes += 1
                if clashes >= ATTEMPTS:
                    raise _failed(error) from error
            except (DBAPIError, PoolTimeout) as error:
                if not _passing(error) or time.monotonic() >= until:
                    raise _in_words(error, patience_s) from error
                time.sleep(random.uniform(0.01, 0.05))
            except SQLAlchemyError as error:
                raise _failed(error) from error

    @contextmanager
    def _in_turn(self, until: float) -> Iterator[None]:
        if self._turn is None:
            yield
            return
        if not self._turn.acquire(timeout=max(0.0, until - time.monotonic())):
            raise _busy(self.patience_s)
        try:
            yield
        finally:
            self._turn.release()


def _engine(url: URL) -> Engine:
    try:
        dialect = url.get_dialect()
        if dialect.is_async:
            raise InvalidInput(
                "CHALKNET_DATABASE_URL names the driver {driver}, which only works with asyncio; name another one.",
                driver=url.drivername,
            )
        if dialect.name == "sqlite":
            return _sqlite(url)
        return create_engine(
            url,
            pool_pre_ping=True,
            pool_size=5,
            max_overflow=20,
            pool_timeout=CONNECT_S,
            connect_args=_time_limits(url),
            pool_recycle=1800,
        )
    except InvalidInput:
        raise
    except (SQLAlchemyError, ImportError, TypeError, ValueError) as error:
        raise _unusable(type(error).__name__) from error
    except OSError as error:
        raise _unusable(error.strerror or type(error).__name__) from error


def _sqlite(url: URL) -> Engine:
    if not url.database or ":memory:" in url.database or "mode=memory" in url.database:
        raise _unusable("a database in memory forgets everything at the end")
    if not url.database.startswith("file:"):
        Path(url.database).expanduser().absolute().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = create_engine(url, pool_size=5, max_overflow=20, pool_timeout=CONNECT_S)

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say so, not where Python's module guesses
        for pragma in (
            f"busy_timeout = {int(1000 * BUSY_S)}",
            "journal_mode = WAL",  # readers and a writer do not wait for one another
            "synchronous = FULL",  # a commit is on the disk when it returns
            "foreign_keys = ON",
            "secure_delete = ON",  # what is taken back is overwritten, not only forgotten
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        # A transaction that reads first and then writes could otherwise find that somebody else wrote in between.
        writes = connection.get_execution_options().get("chalknet_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _time_limits(url: URL) -> dict[str, Any]:
    """Return what keeps a database that does not answer from holding a page; the URL may say otherwise."""
    name, driver = url.get_dialect().name, url.get_dialect().driver
    limits: dict[str, Any] = {}
    if name == "postgresql" and driver in ("psycopg", "psycopg2"):
        milliseconds = int(1000 * PATIENCE_S)
        options = f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds // 2}"
        limits = {"connect_timeout": CONNECT_S, "options": options}
    elif name in ("mysql", "mariadb") and driver in ("pymysql", "mysqldb"):
        limits = {"connect_timeout": CONNECT_S, "read_timeout": int(PATIENCE_S), "write_timeout": int(PATIENCE_S)}
    return {key: value for key, value in limits.items() if key not in url.query}


def _passing(error: SQLAlchemyError) -> bool:
    """Return whether the same may well succeed in a moment."""
    if not isinstance(error, DBAPIError):
        return False
    if _sqlite_code(error) in (BUSY, LOCKED) or error.connection_invalidated:
        return True
    number = error.orig.args[0] if error.orig is not None and error.orig.args else None
    return _state(error) in PASSING_STATES or (isinstance(number, int) and number in PASSING_NUMBERS)


def _in_words(error: SQLAlchemyError, waited_s: float) -> InvalidInput:
    if isinstance(error, DBAPIError) and (_sqlite_code(error) == FULL or _state(error) in FULL_STATES):
        return InvalidInput(
            "Nothing was stored: the disk of the class sets is full. Tell whoever runs this server; what was given "
            "before is still there."
        )
    return _busy(waited_s) if _passing(error) or isinstance(error, PoolTimeout) else _failed(error)


def _busy(waited_s: float) -> InvalidInput:
    return InvalidInput(
        "The class sets' database was busy for {seconds} s, and nothing was changed. Try again in a moment.",
        seconds=f"{waited_s:g}",
    )


def _failed(error: SQLAlchemyError) -> InvalidInput:
    orig = getattr(error, "orig", None)
    why = getattr(orig, "sqlite_errorname", None) or type(orig or error).__name__
    return InvalidInput(
        "The class sets' database does not work ({why}), and nothing was changed. Tell whoever runs this server.",
        why=why,
    )


def _unusable(why: str) -> InvalidInput:
    return InvalidInput(
        "The class sets' database cannot be opened ({why}); whoever runs this server can set CHALKNET_DATABASE_URL, "
        "such as sqlite:////srv/chalknet/classroom.sqlite3.",
        why=why,
    )


def _sqlite_code(error: DBAPIError) -> int | None:
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None  # the low byte is the primary code


def _state(error: DBAPIError) -> str | None:
    state = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)
    return state if isinstance(state, str) else None
