"""Fences over HTTP, as GeoJSON."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from backend.attendance import actions, queries, rules
from backend.kernel.http import GUARDED, Reading, Writing, needs, refusals
from backend.kernel.paging import CURSOR_CHARS_MAX, BadCursor
from mobile_contract import attendance as wire
from mobile_contract.base import PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX, At, Id, Label
from mobile_contract.people import AreaPath
from qr import payload, render

router = APIRouter(prefix="/attendance/v1", tags=["attendance"])
READ, MANAGE = needs("attendance.read"), needs("attendance.manage")
Cursor = Annotated[str | None, Query(max_length=CURSOR_CHARS_MAX)]
Limit = Annotated[int, Query(ge=1, le=PAGE_ITEMS_MAX)]


@router.get("/fences", dependencies=[READ], responses=refusals(*GUARDED, BadCursor))
def list_fences(
    ctx: Reading,
    area: AreaPath | None = None,
    at: At | None = None,
    lineage_id: Id | None = None,
    team_id: Id | None = None,
    person_id: Id | None = None,
    q: Annotated[Label | None, Query()] = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_ITEMS_DEFAULT,
) -> wire.FenceCollection:
    """Fences in sight as a GeoJSON feature collection. `at`: only those that hold at that time; `lineage_id`: all
    versions of one fence; `team_id`, `person_id`: set for them now; `q`: part of the name."""
    wanted = wire.FenceFilter(area=area, at=at, lineage_id=lineage_id, team_id=team_id, person_id=person_id, q=q)
    return queries.fences(ctx, wanted, cursor, limit)


@router.post(
    "/fences",
    status_code=201,
    dependencies=[MANAGE],
    responses=refusals(
        *GUARDED,
        rules.FenceInvalid,
        rules.FenceDoubtful,
        rules.RadiusNeeded,
        rules.PeriodInvalid,
        rules.AreaUnknown,
        rules.AudienceUnknown,
    ),
)
def draw_fence(ctx: Writing, ask: wire.NewFence) -> wire.FenceFeature:
    """A new fence in WGS-84, whatever datum it was drawn in. Who seems to have named the wrong datum is asked back."""
    return queries.feature(actions.draw_fence(ctx, ask))


@router.post("/fences/import", dependencies=[MANAGE], responses=refusals(*GUARDED))
def import_fences(ctx: Writing, ask: wire.FenceImport) -> wire.FenceImportReport:
    """Draws what can be drawn of a GeoJSON feature collection; the report tells of every feature what became of it."""
    return actions.import_fences(ctx, ask)


@router.put(
    "/fences/{fence_id}",
    dependencies=[MANAGE],
    responses=refusals(
        *GUARDED,
        rules.FenceUnknown,
        rules.FenceInvalid,
        rules.FenceDoubtful,
        rules.FenceSuperseded,
        rules.RadiusNeeded,
        rules.PeriodInvalid,
    ),
)
def revise_fence(ctx: Writing, fence_id: Id, ask: wire.RevisedFence) -> wire.FenceFeature:
    """The fence's next version, with an id of its own; clock-ins done before are judged by what stood then."""
    return queries.feature(actions.revise_fence(ctx, fence_id, ask))


@router.get("/fences/{fence_id}", dependencies=[READ], responses=refusals(*GUARDED, rules.FenceUnknown))
def show_fence(ctx: Reading, fence_id: Id) -> wire.FenceFeature:
    """One fence in sight."""
    return queries.feature(queries.fence(ctx, fence_id))


@router.get(
    "/fences/{fence_id}/label.svg",
    dependencies=[MANAGE],
    response_class=Response,
    responses=refusals(*GUARDED, rules.FenceUnknown)
    | {200: {"content": {"image/svg+xml": {}}, "description": "The label."}},
)
def show_point_label(ctx: Reading, fence_id: Id) -> Response:
    """The QR label of the fence's punch point, the same for all its versions, to be scanned when clocking in."""
    point = payload.PunchPoint(queries.fence(ctx, fence_id, "attendance.manage").lineage_id.replace("-", "").upper())
    text = payload.format(replace(point, origin=ctx.settings.public_url.rstrip("/").lower()))
    return Response(render.svg(render.symbol(text, render.level_for(point))), media_type="image/svg+xml")


@router.put(
    "/fences/{fence_id}/audience",
    dependencies=[MANAGE],
    responses=refusals(*GUARDED, rules.FenceUnknown, rules.AudienceUnknown),
)
def set_fence_audience(ctx: Writing, fence_id: Id, ask: wire.FenceAudience) -> wire.FenceFeature:
    """Whose fence it is from now on; clock-ins done before are judged by what held then."""
    return queries.feature(actions.set_audience(ctx, fence_id, actions.Audience.of(ask)))


@router.post(
    "/fences/{fence_id}/end",
    dependencies=[MANAGE],
    responses=refusals(*GUARDED, rules.FenceUnknown, rules.PeriodInvalid),
)
def end_fence(ctx: Writing, fence_id: Id, ask: wire.EndFence) -> wire.FenceFeature:
    """Ends a fence; clock-ins already judged by it stay as they are."""
    return queries.feature(actions.end_fence(ctx, fence_id, ask.until_at))
