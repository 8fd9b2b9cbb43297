"""Statements spoken straight to the database's driver, inside SQLAlchemy's transaction and on its connection.

Building and compiling a statement costs several times what SQLite needs to run it, so what the journal asks for every
mutation is plain SQL. It is written once for both databases: `?` is a value, `IN ??` a list of values.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import orjson
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

T = TypeVar("T")
Row = tuple[Any, ...]
"""A row as a driver gives it: texts, whole numbers, bytes."""
KEPT_MAX = 4_096
"""Answers that a reader remembers at most, some 4 MB."""
SELECTS_MAX = 100
"""Selects put together into one statement."""
IN_MAX = 500
"""Values that one statement names at most."""


def portions(items: Sequence[T], size: int = IN_MAX) -> Iterator[Sequence[T]]:
    """The items, so many at a time: a database bounds what one statement may name."""
    return (items[start : start + size] for start in range(0, len(items), size))


class Driver:
    """One connection's own cursor. Its faults are told as SQLAlchemy tells them."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._cursor: Any = connection.connection.cursor()
        self._sqlite = connection.dialect.name == "sqlite"

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """Every row of an answer."""
        try:
            self._cursor.execute(_spelled(sql, self._sqlite), self._packed(values))
            found: list[Row] = self._cursor.fetchall()
        except Exception as fault:
            raise self._told(fault, sql) from fault
        return found

    def first(self, sql: str, *values: Any) -> Row | None:
        """The first row of an answer, if there is one."""
        found = self.rows(sql, *values)
        return found[0] if found else None

    def of_each(self, select: str, bounds: Sequence[Sequence[Any]]) -> list[Row]:
        """The rows that a select finds within each of the bounds.

        Over a network many are asked in one statement; SQLite first copies what it would put together.
        """
        if self._sqlite:
            return [row for values in bounds for row in self.rows(select, *values)]
        found: list[Row] = []
        for some in portions(bounds, SELECTS_MAX):
            parts = " UNION ALL ".join(f"SELECT * FROM ({select}) AS q{i}" for i in range(len(some)))  # noqa: S608
            found += self.rows(parts, *(value for values in some for value in values))
        return found

    def do(self, sql: str, *values: Any) -> None:
        """Runs a statement that answers nothing."""
        try:
            self._cursor.execute(_spelled(sql, self._sqlite), self._packed(values))
        except Exception as fault:
            raise self._told(fault, sql) from fault

    def many(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Runs a statement once for each of the rows."""
        if not rows:
            return
        try:
            self._cursor.executemany(_spelled(sql, self._sqlite), rows)
        except Exception as fault:
            raise self._told(fault, sql) from fault

    def fill(self, table: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Adds rows that are known to be new; `names` of columns as SQL spells them.

        PostgreSQL takes them as one stream: a push is no quicker, but costs both sides a tenth less of the processor.
        """
        if self._sqlite:
            self.many(_adding(table, tuple(names)), rows)
        elif rows:
            try:
                with self._cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as stream:
                    for row in rows:
                        stream.write_row(row)
            except Exception as fault:
                raise self._told(fault, table) from fault

    def _packed(self, values: Sequence[Any]) -> Sequence[Any]:
        if not self._sqlite:
            return values
        return [orjson.dumps(value).decode() if type(value) is list else value for value in values]

    def _told(self, fault: Exception, sql: str) -> BaseException:
        """A driver's fault as SQLAlchemy's; a connection that is gone is not used again."""
        dialect = self.connection.dialect
        base = dialect.loaded_dbapi.Error
        gone = isinstance(fault, base) and dialect.is_disconnect(fault, self.connection.connection, self._cursor)
        if gone:
            self.connection.invalidate(fault)
        return DBAPIError.instance(sql, None, fault, base, connection_invalidated=gone, dialect=dialect)


class Remembering(Driver):
    """A reader's cursor that asks once what was asked before, until `look` finds that somebody committed since.

    SQLite says so exactly: while its `data_version` stands, every answer stands.
    """

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._version: Any = None
        self._kept: dict[tuple[Any, ...], list[Row]] = {}

    def begin(self) -> None:
        """Begins a snapshot."""
        self._cursor.execute("BEGIN")

    def look(self) -> None:
        """Forgets what was answered when the database has changed."""
        version = self._cursor.execute("PRAGMA data_version").fetchone()
        if version != self._version or len(self._kept) > KEPT_MAX:
            self._kept.clear()
            self._version = version

    def end(self) -> None:
        """Lets go of the snapshot."""
        self._cursor.execute("ROLLBACK")

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """Every row of an answer, to be read only. Lists among the values are not remembered."""
        try:
            found = self._kept.get((sql, *values))
        except TypeError:
            return super().rows(sql, *values)
        if found is None:
            found = self._kept[(sql, *values)] = super().rows(sql, *values)
        return found


@lru_cache(maxsize=64)
def _adding(table: str, names: tuple[str, ...]) -> str:
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608


@lru_cache(maxsize=512)
def _spelled(sql: str, sqlite: bool) -> str:
    """The statement as the driver takes it; a list travels as one value, so that a statement has one spelling."""
    if sqlite:
        return sql.replace("IN ??", "IN (SELECT value FROM json_each(?))")
    return sql.replace("IN ??", "= ANY(%s)").replace("?", "%s")
