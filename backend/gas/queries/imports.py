"""Registers that are taken in from files, within the reader's sight, and the bytes that their jobs stand on."""

import csv
import io
from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select

from backend.gas.rules.import_refusals import ImportUnknown
from backend.gas.tables import GasImport, GasImportPart, GasImportTurn
from backend.kernel.context import Ctx
from backend.kernel.paging import beyond, cursor_of, cut, read_cursor
from backend.kernel.sight import in_areas
from backend.kernel.spreadsheets import harmless
from mobile_contract import gas_imports as wire
from mobile_contract.base import Page

HEADINGS = ("line", "column", "code", "zh", "en")


def imports(ctx: Ctx, cursor: str | None, limit: int) -> Page[wire.GasImport]:
    """A page of the imports in sight, newest first."""
    query = select(GasImport).where(_in_sight(ctx))
    if cursor:
        query = query.where(beyond([col(GasImport.id)], read_cursor(cursor, str), falling=True))
    rows = ctx.session.exec(query.order_by(col(GasImport.id).desc()).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.id))
    return Page(items=[import_shape(row) for row in page], next=following)


def import_row(ctx: Ctx, import_id: str) -> GasImport:
    """The row of an import in sight; refuses with gas.import_unknown."""
    row = ctx.session.exec(select(GasImport).where(GasImport.id == import_id, _in_sight(ctx))).first()
    if row is None:
        raise ImportUnknown
    return row


def _in_sight(ctx: Ctx) -> ColumnElement[bool]:
    mine = col(GasImport.person_id) == ctx.principal.person_id
    return or_(mine, in_areas(GasImport.area_path, ctx.principal.areas("gas.manage")))


def import_shape(row: GasImport) -> wire.GasImport:
    """An import as it travels."""
    return wire.GasImport.model_validate(row, from_attributes=True)


def bad_lines(ctx: Ctx, import_id: str) -> Iterator[bytes]:
    """Every bad line of an import in sight as a CSV, piece by piece; refuses with gas.import_unknown."""
    row = import_row(ctx, import_id)
    yield "\ufeff".encode() + _csv([HEADINGS])
    query = select(GasImportTurn.number).where(GasImportTurn.import_id == row.id)
    for number in ctx.session.exec(query.order_by(col(GasImportTurn.number))).all():
        turn = turn_of(ctx, row.id, number)
        if turn is not None and turn.bad:
            yield _csv([[harmless(bad[heading]) for heading in HEADINGS] for bad in turn.bad])


def _csv(rows: Sequence[Sequence[object]]) -> bytes:
    told = io.StringIO(newline="")
    csv.writer(told).writerows(rows)
    return told.getvalue().encode()


# -- for the deeds and jobs of imports -----------------------------------------------------------------------------


def import_by_id(ctx: Ctx, import_id: str) -> GasImport | None:
    """An import, whoever asks."""
    return ctx.session.get(GasImport, import_id)


def part_numbers(ctx: Ctx, import_id: str) -> list[int]:
    """Which parts were sent."""
    query = select(GasImportPart.number).where(GasImportPart.import_id == import_id)
    return sorted(ctx.session.exec(query).all())


def part_of(ctx: Ctx, import_id: str, number: int) -> GasImportPart | None:
    """A part that was sent."""
    return ctx.session.get(GasImportPart, (import_id, number))


def parts_of(ctx: Ctx, import_id: str) -> Sequence[GasImportPart]:
    """The parts of a file in their order."""
    query = select(GasImportPart).where(GasImportPart.import_id == import_id).order_by(col(GasImportPart.number))
    return ctx.session.exec(query).all()


def content_of(ctx: Ctx, import_id: str) -> bytes:
    """The whole file."""
    return b"".join(part.content for part in parts_of(ctx, import_id))


def turn_of(ctx: Ctx, import_id: str, number: int) -> GasImportTurn | None:
    """The lines of one turn."""
    return ctx.session.get(GasImportTurn, (import_id, number))


def turns_waiting(ctx: Ctx, import_id: str) -> Sequence[GasImportTurn]:
    """Turns whose lines were not taken yet."""
    query = select(GasImportTurn).where(GasImportTurn.import_id == import_id, GasImportTurn.lines != b"")
    return ctx.session.exec(query).all()


def left_alone(ctx: Ctx, before: object, limit: int) -> Sequence[GasImport]:
    """Imports whose file was never whole."""
    query = select(GasImport).where(
        GasImport.state == wire.ImportState.receiving.value, col(GasImport.created_at) < before
    )
    return ctx.session.exec(query.limit(limit)).all()
