"""Rows that deeds and other features need: by phone, path, device; nothing here leaves the house unasked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from backend.kernel.authority import Grant, Role
from backend.kernel.context import Ctx
from backend.kernel.errors import NotFound
from backend.kernel.settings import Settings
from backend.kernel.sight import in_areas
from backend.people.passwords import keyed_hash
from backend.people.queries.identity import held_now
from backend.people.queries.spans import Spanned, lasts
from backend.people.rules import STRANGER_BUCKETS, Phase, Tries
from backend.people.tables import (
    Area,
    Credential,
    District,
    Membership,
    Person,
    RoleGrant,
    SigningKey,
    SignInSession,
    StrangerTries,
    Team,
)
from mobile_contract.people import PersonStatus

DUE_MAX = 500


def tries_of(row: Credential | StrangerTries) -> Tries:
    """Wrong passwords of late."""
    return Tries(row.failed_tries, row.tries_since_at, row.locked_until_at)


def person_by_phone(session: Session, phone: str) -> tuple[Person, Credential] | None:
    """An active person with this phone, and their credential."""
    return session.exec(
        select(Person, Credential)
        .join(Credential, col(Credential.person_id) == col(Person.id))
        .where(Person.phone == phone, Person.status == PersonStatus.active.value)
    ).first()


def person_by_firebase(session: Session, uid: str) -> tuple[Person, Credential] | None:
    """The active person linked to a Firebase account."""
    return session.exec(
        select(Person, Credential)
        .join(Credential, col(Credential.person_id) == col(Person.id))
        .where(Credential.firebase_uid == uid, Person.status == PersonStatus.active.value)
    ).first()


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a phone before its password is looked at; strangers look like persons."""

    person_id: str | None
    password_hash: str | None
    code_mac: str | None
    locked_s: int


def standing(session: Session, settings: Settings, phone: str, now: datetime) -> Standing:
    """Who has the phone, what their password is checked against, and whether they are locked out."""
    found = person_by_phone(session, phone)
    if found is None:
        kept = session.get(StrangerTries, stranger_bucket(settings, phone))
        return Standing(None, None, None, tries_of(kept).locked_s(now) if kept else 0)
    person, key = found
    code = key.code_mac if key.code_expires_at and key.code_expires_at > now else None
    return Standing(person.id, key.password_hash, code, tries_of(key).locked_s(now))


def own_standing(session: Session, person_id: str, now: datetime) -> tuple[str, Standing]:
    """(phone, standing) of somebody who is signed in."""
    person, key = session.get(Person, person_id), session.get(Credential, person_id)
    if person is None or key is None:
        raise NotFound
    return person.phone, Standing(person.id, key.password_hash, None, tries_of(key).locked_s(now))


def stranger_bucket(settings: Settings, phone: str) -> int:
    """Where failed tries on a phone that nobody has are counted."""
    return int.from_bytes(keyed_hash(settings, "strangers", phone)[:4], "big") % STRANGER_BUCKETS


def person_by_id(session: Session, person_id: str) -> Person:
    """A person who exists, by an id that a row of ours holds."""
    row = session.get(Person, person_id)
    assert row is not None, f"no person {person_id}"
    return row


def own_row(ctx: Ctx) -> Person:
    """The row of the person who asks; raises NotFound for the operator, who is none."""
    row = ctx.session.get(Person, ctx.principal.person_id)
    if row is None:
        raise NotFound
    return row


def stranger(session: Session, bucket: int) -> StrangerTries:
    """The tries of a bucket, not yet kept when there were none."""
    return session.get(StrangerTries, bucket) or StrangerTries(bucket=bucket)


def grant_by_id(session: Session, grant_id: str) -> RoleGrant | None:
    """A grant, in sight or not: ask for its person next."""
    return session.get(RoleGrant, grant_id)


def phone_owner(session: Session, phone: str) -> Person | None:
    """Whoever has or had this phone; people who left keep theirs."""
    return session.exec(select(Person).where(Person.phone == phone)).first()


def credential(session: Session, person_id: str) -> Credential:
    """The credential that every person has."""
    row = session.get(Credential, person_id)
    assert row is not None, f"person {person_id} without a credential"
    return row


