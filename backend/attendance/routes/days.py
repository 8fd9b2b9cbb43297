"""Day results, month sheets, corrections, disputes and the board over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from backend.attendance import actions, queries, rules
from backend.attendance.routes.parts import CLOCK_IN, MANAGE, READ, Cursor, Limit, span
from backend.kernel.http import GUARDED, Reading, Writing, needs, refusals
from backend.kernel.paging import BadCursor
from mobile_contract import days as wire
from mobile_contract.attendance import Punch
from mobile_contract.base import PAGE_ITEMS_DEFAULT, Day, Id, Page
from mobile_contract.people import AreaPath

router = APIRouter(prefix="/attendance/v1", tags=["attendance"])
DESK = needs("attendance.oversee")
MonthPath = Annotated[str, Path(pattern=wire.MONTH_PATTERN)]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DECIDING = (rules.RequestUnknown, rules.RequestDecided, rules.OwnRequest)
WISHING = (
    rules.NoAnomaly,
    rules.CorrectionNotAllowed,
    rules.OutOfDateLimit,
    rules.CountExceeded,
    rules.InTheFuture,
    rules.RequestExists,
)


@router.get("/board", dependencies=[DESK], responses=refusals(*GUARDED, BadCursor))
def show_board(
    ctx: Reading,
    area: AreaPath | None = None,
    presence: wire.Presence | None = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_ITEMS_DEFAULT,
) -> wire.Board:
    """Who is where they should be now, exceptions first; each with the age of what is known."""
    return queries.board(ctx, area, presence, cursor, limit)


@router.get("/days", dependencies=[READ], responses=refusals(*GUARDED, BadCursor, rules.PeriodInvalid))
def list_days(
    ctx: Reading,
    first_on: Day,
    last_on: Day,
    person_id: Id | None = None,
    word: wire.DayWord | None = None,
    review: bool | None = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_ITEMS_DEFAULT,
) -> Page[wire.DayResult]:
    """What days came to, each with its reasons: one's own, and from a desk all in one's areas; latest first."""
    first, last = span(first_on, last_on)
    return queries.days(ctx, first, last, person_id, word, review, cursor, limit)


@router.get("/days/{person_id}/{on}", dependencies=[READ], responses=refusals(*GUARDED, rules.DayUnknown))
def show_day(ctx: Reading, person_id: Id, on: Day) -> wire.DayFacts:
    """A day with the clock-ins behind it."""
    return queries.day_with_facts(ctx, person_id, on)


# -- months --------------------------------------------------------------------------------------------------------


@router.get("/months/{month}/mine", dependencies=[READ], responses=refusals(*GUARDED))
def show_own_month(ctx: Reading, month: MonthPath) -> wire.MonthSheet:
    """One's own month."""
    return queries.own_sheet(ctx, month)


@router.get("/months/{month}", dependencies=[DESK], responses=refusals(*GUARDED, BadCursor))
def list_months(
    ctx: Reading, month: MonthPath, cursor: Cursor = None, limit: Limit = PAGE_ITEMS_DEFAULT
) -> Page[wire.MonthSheet]:
    """The month sheets of one's areas, by person."""
    return queries.sheets(ctx, month, cursor, limit)


@router.get(
    "/months/{month}/xlsx",
    dependencies=[DESK],
    response_class=Response,
    responses=refusals(*GUARDED) | {200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}},
)
def export_month(ctx: Reading, month: MonthPath) -> Response:
    """The month of one's areas as payroll takes it: a line a person, and a sheet of the single days."""
    named = {"Content-Disposition": f'attachment; filename="attendance-{month}.xlsx"', "Cache-Control": "no-store"}
    return Response(queries.month_xlsx(ctx, month), media_type=XLSX, headers=named)


@router.post("/months/{month}/close", dependencies=[MANAGE], responses=refusals(*GUARDED, rules.MonthOpen))
def close_month(ctx: Writing, month: MonthPath, area: AreaPath) -> wire.Closed:
    """Freezes the month of everybody in an area; from then on late facts become entries beside the sheet."""
    return actions.close_month(ctx, month, area)


# -- corrections ---------------------------------------------------------------------------------------------------


@router.get("/corrections", dependencies=[READ], responses=refusals(*GUARDED, BadCursor))
def list_corrections(
    ctx: Reading,
    state: wire.RequestState | None = None,
    person_id: Id | None = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_ITEMS_DEFAULT,
) -> Page[wire.PunchRequest]:
    """Requests in sight, newest first; `state=open` is the desk's queue of approvals."""
    return queries.requests(ctx, state, person_id, cursor, limit)


