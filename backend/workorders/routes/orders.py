"""Work orders over HTTP: what the desk asks and does."""

from functools import partial
from tempfile import SpooledTemporaryFile
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response, StreamingResponse
from starlette.background import BackgroundTask

from backend.kernel.http import GUARDED, Reading, Writing, language_of, needs, refusals
from backend.kernel.paging import CURSOR_CHARS_MAX, BadCursor
from backend.workorders import actions, queries, rules
from mobile_contract import workorders as wire
from mobile_contract.base import PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX, At, Day, Id, Page, SheetForm
from mobile_contract.people import AreaPath, SearchText
from mobile_contract.workjoints import Merge, WorkEffort
from mobile_contract.worktemplates import SceneCode, WorkAnswer

router = APIRouter(prefix="/workorders/v1", tags=["work orders"])
READ, DISPATCH, INSPECT = needs("workorders.read"), needs("workorders.dispatch"), needs("workorders.inspect")
_CREW = (rules.TeamUnknown, rules.AssigneeNotInTeam)
_PLANNED = (
    rules.DueInThePast,
    rules.WindowInvalid,
    rules.DateTooFar,
    rules.LineInvalid,
    rules.LineTooLong,
    rules.SceneUnknown,
    rules.TemplateUnknown,
    rules.TemplateOfOtherScene,
)
_MOVED = (rules.OrderUnknown, rules.StepOutOfOrder)


SPOOLED_BYTES_MAX = 4_000_000
"""Of a spreadsheet on its way so much lies in memory, the rest on disk."""
CHUNK_BYTES = 64_000
Cursor = Annotated[str | None, Query(max_length=CURSOR_CHARS_MAX)]
Limit = Annotated[int, Query(ge=1, le=PAGE_ITEMS_MAX)]


def wanted_of(
    sort: wire.Sort = wire.Sort.newest,
    scene: SceneCode | None = None,
    step: wire.Step | None = None,
    open: bool | None = None,
    overdue: bool = False,
    on: Day | None = None,
    mine: bool = False,
    area: AreaPath | None = None,
    team_id: Id | None = None,
    assignee_id: Id | None = None,
    plan_id: Id | None = None,
    due_before: At | None = None,
    evidence: wire.Evidence | None = None,
    inspection: wire.Inspection | None = None,
    q: SearchText | None = None,
) -> wire.OrderFilter:
    """What a list is narrowed to, as its query says. `q`: two characters or more of title, code or notes."""
    return wire.OrderFilter(**locals())


Wanted = Annotated[wire.OrderFilter, Depends(wanted_of)]


@router.get("/orders", dependencies=[READ], responses=refusals(*GUARDED, BadCursor))
def list_work_orders(
    ctx: Reading, wanted: Wanted, cursor: Cursor = None, limit: Limit = PAGE_ITEMS_DEFAULT
) -> Page[wire.WorkOrder]:
    """Orders in sight: newest first, or by when they are due (`sort=due`, `overdue`, `on`).

    A page is the last when `next` is null; one that had to look far may hold fewer than `limit`, even none.
    """
    return queries.orders(ctx, wanted, cursor, limit)


@router.get("/orders/near", dependencies=[READ], responses=refusals(*GUARDED, BadCursor))
def list_work_orders_near(
    ctx: Reading,
    longitude: Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False, examples=[113.2732])],
    latitude: Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False, examples=[23.1815])],
    within_m: Annotated[int, Query(ge=10, le=wire.NEAR_M_MAX)] = 1_000,
    cursor: Cursor = None,
    limit: Limit = PAGE_ITEMS_DEFAULT,
) -> Page[wire.NearOrder]:
    """Orders in sight around a place (WGS-84) that are given out and not done, the nearest first."""
    return queries.near(ctx, (longitude, latitude), within_m, cursor, limit)


