"""Cases over HTTP: what the desks read and do."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from backend.cases import actions, queries
from backend.cases.rules import refusals as rules
from backend.kernel.http import GUARDED, Reading, Writing, needs, refusals
from backend.kernel.paging import CURSOR_CHARS_MAX, BadCursor
from backend.workorders import actions as workorders
from mobile_contract import caselists as lists
from mobile_contract import caselooks as looks
from mobile_contract import cases as wire
from mobile_contract.base import PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX, Id, Page, SheetForm
from mobile_contract.people import AreaPath, SearchText

router = APIRouter(prefix="/cases/v1", tags=["cases"])
READ = needs("cases.read")
MEDIA = {
    SheetForm.csv: "text/csv",
    SheetForm.xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_KNOWN = (*GUARDED, rules.CaseUnknown)
_MOVED = (*_KNOWN, rules.OutOfOrder)
_UNITS = (rules.UnitUnknown, rules.UnitElsewhere, rules.UnitIncompetent)


def _wanted(
    state: wire.State | None = None,
    source: wire.Source | None = None,
    kind: wire.CodeKind | None = None,
    big: wire.TwoDigits | None = None,
    small: wire.TwoDigits | None = None,
    area: AreaPath | None = None,
    team_id: Id | None = None,
    handler_id: Id | None = None,
    reporter_id: Id | None = None,
    audit: looks.CaseAudit | None = None,
    in_time: wire.InTime | None = None,
    supervised: bool = False,
    open: bool | None = None,
    overdue: bool | None = None,
    mine: bool = False,
    ours: bool = False,
    q: SearchText | None = None,
) -> lists.CaseFilter:
    """What a list of cases is narrowed to."""
    return lists.CaseFilter(
        state=state,
        source=source,
        kind=kind,
        big=big,
        small=small,
        area=area,
        team_id=team_id,
        handler_id=handler_id,
        reporter_id=reporter_id,
        audit=audit,
        in_time=in_time,
        supervised=supervised,
        open=open,
        overdue=overdue,
        mine=mine,
        ours=ours,
        q=q,
    )


Wanted = Annotated[lists.CaseFilter, Depends(_wanted)]
Limit = Annotated[int, Query(ge=1, le=PAGE_ITEMS_MAX)]


@router.get("/cases", dependencies=[READ], responses=refusals(*GUARDED, BadCursor))
def list_cases(
    ctx: Reading,
    wanted: Wanted,
    cursor: Annotated[str | None, Query(max_length=CURSOR_CHARS_MAX)] = None,
    limit: Limit = PAGE_ITEMS_DEFAULT,
) -> Page[wire.Case]:
    """Cases in sight, newest first; with `overdue=true` the longest overdue first. `q` is looked for in title, note and
    address by two characters and more, or is a whole number of a case."""
    return queries.cases(ctx, wanted, cursor, limit)


@router.get("/near", dependencies=[READ], responses=refusals(*GUARDED))
def list_near_cases(
    ctx: Reading,
    longitude: Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False)],
    latitude: Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False)],
    within_m: Annotated[int, Query(ge=1, le=lists.NEAR_M_MAX)] = 500,
    limit: Limit = PAGE_ITEMS_DEFAULT,
) -> list[lists.NearCase]:
    """Open cases in sight around a place, nearest first."""
    return queries.near(ctx, longitude, latitude, within_m, limit)


@router.get(
    "/export",
    dependencies=[READ],
    response_class=Response,
    responses=refusals(*GUARDED, rules.ExportTooLong)
    | {200: {"content": {media: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA.values()}}},
)
def export_cases(ctx: Reading, wanted: Wanted, form: SheetForm = SheetForm.xlsx) -> Response:
    """The cases of a list as a spreadsheet: 20,000 at most, a longer one is refused."""
    named = {"Content-Disposition": f'attachment; filename="cases.{form.value}"', "Cache-Control": "no-store"}
    return Response(queries.list_file(ctx, wanted, form), media_type=MEDIA[form], headers=named)


@router.post(
    "/cases",
    status_code=201,
    dependencies=[needs("cases.enter")],
    responses=refusals(*GUARDED, rules.AreaUnknown, rules.CodeUnknown),
)
def enter_case(ctx: Writing, ask: wire.NewCase) -> wire.Case:
    """Takes down what a desk heard of: a call, a camera, a citizen."""
    return queries.shape(actions.enter(ctx, ask))


@router.get("/cases/{case_id}", dependencies=[READ], responses=refusals(*_KNOWN))
def show_case(ctx: Reading, case_id: Id) -> wire.Case:
    """One case in sight."""
    return queries.case(ctx, case_id)


@router.get("/cases/{case_id}/history", dependencies=[READ], responses=refusals(*_KNOWN))
def show_case_history(ctx: Reading, case_id: Id) -> list[wire.CaseLine]:
    """Every act on a case: who, what, when, on which device, and how sure the time is."""
    return queries.history(ctx, case_id)


@router.get("/cases/{case_id}/story", dependencies=[READ], responses=refusals(*_KNOWN))
def show_case_story(ctx: Reading, case_id: Id) -> list[lists.StoryLine]:
    """A case as a story in Chinese and English: a sentence an act, with its photos, in the order of the deeds."""
    return queries.story(ctx, case_id)


@router.get("/cases/{case_id}/clocks", dependencies=[READ], responses=refusals(*_KNOWN))
def show_case_clocks(ctx: Reading, case_id: Id) -> list[wire.CaseClock]:
    """The clocks of a case: limit, due, the table that counted it, and how each stands."""
    return queries.clocks(ctx, case_id)


@router.get("/cases/{case_id}/similar", dependencies=[READ], responses=refusals(*_KNOWN))
def list_similar_cases(ctx: Reading, case_id: Id) -> list[wire.SimilarCase]:
    """Cases near this one in place and time, nearest first: look before registering or merging."""
    return queries.similar(ctx, case_id)


@router.post(
    "/cases/{case_id}/requests/{request}",
    dependencies=[READ],
    responses=refusals(*_MOVED, rules.NothingAsked, rules.SuspensionUnfit, rules.ReviewedBefore),
)
def decide_case_request(ctx: Writing, case_id: Id, request: wire.Request, ask: wire.Decide) -> wire.Case:
    """Grants or denies what a unit asked for: return, extension, suspension (挂账), appeal."""
    return queries.shape(actions.decide(ctx, case_id, request, ask))


@router.post(
    "/cases/{case_id}/ask-verify", dependencies=[needs("cases.accept")], responses=refusals(*_MOVED, rules.PersonUnfit)
)
def verify_case(ctx: Writing, case_id: Id, ask: wire.ToPerson) -> wire.Case:
    """Sends somebody to see whether it is so."""
    return queries.shape(actions.ask_verify(ctx, case_id, ask))


@router.post(
    "/cases/{case_id}/register",
    dependencies=[needs("cases.accept")],
    responses=refusals(*_MOVED, rules.ConditionsUnticked, rules.SimilarUnseen, rules.CodeUnknown),
)
def register_case(ctx: Writing, case_id: Id, ask: wire.Register) -> wire.Case:
    """Registers a case (立案) once its conditions are ticked and the near cases were looked at."""
    return queries.shape(actions.register(ctx, case_id, ask))


@router.post("/cases/{case_id}/reject", dependencies=[needs("cases.accept")], responses=refusals(*_MOVED))
def reject_case(ctx: Writing, case_id: Id, ask: wire.Because) -> wire.Case:
    """Does not take a case up; whoever reported it reads why."""
    return queries.shape(actions.reject(ctx, case_id, ask.reason))


@router.post("/cases/{case_id}/transfer", dependencies=[needs("cases.accept")], responses=refusals(*_MOVED))
def transfer_case(ctx: Writing, case_id: Id, ask: wire.Because) -> wire.Case:
    """Hands a case to an agency outside (移交)."""
    return queries.shape(actions.transfer(ctx, case_id, ask.reason))


@router.post(
    "/cases/{case_id}/merge", dependencies=[needs("cases.accept")], responses=refusals(*_MOVED, rules.MasterUnfit)
)
def merge_case(ctx: Writing, case_id: Id, ask: wire.Merge) -> wire.Case:
    """Merges a case into another that is open (并案)."""
    return queries.shape(actions.merge(ctx, case_id, ask))


@router.post(
    "/cases/{case_id}/dispatch",
    dependencies=[needs("cases.dispatch")],
    responses=refusals(*_MOVED, *_UNITS, rules.ReturnedTooSeldom),
)
def dispatch_case(ctx: Writing, case_id: Id, ask: wire.Dispatch) -> wire.Case:
    """Gives a case to a unit (派遣); its limit is counted now, and stands."""
    return queries.shape(actions.dispatch(ctx, case_id, ask))


@router.get("/cases/{case_id}/orders", dependencies=[READ], responses=refusals(*_KNOWN))
def list_case_orders(ctx: Reading, case_id: Id) -> list[lists.CaseOrder]:
    """The work orders by which a case is handled, and how each stands."""
    return queries.orders(ctx, case_id)


@router.post(
    "/cases/{case_id}/orders",
    status_code=201,
    dependencies=[needs("cases.dispatch")],
    responses=refusals(*_MOVED, rules.OrdersOpen, *_UNITS, *workorders.PLAN_REFUSALS),
)
def give_case_orders(ctx: Writing, case_id: Id, ask: lists.GiveOrders) -> wire.Case:
    """Handles a case by work orders; it is handled when the last of them is done, with their photos."""
    return queries.shape(actions.give_orders(ctx, case_id, ask))


@router.post(
    "/cases/{case_id}/send-check",
    dependencies=[needs("cases.dispatch")],
    responses=refusals(*_MOVED, rules.PersonUnfit, rules.CheckerIsHandler),
)
def check_case(ctx: Writing, case_id: Id, ask: wire.ToPerson) -> wire.Case:
    """Sends somebody to check the work; never whoever did it."""
    return queries.shape(actions.send_check(ctx, case_id, ask))


@router.post(
    "/cases/{case_id}/resume", dependencies=[needs("cases.command")], responses=refusals(*_MOVED, rules.SuspensionUnfit)
)
def resume_case(ctx: Writing, case_id: Id, ask: wire.Because) -> wire.Case:
    """Takes up a suspended case again; its clock goes on with what was left."""
    return queries.shape(actions.resume(ctx, case_id, ask.reason))


@router.post(
    "/cases/{case_id}/review-suspension",
    dependencies=[needs("cases.command")],
    responses=refusals(*_MOVED, rules.SuspensionUnfit),
)
def review_suspension_case(ctx: Writing, case_id: Id, ask: wire.Because) -> wire.Case:
    """Lets a suspension go on, with its reason; it is told again when it is to be looked at the next time."""
    return queries.shape(actions.review_suspension(ctx, case_id, ask.reason))


@router.get("/cases/{case_id}/checkers", dependencies=[needs("cases.dispatch")], responses=refusals(*_KNOWN))
def list_case_checkers(ctx: Reading, case_id: Id) -> list[looks.Looker]:
    """Who may be sent to check a case: those of no unit that found or handled it first, never whoever handled it."""
    return queries.checkers(ctx, case_id)


@router.post(
    "/cases/{case_id}/audit",
    dependencies=[needs("cases.evaluate")],
    responses=refusals(*_MOVED, rules.NoAuditDue, rules.CheckerIsHandler),
)
def audit_case(ctx: Writing, case_id: Id, ask: looks.AuditCase) -> wire.Case:
    """Says what an audit of a self-disposed case found (`audit=due` lists them); a failed one is registered again."""
    return queries.shape(actions.audit(ctx, case_id, ask))


@router.post(
    "/cases/{case_id}/close", dependencies=[needs("cases.close")], responses=refusals(*_MOVED, rules.ReplyMissing)
)
def close_case(ctx: Writing, case_id: Id, ask: wire.CloseCase) -> wire.Case:
    """Closes a case whose check was passed (结案); a citizen's needs a reply."""
    return queries.shape(actions.close(ctx, case_id, ask))


