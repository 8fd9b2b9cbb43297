"""Homes over HTTP: checklists, visits, hazards, the half-year's plan and its coverage."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from backend.gas.actions import checklists as publishing
from backend.gas.actions import homes as actions
from backend.gas.queries import coverage as reckoning
from backend.gas.queries import homes as queries
from backend.gas.queries.notices import notice_facts
from backend.gas.routes.parts import MANAGE, READ, Cursor, Limit
from backend.gas.rules import home_refusals as refusing
from backend.gas.rules.notices import notice_of
from backend.kernel.http import GUARDED, Reading, Writing, language_of, refusals
from backend.kernel.paging import BadCursor
from mobile_contract import checklist_example
from mobile_contract import checklists as lists
from mobile_contract import homes as wire
from mobile_contract.base import PAGE_ITEMS_DEFAULT, At, Id, Page
from mobile_contract.checklists import Grade, ItemCode
from mobile_contract.gas import AccountCode
from mobile_contract.people import AreaPath
from qr.pages import make_page

router = APIRouter(prefix="/gas/v1", tags=["gas"])
Language = Literal["zh", "en"]
AFTER_MAX = 1_000_000


@router.get("/checklists", dependencies=[READ], responses=refusals(*GUARDED))
def list_checklists(ctx: Reading) -> list[lists.Checklist]:
    """Every published version, newest first."""
    return queries.checklists(ctx)


@router.post(
    "/checklists", status_code=201, dependencies=[MANAGE], responses=refusals(*GUARDED, refusing.ChecklistTaken)
)
def publish_checklist(ctx: Writing, ask: lists.NewChecklist) -> lists.Checklist:
    """Publishes a version for the whole district; it never changes again."""
    return queries.checklist_shape(publishing.publish_checklist(ctx, ask))


@router.get("/checklists/example", dependencies=[READ], responses=refusals(*GUARDED))
def show_example_checklist() -> lists.NewChecklist:
    """A checklist to start from: an example of a setting, no text of law."""
    return checklist_example.example()


@router.get("/visits", dependencies=[READ], responses=refusals(*GUARDED, BadCursor))
def list_visits(
    ctx: Reading,
    account: AccountCode | None = None,
    outcome: wire.VisitOutcome | None = None,
    area: AreaPath | None = None,
    since_at: At | None = None,
    until_at: At | None = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_ITEMS_DEFAULT,
) -> Page[wire.Visit]:
    """Visits in sight, newest first."""
    wanted = wire.VisitFilter(account=account, outcome=outcome, area=area, since_at=since_at, until_at=until_at)
    return queries.visits(ctx, wanted, cursor, limit)


@router.get("/visits/{visit_id}", dependencies=[READ], responses=refusals(*GUARDED, refusing.VisitUnknown))
def show_visit(ctx: Reading, visit_id: Id) -> wire.Visit:
    """One visit in sight."""
    return queries.visit(ctx, visit_id)


@router.get(
    "/visits/{visit_id}/notice.pdf",
    dependencies=[READ],
    response_class=Response,
    responses=refusals(*GUARDED, refusing.VisitUnknown, refusing.NoNotice)
    | {200: {"content": {"application/pdf": {}}, "description": "The notice, an A4 page or more."}},
)
def show_notice(ctx: Reading, visit_id: Id, request: Request, language: Language | None = None) -> Response:
    """The notice of a visit, to be printed, left and signed: nobody met, a check refused, hazards to be mended.

    In Chinese or English; where `language` says nothing, in the caller's.
    """
    said = notice_of(notice_facts(ctx, visit_id), language or language_of(request))
    named = {"Content-Disposition": f'inline; filename="{said.number}.pdf"', "Cache-Control": "no-store"}
    return Response(make_page(said, ctx.now()), 200, named, "application/pdf")


@router.get("/hazards", dependencies=[READ], responses=refusals(*GUARDED, BadCursor))
def list_hazards(
    ctx: Reading,
    account: AccountCode | None = None,
    state: wire.HazardState | None = None,
    grade: Grade | None = None,
    item: ItemCode | None = None,
    area: AreaPath | None = None,
    overdue: bool | None = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_ITEMS_DEFAULT,
) -> Page[wire.Hazard]:
    """Hazards in sight, newest first."""
    wanted = wire.HazardFilter(account=account, state=state, grade=grade, item=item, area=area, overdue=overdue)
    return queries.hazards(ctx, wanted, cursor, limit)


@router.get("/hazards/{hazard_id}", dependencies=[READ], responses=refusals(*GUARDED, refusing.HazardUnknown))
def show_hazard(ctx: Reading, hazard_id: Id) -> wire.HazardView:
    """One hazard in sight, and what was done about it."""
    return queries.hazard(ctx, hazard_id)


@router.post(
    "/hazards/{hazard_id}/acts",
    status_code=201,
    dependencies=[MANAGE],
    responses=refusals(
        *GUARDED, refusing.HazardUnknown, refusing.ProofNeeded, refusing.DeedNotForPhones, refusing.HazardActExists
    ),
)
def act_on_hazard(ctx: Writing, hazard_id: Id, ask: wire.HazardDeedAsk) -> wire.HazardAct:
    """The desk tells that the customer was told, says it is mended, or has seen that it is."""
    return actions.act_at_desk(ctx, hazard_id, ask)


@router.get("/plan", dependencies=[READ], responses=refusals(*GUARDED))
def show_plan(
    ctx: Reading,
    area: AreaPath | None = None,
    after: Annotated[int, Query(ge=0, le=AFTER_MAX)] = 0,
    limit: Limit = PAGE_ITEMS_DEFAULT,
) -> list[wire.Due]:
    """Homes in the order in which to go there: missed and overdue, to look at again, overdue, due soon, others."""
    return reckoning.plan(ctx, area, after, limit)


@router.get("/coverage", dependencies=[READ], responses=refusals(*GUARDED))
def show_coverage(ctx: Reading, half: wire.HalfYear | None = None, area: AreaPath | None = None) -> wire.Coverage:
    """How much of each street was looked at in a half-year, from the visits themselves."""
    return reckoning.coverage(ctx, half, area)
