"""Components over HTTP: registered, corrected, taken in from files, listed, and written out."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query
from fastapi.responses import Response

from backend.components import actions, queries, rules
from backend.kernel.geo import Datum
from backend.kernel.http import GUARDED, Reading, Writing, needs, refusals
from backend.kernel.paging import CURSOR_CHARS_MAX, BadCursor
from backend.people import actions as people
from mobile_contract import components as wire
from mobile_contract.attendance import DatumName
from mobile_contract.base import PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX, Id, Label, Page
from mobile_contract.cases import Case, TwoDigits
from mobile_contract.components import ComponentForm
from mobile_contract.people import AreaPath
from qr import payload, render

router = APIRouter(prefix="/components/v1", tags=["components"])
READ, MANAGE = needs("components.read"), needs("components.manage")
MEDIA = {
    ComponentForm.csv: "text/csv",
    ComponentForm.xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ComponentForm.geojson: "application/geo+json",
}
_BYTES = {"schema": {"type": "string", "format": "binary"}}
_FEATURES = {"schema": {"type": "object"}, "example": {"type": "FeatureCollection", "features": []}}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {media: _FEATURES if media.endswith("json") else _BYTES for media in MEDIA.values()}}
}
_KNOWN = (*GUARDED, rules.ComponentUnknown)
_PLACED = (rules.AreaUnknown, rules.CodeElsewhere, rules.ClassUnknown, rules.GeometryInvalid)
Limit = Annotated[int, Query(ge=1, le=PAGE_ITEMS_MAX)]


def _wanted(
    area: AreaPath | None = None,
    state: wire.ComponentState | None = None,
    big: TwoDigits | None = None,
    small: TwoDigits | None = None,
    q: Annotated[Label | None, Query()] = None,
    bbox: Annotated[str | None, Query(max_length=100, examples=["113.26,23.17,113.28,23.19"])] = None,
    contested: bool = False,
) -> wire.ComponentFilter:
    """What a list of components is narrowed to."""
    box = _box(bbox) if bbox is not None else None
    return wire.ComponentFilter(area=area, state=state, big=big, small=small, q=q, bbox=box, contested=contested)


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError:
        raise rules.BboxInvalid from None
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise rules.BboxInvalid
    return west, south, east, north


Wanted = Annotated[wire.ComponentFilter, Depends(_wanted)]


@router.get("/components", dependencies=[READ], responses=refusals(*GUARDED, BadCursor, rules.BboxInvalid))
def list_components(
    ctx: Reading,
    wanted: Wanted,
    cursor: Annotated[str | None, Query(max_length=CURSOR_CHARS_MAX)] = None,
    limit: Limit = PAGE_ITEMS_DEFAULT,
) -> Page[wire.Component]:
    """Components in sight by their codes. `q`: part of the name or how the code begins; `bbox`: west,south,east,north;
    `contested`: only those with open proposals."""
    return queries.components(ctx, wanted, cursor, limit)


@router.get("/near", dependencies=[READ], responses=refusals(*GUARDED))
def list_near_components(
    ctx: Reading,
    longitude: Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False)],
    latitude: Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False)],
    within_m: Annotated[int, Query(ge=1, le=wire.NEAR_M_MAX)] = 100,
    limit: Limit = PAGE_ITEMS_DEFAULT,
) -> list[wire.NearComponent]:
    """Components in sight around a place, the nearest first."""
    return queries.near(ctx, (longitude, latitude), within_m, limit)


@router.get(
    "/export",
    dependencies=[READ],
    response_class=Response,
    responses=refusals(*GUARDED, rules.ExportTooLong, rules.BboxInvalid) | _FILE,
)
def export_components(ctx: Reading, wanted: Wanted, form: ComponentForm = ComponentForm.xlsx) -> Response:
    """The components of a list as a file that can be taken in again: 20,000 at most, a longer one is refused."""
    named = {"Content-Disposition": f'attachment; filename="components.{form.value}"', "Cache-Control": "no-store"}
    return Response(queries.export(ctx, wanted, form), media_type=MEDIA[form], headers=named)


@router.post(
    "/components",
    status_code=201,
    dependencies=[MANAGE],
    responses=refusals(*GUARDED, *_PLACED, rules.CodeTaken),
)
def register_component(ctx: Writing, ask: wire.NewComponent) -> wire.Component:
    """Registers a component in WGS-84, whatever datum it was drawn in."""
    return queries.component_shape(actions.register(ctx, ask))


@router.post(
    "/import",
    dependencies=[MANAGE],
    responses=refusals(
        *GUARDED, *people.FILE_REFUSALS, rules.ColumnMissing, rules.NotFeatures, rules.FileTooLong, rules.AreaUnknown
    ),
)
def import_components(
    ctx: Writing,
    content: Annotated[bytes, Body(media_type="application/octet-stream")],
    area: AreaPath | None = None,
    datum: DatumName = DatumName.wgs84,
    dry_run: bool = False,
    name: Annotated[str, Query(max_length=200)] = "components.xlsx",
) -> wire.ComponentImport:
    """Components from a file (.csv, .xlsx, .geojson), 2,000 lines at most: good ones are taken, every bad one told."""
    return actions.import_components(ctx, name, content, area or "", Datum(datum.value), dry_run=dry_run)


@router.get("/components/{component_id}", dependencies=[READ], responses=refusals(*_KNOWN))
def show_component(ctx: Reading, component_id: Id) -> wire.Component:
    """One component in sight."""
    return queries.component(ctx, component_id)


@router.post(
    "/components/{component_id}/change",
    dependencies=[MANAGE],
    responses=refusals(*_KNOWN, rules.VersionMoved, rules.GeometryInvalid, rules.NothingChanges),
)
def change_component(ctx: Writing, component_id: Id, ask: wire.ChangeComponent) -> wire.Component:
    """The desk's own correction, as the next version; open proposals stay."""
    return queries.component_shape(actions.change(ctx, component_id, ask))


@router.get("/components/{component_id}/history", dependencies=[READ], responses=refusals(*_KNOWN))
def show_component_history(ctx: Reading, component_id: Id) -> list[wire.ComponentVersion]:
    """The latest 200 versions, newest first: from when to when each held, and who made it so."""
    return queries.history(ctx, component_id)


@router.get("/components/{component_id}/cases", dependencies=[READ], responses=refusals(*_KNOWN))
def list_cases_of_component(ctx: Reading, component_id: Id) -> list[Case]:
    """The latest 50 cases in sight that name it, newest first."""
    return queries.cases_naming(ctx, component_id)


@router.get(
    "/components/{component_id}/label.svg",
    dependencies=[READ],
    response_class=Response,
    responses=refusals(*_KNOWN) | {200: {"content": {"image/svg+xml": {}}, "description": "The label."}},
)
def show_component_label(ctx: Reading, component_id: Id) -> Response:
    """The QR label to put on it."""
    code = queries.component(ctx, component_id).code
    named = payload.Component(code, ctx.settings.public_url.rstrip("/").lower())
    return Response(
        render.svg(render.symbol(payload.format(named), render.level_for(named))), media_type="image/svg+xml"
    )
