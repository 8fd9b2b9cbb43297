"""Proposals from the field: kept as they were made, decided one by one at a desk, the others brought up to date."""

from backend.attachments import actions as attachments
from backend.components import queries, rules
from backend.components.actions.register import Change, need_version, put, said
from backend.components.actions.standing import PROPOSALS, bring_up, bring_up_others, scopes_of
from backend.components.tables import ComponentProposal
from backend.kernel.audit import record
from backend.kernel.authority import Role
from backend.kernel.context import Ctx
from backend.kernel.geo import Datum
from backend.notifications.actions import Word, notify
from backend.people import queries as people
from mobile_contract import components as wire
from mobile_contract.components import ProposalState

PROPOSE, DECIDE = "components.propose", "components.decide"


def propose(ctx: Ctx, proposal_id: str, ask: wire.ProposeParams, photos: list[str]) -> ComponentProposal:
    """Keeps what somebody before a component proposes, however many others did, and tells the desk.

    Refuses with components.component_unknown, .version_unknown, .geometry_invalid.
    """
    ctx.principal.require(PROPOSE)
    component = queries.held_by_crews(ctx, ask.component_id)
    if ask.base_version > component.version:
        raise rules.VersionUnknown(version=component.version)
    changes = said(ask)
    if "geometry" in changes:
        changes["geometry"] = rules.outline(changes["geometry"], Datum.wgs84)
    me = ctx.principal
    row = ComponentProposal(
        id=proposal_id,
        component_id=component.id,
        component_code=component.code,
        component_name=component.name,
        area_path=component.area_path,
        base_version=ask.base_version,
        changes=changes,
        reason=ask.reason,
        photos=photos,
        person_id=me.person_id,
        person_name=me.name,
        proposed_at=ctx.done_at(),
        error_ms=ctx.claim.error_ms if ctx.claim else 0,
        longitude=ask.position.longitude if ask.position else None,
        latitude=ask.position.latitude if ask.position else None,
        state=ProposalState.open.value,
    )
    bring_up(row, component, queries.past(ctx, component.id))
    ctx.session.add(row)
    ctx.session.flush()
    if row.photos:
        attachments.cite(ctx, row.photos, PROPOSALS, row.id, scopes_of(row))
    _tell_desk(ctx, row)
    return row


def _tell_desk(ctx: Ctx, row: ComponentProposal) -> None:
    desk = {person for role in (Role.ganger, Role.dispatcher) for person in people.holders(ctx, role, row.area_path)}
    params = {"name": row.person_name, "component": row.component_name, "reason": row.reason}
    word = Word("components.proposed", f"component_proposal:{row.id}", params, about=(PROPOSALS, row.id))
    notify(ctx, sorted(desk - {row.person_id}), word)


# -- decided -------------------------------------------------------------------------------------------------------


def approve(ctx: Ctx, proposal_id: str, ask: wire.ApproveProposal) -> ComponentProposal:
    """What is proposed becomes the component's next version: all that nobody changed since, or what the desk names.

    Refuses with components.proposal_unknown, .proposal_decided, .version_moved, .field_not_proposed, .all_overtaken.
    """
    row = _open(ctx, proposal_id)
    component = queries.component_row(ctx, row.component_id)
    need_version(component, ask.version)
    since = rules.changed_since(row.base_version, queries.past(ctx, component.id))
    found = rules.rebase(row.changes, queries.values(component), since)
    fields = rules.taken(found, None if ask.fields is None else [field.value for field in ask.fields])
    put(ctx, component, {field: row.changes[field] for field in fields}, Change(ask.note or row.reason, row))
    row.taken = list(fields)
    row.became_version = component.version
    decided = _decide(ctx, row, ProposalState.approved, ask.note)
    bring_up_others(ctx, component)
    return decided


def refuse(ctx: Ctx, proposal_id: str, reason: str) -> ComponentProposal:
    """The component stays as it is. Refuses with components.proposal_unknown, .proposal_decided."""
    return _decide(ctx, _open(ctx, proposal_id), ProposalState.refused, reason)


def _open(ctx: Ctx, proposal_id: str) -> ComponentProposal:
    row = queries.proposal_in_sight(ctx, proposal_id)
    ctx.principal.require(DECIDE, row.area_path)
    _need_open(row)
    return row


def _need_open(row: ComponentProposal) -> None:
    if row.state != ProposalState.open:
        raise rules.ProposalDecided(state=row.state)


def _decide(ctx: Ctx, row: ComponentProposal, state: ProposalState, answer: str) -> ComponentProposal:
    _end(ctx, row, state, answer)
    record(ctx, f"components.proposal_{state.value}", f"component_proposal:{row.id}", reason=answer)
    params = {"component": row.component_name, "answer": answer or "-"}
    cause = f"component_proposal:{row.id}:answer"
    notify(ctx, [row.person_id], Word(f"components.proposal_{state.value}", cause, params, (PROPOSALS, row.id)))
    return row


def _end(ctx: Ctx, row: ComponentProposal, state: ProposalState, answer: str) -> None:
    row.state, row.answer, row.answered_at = state.value, answer, ctx.now()
    row.answered_by, row.answered_by_name = ctx.principal.person_id, ctx.principal.name
    ctx.session.add(row)
    ctx.session.flush()


def withdraw(ctx: Ctx, proposal_id: str, note: str) -> ComponentProposal:
    """Whoever made it takes it back. Refuses with components.proposal_unknown, .proposal_not_own, .proposal_decided."""
    row = queries.proposal_in_sight(ctx, proposal_id)
    if row.person_id != ctx.principal.person_id:
        raise rules.ProposalNotOwn
    _need_open(row)
    _end(ctx, row, ProposalState.withdrawn, note)
    return row
