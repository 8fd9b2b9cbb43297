"""Customers' accounts over HTTP."""

import orjson
from fastapi import APIRouter
from fastapi.responses import Response

from backend.gas import actions, queries, rules
from backend.gas.routes.parts import EPCIS_ANSWER, JSON_LD, MANAGE, READ, Cursor, Limit
from backend.kernel.http import GUARDED, Reading, Writing, refusals
from backend.kernel.paging import BadCursor
from mobile_contract import gas as wire
from mobile_contract.base import PAGE_ITEMS_DEFAULT, Id, Page
from mobile_contract.people import AreaPath, SearchText

router = APIRouter(prefix="/gas/v1", tags=["gas"])


@router.get("/accounts", dependencies=[READ], responses=refusals(*GUARDED, BadCursor))
def list_accounts(
    ctx: Reading,
    area: AreaPath | None = None,
    q: SearchText | None = None,
    cursor: Cursor = None,
    limit: Limit = PAGE_ITEMS_DEFAULT,
) -> Page[wire.Account]:
    """Customers' accounts in sight, by code. `q` is looked for in code, name, address and phone."""
    return queries.accounts(ctx, area, q, cursor, limit)


@router.post(
    "/accounts",
    status_code=201,
    dependencies=[MANAGE],
    responses=refusals(*GUARDED, rules.AccountTaken, rules.AreaUnknown, rules.TeamUnknown),
)
def add_accounts(ctx: Writing, ask: wire.NewAccounts) -> list[wire.Account]:
    """Takes customers on, all or none."""
    return [queries.account_shape(row) for row in actions.add_accounts(ctx, ask.accounts)]


@router.get("/accounts/{account_id}", dependencies=[READ], responses=refusals(*GUARDED, rules.AccountUnknown))
def show_account(ctx: Reading, account_id: Id) -> wire.AccountView:
    """One account in sight, and the cylinders that are there."""
    return queries.account(ctx, account_id)


@router.get(
    "/accounts/{account_id}/checks.epcis",
    dependencies=[READ],
    response_class=Response,
    responses=refusals(*GUARDED, rules.AccountUnknown) | EPCIS_ANSWER,
)
def show_checks_epcis(ctx: Reading, account_id: Id) -> Response:
    """The newest checks of a home as EPCIS 2.0 events in JSON-LD; no conformity is claimed."""
    return Response(orjson.dumps(queries.home_checks_document(ctx, account_id)), media_type=JSON_LD)
