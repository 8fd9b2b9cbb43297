"""Shift types, rosters, absences and the calendar over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Body, Query

from backend.attendance import actions, queries, rules
from backend.attendance.routes.parts import MANAGE, READ, Cursor, Limit, span
from backend.kernel.calendar import read_calendar
from backend.kernel.http import GUARDED, Reading, Writing, refusals
from backend.kernel.paging import BadCursor
from backend.people import actions as people
from mobile_contract import rosters as wire
from mobile_contract.base import PAGE_ITEMS_DEFAULT, At, Day, Id, Page
from mobile_contract.days import MONTH_PATTERN

router = APIRouter(prefix="/attendance/v1", tags=["attendance"])
FILE_REFUSALS = people.FILE_REFUSALS
PLANNING = (rules.PersonUnknown, rules.ShiftUnknown, rules.PostUnknown, rules.ShiftClash)


@router.get("/calendar", dependencies=[READ], responses=refusals(*GUARDED))
def show_calendar(ctx: Reading) -> wire.DistrictCalendar:
    """Holidays, moved days off and working Sundays as this server counts them."""
    return queries.calendar_shape(read_calendar(ctx.settings.calendar_file))


@router.get("/shift-types", dependencies=[READ], responses=refusals(*GUARDED, BadCursor))
def list_shift_types(ctx: Reading, cursor: Cursor = None, limit: Limit = PAGE_ITEMS_DEFAULT) -> Page[wire.ShiftType]:
    """Shift types in sight, oldest first."""
    return queries.shift_types(ctx, cursor, limit)


@router.post(
    "/shift-types",
    status_code=201,
    dependencies=[MANAGE],
    responses=refusals(*GUARDED, rules.AreaUnknown, rules.ShiftInvalid),
)
def add_shift_type(ctx: Writing, ask: wire.NewShiftType) -> wire.ShiftType:
    """A new shift type. Its times never change: add another, end this one."""
    return queries.shift_type_shape(actions.add_shift_type(ctx, ask))


@router.post(
    "/shift-types/{shift_type_id}/end", dependencies=[MANAGE], responses=refusals(*GUARDED, rules.ShiftUnknown)
)
def end_shift_type(ctx: Writing, shift_type_id: Id) -> wire.ShiftType:
    """No new roster names the shift any more; rosters that do stay."""
    return queries.shift_type_shape(actions.end_shift_type(ctx, shift_type_id))


@router.get("/posts", dependencies=[READ], responses=refusals(*GUARDED, BadCursor))
def list_posts(ctx: Reading, cursor: Cursor = None, limit: Limit = PAGE_ITEMS_DEFAULT) -> Page[wire.Post]:
    """Posts in sight, oldest first."""
    return queries.posts(ctx, cursor, limit)


@router.post("/posts", status_code=201, dependencies=[MANAGE], responses=refusals(*GUARDED, rules.AreaUnknown))
def add_post(ctx: Writing, ask: wire.NewPost) -> wire.Post:
    """A new post: a named place of work that rosters may name and fences may be set for."""
    return queries.post_shape(actions.add_post(ctx, ask))


@router.post("/posts/{post_id}/end", dependencies=[MANAGE], responses=refusals(*GUARDED, rules.PostUnknown))
def end_post(ctx: Writing, post_id: Id) -> wire.Post:
    """No new roster names the post any more; rosters that do stay."""
    return queries.post_shape(actions.end_post(ctx, post_id))


@router.get("/rosters", dependencies=[READ], responses=refusals(*GUARDED, BadCursor, rules.PeriodInvalid))
def list_rosters(
    ctx: Reading,
    first_on: Day,
    last_on: Day,
    person_id: Id | None = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_ITEMS_DEFAULT,
) -> Page[wire.RosterDay]:
    """Who has which shift when: one's own, and from a desk all in one's areas."""
    return queries.rosters(ctx, *span(first_on, last_on), person_id, cursor, limit)


@router.post(
    "/rosters",
    status_code=201,
    dependencies=[MANAGE],
    responses=refusals(*GUARDED, *PLANNING, rules.PeriodInvalid, rules.RosterTooLong),
)
def make_roster(ctx: Writing, ask: wire.NewRoster) -> wire.RosterMade:
    """Lays a pattern of shifts over the days of some persons; all of it or nothing."""
    return actions.make_roster(ctx, ask)


@router.post(
    "/rosters/swap",
    dependencies=[MANAGE],
    responses=refusals(*GUARDED, *PLANNING, rules.RosterUnknown, rules.PeriodInvalid),
)
def swap_shifts(ctx: Writing, ask: wire.NewSwap) -> wire.RosterMade:
    """Two persons change shifts."""
    return actions.swap(ctx, ask)


@router.post(
    "/rosters/import",
    dependencies=[MANAGE],
    responses=refusals(*GUARDED, rules.ColumnMissing, rules.RosterTooLong, *FILE_REFUSALS),
)
def import_roster(
    ctx: Writing,
    content: Annotated[bytes, Body(media_type="application/octet-stream")],
    month: Annotated[str | None, Query(pattern=MONTH_PATTERN)] = None,
    name: Annotated[str, Query(max_length=200)] = "roster.xlsx",
    dry_run: bool = False,
) -> wire.RosterImport:
    """A roster from a spreadsheet (.xlsx or .csv): good lines are taken, every bad line is told. With `dry_run` the
    report is the same and nothing is kept."""
    return actions.import_roster(ctx, name, content, month, dry_run=dry_run)


@router.get("/absences", dependencies=[READ], responses=refusals(*GUARDED, BadCursor))
def list_absences(
    ctx: Reading,
    since_at: At | None = None,
    person_id: Id | None = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_ITEMS_DEFAULT,
) -> Page[wire.Absence]:
    """Leave, trips, training, incidents: one's own, and from a desk all in one's areas; newest first."""
    return queries.absences(ctx, since_at, person_id, cursor, limit)


@router.post(
    "/absences",
    status_code=201,
    dependencies=[MANAGE],
    responses=refusals(*GUARDED, rules.PersonUnknown, rules.PeriodInvalid, rules.AbsenceClash, rules.OwnRequest),
)
def add_absence(ctx: Writing, ask: wire.NewAbsence) -> wire.Absence:
    """A time for which somebody may be away; entered by another than themselves."""
    return queries.absence_shape(actions.add_absence(ctx, ask))


@router.post(
    "/absences/import",
    dependencies=[MANAGE],
    responses=refusals(*GUARDED, rules.ColumnMissing, rules.ImportTooLong, *FILE_REFUSALS),
)
def import_absences(
    ctx: Writing,
    content: Annotated[bytes, Body(media_type="application/octet-stream")],
    name: Annotated[str, Query(max_length=200)] = "absences.xlsx",
    dry_run: bool = False,
) -> wire.AbsenceImport:
    """Leave and trips from a spreadsheet: good lines are taken, every bad line is told.

    `.xlsx` or `.csv` with phone, kind, since, until, note. With `dry_run` the report is the same and nothing is kept.
    """
    return actions.import_absences(ctx, name, content, dry_run=dry_run)


@router.post(
    "/absences/{absence_id}/withdraw", dependencies=[MANAGE], responses=refusals(*GUARDED, rules.AbsenceUnknown)
)
def withdraw_absence(ctx: Writing, absence_id: Id) -> wire.Absence:
    """It does not hold: days are judged without it."""
    return queries.absence_shape(actions.withdraw_absence(ctx, absence_id))
