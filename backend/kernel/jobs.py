"""Jobs: work for later, written inside the transaction that wants it, and done exactly once.

A job's row is the only record of it. Its effect and `done_at` commit together, so a worker that is killed leaves either
both or neither; a lease says who is at it, and a lease that nobody renews lapses.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Index, Text, and_, bindparam, or_, text
from sqlmodel import Field, Session, SQLModel, col, select

from backend.kernel.audit import record
from backend.kernel.context import Ctx
from backend.kernel.ids import new_id
from backend.kernel.module import Job
from backend.kernel.prepared import Prepared
from backend.kernel.tables import ID, Instant

TRIES_MAX = 8
LEASE = timedelta(seconds=60)
RETRY_FIRST = timedelta(seconds=5)
RETRY_LAST = timedelta(hours=1)
DONE_KEPT = timedelta(days=30)
"""How long a finished job stays to be looked at, and its key dedupes."""
PRUNE_MAX = 500
ERROR_CHARS_MAX = 2_000
LIST_MAX = 200
AHEAD = timedelta(days=1)
"""Jobs are taken in the order they are due: what goes ahead of all is due since yesterday."""
ENQUEUED = "jobs_enqueued"
"""Set in `session.info` once a job was enqueued: a worker in the same process wakes at the commit."""

_OPEN = text("done_at IS NULL AND failed_at IS NULL")


class JobState(StrEnum):
    """What a person asks the list of jobs for."""

    waiting = "waiting"
    running = "running"
    done = "done"
    failed = "failed"


class JobRow(SQLModel, table=True):
    """A job from wish to end."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_open", "run_after_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),)

    id: str = Field(primary_key=True, sa_type=ID)
    name: str = Field(max_length=64)
    args: str = Field(sa_type=Text)
    """A JSON object."""
    key: str | None = Field(default=None, max_length=200, unique=True)
    created_at: datetime = Field(sa_type=Instant)
    run_after_at: datetime = Field(sa_type=Instant)
    handed_at: datetime | None = Field(default=None, sa_type=Instant)
    held_by: str | None = Field(default=None, max_length=100, index=True)
    lease_until_at: datetime | None = Field(default=None, sa_type=Instant)
    tries: int = 0
    done_at: datetime | None = Field(default=None, sa_type=Instant, index=True)
    failed_at: datetime | None = Field(default=None, sa_type=Instant)
    last_error: str | None = Field(default=None, sa_type=Text)


@dataclass(frozen=True, slots=True)
class SlowJob(Job):
    """A job with slow work (bytes, networks) that must not hold up other writers.

    `prepare(ctx, args)` runs first, on a reading session, and may run again after a crash; what it returns is given to
    `run(ctx, args)` in place of the args, inside the transaction.
    """

    prepare: Callable[[Ctx, dict[str, Any]], dict[str, Any]] | None = None


class Later(Exception):
    """Raised by a job: not now, but after so long, as whom it speaks to has said. Counts as a try."""

    def __init__(self, after_s: float, why: str) -> None:
        super().__init__(why)
        self.after_s = min(max(after_s, 0.0), RETRY_LAST.total_seconds())


@dataclass(frozen=True, slots=True)
class Handed:
    """A job in a worker's hands."""

    id: str
    name: str
    args: dict[str, Any]


_OF_KEY: Prepared[tuple[str]] = Prepared(select(JobRow.id).where(col(JobRow.key) == bindparam("wished")))


def enqueue(
    ctx: Ctx,
    name: str,
    args: Mapping[str, Any],
    *,
    run_after: datetime | None = None,
    key: str | None = None,
    ahead: bool = False,
) -> str:
    """Wishes a job in the caller's transaction and gives its id; a second wish of one `key` gives the first's.
    `ahead`: before all that waits already."""
    if key is not None and (first := _wished(ctx.session, key)) is not None:
        return first
    now = ctx.now()
    due = now - AHEAD if ahead else run_after or now
    row = JobRow(id=new_id(), name=name, args=orjson.dumps(args).decode(), key=key, created_at=now, run_after_at=due)
    ctx.session.add(row)
    ctx.session.flush()
    ctx.session.info[ENQUEUED] = True
    return row.id


def is_wished(session: Session, key: str) -> bool:
    """Whether a job of this key was wished, done or not."""
    return _wished(session, key) is not None


def _wished(session: Session, key: str) -> str | None:
    known = _OF_KEY.first(session, wished=key)
    return known[0] if known else None


# -- in a worker's hands ------------------------------------------------------------------------------------------


def any_due(session: Session, now: datetime) -> bool:
    """Whether there is something to claim; asks without waiting for the writers' turn."""
    return session.exec(select(JobRow.id).where(_due(now)).limit(1)).first() is not None