SHEETS = {
    SheetForm.csv: "text/csv; charset=utf-8",
    SheetForm.xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@router.get(
    "/orders/export",
    dependencies=[READ],
    response_class=Response,
    responses=refusals(*GUARDED, rules.ExportTooLong)
    | {200: {"content": {SHEETS[form]: {"schema": {"type": "string", "format": "binary"}} for form in SHEETS}}},
)
def export_work_orders(ctx: Reading, wanted: Wanted, request: Request, form: SheetForm = SheetForm.xlsx) -> Response:
    """A whole list as a spreadsheet, its times the district's, its titles in the caller's language."""
    kept = SpooledTemporaryFile(SPOOLED_BYTES_MAX)  # noqa: SIM115 - it is closed when all of it has been sent
    queries.export(ctx, wanted, kept, form, language_of(request), wire.EXPORT_ROWS_MAX)
    kept.seek(0)
    named = {"Content-Disposition": f'attachment; filename="orders.{form.value}"', "Cache-Control": "no-store"}
    sent = BackgroundTask(kept.close)
    return StreamingResponse(iter(partial(kept.read, CHUNK_BYTES), b""), 200, named, SHEETS[form], sent)


@router.post(
    "/orders",
    status_code=201,
    dependencies=[DISPATCH],
    responses=refusals(*GUARDED, *_CREW, rules.AreaUnknown, *_PLANNED),
)
def plan_work_orders(ctx: Writing, ask: wire.NewWorkOrders) -> list[wire.WorkOrder]:
    """Plans orders, all or none, and gives them to their crews."""
    return [queries.shape(row) for row in actions.plan_orders(ctx, ask.orders, release=ask.release)]


@router.post("/orders/release", dependencies=[DISPATCH], responses=refusals(*GUARDED, *_MOVED))
def release_work_orders(ctx: Writing, ask: wire.Release) -> list[wire.WorkOrder]:
    """Gives planned orders to their crews, all or none."""
    return [queries.shape(row) for row in actions.release_orders(ctx, ask.order_ids)]


@router.get("/orders/{order_id}", dependencies=[READ], responses=refusals(*GUARDED, rules.OrderUnknown))
def show_work_order(ctx: Reading, order_id: Id) -> wire.WorkOrder:
    """One order in sight."""
    return queries.order(ctx, order_id)


@router.get("/orders/{order_id}/history", dependencies=[READ], responses=refusals(*GUARDED, rules.OrderUnknown))
def show_work_order_history(ctx: Reading, order_id: Id) -> list[wire.OrderStep]:
    """Every act on an order: who, what, when, on which device, and how sure the time is."""
    return queries.history(ctx, order_id)


@router.get("/orders/{order_id}/story", dependencies=[READ], responses=refusals(*GUARDED, rules.OrderUnknown))
def show_work_order_story(ctx: Reading, order_id: Id) -> wire.Story:
    """An order told in sentences, Chinese and English, with every photo."""
    return queries.story(ctx, order_id)


@router.post("/orders/{order_id}/reassign", dependencies=[DISPATCH], responses=refusals(*GUARDED, *_MOVED, *_CREW))
def reassign_work_order(ctx: Writing, order_id: Id, ask: wire.Reassign) -> wire.WorkOrder:
    """Gives an open order to another team or person."""
    return queries.shape(actions.reassign(ctx, order_id, ask))


@router.post("/orders/{order_id}/cancel", dependencies=[DISPATCH], responses=refusals(*GUARDED, *_MOVED))
def cancel_work_order(ctx: Writing, order_id: Id, ask: wire.Cancel) -> wire.WorkOrder:
    """Withdraws an order that is not done."""
    return queries.shape(actions.cancel(ctx, order_id, ask.reason))


@router.post(
    "/orders/{order_id}/extend",
    dependencies=[DISPATCH],
    responses=refusals(*GUARDED, *_MOVED, rules.DueNotLater, rules.DateTooFar),
)
def extend_work_order(ctx: Writing, order_id: Id, ask: wire.Extend) -> wire.WorkOrder:
    """Gives an open order more time; its history tells what it had, and why."""
    return queries.shape(actions.extend(ctx, order_id, ask))


@router.post(
    "/orders/{order_id}/reopen",
    dependencies=[DISPATCH],
    responses=refusals(*GUARDED, *_MOVED, rules.DueInThePast, rules.DateTooFar),
)
def reopen_work_order(ctx: Writing, order_id: Id, ask: wire.Reopen) -> wire.WorkOrder:
    """Gives a crew again, by a new time, what had been called missed or was excused."""
    return queries.shape(actions.reopen(ctx, order_id, ask))


@router.post(
    "/orders/{order_id}/close", dependencies=[DISPATCH], responses=refusals(*GUARDED, *_MOVED, rules.ReasonNeeded)
)
def close_work_order(ctx: Writing, order_id: Id, ask: wire.Close) -> wire.WorkOrder:
    """Accepts the work; a reason is needed when it is not done or not proved."""
    return queries.shape(actions.close(ctx, order_id, ask.reason))


@router.get("/orders/{order_id}/answers", dependencies=[READ], responses=refusals(*GUARDED, rules.OrderUnknown))
def show_work_answers(ctx: Reading, order_id: Id) -> list[WorkAnswer]:
    """Every answer to the checklist of an order, in the order they came."""
    return queries.answers(ctx, order_id)


@router.post(
    "/orders/{order_id}/inspect",
    dependencies=[INSPECT],
    responses=refusals(*GUARDED, *_MOVED, rules.OwnWork, rules.PhotosTooMany),
)
def inspect_work_order(ctx: Writing, order_id: Id, ask: wire.Inspect) -> wire.WorkOrder:
    """Passes finished work, or gives it back to its crew; nobody inspects their own."""
    return queries.shape(actions.inspect(ctx, order_id, ask))


@router.get("/orders/{order_id}/efforts", dependencies=[READ], responses=refusals(*GUARDED, rules.OrderUnknown))
def show_work_efforts(ctx: Reading, order_id: Id) -> list[WorkEffort]:
    """What each person gave to an order: hours and photos, also of work done after it had moved on."""
    return queries.efforts(ctx, order_id)


@router.post(
    "/orders/{order_id}/merge", dependencies=[DISPATCH], responses=refusals(*GUARDED, *_MOVED, rules.MasterUnfit)
)
def merge_work_order(ctx: Writing, order_id: Id, ask: Merge) -> wire.WorkOrder:
    """The order is the same work as another, which stands for both; what a crew did meanwhile is kept with both."""
    return queries.shape(actions.merge(ctx, order_id, ask))


@router.post("/excuses", dependencies=[DISPATCH], responses=refusals(*GUARDED))
def excuse_work_orders(ctx: Writing, ask: wire.NewExcuse) -> wire.Excused:
    """Weather or an incident: excuses the orders of an area that nobody began and whose window meets the time."""
    return actions.excuse(ctx, ask)
