"""Doors to areas: /people/v1/areas."""

from fastapi import APIRouter, status

from backend.kernel.errors import NotFound
from backend.kernel.http import Reading, Writing, needs, refusals
from backend.kernel.paging import BadCursor
from backend.people import actions, queries
from backend.people.routes.auth import SIGNED_IN
from backend.people.routes.persons import Cursor, Limit
from backend.people.rules import AreaExists, AreaMisplaced, AreaUnknown, OutlineInvalid
from mobile_contract import people as wire
from mobile_contract.base import PAGE_ITEMS_MAX, Id

router = APIRouter(prefix="/people/v1", tags=["people"])


@router.get("/areas", dependencies=[needs("areas.read")], responses=refusals(*SIGNED_IN, BadCursor))
def areas(
    ctx: Reading,
    under: wire.AreaPath | None = None,
    kind: wire.AreaKind | None = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_ITEMS_MAX,
) -> wire.AreaCollection:
    """The areas of one's district as GeoJSON, oldest first."""
    return queries.areas(ctx, under, kind, cursor, limit)


@router.post(
    "/areas",
    status_code=status.HTTP_201_CREATED,
    dependencies=[needs("areas.manage")],
    responses=refusals(*SIGNED_IN, AreaUnknown, AreaExists, AreaMisplaced, OutlineInvalid),
)
def draw_area(ask: wire.NewArea, ctx: Writing) -> wire.AreaFeature:
    """Draws an area inside another."""
    made = actions.draw_area(ctx, ask.parent, ask.code, ask.kind, ask.name, ask.outline)
    return queries.area(ctx, made.id)


@router.patch(
    "/areas/{area_id}",
    dependencies=[needs("areas.manage")],
    responses=refusals(*SIGNED_IN, NotFound, OutlineInvalid),
)
def change_area(area_id: Id, ask: wire.ChangeArea, ctx: Writing) -> wire.AreaFeature:
    """Renames or redraws an area."""
    actions.change_area(ctx, area_id, ask.name, ask.outline)
    return queries.area(ctx, area_id)
