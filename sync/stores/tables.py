"""The journal's tables, on SQLite and PostgreSQL alike, and how their first stone is laid."""

from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Index, LargeBinary, MetaData, String, Table, Text
from sqlalchemy.types import TypeEngine

from sync.journal import LIFE_SPAN

metadata = MetaData()
NO_ROWID: dict[str, Any] = {"sqlite_with_rowid": False}


def _key(length: int) -> TypeEngine[str]:
    """A text compared byte by byte on both databases: walks go by key, and must meet no other order half-way."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


HEAD = Table(
    "sync_head",
    metadata,
    Column("one", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    Column("generation", String(64), nullable=False),
    Column("pruned", BigInteger, nullable=False, server_default="0"),
)
MARKS = Table(
    "sync_marks",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at_s", BigInteger, nullable=False),
    **NO_ROWID,
)
ROWS = Table(
    "sync_rows",
    metadata,
    Column("id", _key(36), primary_key=True),
    Column("t", _key(64), primary_key=True),
    Column("ver", BigInteger, nullable=False),
    Column("born", BigInteger, nullable=False),
    Column("born_queue", String(120)),
    Column("born_ms", BigInteger),
    Column("born_hash", LargeBinary),
    Column("fv", Text),
    Column("body", LargeBinary),
)
Index("ix_sync_rows_gone", ROWS.c.ver, sqlite_where=ROWS.c.body.is_(None), postgresql_where=ROWS.c.body.is_(None))
ROW_SCOPES = Table(
    "sync_row_scopes",
    metadata,
    Column("t", _key(64), primary_key=True),
    Column("id", _key(36), primary_key=True),
    Column("scope", String(128), primary_key=True),
    Column("ver", BigInteger, nullable=False),
    Column("seq_first", BigInteger, nullable=False),
    Column("seq_out", BigInteger),
    **NO_ROWID,
)
Index(
    "ix_sync_row_scopes_live",
    ROW_SCOPES.c.scope,
    ROW_SCOPES.c.ver,
    sqlite_where=ROW_SCOPES.c.seq_out.is_(None),
    postgresql_where=ROW_SCOPES.c.seq_out.is_(None),
)
Index(
    "ix_sync_row_scopes_departed",
    ROW_SCOPES.c.scope,
    ROW_SCOPES.c.seq_out,
    sqlite_where=ROW_SCOPES.c.seq_out.is_not(None),
    postgresql_where=ROW_SCOPES.c.seq_out.is_not(None),
)
USER_SCOPES = Table(
    "sync_user_scopes",
    metadata,
    Column("user_id", String(36), primary_key=True),
    Column("scope", String(128), primary_key=True),
    Column("seq_in", BigInteger, nullable=False),
    Column("seq_out", BigInteger),
    **NO_ROWID,
)
ABSENCES = Table(
    "sync_absences",
    metadata,
    Column("t", _key(64), primary_key=True),
    Column("id", _key(36), primary_key=True),
    Column("scope", String(128), primary_key=True),
    Column("seq_out", BigInteger, primary_key=True),
    Column("seq_in", BigInteger, nullable=False),
    **NO_ROWID,
)
"""Between which numbers a row was out of a scope that holds it again."""
FORMER = Table(
    "sync_former_scopes",
    metadata,
    Column("user_id", String(36), primary_key=True),
    Column("scope", String(128), primary_key=True),
    Column("seq_in", BigInteger, primary_key=True),
    Column("seq_out", BigInteger, nullable=False),
    **NO_ROWID,
)
"""Between which numbers a user held a scope that they left and joined again."""
SCOPES = Table(
    "sync_scopes",
    metadata,
    Column("scope", String(128), primary_key=True),
    Column("ver", BigInteger, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("rows", BigInteger, nullable=False),
    **NO_ROWID,
)
QUEUES = Table(
    "sync_queues",
    metadata,
    Column("device", String(36), primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("user_id", String(36), primary_key=True),
    Column("acked", BigInteger, nullable=False),
    Column("through_ms", BigInteger),
    Column("safe", BigInteger, nullable=False),
    Column("proven_ms", BigInteger),
    **NO_ROWID,
)
OUTCOMES = Table(
    "sync_outcomes",
    metadata,
    Column("device", String(36), primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("user_id", String(36), primary_key=True),
    Column("last_n", BigInteger, primary_key=True),
    Column("first_n", BigInteger, nullable=False),
    Column("answers", LargeBinary, nullable=False),
    **NO_ROWID,
)


def found(connection: Connection, generation: str) -> None:
    """Lays the journal's first stone; `generation` names this life of the database."""
    connection.execute(HEAD.insert().values(one=1, seq=0, generation=generation))


def renew_generation(connection: Connection, generation: str) -> None:
    """After a restore from a backup: handsets will see a new life and reconcile.

    The new life counts from far beyond: a number that a handset saw in the lost one never means something else in it.
    """
    connection.execute(HEAD.update().values(generation=generation, seq=HEAD.c.seq + LIFE_SPAN))
