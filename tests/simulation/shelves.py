"""Where the simulated server keeps rows and journal together: in memory, or in a real SQLite file.

A shelf can fail between any two of its statements: the process dies, or the disk is full.
"""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, Self

import orjson
from sqlalchemy import Connection, Engine, create_engine, event, text

from sync.journal import Journal, JournalRow, QueueState, Stored
from sync.stores import tables
from sync.stores.memory import MemoryJournal
from sync.stores.sql import SqlJournal
from tests.simulation.domain import Row

Standing = tuple[str, str, frozenset[str], int | None]
"""(t, id, scopes, ver by the journal) of a row that phones may hold."""


class ServerDied(BaseException):
    """The server's process ended between two statements."""


class DiskFull(sqlite3.OperationalError):
    """The database could not write."""


class Fuse:
    """Burns down one statement at a time, then fails once."""

    def __init__(self) -> None:
        self.left: int | None = None
        self._failure: type[BaseException] = ServerDied

    def light(self, statements: int, failure: type[BaseException]) -> None:
        """After so many statements the next one fails."""
        self.left, self._failure = statements, failure

    def burn(self) -> None:
        """One statement is about to be executed."""
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.left = None
                raise self._failure


class Shelf(Protocol):
    """Rows and journal of one database."""

    fuse: Fuse

    @property
    def journal(self) -> Journal: ...
    def transaction(self) -> contextlib.AbstractContextManager[None]:
        """Committed when the block ends well; otherwise nothing of it remains."""

    def reading(self) -> contextlib.AbstractContextManager[None]:
        """A snapshot to read from."""

    def savepoint(self) -> contextlib.AbstractContextManager[None]: ...
    def find(self, t: str, row_id: str) -> Row | None: ...
    def put(self, t: str, row_id: str, row: Row, scopes: frozenset[str] = frozenset()) -> None: ...
    def remove(self, t: str, row_id: str) -> None: ...
    def rows(self, t: str) -> list[tuple[str, Row]]:
        """The rows of a kind, oldest first."""

    def standing(self) -> Iterable[Standing]: ...
    def backup(self) -> Any: ...
    def restore(self, backup: Any, generation: str) -> None:
        """The database as it was, in a new life."""

    def close(self) -> None: ...


class _BurningJournal(MemoryJournal):
    """The journal in memory, each statement of which may be the last."""

    def __init__(self, fuse: Fuse, generation: str) -> None:
        super().__init__(generation)
        self._fuse = fuse

    def row(self, t: str, row_id: str) -> JournalRow | None:
        self._fuse.burn()
        return super().row(t, row_id)

    def _take(self) -> int:
        self._fuse.burn()
        return super()._take()

    def _put(self, old: JournalRow | None, new: JournalRow) -> None:
        self._fuse.burn()
        super()._put(old, new)

    def save_queue(self, device: str, epoch: int, user: str, state: QueueState) -> None:
        self._fuse.burn()
        super().save_queue(device, epoch, user, state)

    def save_outcomes(self, device: str, epoch: int, user: str, stored: Sequence[tuple[int, Stored]]) -> None:
        self._fuse.burn()
        super().save_outcomes(device, epoch, user, stored)


class MemoryShelf:
    """Dictionaries. A row is replaced, never changed, so a copy of the dictionaries is a snapshot."""

    def __init__(self, generation: str) -> None:
        self.fuse = Fuse()
        self.books = _BurningJournal(self.fuse, generation)
        self.journal: Journal = self.books
        self._rows: dict[str, dict[str, tuple[Row, frozenset[str]]]] = {}

    @contextlib.contextmanager
    def savepoint(self) -> Iterator[None]:
        before = {t: dict(rows) for t, rows in self._rows.items()}
        try:
            with self.books.savepoint():
                yield
        except BaseException:
            self._rows = before
            raise

    def transaction(self) -> contextlib.AbstractContextManager[None]:
        return self.savepoint()

    def reading(self) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext()

    def find(self, t: str, row_id: str) -> Row | None:
        found = self._rows.get(t, {}).get(row_id)
        return found[0] if found else None

    def put(self, t: str, row_id: str, row: Row, scopes: frozenset[str] = frozenset()) -> None:
        self.fuse.burn()
        self._rows.setdefault(t, {})[row_id] = (row, scopes)

    def remove(self, t: str, row_id: str) -> None:
        self.fuse.burn()
        del self._rows[t][row_id]

    def rows(self, t: str) -> list[tuple[str, Row]]:
        return [(row_id, row) for row_id, (row, _) in self._rows.get(t, {}).items()]

    def standing(self) -> Iterator[Standing]:
        journaled = self.books._books.rows
        for t, rows in self._rows.items():
            for row_id, (_, scopes) in rows.items():
                if scopes:
                    entry = journaled.get((t, row_id))
                    yield t, row_id, scopes, entry.ver if entry is not None and entry.body is not None else None

    def backup(self) -> Any:
        return self.books._books.copy(), {t: dict(rows) for t, rows in self._rows.items()}

    def restore(self, backup: Any, generation: str) -> None:
        books, rows = backup
        self.books._books = books.copy()
        self._rows = {t: dict(kept) for t, kept in rows.items()}
        self.books.renew_generation(generation)

    def close(self) -> None:
        """Nothing is held."""


