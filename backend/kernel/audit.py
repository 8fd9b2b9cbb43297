"""Audit: who did what to what, in a chain that shows every change made behind its back.

Each entry's hash covers the entry before it and a salted hash of its facts, never the facts themselves: so facts about
a person can be erased while the chain stays provable, and an erased fact cannot be guessed back from its hash.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime

import orjson
from sqlalchemy import BigInteger, Column, Text
from sqlmodel import Field, Session, SQLModel, col, select

from backend.kernel.context import Ctx
from backend.kernel.ids import new_token
from backend.kernel.tables import ID, Instant
from sync.refusal import Param

GENESIS = "0" * 64
"""What the first entry names as the one before it."""
VERIFY_STEP = 1_000
"""Entries looked at together."""


class AuditEntry(SQLModel, table=True):
    """One deed. Only `facts` and `salt` may ever change, and only to nothing."""

    __tablename__ = "audit_entry"

    seq: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    at: datetime = Field(sa_type=Instant)
    actor: str | None = Field(default=None, sa_type=ID, index=True)
    """Person id; None for a job or the command line."""
    device: str | None = Field(default=None, sa_type=ID)
    deed: str = Field(max_length=64)
    subject: str | None = Field(default=None, max_length=200, index=True)
    facts: str | None = Field(default=None, sa_type=Text)
    """JSON; None once erased."""
    salt: str | None = Field(default=None, max_length=64)
    facts_hash: str = Field(max_length=64)
    prev_hash: str = Field(max_length=64)
    hash: str = Field(max_length=64)


def record(ctx: Ctx, deed: str, subject: str | None = None, **facts: Param) -> None:
    """Adds an entry in the caller's transaction: the deed and its record become durable together, or neither.

    Writers take turns (see db.py), so reading the last entry and adding the next needs no lock of its own.
    """
    last_seq, last_hash = head(ctx.session)
    salt, text = new_token(), _canonical(facts)
    entry = AuditEntry(
        seq=last_seq + 1,
        at=ctx.now(),
        actor=(ctx.caller.person_id or None) if ctx.caller else None,
        device=ctx.claim.device if ctx.claim else ctx.caller.device_id if ctx.caller else None,
        deed=deed,
        subject=subject,
        facts=text,
        salt=salt,
        facts_hash=_facts_hash(salt, text),
        prev_hash=last_hash,
        hash="",
    )
    entry.hash = _entry_hash(entry)
    ctx.session.add(entry)
    ctx.session.flush()


def head(session: Session) -> tuple[int, str]:
    """Sequence number and hash of the last entry; print it or send it elsewhere and a cut-off end shows as well."""
    chain = select(AuditEntry.seq, AuditEntry.hash).order_by(col(AuditEntry.seq).desc()).limit(1)
    last = session.exec(chain).first()
    return (last[0], last[1]) if last else (0, GENESIS)


def verify(session: Session, after: int = 0) -> int | None:
    """The first sequence number beyond `after` at which the chain is broken; None when it is whole.

    Entry `after` itself is taken as proved. A missing entry is told by the number it should have had.
    """
    before = session.get(AuditEntry, after) if after else None
    if after and before is None:
        return after
    seq, prev_hash = after, before.hash if before else GENESIS
    while page := session.exec(
        select(AuditEntry).where(col(AuditEntry.seq) > seq).order_by(col(AuditEntry.seq)).limit(VERIFY_STEP)
    ).all():
        for entry in page:
            if entry.seq != seq + 1 or not _holds(entry, prev_hash):
                return seq + 1
            seq, prev_hash = entry.seq, entry.hash
    return None


def erase(ctx: Ctx, seq: int) -> None:
    """Removes the facts of one entry for good; that it happened, when and by whom stays, and the chain holds."""
    entry = ctx.session.get(AuditEntry, seq)
    assert entry is not None, f"no audit entry {seq}"
    entry.facts = entry.salt = None
    ctx.session.add(entry)
    ctx.session.flush()


def _holds(entry: AuditEntry, prev_hash: str) -> bool:
    if entry.prev_hash != prev_hash or entry.hash != _entry_hash(entry):
        return False
    if entry.facts is None or entry.salt is None:
        return entry.facts is None and entry.salt is None
    return entry.facts_hash == _facts_hash(entry.salt, entry.facts)


def _entry_hash(entry: AuditEntry) -> str:
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    sealed = [entry.seq, at, entry.actor, entry.device, entry.deed, entry.subject, entry.facts_hash, entry.prev_hash]
    return hashlib.sha256(orjson.dumps(sealed)).hexdigest()


def _facts_hash(salt: str, facts: str) -> str:
    return hashlib.sha256(f"{salt}\n{facts}".encode()).hexdigest()


def _canonical(facts: Mapping[str, Param]) -> str:
    return orjson.dumps(facts, option=orjson.OPT_SORT_KEYS).decode()


_SEALED = ("seq", "at", "actor", "device", "deed", "subject", "facts_hash", "prev_hash", "hash")


def _meddles(differs: str) -> str:
    """SQL that is true when an update does anything but erase facts."""
    moved = [f'NEW."{name}" {differs} OLD."{name}"' for name in _SEALED]
    rewritten = [f"(NEW.{name} IS NOT NULL AND NEW.{name} {differs} OLD.{name})" for name in ("facts", "salt")]
    return " OR ".join(moved + rewritten)


GUARDS: dict[str, tuple[str, ...]] = {
    "sqlite": tuple(
        f"CREATE TRIGGER audit_entry_{when} BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END"
        for when in (
            "keep BEFORE DELETE ON audit_entry",
            f"seal BEFORE UPDATE ON audit_entry WHEN {_meddles('IS NOT')}",
            # INSERT OR REPLACE removes a row without firing the first
            "once BEFORE INSERT ON audit_entry WHEN EXISTS (SELECT 1 FROM audit_entry WHERE seq = NEW.seq)",
        )
    ),
    "postgresql": (
        "CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit_entry is append-only'; END $$",
        *(
            f"CREATE TRIGGER audit_entry_{when} EXECUTE FUNCTION audit_entry_refuse()"
            for when in (
                "keep BEFORE DELETE ON audit_entry FOR EACH ROW",
                "whole BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT",
                f"seal BEFORE UPDATE ON audit_entry FOR EACH ROW WHEN ({_meddles('IS DISTINCT FROM')})",
            )
        ),
    ),
}
"""Statements, by dialect, that let the database itself refuse to change or remove an entry; run by the migration."""


UNGUARDS: dict[str, tuple[str, ...]] = {
    "sqlite": tuple(f"DROP TRIGGER IF EXISTS audit_entry_{name}" for name in ("keep", "seal", "once")),
    "postgresql": (
        *(f"DROP TRIGGER IF EXISTS audit_entry_{name} ON audit_entry" for name in ("keep", "whole", "seal")),
        "DROP FUNCTION IF EXISTS audit_entry_refuse()",
    ),
}
"""The way back, for the migration's own way back only."""