def claim(ctx: Ctx, worker: str, limit: int) -> list[Handed]:
    """Takes up to `limit` due jobs, oldest first. Tries are counted here, so a job that kills its worker ends too."""
    now = ctx.now()
    order = (col(JobRow.run_after_at), col(JobRow.id))
    handed = []
    for row in ctx.session.exec(select(JobRow).where(_due(now)).order_by(*order).limit(limit)):
        if row.tries >= TRIES_MAX:
            row.failed_at, row.held_by, row.lease_until_at = now, None, None
            row.last_error = row.last_error or "its worker did not come back"
        else:
            row.handed_at, row.held_by, row.lease_until_at = now, worker, now + LEASE
            row.tries += 1
            handed.append(Handed(row.id, row.name, orjson.loads(row.args)))
        ctx.session.add(row)
    return handed


def renew(ctx: Ctx, worker: str, ids: Collection[str]) -> None:
    """Says that the worker is still at these jobs."""
    for row in ctx.session.exec(select(JobRow).where(JobRow.held_by == worker, col(JobRow.id).in_(ids))):
        row.lease_until_at = ctx.now() + LEASE
        ctx.session.add(row)


def release(ctx: Ctx, worker: str) -> int:
    """Gives back all that the worker of this name held: it has just started, or stops. Returns how many."""
    rows = ctx.session.exec(select(JobRow).where(JobRow.held_by == worker)).all()
    for row in rows:
        row.held_by = row.lease_until_at = None
        ctx.session.add(row)
    return len(rows)


def finish(ctx: Ctx, worker: str, job_id: str) -> bool:
    """Marks the job done, in the transaction of its effect; False when it is not the worker's any more."""
    row = ctx.session.get(JobRow, job_id)
    if row is None or row.held_by != worker or row.done_at is not None:
        return False
    row.done_at, row.held_by, row.lease_until_at, row.last_error = ctx.now(), None, None, None
    ctx.session.add(row)
    ctx.session.flush()
    return True


def fail(ctx: Ctx, worker: str, job_id: str, error: str, after: timedelta | None = None) -> None:
    """Keeps the error; the job comes again `after` so long or after a while of our own, or, after TRIES_MAX, waits for
    a person."""
    row = ctx.session.get(JobRow, job_id)
    if row is None or row.held_by != worker:
        return
    row.held_by = row.lease_until_at = None
    row.last_error = error[:ERROR_CHARS_MAX]
    if row.tries >= TRIES_MAX:
        row.failed_at = ctx.now()
    else:
        row.run_after_at = ctx.now() + (pause(row.tries) if after is None else after)
    ctx.session.add(row)


def pause(tries: int) -> timedelta:
    """How long to wait after so many tries: three times as long each time, up to RETRY_LAST."""
    return min(timedelta(seconds=RETRY_FIRST.total_seconds() * 3.0 ** (tries - 1)), RETRY_LAST)


def prune(ctx: Ctx) -> None:
    """Forgets jobs that were done long ago; failed ones stay until a person has seen to them."""
    old = select(JobRow).where(col(JobRow.done_at) < ctx.now() - DONE_KEPT).limit(PRUNE_MAX)
    for row in ctx.session.exec(old).all():
        ctx.session.delete(row)


def _due(now: datetime) -> ColumnElement[bool]:
    free = or_(col(JobRow.lease_until_at).is_(None), col(JobRow.lease_until_at) < now)
    return and_(_OPEN, col(JobRow.run_after_at) <= now, free)


# -- for people ---------------------------------------------------------------------------------------------------


def list_jobs(session: Session, state: JobState | None = None, limit: int = LIST_MAX) -> Sequence[JobRow]:
    """The newest jobs, those of one state when it is named."""
    held = col(JobRow.held_by)
    wanted: dict[JobState | None, list[ColumnElement[bool]]] = {
        None: [],
        JobState.waiting: [and_(_OPEN, held.is_(None))],
        JobState.running: [and_(_OPEN, held.is_not(None))],
        JobState.done: [col(JobRow.done_at).is_not(None)],
        JobState.failed: [col(JobRow.failed_at).is_not(None)],
    }
    page = select(JobRow).where(*wanted[state]).order_by(col(JobRow.id).desc()).limit(min(limit, LIST_MAX))
    return session.exec(page).all()


def retry(ctx: Ctx, job_id: str) -> bool:
    """Gives a failed job all its tries again, now; False when there is no such failed job."""
    row = ctx.session.get(JobRow, job_id)
    if row is None or row.failed_at is None:
        return False
    row.failed_at, row.tries, row.run_after_at = None, 0, ctx.now()
    ctx.session.add(row)
    ctx.session.info[ENQUEUED] = True
    record(ctx, "jobs.retried", f"job:{job_id}", name=row.name)
    return True
