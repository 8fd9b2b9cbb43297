"""Teams formed, changed and dissolved; people in and out of them."""

from datetime import datetime

from backend.kernel.audit import record
from backend.kernel.authority import Role
from backend.kernel.context import Ctx
from backend.people.actions.standing import settle
from backend.people.queries.lookups import area_by_path, members, memberships, person_by_id, team_by_id
from backend.people.queries.roster import person_row, team_row
from backend.people.rules import (
    MEMBERSHIPS_PER_PERSON_MAX,
    AlreadyMember,
    AreaUnknown,
    NotMember,
    PersonLeft,
    Phase,
    TeamDissolved,
    TeamUnknown,
    TooManyTeams,
    check_disposal,
    check_times,
)
from backend.people.tables import Area, Membership, Person, Team
from mobile_contract.people import PersonStatus


def form_team(ctx: Ctx, name: str, area: str, trade: str) -> Team:
    """A new team in an area."""
    place = _area(ctx, area)
    team = Team(name=name, area_id=place.id, area=place.path, trade=str(trade))
    ctx.session.add(team)
    ctx.session.flush()
    record(ctx, deed="people.team_formed", subject=team.id, area=area)
    return team


def change_team(ctx: Ctx, team_id: str, name: str | None = None, area: str | None = None) -> None:
    """Changes what is given."""
    team = _led(ctx, team_id)
    if name is not None:
        team.name = name
    if area is not None:
        place = _area(ctx, area)
        team.area_id, team.area = place.id, place.path
    ctx.session.add(team)
    ctx.session.flush()


def dissolve_team(ctx: Ctx, team_id: str) -> None:
    """Ends a team and every membership in it. Twice is as once."""
    team = team_row(ctx, team_id)
    check_disposal(ctx.principal.grants, "people.manage", Role.citizen, team.area)
    if team.dissolved_at is not None:
        return
    team.dissolved_at = ctx.now()
    ctx.session.add(team)
    for membership in members(ctx.session, team.id, ctx.now()):
        _end(ctx, membership, ctx.now())
        _settle(ctx, membership.person_id)
    record(ctx, deed="people.team_dissolved", subject=team.id)


def add_member(
    ctx: Ctx, team_id: str, person_id: str, since_at: datetime | None = None, until_at: datetime | None = None
) -> None:
    """Takes a person in sight into a team, from now or from an instant on."""
    team, person = _led(ctx, team_id), _in_sight(ctx, person_id)
    join(ctx, person, team, since_at, until_at)
    settle(ctx, person)


def remove_member(ctx: Ctx, team_id: str, person_id: str, at: datetime | None = None) -> None:
    """Ends a membership, now or at an instant."""
    team = _led(ctx, team_id)
    membership = _membership(ctx, person_id, team)
    _end(ctx, membership, max(at or ctx.now(), ctx.now()))
    _settle(ctx, person_id)
    record(ctx, deed="people.team_left", subject=person_id, team=team.id)


def move_member(ctx: Ctx, person_id: str, from_team_id: str, to_team_id: str, at: datetime | None = None) -> None:
    """From one team to another at one instant. The asker leads people in both areas."""
    old, new, person = _led(ctx, from_team_id), _led(ctx, to_team_id), _in_sight(ctx, person_id)
    moves_at = max(at or ctx.now(), ctx.now())
    membership = _membership(ctx, person_id, old)
    ends_at = membership.until_at
    _end(ctx, membership, moves_at)
    join(ctx, person, new, moves_at, ends_at)
    settle(ctx, person)


def join(
    ctx: Ctx, person: Person, team: Team, since_at: datetime | None = None, until_at: datetime | None = None
) -> None:
    """Adds the membership, checked; the caller settles the person's standing afterwards."""
    check_disposal(ctx.principal.grants, "people.manage", Role.citizen, team.area)
    if team.dissolved_at is not None:
        raise TeamDissolved
    begins_at = max(since_at or ctx.now(), ctx.now())
    check_times(begins_at, until_at)
    held = [m for m in memberships(ctx.session, person.id, ctx.now()) if m.until_at is None or m.until_at > begins_at]
    if any(m.team_id == team.id and (until_at is None or m.since_at < until_at) for m in held):
        raise AlreadyMember
    if len(held) >= MEMBERSHIPS_PER_PERSON_MAX:
        raise TooManyTeams(max=MEMBERSHIPS_PER_PERSON_MAX)
    ctx.session.add(
        Membership(
            person_id=person.id, team_id=team.id, since_at=begins_at, until_at=until_at, phase=Phase.coming.value
        )
    )
    ctx.session.flush()
    record(ctx, deed="people.team_joined", subject=person.id, team=team.id)


def _end(ctx: Ctx, membership: Membership, at: datetime) -> None:
    membership.until_at = at if membership.until_at is None else min(at, membership.until_at)
    membership.since_at = min(membership.since_at, membership.until_at)
    ctx.session.add(membership)
    ctx.session.flush()


def _membership(ctx: Ctx, person_id: str, team: Team) -> Membership:
    for membership in memberships(ctx.session, person_id, ctx.now()):
        if membership.team_id == team.id:
            return membership
    raise NotMember


def _led(ctx: Ctx, team_id: str) -> Team:
    """A team in sight whose people the asker may move."""
    team = team_row(ctx, team_id)
    check_disposal(ctx.principal.grants, "people.manage", Role.citizen, team.area)
    if team.dissolved_at is not None:
        raise TeamDissolved
    return team


def _in_sight(ctx: Ctx, person_id: str) -> Person:
    person = person_row(ctx, person_id, "people.manage")
    if person.status != PersonStatus.active:
        raise PersonLeft
    return person


def _settle(ctx: Ctx, person_id: str) -> None:
    settle(ctx, person_by_id(ctx.session, person_id))


def _area(ctx: Ctx, path: str) -> Area:
    check_disposal(ctx.principal.grants, "people.manage", Role.citizen, path)
    place = area_by_path(ctx.session, path)
    if place is None:
        raise AreaUnknown(area=path)
    return place


def existing_team(ctx: Ctx, team_id: str) -> Team:
    """The team of an id from a form; refuses one that is not."""
    team = team_by_id(ctx.session, team_id)
    if team is None:
        raise TeamUnknown
    return team
