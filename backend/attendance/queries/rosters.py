"""Shift types, rosters and absences: rows for deeds, and shapes within sight."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, or_
from sqlmodel import col, select

from backend.attendance import rules
from backend.attendance.rules import Span
from backend.attendance.tables import Absence, DayResult, Post, RosterDay, ShiftType
from backend.kernel.authority import Principal
from backend.kernel.calendar import Calendar, local_day, midnight_ms
from backend.kernel.clock import from_ms, to_ms
from backend.kernel.context import Ctx
from backend.kernel.paging import beyond, cursor_of, cut, read_cursor
from backend.kernel.prepared import Prepared
from backend.kernel.sight import desk_areas, in_areas
from backend.people import queries as people
from mobile_contract import rosters as wire
from mobile_contract.base import Page
from sync.stores.driver import portions


def home_of(ctx: Ctx, person_id: str) -> str:
    """Where a person is employed; the district when nobody knows."""
    return people.area_of(ctx, person_id) or f"/{ctx.settings.district}/"


# -- shift types ---------------------------------------------------------------------------------------------------


def shift_types_in_sight(principal: Principal) -> ColumnElement[bool]:
    """Those of one's own areas, and of the areas around them: a street's shifts hold in its grids."""
    return _in_and_around(ShiftType.area_path, principal)


def _in_and_around(path: str, principal: Principal) -> ColumnElement[bool]:
    areas = principal.areas("attendance.read")
    above = {area[: i + 1] for area in areas for i, sign in enumerate(area) if sign == "/" and i}
    return or_(in_areas(path, areas), col(path).in_(sorted(above)))


def shift_type(ctx: Ctx, shift_id: str) -> ShiftType:
    """A shift type in sight; refuses with attendance.shift_unknown."""
    query = select(ShiftType).where(ShiftType.id == shift_id, shift_types_in_sight(ctx.principal))
    row = ctx.session.exec(query).first()
    if row is None:
        raise rules.ShiftUnknown
    return row


def shift_types(ctx: Ctx, cursor: str | None, limit: int) -> Page[wire.ShiftType]:
    """A page of the shift types in sight, oldest first."""
    query = select(ShiftType).where(shift_types_in_sight(ctx.principal))
    if cursor:
        query = query.where(beyond([col(ShiftType.id)], read_cursor(cursor, str)))
    rows = ctx.session.exec(query.order_by(col(ShiftType.id)).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.id))
    return Page(items=[shift_type_shape(row) for row in page], next=following)


def shift_types_named(ctx: Ctx) -> dict[str, ShiftType]:
    """Shift types in sight that are not ended, by name; the newest of a name."""
    rows = ctx.session.exec(
        select(ShiftType)
        .where(shift_types_in_sight(ctx.principal), col(ShiftType.ended_at).is_(None))
        .order_by(col(ShiftType.id))
    )
    return {row.name: row for row in rows}


def shift_type_shape(row: ShiftType) -> wire.ShiftType:
    """A shift type as it travels."""
    return wire.ShiftType.model_validate(row, from_attributes=True)


# -- posts ---------------------------------------------------------------------------------------------------------


def posts_in_sight(principal: Principal) -> ColumnElement[bool]:
    """Those of one's own areas, and of the areas around them."""
    return _in_and_around(Post.area_path, principal)


def post(ctx: Ctx, post_id: str) -> Post:
    """A post in sight; refuses with attendance.post_unknown."""
    row = ctx.session.exec(select(Post).where(Post.id == post_id, posts_in_sight(ctx.principal))).first()
    if row is None:
        raise rules.PostUnknown
    return row


def posts(ctx: Ctx, cursor: str | None, limit: int) -> Page[wire.Post]:
    """A page of the posts in sight, oldest first."""
    query = select(Post).where(posts_in_sight(ctx.principal))
    if cursor:
        query = query.where(beyond([col(Post.id)], read_cursor(cursor, str)))
    rows = ctx.session.exec(query.order_by(col(Post.id)).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.id))
    return Page(items=[post_shape(row) for row in page], next=following)


