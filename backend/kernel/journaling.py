"""Every changed row of a synced table becomes a journal entry at flush, whoever wrote it."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import event, insert
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import UOWTransaction
from sqlmodel import Session, SQLModel

from sync.journal import Journal, RowChange, Writer
from sync.kinds import Registry
from sync.stores.sql import SqlJournal

_REGISTRY = "registry"
_WRITER = "writer"
NOBODY = Writer()


def attach(session: Session, registry: Registry) -> None:
    """Makes `session` journal what it flushes."""
    session.info[_REGISTRY] = registry
    event.listen(session, "after_flush", _journal_flush)


def journal_of(session: Session) -> Journal:
    """The journal, in the session's own transaction."""
    return SqlJournal(session.connection())


def write_as(session: Session, writer: Writer) -> None:
    """From here on, changes are recorded as caused by `writer`."""
    session.info[_WRITER] = writer


def _journal_flush(session: OrmSession, _flush: UOWTransaction) -> None:
    registry: Registry = session.info[_REGISTRY]
    changes = [change for obj in (*session.new, *session.dirty) if (change := _change(registry, obj))]
    changes += [gone for obj in session.deleted if (gone := _removal(registry, obj))]
    if changes:
        SqlJournal(session.connection()).record(changes, session.info.get(_WRITER, NOBODY))


def _change(registry: Registry, obj: Any) -> RowChange | None:
    kind = registry.by_table.get(type(obj))
    if kind is None:
        return None
    return RowChange(kind.name, obj.id, kind.body(obj), frozenset(kind.scopes(obj)))


def _removal(registry: Registry, obj: Any) -> RowChange | None:
    kind = registry.by_table.get(type(obj))
    return RowChange(kind.name, obj.id, None, frozenset()) if kind else None


def add_facts(session: Session, rows: Sequence[SQLModel]) -> None:
    """Writes many new rows of one synced table and their journal entries together, past the ORM.

    Raises sqlalchemy.exc.IntegrityError when a row exists already; the caller holds the savepoint.
    """
    if not rows:
        return
    registry: Registry = session.info[_REGISTRY]
    kind = registry.by_table[type(rows[0])]
    session.connection().execute(insert(type(rows[0])), [row.model_dump() for row in rows])
    changes = [RowChange(kind.name, row.id, kind.body(row), frozenset(kind.scopes(row))) for row in rows]  # type: ignore[attr-defined]  # every synced table has an id
    journal_of(session).append(changes, session.info.get(_WRITER, NOBODY))


def set_user_scopes(session: Session, person_id: str, scopes: Iterable[str]) -> None:
    """States which scopes a person's handsets hold from now on."""
    journal_of(session).set_user_scopes(person_id, scopes)