def area_by_path(session: Session, path: str) -> Area | None:
    """The area at a path."""
    return session.exec(select(Area).where(Area.path == path)).first()


def areas_named(session: Session, name: str) -> Sequence[Area]:
    """Areas of this name."""
    return session.exec(select(Area).where(Area.name == name)).all()


def district_by_code(session: Session, code: str) -> District | None:
    """The district of a code."""
    return session.exec(select(District).where(District.code == code)).first()


def team_by_id(session: Session, team_id: str) -> Team | None:
    """The team, whoever asks: for features that already know its id from a row in sight."""
    return session.get(Team, team_id)


def teams_named(session: Session, name: str) -> Sequence[Team]:
    """Teams of this name that are not dissolved."""
    return session.exec(select(Team).where(Team.name == name, col(Team.dissolved_at).is_(None))).all()


def team_ids_named(ctx: Ctx, name: str) -> list[str]:
    """Ids of the teams of this name that are not dissolved."""
    return [team.id for team in teams_named(ctx.session, name)]


def memberships(session: Session, person_id: str, now: datetime) -> Sequence[Membership]:
    """Memberships that are not over."""
    return session.exec(
        select(Membership).where(Membership.person_id == person_id, lasts(Membership, now)).order_by(col(Membership.id))
    ).all()


def members(session: Session, team_id: str, now: datetime) -> Sequence[Membership]:
    """Memberships of a team that are not over."""
    return session.exec(
        select(Membership).where(Membership.team_id == team_id, lasts(Membership, now)).order_by(col(Membership.id))
    ).all()


def grants(session: Session, person_id: str, now: datetime) -> Sequence[RoleGrant]:
    """Grants that are not over."""
    return session.exec(
        select(RoleGrant).where(RoleGrant.person_id == person_id, lasts(RoleGrant, now)).order_by(col(RoleGrant.id))
    ).all()


def another_admin(session: Session, area: str, besides: str, now: datetime) -> bool:
    """Whether an admin over `area` remains, for good, when the grants of `besides` are left out."""
    rows = session.exec(
        select(RoleGrant.area)
        .join(Person, col(Person.id) == col(RoleGrant.person_id))
        .where(
            RoleGrant.role == Role.admin.value,
            RoleGrant.person_id != besides,
            RoleGrant.since_at <= now,
            col(RoleGrant.until_at).is_(None),
            Person.status == PersonStatus.active.value,
        )
    ).all()
    return any(area.startswith(path) for path in rows)


def persons_due(session: Session, now: datetime) -> list[str]:
    """Persons with a membership or grant whose beginning or end has come and was not yet told to the handsets."""
    due: set[str] = set()
    tables: tuple[Spanned, ...] = (Membership, RoleGrant)
    for table in tables:
        begun = (col(table.phase) == Phase.coming.value) & (col(table.since_at) <= now)
        over = (col(table.phase) != Phase.past.value) & (col(table.until_at) <= now)
        due.update(session.exec(select(table.person_id).where(or_(begun, over)).limit(DUE_MAX)).all())
    return sorted(due)


def unsettled(session: Session, person_id: str) -> list[Membership | RoleGrant]:
    """Memberships and grants of a person whose phase may move."""
    past = Phase.past.value
    teams = select(Membership).where(Membership.person_id == person_id, Membership.phase != past)
    roles = select(RoleGrant).where(RoleGrant.person_id == person_id, RoleGrant.phase != past)
    return [*session.exec(teams).all(), *session.exec(roles).all()]


# -- sessions and keys --------------------------------------------------------------------------------------------


def sign_in_session(session: Session, session_id: str) -> SignInSession | None:
    """A session by its id."""
    return session.get(SignInSession, session_id)


def open_sessions(session: Session, person_id: str) -> Sequence[SignInSession]:
    """Sessions of a person that are not over."""
    return session.exec(
        select(SignInSession).where(SignInSession.person_id == person_id, col(SignInSession.ended_at).is_(None))
    ).all()


