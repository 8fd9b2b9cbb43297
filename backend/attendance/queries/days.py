"""Day results, month sheets, requests and disputes: rows for deeds, and shapes within sight."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, exists, func, or_
from sqlmodel import col, select

from backend.attendance import rules
from backend.attendance.queries.facts import HOUR_MS
from backend.attendance.queries.rosters import known_days
from backend.attendance.tables import (
    DayResult,
    Dispute,
    MonthSheet,
    Punch,
    PunchRequest,
    RosterDay,
    SheetEntry,
    Watermark,
)
from backend.kernel.calendar import DAY_MIN, MINUTE_MS, local_day, midnight_ms, minute_ms
from backend.kernel.clock import from_ms
from backend.kernel.context import Ctx
from backend.kernel.paging import beyond, cursor_of, cut, read_cursor
from backend.kernel.sight import desk_areas, in_areas
from mobile_contract import days as wire
from mobile_contract.base import Page
from sync.stores.driver import portions

CATCH_UP_DAYS = 45
"""Rostered days without a result are looked for so far back."""


def month_span(month: str) -> tuple[date, date]:
    """First and last day of `2026-09`."""
    year, number = int(month[:4]), int(month[5:])
    following = date(year + number // 12, number % 12 + 1, 1)
    return date(year, number, 1), following - timedelta(days=1)


def month_days(ctx: Ctx, month: str) -> list[tuple[str, date]]:
    """Every day of every person of a month, up to today, with a roster or a result; whoever asks."""
    first_on, last_on = month_span(month)
    return known_days(ctx, first_on, min(last_on, local_day(ctx.now())))


# -- rows for deeds ------------------------------------------------------------------------------------------------


def results_of(ctx: Ctx, person_ids: Collection[str], first_on: date, last_on: date) -> list[DayResult]:
    """The results of persons over days, whoever asks."""
    found: list[DayResult] = []
    for ids in portions(sorted(person_ids)):
        found += ctx.session.exec(
            select(DayResult)
            .where(
                col(DayResult.person_id).in_(ids),
                col(DayResult.on) >= first_on,
                col(DayResult.on) <= last_on,
            )
            .order_by(col(DayResult.person_id), col(DayResult.on))
        ).all()
    return found


def frozen_of(ctx: Ctx, person_ids: Collection[str], months: Collection[str]) -> list[MonthSheet]:
    """Frozen sheets of persons in months."""
    found: list[MonthSheet] = []
    for ids in portions(sorted(person_ids)):
        found += ctx.session.exec(
            select(MonthSheet).where(col(MonthSheet.person_id).in_(ids), col(MonthSheet.month).in_(months))
        ).all()
    return found


def entries_of(ctx: Ctx, person_ids: Collection[str], months: Collection[str]) -> list[SheetEntry]:
    """What came after the freeze, in the order it came."""
    found: list[SheetEntry] = []
    for ids in portions(sorted(person_ids)):
        found += ctx.session.exec(
            select(SheetEntry)
            .where(col(SheetEntry.person_id).in_(ids), col(SheetEntry.month).in_(months))
            .order_by(col(SheetEntry.id))
        ).all()
    return found


def days_of(sheet: MonthSheet) -> list[wire.MonthDay]:
    """The days of a frozen sheet."""
    return [wire.MonthDay.model_validate(day) for day in orjson.loads(sheet.days)]


def overdue(ctx: Ctx, limit: int) -> list[tuple[str, date]]:
    """Undecided days that can be decided now: the phone was heard beyond them, or was silent too long."""
    heard = exists().where(
        col(Watermark.person_id) == col(DayResult.person_id),
        or_(col(Watermark.through_at) >= col(DayResult.until_at), col(Watermark.released_at).is_not(None)),
    )
    given_up = ctx.now() - timedelta(milliseconds=ctx.settings.no_contact_h * HOUR_MS)
    rows = ctx.session.exec(
        select(DayResult.person_id, col(DayResult.on))
        .where(
            DayResult.state == wire.DayState.provisional.value,
            col(DayResult.until_at) < ctx.now(),
            or_(col(DayResult.until_at) < given_up, heard),
        )
        .order_by(col(DayResult.until_at))
        .limit(limit)
    )
    return [(person_id, on) for person_id, on in rows]


def unjudged(ctx: Ctx, today: date, limit: int) -> list[tuple[str, date]]:
    """Rostered days up to today of which there is no result yet."""
    judged = and_(col(DayResult.person_id) == col(RosterDay.person_id), col(DayResult.on) == col(RosterDay.on))
    rows = ctx.session.exec(
        select(RosterDay.person_id, col(RosterDay.on))
        .join(DayResult, judged, isouter=True)
        .where(
            col(RosterDay.on) <= today,
            col(RosterDay.on) >= today - timedelta(days=CATCH_UP_DAYS),
            col(RosterDay.shift_type_id).is_not(None),
            col(DayResult.id).is_(None),
        )
        .limit(limit)
    )
    return [(person_id, on) for person_id, on in rows]


def open_days(ctx: Ctx, month: str, area: str) -> int:
    """Days of persons in an area that may still change by themselves, or have not come yet."""
    first_on, last_on = month_span(month)
    undecided = ctx.session.exec(
        select(func.count()).where(
            col(DayResult.on) >= first_on,
            col(DayResult.on) <= last_on,
            DayResult.state == wire.DayState.provisional.value,
            in_areas(DayResult.area_path, [area]),
        )
    ).one()
    judged = and_(col(DayResult.person_id) == col(RosterDay.person_id), col(DayResult.on) == col(RosterDay.on))
    missing = ctx.session.exec(
        select(func.count())
        .select_from(RosterDay)
        .join(DayResult, judged, isouter=True)
        .where(
            col(RosterDay.on) >= first_on,
            col(RosterDay.on) <= last_on,
            col(RosterDay.shift_type_id).is_not(None),
            col(DayResult.id).is_(None),
            in_areas(RosterDay.area_path, [area]),
        )
    ).one()
    return undecided + missing


def persons_of_month(ctx: Ctx, month: str, areas: Sequence[str]) -> list[tuple[str, str]]:
    """(person, area) of everybody with a result in a month, by id; the last day's area counts."""
    first_on, last_on = month_span(month)
    rows = ctx.session.exec(
        select(DayResult.person_id, DayResult.area_path)
        .where(col(DayResult.on) >= first_on, col(DayResult.on) <= last_on, in_areas(DayResult.area_path, areas))
        .order_by(col(DayResult.person_id), col(DayResult.on))
    )
    return sorted(dict(rows.all()).items())


