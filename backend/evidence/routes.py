"""Late evidence over HTTP: read by whoever supervises."""

from io import BytesIO
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from backend.evidence import queries, rules
from backend.kernel.http import GUARDED, Reading, language_of, needs, refusals
from backend.kernel.paging import CURSOR_CHARS_MAX, BadCursor
from mobile_contract import evidence as wire
from mobile_contract.base import PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX, At, Id, Page, SheetForm
from mobile_contract.people import AreaPath

router = APIRouter(prefix="/evidence/v1", tags=["evidence"])
READ = needs(queries.READ)
MEDIA = {
    SheetForm.csv: "text/csv; charset=utf-8",
    SheetForm.xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def wanted_of(
    what: wire.LateWhat | None = None,
    about: wire.LateAbout | None = None,
    about_id: Id | None = None,
    area: AreaPath | None = None,
    team_id: Id | None = None,
    person_id: Id | None = None,
    since_at: At | None = None,
    until_at: At | None = None,
) -> wire.LateFilter:
    """What the list is narrowed to."""
    return wire.LateFilter(**locals())


Wanted = Annotated[wire.LateFilter, Depends(wanted_of)]


@router.get("/late", dependencies=[READ], responses=refusals(*GUARDED, BadCursor))
def list_late_uploads(
    ctx: Reading,
    wanted: Wanted,
    cursor: Annotated[str | None, Query(max_length=CURSOR_CHARS_MAX)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_ITEMS_MAX)] = PAGE_ITEMS_DEFAULT,
) -> Page[wire.LateUpload]:
    """Acts and photos of work orders and cases that came after their grace, the last that came first."""
    return queries.late_uploads(ctx, wanted, cursor, limit)


@router.get(
    "/late/export",
    dependencies=[READ],
    response_class=Response,
    responses=refusals(*GUARDED, rules.ListTooLong)
    | {200: {"content": {media: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA.values()}}},
)
def export_late_uploads(ctx: Reading, wanted: Wanted, request: Request, form: SheetForm = SheetForm.xlsx) -> Response:
    """The same list as a spreadsheet, its times the district's, its titles in the caller's language."""
    target = BytesIO()
    queries.export(ctx, wanted, target, form, language_of(request))
    named = {"Content-Disposition": f'attachment; filename="late.{form.value}"', "Cache-Control": "no-store"}
    return Response(target.getvalue(), media_type=MEDIA[form], headers=named)
