"""Clock-ins in the queue, and those beside them by which they are judged."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_
from sqlmodel import col, select

from backend.attendance.queries.punches import punch_shape
from backend.attendance.rules.integrity import SUSPECT_FROM, TAMPERED_FROM, unavailable
from backend.attendance.rules.refusals import RequestUnknown
from backend.attendance.tables import Punch, PunchReview
from backend.kernel.context import Ctx
from backend.kernel.paging import beyond, cursor_of, cut, read_cursor
from backend.kernel.sight import in_areas
from mobile_contract import attendance
from mobile_contract import reviews as wire
from mobile_contract.base import Page

BESIDE = timedelta(days=7)
BESIDE_MAX = 5_000
MANAGE = "attendance.manage"


def punches_received(ctx: Ctx, since: datetime, until: datetime) -> list[attendance.Punch]:
    """Clock-ins that came in a stretch of time."""
    rows = ctx.session.exec(select(Punch).where(col(Punch.received_at) >= since, col(Punch.received_at) < until))
    return [punch_shape(row) for row in rows]


def punches_beside(ctx: Ctx, punches: Sequence[attendance.Punch]) -> list[attendance.Punch]:
    """Clock-ins of the same persons, phones or photos, within a week."""
    if not punches:
        return []
    times = [punch.trusted_at for punch in punches]
    same = [
        col(Punch.person_id).in_({p.person_id for p in punches}),
        col(Punch.device_id).in_({p.device_id for p in punches if p.device_id}),
        col(Punch.photo).in_({p.photo for p in punches if p.photo}),
    ]
    rows = ctx.session.exec(
        select(Punch)
        .where(col(Punch.trusted_at) >= min(times) - BESIDE, col(Punch.trusted_at) <= max(times) + BESIDE, or_(*same))
        .order_by(col(Punch.trusted_at), col(Punch.id))
        .limit(BESIDE_MAX)
    )
    return [punch_shape(row) for row in rows]


def reviews_known(ctx: Ctx, punch_ids: Collection[str]) -> dict[str, PunchReview]:
    """Entries of the queue by the clock-in's id."""
    rows = ctx.session.exec(select(PunchReview).where(col(PunchReview.id).in_(sorted(punch_ids))))
    return {row.id: row for row in rows}


def review_row(ctx: Ctx, punch_id: str) -> PunchReview:
    """An entry in sight; refuses with attendance.request_unknown."""
    areas = in_areas(PunchReview.area_path, ctx.principal.areas(MANAGE))
    row = ctx.session.exec(select(PunchReview).where(PunchReview.id == punch_id, areas)).first()
    if row is None:
        raise RequestUnknown
    return row


def reviews(
    ctx: Ctx, state: wire.ReviewState | None, area: str | None, cursor: str | None, limit: int
) -> Page[wire.ReviewItem]:
    """A page of the queue in sight, latest first."""
    query = select(PunchReview, Punch).join(Punch, col(Punch.id) == col(PunchReview.id))
    query = query.where(in_areas(PunchReview.area_path, ctx.principal.areas(MANAGE)))
    if state:
        query = query.where(PunchReview.state == state.value)
    if area:
        query = query.where(in_areas(PunchReview.area_path, [area]))
    if cursor:
        query = query.where(beyond([col(PunchReview.id)], read_cursor(cursor, str), falling=True))
    rows = ctx.session.exec(query.order_by(col(PunchReview.id).desc()).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda pair: cursor_of(pair[0].id))
    return Page(items=list(_items(page)), next=following)


def _items(rows: Iterable[tuple[PunchReview, Punch]]) -> Iterable[wire.ReviewItem]:
    for row, punch_row in rows:
        punch = punch_shape(punch_row)
        yield wire.ReviewItem(review=review_shape(row), punch=punch, unavailable=list(unavailable(punch)))


def review_shape(row: PunchReview) -> wire.PunchReview:
    """An entry as it travels."""
    level = wire.Level.tampered if row.score >= TAMPERED_FROM else wire.Level.suspect
    told = [_told(entry) for entry in row.signals]
    return wire.PunchReview(
        id=row.id,
        person_id=row.person_id,
        area_path=row.area_path,
        done_at=row.done_at,
        score=row.score,
        level=level if row.score >= SUSPECT_FROM else wire.Level.ok,
        signals=told,
        state=wire.ReviewState(row.state),
        reason=row.reason,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )


def _told(entry: dict[str, int | str]) -> wire.SignalTold:
    signal = wire.Signal(str(entry["signal"]))
    zh, en = wire.SIGNAL_TEXTS[signal]
    return wire.SignalTold(signal=signal, weight=int(entry["weight"]), zh=zh, en=en)


def rejected(ctx: Ctx, person_ids: Collection[str], since: datetime, until: datetime) -> set[str]:
    """Clock-ins that were looked at and count no more."""
    rows = select(PunchReview.id).where(
        col(PunchReview.person_id).in_(person_ids),
        PunchReview.state == wire.ReviewState.rejected.value,
        col(PunchReview.done_at) >= since,
        col(PunchReview.done_at) < until,
    )
    return set(ctx.session.exec(rows))