@router.post("/corrections", status_code=201, dependencies=[CLOCK_IN], responses=refusals(*GUARDED, *WISHING))
def ask_correction(ctx: Writing, ask: wire.NewCorrection) -> wire.PunchRequest:
    """A wish to have a clock-in of one's own made good (补卡)."""
    said = wire.CorrectionParams.model_validate(ask.model_dump(exclude={"id"}))
    return queries.request_shape(actions.ask_correction(ctx, ask.id, said))


@router.post("/corrections/{request_id}/withdraw", dependencies=[CLOCK_IN], responses=refusals(*GUARDED, *DECIDING))
def withdraw_correction(ctx: Writing, request_id: Id) -> wire.PunchRequest:
    """Takes back one's own request."""
    return queries.request_shape(actions.withdraw_correction(ctx, request_id))


@router.post("/corrections/{request_id}/approve", dependencies=[MANAGE], responses=refusals(*GUARDED, *DECIDING))
def approve_correction(ctx: Writing, request_id: Id, ask: wire.Decision) -> wire.PunchRequest:
    """Adds the clock-in as a fact; what was clocked stays. Nobody decides their own."""
    return queries.request_shape(actions.approve_correction(ctx, request_id, ask.note))


@router.post("/corrections/{request_id}/refuse", dependencies=[MANAGE], responses=refusals(*GUARDED, *DECIDING))
def refuse_correction(ctx: Writing, request_id: Id, ask: wire.Decision) -> wire.PunchRequest:
    """Says no, with a reason."""
    return queries.request_shape(actions.refuse_correction(ctx, request_id, ask.note))


@router.post(
    "/punches/on-behalf",
    status_code=201,
    dependencies=[MANAGE],
    responses=refusals(*GUARDED, rules.PersonUnknown, rules.OwnRequest, rules.InTheFuture, rules.PunchExists),
)
def enter_punch(ctx: Writing, ask: wire.EnteredPunch) -> Punch:
    """A clock-in that a supervisor saw, for a phone that is lost or broken; both names stay with it."""
    return queries.punch_shape(actions.enter_punch(ctx, ask))


# -- disputes ------------------------------------------------------------------------------------------------------


@router.get("/disputes", dependencies=[READ], responses=refusals(*GUARDED, BadCursor))
def list_disputes(
    ctx: Reading, state: wire.DisputeState | None = None, cursor: Cursor = None, limit: Limit = PAGE_ITEMS_DEFAULT
) -> Page[wire.Dispute]:
    """Disputes in sight, newest first."""
    return queries.disputes(ctx, state, cursor, limit)


@router.post(
    "/disputes",
    status_code=201,
    dependencies=[CLOCK_IN],
    responses=refusals(*GUARDED, rules.DayUnknown, rules.DisputeExists),
)
def open_dispute(ctx: Writing, ask: wire.NewDispute) -> wire.Dispute:
    """Says that one does not agree with a day."""
    return queries.dispute_shape(actions.open_dispute(ctx, ask))


@router.get("/disputes/{dispute_id}", dependencies=[READ], responses=refusals(*GUARDED, rules.DisputeUnknown))
def show_dispute(ctx: Reading, dispute_id: Id) -> wire.DisputeChain:
    """A dispute with everything behind it: roster, absences, clock-ins, requests, later entries, words."""
    return queries.dispute_chain(ctx, dispute_id)


@router.post(
    "/disputes/{dispute_id}/answer",
    dependencies=[READ],
    responses=refusals(*GUARDED, rules.DisputeUnknown, rules.DisputeSettled),
)
def answer_dispute(ctx: Writing, dispute_id: Id, ask: wire.Decision) -> wire.Dispute:
    """A word of either side."""
    return queries.dispute_shape(actions.answer_dispute(ctx, dispute_id, ask.note))


@router.post(
    "/disputes/{dispute_id}/settle",
    dependencies=[MANAGE],
    responses=refusals(*GUARDED, rules.DisputeUnknown, rules.DisputeSettled, rules.OwnRequest),
)
def settle_dispute(ctx: Writing, dispute_id: Id, ask: wire.Decision) -> wire.Dispute:
    """Ends a dispute, with the reason."""
    return queries.dispute_shape(actions.settle_dispute(ctx, dispute_id, ask.note))