def posts_by_id(ctx: Ctx, post_ids: Collection[str]) -> dict[str, Post]:
    """Posts that rosters name, whoever asks."""
    rows = ctx.session.exec(select(Post).where(col(Post.id).in_(sorted(post_ids))))
    return {row.id: row for row in rows}


def posts_named(ctx: Ctx) -> dict[str, Post]:
    """Posts in sight that are not ended, by name; the newest of a name."""
    mine = select(Post).where(posts_in_sight(ctx.principal), col(Post.ended_at).is_(None))
    return {row.name: row for row in ctx.session.exec(mine.order_by(col(Post.id)))}


def post_shape(row: Post) -> wire.Post:
    """A post as it travels."""
    return wire.Post.model_validate(row, from_attributes=True)


# -- rosters -------------------------------------------------------------------------------------------------------


def rostered_to(ctx: Ctx, shift_ids: Collection[str], post_ids: Collection[str], since: date) -> list[str]:
    """Who has one of the shifts or posts on a day or later, whoever asks."""
    if not shift_ids and not post_ids:
        return []
    duty = or_(col(RosterDay.shift_type_id).in_(sorted(shift_ids)), col(RosterDay.post_id).in_(sorted(post_ids)))
    rows = ctx.session.exec(select(RosterDay.person_id).where(duty, col(RosterDay.on) >= since).distinct())
    return sorted(rows.all())


_DUTIES: Prepared[tuple[str | None, str | None, date, list[dict[str, Any]]]] = Prepared(
    select(RosterDay.shift_type_id, RosterDay.post_id, col(RosterDay.on), col(RosterDay.parts)).where(
        col(RosterDay.person_id) == bindparam("person"),
        col(RosterDay.on) >= bindparam("since"),
        col(RosterDay.on) <= bindparam("until"),
    )
)


def duties_held(ctx: Ctx, person_id: str, since: datetime, until: datetime) -> list[tuple[str, Span]]:
    """The shifts and posts of a person between two instants, as audiences of fences, each with the time in which its
    fences count: its day and the shift's window."""
    first_on, last_on = local_day(since) - timedelta(days=2), local_day(until) + timedelta(days=1)
    rows = _DUTIES.rows(ctx.session, person=person_id, since=first_on, until=last_on)
    found = []
    for shift_id, post_id, on, parts in rows:
        if shift_id:
            low, high = rules.window(rules.Shift(shift_id, "", tuple(rules.Part(**part) for part in parts)), on)
            span = min(low, midnight_ms(on)), max(high, midnight_ms(on + timedelta(days=1)))
            found += [(duty, span) for duty in rules.duty_words([shift_id], [post_id] if post_id else [])]
    return found


def shift_end(ctx: Ctx, person_id: str, at: datetime) -> datetime | None:
    """When the shift ended, or will, in which a person was at an instant; None: they had none then."""
    day, now_ms = local_day(at), to_ms(at)
    rows = _DUTIES.rows(ctx.session, person=person_id, since=day - timedelta(days=2), until=day + timedelta(days=1))
    for shift_id, _, on, parts in rows:
        if not shift_id or not parts:
            continue
        shift = rules.Shift(shift_id, "", tuple(rules.Part(**part) for part in parts))
        low, high = rules.window(shift, on)
        if low <= now_ms <= high:
            return from_ms(rules.planned(shift, on)[1])
    return None


def roster_rows(ctx: Ctx, person_ids: Collection[str], first_on: date, last_on: date) -> list[RosterDay]:
    """The roster of persons over days, whoever asks."""
    found: list[RosterDay] = []
    for ids in portions(sorted(person_ids)):
        found += ctx.session.exec(
            select(RosterDay).where(
                col(RosterDay.person_id).in_(ids),
                col(RosterDay.on) >= first_on,
                col(RosterDay.on) <= last_on,
            )
        ).all()
    return found


