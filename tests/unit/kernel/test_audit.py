"""The audit chain: what is recorded stays provable, what is erased stays erased."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session, SQLModel

from backend.kernel.audit import GUARDS, AuditEntry, erase, head, record, verify
from backend.kernel.authority import Principal
from backend.kernel.clock import SetClock
from backend.kernel.context import Ctx
from backend.kernel.db import Database
from backend.kernel.settings import Settings
from sync.kinds import Registry

START = datetime(2026, 9, 1, 0, 30, tzinfo=UTC)
LI = Principal("0199b3a0-0000-7000-8000-000000000001", "Li", "s", "0199b3a0-0000-7000-8000-00000000000d", ())


@pytest.fixture
def db(empty_store_url: str) -> Iterator[Database]:
    database = Database(empty_store_url)
    with database.transaction() as session:
        SQLModel.metadata.create_all(session.connection(), tables=[SQLModel.metadata.tables["audit_entry"]])
        for statement in GUARDS[database.dialect]:
            session.connection().exec_driver_sql(statement)
    yield database
    database.close()


@contextmanager
def acting(db: Database, caller: Principal | None = LI) -> Iterator[Ctx]:
    with db.transaction() as session:
        yield Ctx(session, SetClock(START), Settings(testing=True, data_dir=Path("unused")), Registry(()), caller)


def tell_three(db: Database) -> None:
    with acting(db) as ctx:
        record(ctx, "auth.signed_in")
        record(ctx, "people.password_reset", "person:1", name="王小明", tries=2)
    with acting(db, None) as ctx:
        record(ctx, "keys.rotated", "key:1", old=["a", "b"])


def tamper(db: Database, statement: str) -> None:
    """What someone does who holds the database and takes the guards off first."""
    with db.transaction() as session:
        for name in ("keep", "seal"):
            on = " ON audit_entry" if db.dialect == "postgresql" else ""
            session.connection().exec_driver_sql(f"DROP TRIGGER audit_entry_{name}{on}")
        session.connection().execute(text(statement))


def test_a_chain_is_whole_and_names_who_did_what(db: Database) -> None:
    tell_three(db)
    with db.reading() as session:
        assert verify(session) is None
        assert verify(session, after=2) is None
        entry = session.get(AuditEntry, 2)
        assert entry is not None
        assert (entry.actor, entry.device, entry.deed, entry.subject) == (
            LI.person_id,
            LI.device_id,
            "people.password_reset",
            "person:1",
        )
        assert entry.facts == '{"name":"王小明","tries":2}'
        assert head(session) == (3, session.get_one(AuditEntry, 3).hash)


def test_an_empty_chain_is_whole(db: Database) -> None:
    with db.reading() as session:
        assert verify(session) is None


def test_a_rolled_back_deed_leaves_no_entry(db: Database) -> None:
    tell_three(db)
    with acting(db) as ctx:
        savepoint = ctx.session.begin_nested()
        record(ctx, "orders.dispatched")
        savepoint.rollback()
        record(ctx, "orders.closed")
    with db.reading() as session:
        assert head(session)[0] == 4
        assert verify(session) is None


def test_erased_facts_are_gone_and_the_chain_still_holds(db: Database) -> None:
    tell_three(db)
    with acting(db) as ctx:
        erase(ctx, 2)
    with db.reading() as session:
        entry = session.get_one(AuditEntry, 2)
        assert entry.facts is None
        assert entry.salt is None
        assert entry.deed == "people.password_reset"
        assert verify(session) is None


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit_entry SET facts = '{}' WHERE seq = 2", 2),
        ("UPDATE audit_entry SET actor = NULL WHERE seq = 1", 1),
        ("UPDATE audit_entry SET hash = prev_hash WHERE seq = 3", 3),
        ("UPDATE audit_entry SET facts = NULL WHERE seq = 2", 2),
        ("DELETE FROM audit_entry WHERE seq = 2", 2),
        ("DELETE FROM audit_entry WHERE seq = 1", 1),
    ],
)
def test_a_change_behind_its_back_is_found(db: Database, statement: str, broken: int) -> None:
    tell_three(db)
    tamper(db, statement)
    with db.reading() as session:
        assert verify(session) == broken


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET deed = 'nothing' WHERE seq = 2",
        "UPDATE audit_entry SET facts = '{}' WHERE seq = 2",
        "UPDATE audit_entry SET actor = NULL WHERE seq = 2",
        "DELETE FROM audit_entry",
        "DELETE FROM audit_entry WHERE seq = 3",
    ],
)
def test_the_database_itself_refuses_to_change_an_entry(db: Database, statement: str) -> None:
    tell_three(db)
    with pytest.raises(DatabaseError, match="append-only"), db.transaction() as session:
        session.connection().execute(text(statement))
    with db.reading() as session:
        assert verify(session) is None


def test_an_entry_is_not_replaced_on_sqlite(tmp_path: Path) -> None:
    """SQLite's INSERT OR REPLACE removes a row without firing the guard against DELETE."""
    database = Database(f"sqlite:///{tmp_path / 'audit.db'}")
    with database.transaction() as session:
        SQLModel.metadata.tables["audit_entry"].create(session.connection())
        for statement in GUARDS["sqlite"]:
            session.connection().exec_driver_sql(statement)
    tell_three(database)
    with pytest.raises(DatabaseError, match="append-only"), database.transaction() as session:
        _replace(session)
    database.close()


def _replace(session: Session) -> None:
    session.connection().execute(text("INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE seq = 2"))