def request_row(ctx: Ctx, request_id: str) -> PunchRequest | None:
    """A request by the id its maker gave it."""
    return ctx.session.get(PunchRequest, request_id)


def requests_used(ctx: Ctx, person_id: str, month: str) -> int:
    """Requests of a month that stand: open or approved."""
    first_on, last_on = month_span(month)
    standing = (wire.RequestState.open.value, wire.RequestState.approved.value)
    return ctx.session.exec(
        select(func.count()).where(
            PunchRequest.person_id == person_id,
            col(PunchRequest.on) >= first_on,
            col(PunchRequest.on) <= last_on,
            col(PunchRequest.state).in_(standing),
        )
    ).one()


def requests_open(ctx: Ctx, days: Collection[tuple[str, date]]) -> list[PunchRequest]:
    """The requests for these days of these persons that wait for a decision."""
    found: list[PunchRequest] = []
    for persons in portions(sorted({person_id for person_id, _ in days})):
        found += ctx.session.exec(
            select(PunchRequest).where(
                col(PunchRequest.person_id).in_(persons),
                PunchRequest.state == wire.RequestState.open.value,
            )
        )
    return [row for row in found if (row.person_id, row.on) in days]


def dispute_row(ctx: Ctx, dispute_id: str) -> Dispute | None:
    """A dispute by the id its maker gave it."""
    return ctx.session.get(Dispute, dispute_id)


# -- within sight --------------------------------------------------------------------------------------------------


def _mine_or_desk(ctx: Ctx, table: Any) -> ColumnElement[bool]:
    me = ctx.principal
    return or_(col(table.person_id) == me.person_id, in_areas(table.area_path, desk_areas(me)))


def day_shape(row: DayResult) -> wire.DayResult:
    """A day as it travels."""
    return wire.DayResult.model_validate({**row.body, "id": row.id, "day_version": row.day_version})


def day_row(ctx: Ctx, person_id: str, on: date) -> DayResult:
    """A person's day in sight; refuses with attendance.day_unknown."""
    query = select(DayResult).where(DayResult.person_id == person_id, DayResult.on == on, _mine_or_desk(ctx, DayResult))
    row = ctx.session.exec(query).first()
    if row is None:
        raise rules.DayUnknown
    return row


