"""Reports of gas over HTTP."""

from functools import partial
from tempfile import SpooledTemporaryFile

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from starlette.background import BackgroundTask

from backend.gas.actions import reports as actions
from backend.gas.queries import reports as queries
from backend.gas.queries import sums
from backend.gas.routes.parts import MANAGE, Cursor, Limit
from backend.gas.rules.campaigns import CampaignUnknown
from backend.gas.rules.report_refusals import ReportTooLong
from backend.kernel.http import GUARDED, Reading, house_of, language_of, refusals, request_id_of
from backend.kernel.paging import BadCursor
from mobile_contract import gas_reports as wire
from mobile_contract.base import PAGE_ITEMS_DEFAULT, Page, SheetForm
from mobile_contract.people import AreaPath

router = APIRouter(prefix="/gas/v1", tags=["gas"])
SPOOLED_BYTES_MAX = 4_000_000
"""Of a spreadsheet on its way so much lies in memory, the rest on disk."""
CHUNK_BYTES = 64_000
SHEETS = {
    SheetForm.csv: "text/csv; charset=utf-8",
    SheetForm.xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@router.get("/sums/hazards", dependencies=[MANAGE], responses=refusals(*GUARDED, BadCursor))
def sum_hazards(
    ctx: Reading, area: AreaPath | None = None, cursor: Cursor = None, limit: Limit = PAGE_ITEMS_DEFAULT
) -> Page[wire.HazardSum]:
    """Open hazards in sight, counted by item, grade and age: the gravest first. They name no customer."""
    return sums.hazards_summed(ctx, area, cursor, limit)


@router.get("/sums/cylinders", dependencies=[MANAGE], responses=refusals(*GUARDED, BadCursor))
def sum_cylinders(
    ctx: Reading, area: AreaPath | None = None, cursor: Cursor = None, limit: Limit = PAGE_ITEMS_DEFAULT
) -> Page[wire.CylinderSum]:
    """Cylinders in sight, counted by place, spec and how soon they are due."""
    return sums.cylinders_summed(ctx, area, cursor, limit)


@router.post(
    "/reports",
    dependencies=[MANAGE],
    response_class=Response,
    responses=refusals(*GUARDED, ReportTooLong, CampaignUnknown)
    | {200: {"content": {SHEETS[form]: {"schema": {"type": "string", "format": "binary"}} for form in SHEETS}}},
)
def make_report(ctx: Reading, ask: wire.ReportAsk, request: Request) -> Response:
    """A report of what is in sight as a spreadsheet, its times the district's, its words in the caller's language.

    Who took it is in the audit before its first byte leaves.
    """
    kept = SpooledTemporaryFile(SPOOLED_BYTES_MAX)  # noqa: SIM115 - it is closed when all of it has been sent
    lines = queries.report(ctx, ask, kept, language_of(request), wire.REPORT_ROWS_MAX)
    house = house_of(request)
    # A short writing of its own: the long reading before it keeps no phone waiting.
    with house.db.transaction() as session:
        actions.note_report(house.ctx(session, ctx.principal, request_id_of(request)), ask, lines)
    kept.seek(0)
    name = f"gas-{ask.kind.value.replace('_', '-')}.{ask.form.value}"
    named = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    sent = BackgroundTask(kept.close)
    return StreamingResponse(iter(partial(kept.read, CHUNK_BYTES), b""), 200, named, SHEETS[ask.form], sent)
