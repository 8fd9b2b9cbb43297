"""Who a person is to other features: where employed, and as whom they act when they are not here to ask."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import cache

from sqlmodel import col, select

from backend.kernel.authority import Principal, Role
from backend.kernel.context import Ctx
from backend.people.queries.identity import held_now
from backend.people.queries.spans import holds_now
from backend.people.tables import Membership, Person, RoleGrant, SignInSession
from mobile_contract.people import PersonStatus


def area_of(ctx: Ctx, person_id: str) -> str | None:
    """The path of the area where a person is employed."""
    found = ctx.session.get(Person, person_id)
    return found.area if found else None


def employed(ctx: Ctx, person_ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """{person: (name, path of the area)} of those of `person_ids` who work here: ask whether the area is in sight."""
    rows = ctx.session.exec(
        select(Person.id, Person.name, Person.area).where(
            col(Person.id).in_(sorted(person_ids)), Person.status == PersonStatus.active.value
        )
    )
    return {person_id: (name, area) for person_id, name, area in rows}


def owners(ctx: Ctx, phones: Collection[str]) -> dict[str, str]:
    """{phone: person} of those who work here, phones as they are kept: ask whether the person is in sight."""
    rows = ctx.session.exec(
        select(Person.phone, Person.id).where(
            col(Person.phone).in_(sorted(phones)), Person.status == PersonStatus.active.value
        )
    )
    return dict(rows.all())


def holders(ctx: Ctx, role: Role, area: str) -> list[str]:
    """Ids of the persons at work who hold a role in the area, or in one around it, now."""
    parts = area.strip("/").split("/")
    around = [f"/{'/'.join(parts[: i + 1])}/" for i in range(len(parts))]
    rows = ctx.session.exec(
        select(RoleGrant.person_id)
        .join(Person, col(Person.id) == col(RoleGrant.person_id))
        .where(
            RoleGrant.role == role.value,
            col(RoleGrant.area).in_(around),
            holds_now(RoleGrant, ctx.now()),
            Person.status == PersonStatus.active.value,
        )
        .distinct()
    )
    return sorted(rows.all())


def team_leaders(ctx: Ctx, person_id: str) -> list[str]:
    """Ids of those who answer for a person's work: the gangers in the person's teams; failing these, the gangers, then
    the supervisors over the area of employment. Never the person."""
    return team_leaders_of(ctx, [person_id])[person_id]


def team_leaders_of(ctx: Ctx, person_ids: Collection[str]) -> dict[str, list[str]]:
    """As `team_leaders`, of many persons with a few statements for each area."""
    ids = sorted(person_ids)
    areas = dict(ctx.session.exec(select(Person.id, Person.area).where(col(Person.id).in_(ids))).all())
    mates = _team_mates(ctx, ids)

    @cache
    def held(role: Role, area: str) -> frozenset[str]:
        return frozenset(holders(ctx, role, area))

    found = {}
    for person_id in ids:
        area = areas.get(person_id, "")
        gangers = held(Role.ganger, area) - {person_id}
        near = gangers & mates.get(person_id, set())
        found[person_id] = sorted(near or gangers or held(Role.supervisor, area) - {person_id})
    return found


def _team_mates(ctx: Ctx, person_ids: Sequence[str]) -> dict[str, set[str]]:
    """{person: everybody at work in one of their teams now}."""
    mine = select(Membership.person_id, Membership.team_id).where(
        col(Membership.person_id).in_(person_ids), holds_now(Membership, ctx.now())
    )
    teams_of: dict[str, set[str]] = defaultdict(set)
    for person_id, team_id in ctx.session.exec(mine):
        teams_of[person_id].add(team_id)
    in_teams = (
        select(Membership.team_id, Membership.person_id)
        .join(Person, col(Person.id) == col(Membership.person_id))
        .where(
            col(Membership.team_id).in_(sorted(set().union(*teams_of.values()))),
            holds_now(Membership, ctx.now()),
            Person.status == PersonStatus.active.value,
        )
    )
    members: dict[str, set[str]] = defaultdict(set)
    for team_id, person_id in ctx.session.exec(in_teams):
        members[team_id].add(person_id)
    return {person_id: set().union(*(members[t] for t in teams)) for person_id, teams in teams_of.items()}


def principal_of(ctx: Ctx, person_id: str, device_id: str | None) -> Principal:
    """The person as they stand now, for work of theirs that is taken up without them."""
    found = ctx.session.get(Person, person_id)
    grants, team_ids = held_now(ctx.session, person_id, ctx.now())
    name = found.name if found else ""
    return Principal(person_id, name, session_id="", device_id=device_id, grants=grants, team_ids=team_ids)


def was_signed_in(ctx: Ctx, person_id: str, device_id: str) -> bool:
    """Whether the person was ever signed in on the device, over or not."""
    theirs = select(SignInSession.id).where(
        col(SignInSession.device_id) == device_id, col(SignInSession.person_id) == person_id
    )
    return ctx.session.exec(theirs.limit(1)).first() is not None
