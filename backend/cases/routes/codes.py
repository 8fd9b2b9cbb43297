"""Code tables over HTTP: taken in from files, read, written out; and who answers for what."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query
from fastapi.responses import Response

from backend.cases import actions, queries
from backend.cases.rules import refusals as rules
from backend.kernel.http import GUARDED, Reading, Writing, needs, refusals
from backend.kernel.paging import CURSOR_CHARS_MAX, BadCursor
from backend.people import actions as people
from mobile_contract import casecodes as wire
from mobile_contract.base import PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX, Id, Label, Page
from mobile_contract.cases import CodeKind

router = APIRouter(prefix="/cases/v1", tags=["cases"])
READ, MANAGE = needs("cases.read"), needs("cases.manage")
MEDIA = {
    wire.CodeFormat.csv: "text/csv",
    wire.CodeFormat.xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    wire.CodeFormat.json: "application/json",
}
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {media: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA.values()}}
}


@router.get("/codes", dependencies=[READ], responses=refusals(*GUARDED, BadCursor))
def list_codes(
    ctx: Reading,
    kind: CodeKind | None = None,
    cursor: Annotated[str | None, Query(max_length=CURSOR_CHARS_MAX)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_ITEMS_MAX)] = PAGE_ITEMS_DEFAULT,
) -> Page[wire.CaseCode]:
    """The codes in force: names, conditions of registration, limits, what may be put right at once."""
    return queries.codes(ctx, kind, cursor, limit)


@router.get("/code-tables", dependencies=[READ], responses=refusals(*GUARDED))
def list_code_tables(ctx: Reading) -> list[wire.CodeTable]:
    """Every version that was taken in, newest first, with where it is from and how sure that is."""
    return queries.code_tables(ctx)


@router.post(
    "/code-tables/import",
    dependencies=[MANAGE],
    responses=refusals(*GUARDED, rules.CodeVersionTaken, *people.FILE_REFUSALS),
)
def import_codes(
    ctx: Writing,
    content: Annotated[bytes, Body(media_type="application/octet-stream")],
    standard: Label,
    version: Annotated[Label, Query(max_length=32)],
    jurisdiction: Label,
    certainty: Label,
    example: bool = False,
    dry_run: bool = False,
    name: Annotated[str, Query(max_length=200)] = "codes.xlsx",
) -> wire.CodeImport:
    """A version of a code table from a file (.csv, .xlsx, .json): all of it, or none and every bad line told."""
    named = wire.CodeTableNamed(
        standard=standard, version=version, jurisdiction=jurisdiction, certainty=certainty, example=example
    )
    return actions.import_codes(ctx, named, name, content, dry_run=dry_run)


@router.get(
    "/code-tables/{code_table_id}/file",
    dependencies=[MANAGE],
    response_class=Response,
    responses=refusals(*GUARDED, rules.CodeTableUnknown) | _FILE,
)
def export_codes(ctx: Reading, code_table_id: Id, format: wire.CodeFormat = wire.CodeFormat.csv) -> Response:
    """A version of a table as a file that can be taken in again."""
    named = {"Content-Disposition": f'attachment; filename="codes.{format.value}"', "Cache-Control": "no-store"}
    return Response(queries.table_file(ctx, code_table_id, format), media_type=MEDIA[format], headers=named)


@router.get("/competences", dependencies=[READ], responses=refusals(*GUARDED))
def list_competences(ctx: Reading) -> list[wire.Competence]:
    """Who answers for what, and where."""
    return queries.competences(ctx)


@router.put(
    "/competences",
    dependencies=[MANAGE],
    responses=refusals(*GUARDED, rules.AreaUnknown, rules.UnitUnknown, rules.UnitElsewhere),
)
def put_competences(ctx: Writing, ask: wire.PutCompetences) -> list[wire.Competence]:
    """Says who answers for what in an area; what was said of it before is replaced."""
    return actions.put_competences(ctx, ask)