_PUT = text(
    "INSERT INTO town (t, id, row, scopes) VALUES (:t, :id, :row, :scopes)"
    " ON CONFLICT (t, id) DO UPDATE SET row = excluded.row, scopes = excluded.scopes"
)
_FIND = text("SELECT row FROM town WHERE t = :t AND id = :id")
_ROWS = text("SELECT id, row FROM town WHERE t = :t ORDER BY at")
_REMOVE = text("DELETE FROM town WHERE t = :t AND id = :id")
_STANDING = text(
    "SELECT a.t, a.id, a.scopes, b.ver FROM town a LEFT JOIN sync_rows b ON b.t = a.t AND b.id = a.id"
    " AND b.body IS NOT NULL WHERE a.scopes != '[]'"
)
_TOWN = text(
    "CREATE TABLE town (at INTEGER PRIMARY KEY, t TEXT NOT NULL, id TEXT NOT NULL, row TEXT NOT NULL,"
    " scopes TEXT NOT NULL, UNIQUE (t, id))"
)


class SqlShelf:
    """The journal's own tables and the town's rows in one SQLite file. A crash drops the connection."""

    def __init__(self, path: Path, generation: str) -> None:
        self.fuse = Fuse()
        self._path = path
        self._engine = _engine(path)
        self._connect()
        with self._c.begin():
            self._c.execute(_TOWN)
            tables.metadata.create_all(self._c)
            tables.found(self._c, generation)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        self._c.rollback()  # what only looked on
        try:
            with self._c.begin():
                yield
                self.fuse.burn()
        except ServerDied:
            self._drop_connection()
            raise

    def _drop_connection(self) -> None:
        """As the end of the process does: nobody says ROLLBACK, the file is found as the last commit left it."""
        self._raw.close()
        self._c.invalidate()
        self._c.close()
        self._connect()

    def _connect(self) -> None:
        self._c: Connection = self._engine.connect()
        raw = self._c.connection.driver_connection
        assert isinstance(raw, BurningFile)
        raw.fuse = self.fuse
        self._raw = raw
        self.journal: Journal = SqlJournal(self._c)

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        self._c.rollback()
        with self._c.begin():
            yield

    @contextlib.contextmanager
    def savepoint(self) -> Iterator[None]:
        with self._c.begin_nested():
            yield

    def find(self, t: str, row_id: str) -> Row | None:
        found = self._c.execute(_FIND, {"t": t, "id": row_id}).scalar()
        return orjson.loads(found) if found else None

    def put(self, t: str, row_id: str, row: Row, scopes: frozenset[str] = frozenset()) -> None:
        said = {
            "t": t,
            "id": row_id,
            "row": orjson.dumps(row).decode(),
            "scopes": orjson.dumps(sorted(scopes)).decode(),
        }
        self._c.execute(_PUT, said)

    def remove(self, t: str, row_id: str) -> None:
        self._c.execute(_REMOVE, {"t": t, "id": row_id})

    def rows(self, t: str) -> list[tuple[str, Row]]:
        return [(row_id, orjson.loads(row)) for row_id, row in self._c.execute(_ROWS, {"t": t})]

    def standing(self) -> Iterator[Standing]:
        for t, row_id, scopes, ver in self._c.execute(_STANDING).all():
            yield t, row_id, frozenset(orjson.loads(scopes)), ver

    def backup(self) -> Any:
        self._c.rollback()
        kept = sqlite3.connect(":memory:", check_same_thread=False)
        self._raw.backup(kept)
        return kept

    def restore(self, backup: Any, generation: str) -> None:
        self._c.rollback()
        backup.backup(self._raw)
        with self._c.begin():
            tables.renew_generation(self._c, generation)

    def close(self) -> None:
        self._c.close()
        self._engine.dispose()


class BurningFile(sqlite3.Connection):
    """A connection each statement of which may be the last, whoever speaks it."""

    fuse: Fuse | None = None
    ended = False

    def cursor(self, factory: Any = None) -> sqlite3.Cursor:
        made = super().cursor(BurningCursor)
        made.file = self
        return made

    def close(self) -> None:
        """Also what is half read: the end of a process leaves no statement open."""
        if not self.ended:
            self.fuse, self.ended = None, True
            self.rollback()
            super().close()


class BurningCursor(sqlite3.Cursor):
    """Asks before each statement whether it is the last."""

    file: BurningFile

    def execute(self, *said: Any) -> Self:
        if self.file.fuse is not None:
            self.file.fuse.burn()
        return super().execute(*said)

    def executemany(self, *said: Any) -> Self:
        if self.file.fuse is not None:
            self.file.fuse.burn()
        return super().executemany(*said)


def _engine(path: Path) -> Engine:
    arguments = {"check_same_thread": False, "isolation_level": None, "factory": BurningFile}
    engine = create_engine(f"sqlite:///{path}", module=sqlite3, connect_args=arguments)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL").close()
        # A process that dies leaves the system's caches behind: no need to wait for the disk.
        connection.execute("PRAGMA synchronous=OFF").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
