"""Persons, teams and areas, within the reader's sight."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import ColumnElement, exists, or_
from sqlmodel import col, func, select

from backend.kernel.authority import Grant, Principal, Role
from backend.kernel.context import Ctx
from backend.kernel.errors import NotFound
from backend.kernel.paging import cursor_of, cut, read_cursor
from backend.kernel.sight import in_areas
from backend.people.queries.identity import consent_due
from backend.people.queries.spans import holds_now, lasts
from backend.people.tables import Area, Credential, Membership, Notice, Person, RoleGrant, Team
from mobile_contract import people as wire


@dataclass(frozen=True, slots=True)
class PersonFilter:
    """What a list of persons is narrowed to; None asks nothing."""

    area: str | None = None
    team_id: str | None = None
    role: Role | None = None
    status: wire.PersonStatus | None = None
    q: str | None = None
    """Part of a name or of a phone number."""


# -- sight --------------------------------------------------------------------------------------------------------


def persons_in_sight(principal: Principal, permission: str, now: datetime) -> ColumnElement[bool]:
    """Oneself; who is employed in one's areas; who is in a team there."""
    areas = principal.areas(permission)
    lent = (
        select(Membership.id)
        .join(Team, col(Team.id) == col(Membership.team_id))
        .where(Membership.person_id == Person.id, lasts(Membership, now), in_areas(Team.area, areas))
    )
    return or_(col(Person.id) == principal.person_id, in_areas(Person.area, areas), exists(lent))


def teams_in_sight(principal: Principal) -> ColumnElement[bool]:
    """Own teams; from a desk, every team in one's areas."""
    return or_(col(Team.id).in_(sorted(principal.team_ids)), in_areas(Team.area, principal.areas("people.read")))


def areas_in_sight(principal: Principal, permission: str = "areas.read") -> ColumnElement[bool]:
    """Areas are reference data: all of a district in which one has a role."""
    return in_areas(Area.path, sorted({area[: area.index("/", 1) + 1] for area in principal.areas(permission)}))


# -- persons ------------------------------------------------------------------------------------------------------


def persons(ctx: Ctx, wanted: PersonFilter, cursor: str | None, limit: int) -> wire.PersonPage:
    """A page of the persons in sight, oldest first."""
    query = select(Person).where(persons_in_sight(ctx.principal, "people.read", ctx.now()), *_narrowed(wanted, ctx))
    if cursor:
        query = query.where(col(Person.id) > read_cursor(cursor, str)[0])
    rows = ctx.session.exec(query.order_by(col(Person.id)).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.id))
    return wire.PersonPage(items=_shapes(ctx, page), next=following)


def _narrowed(wanted: PersonFilter, ctx: Ctx) -> Iterable[ColumnElement[bool]]:
    if wanted.area:
        yield in_areas(Person.area, [wanted.area])
    if wanted.status:
        yield col(Person.status) == wanted.status.value
    if wanted.q:
        yield or_(col(Person.name).contains(wanted.q, autoescape=True), _phone_part(wanted.q))
    if wanted.team_id:
        members = select(Membership.person_id).where(
            Membership.team_id == wanted.team_id, holds_now(Membership, ctx.now())
        )
        yield col(Person.id).in_(members)
    if wanted.role:
        holders = select(RoleGrant.person_id).where(
            RoleGrant.role == wanted.role.value, holds_now(RoleGrant, ctx.now())
        )
        yield col(Person.id).in_(holders)


def _phone_part(text: str) -> ColumnElement[bool]:
    digits = text.replace(" ", "").replace("-", "")
    return col(Person.phone).contains(digits, autoescape=True)


def person(ctx: Ctx, person_id: str) -> wire.Person:
    """One person in sight; raises NotFound."""
    return _shapes(ctx, [person_row(ctx, person_id, "people.read")])[0]


def person_row(ctx: Ctx, person_id: str, permission: str) -> Person:
    """The row of a person in sight; raises NotFound."""
    seen = persons_in_sight(ctx.principal, permission, ctx.now())
    row = ctx.session.exec(select(Person).where(Person.id == person_id, seen)).first()
    if row is None:
        raise NotFound
    return row


def me(ctx: Ctx) -> wire.Me:
    """The person who asks."""
    return portrait(ctx, ctx.principal.person_id)


def portrait(ctx: Ctx, person_id: str) -> wire.Me:
    """A person as shown to themselves; the caller has made sure that it is them."""
    row, key = ctx.session.get(Person, person_id), ctx.session.get(Credential, person_id)
    if row is None or key is None:
        raise NotFound
    in_force = notice_version(ctx)
    return wire.Me(
        id=row.id,
        name=row.name,
        phone=row.phone,
        area=row.area,
        team_ids=row.team_ids,
        roles=[shape for grant in _grants(ctx, [row.id]) if (shape := _role(grant)).since_at <= ctx.now()],
        consent_due=consent_due(row.consent_version, in_force),
        consent_version=row.consent_version,
        notice_version=in_force,
        password_change_due=key.must_change_password,
    )


def _shapes(ctx: Ctx, rows: Sequence[Person]) -> list[wire.Person]:
    held: dict[str, list[wire.RoleHeld]] = defaultdict(list)
    for grant in _grants(ctx, [row.id for row in rows]):
        held[grant.person_id].append(_role(grant))
    return [
        wire.Person(
            id=row.id,
            name=row.name,
            phone=row.phone,
            status=wire.PersonStatus(row.status),
            area=row.area,
            team_ids=row.team_ids,
            roles=held[row.id],
            consent_version=row.consent_version,
            created_at=row.created_at,
            left_at=row.left_at,
        )
        for row in rows
    ]