@router.post("/cases/{case_id}/force-close", dependencies=[needs("cases.command")], responses=refusals(*_MOVED))
def force_close_case(ctx: Writing, case_id: Id, ask: wire.Because) -> wire.Case:
    """Ends an open case against the order of its steps (强制结案)."""
    return queries.shape(actions.force_close(ctx, case_id, ask.reason))


@router.post("/cases/{case_id}/cancel", dependencies=[needs("cases.command")], responses=refusals(*_MOVED))
def cancel_case(ctx: Writing, case_id: Id, ask: wire.Because) -> wire.Case:
    """Withdraws an open case (作废); what a crew did meanwhile is kept."""
    return queries.shape(actions.cancel(ctx, case_id, ask.reason))


@router.post(
    "/cases/{case_id}/reopen",
    dependencies=[needs("cases.evaluate")],
    responses=refusals(*_MOVED, rules.ReopenedBefore, rules.ReopenTooLate),
)
def reopen_case(ctx: Writing, case_id: Id, ask: wire.Because) -> wire.Case:
    """Opens a closed case again; it counts as rework."""
    return queries.shape(actions.reopen(ctx, case_id, ask.reason))


@router.post("/cases/{case_id}/supervise", dependencies=[needs("cases.supervise")], responses=refusals(*_MOVED))
def supervise_case(ctx: Writing, case_id: Id, ask: wire.Supervise) -> wire.Case:
    """Watches a case (督办); its unit owes an answer."""
    return queries.shape(actions.supervise(ctx, case_id, ask))


@router.post(
    "/cases/{case_id}/answer-supervision",
    dependencies=[needs("cases.handle")],
    responses=refusals(*_MOVED, rules.NotOfTheUnit),
)
def answer_supervision_case(ctx: Writing, case_id: Id, ask: wire.Because) -> wire.Case:
    """The unit's answer to whoever watches."""
    return queries.shape(actions.answer_supervision(ctx, case_id, ask.reason))


@router.post("/cases/{case_id}/evaluate", dependencies=[needs("cases.evaluate")], responses=refusals(*_MOVED))
def evaluate_case(ctx: Writing, case_id: Id, ask: wire.Evaluate) -> wire.Case:
    """Says what a closed case is worth (综合评价)."""
    return queries.shape(actions.evaluate(ctx, case_id, ask))
