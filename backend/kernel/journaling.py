"""Every changed row of a synced table becomes a journal entry at flush, whoever wrote it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from types import NoneType
from typing import Any, NamedTuple

from pydantic import BaseModel
from pydantic_core import to_json
from sqlalchemy import Dialect, event, select
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import SessionTransaction, UOWTransaction
from sqlmodel import Session, SQLModel

from backend.kernel.db import driver_of
from sync.journal import Entries, Journal, RowChange, Writer
from sync.kinds import Kind, Registry
from sync.stores.driver import Driver
from sync.stores.sql import SqlJournal

_REGISTRY = "registry"
_WRITER = "writer"
_KNOWN = "known"
"""Entries that were read for what is about to change; as they stand until the next flush."""
_THEIRS = "theirs"
"""Changed instances that wait for the flush, and who had changed them when the writer changed."""
_Theirs = dict[int, tuple[Any, Writer]]
NOBODY = Writer()


def attach(session: Session, registry: Registry) -> None:
    """Makes `session` journal what it flushes."""
    session.info[_REGISTRY] = registry
    event.listen(session, "after_flush", _journal_flush)
    event.listen(session, "after_soft_rollback", _forget)


def journal_of(session: Session) -> Journal:
    """The journal, in the session's own transaction."""
    return SqlJournal(driver_of(session))


def fetched(session: Session, entries: Entries) -> list[object]:
    """Rows of synced tables, each table in one read; while the caller holds them, the session gives them without
    another. Their entries are read by then, and not again when the rows are journaled."""
    session.info[_KNOWN] = entries
    kinds: dict[str, Kind] = session.info[_REGISTRY].kinds
    rows: list[object] = []
    for t in sorted({t for t, _ in entries} & kinds.keys()):
        table: Any = kinds[t].table
        if table is not None:
            wanted = select(table).where(table.id.in_([row_id for kind, row_id in entries if kind == t]))
            rows += [row for (row,) in session.execute(wanted)]
    return rows


def write_as(session: Session, writer: Writer) -> None:
    """From here on, changes are recorded as caused by `writer`; what was changed before stays its writer's."""
    before = session.info.get(_WRITER, NOBODY)
    theirs: _Theirs = session.info.setdefault(_THEIRS, {})
    for changed in (*session.new, *session.dirty):
        theirs.setdefault(id(changed), (changed, before))
    session.info[_WRITER] = writer


def _journal_flush(session: OrmSession, _flush: UOWTransaction) -> None:
    registry: Registry = session.info[_REGISTRY]
    changed = [(obj, change) for obj in (*session.new, *session.dirty) if (change := _change(registry, obj))]
    changed += [(obj, gone) for obj in session.deleted if (gone := _removal(registry, obj))]
    theirs: _Theirs = session.info.pop(_THEIRS, {})
    if changed:
        writer: Writer = session.info.get(_WRITER, NOBODY)
        writers = [theirs.get(id(obj), (obj, writer))[1] for obj, _ in changed]
        known: Entries | None = session.info.pop(_KNOWN, None)
        SqlJournal(session.connection()).record([change for _, change in changed], writers, known)


def _forget(session: OrmSession, _previous: SessionTransaction) -> None:
    """What was undone was changed by nobody, and what was read since may never have been."""
    session.info.pop(_THEIRS, None)
    session.info.pop(_KNOWN, None)


def _change(registry: Registry, obj: Any) -> RowChange | None:
    kind = registry.by_table.get(type(obj))
    if kind is None:
        return None
    return RowChange(kind.name, obj.id, kind.body(obj), frozenset(kind.scopes(obj)))


def _removal(registry: Registry, obj: Any) -> RowChange | None:
    kind = registry.by_table.get(type(obj))
    return RowChange(kind.name, obj.id, None, frozenset()) if kind else None


class Fact(NamedTuple):
    """A row that is only ever added: its shape as it travels, and columns that do not travel or are kept otherwise."""

    shape: BaseModel
    more: Mapping[str, Any] = {}


