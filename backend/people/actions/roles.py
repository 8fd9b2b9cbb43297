"""Roles given and taken."""

from datetime import datetime

from backend.kernel.audit import record
from backend.kernel.authority import Role
from backend.kernel.context import Ctx
from backend.kernel.errors import NotFound
from backend.people.actions.standing import settle
from backend.people.queries.lookups import another_admin, area_by_path, grant_by_id, grants
from backend.people.queries.roster import person_row
from backend.people.rules import (
    GRANTS_PER_PERSON_MAX,
    AreaUnknown,
    LastAdmin,
    PersonLeft,
    Phase,
    RoleAlreadyHeld,
    TooManyRoles,
    check_disposal,
    check_times,
    phase_of,
)
from backend.people.tables import Person, RoleGrant
from mobile_contract.people import PersonStatus


def give_role(
    ctx: Ctx,
    person_id: str,
    role: Role,
    area: str,
    since_at: datetime | None = None,
    until_at: datetime | None = None,
) -> str:
    """Gives a role in an area; gives the grant's id. Nobody gives a role above their own, or outside their areas."""
    person = person_row(ctx, person_id, "people.manage")
    if person.status != PersonStatus.active:
        raise PersonLeft
    grant = grant_role(ctx, person, role, area, since_at, until_at)
    settle(ctx, person)
    return grant.id


def grant_role(
    ctx: Ctx, person: Person, role: Role, area: str, since_at: datetime | None = None, until_at: datetime | None = None
) -> RoleGrant:
    """Adds the grant, checked; the caller settles the person's standing afterwards."""
    check_disposal(ctx.principal.grants, "people.manage", role, area)
    if area_by_path(ctx.session, area) is None:
        raise AreaUnknown(area=area)
    # A grant begins no earlier than now: the past is what handsets were told at the time.
    begins_at = max(since_at or ctx.now(), ctx.now())
    check_times(begins_at, until_at)
    held = grants(ctx.session, person.id, ctx.now())
    if len(held) >= GRANTS_PER_PERSON_MAX:
        raise TooManyRoles(max=GRANTS_PER_PERSON_MAX)
    if any(row.role == role and row.area == area and row.until_at is None for row in held):
        raise RoleAlreadyHeld(role=role.value, area=area)
    grant = RoleGrant(
        person_id=person.id,
        role=role.value,
        area=area,
        since_at=begins_at,
        until_at=until_at,
        phase=Phase.coming.value,
        given_by=ctx.principal.person_id,
    )
    ctx.session.add(grant)
    ctx.session.flush()
    record(ctx, deed="people.role_given", subject=person.id, role=role.value, area=area)
    return grant


def take_role(ctx: Ctx, grant_id: str) -> None:
    """Ends a grant now. The last admin of a district cannot be taken."""
    grant = grant_by_id(ctx.session, grant_id)
    if grant is None:
        raise NotFound
    person = person_row(ctx, grant.person_id, "people.manage")
    if phase_of(grant.since_at, grant.until_at, ctx.now()) is Phase.past:
        return
    check_disposal(ctx.principal.grants, "people.manage", Role(grant.role), grant.area)
    keep_an_admin(ctx, person, [grant])
    end_grant(ctx, grant)
    settle(ctx, person)
    record(ctx, deed="people.role_taken", subject=person.id, role=grant.role, area=grant.area)


def end_grant(ctx: Ctx, grant: RoleGrant) -> None:
    """Ends a grant now; one that was still to come is as if it had never been."""
    grant.until_at = ctx.now()
    grant.since_at = min(grant.since_at, ctx.now())
    ctx.session.add(grant)


def keep_an_admin(ctx: Ctx, person: Person, ending: list[RoleGrant]) -> None:
    """Refuses to end the role of the last admin over an area."""
    for grant in ending:
        if grant.role == Role.admin and not another_admin(ctx.session, grant.area, person.id, ctx.now()):
            raise LastAdmin(area=grant.area)