def _role(grant: RoleGrant) -> wire.RoleHeld:
    return wire.RoleHeld(
        id=grant.id,
        role=wire.RoleName(grant.role),
        area=grant.area,
        since_at=grant.since_at,
        until_at=grant.until_at,
    )


def _grants(ctx: Ctx, person_ids: Collection[str]) -> Sequence[RoleGrant]:
    return ctx.session.exec(
        select(RoleGrant)
        .where(col(RoleGrant.person_id).in_(person_ids), lasts(RoleGrant, ctx.now()))
        .order_by(col(RoleGrant.id))
    ).all()


def lasting_grants(ctx: Ctx, person_id: str) -> list[Grant]:
    """Roles of a person, present and coming: what decides who may look after them."""
    return [Grant(Role(grant.role), grant.area) for grant in _grants(ctx, [person_id])]


def notice_version(ctx: Ctx) -> int | None:
    """The version of the privacy notice in force."""
    return ctx.session.exec(select(func.max(Notice.version))).one()


def notice(ctx: Ctx) -> wire.Notice:
    """The privacy notice in force; raises NotFound while there is none."""
    row = ctx.session.exec(select(Notice).order_by(col(Notice.version).desc()).limit(1)).first()
    if row is None:
        raise NotFound
    return wire.Notice(version=row.version, zh=row.zh, en=row.en, published_at=row.published_at)


# -- teams --------------------------------------------------------------------------------------------------------


def teams(ctx: Ctx, area: str | None, dissolved: bool, cursor: str | None, limit: int) -> wire.TeamPage:
    """A page of the teams in sight, oldest first."""
    query = select(Team).where(teams_in_sight(ctx.principal))
    if area:
        query = query.where(in_areas(Team.area, [area]))
    if not dissolved:
        query = query.where(col(Team.dissolved_at).is_(None))
    if cursor:
        query = query.where(col(Team.id) > read_cursor(cursor, str)[0])
    rows = ctx.session.exec(query.order_by(col(Team.id)).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.id))
    return wire.TeamPage(items=_team_shapes(ctx, page), next=following)


def team(ctx: Ctx, team_id: str) -> wire.Team:
    """One team in sight; raises NotFound."""
    return _team_shapes(ctx, [team_row(ctx, team_id)])[0]


def team_row(ctx: Ctx, team_id: str) -> Team:
    """The row of a team in sight; raises NotFound."""
    row = ctx.session.exec(select(Team).where(Team.id == team_id, teams_in_sight(ctx.principal))).first()
    if row is None:
        raise NotFound
    return row


def _team_shapes(ctx: Ctx, rows: Sequence[Team]) -> list[wire.Team]:
    members: dict[str, list[wire.Member]] = defaultdict(list)
    found = ctx.session.exec(
        select(Membership, Person.name)
        .join(Person, col(Person.id) == col(Membership.person_id))
        .where(col(Membership.team_id).in_([row.id for row in rows]), lasts(Membership, ctx.now()))
        .order_by(col(Membership.id))
    ).all()
    for row, name in found:
        members[row.team_id].append(
            wire.Member(person_id=row.person_id, name=name, since_at=row.since_at, until_at=row.until_at)
        )
    return [
        wire.Team(
            id=row.id,
            name=row.name,
            area=row.area,
            trade=row.trade,
            dissolved_at=row.dissolved_at,
            members=members[row.id],
        )
        for row in rows
    ]


# -- areas --------------------------------------------------------------------------------------------------------


def areas(
    ctx: Ctx, under: str | None, kind: wire.AreaKind | None, cursor: str | None, limit: int
) -> wire.AreaCollection:
    """A page of the areas in sight as GeoJSON, oldest first."""
    query = select(Area).where(areas_in_sight(ctx.principal))
    if under:
        query = query.where(in_areas(Area.path, [under]))
    if kind:
        query = query.where(Area.kind == kind.value)
    if cursor:
        query = query.where(col(Area.id) > read_cursor(cursor, str)[0])
    rows = ctx.session.exec(query.order_by(col(Area.id)).limit(limit + 1)).all()
    page, following = cut(rows, limit, lambda row: cursor_of(row.id))
    return wire.AreaCollection(features=[_feature(row) for row in page], next=following)


def area(ctx: Ctx, area_id: str) -> wire.AreaFeature:
    """One area in sight; raises NotFound."""
    return _feature(area_row(ctx, area_id))


def area_row(ctx: Ctx, area_id: str) -> Area:
    """The row of an area in sight; raises NotFound."""
    row = ctx.session.exec(select(Area).where(Area.id == area_id, areas_in_sight(ctx.principal))).first()
    if row is None:
        raise NotFound
    return row


def _feature(row: Area) -> wire.AreaFeature:
    facts = wire.AreaFacts(path=row.path, kind=wire.AreaKind(row.kind), name=row.name, parent=row.parent)
    outline = wire.Outline.model_validate(orjson.loads(row.outline)) if row.outline else None
    return wire.AreaFeature(id=row.id, properties=facts, geometry=outline)
