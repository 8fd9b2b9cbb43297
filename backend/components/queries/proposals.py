"""Proposals within sight: side by side for the desk, and each person's own."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select

from backend.components import rules
from backend.components.queries.components import component_row, component_shape, in_sight, values, versions
from backend.components.tables import Component, ComponentProposal
from backend.kernel.context import Ctx
from backend.kernel.paging import beyond, cursor_of, cut, read_cursor
from backend.kernel.sight import desk_areas, in_areas
from mobile_contract import components as wire
from mobile_contract.base import Page
from mobile_contract.components import ComponentField, ProposalState


def proposal_shape(row: ComponentProposal) -> wire.ComponentProposal:
    """A proposal as it travels."""
    return wire.ComponentProposal.model_validate(row, from_attributes=True)


def _seen(ctx: Ctx) -> ColumnElement[bool]:
    """One's own, from a desk all around it, and what is open where one works."""
    held = select(Component.id).where(in_sight(ctx.principal))
    return or_(
        col(ComponentProposal.person_id) == ctx.principal.person_id,
        in_areas(ComponentProposal.area_path, desk_areas(ctx.principal)),
        (col(ComponentProposal.state) == ProposalState.open.value) & col(ComponentProposal.component_id).in_(held),
    )


def proposals(ctx: Ctx, state: ProposalState | None, cursor: str | None, limit: int) -> Page[wire.ComponentProposal]:
    """A page of the proposals in sight, newest first."""
    query = select(ComponentProposal).where(_seen(ctx))
    if state is not None:
        query = query.where(ComponentProposal.state == state.value)
    if cursor:
        query = query.where(beyond([col(ComponentProposal.id)], read_cursor(cursor, str), falling=True))
    rows = ctx.session.exec(query.order_by(col(ComponentProposal.id).desc()).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.id))
    return Page(items=[proposal_shape(row) for row in page], next=following)


def proposal_in_sight(ctx: Ctx, proposal_id: str) -> ComponentProposal:
    """Refuses with components.proposal_unknown."""
    row = ctx.session.exec(select(ComponentProposal).where(ComponentProposal.id == proposal_id, _seen(ctx))).first()
    if row is None:
        raise rules.ProposalUnknown
    return row


def beside(ctx: Ctx, component_id: str) -> wire.ProposalsBeside:
    """A component in sight and its open proposals side by side, each with what it was based on and would change now."""
    row = component_row(ctx, component_id)
    kept = versions(ctx, row.id)
    past = [(one.version, one.changed) for one in kept]
    content = {one.version: one.content for one in kept}
    told = []
    for proposal in open_proposals(ctx, row.id)[: wire.PROPOSALS_SHOWN_MAX]:
        found = rules.rebase(proposal.changes, values(row), rules.changed_since(proposal.base_version, past))
        fields = _fields(proposal, content[proposal.base_version], values(row), found)
        told.append(wire.ProposalBeside(proposal=proposal_shape(proposal), fields=fields))
    return wire.ProposalsBeside(component=component_shape(row), proposals=told)


def _fields(
    proposal: ComponentProposal, base: Mapping[str, Any], now: Mapping[str, Any], found: rules.Rebase
) -> list[wire.FieldBeside]:
    return [
        wire.FieldBeside(
            field=ComponentField(field),
            base=base[field],
            now=now[field],
            proposed=proposal.changes[field],
            overtaken=field in found.overtaken,
            same=field in found.same,
        )
        for field in rules.FIELDS
        if field in proposal.changes
    ]


# -- for deeds -----------------------------------------------------------------------------------------------------


def open_proposals(ctx: Ctx, component_id: str) -> Sequence[ComponentProposal]:
    """The open proposals of a component, oldest first, whoever asks."""
    query = select(ComponentProposal).where(
        ComponentProposal.component_id == component_id, ComponentProposal.state == ProposalState.open.value
    )
    return ctx.session.exec(query.order_by(col(ComponentProposal.id))).all()
