"""Cases about chains and declared errors over HTTP."""

from fastapi import APIRouter

from backend.gas import actions, queries, rules
from backend.gas.routes.parts import MANAGE, READ, Cursor, Limit
from backend.kernel.http import GUARDED, Reading, Writing, refusals
from backend.kernel.paging import BadCursor
from mobile_contract import custody as wire
from mobile_contract.base import PAGE_ITEMS_DEFAULT, Id, Page

router = APIRouter(prefix="/gas/v1", tags=["gas"])


@router.get("/custody-cases", dependencies=[READ], responses=refusals(*GUARDED, BadCursor))
def list_custody_cases(
    ctx: Reading,
    state: wire.CaseState | None = None,
    kind: wire.CaseKind | None = None,
    overdue: bool | None = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_ITEMS_DEFAULT,
) -> Page[wire.CustodyCase]:
    """Questions in sight, and those one answers for, oldest first; `overdue`: open past their deadline."""
    return queries.custody_cases(ctx, state, kind, overdue, cursor, limit)


@router.post(
    "/custody-cases/{custody_case_id}/confirm",
    dependencies=[MANAGE],
    responses=refusals(*GUARDED, rules.CaseUnknown, rules.CaseEnded),
)
def confirm_custody_case(ctx: Writing, custody_case_id: Id, ask: wire.ConfirmCase) -> wire.CustodyCase:
    """Ends a case: somebody looked into it, and the chain is right as it stands."""
    return queries.case_shape(actions.confirm_case(ctx, custody_case_id, ask.note))


@router.post(
    "/scan-errors",
    status_code=201,
    dependencies=[MANAGE],
    responses=refusals(*GUARDED, rules.ScanNotYours, rules.ScanExists, rules.RegistrationCodeTaken),
)
def declare_scan_error(ctx: Writing, ask: wire.DeclareError) -> wire.ScanError:
    """Declares an act an error: it is kept, and left out of its chain."""
    said = wire.DeclareErrorParams.model_validate(ask.model_dump(exclude={"id"}))
    return queries.scan_error_shape(actions.declare_error(ctx, actions.NewError(ask.id, said)))
