"""Cases about chains and declared errors within the reader's sight."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select

from backend.gas.queries.sight import in_sight
from backend.gas.rules import CaseUnknown
from backend.gas.tables import CustodyCase, ScanError
from backend.kernel.context import Ctx
from backend.kernel.paging import beyond, cursor_of, cut, read_cursor
from mobile_contract import custody as wire
from mobile_contract.base import Page


def custody_cases(
    ctx: Ctx, state: wire.CaseState | None, kind: wire.CaseKind | None, cursor: str | None, limit: int
) -> Page[wire.CustodyCase]:
    """A page of the cases in sight, and of those one answers for, oldest first."""
    query = select(CustodyCase).where(_in_sight(ctx))
    for column, value in ((CustodyCase.state, state), (CustodyCase.kind, kind)):
        if value is not None:
            query = query.where(col(column) == value.value)
    if cursor:
        query = query.where(beyond([col(CustodyCase.id)], read_cursor(cursor, str)))
    rows = ctx.session.exec(query.order_by(col(CustodyCase.id)).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.id))
    return Page(items=[case_shape(row) for row in page], next=following)


def case_row(ctx: Ctx, case_id: str) -> CustodyCase:
    """A case in sight; refuses with gas.case_unknown."""
    row = ctx.session.exec(select(CustodyCase).where(CustodyCase.id == case_id, _in_sight(ctx))).first()
    if row is None:
        raise CaseUnknown
    return row


def _in_sight(ctx: Ctx) -> ColumnElement[bool]:
    return or_(col(CustodyCase.owner_id) == ctx.principal.person_id, in_sight(ctx.principal, CustodyCase))


def cases_of(ctx: Ctx, cylinder_ids: Iterable[str]) -> list[CustodyCase]:
    """Every case about some cylinders."""
    query = select(CustodyCase).where(col(CustodyCase.cylinder_id).in_(sorted(set(cylinder_ids))))
    return list(ctx.session.exec(query).all())


def scan_error_row(ctx: Ctx, error_id: str) -> ScanError | None:
    """A declaration by the id its maker gave it."""
    return ctx.session.get(ScanError, error_id)


def case_shape(row: CustodyCase) -> wire.CustodyCase:
    """A case as it travels."""
    return wire.CustodyCase.model_validate({**row.model_dump(), "scan_id": row.scan_id or None})


def scan_error_shape(row: ScanError) -> wire.ScanError:
    """A declaration as it travels."""
    return wire.ScanError.model_validate(row, from_attributes=True)