def days(
    ctx: Ctx,
    first_on: date,
    last_on: date,
    person_id: str | None,
    word: wire.DayWord | None,
    review: bool | None,
    cursor: str | None,
    limit: int,
) -> Page[wire.DayResult]:
    """A page of the days in sight, latest first."""
    query = select(DayResult).where(
        _mine_or_desk(ctx, DayResult), col(DayResult.on) >= first_on, col(DayResult.on) <= last_on
    )
    if person_id:
        query = query.where(DayResult.person_id == person_id)
    if word:
        query = query.where(DayResult.word == word.value)
    if review is not None:
        query = query.where(col(DayResult.review).is_(review))
    place = [col(DayResult.on), col(DayResult.id)]
    if cursor:
        on, row_id = read_cursor(cursor, str, str)
        query = query.where(beyond(place, (_day(on), row_id), falling=True))
    rows = ctx.session.exec(query.order_by(*(c.desc() for c in place)).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.on.isoformat(), row.id))
    return Page(items=[day_shape(row) for row in page], next=following)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.min


def day_with_facts(ctx: Ctx, person_id: str, on: date) -> wire.DayFacts:
    """A day in sight with the clock-ins behind it: from its boundary, or its shift's first window, to the last."""
    row = day_row(ctx, person_id, on)
    day = day_shape(row)
    boundary_min = ctx.settings.day_boundary_min
    start_min = min([boundary_min, *(part.start_min - part.earliest_min for part in day.parts)])
    since = from_ms(midnight_ms(on) + start_min * MINUTE_MS)
    until = max(row.until_at, from_ms(minute_ms(on, boundary_min + DAY_MIN)))
    punches = ctx.session.exec(
        select(Punch)
        .where(Punch.person_id == person_id, col(Punch.trusted_at) >= since, col(Punch.trusted_at) < until)
        .order_by(col(Punch.trusted_at), col(Punch.id))
    ).all()
    told = [wire.DayPunch.model_validate(punch, from_attributes=True) for punch in punches]
    return wire.DayFacts(day=day, punches=told)


def requests(
    ctx: Ctx, state: wire.RequestState | None, person_id: str | None, cursor: str | None, limit: int
) -> Page[wire.PunchRequest]:
    """A page of the requests in sight, newest first: the desk's queue of approvals with `state=open`."""
    query = select(PunchRequest).where(_mine_or_desk(ctx, PunchRequest))
    if state:
        query = query.where(PunchRequest.state == state.value)
    if person_id:
        query = query.where(PunchRequest.person_id == person_id)
    if cursor:
        query = query.where(beyond([col(PunchRequest.id)], read_cursor(cursor, str), falling=True))
    rows = ctx.session.exec(query.order_by(col(PunchRequest.id).desc()).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.id))
    return Page(items=[request_shape(row) for row in page], next=following)


def request_shape(row: PunchRequest) -> wire.PunchRequest:
    """A request as it travels."""
    return wire.PunchRequest.model_validate(row, from_attributes=True)


def request_in_sight(ctx: Ctx, request_id: str) -> PunchRequest:
    """A request in sight; refuses with attendance.request_unknown."""
    query = select(PunchRequest).where(PunchRequest.id == request_id, _mine_or_desk(ctx, PunchRequest))
    row = ctx.session.exec(query).first()
    if row is None:
        raise rules.RequestUnknown
    return row


def dispute_in_sight(ctx: Ctx, dispute_id: str) -> Dispute:
    """A dispute in sight; refuses with attendance.dispute_unknown."""
    query = select(Dispute).where(Dispute.id == dispute_id, _mine_or_desk(ctx, Dispute))
    row = ctx.session.exec(query).first()
    if row is None:
        raise rules.DisputeUnknown
    return row


def disputes(ctx: Ctx, state: wire.DisputeState | None, cursor: str | None, limit: int) -> Page[wire.Dispute]:
    """A page of the disputes in sight, newest first."""
    query = select(Dispute).where(_mine_or_desk(ctx, Dispute))
    if state:
        query = query.where(Dispute.state == state.value)
    if cursor:
        query = query.where(beyond([col(Dispute.id)], read_cursor(cursor, str), falling=True))
    rows = ctx.session.exec(query.order_by(col(Dispute.id).desc()).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.id))
    return Page(items=[dispute_shape(row) for row in page], next=following)


def dispute_shape(row: Dispute) -> wire.Dispute:
    """A dispute as it travels."""
    return wire.Dispute.model_validate(row, from_attributes=True)


def requests_on(ctx: Ctx, person_id: str, on: date) -> Sequence[PunchRequest]:
    """Requests of a day that the caller was found to see."""
    return ctx.session.exec(
        select(PunchRequest).where(PunchRequest.person_id == person_id, PunchRequest.on == on)
    ).all()


def entries_on(ctx: Ctx, person_id: str, on: date) -> Iterable[SheetEntry]:
    """Later entries of a day that the caller was found to see."""
    return ctx.session.exec(select(SheetEntry).where(SheetEntry.person_id == person_id, SheetEntry.on == on)).all()
