"""Proposals over HTTP: side by side, and decided."""

from typing import Annotated

from fastapi import APIRouter, Query

from backend.components import actions, queries, rules
from backend.kernel.http import GUARDED, Reading, Writing, needs, refusals
from backend.kernel.paging import CURSOR_CHARS_MAX, BadCursor
from mobile_contract import components as wire
from mobile_contract.base import PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX, Id, Page

router = APIRouter(prefix="/components/v1", tags=["components"])
READ, DECIDE = needs("components.read"), needs("components.decide")
_OPEN = (*GUARDED, rules.ProposalUnknown, rules.ProposalDecided)


@router.get(
    "/components/{component_id}/proposals", dependencies=[READ], responses=refusals(*GUARDED, rules.ComponentUnknown)
)
def show_proposals_beside(ctx: Reading, component_id: Id) -> wire.ProposalsBeside:
    """The open proposals of a component side by side: each proposed value beside what it was based on and what is in
    force."""
    return queries.beside(ctx, component_id)


@router.get("/proposals", dependencies=[READ], responses=refusals(*GUARDED, BadCursor))
def list_component_proposals(
    ctx: Reading,
    state: wire.ProposalState | None = None,
    cursor: Annotated[str | None, Query(max_length=CURSOR_CHARS_MAX)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_ITEMS_MAX)] = PAGE_ITEMS_DEFAULT,
) -> Page[wire.ComponentProposal]:
    """Proposals in sight, newest first: one's own, and from a desk all around."""
    return queries.proposals(ctx, state, cursor, limit)


@router.post(
    "/proposals/{proposal_id}/approve",
    dependencies=[DECIDE],
    responses=refusals(*_OPEN, rules.ComponentUnknown, rules.VersionMoved, rules.FieldNotProposed, rules.AllOvertaken),
)
def approve_component_proposal(ctx: Writing, proposal_id: Id, ask: wire.ApproveProposal) -> wire.ComponentProposal:
    """Makes what is proposed the component's next version; the other proposals stay open, marked as based on an older
    one. Of two desks that decide at once the second is told `version_moved` or `proposal_decided`."""
    return queries.proposal_shape(actions.approve(ctx, proposal_id, ask))


@router.post("/proposals/{proposal_id}/refuse", dependencies=[DECIDE], responses=refusals(*_OPEN))
def refuse_component_proposal(ctx: Writing, proposal_id: Id, ask: wire.RefuseProposal) -> wire.ComponentProposal:
    """The component stays as it is; who proposed is told why."""
    return queries.proposal_shape(actions.refuse(ctx, proposal_id, ask.reason))


@router.post("/proposals/{proposal_id}/withdraw", dependencies=[READ], responses=refusals(*_OPEN, rules.ProposalNotOwn))
def withdraw_component_proposal(ctx: Writing, proposal_id: Id, ask: wire.WithdrawProposal) -> wire.ComponentProposal:
    """Whoever proposed it takes it back."""
    return queries.proposal_shape(actions.withdraw(ctx, proposal_id, ask.note))
