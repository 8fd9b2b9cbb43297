"""Standing: what a person's roles and teams come to, told to their handsets. Called by every deed that moves them."""

from backend.kernel.context import Ctx
from backend.kernel.events import announce
from backend.kernel.journaling import set_user_scopes
from backend.people.events import RolesChanged, TeamsChanged
from backend.people.queries.identity import held_now
from backend.people.queries.lookups import person_by_id, persons_due, unsettled
from backend.people.rules import phase_of, scopes_of
from backend.people.tables import Person
from mobile_contract.people import PersonStatus


def settle(ctx: Ctx, person: Person) -> None:
    """Brings phases, the person's row and the scopes of their handsets to where the instants say they are now."""
    ctx.session.flush()
    roles_moved = False
    for row in unsettled(ctx.session, person.id):
        phase = phase_of(row.since_at, row.until_at, ctx.now())
        if row.phase != phase:
            row.phase = phase.value
            ctx.session.add(row)
            roles_moved = roles_moved or hasattr(row, "role")
    ctx.session.flush()
    grants, team_ids = held_now(ctx.session, person.id, ctx.now())
    if person.status != PersonStatus.active:
        grants, team_ids = (), frozenset()
    before, after = person.team_ids, sorted(team_ids)
    if before != after:
        person.team_ids = after
        ctx.session.add(person)
        ctx.session.flush()
    set_user_scopes(ctx.session, person.id, scopes_of(person.id, grants, after, ctx.settings.district))
    if before != after:
        announce(ctx, TeamsChanged(person.id, tuple(before), tuple(after)))
    if roles_moved:
        announce(ctx, RolesChanged(person.id))


def settle_due(ctx: Ctx) -> int:
    """Settles everybody whose membership or role began or ended since last time; gives their number."""
    due = persons_due(ctx.session, ctx.now())
    for person_id in due:
        settle(ctx, person_by_id(ctx.session, person_id))
    return len(due)
