"""Open proposals brought up to date with their component, and who holds them."""

from collections.abc import Sequence

from backend.components import queries, rules
from backend.components.tables import Component, ComponentProposal
from backend.kernel.context import Ctx
from backend.notifications.actions import Word, notify

PROPOSALS = "component_proposals"


def scopes_of(row: ComponentProposal) -> list[str]:
    """Who holds it on a handset."""
    return rules.proposal_scopes(row.area_path, row.person_id, row.state)


def bring_up(row: ComponentProposal, component: Component, past: Sequence[tuple[int, Sequence[str]]]) -> bool:
    """States what a proposal lost to later versions; whether that is more than it was."""
    since = rules.changed_since(row.base_version, past)
    found = rules.rebase(row.changes, queries.values(component), since)
    was = (row.outdated, row.overtaken)
    row.outdated = component.version > row.base_version
    row.overtaken = list(found.overtaken)
    return (row.outdated, row.overtaken) != was


def bring_up_others(ctx: Ctx, component: Component) -> None:
    """Marks every open proposal as based on an older version, and tells whoever made it, once a version."""
    ctx.session.flush()
    past = queries.past(ctx, component.id)
    for row in queries.open_proposals(ctx, component.id):
        if not bring_up(row, component, past):
            continue
        ctx.session.add(row)
        params = {"component": row.component_name, "version": component.version}
        cause = f"component_proposal:{row.id}:version:{component.version}"
        notify(ctx, [row.person_id], Word("components.proposal_outdated", cause, params, (PROPOSALS, row.id)))
    ctx.session.flush()