def open_sessions_on(session: Session, device_id: str) -> Sequence[SignInSession]:
    """Sessions on a device that are not over."""
    return session.exec(
        select(SignInSession).where(SignInSession.device_id == device_id, col(SignInSession.ended_at).is_(None))
    ).all()


def run_out_sessions(session: Session, now: datetime) -> Sequence[SignInSession]:
    """Sessions whose refresh token ran out unused, a portion at a time."""
    return session.exec(
        select(SignInSession)
        .where(col(SignInSession.ended_at).is_(None), col(SignInSession.expires_at) <= now)
        .order_by(col(SignInSession.expires_at))
        .limit(DUE_MAX)
    ).all()


def signing_key(session: Session) -> SigningKey | None:
    """The key that signs now."""
    return session.exec(
        select(SigningKey).where(col(SigningKey.retired_at).is_(None)).order_by(col(SigningKey.kid).desc()).limit(1)
    ).first()


def believed_keys(session: Session) -> Sequence[SigningKey]:
    """Every key that was not withdrawn."""
    return session.exec(select(SigningKey).where(col(SigningKey.withdrawn_at).is_(None))).all()


# -- for other features -------------------------------------------------------------------------------------------


def names(ctx: Ctx, person_ids: Sequence[str]) -> dict[str, str]:
    """Names of persons whose ids the caller has from rows in sight."""
    rows = ctx.session.exec(select(Person.id, Person.name).where(col(Person.id).in_(set(person_ids)))).all()
    return dict(rows)


def team_names(ctx: Ctx, team_ids: Collection[str]) -> dict[str, str]:
    """Names of teams whose ids the caller has from rows in sight."""
    return dict(ctx.session.exec(select(Team.id, Team.name).where(col(Team.id).in_(team_ids))).all())


def phones(ctx: Ctx, person_ids: Sequence[str]) -> dict[str, str]:
    """Phones of persons whose ids the caller has from rows in sight."""
    rows = ctx.session.exec(select(Person.id, Person.phone).where(col(Person.id).in_(set(person_ids)))).all()
    return dict(rows)


def is_active(ctx: Ctx, person_id: str) -> bool:
    """Whether somebody of this id works here."""
    row = ctx.session.get(Person, person_id)
    return row is not None and row.status == PersonStatus.active


def team_area(ctx: Ctx, team_id: str) -> str | None:
    """The area path of a team; None when there is no such team, or it was dissolved."""
    row = ctx.session.get(Team, team_id)
    return row.area if row is not None and row.dissolved_at is None else None


def crews(ctx: Ctx, area: str, *, name: str | None, trade: str | None) -> list[tuple[str, str, str]]:
    """Teams at work in an area and below it, by name or by trade: (id, name, area path), oldest first."""
    query = select(Team).where(in_areas(Team.area, [area]), col(Team.dissolved_at).is_(None))
    if name is not None:
        query = query.where(Team.name == name)
    if trade is not None:
        query = query.where(Team.trade == trade)
    return [(row.id, row.name, row.area) for row in ctx.session.exec(query.order_by(col(Team.id)))]


def area_name(ctx: Ctx, path: str) -> str:
    """What people call the area at this path; the path itself where none stands."""
    row = area_by_path(ctx.session, path)
    return row.name if row is not None else path


def area_exists(ctx: Ctx, path: str) -> bool:
    """Whether an area stands at this path."""
    return area_by_path(ctx.session, path) is not None


def outline_around(ctx: Ctx, path: str) -> dict[str, Any] | None:
    """The outline (GeoJSON, WGS-84) of the innermost area at or around this path that has one."""
    parts = path.strip("/").split("/")
    around = [f"/{'/'.join(parts[: i + 1])}/" for i in range(len(parts))]
    known = select(Area.outline).where(col(Area.path).in_(around), col(Area.outline).is_not(None))
    found = ctx.session.exec(known.order_by(func.length(col(Area.path)).desc()).limit(1)).first()
    return orjson.loads(found) if found else None


def grants_of(ctx: Ctx, person_id: str) -> tuple[Grant, ...]:
    """Roles of a person at present."""
    return held_now(ctx.session, person_id, ctx.now())[0]
