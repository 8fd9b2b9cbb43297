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
from mobile_contract.problems import Texts
from mobile_contract.texts.gas_cases import QUESTIONS


def custody_cases(
    ctx: Ctx,
    state: wire.CaseState | None,
    kind: wire.CaseKind | None,
    overdue: bool | None,
    cursor: str | None,
    limit: int,
) -> Page[wire.CustodyCase]:
    """A page of the cases in sight, and of those one answers for, oldest first."""
    query = select(CustodyCase).where(_in_sight(ctx))
    if overdue is not None:
        late = (col(CustodyCase.state) == wire.CaseState.open.value) & (col(CustodyCase.deadline_at) < ctx.now())
        query = query.where(late if overdue else ~late)
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


def cases_of(ctx: Ctx, subject_ids: Iterable[str]) -> list[CustodyCase]:
    """Every case about some cylinders, accounts or closes."""
    query = select(CustodyCase).where(col(CustodyCase.subject_id).in_(sorted(set(subject_ids))))
    return list(ctx.session.exec(query).all())


def case_by_id(ctx: Ctx, case_id: str) -> CustodyCase | None:
    """A case, whoever asks: who is asked in it may answer it."""
    return ctx.session.get(CustodyCase, case_id)


def scan_error_row(ctx: Ctx, error_id: str) -> ScanError | None:
    """A declaration by the id its maker gave it."""
    return ctx.session.get(ScanError, error_id)


def case_shape(row: CustodyCase) -> wire.CustodyCase:
    """A case as it travels."""
    filled = {"cylinder": row.cylinder_key, "account": row.account}
    zh, en = (text.format_map(filled) for text in QUESTIONS[row.kind])
    more = {"act_id": row.act_id or None, "texts": Texts(zh=zh, en=en)}
    return wire.CustodyCase.model_validate(row.model_dump() | more)


def scan_error_shape(row: ScanError) -> wire.ScanError:
    """A declaration as it travels."""
    return wire.ScanError.model_validate(row, from_attributes=True)
