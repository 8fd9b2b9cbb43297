"""Statements compiled for the store of one test serve the next: each has engines of its own, a tenth of its time.

SQLAlchemy keeps what it compiled by engine and dialect. All our engines of one database are made alike, so here they
share one shelf, and dialects that would compile alike are one key on it.
"""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

STATEMENTS_MAX = 5_000


def share_compiled() -> None:
    """From now on all engines of this process share what was compiled."""
    shelf: LRUCache[Any, Any] = LRUCache(STATEMENTS_MAX)
    Engine._compiled_cache = property(lambda _engine: shelf, lambda _engine, _own: None)  # type: ignore[assignment]
    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        dialect.__eq__ = _alike  # type: ignore[assignment]
        dialect.__hash__ = lambda self: hash(_made(self))  # type: ignore[assignment,method-assign]


def _made(dialect: Any) -> tuple[Any, ...]:
    return type(dialect), dialect._json_serializer, dialect._json_deserializer


def _alike(dialect: Any, other: object) -> bool:
    return _made(dialect) == _made(other) if type(other) is type(dialect) else False
