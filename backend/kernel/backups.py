"""Backups: a durable copy, the word of it to every queue, and the new life of a database that came back from one.

A phone keeps acknowledged work until a backup covers it. So a copy counts only once it is on the disk, and what it
covers is told by where each queue stood in the copy, or before it was begun.
"""

import os
import shutil
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from sqlmodel import Session, col, select

from backend.kernel import audit
from backend.kernel.context import Ctx
from backend.kernel.db import sqlite_driver
from backend.kernel.errors import Clash
from backend.kernel.ids import new_id
from backend.kernel.journaling import journal_of
from sync.journal import Position
from sync.stores.tables import renew_generation

SUBJECT = "backup"
MARKED, RESTORED = "backups.mark", "backups.restore"


class BackupForeign(Clash):
    """The copy is of another database, or of a life of this one that is over."""

    code = "backup.foreign"


class BackupDamaged(Clash):
    """The file is no whole database of ours."""

    code = "backup.damaged"


class DatabaseInUse(Clash):
    """A server or worker still holds the database."""

    code = "backup.in_use"


@dataclass(frozen=True, slots=True)
class Note:
    """What a copy covers: the life of the database, its head, and where every queue stood."""

    generation: str
    head: int
    queues: list[Position]

    def text(self) -> bytes:
        """As it is kept in a file while another tool makes the copy."""
        queues = [list(queue) for queue in self.queues]
        return orjson.dumps({"generation": self.generation, "head": self.head, "queues": queues})


def read_note(raw: bytes) -> Note:
    """A note from its file; refuses with backup.damaged."""
    try:
        said = orjson.loads(raw)
        return Note(str(said["generation"]), int(said["head"]), [Position(*queue) for queue in said["queues"]])
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as fault:
        raise BackupDamaged from fault


def note_of(session: Session) -> Note:
    """What a copy that is begun from now on will cover at least."""
    journal = journal_of(session)
    return Note(journal.generation(), journal.head(), journal.positions())


def copy_sqlite(session: Session, target: Path) -> Note:
    """Copies an embedded database beside its running server, and returns when the copy is on the disk."""
    source = session.connection().connection.driver_connection
    half_made = target.with_name(target.name + ".part")
    half_made.unlink(missing_ok=True)
    half_made.touch()
    with closing(sqlite_driver.connect(str(half_made), isolation_level=None)) as copy:
        source.backup(copy)  # type: ignore[union-attr]  # SQLite's own, on the snapshot of this session
        copy.execute("PRAGMA journal_mode=DELETE").close()
        note = _read_copy(copy)
    with half_made.open("rb") as written:
        os.fsync(written.fileno())
    half_made.replace(target)
    _sync_folder(target.parent)
    return note


def _read_copy(copy: Any) -> Note:
    """What a copy holds; refuses with backup.damaged."""
    try:
        (sound,) = copy.execute("PRAGMA quick_check(1)").fetchone()
        if sound != "ok":
            raise BackupDamaged
        generation, head = copy.execute("SELECT generation, seq FROM sync_head").fetchone()
        queues = copy.execute("SELECT device, epoch, user_id, acked FROM sync_queues").fetchall()
    except (sqlite_driver.DatabaseError, TypeError) as fault:
        raise BackupDamaged from fault
    return Note(generation, head, [Position(*queue) for queue in queues])


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def mark(ctx: Ctx, note: Note) -> None:
    """The copy that the note tells of is durable: phones may forget what it covers. Refuses with backup.foreign."""
    journal = journal_of(ctx.session)
    if note.generation != journal.generation() or note.head > journal.head():
        raise BackupForeign
    journal.mark_safe(note.queues)
    audit.record(ctx, MARKED, SUBJECT, head=note.head, queues=len(note.queues))


def last_marked_at(session: Session) -> datetime | None:
    """When a backup was last marked; None when none ever was."""
    marks = select(audit.AuditEntry.at).where(audit.AuditEntry.subject == SUBJECT, audit.AuditEntry.deed == MARKED)
    return session.exec(marks.order_by(col(audit.AuditEntry.seq).desc()).limit(1)).first()


def put_back(file: Path, database: Path) -> Path | None:
    """Puts a copy in the place of an embedded database that nobody holds; gives where the present one was moved to.

    Refuses with backup.damaged, backup.in_use.
    """
    with closing(sqlite_driver.connect(f"file:{file}?mode=ro", uri=True)) as copy:
        _read_copy(copy)
    aside = None
    if database.exists():
        _need_unused(database)
        aside = database.with_name(f"{database.name}.before-{new_id()}")
        database.replace(aside)
    for end in ("-wal", "-shm"):
        database.with_name(database.name + end).unlink(missing_ok=True)
    half_made = database.with_name(database.name + ".part")
    shutil.copyfile(file, half_made)
    with half_made.open("rb") as written:
        os.fsync(written.fileno())
    half_made.replace(database)
    _sync_folder(database.parent)
    return aside


def _need_unused(database: Path) -> None:
    """Leaving the WAL folds it into the file, and is refused while anybody else has the file open."""
    try:
        with closing(sqlite_driver.connect(str(database), isolation_level=None, timeout=1.0)) as held:
            (mode,) = held.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite_driver.OperationalError as fault:
        raise DatabaseInUse from fault
    except sqlite_driver.DatabaseError:
        return  # damaged: that is why it is being replaced
    if mode != "delete":
        raise DatabaseInUse


def begin_new_life(ctx: Ctx) -> str:
    """After a restore: every phone reconciles, and sends again what the backup does not hold. Gives the new name."""
    generation = new_id()
    renew_generation(ctx.session.connection(), generation)
    audit.record(ctx, RESTORED, SUBJECT)
    return generation
