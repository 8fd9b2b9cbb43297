"""Components and proposals on handsets."""

from typing import Any

from backend.components import actions, queries, rules
from backend.components.tables import Component, ComponentProposal
from backend.kernel.context import Ctx
from backend.kernel.shapes import known, reader
from mobile_contract import components as wire
from sync.kinds import Command, Deed, Kind, Policy


def _component_body(row: Component) -> dict[str, Any]:
    return queries.component_shape(row).model_dump(mode="json")


def _component_scopes(row: Component) -> list[str]:
    return rules.holders(row.area_path)


def _propose(ctx: Ctx, deed: Deed) -> None:
    photos = list(dict.fromkeys([*deed.params.photos, *deed.blobs]))
    actions.propose(ctx, deed.row_id, deed.params, photos)


def _withdraw(ctx: Ctx, deed: Deed) -> None:
    actions.withdraw(ctx, deed.row_id, deed.params.note)


def _proposal_body(row: ComponentProposal) -> dict[str, Any]:
    return queries.proposal_shape(row).model_dump(mode="json")


COMPONENT_KIND = Kind(
    name=actions.KIND,
    table=Component,
    fields=dict.fromkeys(wire.Component.model_fields, Policy.server),
    body=_component_body,
    scopes=_component_scopes,
    priority=4,
)
PROPOSAL_KIND = Kind(
    name=actions.PROPOSALS,
    table=ComponentProposal,
    fields=dict.fromkeys(wire.ComponentProposal.model_fields, Policy.server),
    body=_proposal_body,
    scopes=actions.scopes_of,
    commands=[
        Command(
            name="components.propose",
            kind=actions.PROPOSALS,
            read=reader(wire.ProposeParams),
            accept=_propose,
            creates=True,
            known=known(wire.ProposeParams),
            sets={"state": wire.ProposalState.open.value},
        ),
        Command(
            name="components.withdraw",
            kind=actions.PROPOSALS,
            read=reader(wire.WithdrawParams),
            accept=_withdraw,
            known=known(wire.WithdrawParams),
            sets={"state": wire.ProposalState.withdrawn.value},
        ),
    ],
    priority=3,
)
KINDS = (COMPONENT_KIND, PROPOSAL_KIND)
