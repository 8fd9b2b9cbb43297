"""Clock-ins within the reader's sight."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select

from backend.attendance.tables import Punch
from backend.kernel.authority import Principal
from backend.kernel.context import Ctx
from backend.kernel.paging import beyond, cursor_of, cut, read_cursor
from backend.kernel.sight import desk_areas, in_areas
from mobile_contract import attendance as wire
from mobile_contract.base import Page
from sync.stores.driver import portions


def punches_in_sight(principal: Principal) -> ColumnElement[bool]:
    """One's own, and from a desk all in one's areas. Where somebody was is no matter of their team's."""
    return or_(
        col(Punch.person_id) == principal.person_id,
        in_areas(Punch.area_path, desk_areas(principal)),
    )


def punches(ctx: Ctx, wanted: wire.PunchFilter, cursor: str | None, limit: int) -> Page[wire.Punch]:
    """A page of the clock-ins in sight, latest act first."""
    query = select(Punch).where(punches_in_sight(ctx.principal), *_narrowed(wanted))
    place = [col(Punch.trusted_at), col(Punch.id)]
    if cursor:
        query = query.where(beyond(place, read_cursor(cursor, datetime, str), falling=True))
    rows = ctx.session.exec(query.order_by(*(c.desc() for c in place)).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.trusted_at, row.id))
    return Page(items=[punch_shape(row) for row in page], next=following)


def _narrowed(wanted: wire.PunchFilter) -> Iterable[ColumnElement[bool]]:
    if wanted.since_at:
        yield col(Punch.trusted_at) >= wanted.since_at
    if wanted.until_at:
        yield col(Punch.trusted_at) < wanted.until_at
    if wanted.person_id:
        yield col(Punch.person_id) == wanted.person_id
    if wanted.team_id:
        yield col(Punch.team_id) == wanted.team_id
    if wanted.place:
        yield col(Punch.place) == wanted.place.value
    if wanted.review is not None:
        yield col(Punch.review).is_(wanted.review)


def punch_shape(row: Punch) -> wire.Punch:
    """A clock-in as it travels."""
    return wire.Punch.model_validate(row, from_attributes=True)


def punch_row(ctx: Ctx, punch_id: str) -> Punch | None:
    """A clock-in by the id its maker gave it."""
    return ctx.session.get(Punch, punch_id)


def punch_rows(ctx: Ctx, punch_ids: Sequence[str]) -> dict[str, Punch]:
    """{id: clock-in} of those of these ids that are taken."""
    found: dict[str, Punch] = {}
    for portion in portions(punch_ids):
        found |= {row.id: row for row in ctx.session.exec(select(Punch).where(col(Punch.id).in_(portion)))}
    return found


def punches_with_place(ctx: Ctx, before: datetime, limit: int) -> Sequence[Punch]:
    """Clock-ins of before a time whose coordinates are still kept."""
    return ctx.session.exec(
        select(Punch)
        .where(col(Punch.trusted_at) < before, col(Punch.longitude).is_not(None))
        .order_by(col(Punch.trusted_at), col(Punch.id))
        .limit(limit)
    ).all()