def add_facts(session: Session, table: type[SQLModel], facts: Sequence[Fact]) -> None:
    """Writes many new rows of one synced table and their journal entries together, past the ORM.

    Raises sqlalchemy.exc.IntegrityError when a row exists already; the caller holds the savepoint.
    """
    if not facts:
        return
    registry: Registry = session.info[_REGISTRY]
    kind = registry.by_table[table]
    connection = session.connection()
    columns = _columns(table, connection.dialect)
    Driver(connection).fill(str(table.__tablename__), [c.quoted for c in columns], _values(facts, columns))
    changes = [
        RowChange(kind.name, fact.shape.id, to_json(fact.shape), frozenset(kind.scopes(fact.shape)))  # type: ignore[attr-defined]  # every synced shape has an id
        for fact in facts
    ]
    journal_of(session).append(changes, session.info.get(_WRITER, NOBODY))


def add_rows(session: Session, table: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes many new rows of a table that does not travel, past the ORM; every column is named."""
    if not rows:
        return
    registry: Registry = session.info[_REGISTRY]
    assert table not in registry.by_table, "rows of a synced table are added as facts"
    connection = session.connection()
    columns = _columns(table, connection.dialect)
    given = [[column.given(row[column.name]) for column in columns] for row in rows]
    Driver(connection).fill(str(table.__tablename__), [c.quoted for c in columns], given)


def put_row(session: Session, table: type[SQLModel], row: Mapping[str, Any]) -> None:
    """Adds a row of a table that does not travel, past the ORM; where its key is there already, the columns that are
    named take these values."""
    registry: Registry = session.info[_REGISTRY]
    assert table not in registry.by_table, "rows of a synced table are changed as its instances"
    connection = session.connection()
    statement, columns = _putting(table, tuple(row), connection.dialect)
    Driver(connection).do(statement, *[column.given(row[column.name]) for column in columns])


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    quoted: str
    given: Callable[[Any], Any]
    """A value as the driver takes it."""


@lru_cache(maxsize=64)
def _columns(table: type[SQLModel], dialect: Dialect) -> list[_Column]:
    quote = dialect.identifier_preparer.quote
    return [
        _Column(c.name, quote(c.name), c.type.dialect_impl(dialect).bind_processor(dialect) or _plain)
        for c in table.__table__.columns  # type: ignore[attr-defined]  # SQLModel does not tell mypy of it
    ]


@lru_cache(maxsize=64)
def _putting(table: type[SQLModel], names: tuple[str, ...], dialect: Dialect) -> tuple[str, list[_Column]]:
    """The statement that adds a row of these columns or changes the one that is there."""
    key = {column.name for column in table.__table__.primary_key}  # type: ignore[attr-defined]  # as above
    columns = [column for column in _columns(table, dialect) if column.name in names]
    known = ", ".join(column.quoted for column in columns if column.name in key)
    taken = ", ".join(f"{c.quoted} = excluded.{c.quoted}" for c in columns if c.name not in key)
    named, given = ", ".join(column.quoted for column in columns), ", ".join("?" * len(columns))
    added = f"INSERT INTO {table.__tablename__} ({named}) VALUES ({given})"  # noqa: S608
    return f"{added} ON CONFLICT ({known}) DO UPDATE SET {taken}", columns


def _values(facts: Sequence[Fact], columns: Sequence[_Column]) -> list[tuple[Any, ...]]:
    """Facts as the driver takes them: a column at a time, since most columns need nothing."""
    said = [{**fact.shape.__dict__, **fact.more} for fact in facts]
    return list(zip(*(_given([each[c.name] for each in said], c.given) for c in columns), strict=True))


def _given(values: list[Any], given: Callable[[Any], Any]) -> list[Any]:
    if given is _plain and _BARE.issuperset(map(type, values)):
        return values
    return list(map(given, values))


_BARE = frozenset({str, int, float, bool, NoneType})


def _plain(value: Any) -> Any:
    """A word of an enumeration as the text it is; a driver may know enumerations of its own."""
    return value.value if isinstance(value, Enum) else value


def set_user_scopes(session: Session, person_id: str, scopes: Iterable[str]) -> None:
    """States which scopes a person's handsets hold from now on."""
    journal_of(session).set_user_scopes(person_id, scopes)