def rosters(
    ctx: Ctx, first_on: date, last_on: date, person_id: str | None, cursor: str | None, limit: int
) -> Page[wire.RosterDay]:
    """A page of the roster in sight, by day."""
    me = ctx.principal
    mine = or_(col(RosterDay.person_id) == me.person_id, in_areas(RosterDay.area_path, desk_areas(me)))
    query = select(RosterDay).where(mine, col(RosterDay.on) >= first_on, col(RosterDay.on) <= last_on)
    if person_id:
        query = query.where(RosterDay.person_id == person_id)
    place = [col(RosterDay.on), col(RosterDay.id)]
    if cursor:
        on, row_id = read_cursor(cursor, str, str)
        query = query.where(beyond(place, (read_day(on), row_id)))
    rows = ctx.session.exec(query.order_by(*place).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.on.isoformat(), row.id))
    return Page(items=[roster_shape(row) for row in page], next=following)


def read_day(text: str) -> date:
    """The day that a cursor names; a cursor of nonsense begins at the beginning."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.min


def roster_shape(row: RosterDay) -> wire.RosterDay:
    """A roster's day as it travels."""
    return wire.RosterDay.model_validate(row, from_attributes=True)


def known_days(ctx: Ctx, first_on: date, last_on: date) -> list[tuple[str, date]]:
    """Every day of every person with a roster or a result, whoever asks."""
    found: set[tuple[str, date]] = set()
    tables: Iterable[type[RosterDay] | type[DayResult]] = (RosterDay, DayResult)
    for table in tables:
        rows = ctx.session.exec(
            select(table.person_id, col(table.on)).where(col(table.on) >= first_on, col(table.on) <= last_on)
        )
        found |= {(person_id, on) for person_id, on in rows}
    return sorted(found)


# -- absences ------------------------------------------------------------------------------------------------------


def absences(
    ctx: Ctx, since: datetime | None, person_id: str | None, cursor: str | None, limit: int
) -> Page[wire.Absence]:
    """A page of the absences in sight, newest first."""
    me = ctx.principal
    query = select(Absence).where(
        or_(col(Absence.person_id) == me.person_id, in_areas(Absence.area_path, desk_areas(me)))
    )
    if since:
        query = query.where(col(Absence.until_at) > since)
    if person_id:
        query = query.where(Absence.person_id == person_id)
    if cursor:
        query = query.where(beyond([col(Absence.id)], read_cursor(cursor, str), falling=True))
    rows = ctx.session.exec(query.order_by(col(Absence.id).desc()).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.id))
    return Page(items=[absence_shape(row) for row in page], next=following)


def absence_row(ctx: Ctx, absence_id: str) -> Absence:
    """An absence in the caller's care; refuses with attendance.absence_unknown."""
    areas = ctx.principal.areas("attendance.manage")
    row = ctx.session.exec(select(Absence).where(Absence.id == absence_id, in_areas(Absence.area_path, areas))).first()
    if row is None:
        raise rules.AbsenceUnknown
    return row


def absences_over(ctx: Ctx, person_id: str, since: datetime, until: datetime) -> Sequence[Absence]:
    """Absences of a person that touch a time and were not withdrawn."""
    return ctx.session.exec(
        select(Absence).where(
            Absence.person_id == person_id,
            col(Absence.until_at) > since,
            col(Absence.since_at) < until,
            col(Absence.withdrawn_at).is_(None),
        )
    ).all()


def absence_shape(row: Absence) -> wire.Absence:
    """An absence as it travels."""
    return wire.Absence.model_validate({**row.model_dump(), "entered_by": row.entered_by or None})


def calendar_shape(calendar: Calendar) -> wire.DistrictCalendar:
    """The calendar as it travels."""
    days = [wire.CalendarDay(on=on, kind=kind, name=name) for on, (kind, name) in sorted(calendar.days.items())]
    return wire.DistrictCalendar(version=calendar.version, source=calendar.source, days=days)
