"""Registers from files over HTTP: announced, sent in parts, started, looked at, and every bad line told."""

from typing import Annotated

from fastapi import APIRouter, Body
from fastapi.responses import Response

from backend.gas import rules
from backend.gas.actions import importing as actions
from backend.gas.queries import imports as queries
from backend.gas.routes.parts import MANAGE, Cursor, Limit
from backend.gas.rules import import_refusals as refusing
from backend.kernel.http import GUARDED, Reading, Writing, refusals
from backend.kernel.paging import BadCursor
from mobile_contract import gas_imports as wire
from mobile_contract.base import PAGE_ITEMS_DEFAULT, Id, Page

router = APIRouter(prefix="/gas/v1", tags=["gas"])
_ONE = (*GUARDED, refusing.ImportUnknown)
_CSV = {"content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}}, "description": "Bad lines."}


@router.post(
    "/imports",
    status_code=201,
    dependencies=[MANAGE],
    responses=refusals(*GUARDED, refusing.ImportExists, rules.AreaUnknown, rules.TeamUnknown),
)
def begin_gas_import(ctx: Writing, ask: wire.NewImport) -> wire.GasImport:
    """Says that a file of cylinders or accounts comes: .csv or .xlsx."""
    return queries.import_shape(actions.begin_import(ctx, ask))


@router.put(
    "/imports/{gas_import_id}/parts/{number}",
    dependencies=[MANAGE],
    responses=refusals(*_ONE, refusing.ImportStarted, refusing.PartInvalid),
)
def send_gas_import_part(
    ctx: Writing,
    gas_import_id: Id,
    number: int,
    content: Annotated[bytes, Body(media_type="application/octet-stream")],
) -> wire.GasImport:
    """A part of the file, from 1; sent again it takes the place of the first."""
    return queries.import_shape(actions.keep_part(ctx, gas_import_id, number, content))


@router.post("/imports/{gas_import_id}/start", dependencies=[MANAGE], responses=refusals(*_ONE, refusing.PartsMissing))
def start_gas_import(ctx: Writing, gas_import_id: Id, ask: wire.StartImport) -> wire.GasImport:
    """The file is whole: it is taken in behind, and this answer does not wait for it."""
    return queries.import_shape(actions.start_import(ctx, gas_import_id, ask))


@router.post("/imports/{gas_import_id}/cancel", dependencies=[MANAGE], responses=refusals(*_ONE, refusing.ImportEnded))
def cancel_gas_import(ctx: Writing, gas_import_id: Id) -> wire.GasImport:
    """Stops an import: what was taken until now stays taken, no further line is looked at."""
    return queries.import_shape(actions.cancel_import(ctx, gas_import_id))


@router.get("/imports", dependencies=[MANAGE], responses=refusals(*GUARDED, BadCursor))
def list_gas_imports(ctx: Reading, cursor: Cursor = None, limit: Limit = PAGE_ITEMS_DEFAULT) -> Page[wire.GasImport]:
    """Imports in sight, newest first."""
    return queries.imports(ctx, cursor, limit)


@router.get("/imports/{gas_import_id}", dependencies=[MANAGE], responses=refusals(*_ONE))
def show_gas_import(ctx: Reading, gas_import_id: Id) -> wire.GasImport:
    """How far an import is: `lines_done` of `lines`."""
    return queries.import_shape(queries.import_row(ctx, gas_import_id))


@router.get(
    "/imports/{gas_import_id}/bad-lines.csv",
    dependencies=[MANAGE],
    response_class=Response,
    responses=refusals(*_ONE) | {200: _CSV},
)
def show_gas_import_bad_lines(ctx: Reading, gas_import_id: Id) -> Response:
    """Every line that was not taken, its column and why, as a CSV."""
    told = b"".join(queries.bad_lines(ctx, gas_import_id))
    named = {"Content-Disposition": 'attachment; filename="bad-lines.csv"', "Cache-Control": "no-store"}
    return Response(told, media_type="text/csv", headers=named)
